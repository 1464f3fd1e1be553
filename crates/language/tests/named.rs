//! A program in TypeScript is called as its first comments say.

use language::compile;

fn name(text: &str) -> String {
    compile(text).expect("it compiles").module().name.clone()
}

#[test]
fn the_first_comments_name_a_program() {
    assert_eq!(name("// name: Busy loops\n// endless: yes\n\nprint(1);"), "Busy loops");
    assert_eq!(name("\u{feff}\n// What it does.\n  //name:  Ä \nprint(1);"), "Ä");
}

#[test]
fn what_is_no_such_comment_names_none() {
    let long = format!("// name: {}\nprint(1);", "n".repeat(256));
    for text in ["print(1);", "print(1);\n// name: Late\n", "// name:\nprint(1);", &long] {
        assert_eq!(name(text), "program", "{text}");
    }
}

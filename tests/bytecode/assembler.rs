//! The assembler: the modules that it makes, and its messages about mistakes, with their places.

use bytecode::{Constant, Instruction};
use language::{Diagnostic, assemble, assemble_verified, assemble_with_map};

const SUM: &str = r#"; adds the numbers from 1 to 10
.module "sum"
.poll every 4
.poll calls off
.global counter
.shape Node value next

.func sum (n)
.local i s
    const 0
    store i
    const 0
    store s
again:
    load i
    const 1
    add
    store i
    load s
    load i
    add
    store s
    load i
    load n
    lt
    jt again
    load s
    ret

.func main
    const 10
    call sum
    print
    const 2.5
    print
    const "text\n"
    ret
"#;

#[test]
fn a_program_becomes_a_module() {
    let module = assemble_verified(SUM).expect("no mistakes");
    let inner = module.module();
    assert_eq!(inner.name, "sum");
    assert_eq!(inner.policy.every.get(), 4);
    assert!(!inner.policy.calls && inner.policy.back_edges);
    assert_eq!(inner.constants, [Constant::Float(2.5), Constant::String("text\n".into())]);
    assert_eq!(inner.functions[0].locals, ["n", "i", "s"]);
    assert_eq!((inner.functions[0].params, inner.entry), (1, 1));
    let sum = &module.functions()[0];
    assert_eq!(sum.instructions()[15], Instruction::JmpIf(4));
    assert_eq!(sum.max_stack(), 2);
    assert_eq!((sum.line(0), sum.line(4)), (Some(10), Some(15)));
    assert_eq!(sum.sites().len(), 1);
}

fn errors(text: &str) -> Vec<Diagnostic> {
    assemble_verified(text).expect_err("the text is wrong")
}

/// Place and words of the only error.
fn only(text: &str) -> (u32, u32, u32, String) {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    let error = &errors[0];
    (error.line, error.column, error.length, error.to_string())
}

/// Checks one wrong text: line, column and length of its only error, and a part of the message.
fn wrong(text: &str, place: (u32, u32, u32), words: &str) {
    let (line, column, length, message) = only(text);
    assert_eq!((line, column, length), place, "{message}\n{text}");
    assert!(message.contains(words), "{message}\n{text}");
}

const END: &str = "\n const null\n ret\n";

/// One wrong line in the middle of a function.
fn wrong_line(line: &str, place: (u32, u32), words: &str) {
    let text = format!(
        ".global counter\n.shape Node value next\n.func main\n.local i\n{line}\n const null\n ret\n"
    );
    wrong(&text, (5, place.0, place.1), words);
}

#[test]
fn unknown_names_suggest_near_ones() {
    wrong_line(
        " laod i",
        (2, 4),
        "no instruction laod; expected an instruction (did you mean load?)",
    );
    wrong_line(" load j", (7, 1), "there is no local j");
    wrong_line(" gload countre", (8, 7), "did you mean counter?");
    wrong_line(" new Nod", (6, 3), "there is no shape Nod");
    wrong_line(" new Nod", (6, 3), "did you mean Node?");
    wrong_line(" get Node.valeu", (11, 5), "did you mean value?");
    wrong_line(" get Nodes.value", (6, 5), "did you mean Node?");
    wrong_line(" call mian", (7, 4), "did you mean main?");
    wrong_line(" true", (2, 4), "write const true");
    wrong_line(".locl j", (1, 5), "did you mean .local?");
    wrong_line(".poll cals off", (7, 4), "did you mean calls?");
    wrong_line("again: jmp agan", (12, 4), "did you mean again?");
}

#[test]
fn operands_say_what_is_expected() {
    wrong_line(" load", (2, 4), "load needs something after it; expected the name of a local");
    wrong_line(" load 5", (7, 1), "expected the name of a local variable");
    wrong_line(" add 5", (6, 1), "add takes nothing after it");
    wrong_line(" const", (2, 5), "expected a number, a text in quotes, true, false or null");
    wrong_line(" const i", (8, 1), "const does not take this");
    wrong_line(" const 2147483648", (8, 10), "a float can be larger: 2147483648.0");
    wrong_line(" const -2147483649", (8, 11), "-2147483648 to 2147483647");
    wrong_line(" const 1 2", (10, 1), "one instruction stands on each line");
    wrong_line(" get value", (6, 5), "written Shape.field");
    wrong_line(" get Node.", (11, 1), "expected the name of a field");
    wrong_line(" trap 5", (7, 1), "expected a text in quotes");
    wrong_line(" trap message", (7, 7), "expected a text in quotes");
    wrong_line(" const #0", (8, 2), "there is no constant #0");
    wrong_line(" jmp", (2, 3), "expected a label");
}

#[test]
fn wrong_words_are_marked() {
    wrong_line(" const 5x", (8, 2), "5x is no number");
    wrong_line(" const 1.2.3", (8, 5), "1.2.3 is no number");
    wrong_line(" const - ", (8, 1), "- is no number");
    wrong_line(" const \"text", (8, 5), "the text is not closed");
    wrong_line(" const \"a\\q\"", (10, 2), "is no escape");
    wrong_line(" const \"\\u{110000}\"", (9, 10), "is no escape");
    wrong_line(" load i % 2", (9, 1), "the character '%' means nothing here");
    wrong_line(" 5", (2, 1), "a line cannot start with this");
    wrong_line(" : load i", (2, 1), "a line cannot start with this");
}

#[test]
fn columns_count_characters_and_offsets_bytes() {
    let errors = errors(".func main\n const \"é漢\" lod\n ret\n");
    let error = &errors[0];
    assert_eq!((error.line, error.column, error.length), (2, 13, 3));
    assert_eq!(error.offset, 26);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_accepted() {
    assert!(assemble("\u{feff}.func main\r\n const null\r\n ret\r\n").is_ok());
    wrong("\u{feff}.fnc main\r\n", (1, 1, 4), "did you mean .func?");
}

/// Syntax of other languages gets a message that helps.
#[test]
fn syntax_of_other_languages_gets_a_helpful_message() {
    for (text, help) in [
        ("# a comment\n.func main\n", "# begins no comment here; expected a comment behind ;"),
        (
            ".func main\n const 1 // one\n ret\n",
            "// begins no comment here; expected a comment behind ;",
        ),
        (".func main\n push 1\n ret\n", "(the push of other machines is const here)"),
        (".func main\nagain\n nop\n jmp again\n", "(for the label write again: with a colon)"),
        (
            ".func main\r const 1\r ret\r",
            "carriage return alone, as on old Macs; expected line feeds",
        ),
        (
            ".func main\n const -1e999\n ret\n",
            "too large for a float; expected at most 1.7976931348623157e308 in size (for infinity write -inf)",
        ),
    ] {
        let said = errors(text)[0].to_string();
        assert!(said.contains(help), "{said}");
    }
    // The index of a constant is written with #, and a text in quotes may contain such characters.
    assert!(assemble(".constant 2.5\n.func main\n const #0\n const \"// # \"\n ret\n").is_ok());
}

#[test]
fn directives_say_what_is_expected() {
    wrong(&format!(".poll every 0\n.func main{END}"), (1, 13, 1), "from 1 to 65535");
    wrong(&format!(".poll every\n.func main{END}"), (1, 12, 1), "from 1 to 65535");
    wrong(&format!(".poll calls\n.func main{END}"), (1, 12, 1), "expected on or off");
    wrong(&format!(".global\n.func main{END}"), (1, 8, 1), "the name of a global variable");
    wrong(&format!(".shape\n.func main{END}"), (1, 7, 1), "the name of the shape");
    wrong(&format!(".constant null\n.func main{END}"), (1, 1, 14), "a float or a text");
    wrong(&format!(".line 0\n.func main{END}"), (1, 7, 1), "a line number from 1, or off");
    wrong(&format!(".func main (a 5){END}"), (1, 15, 1), "the name of a parameter, or )");
    wrong(&format!(".func main (a{END}"), (1, 14, 1), "the name of a parameter, or )");
    wrong(&format!(".module a\n.module b\n.func main{END}"), (2, 9, 1), "a second .module");
    wrong(&format!(".entry mian\n.func main{END}"), (1, 8, 4), "did you mean main?");
}

#[test]
fn names_are_unique() {
    wrong(&format!(".global a a\n.func main{END}"), (1, 11, 1), "there is already a global a");
    wrong(&format!(".shape A\n.shape A\n.func main{END}"), (2, 8, 1), "already a shape A");
    wrong(&format!(".shape A x x\n.func main{END}"), (1, 12, 1), "already a field x");
    wrong(&format!(".func main{END}.func main{END}"), (4, 7, 4), "already a function main");
    wrong(&format!(".func f (a)\n.local a{END}.func main{END}"), (2, 8, 1), "already a local a");
    wrong(
        ".func main\na:\na:\n jmp a\n",
        (3, 1, 1),
        "there is already a label a; expected another name",
    );
}

#[test]
fn labels_belong_to_their_function() {
    let two = ".func f\nhere:\n jmp here\n.func main\n jmp here\n";
    wrong(two, (5, 6, 4), "there is no label here in this function");
    wrong(".func main\n jmp end\nend:\n", (2, 6, 3), "after the label end the function ends");
}

#[test]
fn missing_and_superfluous_parts_are_reported() {
    wrong("", (1, 1, 1), "the program has no function main");
    wrong(&format!(".func other{END}"), (1, 1, 1), "or .entry with the name of another");
    wrong(&format!(" load i\n load i\n.func main{END}"), (1, 2, 6), "outside a function");
    let locals: Vec<_> = (0..256).map(|local| format!("v{local}")).collect();
    let text = format!(".func main\n.local {}{END}", locals.join(" "));
    wrong(&text, (2, 8 + 255 * 5 - 110, 4), "v255 is one local too many; expected at most 255");
    let far = format!(".func main\nback:\n{} jmp back\n", " nop\n".repeat(32766));
    wrong(&far, (32769, 2, 8), "the label is -32769 bytes away");
    let fits = format!(".func main\nback:\n{} jmp back\n", " nop\n".repeat(32765));
    assert!(assemble_verified(&fits).is_ok());
}

#[test]
fn sizes_beyond_the_limits_are_refused_in_words() {
    let name = "n".repeat(256);
    wrong(&format!(".global {name}\n.func main{END}"), (1, 9, 256), "at most 255");
    wrong(&" ".repeat((2 << 20) + 1), (1, 1, 1), "at most 2097152");
    let large = format!(".func main\n{} ret\n", " nop\n".repeat(1 << 18));
    assert!(assemble(&large).is_ok());
}

#[test]
fn several_mistakes_are_reported_at_once_and_in_order() {
    let found = errors(".func main\n lod i\n jmp nowhere\n const \"x\n ret 5\n store q\n");
    let lines: Vec<_> = found.iter().map(|error| error.line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6]);
    let many = format!(".func main\n{}", " lod i\n".repeat(1000));
    assert_eq!(errors(&many).len(), 50);
}

#[test]
fn errors_of_the_verifier_have_their_place_in_the_text() {
    let text = ".shape Node value\n.func main\n const 5\n get Node.value ; not an object\n ret\n";
    wrong(text, (4, 2, 14), "get Node.value needs an object of shape Node, but finds an int");
    wrong(".func main\n add\n ret\n", (2, 2, 3), "add takes 2 from the stack, but there are 0");
    wrong(".func main\n nop\n", (2, 2, 3), "after nop the function ends without ret");
    wrong(".func main\n", (1, 7, 4), "the function has no instructions");
    wrong(&format!(".func main (n){END}"), (1, 7, 4), "the entry function main has 1 parameters");
    wrong(&format!(".entry f\n.func f (n){END}"), (1, 8, 1), "the entry function f");
}

#[test]
fn a_probable_mistake_is_a_warning() {
    let text = ".func main\n.local unused\nnowhere:\n const null\n ret\n";
    let warnings = assemble_with_map(text).expect("no mistake").warnings;
    let said: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["2:8: the local unused is never used", "3:1: nothing jumps to nowhere"]);
}

#[test]
fn a_poll_policy_is_read_in_order() {
    let policy = |text: &str| assemble(&format!("{text}\n.func main{END}")).expect(text).policy;
    let all_off = policy(".poll all off");
    assert!(!(all_off.calls || all_off.back_edges || all_off.allocations || all_off.awaits));
    let one_on = policy(".poll all off\n.poll awaits on\n.poll every 65535");
    assert!(one_on.awaits && !one_on.calls);
    assert_eq!(one_on.every.get(), 65535);
    assert!(!policy(".poll back-edges off").back_edges);
    assert!(!policy(".poll allocations off").allocations);
}

#[test]
fn the_pool_holds_equal_constants_once() {
    let text = ".constant \"unused\"\n.constant 1.0\n.constant 1.0\n.func main\n const 1.0\n pop\n const #2\n pop\n const 0.0\n pop\n const -0.0\n pop\n const \"b\"\n ret\n";
    let module = assemble(text).expect("no mistakes");
    assert_eq!(module.constants.len(), 6);
    assert_eq!(&module.functions[0].code[..8], [9, 1, 0, 1, 9, 2, 0, 1]);
}

/// Texts of the largest size, each with one kind of line: work for each pair of lines would never
/// end here.
#[test]
fn large_texts_are_assembled_in_bounded_time() {
    for (start, line) in [
        ("", ";\n"),
        ("", "\n"),
        ("", "a:\n"),
        (".func main\n", "a:\n"),
        (".func main\n", " jmp a\n"),
        (".func main\n", " load abcdef\n"),
        (".func main\n", ".line 1\n ret\n"),
        (".func main\n", ".local a\n"),
        (".func main\n", " const \"\n"),
        (".global", " a"),
        (".func main\n const ", "1"),
        (".func main\n const \"", "\\n"),
        ("", "("),
        ("", ".func f\n"),
        (".func main\n const 0\nx: jt x\n", " ret\n"),
    ] {
        let mut text = start.to_owned();
        while text.len() + line.len() <= 2 << 20 {
            text.push_str(line);
        }
        if let Err(errors) = assemble_verified(&text) {
            assert!((1..=50).contains(&errors.len()), "{start:?} {line:?}");
        }
    }
    let mut numbered = ".func main\n".to_owned();
    for number in 0.. {
        let line = format!("l{number}: jmp l{}\n", number / 2);
        if numbered.len() + line.len() > 2 << 20 {
            break;
        }
        numbered.push_str(&line);
    }
    let errors = assemble_verified(&numbered).expect_err("some jumps are too far");
    assert!((1..=50).contains(&errors.len()));
}

/// A word of two megabytes at every place that a message could repeat, and invisible characters.
#[test]
fn every_message_is_short_and_on_one_line() {
    let long = "x".repeat(2 << 19);
    let digits = "1".repeat(2 << 19);
    for word in [
        long.as_str(),
        &format!("{digits}x"),
        &format!("\"{long}\""),
        "\"a\\u{1b}[2Jb\\n\"",
        "\u{1b}[2J",
    ] {
        for place in [
            "{}",
            ".{} a",
            ".poll {} on",
            ".poll every {}",
            ".line {}",
            ".module {}\n.module {}",
            ".global {} {}",
            ".shape S {} {}",
            ".func {}\n ret\n.func {}\n ret",
            ".func main ({})\n ret",
            ".func main\n.local {} {}\n ret",
            ".func main\n {} 1\n ret",
            ".func main\n const {}\n ret",
            ".func main\n const 1 {}\n ret",
            ".func main\n load {}\n ret",
            ".func main\n gload {}\n ret",
            ".func main\n call {}\n ret",
            ".func main\n new {}\n ret",
            ".func main\n get {}.{}\n ret",
            ".func main\n jmp {}\n ret",
            ".func main\n jmp {}\n {}\n ret",
            ".func main\n{}:\n{}:\n const 0\n ret\n",
            ".func main\n jmp {}\n{}:\n",
            ".func main\n const \"\\{}\"\n ret",
        ] {
            if let Err(errors) = assemble_verified(&place.replace("{}", word)) {
                for error in errors {
                    let words = error.to_string();
                    let length = words.chars().count();
                    assert!(
                        length < 500,
                        "{place}: {length} characters: {}",
                        words.chars().take(100).collect::<String>()
                    );
                    assert!(!words.contains(char::is_control), "{place}: {words:?}");
                }
            }
        }
    }
}

//! What a module says of the text that it was compiled from: words for each place, statements, scopes.

use bytecode::{Instruction, VerifiedModule};
use language::{assemble_verified, compile, disassemble, listing};

fn module(text: &str) -> VerifiedModule {
    compile(text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn function(module: &VerifiedModule, name: &str) -> u16 {
    let functions = &module.module().functions;
    functions.iter().position(|function| function.name == name).expect("a function") as u16
}

/// Line and words of each instruction that `which` takes.
fn words(text: &str, which: impl Fn(&Instruction) -> bool) -> Vec<(u32, String)> {
    let module = module(text);
    let mut found = Vec::new();
    for row in listing(&module) {
        let code = &module.functions()[usize::from(row.function)];
        if which(&code.instructions()[row.instruction as usize]) {
            found.push((row.line.expect("a line"), row.words.expect("words")));
        }
    }
    found
}

fn said(all: &[(u32, String)]) -> Vec<(u32, &str)> {
    all.iter().map(|(line, words)| (*line, words.as_str())).collect()
}

#[test]
fn a_place_is_called_what_the_text_calls_it() {
    let text = "\
function part(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += i;
  while (sum > 100) sum -= 7;
  do sum++; while (sum < 5);
  return sum;
}
const list: number[] = [];
for (const x of [part(1), part(2)]) list.push(x);
print(`${part(3)}`);
class A { n = 1; }
const a = new A();
";
    let jumps = words(text, |it| matches!(it, Instruction::JmpIf(_)));
    assert_eq!(
        said(&jumps),
        [
            (9, "the head of the `for … of` loop"),
            (3, "the condition of the `for` loop"),
            (4, "the condition of the `while` loop"),
            (5, "the condition of the `do` loop"),
        ]
    );
    let calls = words(text, |it| matches!(it, Instruction::Call(_)));
    // Two of the same words on one line have their columns.
    assert_eq!(
        said(&calls),
        [
            (9, "`part(…)` in column 18"),
            (9, "`part(…)` in column 27"),
            (10, "`part(…)`"),
            (12, "`new A(…)`"),
        ]
    );
    let others = words(text, |it| {
        matches!(it, Instruction::ListPush(_) | Instruction::Print | Instruction::JsSub)
    });
    assert_eq!(said(&others), [(9, "`list.push(…)`"), (10, "`print(…)`"), (4, "`-=`")]);
}

#[test]
fn long_code_is_cut_and_stays_on_one_line() {
    let text = "\
const aVeryLongNameOfAnArray: number[][][] = [[[1]]];
print(aVeryLongNameOfAnArray[0]
  [0][0]);
aVeryLongNameOfAnArray[0]
  [0].push(2);
";
    let all = words(text, |it| matches!(it, Instruction::ListGet(_) | Instruction::ListPush(_)));
    let all: Vec<&str> = all.iter().map(|(_, words)| words.as_str()).collect();
    assert!(all.contains(&"`…ryLongNameOfAnArray[0] [0].push(…)`"), "{all:?}");
    for words in all {
        assert!(!words.contains('\n') && words.chars().count() < 45, "{words}");
    }
}

/// The text of each statement that begins in a function, in the order of the code.
fn statements(text: &str, name: &str) -> Vec<String> {
    let module = module(text);
    let index = function(&module, name);
    let lines: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
    let rows = listing(&module);
    let begins = rows.iter().filter(|row| row.function == index && row.begins);
    begins
        .map(|row| {
            let [line, from, end_line, to] = row.statement.expect("a statement");
            assert_eq!(line, end_line, "these are of one line");
            lines[line as usize - 1][from as usize - 1..to as usize - 1].iter().collect()
        })
        .collect()
}

#[test]
fn each_statement_and_each_part_of_a_loops_head_begins_once() {
    let text = "\
function f(n: number, m = 2): number {
  let a = 1; let b = 'ä' + a;
  for (let i = 0; i < n; i++) { a += i; b += '!'; }
  if (a > 3) return a; else a--;
  switch (a) { case 1: break; default: a = 7; }
  for (const x of [a]) print(x);
  while (a < 9) a++;
  return b.length;
}
print(f(3));
";
    let wanted = [
        "2",
        "a = 1",
        "b = 'ä' + a",
        "i = 0",
        "a += i;",
        "b += '!';",
        "i++",
        "i < n",
        "a > 3",
        "return a;",
        "a--;",
        "a",
        "1",
        "break;",
        "a = 7;",
        "const x of [a]",
        "print(x);",
        "const x of [a]",
        "a++;",
        "a < 9",
        "return b.length;",
        "}",
    ];
    assert_eq!(statements(text, "f"), wanted);
    assert_eq!(statements(text, "top level"), ["print(f(3));"]);
}

/// The names in scope where the statement of that text begins.
fn names(text: &str, name: &str, statement: &str) -> Vec<String> {
    let module = module(text);
    let index = function(&module, name);
    let at = statements(text, name).iter().position(|found| found == statement).expect("there");
    let rows = listing(&module);
    let row = rows.iter().filter(|row| row.function == index && row.begins).nth(at).expect("a row");
    module.variables(index, row.instruction).iter().map(|one| one.name.to_owned()).collect()
}

#[test]
fn a_local_is_in_scope_from_its_declaration_to_the_end_of_its_block() {
    let text = "\
function f(n: number): number {
  let x = 1;
  { let x = 2; let y = x; y++; }
  { let x = 3; x++; }
  for (const i of [n]) { const z = i; z; }
  return x;
}
f(1);
";
    assert_eq!(names(text, "f", "x = 1"), ["n"]);
    assert_eq!(names(text, "f", "y++;"), ["n", "x", "x", "y"]);
    assert_eq!(names(text, "f", "x++;"), ["n", "x", "x"]);
    // Neither the loop's list and index nor what has ended.
    assert_eq!(names(text, "f", "z;"), ["n", "x", "i", "z"]);
    assert_eq!(names(text, "f", "return x;"), ["n", "x"]);
    // The two inner ones are not the outer one.
    let module = module(text);
    let index = function(&module, "f");
    let slots = |statement: &str| {
        let at = statements(text, "f").iter().position(|it| it == statement).expect("there");
        let rows = listing(&module);
        let row = rows.iter().filter(|row| row.function == index && row.begins).nth(at);
        let all = module.variables(index, row.expect("a row").instruction);
        all.iter().map(|one| one.local).collect::<Vec<_>>()
    };
    let inner = slots("y++;");
    assert_ne!(inner[1], inner[2]);
    assert_eq!(inner[1], slots("return x;")[1]);
}

#[test]
fn as_many_locals_and_captured_variables_as_there_may_be_are_named() {
    let locals: Vec<String> = (0..255).map(|at| format!("a{at}")).collect();
    let text = format!(".func main\n.local {}\n const 1\n ret\n", locals.join(" "));
    let many = language::assemble_verified(&text).expect("a program");
    let names: Vec<&str> = many.variables(0, 0).iter().map(|one| one.name).collect();
    assert_eq!(names, locals);

    let declared: Vec<String> = (0..200).map(|at| format!("const a{at} = {at};")).collect();
    let used: Vec<String> = (0..200).map(|at| format!("print(a{at});")).collect();
    let text = format!(
        "function f(): () => void {{\n{}\nreturn () => {{ {} }};\n}}\nf()();\n",
        declared.join("\n"),
        used.join(" ")
    );
    let inner = module(&text);
    let index = function(&inner, "function in line 202");
    let names: Vec<&str> = inner.variables(index, 2).iter().map(|one| one.name).collect();
    assert_eq!(names, locals[..200]);
}

#[test]
fn a_comparison_of_numbers_is_not_long_and_one_of_strings_is() {
    let long = |text: &str| {
        let program = language::Program::load(language::Source::Text(text.into()));
        let bounds = program.expect("a program").bounds(bytecode::PollPolicy::default());
        bounds.into_iter().find(|bound| bound.function == "f").expect("f").long
    };
    let of =
        |kind: &str| format!("function f(a: {kind}, b: {kind}): boolean {{ return a < b; }}\n");
    assert_eq!(long(&of("number")), None);
    let words = long(&of("string")).expect("long");
    assert!(words.starts_with("`<` in line 1 counts as one instruction"), "{words}");
    let equal = |kind: &str| format!("function f(a: {kind}): boolean {{ return a === a; }}\n");
    assert_eq!((long(&equal("number")), long(&equal("string")).is_some()), (None, true));
    let each =
        "function f(a: number[]): number { let n = 0; for (const x of a) n += x; return n; }\n";
    assert_eq!(long(each), None);
}

#[test]
fn a_text_always_becomes_the_same_module() {
    let text =
        "{ const a = 1, b = 2, c = 3, d = 4, e = 5, f = 6; print(a + b + c + d + e + f); }\n";
    let bytes = bytecode::encode(module(text).module());
    for _ in 0..20 {
        assert_eq!(bytecode::encode(module(text).module()), bytes);
    }
}

#[test]
fn all_of_it_survives_the_text_of_the_module() {
    let text =
        "function f(n: number): number { let x = n; { let x = 2; return x + n; } }\nprint(f(2));\n";
    let module = module(text);
    let again = assemble_verified(&disassemble(&module)).expect("a program");
    assert_eq!(again.module(), module.module());
    assert!(!module.module().passages.is_empty());
}

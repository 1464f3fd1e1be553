//! No text makes the compiler panic, and what it compiles is verified.

use language::compile;
use proptest::prelude::*;

/// Pieces of programs, and of what is none.
const PIECES: &[&str] = &[
    "let ",
    "const ",
    "var ",
    "function ",
    "async ",
    "await ",
    "class ",
    "interface ",
    "type ",
    "new ",
    "return ",
    "if ",
    "else ",
    "for ",
    "while ",
    "do ",
    "of ",
    "in ",
    "switch ",
    "case ",
    "default",
    "break ",
    "continue ",
    "throw ",
    "try {",
    "} catch (x) {",
    "} finally {",
    "Error('a')",
    "instanceof Error",
    "x",
    "y",
    "f",
    "A",
    "Array",
    "Mutex",
    "print",
    "spawn",
    "sleep",
    "console.log",
    "Math.abs",
    "Math.max(",
    " => ",
    "?.",
    " ??= ",
    "enum ",
    "<T>",
    ".map(",
    ".reduce(",
    ".sort(",
    ".join(",
    ".slice(",
    ".f",
    "this",
    "null",
    "undefined",
    "NaN",
    "true",
    "1",
    "0.5",
    "-0",
    "2147483648",
    "'a'",
    "'😀'",
    "`t${",
    "}`",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "=",
    "==",
    "===",
    "=>",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "&&",
    "||",
    "??",
    "?",
    ":",
    ";",
    ",",
    ".",
    "...",
    "!",
    "~",
    "++",
    "--",
    "+=",
    "|",
    "&",
    "<<",
    ">>>",
    ": number",
    ": string[]",
    ": A",
    "<number>",
    ".length",
    ".push",
    ".pop()",
    ".fill",
    "[0]",
    "\n",
    " ",
    "//",
    "/*",
    "*/",
    "é",
    "\u{2028}",
    "\u{feff}",
    "\u{0}",
    "#",
    "@",
    "\\",
    "\"",
    "0777",
    "1n",
    "label: ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_pieces(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        let _ = compile(&pieces.concat());
    }

    #[test]
    fn any_text(text in any::<String>()) {
        let _ = compile(&text);
    }

    /// A program in which something is missing, doubled or in another place.
    #[test]
    fn a_program_that_was_damaged(from in 0..PROGRAM.len(), to in 0..PROGRAM.len(), into in 0..PROGRAM.len()) {
        let at = |index: usize| PROGRAM.char_indices().map(|(at, _)| at).take_while(|at| *at <= index).last().unwrap_or(0);
        let (from, to) = (at(from.min(to)), at(from.max(to)));
        let without = [&PROGRAM[..from], &PROGRAM[to..]].concat();
        let _ = compile(&without);
        let into = at(into);
        let _ = compile(&[&PROGRAM[..into], &PROGRAM[from..to], &PROGRAM[into..]].concat());
    }
}

/// Each level has twice as many blocks as the one before: without a limit this would take for ever.
#[test]
fn finally_inside_of_finally_has_a_limit() {
    let nested = |levels: usize| {
        let begin = "try { print(1); } finally {".repeat(levels);
        format!("{begin} print(2); {}", "}".repeat(levels))
    };
    assert!(compile(&nested(4)).is_ok());
    let refused = compile(&nested(60)).expect_err("too many");
    let words: Vec<String> = refused.iter().map(ToString::to_string).collect();
    let one =
        words.iter().filter(|words| words.contains("too many ways out of tries here")).count();
    assert_eq!((one, words.len()), (1, 1), "{words:#?}");

    let inside = |levels: usize| {
        format!("{}print(1);{}", "try {".repeat(levels), "} catch { print(2); }".repeat(levels))
    };
    assert!(compile(&inside(32)).is_ok());
    let refused = compile(&inside(33)).expect_err("too many");
    assert!(refused[0].to_string().contains("one try too many"), "{refused:?}");
}

const PROGRAM: &str = "
interface Node { value: number; next: Node | null; name?: string }
class Stack {
  items: Node[] = [];
  count = 0;
  constructor(first: Node) { this.items.push(first); this.count++; }
  top(): Node { return this.items[this.items.length - 1]; }
}
const double = (x: number): number => x * 2;
function sum(list: number[], from = 0): number {
  let total = 0;
  for (let i = from; i < list.length; i++) total += list[i];
  return total;
}
async function part(n: number): Promise<number> { await sleep(n); return double(n) | 0; }
const stack = new Stack({ value: 1, next: null });
outer: for (const node of stack.items) {
  switch (node.value) { case 1: print('ä😀', `${node.value}`); break; default: continue outer; }
  do { node.value -= 0.5; } while (node.value > 0 && !(node.next === null));
}
const grid = [[1, 2], [3]];
grid[0][1] ??= 3;
let text = 'a' + 1 + (grid[1][0] ? 'b' : 'c');
print(sum(new Array<number>(3).fill(2)), text.length, text[0], text.charCodeAt(1), await part(1));
try { if (text === 'x') throw new Error(text); } catch (e) { text = (e as Error).message; } finally { text += '!'; }
";

//! Polls that are left out: the longest path stays within what was said, and what cannot be proved keeps its polls.

use bytecode::{Bound, PollKind, VerifiedModule, elide, longest_paths, verify};
use language::{Program, Source};

fn module(text: &str) -> bytecode::Module {
    let program = Program::load(Source::Text(text.into())).unwrap_or_else(|errors| {
        panic!("{errors:?}");
    });
    program.module.module().clone()
}

/// How often each site of a kind polls, in the order of the program.
fn often(module: &VerifiedModule, kind: PollKind) -> Vec<u16> {
    let sites = module.functions().iter().flat_map(|function| function.sites());
    let policy = module.module().policy;
    sites.filter(|site| site.kind == kind).map(|site| site.often(policy)).collect()
}

fn longest(module: &VerifiedModule) -> Vec<Bound> {
    let paths = longest_paths(module, module.module().policy);
    paths.into_iter().map(|path| path.bound).collect()
}

const LEAF: &str = "function twice(n: number): number {
  return n + n;
}
let sum = 0;
for (let i = 0; i < 1000; i++) sum = (sum + twice(i)) % 1000;
print(sum);
";

#[test]
fn a_call_in_a_loop_that_polls_needs_no_poll_of_its_own() {
    let module = elide(module(LEAF), Some(1000), &[]).expect("a module");
    assert_eq!(often(&module, PollKind::Call), [0]);
    let [turns] = often(&module, PollKind::BackEdge)[..] else { panic!("one loop") };
    assert!((20..200).contains(&turns), "{turns} turns");
    for bound in longest(&module) {
        assert!(matches!(bound, Bound::AtMost { instructions: ..=1000 }), "{bound:?}");
    }
    // One turn more would be too many.
    let mut more = module.module().clone();
    for (_, often) in more.functions.iter_mut().flat_map(|function| &mut function.placed) {
        *often += u16::from(*often == turns);
    }
    let more = longest(&verify(more).expect("a module"));
    let exceeds = |bound: &Bound| matches!(bound, Bound::AtMost { instructions: 1001.. });
    assert!(more.iter().any(exceeds), "{more:?}");
}

#[test]
fn where_less_is_not_proved_everything_polls() {
    let all = |text: &str, within: u64, kind: PollKind| {
        often(&elide(module(text), Some(within), &[]).expect("a module"), kind)
    };
    assert_eq!(all(LEAF, 1, PollKind::BackEdge), [1], "a turn is longer than that");
    let recursion =
        "function down(n: number): number {\n  return n < 1 ? 0 : down(n - 1);\n}\ndown(9);\n";
    let calls = all(recursion, 1_000_000, PollKind::Call);
    assert_eq!(calls, [0, 1], "how deep the recursion is is not known");
    let bulk =
        "const all = new Array<number>(9).fill(1);\nwhile (all[0] < 9) {\n  all.fill(2);\n}\n";
    assert_eq!(all(bulk, 1_000_000, PollKind::BackEdge), [1], "it has no bound");
}

#[test]
fn what_the_text_says_stays() {
    let text = format!("// @poll within 1000\n{}", LEAF.replace("for", "// @poll every 3\nfor"));
    let program = Program::load(Source::Text(text)).expect("a program");
    assert_eq!(often(&program.module, PollKind::BackEdge), [3]);
    assert_eq!(often(&program.module, PollKind::Call), [0]);
}

/// Of loops in each other the inner one decides, and what is to be nearer is placed first.
#[test]
fn a_part_has_its_own_limit() {
    let text = "let sum = 0;
// @poll loop within 5000
for (let i = 0; i < 1000; i++) {
  // @poll loop within 200
  for (let j = 0; j < 1000; j++) sum = (sum + j) % 1000;
}
for (let i = 0; i < 1000; i++) sum = (sum + i) % 1000;
print(sum);
";
    let load = |text: &str| Program::load(Source::Text(text.into())).expect("a program").module;
    let [inner, outer, rest] = often(&load(text), PollKind::BackEdge)[..] else { panic!("three") };
    assert!((4..20).contains(&inner), "{inner} turns");
    assert!(outer > 1, "{outer} turns");
    assert_eq!(rest, 1, "nothing is said of it");
    let all = load(&format!("// @poll within 1000\n{text}"));
    let [same, _, rest] = often(&all, PollKind::BackEdge)[..] else { panic!("three") };
    assert_eq!(same, inner, "its own comment decides");
    assert!(rest > 2 * inner, "{rest} turns");
    // Not in the order of loops in each other.
    let last = load(
        &text
            .replace("  // @poll loop within 200\n", "")
            .replace("}\nfor", "}\n// @poll loop within 200\nfor"),
    );
    let [_, far, near] = often(&last, PollKind::BackEdge)[..] else { panic!("three") };
    assert!(near > 1 && near < far, "{near} and {far} turns");
    let body = text.lines().skip(4).take(1).collect::<String>();
    let function = load(&format!(
        "// @poll function within 5000\nfunction f(sum: number): number {{\n  // @poll loop within 200\n{body}\n  return sum;\n}}\nf(1);\n"
    ));
    let [own] = often(&function, PollKind::BackEdge)[..] else { panic!("one") };
    assert!((4..20).contains(&own), "{own} turns");
}

#[test]
fn a_large_program_is_not_tried_for_ever() {
    let one = "for (let i = 0; i < 9; i++) sum = (sum + twice(i)) % 1000;\n";
    let text = LEAF.replace("print(sum);", &one.repeat(2000));
    let module = elide(module(&text), Some(1000), &[]).expect("a module");
    // The first loops were tried; for the last ones there was no time, and they poll.
    let calls = often(&module, PollKind::Call);
    assert!(calls.contains(&0));
    assert_eq!(calls.last(), Some(&1));
    assert_eq!(often(&module, PollKind::BackEdge).last(), Some(&1));
}

#[test]
fn assembler_says_it_with_a_directive() {
    let text = ".within 50\n.func leaf\n const 1\n ret\n.func main\n.local i\n const 0\n store i\na: call leaf\n pop\n load i\n const 1\n add\n dup\n store i\n const 9\n lt\n jt a\n const 1\n ret\n";
    let program = Program::load(Source::Text(text.into())).expect("a program");
    assert_eq!(often(&program.module, PollKind::Call), [0]);
    let [turns] = often(&program.module, PollKind::BackEdge)[..] else { panic!("one loop") };
    assert!(turns > 1, "{turns} turns");
    for wrong in [".within 0\n", ".within\n", ".within 9\n.within 10\n", ".within many\n"] {
        let text = format!("{wrong}.func main\n const 1\n ret\n");
        assert!(Program::load(Source::Text(text)).is_err(), "{wrong}");
    }
}

#[test]
fn every_program_of_the_tests_keeps_its_bounds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/typescript/programs");
    let mut fewer = 0;
    for file in std::fs::read_dir(folder).expect("a folder").flatten() {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
        let Ok(program) = Program::load(Source::Text(text)) else { continue };
        let before = &program.module;
        let after = elide(before.module().clone(), Some(500), &[]).expect("a module");
        let sum = |module: &VerifiedModule| {
            let policy = module.module().policy;
            let sites = module.functions().iter().flat_map(|function| function.sites());
            sites.filter(|site| site.often(policy) > 0).count()
        };
        fewer += usize::from(sum(&after) < sum(before));
        for (before, after) in longest(before).into_iter().zip(longest(&after)) {
            let most = match before {
                Bound::Unbounded { .. } => continue,
                Bound::PerFrame { instructions } | Bound::AtMost { instructions } => instructions,
            };
            let holds = match after {
                Bound::Unbounded { .. } => false,
                Bound::PerFrame { instructions } | Bound::AtMost { instructions } => {
                    instructions <= most.max(500)
                }
            };
            assert!(holds, "{}: {before:?}, then {after:?}", file.path().display());
        }
        // The module says the same as its sites.
        let again = verify(after.module().clone()).expect("a module");
        for (one, other) in after.functions().iter().zip(again.functions()) {
            assert_eq!(one.sites(), other.sites());
        }
    }
    assert!(fewer > 50, "{fewer} programs");
}

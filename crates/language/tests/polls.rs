//! Directives that say how often a loop or a function polls, in both languages.

use bytecode::{PollKind, VerifiedModule, decode, encode, verify};
use language::{assemble, assemble_verified, compile, disassemble};

/// The poll sites of the function of that name: line, kind, and how often the text says that it polls.
fn sites(module: &VerifiedModule, name: &str) -> Vec<(u32, PollKind, Option<u16>)> {
    let functions = &module.module().functions;
    let index = functions.iter().position(|one| one.name == name).expect("such a function");
    let function = &module.functions()[index];
    let row = |site: &bytecode::PollSite| {
        (function.line(site.instruction).unwrap_or(0), site.kind, site.placed)
    };
    function.sites().iter().map(row).collect()
}

fn compiled(source: &str) -> VerifiedModule {
    let module = compile(source).unwrap_or_else(|findings| panic!("{findings:?}\n{source}"));
    // The file and the text of the module say the same.
    let bytes = encode(module.module());
    assert_eq!(decode(&bytes).as_ref(), Ok(module.module()), "{source}");
    let text = disassemble(&module);
    assert_eq!(encode(&assemble(&text).expect("its text")), bytes, "{text}");
    module
}

fn refused(source: &str) -> String {
    let findings = compile(source).expect_err(source);
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

use PollKind::{Allocation, Await, BackEdge, Call, Explicit};

#[test]
fn a_directive_speaks_of_the_loop_below_it() {
    let module = compiled(
        "let n = 0;\n// @poll none\nwhile (n < 10) {\n  /* @poll every 100 */\n  // of the inner one\n  for (let i = 0; i < 3; i++) n++;\n}\n// @poll always\nagain: do n--;\nwhile (n > 0);\nfor (const x of [1]) print(x);\n// @poll every 9\nfor (const x of [1]) print(x);",
    );
    let back_edges: Vec<_> = sites(&module, "top level")
        .into_iter()
        .filter(|(_, kind, _)| *kind == BackEdge)
        .map(|(line, _, placed)| (line, placed))
        .collect();
    assert_eq!(
        back_edges,
        [(6, Some(100)), (3, Some(0)), (10, Some(1)), (11, None), (13, Some(9))]
    );
}

#[test]
fn a_loop_adapts_or_those_of_a_function_do() {
    let module = compiled(
        "let n = 0;\n// @poll adapt\nwhile (n < 9) n++;\n// @poll adapt\nfunction f(n: number): number {\n  do n++; while (n < 9);\n  return f([n].length);\n}\nprint(f(n));",
    );
    assert_eq!(sites(&module, "top level")[0], (3, BackEdge, Some(bytecode::ADAPTS)));
    assert_eq!(
        sites(&module, "f"),
        [
            (6, BackEdge, Some(bytecode::ADAPTS)),
            (7, Allocation, None),
            (7, Allocation, None),
            (7, Call, None),
        ]
    );
    let text = disassemble(&module);
    assert!(text.contains("; polls: back-edge, adapts\n"), "{text}");
    // That number is its own word's.
    let message = refused("// @poll every 65535\nwhile (true) {}");
    assert!(message.contains("1 to 65534"), "{message}");
    for directive in [".site every 65535", ".sites every 65535"] {
        let text = format!(".func main\nagain:\n    {directive}\n    jmp again\n");
        let findings = assemble(&text).expect_err("no such number");
        assert!(format!("{findings:?}").contains("1 to 65534"), "{findings:?}");
    }
    let adapts = ".func main\n.sites adapt\nagain:\n    jmp again\n";
    let module = assemble(adapts).expect("a loop");
    assert_eq!(module.functions[0].placed, [(0, bytecode::ADAPTS)]);
    let misspelt =
        assemble(".func main\n.sites adopt\nagain:\n    jmp again\n").expect_err("a word");
    assert!(format!("{misspelt:?}").contains("adapt"), "{misspelt:?}");
}

/// A condition with several ways back polls at each of them.
#[test]
fn every_way_back_of_the_loop_polls_as_the_directive_says() {
    let module = compiled("let n = 0;\n// @poll every 7\ndo n++; while (n < 5 || n === 6);");
    assert_eq!(sites(&module, "top level"), [(3, BackEdge, Some(7)), (3, BackEdge, Some(7))]);
}

#[test]
fn a_directive_speaks_of_the_function_below_it_and_a_loop_has_its_own() {
    let module = compiled(
        "// @poll none\nfunction f(n: number): number {\n  poll();\n  // @poll always\n  while (n > 0) n--;\n  while (n < 9) n++;\n  return f([n].length);\n}\n// @poll always\nconst g = async (n: number): Promise<void> => { while (n > 0) n--; };\nclass C {\n  // @poll every 3\n  turn(n: number): void { while (n > 0) { n--; f(n); } }\n}\nawait g(f(1));\nnew C().turn(1);",
    );
    assert_eq!(
        sites(&module, "f"),
        [
            (3, Explicit, None),
            (5, BackEdge, Some(1)),
            (6, BackEdge, Some(0)),
            (7, Allocation, Some(0)),
            (7, Allocation, Some(0)),
            (7, Call, Some(0)),
        ]
    );
    assert_eq!(sites(&module, "g"), [(10, BackEdge, Some(1))]);
    assert_eq!(sites(&module, "C.turn"), [(13, Call, None), (13, BackEdge, Some(3))]);
    assert!(sites(&module, "top level").contains(&(15, Await, None)));
}

/// The rest polls as the policy says, and within it what has a directive of its own.
#[test]
fn a_loop_or_a_function_polls_within_so_many_instructions() {
    let module = compiled(
        "function leaf(n: number): number { return n + 1; }\nfunction f(n: number): number {\n  let sum = leaf(n);\n  // @poll loop within 1000\n  for (let i = 0; i < n; i++) sum = leaf(sum);\n  while (sum < 9) sum++;\n  return sum;\n}\n// @poll function within 1000\nfunction g(n: number): number {\n  // @poll every 3\n  while (n > 9) n--;\n  for (const x of [1]) n = leaf(n + x);\n  return leaf(n);\n}\n// @poll none\nfunction h(n: number): number {\n  // @poll loop within 10000\n  do n = leaf(n); while (n < 9);\n  return leaf(n);\n}\nprint(f(1) + g(1) + h(1));",
    );
    let [call, in_loop, turns, rest] = sites(&module, "f")[..] else { panic!("four sites") };
    assert_eq!((call, in_loop), ((3, Call, None), (5, Call, Some(0))));
    assert_eq!(rest, (6, BackEdge, None));
    let of = |(_, kind, often): (u32, PollKind, Option<u16>)| {
        assert_eq!(kind, BackEdge);
        often.expect("it is placed")
    };
    let turns = of(turns);
    assert!((20..100).contains(&turns), "{turns} turns");
    let of_g = sites(&module, "g");
    assert!(of_g.contains(&(12, BackEdge, Some(3))));
    assert!(of_g.contains(&(13, Call, Some(0))), "{of_g:?}");
    assert!(
        of_g.iter().any(|(line, kind, often)| (*line, *kind) == (13, BackEdge) && *often > Some(9))
    );
    let [of_loop, turns_of_h, last] = sites(&module, "h")[..] else { panic!("three sites") };
    assert_eq!((of_loop, last), ((19, Call, Some(0)), (20, Call, Some(0))));
    // Ten times as far as in `f`.
    assert!(of(turns_of_h) > 5 * turns, "{turns_of_h:?}");
}

#[test]
fn a_directive_that_is_wrong_is_refused_where_it_stands() {
    let often = "expected none, always, adapt, every with a whole number from 1 to 65534, or within with a number of instructions";
    for (source, expected) in [
        ("// @poll never\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        ("// @poll within1000\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        (
            "// @poll within 0\nwhile (false) {}",
            "1:1: @poll within does not say how many instructions; expected a whole number from 1 to 4294967295".into(),
        ),
        (
            "// @poll within 9\nwhile (false) {}\n// @poll within 10",
            "3:1: a second @poll within; expected one for the whole program".into(),
        ),
        (
            "// @poll loop within\nwhile (false) {}",
            "1:1: @poll within does not say how many instructions; expected a whole number from 1 to 4294967295".into(),
        ),
        ("// @poll loop none\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        (
            "// @poll loop within 9\nfunction f() { while (false) {} }",
            "1:1: @poll loop within stands before no loop; expected a loop in the next line".into(),
        ),
        (
            "// @poll function within 9\nwhile (false) {}",
            "1:1: @poll function within stands before no function; expected a function in the next line".into(),
        ),
        (
            "// @poll function within 9\nfunction f(): number { return 1; }\nf();",
            "1:1: @poll stands before a function that has nothing to poll at; expected a function with a loop, a call, an allocation or an await".into(),
        ),
        ("// @poll\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        ("// @poll every 0\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        ("// @poll every\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        ("// @poll every 65536\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        ("// @poll none please\nwhile (false) {}", format!("1:1: @poll does not say how often; {often}")),
        ("  // @pol none\nwhile (false) {}", "1:3: there is no directive @pol; expected @poll".into()),
        ("// @polls none\nwhile (false) {}", "1:1: there is no directive @polls; expected @poll".into()),
        (
            "let x = 1;\n// @poll none\nx = 2;\nwhile (x > 2) x++;",
            "2:1: @poll stands before nothing that loops; expected a loop or a function in the next line".into(),
        ),
        (
            "print(1);\n// @poll none",
            "2:1: @poll stands before nothing that loops; expected a loop or a function in the next line".into(),
        ),
        (
            "// @poll none\n// @poll always\nwhile (false) {}",
            "2:1: a second @poll; expected one before a loop or function".into(),
        ),
        (
            "// @poll none\nfunction f(): number { return 1; }\nprint(f());",
            "1:1: @poll stands before a function that has nothing to poll at; expected a function with a loop, a call, an allocation or an await".into(),
        ),
        (
            "// @poll every 3\nfunction f(): number[] { return [1]; }\nprint(f().length);",
            "1:1: @poll stands before a function that has nothing to poll at; expected a function with a loop".into(),
        ),
    ] {
        assert_eq!(refused(source), expected, "{source}");
    }
    // Other words with an at sign are comments.
    compiled(
        "/** @param n what @poll is */\nfunction f(n: number): void {}\nf(1); // see @poll none",
    );
}

#[test]
fn the_assembler_has_a_directive_for_a_site_and_one_for_a_function() {
    let text = ".module \"m\"\n\n.func main ()\n.sites none\nL0:\n    const true\n    jt L0\n    newmutex\n    ret\n\n.func other ()\nL0:\n    const true\n    .site every 9\n    jt L0\n    .site always\n    newmutex\n    ret\n\n.func third ()\n.sites every 2\nL0:\n    newmutex\n    pop\n    const true\n    jt L0\n    const true\n    jt L0\n    const 1\n    ret\n";
    let module = assemble_verified(text).expect("a program");
    assert_eq!(sites(&module, "main"), [(7, BackEdge, Some(0)), (8, Allocation, Some(0))]);
    assert_eq!(sites(&module, "other"), [(15, BackEdge, Some(9)), (17, Allocation, Some(1))]);
    let third = [(23, Allocation, None), (26, BackEdge, Some(2)), (28, BackEdge, Some(2))];
    assert_eq!(sites(&module, "third"), third);
    // Written again, comments and lines aside.
    let again = disassemble(&module);
    let plain = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.split(';').next().unwrap_or_default().trim());
        let kept = lines.filter(|line| !line.starts_with(".line") && !line.is_empty());
        kept.map(str::to_owned).collect()
    };
    assert_eq!(plain(&again), plain(text));
    assert!(again.contains("; polls: back-edge, every 9th"), "{again}");
    assert!(again.contains("; back-edge, does not poll"), "{again}");
    let wrong = |text: &str| {
        let errors = assemble(text).expect_err(text);
        errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let often = "none, always, adapt, or every with a whole number from 1 to 65534";
    for (text, expected) in [
        (
            ".func main\n .site never\n newmutex\n ret\n",
            format!("2:8: \"never\" says nothing of a poll site; expected {often}"),
        ),
        (
            ".func main\n .site none\n const 1\n ret\n",
            "2:2: the next instruction does not poll as this says; expected a call, an allocation, an await or a jump backwards below it".into(),
        ),
        (
            ".func main\n .site every 2\n newmutex\n ret\n",
            "2:2: the next instruction does not poll as this says; expected a jump backwards below it".into(),
        ),
        (
            ".func main\n .site none\n poll\n newmutex\n ret\n",
            "2:2: the next instruction does not poll as this says; expected a call, an allocation, an await or a jump backwards below it".into(),
        ),
        (
            ".func main\n .site none\n .site none\n newmutex\n ret\n",
            "3:2: a second .site; expected one .site before an instruction".into(),
        ),
        (
            ".func main\n.sites none\n.sites none\n newmutex\n ret\n",
            "3:1: a second .sites; expected one .sites in a function".into(),
        ),
        (
            ".func main\n.sites none\n const 1\n ret\n",
            "2:1: nothing in this function polls as it says; expected a function with a poll site".into(),
        ),
        (
            ".func main\n.sites every 4\n newmutex\n ret\n",
            "2:1: nothing in this function polls as it says; expected a function with a jump backwards".into(),
        ),
    ] {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

/// What a file says of places where nothing polls is refused.
#[test]
fn a_module_cannot_place_what_is_no_site() {
    let mut module = assemble(".func main\n poll\n newmutex\n ret\n").expect("a program");
    for placed in [vec![(0, 0)], vec![(1, 0), (1, 0)], vec![(9, 0)], vec![(1, 2)]] {
        module.functions[0].placed = placed;
        assert!(verify(module.clone()).is_err(), "{:?}", module.functions[0].placed);
    }
    module.functions[0].placed = vec![(1, 0)];
    assert!(verify(module).is_ok());
}

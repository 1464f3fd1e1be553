//! The page's examples: each compiles without a warning, has a header, and does what the header
//! says.

use std::path::PathBuf;

use bytecode::{Bound, Instruction, VerifiedModule, Why, encode, longest_paths};
use language::{Program, Source, assemble, disassemble};

fn examples() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/examples");
    let mut examples: Vec<_> = std::fs::read_dir(folder)
        .expect("www/examples is there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| !path.to_string_lossy().ends_with(".d.ts"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect();
    examples.sort();
    examples
}

fn program(name: &str, text: &str) -> Program {
    Program::load(Source::Text(text.to_owned()))
        .unwrap_or_else(|mistakes| panic!("{name}: {mistakes:#?}"))
}

fn verified(name: &str, text: &str) -> VerifiedModule {
    program(name, text).module
}

fn header<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    let comments =
        text.lines().filter_map(|line| line.strip_prefix("//").or(line.strip_prefix(';')));
    comments.filter_map(|comment| comment.strip_prefix(&format!(" {field}: "))).next()
}

#[test]
fn there_are_at_least_ten_and_the_first_is_endless() {
    let examples = examples();
    assert!(examples.len() >= 10);
    assert_eq!(header(&examples[0].1, "endless"), Some("yes"));
}

#[test]
fn each_has_a_description_and_no_warnings() {
    for (name, text) in examples() {
        assert!(header(&text, "name").is_some_and(|found| !found.is_empty()), "{name}");
        let description = header(&text, "description").unwrap_or_default();
        assert!(description.ends_with('.') && description.len() < 130, "{name}: {description}");
        assert!(matches!(header(&text, "endless"), Some("yes" | "no")), "{name}");
        let program = program(&name, &text);
        assert!(program.warnings().is_empty(), "{name}: {:#?}", program.warnings());
        assert!(text.lines().all(|line| line.len() <= 120), "{name}: fits beside the timeline");
    }
}

#[test]
fn those_in_typescript_are_short_and_called_as_their_header_says() {
    let typescript = |text: &str| text.starts_with("//");
    let examples = examples();
    let count = examples.iter().filter(|(_, text)| typescript(text)).count();
    // The other one teaches the assembler and its directives.
    assert_eq!(examples.len() - count, 1);
    assert!(typescript(&examples[0].1), "the page opens with the first one");
    assert!(examples.iter().all(|(_, text)| text.lines().count() < 30));
    for (name, text) in examples.iter().filter(|(_, text)| typescript(text)) {
        let module = verified(name, text);
        assert_eq!(Some(module.module().name.as_str()), header(text, "name"), "{name}");
    }
}

#[test]
fn endless_ones_have_a_function_that_never_returns() {
    for (name, text) in examples() {
        let module = verified(&name, &text);
        let returns = |function: &bytecode::VerifiedFunction| {
            (0_u32..)
                .zip(function.instructions())
                .any(|(at, i)| *i == Instruction::Ret && function.height(at).is_some())
        };
        let ends = module.functions().iter().all(returns);
        assert_eq!(header(&text, "endless") == Some("yes"), !ends, "{name}");
    }
}

#[test]
fn each_stays_the_same_through_disassembly() {
    for (name, text) in examples() {
        let module = verified(&name, &text);
        let again = assemble(&disassemble(&module)).expect("what was disassembled assembles");
        assert_eq!(encode(&again), encode(module.module()), "{name}");
    }
}

#[test]
fn only_the_copy_works_long_without_a_poll() {
    let (name, text) = &examples()[1];
    assert_eq!(name, "02-long-copy");
    let module = verified(name, text);
    for path in longest_paths(&module, module.module().policy) {
        let function = &module.module().functions[usize::from(path.function)].name;
        match function.as_str() {
            "copies" => {
                assert!(matches!(path.bound, Bound::Unbounded { why: Why::Bulk, .. }), "{path:?}");
            }
            _ => assert!(matches!(path.bound, Bound::AtMost { instructions: 1..=9 }), "{path:?}"),
        }
    }
}

#[test]
fn the_loop_that_does_not_poll_is_unbounded() {
    let examples = examples();
    let is = |(name, _): &&(String, String)| name == "15-loop-that-does-not-poll";
    let (name, text) = examples.iter().find(is).expect("the example");
    let module = verified(name, text);
    let paths = longest_paths(&module, module.module().policy);
    let of = |wanted: &str| {
        let is = |index: u16| module.module().functions[usize::from(index)].name == wanted;
        paths.iter().find(|path| is(path.function)).map(|path| &path.bound)
    };
    assert!(matches!(of("deaf"), Some(Bound::Unbounded { why: Why::Loop, .. })), "{paths:?}");
    assert!(matches!(of("polite"), Some(Bound::AtMost { .. })), "{paths:?}");
}

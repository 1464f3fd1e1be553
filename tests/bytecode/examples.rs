//! The page's examples: each assembles without a warning, has a header, and does what the header
//! says.

use std::path::PathBuf;

use bytecode::{Bound, Instruction, VerifiedModule, Why, encode, longest_paths};
use language::{assemble, assemble_verified, assemble_with_map, disassemble};

fn examples() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("www/examples");
    let mut examples: Vec<_> = std::fs::read_dir(folder)
        .expect("www/examples is there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sasm"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect();
    examples.sort();
    examples
}

fn verified(name: &str, text: &str) -> VerifiedModule {
    assemble_verified(text).unwrap_or_else(|errors| {
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        panic!("{name}: {}", errors.join("\n"))
    })
}

fn header<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(&format!("; {field}: ")))
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
        verified(&name, &text);
        let warnings = assemble_with_map(&text).expect("it was verified").warnings;
        assert!(warnings.is_empty(), "{name}: {warnings:#?}");
        assert!(text.lines().all(|line| line.len() <= 120), "{name}: fits beside the timeline");
    }
}

#[test]
fn endless_ones_have_no_return_that_ends_them() {
    for (name, text) in examples() {
        let module = verified(&name, &text);
        let main = &module.functions()[usize::from(module.module().entry)];
        let callee = (0_u32..).zip(main.instructions()).find_map(|(_, i)| match i {
            Instruction::Call(callee) => Some(&module.functions()[usize::from(*callee)]),
            _ => None,
        });
        let returns = callee.is_none_or(|function| {
            (0_u32..)
                .zip(function.instructions())
                .any(|(at, i)| *i == Instruction::Ret && function.height(at).is_some())
        });
        assert_eq!(header(&text, "endless") == Some("yes"), !returns, "{name}");
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
            "copy" => {
                assert!(matches!(path.bound, Bound::Unbounded { why: Why::Bulk, .. }), "{path:?}");
            }
            "count" => assert!(matches!(path.bound, Bound::AtMost { instructions: 1..=9 })),
            _ => assert!(matches!(path.bound, Bound::Unbounded { why: Why::Calls, .. })),
        }
    }
}

#[test]
fn the_loop_that_does_not_poll_is_unbounded() {
    let examples = examples();
    let (name, text) = examples.last().expect("there are examples");
    assert_eq!(name, "15-loop-that-does-not-poll");
    let module = verified(name, text);
    let paths = longest_paths(&module, module.module().policy);
    let of = |wanted: &str| {
        let is = |index: u16| module.module().functions[usize::from(index)].name == wanted;
        paths.iter().find(|path| is(path.function)).map(|path| &path.bound)
    };
    assert!(matches!(of("deaf"), Some(Bound::Unbounded { why: Why::Loop, .. })), "{paths:?}");
    assert!(matches!(of("next"), Some(Bound::AtMost { .. })), "{paths:?}");
}

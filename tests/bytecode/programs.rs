//! The programs with expected output, as bytecode: together they have every instruction, and each
//! keeps its bytes through disassembly.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use bytecode::{OPCODES, VerifiedModule, decode, encode};
use language::{assemble, assemble_verified, disassemble, disassemble_for_editing, listing};

fn programs() -> Vec<(PathBuf, VerifiedModule)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("tests/programs is there")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sasm"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let module = assemble_verified(&text)
                .unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
            (path, module)
        })
        .collect()
}

#[test]
fn every_program_has_an_expected_output() {
    let programs = programs();
    assert!(programs.len() >= 25);
    for (path, _) in programs {
        let expected = std::fs::read_to_string(path.with_extension("out"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let last = expected.lines().last().unwrap_or_default();
        assert!(last.starts_with("= ") || last.starts_with("! "), "{}: {last}", path.display());
    }
}

#[test]
fn every_instruction_occurs_in_reachable_code() {
    let mut seen = HashSet::new();
    for (_, module) in programs() {
        for function in module.functions() {
            for (at, instruction) in (0_u32..).zip(function.instructions()) {
                if function.height(at).is_some() {
                    seen.insert(instruction.info().byte);
                }
            }
        }
    }
    let missing: Vec<_> =
        OPCODES.iter().filter(|row| !seen.contains(&row.byte)).map(|row| row.syntax()).collect();
    assert!(missing.is_empty(), "no program has {missing:?}");
}

#[test]
fn every_instruction_that_can_trap_traps_in_a_program() {
    let names: Vec<String> = programs()
        .iter()
        .map(|(path, _)| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    for trap in [
        "stack-overflow",
        "out-of-memory",
        "deadlock",
        "div-by-zero",
        "rem-by-zero",
        "newarray-negative",
        "aload-outside",
        "astore-negative",
        "get-of-null",
        "get-of-other-shape",
        "lock-twice",
        "unlock-free",
        "unlock-of-another",
        "of-another",
        "sleep-negative",
        "block-negative",
        "stall-negative",
        "jump-on-int",
        "throw",
        "list-set-outside",
        "list-of-nothing",
        "list-of-other-shape",
        "js-char-half",
    ] {
        assert!(names.contains(&format!("trap-{trap}")), "{trap}");
    }
}

#[test]
fn each_keeps_its_bytes_through_text_and_file() {
    for (path, module) in programs() {
        let bytes = encode(module.module());
        let read = decode(&bytes).expect("what was written is read");
        // Bytes are compared, since not-a-number is not equal to itself.
        assert_eq!(encode(&read), bytes, "{}", path.display());
        let text = disassemble(&module);
        let again = assemble(&text)
            .unwrap_or_else(|errors| panic!("{}: {errors:#?}\n{text}", path.display()));
        assert_eq!(encode(&again), bytes, "{}\n{text}", path.display());
    }
}

#[test]
fn a_listing_shows_bytes_labels_lines_and_sites() {
    let module = assemble_verified(
        ".shape Box a\n.func main\nagain: new Box\n pop\n const true\n jt again\n const 258\n ret\n",
    )
    .expect("no mistakes");
    let lines = listing(&module);
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["new Box", "pop", "const true", "jt L0", "const 258", "ret"]);
    assert_eq!(lines[0].label.as_deref(), Some("L0"));
    assert_eq!((lines[0].bytes.as_str(), lines[4].bytes.as_str()), ("40 00 00", "08 02 01 00 00"));
    assert_eq!((lines[3].offset, lines[3].line), (5, Some(6)));
    let sites: Vec<_> = lines.iter().map(|line| line.site).collect();
    assert_eq!(sites, [Some(0), None, None, Some(1), None, None]);
    assert!(lines.iter().all(|line| line.reachable && line.polls == line.site.is_some()));
}

#[test]
fn for_editing_each_instruction_has_its_line_in_the_text() {
    for (path, module) in programs() {
        let text = disassemble_for_editing(&module);
        assert!(!text.contains(".line"), "{}", path.display());
        let again = assemble_verified(&text).expect("what was disassembled assembles");
        let rows: Vec<_> = text.lines().collect();
        for (old, new) in listing(&module).iter().zip(listing(&again)) {
            assert_eq!((&old.bytes, &old.text), (&new.bytes, &new.text), "{}", path.display());
            let row = rows[new.line.expect("the assembler notes lines") as usize - 1];
            assert!(row.trim().starts_with(&new.text), "{}: {row}", path.display());
        }
    }
}

//! Every program of the tests as WebAssembly: what is emitted is a valid module, for each place at which the
//! interpreter enters.

use std::fs;
use std::num::NonZeroU16;
use std::path::Path;

use bytecode::PollPolicy;
use language::{Program, Source};
use machine::vm::{Emitted, Known, Wanted, emit, entries};
use safepoint::PollWord;
use wasmparser::{Operator, Parser, Payload, Validator, WasmFeatures};

fn programs() -> Vec<(String, Program)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let folders = ["programs", "typescript/programs"].map(|folder| tests.join(folder));
    let files =
        folders.iter().flat_map(|folder| fs::read_dir(folder).expect("a folder of programs"));
    let read = files.flatten().filter_map(|file| {
        let text = fs::read_to_string(file.path()).ok()?;
        let program = Program::load(Source::Text(text)).ok()?;
        Some((file.path().display().to_string(), program))
    });
    read.collect()
}

#[test]
fn every_program_becomes_a_valid_module() {
    // What every browser has that the page supports.
    let features = WasmFeatures::WASM2 | WasmFeatures::THREADS;
    let programs = programs();
    assert!(programs.len() > 150, "{} programs", programs.len());
    let (mut emitted, mut polls) = (0, 0);
    for (name, program) in programs {
        let own = program.module.module().policy;
        let never = PollPolicy { calls: false, back_edges: false, ..own };
        let seldom = PollPolicy { every: NonZeroU16::new(7).expect("not 0"), ..own };
        for (policy, plain, profile, adapt) in [
            (own, true, true, 0),
            (never, false, true, 0),
            (own, true, false, 0),
            (own, true, false, 100),
            (own, false, true, 20),
            (seldom, true, true, 100),
            (never, true, false, 0),
        ] {
            let entries = entries(&program.module, policy);
            let wide = entries.iter().map(|entry| entry + 1).collect();
            let some = Known { ints: 0b0_0100_1001, numbers: 0b0_1001_0010 };
            let known = entries.iter().filter(|_| profile).map(|entry| (*entry, some)).collect();
            let wanted = Wanted { entries, wide, known, plain, profile, adapt };
            let code = emit(&program.module, policy, &wanted);
            if code.module.is_empty() {
                continue;
            }
            emitted += 1;
            assert!(code.frames > 16, "{name}: {} frames", code.frames);
            let valid = Validator::new_with_features(features).validate_all(&code.module);
            valid.unwrap_or_else(|error| panic!("{name}: {error}"));
            polls += polls_of(&code);
        }
    }
    assert!(emitted > 700, "{emitted} modules");
    assert!(polls > 10_000, "{polls} polls");
}

/// How many polls there are; each is told of, and stands where that says.
fn polls_of(code: &Emitted) -> usize {
    let sections = Parser::new(0).parse_all(&code.module).map(|part| part.expect("it is valid"));
    let bodies = sections.filter_map(|part| match part {
        Payload::CodeSectionEntry(body) => Some(body.get_operators_reader().expect("operations")),
        _ => None,
    });
    let mut found = Vec::new();
    for (body, reader) in (0..).zip(bodies.take(code.bodies.len())) {
        let first = reader.original_position();
        let all: Vec<_> = reader.into_iter_with_offsets().map(|one| one.expect("one")).collect();
        for pair in all.windows(3) {
            let is_poll = matches!(
                [&pair[0].0, &pair[1].0, &pair[2].0],
                [
                    Operator::GlobalGet { global_index: 0 },
                    Operator::I32AtomicLoad { .. },
                    Operator::I32Const { value }
                ] if *value == PollWord::MASK as i32
            );
            if is_poll {
                found.push((body, (pair[0].1 - first) as u32));
            }
        }
    }
    let told: Vec<_> = code.polls.iter().map(|poll| (poll.body, poll.at)).collect();
    assert_eq!(told, found);
    found.len()
}

#[test]
fn an_entry_that_is_no_operation_is_not_compiled() {
    let text = "while (true) {}".to_owned();
    let program = Program::load(Source::Text(text)).expect("a program");
    let (module, policy) = (&program.module, program.module.module().policy);
    let known = entries(module, policy);
    let all = known.iter().copied().chain([known.len() as u32 + 1000, u32::MAX]).collect();
    let code = emit(module, policy, &Wanted { entries: all, ..Wanted::default() });
    assert_eq!(code.entries, known);
    let foreign = Wanted { entries: vec![5000, u32::MAX], ..Wanted::default() };
    assert_eq!(emit(module, policy, &foreign), Emitted::default());
}

//! Every program of the tests as WebAssembly: what is emitted is a valid module.

use std::fs;
use std::path::Path;

use language::{Program, Source};
use machine::vm::{Wanted, emit};
use wasmparser::{Validator, WasmFeatures};

fn programs() -> Vec<(String, Program)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = Vec::new();
    for folder in ["tests/programs", "tests/typescript", "www/examples", "bench/loops"] {
        let Ok(files) = fs::read_dir(root.join(folder)) else { continue };
        for file in files.flatten() {
            let path = file.path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if let Ok(program) = Program::load(Source::Text(text)) {
                found.push((path.display().to_string(), program));
            }
        }
    }
    found
}

#[test]
fn every_function_of_every_program_is_valid() {
    let programs = programs();
    assert!(programs.len() > 50, "{} programs", programs.len());
    let mut emitted = 0;
    for (name, program) in programs {
        let policy = program.module.module().policy;
        for entry in 2..20_000 {
            let Some(code) = machine::vm::emit_at(&program.module, policy, entry) else {
                break;
            };
            if code.module.is_empty() {
                continue;
            }
            emitted += 1;
            if let Err(error) =
                Validator::new_with_features(WasmFeatures::all()).validate_all(&code.module)
            {
                fs::write("/tmp/bad.wasm", &code.module).ok();
                panic!("{name}, operation {entry}: {error}");
            }
        }
    }
    assert!(emitted > 100, "{emitted}");
    println!("{emitted}");
}

#[test]
#[ignore]
fn dump() {
    let text = fs::read_to_string(std::env::var("FILE").unwrap()).unwrap();
    let Ok(program) = Program::load(Source::Text(text)) else { panic!() };
    let policy = program.module.module().policy;
    let entries = match std::env::var("ENTRY") {
        Ok(e) => vec![e.parse().unwrap()],
        _ => machine::vm::all_entries(&program.module, policy),
    };
    let code = emit(
        &program.module,
        policy,
        &Wanted {
            entries: entries.clone(),
            wide: vec![],
            plain: true,
            profile: std::env::var("PROFILE").is_ok(),
        },
    );
    fs::write("/tmp/x.wasm", &code.module).unwrap();
    for (i, op) in machine::vm::show_ops(&program.module, policy).iter().enumerate() {
        println!("{i} {} {op}", if entries.contains(&(i as u32)) { "*" } else { " " });
    }
}

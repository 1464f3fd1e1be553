//! Programs from outside: text and bytes.

use ::machine::vm::{Known, Wanted, emit, entries};
use bytecode::{Constant, PollPolicy, VerifiedModule, decode, encode, longest_paths, verify};
use language::{
    Diagnostic, assemble, assemble_verified, compile, disassemble, disassemble_for_editing, listing,
};
use wasmparser::{Validator, WasmFeatures};

use super::{repair, run_a_while};

/// Text is a program, or errors that point into it.
pub fn text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match assemble_verified(text) {
        Ok(module) => {
            through_its_forms(&module);
            run_a_while(&module, |_| {});
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= 50);
            for error in errors {
                in_its_place(text, &error);
            }
        }
    }
}

/// Text is a program in TypeScript, whatever form it is brought into, or it is refused at a place inside of it.
pub fn typescript(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match compile(text) {
        Ok(module) => {
            through_its_forms(&module);
            for passage in &module.module().passages {
                assert!(passage.from <= passage.to, "{passage:?}");
                let line =
                    text.split('\n').nth(passage.to.0 as usize - 1).expect("a line of the text");
                assert!(passage.to.1 as usize <= line.chars().count() + 1, "{passage:?}");
            }
            run_a_while(&module, |_| {});
        }
        Err(errors) => {
            assert!(!errors.is_empty() && errors.len() <= 50);
            for error in errors {
                in_its_place(text, &error);
            }
        }
    }
}

fn in_its_place(text: &str, error: &Diagnostic) {
    let before = text.get(..error.offset as usize).expect("an offset between two characters");
    assert!(error.length > 0 && !error.message.is_empty(), "{error:?}");
    let line = before.matches('\n').count() + 1;
    assert!(error.line as usize >= line, "{error:?}");
    assert!(error.message.len() < 2000, "a message is not as long as the text");
}

/// Bytes under a right checksum are a module or an error.
pub fn module(data: &[u8]) {
    let bytes = repair(data, 10);
    let module = match decode(&bytes) {
        Ok(module) => module,
        Err(error) => {
            assert!(error.offset <= bytes.len() && !error.message.is_empty());
            return;
        }
    };
    assert_eq!(encode(&module), bytes, "one encoding for each module");
    match verify(module) {
        Ok(module) => {
            through_its_forms(&module);
            run_a_while(&module, |_| {});
        }
        Err(errors) => assert!(!errors.is_empty() && errors.len() <= 50),
    }
}

/// A program stays the same through its binary form and its text.
fn through_its_forms(module: &VerifiedModule) {
    let bytes = encode(module.module());
    let read = decode(&bytes).expect("what was written is read");
    assert_eq!(encode(&read), bytes);
    let text = disassemble(module);
    let again = assemble(&text).unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"));
    assert_eq!(encode(&again), bytes, "{text}");
    assemble_verified(&disassemble_for_editing(module)).expect("a listing to edit is a program");
    listing(module);
    longest_paths(module, PollPolicy::default());
    compiled(module);
}

/// Whatever is compiled of a program is a valid WebAssembly module.
pub(super) fn compiled(module: &VerifiedModule) {
    let all = PollPolicy::default();
    let none = PollPolicy { calls: false, back_edges: false, allocations: false, ..all };
    for (policy, is_wide) in [(all, false), (none, true)] {
        let entries = entries(module, policy);
        let wide = entries.iter().filter(|_| is_wide).map(|entry| entry + 1).collect();
        let some = |entry: &u32| {
            (*entry, Known { ints: 0x49 << (entry % 3), numbers: 0x92 << (entry % 3) })
        };
        let known = entries.iter().filter(|_| is_wide).map(some).collect();
        let wanted = Wanted { entries, wide, known, plain: !is_wide, profile: is_wide, adapt: 100 };
        let code = emit(module, policy, &wanted);
        let features = WasmFeatures::WASM2 | WasmFeatures::THREADS;
        if !code.module.is_empty() {
            Validator::new_with_features(features)
                .validate_all(&code.module)
                .unwrap_or_else(|error| panic!("{error}\n{}", disassemble(module)));
        }
    }
}

/// Floats are read as the standard library reads them.
pub fn floats(data: &[u8]) {
    let Ok(number) = std::str::from_utf8(data) else { return };
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '-');
    if !number.contains('.') || !number.chars().all(plain) {
        return;
    }
    let Ok(module) = assemble(&format!(".func main\nconst {number}\nret\n")) else { return };
    let wanted: f64 =
        number.parse().unwrap_or_else(|_| panic!("{number} is a number only for the assembler"));
    let Some(Constant::Float(read)) = module.constants.first() else {
        panic!("{number} is no float: {:?}", module.constants)
    };
    assert_eq!(read.to_bits(), wanted.to_bits(), "{number}");
}

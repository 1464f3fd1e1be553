//! Any valid module survives its binary form and its text; any bytes are a module or an error.

use crate::support::module;
use bytecode::{PollPolicy, decode, encode, longest_paths, verify};
use language::{assemble, assemble_verified, disassemble, listing};
use proptest::prelude::*;

/// The bytes with the checksum of their content in its place.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.len() >= 10 {
        let checksum = crc32fast::hash(&bytes[10..]);
        bytes[6..10].copy_from_slice(&checksum.to_le_bytes());
    }
    bytes
}

/// All steps that a program from outside passes.
fn load(bytes: &[u8]) {
    let module = match decode(bytes) {
        Ok(module) => module,
        Err(error) => {
            assert!(error.offset <= bytes.len() && !error.message.is_empty());
            return;
        }
    };
    assert_eq!(encode(&module), bytes, "one encoding for each module");
    match verify(module) {
        Ok(verified) => {
            let text = disassemble(&verified);
            let again = assemble(&text).unwrap_or_else(|e| panic!("{e:#?}\n{text}"));
            assert_eq!(encode(&again), bytes);
            listing(&verified);
            longest_paths(&verified, PollPolicy::default());
        }
        Err(errors) => assert!(!errors.is_empty() && errors.len() <= 50),
    }
}

proptest! {
    #[test]
    fn a_valid_module_survives_bytes_and_text(module in module()) {
        let bytes = encode(&module);
        let read = decode(&bytes).expect("what was written is read");
        prop_assert_eq!(encode(&read), bytes.clone());
        let verified = verify(read).expect("the generator makes valid modules");
        let text = disassemble(&verified);
        let again = assemble_verified(&text)
            .unwrap_or_else(|errors| panic!("{errors:#?}\n{text}"));
        prop_assert_eq!(encode(again.module()), bytes, "{}", text);
    }

    #[test]
    fn a_flipped_byte_is_noticed(module in module(), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut bytes = encode(&module);
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn a_truncated_module_is_refused(module in module(), at in any::<prop::sample::Index>()) {
        let bytes = encode(&module);
        let cut = &bytes[..at.index(bytes.len())];
        prop_assert!(decode(cut).is_err());
        prop_assert!(decode(&with_checksum(cut.to_vec())).is_err());
    }

    #[test]
    fn damage_with_a_right_checksum_is_a_module_or_an_error(
        module in module(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = encode(&module);
        for (at, byte) in damage {
            let at = 10 + at.index(bytes.len() - 10);
            bytes[at] = byte;
        }
        load(&with_checksum(bytes));
    }

    #[test]
    fn any_code_is_verified_or_refused(module in module(), code in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut module = module;
        module.functions[1].code = code;
        module.functions[1].lines.clear();
        load(&encode(&module));
    }

    #[test]
    fn any_bytes_are_a_module_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        load(&bytes);
        let mut framed = b"SPLB\x01\x00....".to_vec();
        framed.extend(&bytes);
        load(&with_checksum(framed));
    }

    #[test]
    fn any_text_is_a_program_or_errors_in_their_places(text in any::<String>()) {
        check_places(&text);
    }

    #[test]
    fn mixed_up_programs_are_programs_or_errors_in_their_places(
        words in prop::collection::vec(prop::sample::select(WORDS), 0..60)
    ) {
        check_places(&words.concat());
    }
}

const WORDS: &[&str] = &[
    "\n",
    "\n",
    " ",
    " ",
    ".func",
    ".local",
    ".shape",
    ".global",
    ".poll",
    ".line",
    ".constant",
    ".entry",
    ".module",
    "main",
    "i",
    "again",
    ":",
    "again:\n",
    "load ",
    "store ",
    "const ",
    "const 1\n",
    "ret\n",
    "jmp ",
    "jt ",
    "call ",
    "get ",
    "é",
    ".",
    ",",
    "(",
    ")",
    "#",
    "1",
    "-5",
    "2.5",
    "\"text\"",
    "\"",
    "\\",
    "every",
    "off",
    "calls",
    ";",
    "\r\n",
    ".func main\n",
    "i\n",
    "add\n",
    "dup\n",
    "99999999999",
    "null",
];

fn check_places(text: &str) {
    let Err(errors) = assemble_verified(text) else { return };
    assert!(!errors.is_empty() && errors.len() <= 50);
    for error in errors {
        assert!(text.is_char_boundary(error.offset as usize), "{error:?}");
        let before = &text[..error.offset as usize];
        assert_eq!(before.matches('\n').count() + 1, error.line as usize, "{error:?}");
        let line = before.rsplit('\n').next().expect("one part at least");
        let column = line.trim_start_matches('\u{feff}').chars().count() + 1;
        assert_eq!(column, error.column as usize, "{error:?}");
        assert!(error.length > 0 && !error.message.is_empty(), "{error:?}");
    }
}

//! The binary module, byte by byte, and the messages about wrong ones.

use bytecode::{decode, encode};
use language::assemble;

const PROGRAM: &str = r#"
.module "m"
.poll calls off
.poll every 300
.global g
.shape S f
.func main (a)
.local b
    const 1.0
    pop
    const "é"
    ret
.func start
    .line off
    const null
    ret
.entry start
"#;

fn bytes() -> Vec<u8> {
    encode(&assemble(PROGRAM).expect("no mistakes"))
}

/// Replaces bytes and makes the checksum right.
fn with(at: usize, new: &[u8]) -> Vec<u8> {
    let mut bytes = bytes();
    bytes[at..at + new.len()].copy_from_slice(new);
    checksum(bytes)
}

fn checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&bytes[10..]);
    bytes[6..10].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn refused(bytes: &[u8], offset: usize, words: &str) {
    let error = decode(bytes).expect_err(words);
    assert_eq!(error.offset, offset, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn every_byte_has_its_place() {
    #[rustfmt::skip]
    let expected: &[&[u8]] = &[
        b"SPLB", &[1, 0], &[0, 0, 0, 0],
        &[1, 5, 0, 0, 0], &[1, 0, 0, 0], b"m",
        &[2, 3, 0, 0, 0], &[0b1110, 44, 1],
        &[3, 20, 0, 0, 0], &[2, 0, 0, 0],
            &[0], &1.0_f64.to_le_bytes(),
            &[1, 2, 0, 0, 0], "é".as_bytes(),
        &[4, 9, 0, 0, 0], &[1, 0, 0, 0], &[1, 0, 0, 0], b"g",
        &[5, 18, 0, 0, 0], &[1, 0, 0, 0], &[1, 0, 0, 0], b"S", &[1, 0, 0, 0], &[1, 0, 0, 0], b"f",
        &[6, 61, 0, 0, 0], &[1, 0], &[2, 0, 0, 0],
            &[4, 0, 0, 0], b"main", &[1], &[2, 0, 0, 0],
                &[1, 0, 0, 0], b"a", &[1, 0, 0, 0], b"b",
                &[8, 0, 0, 0], &[9, 0, 0, 1, 9, 1, 0, 0x3c],
            &[5, 0, 0, 0], b"start", &[0], &[0, 0, 0, 0],
                &[2, 0, 0, 0], &[0x0c, 0x3c],
        &[7, 40, 0, 0, 0], &[4, 0, 0, 0],
            &[0, 0, 0, 0, 9, 0, 0, 0], &[3, 0, 0, 0, 10, 0, 0, 0],
            &[4, 0, 0, 0, 11, 0, 0, 0], &[7, 0, 0, 0, 12, 0, 0, 0],
            &[0, 0, 0, 0],
    ];
    assert_eq!(bytes(), checksum(expected.concat()));
}

#[test]
fn bytes_that_are_no_module_are_refused() {
    refused(b"", 0, "this is no module: it starts with \"\", a module with \"SPLB\"");
    refused(b"\x7fELF", 0, "this is no module");
    refused(b"SPLB\x01\x00\x00", 7, "ends inside its header: 7 bytes found, 10 expected");
}

#[test]
fn other_versions_are_refused_in_words() {
    refused(&with(4, &[3, 0]), 4, "format version 3, expected 2: a newer Safepoint Lab wrote it");
    refused(&with(4, &[0, 0]), 4, "no Safepoint Lab ever wrote it");
}

/// A module with a placement has a section more, and one without has not.
#[test]
fn placements_are_a_section_of_version_2() {
    let text =
        ".func main\n nop\na: const true\n .site every 300\n jt a\n .site none\n newmutex\n ret\n";
    let module = assemble(text).expect("a program");
    assert_eq!(module.functions[0].placed, [(2, 300), (5, 0)]);
    let bytes = encode(&module);
    assert_eq!(bytes[4..6], [2, 0]);
    let section = [8, 16, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 0x2c, 1, 5, 0, 0, 0, 0, 0];
    assert!(bytes.ends_with(&section), "{bytes:x?}");
    assert_eq!(decode(&bytes).as_ref(), Ok(&module));
    let mut none = bytes.clone();
    none.truncate(bytes.len() - section.len());
    none.extend([8, 4, 0, 0, 0, 0, 0, 0, 0]);
    let start = none.len() - 4;
    refused(&checksum(none), start, "no placement; expected one, or version 1");
    let mut missing = bytes.clone();
    missing.truncate(bytes.len() - section.len());
    let end = missing.len();
    refused(&checksum(missing), end, "the section ends inside the section's id");
    // Only a module that has a place for it.
    let mut elsewhere = module.clone();
    elsewhere.functions[0].placed = vec![(0, 1)];
    let errors = bytecode::verify(elsewhere).expect_err("a nop is no poll site");
    assert_eq!(errors[0].offset, Some(0));
    let mut often = module;
    often.functions[0].placed[1].1 = 2;
    let errors = bytecode::verify(often).expect_err("a mutex is made without a turn");
    assert!(errors[0].to_string().contains("every 2th turn polls at byte 5"), "{}", errors[0]);
}

#[test]
fn damage_is_noticed() {
    let mut damaged = bytes();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    refused(&damaged, 6, "damaged or cut off: its checksum is");
}

#[test]
fn sections_come_once_and_in_order() {
    refused(&with(10, &[2]), 10, "section 2 (poll policy) stands where 1 (name) is expected");
    refused(
        &with(10, &[9]),
        10,
        "section 9, which version 1 of a module does not know, stands where",
    );
    refused(&checksum(bytes()[..10].to_vec()), 10, "ends inside the section's id: 0 bytes left");
    refused(&with(11, &[255]), 11, "section name, byte 11: the section claims 255 bytes, but only");
    refused(
        &with(11, &[4]),
        19,
        "section name, byte 19: the section ends inside the module's name: 0 bytes left, 1",
    );
    refused(&with(11, &[6]), 20, "section name, byte 20: 1 bytes are left over");
    let mut longer = bytes();
    longer.push(0);
    let end = longer.len() - 1;
    refused(&checksum(longer), end, "1 bytes follow the last section");
}

#[test]
fn contents_are_checked() {
    refused(&with(25, &[16]), 25, "the kinds that poll are 0x10; known are 0x0f");
    refused(&with(26, &[0, 0]), 26, "every 0th back-edge polls; expected 1 to 65535");
    refused(&with(37, &[2]), 37, "a constant of kind 2; expected 0 (float) or 1 (string)");
    let nan = 0x7ff8_0000_0000_0001_u64.to_le_bytes();
    refused(&with(38, &nan), 38, "not-a-number is written as 0x7ff8000000000001");
    refused(&with(51, &[0xff]), 51, "a string is not UTF-8 here");
}

#[test]
fn counts_that_cannot_fit_are_refused() {
    let huge = u32::MAX.to_le_bytes();
    refused(&with(33, &huge), 33, "section constants, byte 33: 4294967295 constants are announced");
    refused(&with(47, &huge), 51, "ends inside a string: 2 bytes left, 4294967295 expected");
    refused(&with(58, &huge), 58, "4294967295 globals are announced");
}

#[test]
fn a_huge_file_is_refused_at_once() {
    let mut huge = bytes();
    huge.resize((4 << 20) + 1, 0);
    refused(&huge, 4 << 20, "at most 4194304 are read");
}

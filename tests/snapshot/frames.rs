//! A restored task has room for each of its frames, as the call that made the frame gave it: after
//! the call, a caller may need more registers than its callee. Frames in a file may be made up.

use std::fmt::Write;

use crate::machine::module;
use crate::snapshots::{resume, take};
use ::machine::snapshot::{Snapshot, describe};
use proptest::prelude::*;

/// Functions that call one another, outermost first. After its call each pushes as many operands as
/// given and adds them up; the innermost polls at a few back-edges.
fn program(heights: &[u16]) -> String {
    let mut text = String::from(
        ".func f0\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n store i\n load i\n \
         const 3\n lt\n jt again\n load i\n ret\n",
    );
    let last = heights.len() - 1;
    for (depth, height) in heights.iter().rev().enumerate() {
        let name = if depth == last { "main".into() } else { format!("f{}", depth + 1) };
        let (dups, adds) =
            (" dup\n".repeat(usize::from(*height)), " add\n".repeat(usize::from(*height)));
        writeln!(text, ".func {name}\n call f{depth}\n{dups}{adds} ret").expect("memory");
    }
    text
}

/// Takes a snapshot at every poll, and goes on from each to the same end.
fn goes_on(heights: &[u16]) {
    let taken = take(&module(&program(heights)), 1, 1, 600, false);
    assert!(!taken.snapshots.is_empty(), "{heights:?}: no snapshot");
    for bytes in &taken.snapshots {
        let again = resume(bytes, 1).finish();
        assert_eq!(again.outcome, taken.ran.outcome, "{heights:?}");
    }
}

#[test]
fn a_caller_that_needs_more_than_its_callee_goes_on() {
    goes_on(&[600]);
    goes_on(&[900]);
}

#[test]
fn a_caller_in_the_middle_that_needs_most_goes_on() {
    goes_on(&[3, 700, 1]);
    goes_on(&[1, 2, 60, 2, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_frame_goes_on(heights in proptest::collection::vec(0_u16..500, 1..6)) {
        goes_on(&heights);
    }
}

/// The innermost function has a loop that polls, so that snapshots are taken inside of it.
const LEAF: &str = "
.func leaf
.local i
 const 0
 store i
again:
 load i
 const 1
 add
 dup
 store i
 const 3
 lt
 jt again
 load i
 ret
";

/// `main` calls itself once and then `leaf`; below each call lie 17 operands, and 980 more come later.
fn deep() -> Vec<u8> {
    let (below, above) = (" const 1\n".repeat(17), " dup\n".repeat(980));
    let text = format!(
        ".global deep\n{LEAF}.func main\n{below} gload deep\n const null\n eq\n jt down\n call leaf\n jmp up\n\
         down:\n const 1\n gstore deep\n call main\nup:\n{above}{} ret\n",
        " add\n".repeat(997),
    );
    let taken = take(&module(&text), 1, 1, 600, false);
    let in_leaf = |bytes: &Vec<u8>| describe(bytes).expect("a snapshot").tasks[0].frames == 3;
    taken.snapshots.into_iter().rev().find(in_leaf).expect("a snapshot inside of leaf")
}

fn read_number(bytes: &mut &[u8]) -> u64 {
    let mut number = 0;
    for shift in (0..).step_by(7) {
        let (byte, rest) = bytes.split_first().expect("a number");
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if *byte < 0x80 {
            break;
        }
    }
    number
}

fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The tasks of `deep`, with its outermost frame `times` times.
fn repeat_frame(mut tasks: &[u8], times: usize) -> Vec<u8> {
    let mut made = Vec::new();
    // The number of tasks; a task's number, handle, flags, back-edges.
    for _ in 0..5 {
        write_number(&mut made, read_number(&mut tasks));
    }
    let frames = read_number(&mut tasks);
    assert_eq!(frames, 3);
    write_number(&mut made, frames - 1 + times as u64);
    let outer = [read_number(&mut tasks), read_number(&mut tasks)];
    outer.repeat(times).into_iter().for_each(|part| write_number(&mut made, part));
    for _ in 0..4 {
        write_number(&mut made, read_number(&mut tasks));
    }
    // Small ints are one byte each.
    made.extend(tasks[..17].repeat(times));
    made.extend(&tasks[17..]);
    made
}

/// The file of `deep`, with its outermost frame `times` times.
fn deeper(file: &[u8], times: usize) -> Vec<u8> {
    let (header, mut sections) = file.split_at(16);
    let mut made = header.to_vec();
    while let Some((&section, rest)) = sections.split_first() {
        let (length, rest) = rest.split_at(4);
        let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
        let (content, rest) = rest.split_at(length);
        sections = rest;
        let content = if section == 8 { repeat_frame(content, times) } else { content.to_vec() };
        made.push(section);
        made.extend((content.len() as u32).to_le_bytes());
        made.extend(content);
    }
    let checksum = crc32fast::hash(&made[16..]);
    made[12..16].copy_from_slice(&checksum.to_le_bytes());
    made
}

#[test]
fn frames_that_a_file_makes_up_have_room_too() {
    let file = deep();
    let result = resume(&file, 1).finish().outcome;
    assert_eq!(result.trap, None);
    for times in [1, 2, 7] {
        // Each frame adds up the result of the frame inside.
        let outcome = resume(&deeper(&file, times), 1).finish().outcome;
        assert_eq!((outcome.ended, &outcome.trap), (result.ended, &None), "{times}");
        assert_eq!(outcome.result == result.result, times == 1, "{times}");
    }
}

/// Every call checks that a task has no more registers than allowed, so no caller in a real file
/// needs more.
#[test]
fn frames_that_could_not_have_made_their_calls_are_refused() {
    let file = deeper(&deep(), 61_630);
    let error = Snapshot::read(&file).expect_err("the last main needs more than there can be");
    assert!(error.to_string().contains("at most 1048576 are possible"), "{error}");
}

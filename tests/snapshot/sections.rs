//! Files whose sections are right but contradict each other or go beyond a limit; and settings that
//! must be restored as they were.

use crate::machine::{module, start};
use crate::snapshots::{capture_at_rest, restored};
use ::machine::snapshot::{Notes, capture, describe};
use safepoint::StopReason;

const HEADER: usize = 16;
const SETTINGS: usize = 0;
const ENDED: usize = 3;
const STRINGS: usize = 4;
const OUTPUT: usize = 12;

/// Two tasks have trapped, one lives, and two strings of the pool are in use.
const PROGRAM: &str = r#"
.global one two
.func fails
    trap "on purpose"
.func turns
again:
    jmp again
.func main
    const "first"
    gstore one
    const "second"
    gstore two
    spawn fails
    pop
    spawn fails
    pop
    spawn turns
    pop
    const "here"
    print
    call turns
    ret
"#;

fn snapshot() -> Vec<u8> {
    let running = start(&module(PROGRAM), 2, |_| {});
    loop {
        let world = running.coordinator.request_stw_pause(StopReason::Snapshot).expect("it stops");
        let here = running.machine.output_since(0).text.contains("here");
        let tasks = running.machine.tasks(&world).len();
        if here && tasks == 2 {
            let bytes = capture(&running.machine, &world, &Notes::default()).expect("it runs");
            drop(world);
            running.stop();
            return bytes;
        }
    }
}

/// The contents of the sections.
fn sections(bytes: &[u8]) -> Vec<Vec<u8>> {
    let (mut all, mut rest) = (Vec::new(), &bytes[HEADER..]);
    while let [_, a, b, c, d, behind @ ..] = rest {
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        all.push(behind[..length].to_vec());
        rest = &behind[length..];
    }
    assert_eq!(all.len(), 13);
    all
}

/// A file of these sections, with a right checksum.
fn file(sections: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (index, content) in sections.iter().enumerate() {
        body.push(index as u8 + 1);
        body.extend((content.len() as u32).to_le_bytes());
        body.extend(content);
    }
    let checksum = crc32fast::hash(&body).to_le_bytes();
    [b"SPLSNAP\0\x01\0\0\0".as_slice(), &checksum, &body].concat()
}

fn with(bytes: &[u8], section: usize, change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut sections = sections(bytes);
    change(&mut sections[section]);
    file(&sections)
}

fn assert_refused(bytes: &[u8], words: &str) {
    let error = describe(bytes).expect_err(words).to_string();
    assert!(error.contains(words), "{error}; expected {words}");
}

/// The lengths in bytes of the first `count` numbers.
fn numbers(mut bytes: &[u8], count: usize) -> Vec<usize> {
    let mut lengths = Vec::new();
    for _ in 0..count {
        let length = bytes.iter().position(|byte| byte & 0x80 == 0).expect("a number") + 1;
        lengths.push(length);
        bytes = &bytes[length..];
    }
    lengths
}

#[test]
fn splitting_and_joining_sections_gives_the_same_file() {
    let bytes = snapshot();
    assert!(file(&sections(&bytes)) == bytes);
}

#[test]
fn the_first_task_has_a_result_or_a_stack() {
    let both = with(&snapshot(), ENDED, |ended| {
        let at = numbers(ended, 1)[0];
        assert_eq!(ended[at..at + 2], [0, 0], "no result, and its text is empty");
        ended.splice(at..at + 2, [1, 1, b'7']);
    });
    assert_refused(&both, "either a result or a stack");
}

#[test]
fn a_task_that_has_trapped_is_not_alive_and_is_listed_once() {
    let bytes = snapshot();
    // The list of traps comes after the next number, no result and no text. Both traps begin in the
    // same function.
    let ended = &sections(&bytes)[ENDED];
    let first = numbers(ended, 4).iter().sum::<usize>();
    assert_eq!((ended[first - 1], ended[first]), (2, 2), "two traps, the first of task 2");
    let length = (ended.len() - 1 - first) / 2;
    assert_eq!(ended[first + length], 3, "the second of task 3");
    for (second, words) in [(4, "task 4 has trapped and lives"), (2, "a trap of task 2")] {
        let wrong = with(&bytes, ENDED, |ended| ended[first + length] = second);
        assert_refused(&wrong, words);
    }
    let turned = with(&bytes, ENDED, |ended| (ended[first], ended[first + length]) = (3, 2));
    assert_refused(&turned, "a trap of task 2");
}

#[test]
fn strings_of_the_pool_come_in_their_order() {
    let turned = with(&snapshot(), STRINGS, |strings| {
        assert!(strings[0] >= 2 && strings.len() == 1 + 2 * usize::from(strings[0]));
        strings.swap(1, 3);
        strings.swap(2, 4);
    });
    assert_refused(&turned, "does not come after the last");
}

#[test]
fn more_output_than_is_kept_is_refused() {
    let bytes = snapshot();
    let kept = 256 << 10;
    let full = with(&bytes, OUTPUT, |output| *output = [vec![0], vec![b'x'; kept]].concat());
    assert_eq!(describe(&full).expect("it fits").printed, kept as u64);
    let over = with(&bytes, OUTPUT, |output| *output = [vec![0], vec![b'x'; kept + 1]].concat());
    assert_refused(&over, "are kept");
}

/// Every policy, and the number of bytes that were printed but are not kept.
#[test]
fn settings_and_counts_are_restored() {
    let bytes = snapshot();
    for bits in 0..16 {
        for every in [1, 77] {
            let mut sections = sections(&bytes);
            let settings = &mut sections[SETTINGS];
            let at = numbers(settings, 3).iter().sum::<usize>();
            assert_eq!(settings.len(), at + 2);
            (settings[at], settings[at + 1]) = (bits, every);
            assert_eq!(sections[OUTPUT][0], 0, "nothing was dropped");
            sections[OUTPUT][0] = 5 + bits;
            let changed = file(&sections);
            let (machine, coordinator) = restored(&changed, 2);
            assert!(capture_at_rest(&machine, &coordinator) == changed, "{bits} {every}");
        }
    }
}

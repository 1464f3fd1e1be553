//! Damaged, cut off, newer and hostile files are refused in words; an accepted file is safe to run.

use std::time::Duration;

use crate::machine::{module, start_machine};
use crate::snapshots::{capture_at_rest, restored, take};
use ::machine::snapshot::{Snapshot, SnapshotError, describe};
use proptest::prelude::*;
use safepoint::SafepointCoordinator;

/// A program with everything that can be in a snapshot: objects of every kind, a cycle, frames,
/// sleepers, blockers, tasks that await, lock, have ended and have trapped.
const EVERYTHING: &str = r#"
.module "everything"
.shape Pair left right
.global pair mutex ended trapped thrown array

.func nap
    const 100000
    sleep
    const null
    ret

.func away
    const 100000
    block
    const null
    ret

.func locks (what)
    gload mutex
    lock
    load what
    ret

.func fails
    trap "on purpose"

.func throws
    const "thrown"
    throw

.func quick
    const 1.5
    ret

.func deep (n)
.local here
    load n
    store here
    load n
    const 0
    eq
    jt bottom
    const 7
    load n
    const 1
    sub
    call deep
    add
    ret
bottom:
    spawn nap
    await
    pop
    load here
    ret

.func main
    new Pair
    gstore pair
    gload pair
    gload pair
    set Pair.left
    gload pair
    const "text"
    const "ual"
    concat
    set Pair.right
    const 5
    newarray
    gstore array
    gload array
    const 1
    const true
    astore
    newmutex
    gstore mutex
    gload mutex
    lock
    spawn quick
    dup
    await
    print
    gstore ended
    spawn fails
    gstore trapped
    spawn throws
    gstore thrown
    try caught
    const 1
    spawn locks
    pop
    const 2
    spawn locks
    pop
    spawn away
    pop
    const "printed"
    print
    const 3
    call deep
    ret
caught:
    poll
    ret
"#;

/// A snapshot in which every list has something.
fn everything() -> Vec<u8> {
    let taken = take(&module(EVERYTHING), 2, 1, 600, true);
    let rich = taken.snapshots.into_iter().rev().find(|bytes| {
        let tasks = describe(bytes).expect("a snapshot").tasks;
        ["sleeping", "blocked", "awaiting", "locking"]
            .iter()
            .all(|state| tasks.iter().any(|task| task.state == *state))
    });
    rich.expect("a snapshot with everything")
}

fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&bytes[16..]);
    bytes[12..16].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Reads a file; if it is accepted, runs it for a while.
fn try_it(bytes: &[u8]) -> Result<(), SnapshotError> {
    let snapshot = Snapshot::read(bytes)?;
    let _ = snapshot.describe();
    let coordinator = SafepointCoordinator::new();
    let mut config = snapshot.config(coordinator.clone());
    config.workers = 2;
    config.heap_limit_bytes = 1 << 20;
    let machine = snapshot.restore(config)?;
    let again = capture_at_rest(&machine, &coordinator);
    Snapshot::read(&again).expect("what was restored can be captured and read");
    let running = start_machine(machine.clone(), coordinator);
    machine.wait_outcome(Some(Duration::from_micros(500)));
    let stopped = running.coordinator.request_stw_pause(safepoint::StopReason::Debug);
    if let Ok(stopped) = stopped {
        machine.tasks(&stopped);
        machine.collect(&stopped);
    }
    running.stop();
    Ok(())
}

#[test]
fn everything_in_a_snapshot_is_restored() {
    let bytes = everything();
    let description = describe(&bytes).expect("a snapshot");
    assert_eq!(description.output, "1.5\nprinted\n");
    assert!(description.printed == 12 && description.objects > 8, "{description:?}");
    let (machine, coordinator) = restored(&bytes, 2);
    let again = describe(&capture_at_rest(&machine, &coordinator)).expect("a snapshot");
    assert_eq!((again.objects, again.used), (description.objects, description.used));
    let states = |tasks: &[::machine::snapshot::TaskDescription]| {
        tasks.iter().map(|task| (task.id, task.state, task.instruction)).collect::<Vec<_>>()
    };
    assert_eq!(states(&again.tasks), states(&description.tasks));
    assert_eq!(try_it(&bytes), Ok(()));
}

/// The handle of a task that threw has a string: whatever else a file says is refused.
#[test]
fn a_task_threw_a_string_and_nothing_else() {
    const HANDLE: u8 = 5;
    const THROWN: u8 = 3;
    const REFERENCE: u8 = 3;
    let bytes = everything();
    let objects = describe(&bytes).expect("a snapshot").objects as u8;
    let (mut refused, mut circles) = (0, 0);
    for at in 16..bytes.len() - 4 {
        if (bytes[at], bytes[at + 2]) != (HANDLE, THROWN) {
            continue;
        }
        for object in 0..objects.min(16) {
            let mut wrong = bytes.clone();
            wrong[at + 3] = object << 3 | REFERENCE;
            // What is accepted is safe to run.
            let words = try_it(&with_checksum(wrong)).map_err(|error| error.to_string());
            let Err(words) = words else { continue };
            refused += u32::from(words.contains("threw what is no string"));
            circles += u32::from(words.contains("what each got from the other"));
        }
    }
    // All but the strings.
    assert!(refused > 3 && circles > 0, "{refused} and {circles} of {objects}");
}

#[test]
fn other_files_are_refused_in_words() {
    let bytes = everything();
    let message = |bytes: &[u8]| describe(bytes).expect_err("refused").to_string();
    assert!(message(b"").contains("this is no snapshot"));
    assert!(message(b"SPLBxxxxxxxxxxxxxxxx").contains("starts with \"SPLBxxxx\""));
    let mut newer = bytes.clone();
    newer[8] = 2;
    assert!(message(&newer).contains("a newer version"), "{}", message(&newer));
    let mut older = bytes.clone();
    older[8] = 0;
    assert!(message(&older).contains("older"), "{}", message(&older));
    let cut = &bytes[..bytes.len() - 1];
    assert!(message(cut).contains("damaged or cut off"), "{}", message(cut));
    let longer = with_checksum([bytes.as_slice(), &[0]].concat());
    assert!(message(&longer).contains("1 bytes follow"), "{}", message(&longer));
}

#[test]
fn a_heap_that_is_too_small_is_refused_in_words() {
    let taken = take(
        &module(".func main\n const 9000\n newarray\n const 1\n newarray\n pop\n ret\n"),
        1,
        1,
        600,
        true,
    );
    let bytes = taken.snapshots.last().expect("a snapshot before the second array");
    let coordinator = SafepointCoordinator::new();
    let snapshot = Snapshot::read(bytes).expect("a snapshot");
    let mut config = snapshot.config(coordinator);
    config.heap_limit_bytes = 64 << 10;
    let error = snapshot.restore(config).expect_err("9000 words in 64 KiB");
    assert!(error.to_string().contains("choose a larger one"), "{error}");
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let bytes = everything();
    for length in 0..bytes.len() {
        assert!(describe(&bytes[..length]).is_err(), "cut at {length}");
        if length > 16 {
            let repaired = with_checksum(bytes[..length].to_vec());
            assert!(describe(&repaired).is_err(), "cut at {length} with a right checksum");
        }
    }
}

#[test]
fn a_changed_byte_is_noticed() {
    let bytes = everything();
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        assert!(describe(&changed).is_err(), "byte {at}");
    }
}

#[test]
fn a_changed_byte_under_a_right_checksum_is_refused_or_harmless() {
    let bytes = everything();
    let mut accepted = 0;
    for at in 16..bytes.len() {
        for value in [bytes[at] ^ 1, bytes[at].wrapping_add(1), 0, 0x7F, 0xFF] {
            let mut changed = bytes.clone();
            changed[at] = value;
            accepted += u32::from(try_it(&with_checksum(changed)).is_ok());
        }
    }
    assert!(accepted > 0, "texts and numbers may be others");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn several_changes_are_refused_or_harmless(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = BYTES.get_or_init(everything).clone();
        for (at, value) in changes {
            let at = 16 + at.index(bytes.len() - 16);
            bytes[at] = value;
        }
        let _ = try_it(&with_checksum(bytes));
    }

    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(describe(&noise).is_err());
        let header = [b"SPLSNAP\0\x01\0\0\0\0\0\0\0".as_slice(), &noise].concat();
        prop_assert!(describe(&with_checksum(header)).is_err());
    }
}

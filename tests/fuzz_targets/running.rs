//! Programs that are run, captured and restored.

use ::machine::snapshot::{Snapshot, describe};
use arbitrary::Unstructured;
use safepoint::{SafepointCoordinator, StopReason};

use super::compare::{HEAP, fate, with_each_other, with_the_reference};
use super::generator::Style;
use super::machine::{start, start_machine};
use super::snapshots::{capture_at_rest, restored, resume, take_with};
use super::{a_while, bounded, generated, repair};

/// A program of one task does the same as in the naive interpreter.
pub fn one_task(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let workers = if bytes.arbitrary().unwrap_or(false) { 4 } else { 1 };
    let (module, text) = generated(&mut bytes, Style::OneTask);
    with_the_reference(&module, &text, workers);
}

/// Tasks come to the same end in any order.
pub fn tasks(data: &[u8]) {
    let (module, text) = generated(&mut Unstructured::new(data), Style::Tasks);
    with_each_other(&module, &text);
}

/// A snapshot taken at any poll goes on to the same end.
pub fn cuts(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let workers = bytes.int_in_range(1..=3).unwrap_or(1);
    let every = bytes.int_in_range(1..=40).unwrap_or(1);
    let style = if bytes.arbitrary().unwrap_or(false) { Style::Tasks } else { Style::OneTask };
    let (module, text) = generated(&mut bytes, style);
    let heap = |config: &mut ::machine::vm::MachineConfig| {
        config.heap_limit_bytes = HEAP;
    };
    let Some(wanted) = fate(&start(&module, 1, heap).finish()) else { return };
    let taken = take_with(HEAP, &module, workers, every, 4, false);
    let same = |ran, context: &str| {
        let Some(mut got) = fate(&ran) else { return };
        // Instructions before the snapshot are not counted here.
        got.4 = got.4.zip(wanted.4).map(|(got, wanted)| (got.0, wanted.1));
        assert_eq!(got, wanted, "{context}\n{text}");
    };
    same(taken.ran, "while snapshots were taken");
    for (index, bytes) in taken.snapshots.iter().enumerate() {
        let description = describe(bytes).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let (machine, coordinator) = restored(bytes, description.workers);
        assert!(capture_at_rest(&machine, &coordinator) == *bytes, "no fixpoint\n{text}");
        let context = format!("snapshot {index} of {workers} workers, at every {every}. poll");
        same(resume(bytes, [1, 2, 4][index % 3]).finish(), &context);
    }
}

/// A snapshot with a right checksum is refused in words, or is a strange but safe program.
pub fn snapshots(data: &[u8]) {
    let bytes = repair(data, 16);
    let snapshot = match Snapshot::read(&bytes) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            let words = error.to_string();
            assert!(!words.is_empty() && words.len() < 2000, "{words}");
            return;
        }
    };
    let _ = snapshot.describe();
    let coordinator = SafepointCoordinator::new();
    let mut config = snapshot.config(coordinator.clone());
    bounded(&mut config, 2);
    let Ok(machine) = snapshot.restore(config) else { return };
    let again = capture_at_rest(&machine, &coordinator);
    Snapshot::read(&again).expect("what was restored can be captured and read");
    let running = start_machine(machine, coordinator);
    a_while(&running);
    let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    running.machine.tasks(&world);
    running.machine.collect(&world);
    drop(world);
    running.stop();
}

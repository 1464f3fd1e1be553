//! A stopped machine becomes a file.

use super::live::Live;
use super::write::Writer;
use super::{
    ARRAY, CaptureError, FINISHED, HEADER, LIVE, MAGIC, MUTEX, Notes, OBJECT, STRING, TASK,
    TRAPPED, VERSION,
};
use crate::heap::{Heap, ObjectKind, Value};
use crate::vm::handle::{HandleState, handle_state, handle_task};
use crate::vm::image::{Image, TaskImage};
use crate::vm::mutex;
use crate::vm::{Machine, TrapReport};
use bytecode::checksum::crc32;
use bytecode::{PollPolicy, encode};
use safepoint::StoppedWorld;
use safepoint::clock::nanos;

/// A consistent state of the machine: no worker runs while it is taken.
///
/// Only objects that can be reached are written. Takes time in proportion to them.
///
/// # Errors
/// If the program has ended, or its state does not fit into a file.
pub fn capture(
    machine: &Machine,
    stopped: &StoppedWorld<'_>,
    notes: &Notes,
) -> Result<Vec<u8>, CaptureError> {
    machine
        .image(stopped, |image, heap| write(machine, image, heap, notes))
        .ok_or(CaptureError::Ended)?
}

fn write(
    machine: &Machine,
    image: &Image,
    heap: &Heap,
    notes: &Notes,
) -> Result<Vec<u8>, CaptureError> {
    let live = Live::find(heap, roots(image));
    let mut body = Writer::default();
    body.section(0, |w| settings(w, machine, notes))?;
    body.section(1, |w| w.raw(notes.source.as_deref().unwrap_or("").as_bytes()))?;
    body.section(2, |w| w.raw(&encode(machine.module().module())))?;
    body.section(3, |w| ended(w, image))?;
    body.section(4, |w| {
        w.count(image.strings.len());
        for (constant, string) in &image.strings {
            w.number(*constant);
            w.number(live.number(*string));
        }
    })?;
    body.section(5, |w| objects(w, heap, &live))?;
    body.section(6, |w| {
        for value in &image.globals {
            w.value(*value, &live);
        }
    })?;
    body.section(7, |w| {
        w.count(image.tasks.len());
        for one in &image.tasks {
            task(w, one, &live);
        }
    })?;
    body.section(8, |w| list(w, &image.ready))?;
    body.section(9, |w| {
        w.count(image.timers.len());
        for (rest, task) in &image.timers {
            w.number(nanos(*rest));
            w.number(*task);
        }
    })?;
    body.section(10, |w| {
        w.count(image.awaited.len());
        for (task, waiters) in &image.awaited {
            w.number(*task);
            list(w, waiters);
        }
    })?;
    body.section(11, |w| {
        w.count(image.contended.len());
        for (mutex, waiters) in &image.contended {
            w.number(live.number(*mutex));
            list(w, waiters);
        }
    })?;
    body.section(12, |w| {
        w.number(image.output_dropped);
        w.raw(&image.output);
    })?;
    let body = body.into_bytes();
    let mut file = Vec::with_capacity(body.len() + HEADER);
    file.extend(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend(crc32(&body).to_le_bytes());
    file.extend(body);
    Ok(file)
}

/// Everything in an image that may lead to objects.
fn roots(image: &Image) -> impl Iterator<Item = Value> + '_ {
    let strings = image.strings.iter().map(|(_, string)| Value::reference(*string));
    let handles = image.tasks.iter().map(|task| Value::reference(task.handle));
    let registers = image.tasks.iter().flat_map(|task| task.registers.iter().copied());
    strings.chain(image.globals.iter().copied()).chain(handles).chain(registers)
}

fn list(w: &mut Writer, tasks: &[u32]) {
    w.count(tasks.len());
    for task in tasks {
        w.number(*task);
    }
}

fn settings(w: &mut Writer, machine: &Machine, notes: &Notes) {
    w.number(notes.made_unix_ms);
    w.count(machine.workers());
    w.number(machine.heap_stats().capacity_bytes);
    let PollPolicy { calls, back_edges, allocations, awaits, every } = machine.policy();
    let kinds = [calls, back_edges, allocations, awaits];
    w.byte(kinds.iter().rev().fold(0, |bits, polls| bits << 1 | u8::from(*polls)));
    w.number(every.get());
}

fn ended(w: &mut Writer, image: &Image) {
    w.number(image.next_task);
    w.byte(image.result.is_some().into());
    w.text(image.result.as_deref().unwrap_or(""));
    w.count(image.traps.len());
    for trap in &image.traps {
        trap_report(w, trap);
    }
    w.number(image.traps_omitted);
}

fn trap_report(w: &mut Writer, trap: &TrapReport) {
    w.number(trap.task);
    w.text(&trap.task_name);
    w.text(&trap.function);
    w.number(trap.line.unwrap_or(0));
    w.number(trap.instruction);
    w.number(trap.offset);
    w.text(&trap.message);
    w.count(trap.call_stack.len());
    for entry in &trap.call_stack {
        w.text(&entry.function);
        w.number(entry.instruction);
        w.number(entry.line.unwrap_or(0));
    }
    w.number(trap.frames_omitted);
}

fn objects(w: &mut Writer, heap: &Heap, live: &Live) {
    w.count(live.count());
    for object in live.objects() {
        let header = heap.header(object);
        match header.kind() {
            ObjectKind::Object => {
                w.byte(OBJECT);
                w.number(header.shape());
            }
            ObjectKind::Array => {
                w.byte(ARRAY);
                w.number(header.length());
            }
            ObjectKind::String => {
                w.byte(STRING);
                w.text(heap.text(object));
            }
            ObjectKind::Mutex => {
                w.byte(MUTEX);
                w.number(mutex::owner(heap, object));
            }
            ObjectKind::Task => {
                w.byte(TASK);
                w.number(handle_task(heap, object));
                match handle_state(heap, object) {
                    HandleState::Live => w.byte(LIVE),
                    HandleState::Finished(result) => {
                        w.byte(FINISHED);
                        w.value(result, live);
                    }
                    HandleState::Trapped => w.byte(TRAPPED),
                }
            }
            ObjectKind::Filler => {}
        }
        if matches!(header.kind(), ObjectKind::Object | ObjectKind::Array) {
            let (from, to) = header.values();
            for word in from..to {
                w.value(Value::from_bits(heap.load(object, word)), live);
            }
        }
    }
}

fn task(w: &mut Writer, task: &TaskImage, live: &Live) {
    w.number(task.id);
    w.number(live.number(task.handle));
    w.byte(u8::from(task.wait_over) | u8::from(task.blocked.is_some()) << 1);
    w.number(task.countdown);
    if let Some(rest) = task.blocked {
        w.number(nanos(rest));
    }
    w.count(task.frames.len());
    for frame in &task.frames {
        w.number(frame.function);
        w.number(frame.instruction);
    }
    for value in &task.registers {
        w.value(*value, live);
    }
}

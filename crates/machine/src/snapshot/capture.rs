//! A stopped machine becomes a file.

use super::live::Live;
use super::values;
use super::{
    ARRAY, CAUGHT, CaptureError, FINISHED, FORMAT, LIVE, MUTEX, Notes, OBJECT, STRING, TASK,
    THROWN, TRAPPED,
};
use crate::heap::{Heap, ObjectKind, Value};
use crate::vm::handle::{HandleState, handle_state, handle_task};
use crate::vm::image::{Image, TaskImage};
use crate::vm::mutex;
use crate::vm::{Machine, TrapReport};
use bytecode::codec::Writer;
use bytecode::encode;
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
    let mut file = Writer::new(&FORMAT);
    file.section(|w| settings(w, machine, notes))?;
    file.section(|w| w.raw(notes.source.as_deref().unwrap_or("").as_bytes()))?;
    file.section(|w| w.raw(&encode(machine.module().module())))?;
    file.section(|w| ended(w, image))?;
    file.section(|w| {
        w.list(&image.strings, |w, (constant, string)| {
            w.number(*constant);
            w.number(live.number(*string));
        });
    })?;
    file.section(|w| objects(w, heap, &live))?;
    file.section(|w| {
        for value in &image.globals {
            values::write(w, *value, &live);
        }
    })?;
    file.section(|w| w.list(&image.tasks, |w, one| task(w, one, &live)))?;
    file.section(|w| list(w, &image.ready))?;
    file.section(|w| {
        w.list(&image.timers, |w, (rest, task)| {
            w.number(nanos(*rest));
            w.number(*task);
        });
    })?;
    file.section(|w| {
        w.list(&image.awaited, |w, (task, waiters)| {
            w.number(*task);
            list(w, waiters);
        });
    })?;
    file.section(|w| {
        w.list(&image.contended, |w, (mutex, waiters)| {
            w.number(live.number(*mutex));
            list(w, waiters);
        });
    })?;
    file.section(|w| {
        w.number(image.output_dropped);
        w.raw(&image.output);
    })?;
    Ok(file.finish())
}

/// Everything in an image that may lead to objects.
fn roots(image: &Image) -> impl Iterator<Item = Value> + '_ {
    let strings = image.strings.iter().map(|(_, string)| Value::reference(*string));
    let handles = image.tasks.iter().map(|task| Value::reference(task.handle));
    let registers = image.tasks.iter().flat_map(|task| task.registers.iter().copied());
    strings.chain(image.globals.iter().copied()).chain(handles).chain(registers)
}

fn list(w: &mut Writer, tasks: &[u32]) {
    w.list(tasks, |w, task| w.number(*task));
}

fn settings(w: &mut Writer, machine: &Machine, notes: &Notes) {
    w.number(notes.made_unix_ms);
    w.count(machine.workers());
    w.number(machine.heap_stats().capacity_bytes);
    w.byte(machine.policy().bits());
    w.number(machine.policy().every.get());
}

fn ended(w: &mut Writer, image: &Image) {
    w.number(image.next_task);
    w.byte(image.result.is_some().into());
    w.text(image.result.as_deref().unwrap_or(""));
    w.list(&image.traps, trap_report);
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
    w.list(&trap.call_stack, |w, entry| {
        w.text(&entry.function);
        w.number(entry.instruction);
        w.number(entry.line.unwrap_or(0));
    });
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
                        values::write(w, result, live);
                    }
                    HandleState::Trapped => w.byte(TRAPPED),
                    HandleState::Thrown { what, is_caught } => {
                        w.byte(if is_caught { CAUGHT } else { THROWN });
                        values::write(w, what, live);
                    }
                }
            }
            ObjectKind::Filler => {}
        }
        if matches!(header.kind(), ObjectKind::Object | ObjectKind::Array) {
            let (from, to) = header.values();
            for word in from..to {
                values::write(w, Value::from_bits(heap.load(object, word)), live);
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
    w.list(&task.frames, |w, frame| {
        w.number(frame.function);
        w.number(frame.instruction);
    });
    for value in &task.registers {
        values::write(w, *value, live);
    }
}

//! Allocation when the worker's buffer has no room, strings, and bulk operations on arrays.

use super::polls::{LONG, uncount, work};
use super::traps::leave;
use crate::heap::{Buffer, Header, Heap, Kind, ObjectKind, Value};
use crate::vm::arithmetic::{object, string};
use crate::vm::context::{Context, NoRoom};
use crate::vm::point::{Exit, Point};
use crate::vm::since::WorkKind;
use crate::vm::task::Task;
use crate::vm::text::{int_text, value_text};
use crate::vm::trap::operand;

/// Allocates with `take`, if necessary after a collection. The instruction's operands are still in their
/// registers, which are roots, so the instruction can be tried again. `words`: the size, for the message if
/// there is no room.
pub(super) fn allocate(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    words: u64,
    take: impl Fn(&Heap, &mut Buffer) -> Option<u32>,
) -> Result<Value, Exit> {
    let store = cx.store;
    // In a fragmented heap the search can take long.
    let found = work(cx, task, point, WorkKind::Search, 0, |cx| {
        if store.gc_stress { None } else { take(&store.heap, &mut cx.buffer) }
    });
    if let Some(object) = found {
        return Ok(Value::reference(object));
    }
    if cx.in_compiled {
        // The interpreter tries again, and collects.
        return Err(Exit::Preempted);
    }
    point.save_here(cx, task);
    let taken = busy(task, || cx.take_stopped(&take));
    if is_moved(task) {
        // The object is garbage: the holder has moved the task, which does not use it.
        uncount(cx, point);
        return Err(Exit::Preempted);
    }
    match taken {
        Ok(object) => Ok(Value::reference(object)),
        Err(NoRoom::Over) => Err(Exit::Stopped),
        Err(NoRoom::Later) => Err(Exit::Preempted),
        Err(NoRoom::Full) => Err(out_of_memory(cx, task, point, words)),
    }
}

/// Whether an object of so many words takes no search, and making its content no time that a requester would notice.
fn is_quick(cx: &Context<'_>, words: u64) -> bool {
    words < LONG / 8 && !cx.store.gc_stress && cx.buffer.has(words) && !cx.has_noted_turn()
}

/// Runs a part of an instruction during which the worker may stop.
fn busy<T>(task: &Task, work: impl FnOnce() -> T) -> T {
    // SAFETY: this worker runs the task and runs itself, so no other thread touches the body; the reference
    // does not outlive the statement.
    unsafe { (*task.body()).busy = true };
    let done = work();
    // SAFETY: as above.
    unsafe { (*task.body()).busy = false };
    done
}

/// Whether the holder of the stopped world changed the task while its worker was in the middle of an
/// instruction.
fn is_moved(task: &Task) -> bool {
    // SAFETY: this worker runs the task and runs itself, so no other thread touches the body; the reference
    // does not outlive the statement.
    unsafe { (*task.body()).moved }
}

#[cold]
fn out_of_memory(cx: &mut Context<'_>, task: &Task, point: &Point, words: u64) -> Exit {
    let heap = &cx.store.heap;
    let (stats, largest) = (heap.stats(), heap.largest_free_bytes());
    let free = stats.capacity_bytes.saturating_sub(stats.used_bytes);
    let pieces = if largest < free { "the largest piece of that" } else { "in one piece" };
    let message = format!(
        "out of memory: {} bytes were asked for; of {} bytes, {} are in use and reachable and {free} are free, {pieces}{}",
        words.saturating_mul(8),
        stats.capacity_bytes,
        stats.used_bytes,
        if largest < free { format!(" {largest}") } else { String::new() },
    );
    leave(cx, task, point, message)
}

/// Allocates an object of nulls when the buffer has no room.
#[cold]
#[inline(never)]
pub(in crate::vm) fn nulls(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    header: Header,
) -> Result<Value, Exit> {
    allocate(cx, task, point, header.words(), |heap, buffer| buffer.nulls(heap, header))
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn new_array(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    length: Value,
) -> Result<Value, Exit> {
    if !length.is_int() || length.low_int() < 0 {
        let message = if length.is_int() {
            let length = length.low_int();
            format!("newarray: a length of {length} is none; it must be 0 or more")
        } else {
            operand("newarray", "an int as length", &cx.store.heap, length)
        };
        return Err(leave(cx, task, point, message));
    }
    let header = Header::new(ObjectKind::Array, 0, length.low_int() as u32);
    work(cx, task, point, WorkKind::Clear, header.length().into(), |cx| {
        nulls(cx, task, point, header)
    })
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn new_mutex(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
) -> Result<Value, Exit> {
    let header = Header::new(ObjectKind::Mutex, 0, 1);
    allocate(cx, task, point, header.words(), |heap, buffer| buffer.raw(heap, header, &[0]))
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn to_str(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<Value, Exit> {
    if string(&cx.store.heap, value).is_some() {
        return Ok(value);
    }
    if value.is_int() {
        return new_string(cx, task, point, int_text(value.low_int(), &mut [0; 11]));
    }
    // Only the text of a string can be long.
    let text = value_text(&cx.program.module, &cx.store.heap, value);
    new_string(cx, task, point, &text)
}

/// A new string of a text from outside of the heap.
#[cold]
#[inline(never)]
pub(super) fn new_string(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    text: &str,
) -> Result<Value, Exit> {
    let words = Header::new(ObjectKind::String, 0, text.len() as u32).words();
    if is_quick(cx, words)
        && let Some(object) = cx.store.heap.string(&mut cx.buffer, text)
    {
        return Ok(Value::reference(object));
    }
    work(cx, task, point, WorkKind::Text, text.len() as u64, |cx| {
        allocate(cx, task, point, words, |heap, buffer| heap.string(buffer, text))
    })
}

#[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
#[inline(never)]
pub(in crate::vm) fn concat(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    a: Value,
    b: Value,
) -> Result<Value, Exit> {
    let heap = &cx.store.heap;
    let (Some(left), Some(right)) = (string(heap, a), string(heap, b)) else {
        let wrong = if string(heap, a).is_some() { b } else { a };
        let message = operand("concat", "two strings", heap, wrong);
        return Err(leave(cx, task, point, message));
    };
    let words = heap.header(left).words() + heap.header(right).words();
    if is_quick(cx, words)
        && let Some(object) = heap.joined(&mut cx.buffer, left, right)
    {
        return Ok(Value::reference(object));
    }
    let length = u64::from(heap.header(left).length()) + u64::from(heap.header(right).length());
    work(cx, task, point, WorkKind::Join, length, |cx| {
        allocate(cx, task, point, words, |heap, buffer| heap.joined(buffer, left, right))
    })
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn len(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    value: Value,
) -> Result<Value, Exit> {
    if let Kind::Reference(reference) = value.kind() {
        let header = cx.store.heap.header(reference);
        if matches!(header.kind(), ObjectKind::Array | ObjectKind::String) {
            return Ok(Value::int(header.length() as i32));
        }
    }
    let message = operand("len", "an array or a string", &cx.store.heap, value);
    Err(leave(cx, task, point, message))
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn array_copy(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    from: Value,
    to: Value,
) -> Result<(), Exit> {
    let heap = &cx.store.heap;
    let arrays = (object(heap, from, ObjectKind::Array), object(heap, to, ObjectKind::Array));
    let (Some(source), Some(destination)) = arrays else {
        let wrong = if arrays.0.is_some() { to } else { from };
        let message = operand("arraycopy", "two arrays", heap, wrong);
        return Err(leave(cx, task, point, message));
    };
    let length = heap.header(source).length().min(heap.header(destination).length());
    copy_elements(cx, task, point, source, destination, length);
    Ok(())
}

/// Copies so many elements of one array to another one.
pub(super) fn copy_elements(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    source: u32,
    destination: u32,
    length: u32,
) {
    let heap = &cx.store.heap;
    work(cx, task, point, WorkKind::Copy, length.into(), |_| {
        heap.copy_payload(source, destination, length);
    });
}

#[cold]
#[inline(never)]
pub(in crate::vm) fn array_fill(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    array: Value,
    value: Value,
) -> Result<(), Exit> {
    let heap = &cx.store.heap;
    let Some(reference) = object(heap, array, ObjectKind::Array) else {
        let message = operand("fill", "an array", heap, array);
        return Err(leave(cx, task, point, message));
    };
    let length = heap.header(reference).length();
    work(cx, task, point, WorkKind::Fill, length.into(), |_| {
        heap.fill_payload(reference, length, value);
    });
    Ok(())
}

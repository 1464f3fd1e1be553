//! Lists that grow, and what is no list.

use super::memory::{copy_elements, new_array};
use super::traps::{leave, trap_field};
use crate::heap::{Header, ObjectKind, Value};
use crate::vm::context::Context;
use crate::vm::list::{ITEMS, LENGTH, List};
use crate::vm::point::{Exit, Point};
use crate::vm::task::Task;
use crate::vm::text::value_text;
use crate::vm::trap::operand;

/// Elements for which a list has room when it gets its first one.
const FIRST: u32 = 4;

/// Appends an element. Its result is the length.
pub(super) fn list_push(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    shape: u16,
    value: Value,
    element: Value,
) -> Result<Value, Exit> {
    let heap = &cx.store.heap;
    let is_full = |list: &List| list.length >= heap.header(list.items).length();
    while let Some(list) = List::of(heap, shape, value) {
        if !is_full(&list) {
            heap.set(list.items, list.length + 1, element);
            let length = Value::int(list.length as i32 + 1);
            heap.set(list.object, LENGTH, length);
            return Ok(length);
        }
        let wanted = list.length.saturating_mul(2).max(FIRST);
        let more = new_array(cx, task, point, Value::int(wanted as i32))?.low_word();
        // Other tasks ran meanwhile: the list may have room by now, or more elements than fit.
        if let Some(now) = List::of(heap, shape, value)
            && is_full(&now)
            && now.length < wanted
        {
            copy_elements(cx, task, point, now.items, more, now.length);
            heap.set(now.object, ITEMS, Value::reference(more));
        }
    }
    Err(trap_list(cx, task, point, shape, value, Value::int(0)))
}

/// Copies the elements that both lists have.
pub(super) fn list_copy(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    shape: u16,
    from: Value,
    to: Value,
) -> Result<Value, Exit> {
    let heap = &cx.store.heap;
    let lists = (List::of(heap, shape, from), List::of(heap, shape, to));
    let (Some(source), Some(destination)) = lists else {
        let wrong = if lists.0.is_some() { to } else { from };
        return Err(trap_list(cx, task, point, shape, wrong, Value::int(0)));
    };
    let length = source.length.min(destination.length);
    copy_elements(cx, task, point, source.items, destination.items, length);
    Ok(Value::UNDEFINED)
}

/// No list of that shape, or no element at the index.
pub(super) fn trap_list(
    cx: &mut Context<'_>,
    task: &Task,
    point: &Point,
    shape: u16,
    value: Value,
    at: Value,
) -> Exit {
    let heap = &cx.store.heap;
    let Some(list) = List::of(heap, shape, value) else {
        let header = value.is_reference().then(|| heap.header(value.low_word()));
        let tag = Header::new(ObjectKind::Object, shape, 0).tag();
        if header.is_none_or(|header| header.tag() != tag) {
            return trap_field(cx, task, point, "list", shape, 0, value);
        }
        let message = "this is no list: an object of an array and a length";
        return leave(cx, task, point, message.into());
    };
    let message = if at.is_int() || at.is_float() {
        let index = value_text(&cx.program.module, heap, at);
        format!("index {index} is outside of a list of {} elements", list.length)
    } else {
        operand("a list", "a number as index", heap, at)
    };
    leave(cx, task, point, message)
}

//! Lists: objects whose first two fields are an array and the number of its elements that belong to the list. What is
//! behind them in the array is room to grow.
//!
//! Several tasks may change a list at once, as they may change everything else, so each access looks anew at what is
//! there.

use super::js::index;
use crate::heap::{Header, Heap, ObjectKind, Value};

/// The word of an object that holds the array, and the one that holds the length.
pub(super) const ITEMS: u32 = 1;
pub(super) const LENGTH: u32 = 2;

/// A list as it was a moment ago.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    pub(super) object: u32,
    pub(super) items: u32,
    /// At most as many as the array has.
    pub(super) length: u32,
}

impl List {
    /// `None` if it is no list of that shape.
    pub(super) fn of(heap: &Heap, shape: u16, value: Value) -> Option<Self> {
        let object = value.is_reference().then(|| value.low_word())?;
        let is_shape = heap.header(object).tag() == Header::new(ObjectKind::Object, shape, 0).tag();
        is_shape.then_some(())?;
        let (items, length) = (heap.get(object, ITEMS), heap.get(object, LENGTH));
        if !items.is_reference() || !length.is_int() {
            return None;
        }
        let header = heap.header(items.low_word());
        (header.kind() == ObjectKind::Array).then(|| Self {
            object,
            items: items.low_word(),
            length: (length.low_int().max(0) as u32).min(header.length()),
        })
    }

    /// The index as one of an element.
    pub(super) fn index(&self, value: Value) -> Option<u32> {
        index(value, self.length)
    }
}

/// The element at an index, or undefined; `None` if it is no list of that shape, or the index is no number.
pub(super) fn get(heap: &Heap, shape: u16, list: Value, at: Value) -> Option<Value> {
    let list = List::of(heap, shape, list)?;
    match list.index(at) {
        Some(index) => Some(heap.get(list.items, index + 1)),
        None => (at.is_int() || at.is_float()).then_some(Value::UNDEFINED),
    }
}

/// Writes an element. `false`: it is no list of that shape, or has no such element.
pub(super) fn set(heap: &Heap, shape: u16, list: Value, at: Value, value: Value) -> bool {
    let Some(list) = List::of(heap, shape, list) else { return false };
    let Some(index) = list.index(at) else { return false };
    heap.set(list.items, index + 1, value);
    true
}

/// Takes the last element, or undefined; `None` if it is no list of that shape.
pub(super) fn pop(heap: &Heap, shape: u16, list: Value) -> Option<Value> {
    let List { object, items, length } = List::of(heap, shape, list)?;
    if length == 0 {
        return Some(Value::UNDEFINED);
    }
    let last = heap.get(items, length);
    // What nobody can read any more must not be kept alive.
    heap.set(items, length, Value::UNDEFINED);
    heap.set(object, LENGTH, Value::int(length as i32 - 1));
    Some(last)
}

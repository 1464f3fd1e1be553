//! The object behind a reference, and who holds it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::heap::{Header, Heap, Kind, ObjectKind, Value};
use crate::vm::handle::{HandleState, handle_state, handle_task};
use crate::vm::machine::Shared;
use crate::vm::text::{value_text, value_view};
use crate::vm::view;
use safepoint::StoppedWorld;

/// Most characters of a string that are shown.
pub const SHOWN_CHARACTERS: usize = 10_000;
/// Most fields or elements that are shown at a time.
pub const SHOWN_ENTRIES: usize = 1000;
/// Most holders that are named.
pub const SHOWN_HOLDERS: usize = 100;

/// A value for somebody who looks at a stopped machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueView {
    /// Its text.
    pub text: String,
    /// What it refers to, if it does.
    pub object: Option<u32>,
}

/// An object of the heap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectView {
    /// Where it is.
    pub reference: u32,
    /// What it is, in words.
    pub text: String,
    /// `object`, `array`, `string`, `mutex` or `task`.
    pub kind: &'static str,
    /// Bytes that it takes, with its header.
    pub bytes: u64,
    /// Fields, elements, or characters.
    pub length: u64,
    /// Number of the first of `entries`.
    pub from: u64,
    /// Names and values of fields, or of elements.
    pub entries: Vec<(String, ValueView)>,
    /// The characters of a string; cut after [`SHOWN_CHARACTERS`].
    pub characters: Option<String>,
    /// Who holds it; the first [`SHOWN_HOLDERS`].
    pub holders: Vec<HolderView>,
    /// Holders that are not named.
    pub holders_omitted: u64,
}

/// Somebody who holds an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderView {
    /// Who, in words.
    pub text: String,
    /// The object that holds it, if it is one.
    pub object: Option<u32>,
}

pub(in crate::vm) fn view_value(shared: &Shared, value: Value) -> ValueView {
    let object = match value.kind() {
        Kind::Reference(reference) => Some(reference),
        _ => None,
    };
    ValueView { text: value_view(&shared.module, &shared.heap, value), object }
}

/// An object with `count` of its entries from that one on; `None` if there is none at that place.
pub(in crate::vm) fn object(
    shared: &Arc<Shared>,
    stopped: &StoppedWorld<'_>,
    reference: u32,
    from: u64,
    count: usize,
) -> Option<ObjectView> {
    shared.mend_heap(stopped);
    let heap = &shared.heap;
    // By walking: a number from outside may lead into the middle of an object.
    let (_, header) = heap
        .objects()
        .find(|(start, _)| *start >= reference)
        .filter(|(start, _)| *start == reference)?;
    let value = Value::reference(reference);
    let (kind, length) = match header.kind() {
        ObjectKind::Object => ("object", header.length() as u64),
        ObjectKind::Array => ("array", header.length() as u64),
        ObjectKind::String => ("string", heap.text(reference).chars().count() as u64),
        ObjectKind::Mutex => ("mutex", 1),
        ObjectKind::Task => ("task", 1),
        ObjectKind::Filler => return None,
    };
    let from = from.min(length);
    let count = count.min(SHOWN_ENTRIES).min((length - from) as usize);
    let characters = (header.kind() == ObjectKind::String).then(|| {
        let text = heap.text(reference);
        let mut shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        shown
    });
    let (holders, holders_omitted) = holders(shared, reference);
    Some(ObjectView {
        reference,
        text: match header.kind() {
            ObjectKind::String => value_view(&shared.module, heap, value),
            _ => value_text(&shared.module, heap, value),
        },
        kind,
        bytes: header.words() * 8,
        length,
        from,
        entries: entries(shared, reference, header, from as usize, count),
        characters,
        holders,
        holders_omitted,
    })
}

fn entries(
    shared: &Shared,
    reference: u32,
    header: Header,
    from: usize,
    count: usize,
) -> Vec<(String, ValueView)> {
    let heap = &shared.heap;
    let plain = |name: &str, text: String| (name.to_owned(), ValueView { text, object: None });
    match header.kind() {
        ObjectKind::Object | ObjectKind::Array => (from..from + count)
            .map(|index| {
                let value = Value::from_bits(heap.load(reference, index as u32 + 1));
                (entry_name(shared, header, index), view_value(shared, value))
            })
            .collect(),
        ObjectKind::Mutex => match heap.load(reference, 1) as u32 {
            0 => vec![plain("held by", "nobody".into())],
            owner => vec![plain("held by", format!("task {owner}"))],
        },
        ObjectKind::Task => match handle_state(heap, reference) {
            HandleState::Live => vec![plain("result", "not yet".into())],
            HandleState::Trapped => vec![plain("result", "none: it trapped".into())],
            HandleState::Finished => {
                let value = Value::from_bits(heap.load(reference, 2));
                vec![("result".into(), view_value(shared, value))]
            }
        },
        ObjectKind::String | ObjectKind::Filler => Vec::new(),
    }
}

fn entry_name(shared: &Shared, header: Header, index: usize) -> String {
    let shapes = &shared.module.module().shapes;
    let shape = shapes.get(header.shape() as usize);
    match shape.and_then(|shape| shape.fields.get(index)) {
        Some(field) if header.kind() == ObjectKind::Object => field.clone(),
        _ => format!("[{index}]"),
    }
}

/// Words of an object that hold values.
fn values(header: Header) -> std::ops::Range<u32> {
    match header.kind() {
        ObjectKind::Object | ObjectKind::Array => 1..header.length() + 1,
        ObjectKind::Task => 2..3,
        _ => 0..0,
    }
}

struct Holders {
    list: Vec<HolderView>,
    omitted: u64,
}

impl Holders {
    fn note(&mut self, object: Option<u32>, text: impl FnOnce() -> String) {
        if self.list.len() < SHOWN_HOLDERS {
            self.list.push(HolderView { text: text(), object });
        } else {
            self.omitted += 1;
        }
    }
}

fn holders(shared: &Shared, reference: u32) -> (Vec<HolderView>, u64) {
    let mut found = Holders { list: Vec::new(), omitted: 0 };
    let bits = Value::reference(reference).bits();
    roots(shared, reference, bits, &mut found);
    let heap: &Heap = &shared.heap;
    for (holder, header) in heap.objects() {
        for word in values(header) {
            if heap.load(holder, word) == bits {
                found.note(Some(holder), || {
                    let text = value_text(&shared.module, heap, Value::reference(holder));
                    match header.kind() {
                        ObjectKind::Task => format!("the result of {text}"),
                        _ => {
                            let name = entry_name(shared, header, word as usize - 1);
                            format!("{text} @{holder}, {name}")
                        }
                    }
                });
            }
        }
    }
    (found.list, found.omitted)
}

fn roots(shared: &Shared, reference: u32, bits: u64, found: &mut Holders) {
    let module = shared.module.module();
    for (global, value) in module.globals.iter().zip(&shared.globals) {
        if value.load(Ordering::Relaxed) == bits {
            found.note(None, || format!("global {}", global.name));
        }
    }
    if shared.constants.iter().any(|constant| constant.bits() == bits) {
        found.note(None, || "the program's constants".into());
    }
    for entry in shared.scheduler.state().tasks.values() {
        let id = entry.task.id;
        if entry.task.handle == reference {
            found.note(None, || {
                format!("task {}, which runs", handle_task(&shared.heap, reference))
            });
        }
        // SAFETY: the world is stopped, so no worker touches the body; the reference does not
        // outlive this turn of the loop.
        let body = unsafe { &*entry.task.body() };
        view::each_value(shared, body, &mut |function, place, value| {
            if value.bits() == bits {
                found.note(None, || {
                    let name = shared.function_name(function);
                    match place {
                        view::Slot::Local(index) => {
                            let local = &module.functions[function as usize].locals[index];
                            format!("task {id}, {name}, local {local}")
                        }
                        view::Slot::Operand(index) => format!("task {id}, {name}, operand {index}"),
                    }
                });
            }
        });
    }
}

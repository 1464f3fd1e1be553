//! The object behind a reference, and its holders: what refers to it.

use crate::heap::{Header, Heap, ObjectKind, Value};
use crate::vm::arithmetic::object as object_of;
use crate::vm::frames::{InFrame, each_value};
use crate::vm::handle::{HandleState, handle_state, handle_task};
use crate::vm::mutex;
use crate::vm::program::Program;
use crate::vm::store::Store;
use crate::vm::text::{ValueView, short_text, value_text, variable};
use bytecode::{Shape, name_in_source};
use safepoint::StoppedWorld;
use safepoint::sync::Ordering;

/// The largest number of characters of a string that are shown.
pub const SHOWN_CHARACTERS: usize = 10_000;
/// The largest number of fields or elements that are shown at a time.
pub const SHOWN_ENTRIES: usize = 1000;
/// The largest number of holders that are named.
pub const SHOWN_HOLDERS: usize = 100;

/// An object of the heap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectView {
    /// Where it is.
    pub reference: u32,
    /// What it is, in words.
    pub text: String,
    /// `object`, `array`, `list`, `string`, `mutex` or `task`.
    pub kind: &'static str,
    /// Bytes that it takes, with its header; of a list with the array that has its elements.
    pub bytes: u64,
    /// Fields, elements, or characters.
    pub length: u64,
    /// Number of the first of `entries`.
    pub from: u64,
    /// Names and values of fields, or of elements.
    pub entries: Vec<(String, ValueView)>,
    /// The characters of a string; cut after [`SHOWN_CHARACTERS`].
    pub characters: Option<String>,
    /// What refers to it; the first [`SHOWN_HOLDERS`].
    pub holders: Vec<HolderView>,
    /// Holders that are not named.
    pub holders_omitted: u64,
}

/// Something that refers to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderView {
    /// What it is, in words.
    pub text: String,
    /// The object that refers to it, if it is one.
    pub object: Option<u32>,
}

/// An object with `count` of its entries from an index on; `None` if there is no object at that place.
pub(in crate::vm) fn object(
    program: &Program,
    store: &Store,
    _stopped: &StoppedWorld<'_>,
    reference: u32,
    from: u64,
    count: usize,
) -> Option<ObjectView> {
    let heap = &store.heap;
    // Walks the heap, because a number from outside may lead into the middle of an object.
    let (_, header) = heap
        .objects()
        .find(|(start, _)| *start >= reference)
        .filter(|(start, _)| *start == reference)?;
    let value = Value::reference(reference);
    // Of a list its elements are shown, and not the array with room for more.
    let list = list(program, heap, reference);
    let (kind, length) = match header.kind() {
        ObjectKind::Object => list.map_or(("object", header.length().into()), |it| ("list", it.1)),
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
    let (holders, holders_omitted) = holders(program, store, reference);
    Some(ObjectView {
        reference,
        text: match header.kind() {
            ObjectKind::String => short_text(&program.module, heap, value),
            _ => value_text(&program.module, heap, value),
        },
        kind,
        bytes: (header.words() + list.map_or(0, |it| heap.header(it.0).words())) * 8,
        length,
        from,
        entries: entries(program, store, list.map_or(reference, |it| it.0), from as usize, count),
        characters,
        holders,
        holders_omitted,
    })
}

/// The array with the elements of a list as TypeScript has it, and how many of them belong to the list.
fn list(program: &Program, heap: &Heap, reference: u32) -> Option<(u32, u64)> {
    let header = heap.header(reference);
    let shape = program.module.module().shapes.get(header.shape() as usize);
    if header.kind() != ObjectKind::Object || !shape.is_some_and(Shape::is_list) {
        return None;
    }
    let field = |at| Value::from_bits(heap.load(reference, at));
    let elements = object_of(heap, field(1), ObjectKind::Array)?;
    let length = field(2);
    let length = length.is_int().then(|| u32::try_from(length.low_int()).ok())??;
    Some((elements, length.min(heap.header(elements).length()).into()))
}

fn entries(
    program: &Program,
    store: &Store,
    reference: u32,
    from: usize,
    count: usize,
) -> Vec<(String, ValueView)> {
    let heap = &store.heap;
    let header = heap.header(reference);
    let view = |value| ValueView::new(&program.module, heap, value);
    let plain = |name: &str, text: String| (name.to_owned(), ValueView { text, object: None });
    match header.kind() {
        ObjectKind::Object | ObjectKind::Array => (from..from + count)
            .map(|index| {
                let value = Value::from_bits(heap.load(reference, index as u32 + 1));
                let value = variable(&program.module, heap, value, None);
                (entry_name(program, header, index), view(value))
            })
            .collect(),
        ObjectKind::Mutex => match mutex::owner(heap, reference) {
            0 => vec![plain("held by", "no task".into())],
            owner => vec![plain("held by", format!("task {owner}"))],
        },
        ObjectKind::Task => match handle_state(heap, reference) {
            HandleState::Live => vec![plain("result", "not yet".into())],
            HandleState::Trapped => vec![plain("result", "none: it trapped".into())],
            HandleState::Thrown { what, .. } => vec![("thrown".into(), view(what))],
            HandleState::Finished(value) => vec![("result".into(), view(value))],
        },
        ObjectKind::String | ObjectKind::Filler => Vec::new(),
    }
}

fn entry_name(program: &Program, header: Header, index: usize) -> String {
    let shapes = &program.module.module().shapes;
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

fn holders(program: &Program, store: &Store, reference: u32) -> (Vec<HolderView>, u64) {
    let mut found = Holders { list: Vec::new(), omitted: 0 };
    let bits = Value::reference(reference).bits();
    roots(program, store, reference, bits, &mut found);
    let heap = &store.heap;
    for (holder, header) in heap.objects() {
        for word in values(header) {
            if heap.load(holder, word) == bits {
                found.note(Some(holder), || {
                    let text = value_text(&program.module, heap, Value::reference(holder));
                    match header.kind() {
                        ObjectKind::Task => format!("the result of {text}"),
                        _ => {
                            let name = entry_name(program, header, word as usize - 1);
                            format!("{text} @{holder}, {name}")
                        }
                    }
                });
            }
        }
    }
    (found.list, found.omitted)
}

fn roots(program: &Program, store: &Store, reference: u32, bits: u64, found: &mut Holders) {
    let module = program.module.module();
    for (global, value) in module.globals.iter().zip(&store.globals) {
        if value.load(Ordering::Relaxed) == bits {
            found.note(None, || format!("global {}", global.name));
        }
    }
    if program.constants.iter().any(|constant| constant.bits() == bits) {
        found.note(None, || "the program's constants".into());
    }
    for entry in store.scheduler.state().tasks.values() {
        let id = entry.task.id;
        if entry.task.handle == reference {
            found
                .note(None, || format!("task {}, which runs", handle_task(&store.heap, reference)));
        }
        // SAFETY: the world is stopped, so no worker touches the body; the reference does not
        // outlive this turn of the loop.
        let body = unsafe { &*entry.task.body() };
        each_value(program, body, &mut |function, place, value| {
            if value.bits() == bits {
                found.note(None, || {
                    let name = program.function_name(function);
                    match place {
                        InFrame::Local(index) => {
                            let of = &module.functions[function as usize];
                            let local = match of.marks.as_slice() {
                                [] => &of.locals[index],
                                _ => name_in_source(&of.locals[index]),
                            };
                            format!("task {id}, {name}, local {local}")
                        }
                        InFrame::Operand(index) => format!("task {id}, {name}, operand {index}"),
                    }
                });
            }
        });
    }
}

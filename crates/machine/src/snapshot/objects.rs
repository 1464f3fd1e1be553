//! The objects of a file: checked in a first pass that keeps only headers, written into a heap in a
//! second one over the same bytes.

use super::values;
use super::{ARRAY, CAUGHT, FINISHED, LIVE, MUTEX, OBJECT, STRING, TASK, THROWN, TRAPPED};
use crate::heap::{Header, Heap, ObjectKind, Value};
use crate::vm::handle::{HandleState, write_handle};
use crate::vm::mutex;
use bytecode::codec::Reader;
use bytecode::{Constant, LoadError, VerifiedModule};

type Result<T, E = LoadError> = std::result::Result<T, E>;

/// The handle of a task.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handle {
    pub(super) object: u32,
    pub(super) task: u32,
    pub(super) live: bool,
}

/// The checked objects.
#[derive(Debug)]
pub(super) struct Objects<'b> {
    /// The place before the first object.
    reader: Reader<'b>,
    pub(super) headers: Vec<Header>,
    /// Ascending by object.
    handles: Vec<Handle>,
    /// Handles of tasks that threw, ascending, and what.
    thrown: Vec<(u32, Value)>,
    /// Mutexes that are held and their owners, ascending by object.
    owners: Vec<(u32, u32)>,
}

/// An object's header, and the part of its payload that is no value.
enum Content<'b> {
    Values(Header),
    Text(&'b str),
    Mutex(u32),
    Handle(u32, HandleState),
}

impl Content<'_> {
    fn header(&self) -> Header {
        match self {
            Self::Values(header) => *header,
            Self::Text(text) => Header::new(ObjectKind::String, 0, text.len() as u32),
            Self::Mutex(_) => Header::new(ObjectKind::Mutex, 0, 1),
            Self::Handle(..) => Header::new(ObjectKind::Task, 0, 2),
        }
    }
}

/// What objects may refer to.
#[derive(Clone, Copy)]
struct Limits<'m> {
    module: &'m VerifiedModule,
    objects: usize,
    next_task: u32,
}

/// Reads one object; its fields or elements go to `value`, with the number of their word.
fn object<'b>(
    r: &mut Reader<'b>,
    limits: Limits<'_>,
    mut value: impl FnMut(u32, Value),
) -> Result<Content<'b>> {
    let start = r.at();
    let header = match r.byte("an object's kind")? {
        OBJECT => {
            let shapes = &limits.module.module().shapes;
            let shape = r.below(shapes.len() as u64, "an object's shape")? as u16;
            let fields = shapes[shape as usize].fields.len() as u32;
            Header::new(ObjectKind::Object, shape, fields)
        }
        ARRAY => {
            let length = r.count(1, "elements")?;
            let length = i32::try_from(length)
                .map_err(|_| r.error(start, format!("an array has {length} elements")))?;
            Header::new(ObjectKind::Array, 0, length as u32)
        }
        STRING => {
            let text = r.text("a string")?;
            if u32::try_from(text.len()).is_err() {
                return Err(r.error(start, format!("a string has {} bytes", text.len())));
            }
            return Ok(Content::Text(text));
        }
        MUTEX => {
            let owner = r.below(limits.next_task.into(), "a mutex's owner")?;
            return Ok(Content::Mutex(owner as u32));
        }
        TASK => {
            let task = r.below(limits.next_task.into(), "a handle's task")? as u32;
            if task == 0 {
                return Err(r.error(start, "a handle of task 0; expected 1 or more"));
            }
            let state = r.byte("a handle's state")?;
            let state = match state {
                LIVE => HandleState::Live,
                FINISHED => {
                    HandleState::Finished(values::read(r, limits.objects, "a task's result")?)
                }
                TRAPPED => HandleState::Trapped,
                THROWN | CAUGHT => HandleState::Thrown {
                    what: values::read(r, limits.objects, "a thrown string")?,
                    is_caught: state == CAUGHT,
                },
                state => return Err(r.error(start, format!("a handle in state {state}"))),
            };
            return Ok(Content::Handle(task, state));
        }
        kind => return Err(r.error(start, format!("an object of kind {kind}"))),
    };
    for word in 1..=header.length() {
        value(word, values::read(r, limits.objects, "a field or element")?);
    }
    Ok(Content::Values(header))
}

impl<'b> Objects<'b> {
    /// Checks all objects. `strings`: constants of the pool and their objects.
    pub(super) fn read(
        mut r: Reader<'b>,
        module: &VerifiedModule,
        next_task: u32,
        strings: &[(u16, u32)],
    ) -> Result<Self> {
        let count = r.count(2, "objects")?;
        if u32::try_from(count).is_err() {
            return Err(r.error(r.at(), format!("{count} objects are too many")));
        }
        let mut constants: Vec<(u32, u16)> = strings.iter().map(|(at, of)| (*of, *at)).collect();
        constants.sort_unstable();
        let mut constants = constants.into_iter().peekable();
        let limits = Limits { module, objects: count, next_task };
        let reader = r.clone();
        let mut objects = Self {
            reader,
            headers: Vec::new(),
            handles: Vec::new(),
            thrown: Vec::new(),
            owners: Vec::new(),
        };
        objects.headers.reserve_exact(count);
        for index in 0..count as u32 {
            let start = r.at();
            let content = object(&mut r, limits, |_, _| {})?;
            objects.headers.push(content.header());
            match content {
                Content::Handle(task, state) => {
                    let live = state == HandleState::Live;
                    objects.handles.push(Handle { object: index, task, live });
                    if let HandleState::Thrown { what, .. } = state {
                        objects.thrown.push((index, what));
                    }
                }
                Content::Mutex(owner) if owner > 0 => objects.owners.push((index, owner)),
                _ => {}
            }
            while let Some((_, constant)) = constants.next_if(|(object, _)| *object == index) {
                let wanted = module.module().constants.get(constant as usize);
                match (&content, wanted) {
                    (Content::Text(text), Some(Constant::String(wanted))) if text == wanted => {}
                    _ => {
                        let message = format!("object {index} is not constant {constant}");
                        return Err(r.error(start, message));
                    }
                }
            }
        }
        objects.check_thrown(&r)?;
        if let Some((object, constant)) = constants.next() {
            let message = format!("constant {constant} is object {object}, which is not there");
            return Err(r.error(r.at(), message));
        }
        r.finish()?;
        Ok(objects)
    }

    /// What was thrown leads to a string, from handle to handle.
    fn check_thrown(&self, r: &Reader<'_>) -> Result<()> {
        let mut right = vec![false; self.thrown.len()];
        for first in 0..self.thrown.len() {
            let mut way = Vec::new();
            let mut at = Some(first);
            while let Some(index) = at.filter(|index| !right[*index]) {
                // No way is longer than there are handles.
                if way.len() == self.thrown.len() {
                    return Err(r.error(r.at(), "tasks threw what each got from the other"));
                }
                way.push(index);
                let what = self.thrown[index].1;
                let object = what.is_reference().then(|| what.low_word());
                at = object.and_then(|object| {
                    self.thrown.binary_search_by_key(&object, |(handle, _)| *handle).ok()
                });
                let is_text = object.is_some_and(|object| {
                    self.headers[object as usize].kind() == ObjectKind::String
                });
                if at.is_none() && !is_text {
                    return Err(r.error(r.at(), "a task threw what is no string"));
                }
            }
            way.into_iter().for_each(|index| right[index] = true);
        }
        Ok(())
    }

    pub(super) fn count(&self) -> usize {
        self.headers.len()
    }

    /// Bytes that the objects take in a heap.
    pub(super) fn bytes(&self) -> u64 {
        self.headers.iter().fold(0, |sum: u64, header| sum.saturating_add(header.words() * 8))
    }

    pub(super) fn live_handles(&self) -> usize {
        self.handles.iter().filter(|handle| handle.live).count()
    }

    /// The handle that an object is.
    pub(super) fn handle(&self, object: u32) -> Option<Handle> {
        let index = self.handles.binary_search_by_key(&object, |handle| handle.object).ok()?;
        Some(self.handles[index])
    }

    /// The task that holds a mutex; `None` if the object is no mutex or no task does.
    pub(super) fn owner(&self, object: u32) -> Option<u32> {
        let index = self.owners.binary_search_by_key(&object, |(mutex, _)| *mutex).ok()?;
        Some(self.owners[index].1)
    }

    /// Fills the objects, which are at the places in `starts`.
    pub(super) fn fill(
        &self,
        heap: &Heap,
        starts: &[u32],
        module: &VerifiedModule,
        next_task: u32,
    ) -> Result<()> {
        let limits = Limits { module, objects: self.count(), next_task };
        let mut r = self.reader.clone();
        for start in starts {
            let content = object(&mut r, limits, |word, value| {
                heap.store(*start, word, placed(value, starts).bits());
            })?;
            match content {
                Content::Values(_) => {}
                Content::Text(text) => heap.fill_text(*start, text),
                Content::Mutex(owner) => heap.store(*start, 1, mutex::word(owner, false)),
                Content::Handle(task, state) => {
                    let state = match state {
                        HandleState::Finished(value) => {
                            HandleState::Finished(placed(value, starts))
                        }
                        HandleState::Thrown { what, is_caught } => {
                            HandleState::Thrown { what: placed(what, starts), is_caught }
                        }
                        state => state,
                    };
                    write_handle(heap, *start, task, state);
                }
            }
        }
        Ok(())
    }
}

/// The value, with a reference to the place of an object in place of its number.
pub(super) fn placed(value: Value, starts: &[u32]) -> Value {
    if value.is_reference() { Value::reference(starts[value.low_word() as usize]) } else { value }
}

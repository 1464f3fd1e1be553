//! A file becomes a machine: the file is read and checked as a whole, then the machine is built.

use std::num::NonZeroU16;

use super::objects::{Objects, placed};
use super::tasks::{self, Around, Waits};
use super::values;
use super::{FORMAT, SECTIONS, SnapshotError};
use crate::heap::{Heap, NotPacked, Value};
use crate::vm::image::{Image, MAIN, MAX_OUTPUT, MAX_TRAPS};
use crate::vm::mutex;
use crate::vm::{Machine, MachineConfig, StackEntry, TrapReport};
use bytecode::codec::Reader;
use bytecode::{self, Constant, LoadError, PollPolicy, VerifiedModule};
use safepoint::SafepointCoordinator;

/// The largest number of workers that a file may ask for. A damaged file could claim any number.
const MOST_WORKERS: usize = 1024;

/// The settings of the machine. Those of the restored machine may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// When the snapshot was taken, in milliseconds since 1970; 0 when unknown.
    pub made_unix_ms: u64,
    /// The largest number of workers.
    pub workers: usize,
    /// The heap's limit in bytes.
    pub heap_limit_bytes: u64,
    /// Which sites polled.
    pub policy: PollPolicy,
}

/// A snapshot that was read and checked, and can be restored.
#[derive(Debug)]
pub struct Snapshot<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) settings: Settings,
    pub(super) source: Option<&'b str>,
    pub(super) module: VerifiedModule,
    pub(super) objects: Objects<'b>,
    pub(super) image: Image,
}

impl<'b> Snapshot<'b> {
    /// Reads and checks a file.
    ///
    /// Takes memory in proportion to the file's size, whatever its content, and builds nothing that runs.
    ///
    /// # Errors
    /// The first mistake in the file.
    pub fn read(bytes: &'b [u8]) -> Result<Self, SnapshotError> {
        let [settings, mut source, module, ended, strings, objects, globals, tasks, waits @ ..] =
            sections(bytes)?;
        let [ready, timers, awaited, contended, output] = waits;
        let settings = read_settings(settings)?;
        let text = source.utf8(source.left(), "the program's text")?;
        let module = read_module(module)?;
        let mut image = Image::default();
        read_ended(ended.clone(), &module, &mut image)?;
        let next_task = image.next_task;
        image.strings = read_strings(strings, &module)?;
        let objects = Objects::read(objects, &module, next_task, &image.strings)?;
        image.globals = read_globals(globals, &module, objects.count())?;
        let around = Around { module: &module, objects: &objects, next_task };
        image.tasks = tasks::read(tasks, around)?;
        let mut waits = Waits::new(around, &image.tasks);
        image.ready = waits.ready(ready)?;
        image.timers = waits.timers(timers)?;
        image.awaited = waits.awaited(awaited)?;
        image.contended = waits.contended(contended.clone())?;
        waits.finish(&contended, !image.ready.is_empty() || !image.timers.is_empty())?;
        check_ended(&ended, &image)?;
        (image.output_dropped, image.output) = read_output(output)?;
        let source = (!text.is_empty()).then_some(text);
        Ok(Self { bytes, settings, source, module, objects, image })
    }

    /// The settings of the machine.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// The program.
    pub fn module(&self) -> &VerifiedModule {
        &self.module
    }

    /// The program's text, if it was known when the snapshot was taken. Nothing guarantees that it assembles
    /// to [`module`](Self::module).
    pub fn source(&self) -> Option<&'b str> {
        self.source
    }

    /// The options of the machine that was stopped. The caller may change them: workers, heap and policy need
    /// not be the same.
    pub fn config(&self, coordinator: SafepointCoordinator) -> MachineConfig {
        MachineConfig {
            workers: self.settings.workers.min(MOST_WORKERS),
            heap_limit_bytes: self.settings.heap_limit_bytes,
            policy: Some(self.settings.policy),
            ..MachineConfig::new(coordinator)
        }
    }

    /// A machine that continues where the other was stopped.
    ///
    /// # Errors
    /// If the heap's limit is too small, or there is no memory.
    pub fn restore(self, config: MachineConfig) -> Result<Machine, SnapshotError> {
        let Self { module, objects, mut image, .. } = self;
        let (heap, starts) = Heap::packed(config.heap_limit_bytes, &objects.headers)
            .map_err(|error| SnapshotError::new(no_heap(error)))?;
        objects.fill(&heap, &starts, &module, image.next_task)?;
        let place = |value: &mut Value| *value = placed(*value, &starts);
        let place_object = |object: &mut u32| *object = starts[*object as usize];
        image.globals.iter_mut().for_each(place);
        image.strings.iter_mut().for_each(|(_, string)| place_object(string));
        for task in &mut image.tasks {
            place_object(&mut task.handle);
            task.registers.iter_mut().for_each(place);
        }
        for (mutex, _) in &mut image.contended {
            let owner = objects.owner(*mutex).unwrap_or(0);
            place_object(mutex);
            heap.store(*mutex, 1, mutex::word(owner, true));
        }
        Machine::restored(module, config, heap, image).ok_or_else(|| {
            SnapshotError::new("no memory for the tasks' stacks or the program's strings")
        })
    }
}

fn no_heap(error: NotPacked) -> String {
    match error {
        NotPacked::NoMemory(error) => error.to_string(),
        NotPacked::TooSmall { needed_bytes, limit_bytes } => format!(
            "the snapshot's objects take {needed_bytes} bytes, but the heap's limit is \
             {limit_bytes}: choose a larger one"
        ),
    }
}

type Result<T, E = LoadError> = std::result::Result<T, E>;

/// The sections of a file. All of them must be there, in this order, and nothing else.
fn sections(bytes: &[u8]) -> Result<[Reader<'_>; SECTIONS.len()]> {
    let mut file = FORMAT.open(bytes)?;
    let mut sections: [_; SECTIONS.len()] = std::array::from_fn(|_| file.clone());
    for section in &mut sections {
        *section = file.section()?;
    }
    file.finish()?;
    Ok(sections)
}

fn read_settings(mut r: Reader<'_>) -> Result<Settings> {
    let made_unix_ms = r.number("when it was made")?;
    let workers = r.below(1 << 16, "the workers")?.max(1) as usize;
    let heap_limit_bytes = r.number("the heap's limit")?;
    let bits = r.below(u64::from(PollPolicy::BITS) + 1, "the kinds that poll")? as u8;
    let start = r.at();
    let every = r.below(1 << 16, "every how many back-edges")? as u16;
    let every = NonZeroU16::new(every)
        .ok_or_else(|| r.error(start, "every 0th back-edge polls; expected 1 or more"))?;
    r.finish()?;
    let policy = PollPolicy::from_bits(bits, every);
    Ok(Settings { made_unix_ms, workers, heap_limit_bytes, policy })
}

fn read_module(mut r: Reader<'_>) -> Result<VerifiedModule> {
    let start = r.at();
    let module = bytecode::decode(r.rest()).map_err(|error| {
        let within = error.section.map(|section| format!("its section {section}: "));
        r.error(start + error.offset, within.unwrap_or_default() + &error.message)
    })?;
    bytecode::verify(module).map_err(|errors| {
        let first = errors.first().map(ToString::to_string).unwrap_or_default();
        r.error(start, format!("the program is not sound: {first}"))
    })
}

fn read_ended(mut r: Reader<'_>, module: &VerifiedModule, image: &mut Image) -> Result<()> {
    image.next_task = r.below_32_bits("the next task's number")?;
    let start = r.at();
    let has_result = r.below(2, "whether there is a result")? == 1;
    let result = r.text("the result")?;
    if !has_result && !result.is_empty() {
        return Err(r.error(start, "there is a result's text but no result"));
    }
    image.result = has_result.then(|| result.to_owned());
    let start = r.at();
    let count = r.count(9, "traps")?;
    if count > MAX_TRAPS {
        return Err(r.error(start, format!("{count} traps; at most {MAX_TRAPS} are kept")));
    }
    for _ in 0..count {
        let start = r.at();
        let trap = read_trap(&mut r, module)?;
        let ascends = image.traps.last().is_none_or(|last| last.task < trap.task);
        if !ascends || trap.task <= MAIN || trap.task >= image.next_task {
            return Err(r.error(start, format!("a trap of task {}", trap.task)));
        }
        image.traps.push(trap);
    }
    image.traps_omitted = r.number("traps left out")?.min(u64::from(u32::MAX));
    r.finish()
}

fn read_trap(r: &mut Reader<'_>, module: &VerifiedModule) -> Result<TrapReport> {
    let line =
        |r: &mut Reader<'_>| Ok(Some(r.below_32_bits("a trap's line")?).filter(|line| *line > 0));
    Ok(TrapReport {
        task: r.below_32_bits("a trap's task")?,
        task_name: r.text("a task's name")?.to_owned(),
        function: r.text("a function's name")?.to_owned(),
        line: line(r)?,
        instruction: r.below_32_bits("a trap's instruction")?,
        offset: r.below_32_bits("a trap's offset")?,
        message: r.text("a trap's message")?.to_owned(),
        call_stack: r.list(3, "frames of a trap", |r| {
            let function = r.text("a function's name")?.to_owned();
            let instruction = r.below_32_bits("a frame's instruction")?;
            Ok(StackEntry::new(module, function, instruction, line(r)?))
        })?,
        frames_omitted: r.below_32_bits("frames left out")?,
    })
}

/// Checks that tasks that have ended agree with tasks that live.
fn check_ended(r: &Reader<'_>, image: &Image) -> Result<()> {
    let lives = |id: u32| image.tasks.binary_search_by_key(&id, |task| task.id).is_ok();
    if lives(MAIN) == image.result.is_some() {
        let message = "the first task has either a result or a stack, and not both";
        return Err(r.error(r.at(), message));
    }
    match image.traps.iter().find(|trap| lives(trap.task)) {
        Some(trap) => Err(r.error(r.at(), format!("task {} has trapped and lives", trap.task))),
        None => Ok(()),
    }
}

fn read_strings(mut r: Reader<'_>, module: &VerifiedModule) -> Result<Vec<(u16, u32)>> {
    let constants = &module.module().constants;
    let count = r.count(2, "strings")?;
    let mut strings: Vec<(u16, u32)> = Vec::with_capacity(count);
    for _ in 0..count {
        let start = r.at();
        let constant = r.below(constants.len() as u64, "a constant")? as u16;
        let object = r.below_32_bits("a constant's object")?;
        let ascends = strings.last().is_none_or(|last| last.0 < constant);
        if !ascends || !matches!(constants[constant as usize], Constant::String(_)) {
            let message =
                format!("constant {constant} is no string, or does not come after the last");
            return Err(r.error(start, message));
        }
        strings.push((constant, object));
    }
    r.finish()?;
    Ok(strings)
}

fn read_globals(mut r: Reader<'_>, module: &VerifiedModule, objects: usize) -> Result<Vec<Value>> {
    let globals = module.module().globals.iter();
    let globals =
        globals.map(|_| values::read(&mut r, objects, "a global")).collect::<Result<_>>()?;
    r.finish()?;
    Ok(globals)
}

fn read_output(mut r: Reader<'_>) -> Result<(u64, Vec<u8>)> {
    let dropped = r.below(1 << 63, "the bytes of output that were dropped")?;
    if r.left() > MAX_OUTPUT {
        let message = format!("{} bytes of output; at most {MAX_OUTPUT} are kept", r.left());
        return Err(r.error(r.at(), message));
    }
    Ok((dropped, r.rest().to_vec()))
}

//! The description of a snapshot, without restoring it.

use serde::Serialize;

use super::{Snapshot, SnapshotError, VERSION};
use crate::vm::image::TaskImage;
use bytecode::PollPolicy;

/// The largest number of tasks that are described; a snapshot may hold tens of thousands.
const DESCRIBED: usize = 1000;

/// The description of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Version of the format.
    pub version: u32,
    /// Bytes of the file.
    pub size: usize,
    /// When it was made, in milliseconds since 1970; 0 when unknown.
    pub made: u64,
    /// The program's name.
    pub program: String,
    /// Whether the program's text is in it.
    pub source: bool,
    /// The largest number of workers of the machine.
    pub workers: usize,
    /// The policy under which it ran.
    pub policy: PollPolicy,
    /// Limit of its heap in bytes.
    pub heap: u64,
    /// Bytes that the objects take in a heap.
    pub used: u64,
    /// Objects.
    pub objects: usize,
    /// Tasks that have not ended; of very many the first thousand.
    pub tasks: Vec<TaskDescription>,
    /// How many tasks have not ended.
    pub task_count: usize,
    /// Bytes printed so far.
    pub printed: u64,
    /// The printed text, or its last part if it is very long.
    pub output: String,
}

/// A task in a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskDescription {
    /// Number of the task.
    pub id: u32,
    /// The function it began with.
    pub name: String,
    /// `runnable`, `blocked`, `sleeping`, `awaiting`, `locking`.
    pub state: &'static str,
    /// What it waits for, in words.
    pub waiting: Option<String>,
    /// The function in which it stands.
    pub function: String,
    /// Index of the instruction that comes next.
    pub instruction: u32,
    /// Source line, from 1.
    pub line: Option<u32>,
    /// Frames.
    pub frames: usize,
}

/// Reads a snapshot and says what is in it.
///
/// # Errors
/// As [`Snapshot::read`]: what can be described can be restored.
pub fn describe(bytes: &[u8]) -> Result<Description, SnapshotError> {
    Snapshot::read(bytes).map(|snapshot| snapshot.describe())
}

impl Snapshot<'_> {
    /// What is in it.
    pub fn describe(&self) -> Description {
        let settings = self.settings;
        let image = &self.image;
        let mut waiting: Vec<(u32, &'static str, String)> = Vec::new();
        for (rest, task) in &image.timers {
            waiting.push((*task, "sleeping", format!("{} ms more", rest.as_millis() as u64)));
        }
        for (target, waiters) in &image.awaited {
            let words = format!("task {target}");
            waiting.extend(waiters.iter().map(|task| (*task, "awaiting", words.clone())));
        }
        for (mutex, waiters) in &image.contended {
            let words = match self.objects.owner(*mutex) {
                Some(owner) => format!("a mutex that task {owner} holds"),
                None => "a mutex".into(),
            };
            waiting.extend(waiters.iter().map(|task| (*task, "locking", words.clone())));
        }
        waiting.sort_unstable();
        let described = image.tasks.iter().take(DESCRIBED);
        Description {
            version: VERSION,
            size: self.bytes.len(),
            made: settings.made_unix_ms,
            program: self.module.module().name.clone(),
            source: self.source.is_some(),
            workers: settings.workers,
            policy: settings.policy,
            heap: settings.heap_limit_bytes,
            used: self.objects.bytes(),
            objects: self.objects.count(),
            tasks: described.map(|task| self.task(task, &waiting)).collect(),
            task_count: image.tasks.len(),
            printed: image.output_dropped + image.output.len() as u64,
            output: String::from_utf8_lossy(&image.output).into_owned(),
        }
    }

    fn task(&self, task: &TaskImage, waiting: &[(u32, &'static str, String)]) -> TaskDescription {
        let name = |function: u16| self.module.module().functions[function as usize].name.clone();
        let (first, top) = (task.frames[0], task.frames[task.frames.len() - 1]);
        let (state, waiting) = match waiting.binary_search_by_key(&task.id, |wait| wait.0) {
            Ok(index) => (waiting[index].1, Some(waiting[index].2.clone())),
            Err(_) => match task.blocked {
                Some(rest) => ("blocked", Some(format!("{} ms more", rest.as_millis() as u64))),
                None => ("runnable", None),
            },
        };
        TaskDescription {
            id: task.id,
            name: name(first.function),
            state,
            waiting,
            function: name(top.function),
            instruction: top.instruction,
            line: self.module.functions()[top.function as usize].line(top.instruction),
            frames: task.frames.len(),
        }
    }
}

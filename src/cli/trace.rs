//! Tasks and pauses as a trace that Perfetto and Chromium's own viewer open: the JSON object format of the Trace
//! Event format, complete events (`ph: X`) with times in microseconds.

use bytecode::Module;
use safepoint_lab::lab::Run;
use safepoint_lab::lab::views::{Pause, Standing};
use safepoint_lab::trace::{Event, EventKind};
use serde_json::{Value, json};

/// The format needs a process; there is one for the whole program.
const PROCESS: u32 = 1;
/// The row of the requester; workers have the rows after it.
const REQUESTER: usize = 0;

/// The most slices (a task runs on a worker) in a trace.
const SLICES: usize = 200_000;

/// When each task ran on which worker.
#[derive(Default)]
pub(super) struct Slices {
    rows: Vec<Row>,
    all: Vec<Slice>,
}

/// What is known of one worker.
#[derive(Default)]
struct Row {
    cursor: u32,
    running: Option<Event>,
    /// Events that were overwritten before they were read.
    dropped: u32,
}

struct Slice {
    worker: usize,
    began: Event,
    ended_us: f64,
}

impl Slices {
    pub(super) fn new(workers: usize) -> Self {
        Self { rows: (0..workers).map(|_| Row::default()).collect(), all: Vec::new() }
    }

    /// Reads the events since the last call.
    pub(super) fn read(&mut self, run: &Run) {
        for (worker, row) in self.rows.iter_mut().enumerate() {
            let read = run.events(worker, &mut row.cursor);
            if read.dropped > 0 {
                row.dropped = row.dropped.saturating_add(read.dropped);
                row.running = None;
            }
            for event in read.events {
                match event.kind {
                    EventKind::TaskStart => row.running = Some(event),
                    EventKind::TaskStop => {
                        let began = row.running.take().filter(|began| began.task == event.task);
                        let slice = |began| Slice { worker, began, ended_us: event.time_us };
                        if self.all.len() < SLICES {
                            self.all.extend(began.map(slice));
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The trace of these pauses, and of the tasks between them.
pub(super) fn trace(module: &Module, workers: usize, pauses: &[Pause], slices: Slices) -> Value {
    let mut events = vec![name("process_name", REQUESTER, &module.name)];
    events.push(name("thread_name", REQUESTER, "pauses"));
    for (worker, row) in slices.rows.iter().enumerate().take(workers) {
        let lost = match row.dropped {
            0 => String::new(),
            dropped => format!(" ({dropped} events came too fast to be read)"),
        };
        events.push(name("thread_name", worker + 1, &format!("worker {worker}{lost}")));
    }
    for Slice { worker, began, ended_us } in slices.all {
        let function = module.functions.get(began.function as usize);
        let function = function.map_or("task", |function| function.name.as_str());
        let name = format!("{function}, task {}", began.task);
        let args = json!({ "task": began.task });
        events.push(span(&name, worker + 1, began.time_us, ended_us - began.time_us, args));
    }
    for pause in pauses {
        of_pause(pause, &mut events);
    }
    json!({ "displayTimeUnit": "ns", "traceEvents": events })
}

fn name(what: &str, row: usize, name: &str) -> Value {
    json!({ "ph": "M", "name": what, "pid": PROCESS, "tid": row, "args": { "name": name } })
}

fn span(name: &str, row: usize, from: f64, lasts: f64, args: Value) -> Value {
    json!({
        "ph": "X", "cat": "safepoint", "name": name, "pid": PROCESS, "tid": row,
        "ts": from, "dur": lasts.max(0.0), "args": args,
    })
}

fn of_pause(pause: &Pause, events: &mut Vec<Value>) {
    let args = json!({
        "id": pause.id, "by": pause.by, "program": pause.program, "ended": pause.ended, "sentence": pause.sentence,
    });
    let reason = pause.reason.name();
    let Some(total) = pause.total else { return };
    events.push(span(reason, REQUESTER, pause.at, total, args));
    let armed = pause.at + pause.queue;
    let parts = [
        ("queue", Some(pause.queue)),
        ("time to safepoint", Some(pause.ttsp)),
        ("noticing", pause.noticing),
        ("operation", pause.operation),
        ("held", pause.held),
        ("release", pause.release),
        ("resuming", pause.resuming),
    ];
    let mut at = pause.at;
    // The end of the time for which the world stood still.
    let mut over = armed + pause.ttsp;
    for (name, lasts) in parts {
        let Some(lasts) = lasts else { continue };
        if name == "release" {
            over = at;
        }
        events.push(span(name, REQUESTER, at, lasts, json!({})));
        at += lasts;
    }
    for arrival in &pause.arrivals {
        let site = arrival.site.as_ref().map(|site| site.text.clone());
        let args = json!({
            "pause": pause.id, "site": site, "instructions": arrival.instructions, "after": arrival.after,
        });
        let name = match arrival.standing {
            Standing::Awaited => "stopped",
            Standing::SafeRegion => "in a safe region",
            Standing::Blocked => "blocked in a safe region",
            Standing::Idle => "idle",
            Standing::Requester => "requested the pause",
            Standing::WaitingForMemory => "waiting for memory",
            Standing::NotYetResumed => "still stopped since the pause before",
            Standing::Died => "died",
        };
        let from = armed + arrival.after;
        events.push(span(name, arrival.worker + 1, from, over - from, args));
    }
}

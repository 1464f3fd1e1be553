//! Pauses as a trace that Perfetto and Chromium's own viewer open: the JSON object format of the Trace
//! Event format, complete events (`ph: X`) with times in microseconds.

use safepoint_lab::lab::views::Pause;
use serde_json::{Value, json};

/// Of the whole program: the format wants a process.
const PROCESS: u32 = 1;
/// The row of whoever asked for pauses; workers have the rows after it.
const REQUESTER: usize = 0;

/// The trace of these pauses.
pub(super) fn trace(program: &str, workers: usize, pauses: &[Pause]) -> Value {
    let mut events = vec![name("process_name", REQUESTER, program)];
    events.push(name("thread_name", REQUESTER, "pauses"));
    for worker in 0..workers {
        events.push(name("thread_name", worker + 1, &format!("worker {worker}")));
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
    let (Some(operation), Some(release), Some(total)) =
        (pause.operation, pause.release, pause.total)
    else {
        return;
    };
    let args = json!({ "id": pause.id, "by": pause.by, "sentence": pause.sentence });
    let reason = serde_json::to_value(pause.reason).unwrap_or_default();
    let reason = reason.as_str().unwrap_or("pause");
    let armed = pause.at + pause.queue;
    let stopped = armed + pause.ttsp;
    let over = stopped + operation;
    events.push(span(reason, REQUESTER, pause.at, total, args));
    let part = |name, from, lasts| span(name, REQUESTER, from, lasts, json!({}));
    events.push(part("queue", pause.at, pause.queue));
    events.push(part("time to safepoint", armed, pause.ttsp));
    events.push(part("operation", stopped, operation));
    events.push(part("release", over, release));
    for arrival in &pause.arrivals {
        let site = arrival.site.as_ref().map(|site| site.text.clone());
        let args = json!({
            "pause": pause.id, "site": site, "instructions": arrival.instructions, "after": arrival.after,
        });
        let name = if arrival.safe { "in a safe region" } else { "stopped" };
        let from = armed + arrival.after;
        events.push(span(name, arrival.worker + 1, from, over - from, args));
    }
}

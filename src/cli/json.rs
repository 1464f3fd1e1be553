//! The report of a run as a file: see `docs/report-format.md`.

use bytecode::PollPolicy;
use machine::vm::Ended;
use safepoint_lab::lab::views::{Bias, Handshakes, Pause, ReasonStats, Stats, Totals, Trap};
use safepoint_lab::lab::{Program, Run};
use serde::Serialize;

use super::explain::HeldUp;
use super::watch::{Stopped, Watched};

/// The name by which other programs recognise a report.
const FORMAT: &str = "safepoint-lab report";
/// Bytes of the program's output in a report.
const OUTPUT: u64 = 256 << 10;
/// Increased when a field changes its meaning or is removed.
const VERSION: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'r> {
    format: &'static str,
    version: u32,
    program: &'r str,
    workers: usize,
    policy: PollPolicy,
    ended: &'static str,
    stopped_by: Option<&'static str>,
    result: Option<String>,
    trap: Option<Trap>,
    other_traps: Vec<Trap>,
    other_traps_omitted: u64,
    output: String,
    printed: u64,
    took: f64,
    instructions: u64,
    totals: Totals,
    stats: ByReason,
    bias: &'r Bias,
    handshakes: Handshakes,
    held_up: Vec<&'r HeldUp>,
    pauses: &'r [Pause],
    pauses_omitted: u64,
}

/// The figures of [`Stats`] without totals and bias, which are fields of their own.
#[derive(Serialize)]
struct ByReason {
    gc: ReasonStats,
    snapshot: ReasonStats,
    debug: ReasonStats,
}

/// The report as text.
pub(super) fn report(
    run: &Run,
    program: &Program,
    stats: &Stats,
    instructions: u64,
    watched: &Watched,
) -> String {
    let outcome = run.machine().outcome();
    let ended = match outcome.as_ref().map(|outcome| outcome.ended) {
        Some(Ended::Finished) => "finished",
        Some(Ended::Trapped) => "trapped",
        Some(Ended::Deadlocked) => "deadlocked",
        Some(Ended::Stopped) | None => "stopped",
    };
    let traps = outcome.iter().flat_map(|outcome| &outcome.other_traps);
    let report = Report {
        format: FORMAT,
        version: VERSION,
        program: &program.module.module().name,
        workers: run.machine().workers(),
        policy: run.machine().policy(),
        ended,
        stopped_by: watched.stopped.map(Stopped::name),
        other_traps: traps.map(Trap::from).collect(),
        other_traps_omitted: outcome.as_ref().map_or(0, |outcome| outcome.traps_omitted),
        trap: outcome.as_ref().and_then(|outcome| outcome.trap.as_ref()).map(Trap::from),
        result: outcome.and_then(|outcome| outcome.result),
        output: run.machine().output_since(watched.printed().saturating_sub(OUTPUT)).text,
        printed: watched.printed(),
        took: watched.took.as_nanos() as f64 / 1e3,
        instructions,
        totals: stats.totals,
        bias: &stats.bias,
        handshakes: stats.handshakes,
        stats: ByReason { gc: stats.gc, snapshot: stats.snapshot, debug: stats.debug },
        held_up: watched.explained.places(),
        pauses: &watched.pauses,
        pauses_omitted: watched.omitted,
    };
    // Cannot fail: these are plain records with names for keys.
    serde_json::to_string_pretty(&report).unwrap_or_default()
}

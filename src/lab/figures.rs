//! The outcome of a run and the figures of its pauses, as scripts see them.

use machine::vm::{Ended, Outcome, ScheduleView, TrapReport};
use safepoint::{DurationSummary, ReasonStatistics, SafepointStatistics, StopReason};

use super::views;

/// How a program ended, and all that it printed.
pub(super) fn finished_view(outcome: Outcome, output: String) -> views::Finished {
    let trap = outcome.trap.as_ref().or(outcome.other_traps.first()).map(views::Trap::from);
    let result = if outcome.ended == Ended::Finished { outcome.result } else { None };
    views::Finished { result, output, trap }
}

/// Percentiles of all pauses.
pub(super) fn stats_view(
    stats: &SafepointStatistics,
    totals: views::Totals,
    bias: views::Bias,
    handshakes: &DurationSummary,
) -> views::Stats {
    views::Stats {
        gc: reason_stats(&stats.of(StopReason::GarbageCollection)),
        snapshot: reason_stats(&stats.of(StopReason::Snapshot)),
        debug: reason_stats(&stats.of(StopReason::Debug)),
        totals,
        bias,
        handshakes: views::Handshakes { count: handshakes.count, took: percentiles(handshakes) },
    }
}

impl From<&TrapReport> for views::Trap {
    fn from(trap: &TrapReport) -> Self {
        let stack = trap.call_stack.iter().map(|entry| {
            let place = match entry.line {
                Some(line) => format!("{}, line {line}", entry.function),
                None => format!("{}, instruction {}", entry.function, entry.instruction),
            };
            entry.words.as_ref().map_or(place.clone(), |words| format!("{place}, {words}"))
        });
        Self {
            message: trap.message.clone(),
            task: trap.task,
            function: trap.function.clone(),
            line: trap.line,
            offset: trap.offset,
            stack: stack.collect(),
            frames_omitted: trap.frames_omitted,
        }
    }
}

/// What the workers do.
pub(super) fn schedule_view(schedule: &ScheduleView) -> views::Schedule {
    let waits = percentiles(&schedule.ready_to_running);
    let ScheduleView { running, blocked, idle, stopped, ready, .. } = *schedule;
    views::Schedule {
        running,
        blocked,
        idle,
        stopped,
        ready,
        ready_to_running: views::ReadyToRunning {
            count: schedule.ready_to_running.count,
            p50: waits.p50,
            p99: waits.p99,
            max: waits.max,
        },
        text: schedule.to_string(),
    }
}

fn reason_stats(stats: &ReasonStatistics) -> views::ReasonStats {
    views::ReasonStats {
        count: stats.pauses,
        queue: percentiles(&stats.queue),
        ttsp: percentiles(&stats.ttsp),
        noticing: percentiles(&stats.noticing),
        operation: percentiles(&stats.operation),
        held: percentiles(&stats.held),
        release: percentiles(&stats.release),
        total: percentiles(&stats.total),
    }
}

fn percentiles(summary: &DurationSummary) -> views::Percentiles {
    let us = |ns: u64| ns as f64 / 1e3;
    views::Percentiles {
        p50: us(summary.p50_ns),
        p90: us(summary.p90_ns),
        p99: us(summary.p99_ns),
        p99_9: us(summary.p99_9_ns),
        max: us(summary.max_ns),
    }
}

//! A table of programs. In each, workers have one possible reason to be late, beside a lack of
//! processors: no other cause is ever named. Delays of unknown cause are counted and printed. The
//! table runs on native threads (`tests/lab/causes.rs`) and in a browser (`tests/web.rs`).

mod programs;

use std::collections::BTreeMap;
use std::time::Duration;

use safepoint::clock;
use safepoint_lab::lab::views::{CauseKind, Pause, Reason, RunOptions};

use programs::Program;

use crate::stage::{Stage, Threads};

/// Pauses of each program, and more until one has named its own cause: on a busy machine, most
/// delays are a lack of processors.
const PAUSES: usize = 60;
/// Fewer pauses if this many have named the program's own cause.
const ENOUGH: usize = 12;
const LIMIT: Duration = Duration::from_secs(60);

/// Starts a program on its workers, and waits until one of them has begun.
pub fn start<'t>(threads: &'t dyn Threads, text: &str, workers: usize) -> Stage<'t> {
    let options = RunOptions { workers, heap: 256 << 20, ..RunOptions::default() };
    let stage = Stage::with(threads, text, &options, workers);
    stage.until_they_go_on();
    stage
}

/// Checks that the parts of a pause add up to its total.
pub fn adds_up(pause: &Pause) {
    let parts = [
        Some(pause.queue),
        Some(pause.ttsp),
        pause.noticing,
        pause.operation,
        pause.held,
        pause.release,
        pause.resuming,
    ];
    let sum: f64 = parts.into_iter().flatten().sum();
    let total = pause.total.expect("it is over");
    assert!((sum - total).abs() < 0.01, "{sum} is not {total}: {pause:?}");
}

/// The causes that are named in a program's pauses.
fn causes(threads: &dyn Threads, Program { text, workers, own }: Program) -> String {
    let stage = start(threads, &text, workers);
    stage.until("every worker to begin", || stage.instructions().iter().all(|&count| count > 0));
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let (mut seen, mut pauses, mut first) = (0, 0, String::new());
    let begun = clock::now();
    while seen < ENOUGH
        && (pauses < PAUSES || own.is_some() && seen == 0)
        && clock::now().since(begun) < LIMIT
    {
        stage.run.machine().wait_outcome(Some(Duration::from_millis(5)));
        stage.run.cycle(Reason::Gc, "test").expect("it stops");
        for pause in stage.run.tick().into_iter().flat_map(|news| news.pauses) {
            pauses += 1;
            adds_up(&pause);
            if first.is_empty() && !pause.causes.is_empty() {
                first.clone_from(&pause.sentence);
            }
            for cause in &pause.causes {
                let allowed = [CauseKind::NoProcessor, CauseKind::Unknown];
                assert!(
                    own == Some(cause.kind) || allowed.contains(&cause.kind),
                    "{cause:?}, {own:?} is its own: {}",
                    pause.sentence
                );
                assert!(!cause.evidence.is_empty() || cause.kind == CauseKind::Unknown);
                if cfg!(target_os = "linux") && cause.kind == CauseKind::NoProcessor {
                    assert!(cause.evidence.contains("by its processor's clock"), "{cause:?}");
                }
                seen += usize::from(own == Some(cause.kind));
                *told.entry(format!("{:?}", cause.kind)).or_default() += 1;
            }
        }
    }
    assert!(
        own.is_none() || seen > 0,
        "{own:?} was never named in {pauses} pauses: {told:?}; first {first}"
    );
    format!("{own:?}: {pauses} pauses, {told:?}; {first}")
}

macro_rules! table {
    ($($name:ident: $program:expr;)*) => { $(
        pub fn $name(threads: &dyn Threads) -> String {
            causes(threads, $program)
        }
    )* };
}

table! {
    a_loop_that_polls_in_every_turn_is_never_the_cause: programs::a_loop_that_polls_in_every_turn_is_never_the_cause();
    a_loop_without_a_poll: programs::a_loop_without_a_poll();
    a_loop_without_a_poll_at_the_end_of_a_task: programs::a_loop_without_a_poll_at_the_end_of_a_task();
    a_recursion_without_a_poll: programs::a_recursion_without_a_poll();
    a_long_way_out_of_a_recursion: programs::a_long_way_out_of_a_recursion();
    a_long_straight_way: programs::a_long_straight_way();
    two_that_block_outside_of_safe_regions: programs::two_that_block_outside_of_safe_regions();
    a_long_copy: programs::long_instruction("copy");
    a_long_fill: programs::long_instruction("fill");
    a_large_new_array: programs::long_instruction("clear");
    a_long_comparison: programs::long_instruction("compare");
    a_long_join: programs::long_instruction("join");
}

/// Gives the names of all programs to a macro that makes a test of each.
macro_rules! each_program {
    ($tests:ident) => {
        $tests! {
            a_loop_that_polls_in_every_turn_is_never_the_cause
            a_loop_without_a_poll
            a_loop_without_a_poll_at_the_end_of_a_task
            a_recursion_without_a_poll
            a_long_way_out_of_a_recursion
            a_long_straight_way
            two_that_block_outside_of_safe_regions
            a_long_copy
            a_long_fill
            a_large_new_array
            a_long_comparison
            a_long_join
        }
    };
}
pub(crate) use each_program;

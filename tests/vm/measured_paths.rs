//! The measured longest path without a poll: exact, and reported with its end.

use std::collections::HashSet;

use crate::machine::{module, start};
use ::machine::vm::LongestPath;
use bytecode::{Bound, longest_paths};
use safepoint::StopReason;
use safepoint_lab::vm::{Location, LocationKind};

/// The longest path that was measured on one worker while the program ran to its end.
fn measured(text: &str) -> LongestPath {
    let ran = start(&module(text), 1, |config| config.profile = true).finish();
    ran.longest.expect("a path has ended")
}

fn path(instructions: u64, function: u32, instruction: Option<u32>) -> LongestPath {
    LongestPath { instructions, function, instruction }
}

/// 250 turns of eight instructions.
const LOOP: &str = ".func main\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n dup\n store i\n const 250\n lt\n jt again\n load i\n ret\n";

#[test]
fn a_straight_path_ends_with_its_task() {
    assert_eq!(measured(".func main\n nop\n nop\n const null\n ret\n"), path(4, 0, None));
}

#[test]
fn a_back_edge_that_polls_ends_a_path() {
    // Two before the loop and the first turn; no other is longer.
    assert_eq!(measured(LOOP), path(10, 0, Some(9)));
}

#[test]
fn every_nth_back_edge_ends_a_path() {
    assert_eq!(measured(&format!(".poll every 100\n{LOOP}")), path(802, 0, Some(9)));
    assert_eq!(measured(&format!(".poll every 1000\n{LOOP}")), path(2004, 0, None));
}

/// The same loop, polled as its directive says: what was measured is at most the bound.
#[test]
fn a_directive_decides_for_its_loop() {
    let with = |policy: &str, site: &str| {
        let text =
            format!("{policy}\n{}", LOOP.replace(" jt again", &format!(" {site}\n jt again")));
        let module = module(&text);
        let ran = start(&module, 1, |config| config.profile = true).finish();
        let measured = ran.longest.expect("a path has ended").instructions;
        let bound = match longest_paths(&module, module.module().policy)[0].bound {
            Bound::AtMost { instructions } => Some(instructions),
            _ => None,
        };
        assert!(bound.is_none_or(|bound| measured <= bound), "{measured} of {bound:?}\n{text}");
        (measured, bound)
    };
    assert_eq!(with("", ".site none"), (2004, None));
    assert_eq!(with("", ".site always"), (10, Some(12)));
    assert_eq!(with("", ".site every 100"), (802, Some(1200)));
    assert_eq!(with(".poll all off", ".site always"), (10, Some(12)));
    assert_eq!(with(".poll every 3", ".site every 7"), (58, Some(84)));
    assert_eq!(with(".poll all off", "poll"), (9, Some(9)));
}

#[test]
fn without_polls_at_back_edges_the_loop_is_one_path() {
    assert_eq!(measured(&format!(".poll back-edges off\n{LOOP}")), path(2004, 0, None));
}

#[test]
fn an_instruction_belongs_to_the_path_after_its_poll() {
    let before = ".func main\n nop\n nop\n nop\n nop\n newmutex\n pop\n const null\n ret\n";
    assert_eq!(measured(before), path(4, 0, Some(4)));
    let after = ".func main\n nop\n newmutex\n pop\n nop\n nop\n const null\n ret\n";
    assert_eq!(measured(after), path(6, 0, None));
}

#[test]
fn a_path_goes_on_into_a_callee_and_back_unless_the_call_polls() {
    let text = ".func leaf\n nop\n nop\n const 1\n ret\n.func main\n nop\n call leaf\n nop\n ret\n";
    assert_eq!(measured(text), path(7, 1, None));
    assert_eq!(measured(&format!(".poll calls off\n{text}")), path(8, 1, None));
}

#[test]
fn a_block_ends_a_path_and_is_not_in_the_next() {
    let before = ".func main\n nop\n nop\n const 1\n block\n const 1\n ret\n";
    assert_eq!(measured(before), path(4, 0, Some(3)));
    let after = ".func main\n const 1\n block\n nop\n nop\n const 1\n ret\n";
    assert_eq!(measured(after), path(4, 0, None));
}

#[test]
fn a_path_belongs_to_one_task() {
    // Neither the child's nor the parent's is longer, however often they take turns.
    let text = ".func child\n nop\n yield\n nop\n yield\n nop\n const null\n ret\n.func main\n spawn child\n nop\n yield\n nop\n yield\n await\n ret\n";
    let longest = measured(text);
    assert!(longest.instructions <= 4, "{longest:?}");
}

/// For pauses that waited for their only worker: the instructions that it had executed since the
/// poll before, with the kind of place where it stopped.
fn since_polls(text: &str, profile: bool) -> HashSet<(Option<LocationKind>, Option<u64>)> {
    let running = start(&module(text), 1, |config| config.profile = profile);
    let mut seen = HashSet::new();
    let mut waited = 0;
    running.wait_for("a hundred stops that were waited for", |_| {
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("granted");
        let report = stopped.resume_from_pause();
        for arrival in report.arrivals.iter().filter(|arrival| !arrival.was_safe) {
            let kind = arrival.place.map(|place| Location::from(place).kind);
            seen.insert((kind, arrival.since_poll));
            waited += 1;
        }
        waited >= 100
    });
    running.stop();
    seen
}

/// Endless turns of seven instructions.
const TURNS: &str = ".func main\n.local i\n const 0\n store i\nagain:\n load i\n const 1\n add\n dup\n store i\n pop\n jmp again\n";

#[test]
fn a_stop_reports_the_instructions_since_the_poll_before() {
    let expect = |text: &str, usual: u64| {
        let seen = since_polls(text, true);
        let at_back_edge = |n| (Some(LocationKind::BackEdge), Some(n));
        assert!(seen.contains(&at_back_edge(usual)), "{seen:?}");
        // The first turn has two instructions before it; before the program the worker has no task,
        // or has not begun with it.
        let before = [LocationKind::Idle, LocationKind::Poll].map(|kind| (Some(kind), Some(0)));
        let first = [at_back_edge(usual + 2), before[0], before[1]];
        for it in &seen {
            assert!(first.contains(it) || *it == at_back_edge(usual), "{it:?}");
        }
    };
    expect(TURNS, 7);
    expect(&format!(".poll every 100\n{TURNS}"), 700);
}

#[test]
fn nothing_is_measured_unless_profiling() {
    let seen = since_polls(TURNS, false);
    assert!(seen.iter().all(|(_, executed)| executed.is_none()), "{seen:?}");
    let ran = start(&module(LOOP), 1, |config| config.profile = false).finish();
    assert_eq!(ran.longest, None);
}

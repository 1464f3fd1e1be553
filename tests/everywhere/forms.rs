//! The debugger's form of a program does the same as the fast form, and tasks change from one to
//! the other wherever they are stopped.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::machine::{Ran, Running, module, programs, side_by_side, start};
use crate::with_functions_or_tries;
use safepoint::StopReason;

/// Programs that end by themselves, by name.
const PROGRAMS: &str = "tests/programs";
const TYPESCRIPT: &str = "tests/typescript/programs";

/// The parts of the outcome that must not depend on the form.
fn end(ran: &Ran) -> (Option<String>, Option<String>, String) {
    let trap = ran.outcome.trap.as_ref().map(|trap| format!("{trap:?}"));
    (ran.outcome.result.clone(), trap, ran.output.clone())
}

#[test]
fn one_worker_counts_the_same_instructions_in_both_forms() {
    let mut all = programs(PROGRAMS, 25);
    all.extend(programs(TYPESCRIPT, 80));
    // A full list has no room behind its last element.
    let beyond = "function up(list: number[], limit: number): void {\n  \
        let at = 0;\n  while (list[at] < limit) at++;\n}\nup([0.5, 1.5, 2.5, 3.5], 9.5);";
    all.push(("beyond the end".into(), beyond.into()));
    side_by_side(&all, |(name, source)| {
        // In these programs, times decide how often they reach a poll.
        if ["sleep", "blocking", "thousand-tasks"].contains(&name.as_str()) {
            return;
        }
        let module = module(source);
        let slice = std::time::Duration::from_secs(3600);
        let fast = start(&module, 1, |config| {
            config.slice = slice;
            config.profile = true;
        })
        .finish();
        let slow = start(&module, 1, |config| {
            config.slice = slice;
            config.profile = true;
            config.break_on_trap = true;
        })
        .finish();
        assert_eq!(end(&fast), end(&slow), "{name}");
        assert_eq!((fast.instructions, fast.polls), (slow.instructions, slow.polls), "{name}");
        assert_eq!(fast.hits, slow.hits, "{name}");
        let longest = |ran: &Ran| ran.longest.map(|path| path.instructions);
        assert_eq!(longest(&fast), longest(&slow), "{name}");
    });
}

/// Stops the world again and again and changes the form each time, until the program is over. Between two
/// stops it executes something: stops back to back would keep it from that nearly all the time.
fn toggle(running: &Running, toggles: &AtomicU32) {
    let mut on = false;
    let mut executed = vec![];
    loop {
        running.wait_for("the program to go on", |machine| {
            machine.tick();
            machine.outcome().is_some() || running.instructions() != executed
        });
        if running.machine.outcome().is_some() {
            return;
        }
        executed = running.instructions();
        let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
        on = !on;
        running.machine.break_on_trap(&stopped, on);
        running.machine.settle_debugger(&stopped);
        drop(stopped);
        toggles.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn tasks_change_form_at_any_poll_and_nothing_else_changes() {
    let toggles = AtomicU32::new(0);
    let mut all = programs(PROGRAMS, 25);
    // What the fast form does in one operation and the debugger's in many.
    let joined = ["calls-of-sums", "exchanges", "fills", "loop-sums", "quicksort", "scans"];
    let is_joined = |(name, _): &(String, String)| joined.contains(&name.as_str());
    let typescript = programs(TYPESCRIPT, 80).into_iter().filter(is_joined);
    all.extend(typescript);
    side_by_side(&all, |(name, source)| {
        // The outcome of these programs depends on time, or they take long.
        if ["sleep", "trap-out-of-memory", "trap-deadlock"].contains(&name.as_str()) {
            return;
        }
        let module = module(source);
        for workers in [1, 3] {
            let plain = start(&module, workers, |_| {}).finish();
            let running = start(&module, workers, |_| {});
            toggle(&running, &toggles);
            let toggled = running.finish();
            let ended = |ran: &Ran| (ran.outcome.ended, ran.outcome.result.clone());
            assert_eq!(ended(&plain), ended(&toggled), "{name} with {workers} workers");
            let message = |ran: &Ran| ran.outcome.trap.as_ref().map(|trap| trap.message.clone());
            assert_eq!(message(&plain), message(&toggled), "{name} with {workers} workers");
            assert_eq!(plain.output, toggled.output, "{name} with {workers} workers");
        }
    });
    assert!(toggles.into_inner() > 1000, "the programs were over before they were stopped");
}

#[test]
fn a_collection_at_every_allocation_frees_nothing_reachable_in_either_form() {
    let toggles = AtomicU32::new(0);
    let allocate = AtomicU32::new(0);
    side_by_side(&programs(PROGRAMS, 25), |(name, source)| {
        // The outcome of these programs depends on a limit of the heap or on time, or they take
        // long.
        if ["sleep", "blocking", "thousand-tasks", "trap-out-of-memory", "trap-deadlock"]
            .contains(&name.as_str())
        {
            return;
        }
        let module = module(source);
        let plain = start(&module, 1, |_| {}).finish();
        let debugged = start(&module, 1, |config| {
            config.gc_stress = true;
            config.break_on_trap = true;
        });
        let changing = start(&module, 3, |config| config.gc_stress = true);
        toggle(&changing, &toggles);
        for (what, ran) in [("debugged", debugged.finish()), ("changing", changing.finish())] {
            assert_eq!(plain.outcome.result, ran.outcome.result, "{name}, {what}");
            assert_eq!(plain.output, ran.output, "{name}, {what}");
            let message = |ran: &Ran| ran.outcome.trap.as_ref().map(|trap| trap.message.clone());
            assert_eq!(message(&plain), message(&ran), "{name}, {what}");
        }
        let allocates = source.contains("new") || source.contains("spawn");
        allocate.fetch_add(u32::from(allocates), Ordering::Relaxed);
    });
    let allocate = allocate.into_inner();
    assert!(allocate >= 10, "only {allocate} programs allocate");
}

/// Calls of values, and the library, under collections and in both forms.
#[test]
fn functions_as_values_do_the_same_in_either_form() {
    side_by_side(&with_functions_or_tries(), |(name, source)| {
        let module = module(source);
        let plain = start(&module, 1, |_| {}).finish();
        let other = start(&module, 3, |config| {
            config.gc_stress = true;
            config.break_on_trap = true;
        })
        .finish();
        assert_eq!(end(&plain), end(&other), "{name}");
    });
}

//! One program in several ways, compared with each other and with the naive interpreter.
#![allow(dead_code, reason = "each test uses its part")]

use std::num::NonZeroU16;

use ::machine::vm::Ended;
use bytecode::{PollPolicy, VerifiedModule};

use super::machine::{Ran, start};
use super::reference::{End, interpret};

/// Bytes of heap for every program here.
pub const HEAP: u64 = 1 << 20;

fn policies() -> Vec<PollPolicy> {
    let all = PollPolicy::default();
    let none =
        PollPolicy { calls: false, back_edges: false, allocations: false, awaits: false, ..all };
    vec![all, none, PollPolicy { every: NonZeroU16::new(3).expect("not 0"), ..all }, all]
}

/// A program of one task does what its instructions say, under every poll policy, in both forms,
/// with any number of workers, and with a collection at every allocation.
pub fn with_the_reference(module: &VerifiedModule, text: &str, workers: usize) {
    let Some(wanted) = interpret(module, 2_000_000) else { return };
    for (number, policy) in policies().into_iter().enumerate() {
        let ran = start(module, workers, |config| {
            config.break_on_trap = number == 3;
            config.policy = Some(policy);
            config.profile = number == 2;
            config.gc_stress = number == 0;
            config.heap_limit_bytes = HEAP;
        })
        .finish();
        let end = match &ran.outcome.trap {
            None => End::Result(ran.outcome.result.clone().expect("a result")),
            Some(trap) => {
                let functions = &module.module().functions;
                let function = functions.iter().position(|f| f.name == trap.function);
                End::Trap(function.expect("a function") as u16, trap.instruction)
            }
        };
        let context = || format!("{policy:?}\n{:?}\n{text}", ran.outcome);
        assert_eq!(end, wanted.end, "{}", context());
        let lines = ran.output.lines().zip(wanted.output.lines()).enumerate();
        for (line, (ours, theirs)) in lines {
            assert_eq!(ours, theirs, "line {line} of the output, {}", context());
        }
        assert_eq!(ran.output.len(), wanted.output.len(), "{}", context());
        assert_eq!(ran.instructions, wanted.instructions, "{}", context());
    }
}

/// The parts of an outcome that must not depend on the order of tasks: how the program ended, the
/// result or the trap of the first task, the output, and, if every task ended, the number of traps
/// and of instructions. There is no fate if memory was used up: that may depend on the order.
pub type Fate = (Ended, Option<String>, Option<String>, String, Option<(u64, u64)>);

/// See [`Fate`].
pub fn fate(ran: &Ran) -> Option<Fate> {
    let outcome = &ran.outcome;
    let mut traps = outcome.trap.iter().chain(&outcome.other_traps);
    if traps.any(|trap| trap.message.contains("out of memory")) || outcome.traps_omitted > 0 {
        return None;
    }
    // Tasks are numbered in the order in which they begin.
    let unnumbered = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    let trap = outcome.trap.as_ref().map(|trap| {
        format!("{} {} {}", trap.function, trap.instruction, unnumbered(&trap.message))
    });
    let whole = outcome.ended == Ended::Finished;
    let counts = whole.then_some((outcome.other_traps.len() as u64, ran.instructions));
    Some((outcome.ended, outcome.result.clone(), trap, ran.output.clone(), counts))
}

/// Tasks that share nothing come to the same end on one worker and on four, in both forms, and with a
/// collection at every allocation.
pub fn with_each_other(module: &VerifiedModule, text: &str) {
    let run = |workers, debugged, stress| {
        start(module, workers, |config| {
            config.break_on_trap = debugged;
            config.gc_stress = stress;
            config.heap_limit_bytes = HEAP;
        })
        .finish()
    };
    let Some(wanted) = fate(&run(1, false, false)) else { return };
    for (workers, debugged, stress) in [(1, true, false), (4, false, true), (4, true, false)] {
        let Some(got) = fate(&run(workers, debugged, stress)) else { continue };
        let context = format!("{workers} workers, debugged: {debugged}, stress: {stress}\n{text}");
        assert_eq!(got, wanted, "{context}");
    }
}

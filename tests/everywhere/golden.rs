//! Every program of `tests/programs` prints its expected output, with any number of workers, under
//! every poll policy, and with a collection at every allocation.

use std::num::NonZeroU16;
use std::path::Path;

use crate::machine::{Ran, module, side_by_side, start};
use ::machine::vm::MachineConfig;
use bytecode::{Bound, PollPolicy, VerifiedModule, longest_paths};

/// A program and its expected output.
struct Program {
    name: String,
    source: String,
    expected: String,
}

fn programs() -> Vec<Program> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let expected = |name: &str| {
        std::fs::read_to_string(folder.join(format!("{name}.out"))).expect("its output")
    };
    let programs = crate::machine::programs("tests/programs", 25).into_iter();
    programs.map(|(name, source)| Program { expected: expected(&name), name, source }).collect()
}

/// Compares what a program printed and how it ended with its `.out` file.
fn check(program: &Program, how: &str, ran: &Ran) {
    let expected = program.expected.strip_suffix('\n').unwrap_or(&program.expected);
    let (lines, end) = expected.rsplit_once('\n').unwrap_or(("", expected));
    let context = format!("{} {how}: {:?}", program.name, ran.outcome);
    assert_eq!(ran.output.strip_suffix('\n').unwrap_or(""), lines, "{context}");
    if let Some(words) = end.strip_prefix("! ") {
        let trap = ran.outcome.trap.as_ref().unwrap_or_else(|| panic!("no trap, {context}"));
        assert!(trap.message.contains(words), "{words:?} is not in the message, {context}");
    } else {
        let result = end.strip_prefix("= ").expect("a last line that begins with = or !");
        assert_eq!(ran.outcome.result.as_deref(), Some(result), "{context}");
        assert_eq!(ran.outcome.trap, None, "{context}");
    }
}

fn run_all(how: &str, workers: &[usize], settings: impl Fn(&mut MachineConfig) + Sync) {
    side_by_side(&programs(), |program| {
        let module = module(&program.source);
        for workers in workers {
            let ran = start(&module, *workers, &settings).finish();
            check(program, &format!("{how} with {workers} workers"), &ran);
        }
    });
}

#[test]
fn with_one_two_four_and_eight_workers() {
    run_all("as it stands", &[1, 2, 4, 8], |_| {});
}

#[test]
fn with_a_collection_at_every_allocation() {
    run_all("under collections", &[1, 4], |config| config.gc_stress = true);
}

#[test]
fn without_any_poll() {
    run_all("without polls", &[1, 4], |config| {
        config.policy = Some(PollPolicy {
            calls: false,
            back_edges: false,
            allocations: false,
            awaits: false,
            ..PollPolicy::default()
        });
    });
}

/// The bound of the whole program, if every function has one.
fn bound(module: &VerifiedModule, policy: PollPolicy) -> Option<u64> {
    let lengths = longest_paths(module, policy).into_iter().map(|path| match path.bound {
        Bound::AtMost { instructions } => Some(instructions),
        Bound::PerFrame { .. } | Bound::Unbounded { .. } => None,
    });
    lengths.max_by_key(|length| length.unwrap_or(u64::MAX)).flatten()
}

#[test]
fn no_path_without_a_poll_is_longer_than_its_bound() {
    let all = PollPolicy::default();
    let policies = [
        all,
        PollPolicy { calls: false, ..all },
        PollPolicy { allocations: false, awaits: false, ..all },
        PollPolicy { every: NonZeroU16::new(7).expect("not zero"), ..all },
    ];
    let mut bounded = 0;
    for program in programs() {
        let module = module(&program.source);
        for policy in policies {
            for workers in [1, 3] {
                let ran = start(&module, workers, |config| {
                    config.policy = Some(policy);
                    config.profile = true;
                })
                .finish();
                let longest = ran.longest.expect("a path has ended").instructions;
                if let Some(bound) = bound(&module, policy) {
                    assert!(longest <= bound, "{}, {policy:?}: {longest} > {bound}", program.name);
                    bounded += 1;
                }
            }
        }
    }
    assert!(bounded >= 200, "only {bounded} runs had a bound");
}

#[test]
fn with_every_instruction_observable_and_slices_of_no_time() {
    run_all("observable and preempted", &[1, 4], |config| {
        config.break_on_trap = true;
        config.slice = std::time::Duration::ZERO;
    });
}

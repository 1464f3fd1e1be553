//! A holder may inspect a machine and collect its heap: at any place of a stop, after the death of
//! a worker, and from several threads that share one world.

use std::num::NonZeroU16;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::machine::{LIMIT, Running, module, start};
use ::machine::snapshot::{Notes, Snapshot, capture};
use ::machine::vm::{Ended, Machine, MachineConfig, MachineEvent, MachineObserver, StepKind};
use bytecode::{Instruction, PollPolicy, VerifiedModule};
use safepoint::{SafepointCoordinator, StopReason, StoppedWorld};

fn programs() -> Vec<(String, VerifiedModule)> {
    let mut programs = Vec::new();
    for folder in ["tests/programs", "www/examples"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        for entry in std::fs::read_dir(folder).expect("the folder of programs") {
            let path = entry.expect("an entry").path();
            let is_program = |name: &str| {
                name.ends_with(".sasm") || (name.ends_with(".ts") && !name.ends_with(".d.ts"))
            };
            if is_program(&path.to_string_lossy()) {
                let text = std::fs::read_to_string(&path).expect("a program");
                programs.push((path.display().to_string(), module(&text)));
            }
        }
    }
    programs.sort_by(|one, other| one.0.cmp(&other.0));
    assert!(programs.len() >= 20, "only {} programs were found", programs.len());
    programs
}

fn policies() -> [PollPolicy; 3] {
    let all = PollPolicy::default();
    let none =
        PollPolicy { calls: false, back_edges: false, allocations: false, awaits: false, ..all };
    let seldom = PollPolicy { every: NonZeroU16::new(3).expect("not 0"), ..all };
    [all, none, seldom]
}

/// Checks that every object in a report exists, and still exists after a collection.
fn look(context: &str, machine: &Machine, world: &StoppedWorld<'_>) {
    let tasks = machine.tasks(world);
    let values = || {
        let frames = tasks.iter().flat_map(|task| &task.frames);
        frames.flat_map(|frame| frame.locals.iter().map(|(_, value)| value).chain(&frame.operands))
    };
    for task in &tasks {
        let top = &task.frames[0];
        let code = &machine.module().functions()[usize::from(top.function)];
        let height = code.height(top.instruction).map(usize::from);
        assert_eq!(height, Some(top.operands.len()), "{context}: {top:?}");
        let next = code.instructions()[top.instruction as usize];
        if matches!(next, Instruction::JmpIf(_) | Instruction::JmpIfNot(_)) {
            let condition = &top.operands.last().expect("it takes one").text;
            assert!(matches!(condition.as_str(), "true" | "false"), "{context}: {top:?}");
        }
    }
    let there = |value: &::machine::vm::ValueView| {
        value.object.is_none_or(|object| machine.object(world, object, 0, 1).is_some())
    };
    for value in values() {
        assert!(!value.text.contains("free memory") && there(value), "{context}: {value:?}");
    }
    machine.collect(world);
    for value in values() {
        assert!(there(value), "{context}: {value:?} was freed");
    }
    assert_eq!(machine.collect(world).objects_freed, 0, "{context}");
}

#[test]
fn a_machine_can_be_inspected_at_any_place_of_a_stop() {
    for (turn, (name, module)) in programs().into_iter().enumerate() {
        for (which, policy) in policies().into_iter().enumerate() {
            for round in 0..3 {
                let workers = [1, 3][(turn + round) % 2];
                let running = start(&module, workers, |config| {
                    config.policy = Some(policy);
                    config.heap_limit_bytes = 256 << 10;
                    config.gc_stress = round == 2;
                    config.break_on_trap = round == 1;
                });
                // Each round stops at another place, at random.
                for _ in 0..1 + 7 * (turn * 9 + which * 3 + round) % 101 {
                    std::thread::yield_now();
                }
                let (machine, coordinator) = (running.machine.clone(), running.coordinator.clone());
                running.stop();
                let world =
                    coordinator.request_stw_pause(StopReason::Debug).expect("no worker runs");
                look(&format!("{name}, policy {which}, round {round}"), &machine, &world);
            }
        }
    }
}

/// Panics once on a worker's thread, in the middle of an instruction that starts a task.
#[derive(Default)]
struct DiesWhenItSpawns {
    died: AtomicBool,
}

impl MachineObserver for DiesWhenItSpawns {
    fn event(&self, worker: Option<usize>, event: MachineEvent) {
        let spawned = worker.is_some() && matches!(event, MachineEvent::TaskSpawned { .. });
        if spawned && !self.died.swap(true, Ordering::Relaxed) {
            panic!("on purpose");
        }
    }
}

/// The task is saved deep inside small frames, when its stack of frames grows for the last time.
/// Then it returns and enters a few large frames, where its worker dies. The free words of that
/// worker still hold data that look like the beginning of a huge string.
fn dying() -> VerifiedModule {
    let wide = " const 7\n".repeat(100);
    let narrow = " add\n".repeat(100);
    module(&format!(
        ".poll all off
.func nothing
 const null
 ret
.func room
{more} const null
 ret
.func small (n)
 load n
 const 0
 eq
 jt bottom
 load n
 const 1
 sub
 call small
 ret
bottom:
 const 0
 ret
.func large (n)
{wide} load n
 const 0
 eq
 jt bottom
 load n
 const 1
 sub
 call large
 jmp out
bottom:
 spawn nothing
 pop
 const 1
out:
{narrow} ret
.func litter
.local array
 const 1500
 newarray
 store array
 load array
 const {huge:?}
 fill
 const null
 ret
.func main
.local i
 const 0
 store i
again:
 call litter
 pop
 load i
 const 1
 add
 dup
 store i
 const 40
 lt
 jt again
 call room
 pop
 const 40
 call small
 pop
 const 5
 call large
 ret
",
        more = " const 1\n".repeat(900) + &" pop\n".repeat(900),
        huge = f64::from_bits(0x0300_0000_FFFF_FFFF),
    ))
}

fn with_one_death(workers: usize) -> Running {
    let observer = Arc::new(DiesWhenItSpawns::default());
    let coordinator = SafepointCoordinator::new();
    let config = MachineConfig {
        workers,
        heap_limit_bytes: 256 << 10,
        observer: Some(observer.clone() as Arc<dyn MachineObserver>),
        ..MachineConfig::new(coordinator.clone())
    };
    let machine = Machine::new(dying(), config).expect("memory for a heap");
    let thread = std::thread::spawn({
        let machine = machine.clone();
        move || machine.run_worker(0)
    });
    assert!(thread.join().is_err(), "the worker died");
    assert!(observer.died.load(Ordering::Relaxed));
    crate::machine::start_some(machine, coordinator, 0)
}

#[test]
fn a_machine_can_be_inspected_after_a_worker_died_in_the_middle_of_an_instruction() {
    let running = with_one_death(1);
    let outcome = running.machine.wait_outcome(Some(LIMIT)).expect("its task was the first");
    assert_eq!(outcome.ended, Ended::Trapped);
    let trap = outcome.trap.expect("a trap");
    assert!(trap.message.contains("worker 0, which ran this task, died"), "{}", trap.message);
    let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("no worker runs");
    let machine = &running.machine;
    // Every place in the heap, also those in the free words of the dead worker.
    let words = machine.heap_stats().capacity_bytes as u32 / 8;
    let objects: Vec<_> =
        (1..words).filter_map(|word| machine.object(&world, word, 0, 8)).collect();
    assert!(objects.iter().all(|object| object.bytes < 32 << 10), "no string of gigabytes");
    let digest = machine.heap_digest(&world);
    assert_eq!(machine.heap_digest(&world), digest);
    look("after a death", machine, &world);
}

/// Counts for ever.
const COUNTS: &str = "
.shape Pair left right
.func main
.local i pair
 const 0
 store i
again:
 new Pair
 store pair
 load pair
 load i
 set Pair.left
 load i
 const 1
 add
 store i
 jmp again
";

#[test]
fn threads_that_share_a_world_take_turns() {
    const STEPS: u64 = 20_000;
    let coordinator = SafepointCoordinator::new();
    let config =
        MachineConfig { heap_limit_bytes: 64 << 10, ..MachineConfig::new(coordinator.clone()) };
    let machine = Machine::new(module(COUNTS), config).expect("memory for a heap");
    let world = coordinator.request_stw_pause(StopReason::Debug).expect("no worker runs");
    let (machine, world) = (&machine, &world);
    let step = || {
        (0..STEPS)
            .map(|_| machine.step(world, 1, StepKind::Into, 1).expect("it can go on").instructions)
            .sum::<u64>()
    };
    let steps = std::thread::scope(|scope| {
        let steppers = [(); 3].map(|()| scope.spawn(step));
        scope.spawn(|| {
            for _ in 0..STEPS / 100 {
                machine.collect(world);
                machine.break_on_trap(world, true);
                assert_eq!(machine.tasks(world).len(), 1);
                let bytes = capture(machine, world, &Notes::default()).expect("it has not ended");
                Snapshot::read(&bytes).expect("a whole snapshot");
                machine.break_on_trap(world, false);
                machine.settle_debugger(world);
            }
        });
        steppers.map(|stepper| stepper.join().expect("no panic")).iter().sum::<u64>()
    });
    assert_eq!(steps, 3 * STEPS, "every step is one instruction");
    // Two instructions come before the loop, which has ten; the ninth one counts.
    let (_, count) = &machine.tasks(world)[0].frames[0].locals[0];
    let (turns, rest) = ((steps - 2) / 10, (steps - 2) % 10);
    assert_eq!(count.text, (turns + u64::from(rest >= 9)).to_string());
    look("after steps", machine, world);
}

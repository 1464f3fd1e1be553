//! A debugger that looks, steps and waits changes no outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use ::machine::vm::{
    Breakpoint, BreakpointError, BreakpointPlace, BreakpointRequest, DebugSink, Halt, Machine,
    StepKind,
};
use arbitrary::Unstructured;
use language::assemble_verified;
use safepoint::{StopReason, StoppedWorld};

use super::compare::{HEAP, fate};
use super::generated;
use super::generator::Style;
use super::machine::{Running, start};

/// Names of every kind of value for conditions.
const NAMES: &str = r#"
.shape Pair left right
.global number
.func main
.local i text pair list half yes nothing
    const 7
    gstore number
    const "text"
    store text
    new Pair
    store pair
    const 3
    newarray
    store list
    const 2.5
    store half
    const true
    store yes
    const 0
    store i
again:
    load i
    const 1
    add
    dup
    store i
    const 20
    lt
    jt again
    load i
    ret
"#;

/// Where the loop's first instruction is.
const AGAIN: BreakpointPlace = BreakpointPlace::Instruction { function: 0, instruction: 15 };

/// Counts stops, and releases the world at once.
#[derive(Default)]
struct Halts(AtomicU64);

impl DebugSink for Halts {
    fn halted(&self, _world: StoppedWorld<'static>, _halt: Halt) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// A condition is refused in words, or it is true or false at each hit, and the program goes on.
pub fn conditions(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let module = assemble_verified(NAMES).expect("a program");
    let request = BreakpointRequest { place: AGAIN, condition: Some(text.to_owned()), from_hit: 1 };
    let breakpoint = match Breakpoint::new(&module, request) {
        Ok(breakpoint) => breakpoint,
        Err(BreakpointError::Condition(error)) => {
            assert!(error.column as usize <= text.chars().count() + 1, "{error:?}");
            assert!(!error.message.is_empty() && error.message.len() < 2000, "{error:?}");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let halts = Arc::new(Halts::default());
    let running = start(&module, 1, |config| {
        config.heap_limit_bytes = HEAP;
        config.breakpoints = vec![breakpoint];
        config.debugger = Some(halts.clone());
    });
    let machine = running.machine.clone();
    let ran = running.finish();
    assert_eq!(ran.outcome.result.as_deref(), Some("20"), "{text}");
    let halts = halts.0.load(Ordering::Relaxed);
    let hits = machine.breakpoints()[0].hits;
    assert!(halts <= hits && hits == 20, "{halts} of {hits} hits: {text}");
}

/// A program that is stopped, inspected, stepped and collected comes to the same end as without.
pub fn debugger(data: &[u8]) {
    let mut bytes = Unstructured::new(data);
    let commands: Vec<u8> = bytes.arbitrary().unwrap_or_default();
    let style = if bytes.arbitrary().unwrap_or(false) { Style::Tasks } else { Style::OneTask };
    let (module, text) = generated(&mut bytes, style);
    let Some(wanted) = fate(&start(&module, 1, |config| config.heap_limit_bytes = HEAP).finish())
    else {
        return;
    };
    let running = start(&module, 2, |config| {
        config.heap_limit_bytes = HEAP;
        config.debugger = Some(Arc::new(Halts::default()));
    });
    for round in commands.chunks(4).take(20) {
        command(&running, round);
    }
    let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    running.machine.remove_breakpoint(&world, None);
    running.machine.settle_debugger(&world);
    drop(world);
    let Some(got) = fate(&running.finish()) else { return };
    // Instructions of steps are in no worker's count.
    let without_count = |fate: super::compare::Fate| (fate.0, fate.1, fate.2, fate.3);
    assert_eq!(without_count(got), without_count(wanted), "{commands:?}\n{text}");
}

/// One pause with a few commands in it.
fn command(running: &Running, round: &[u8]) {
    let world = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let machine = &running.machine;
    for byte in round {
        let tasks = machine.tasks(&world);
        let chosen = tasks.get(usize::from(byte >> 4) % tasks.len().max(1));
        let step = |kind, most| {
            if let Some(task) = chosen {
                let _ = machine.step(&world, task.id, kind, most);
            }
        };
        match byte & 15 {
            0..=2 => step(StepKind::Into, u64::from(*byte)),
            3..=4 => step(StepKind::Over, 10_000),
            5..=6 => step(StepKind::Out, 10_000),
            7 => machine.break_on_trap(&world, true),
            8 => {
                machine.break_on_trap(&world, false);
                machine.settle_debugger(&world);
            }
            9 => drop(machine.collect(&world)),
            10 => set_breakpoint(machine, &world, *byte),
            11 => drop(machine.remove_breakpoint(&world, None)),
            12 => machine.settle_debugger(&world),
            13 => machine.break_on_trap(&world, byte & 16 != 0),
            14 => drop(machine.object(&world, u32::from(*byte) * 4, 0, 10)),
            _ => drop(machine.heap_digest(&world)),
        }
    }
}

fn set_breakpoint(machine: &Machine, world: &StoppedWorld<'_>, byte: u8) {
    let instruction = u32::from(byte >> 4);
    let place = BreakpointPlace::Instruction { function: u16::from(byte >> 6), instruction };
    let condition = Some("hits % 3 == 0".to_owned());
    let request = BreakpointRequest { place, condition, from_hit: 1 };
    if let Ok(breakpoint) = Breakpoint::new(machine.module(), request) {
        let _ = machine.add_breakpoint(world, breakpoint);
    }
}

//! Loops of which the interpreter makes many turns without looking at another operation: a counter's, with a sum, or with
//! a value that is written to a list. Each turn polls; what it counts is counted when the loop is left or stops.

use super::arithmetic::number;
use super::context::Context;
use super::interpret::POLLS;
use super::js::computed;
use super::list::{ITEMS, List};
use super::op::{Near, Op, Reg};
use super::point::{Exit, Point};
use super::slow;
use super::task::Task;
use crate::heap::Value;
use safepoint::PollWord;

/// A counter, until it is no less than its limit or leaves 32 bits.
struct Counter {
    at: i32,
    step: i32,
    limit: i32,
}

/// How a loop was left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    /// Before what a turn does: that needs the operations that stand there.
    Before,
    /// Behind what a turn does, by the counter.
    Behind,
    /// At the beginning of the next turn, by a stop.
    Armed,
}

impl Counter {
    /// Makes turns. `work` does what stands before the step, with the counter, and says whether it could.
    #[inline(always)]
    fn turn(&mut self, poll: &PollWord, mut work: impl FnMut(i32) -> bool) -> (u64, Left) {
        let mut turns = 0;
        loop {
            if !work(self.at) {
                return (turns, Left::Before);
            }
            let next = self.at.checked_add(self.step);
            let Some(next) = next.filter(|&next| next < self.limit) else {
                return (turns, Left::Behind);
            };
            self.at = next;
            turns += 1;
            if POLLS && poll.is_armed() {
                return (turns, Left::Armed);
            }
        }
    }
}

/// Makes turns of the loop that begins at the point with a turn or with [`Op::FillTurn`]. Behind it the point is where the
/// interpreter goes on.
///
/// # Errors
/// The worker stops.
#[inline(never)]
#[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
pub(super) fn stay(cx: &mut Context<'_>, task: &Task, point: &mut Point) -> Result<(), Exit> {
    let (ops, constants) = (cx.program.code.ops(), &cx.program.constants);
    let (heap, poll) = (&cx.store.heap, cx.poll_word());
    let begin = point.op(cx) as usize;
    let regs = point.regs;
    // SAFETY: the registers of operations of the current function exist, see the interpreter.
    let get = |register: Reg| Value::from_bits(unsafe { *regs.add(register.into()) });
    let set = |register: Reg, value: Value| {
        // SAFETY: as above.
        unsafe { *regs.add(register.into()) = value.bits() }
    };
    // What is written to which list, and the operation that is the turn.
    let (fill, turn) = match (ops[begin], &ops[begin + 1..begin + 3]) {
        (Op::FillTurn, &[Op::Const { index, .. }, set]) => {
            (Some((constants[index as usize], set)), begin + 3)
        }
        (Op::FillTurn, &[Op::Int { value, .. }, set]) => {
            (Some((Value::int(value), set)), begin + 3)
        }
        (Op::FillTurn, &[set @ Op::ListSet { c, .. }, _]) => (Some((get(c), set)), begin + 2),
        _ => (None, begin),
    };
    let (a, step, limit, to): (Reg, Value, Value, Near) = match ops[turn] {
        Op::Turn { step, a, b, to, .. } | Op::SumTurn { step, a, b, to, .. } => {
            (a, Value::int(step.into()), get(b), to)
        }
        Op::TurnInt { step, a, value, to, .. } => {
            (a, Value::int(step.into()), Value::int(value), to)
        }
        Op::SumTurnConst { step, a, index, to, .. } => {
            (a, Value::int(step.into()), constants[usize::from(index)], to)
        }
        Op::TurnBy { by, a, b, to, .. } => (a, get(by), get(b), to),
        _ => return Ok(()),
    };
    let start = get(a);
    point.pc = cx.program.code.address(begin as u32 + 1);
    if !start.both_int(limit) || !step.is_int() {
        return Ok(());
    }
    let mut counter = Counter { at: start.low_int(), step: step.low_int(), limit: limit.low_int() };
    let mut behind = begin + 1;
    let (turns, left) = match (fill, ops[turn]) {
        (Some((value, Op::ListSet { shape, a: list, .. })), _) => {
            let list = List::of(heap, shape, get(list));
            let Some(List { object, items, length }) = list else { return Ok(()) };
            let (access, elements) = (heap.access(), heap.payload(items, length));
            behind = turn;
            counter.turn(poll, |index| match elements.get(index as u32 as usize) {
                // The list may grow meanwhile, in another array.
                Some(word) if heap.get(object, ITEMS) == Value::reference(items) => {
                    access.store(word, value);
                    true
                }
                _ => false,
            })
        }
        (_, Op::SumTurn { sum, term, .. } | Op::SumTurnConst { sum, term, .. }) => {
            let numbers = (number(get(sum)), number(get(term)));
            // A float until it is left, of integers, too: JavaScript's numbers are floats.
            let (Some(mut total), Some(fixed)) = numbers else { return Ok(()) };
            let is_counter = term == a;
            let made = counter.turn(poll, |at| {
                total += if is_counter { f64::from(at) } else { fixed };
                true
            });
            set(sum, computed(total));
            behind = begin + 2;
            made
        }
        _ => counter.turn(poll, |_| true),
    };
    set(a, Value::int(counter.at));
    point.pc = cx.program.code.address(turn as u32);
    let mut length = 0;
    if turns > 0 && POLLS && cx.workers.profile {
        length = slow::turned(cx, point, to.adjust as u64, turns);
    } else {
        point.base = point.base.wrapping_add((to.adjust as u64).wrapping_mul(turns));
    }
    let address = |op: usize| cx.program.code.address(op as u32);
    if left == Left::Armed {
        let (next, from) = (point.at(address(begin)), point.pc);
        cx.measured.stops(length);
        return Err(slow::poll_back_edge(cx, task, &next, from, to.adjust.into()));
    }
    point.pc = address(if left == Left::Before { begin + 1 } else { behind });
    Ok(())
}

//! What compiled code has the machine do: functions of the engine's table.
//!
//! None of them stops the worker: where the interpreter would, they do nothing and say so, and the compiled code leaves.

use std::cell::Cell;

use super::arithmetic::{Operator, operate, truncate};
use super::code::Count;
use super::context::Context;
use super::js::{JsOperator, to_int};
use super::location::LocationKind;
use super::op::{Comparison, Op};
use super::point::{Exit, Point};
use super::slow;
use super::task::Task;
use crate::heap::{Header, Value};

/// Functions as numbers of the engine's table.
#[derive(Debug, Clone, Copy)]
pub struct Helpers {
    /// Makes an object of nulls: its header. Gives its index; 0: there is no room.
    pub new: usize,
    /// Does an operation: its index, the addresses of registers and of the next frame, the count. Gives 0 if it is done.
    pub operation: usize,
    /// Compares: the operation, the comparison, two values, the count. Gives 0 or 1; 2: they cannot be compared.
    pub compare: usize,
    /// The lower 32 bits of a number.
    pub to_int: usize,
    /// The poll of an operation has ended the longest path so far, of this length.
    pub longest: usize,
    /// A turn without a poll at an operation while a requester waits: the operation, and the count behind the turn.
    pub unpolled: usize,
}

pub(super) fn functions() -> Helpers {
    Helpers {
        new: new as *const () as usize,
        operation: operation as *const () as usize,
        compare: compare as *const () as usize,
        to_int: lower_bits as *const () as usize,
        longest: longest as *const () as usize,
        unpolled: unpolled as *const () as usize,
    }
}

/// The worker that is in compiled code on this thread.
#[derive(Clone, Copy)]
pub(super) struct Env {
    context: *mut (),
    task: *const Task,
}

thread_local! {
    static ENV: Cell<Option<Env>> = const { Cell::new(None) };
}

impl Env {
    pub(super) fn new(context: &mut Context<'_>, task: &Task) -> Self {
        Self { context: std::ptr::from_mut(context).cast(), task }
    }

    /// Runs compiled code. The context is the helpers' meanwhile.
    pub(super) fn within<T>(self, run: impl FnOnce() -> T) -> T {
        let before = ENV.replace(Some(self));
        let result = run();
        ENV.set(before);
        result
    }
}

/// Uses the context of the worker whose compiled code calls.
fn with<T>(call: impl FnOnce(&mut Context<'_>, &Task) -> T) -> Option<T> {
    let env = ENV.get()?;
    // SAFETY: only compiled code calls the helpers, within `Env::within`, whose caller gives up its own reference
    // meanwhile; helpers do not call each other. The lifetime is cut to this call.
    let (context, task) = unsafe { (&mut *env.context.cast::<Context<'_>>(), &*env.task) };
    Some(call(context, task))
}

extern "C" fn new(header: u64) -> u32 {
    let made = with(|cx, _| cx.buffer.nulls(&cx.store.heap, Header::from_bits(header)));
    made.flatten().unwrap_or(0)
}

fn point(cx: &Context<'_>, op: u32, regs: usize, frames: usize, base: u64) -> Point {
    let pc = cx.program.code.address(op);
    Point { pc, regs: regs as *mut u64, frames: frames as *mut *const Op, base, polls: cx.polls }
}

extern "C" fn operation(op: u32, regs: usize, frames: usize, base: u64) -> u32 {
    let done = with(|cx, task| {
        let point = point(cx, op, regs, frames, base);
        let (polls, total) = (cx.polls, cx.total);
        cx.in_compiled = true;
        let done = perform(cx, task, &point);
        cx.in_compiled = false;
        (cx.polls, cx.total) = (polls, total);
        done
    });
    u32::from(done != Some(true))
}

/// Whether it could be done.
fn perform(cx: &mut Context<'_>, task: &Task, point: &Point) -> bool {
    // SAFETY: the operation's registers exist in the frame.
    let get = |register: u16| unsafe { point.register(register.into()) };
    let op = &cx.program.code.ops()[point.op(cx) as usize];
    let done = match *op {
        Op::Js { with, shape, a, b, c, .. } => {
            slow::js(cx, task, point, with, shape, [get(a), get(b), get(c)])
        }
        Op::JsRem { a, b, .. } => {
            let operands = [get(a), get(b), get(b)];
            slow::js(cx, task, point, JsOperator::Rem, 0, operands)
        }
        Op::JsRemInt { a, value, .. } => {
            let (a, b) = (get(a), Value::int(value));
            slow::js(cx, task, point, JsOperator::Rem, 0, [a, b, b])
        }
        Op::Div { a, b, .. } => operate(Operator::Div, get(a), get(b)).map_err(|_| Exit::Preempted),
        Op::Rem { a, b, .. } => operate(Operator::Rem, get(a), get(b)).map_err(|_| Exit::Preempted),
        Op::Neg { a, .. } => match get(a) {
            x if x.is_int() => Ok(Value::int(x.low_int().wrapping_neg())),
            x if x.is_float() => Ok(Value::computed(-x.as_float())),
            _ => return false,
        },
        Op::ToInt { a, .. } => match get(a) {
            x if x.is_float() => Ok(Value::int(truncate(x.as_float()))),
            x if x.is_int() => Ok(x),
            _ => return false,
        },
        Op::ToFloat { a, .. } => match get(a) {
            x if x.is_int() => Ok(Value::computed(x.low_int().into())),
            x if x.is_float() => Ok(x),
            _ => return false,
        },
        Op::NewArray { a, .. } => slow::new_array(cx, task, point, get(a)),
        Op::Len { a, .. } => slow::len(cx, task, point, get(a)),
        Op::ToStr { a, .. } => slow::to_str(cx, task, point, get(a)),
        Op::Concat { a, b, .. } => slow::concat(cx, task, point, get(a), get(b)),
        _ => return false,
    };
    let (Ok(value), Some(dst)) = (&done, { *op }.destination_mut().copied()) else { return false };
    // SAFETY: as above.
    unsafe { *point.regs.add(usize::from(dst)) = value.bits() };
    true
}

extern "C" fn compare(op: u32, with_: u32, a: u64, b: u64, base: u64) -> u32 {
    let comparison = Comparison::of_number(with_);
    let holds = with(|cx, task| {
        let point = point(cx, op, 0, 0, base);
        slow::compare(cx, task, &point, comparison, Value::from_bits(a), Value::from_bits(b))
    });
    holds.flatten().map_or(2, u32::from)
}

extern "C" fn lower_bits(number: f64) -> i32 {
    to_int(number)
}

extern "C" fn longest(op: u32, length: u64) {
    with(|cx, _| {
        slow::longest_path(cx, &point(cx, op, 0, 0, 0), length);
        cx.instance.set_longest(length);
    });
}

extern "C" fn unpolled(op: u32, count: u64) {
    with(|cx, task| {
        cx.take_turn();
        let again = match cx.workers.profile {
            true => cx.is_awaited_again::<true>(count, op),
            false => cx.is_awaited_again::<false>(count, op),
        };
        if !again {
            let kind = match cx.program.code.ops()[op as usize] {
                Op::CallUnpolled { .. } => LocationKind::Call,
                _ => LocationKind::Unpolled,
            };
            let Count { ends, .. } = cx.program.code.counts()[op as usize];
            let base = count.wrapping_sub(ends.into());
            slow::unpolled(cx, task, &point(cx, op, 0, 0, base), kind);
        }
    });
}

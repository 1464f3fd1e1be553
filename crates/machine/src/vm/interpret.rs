//! The interpreter's loop.
//!
//! # Why the unchecked accesses are sound
//! - **Code**: `pc` starts at an operation of the machine's code and only moves to the next
//!   operation, along jumps, which the translator computed inside the same code, or behind the
//!   operations that a scan, a call's sum, an exchange or a loop's turns stand before, which the translator emits with
//!   it and which are read only if they are those; the verifier saw that no path falls off a function's end, and the
//!   translator ends every path with an operation that jumps or leaves.
//! - **Registers**: an operation names registers below its function's locals plus greatest stack height,
//!   which the verifier computed. So many exist behind the window of *every* frame of a task:
//!   [`TaskBody::new`] makes them for the first frame, [`call!`] for each further one before the function
//!   begins, and for all frames of a restored task [`image::stack`](super::image::stack) says how many
//!   [`TaskBody::restored`] makes. Stacks only grow, and a change of form or a debugger's step changes no
//!   window.
//! - **Frames**: calls push, returns pop; the verifier gives each function exactly its own way out,
//!   and the lowest frame returns to an operation that leaves the loop.
//! - **Heap**: references in registers, globals and fields were made by the machine and are roots or
//!   reachable, so they lead to the header of a live object; payload words are only accessed after
//!   the header has said that the object has them.
//! - **Constants and globals**: indices were checked by the verifier.
//! - **Counters**: there is a count for each operation, and while profiling a counter for each poll site, by
//!   its id plus one.
//!
//! The current values of `pc`, `regs`, `frames` and the counts are locals. Before another thread may look at
//! the task, a slow path saves them ([`Point::save`]).

use super::arithmetic::{Failure, Operator, number, operate, truncate};
use super::code::Count;
use super::context::Context;
use super::js::{JsOperator, computed};
use super::list::{ITEMS, LENGTH};
use super::loops;
use super::op::{Comparison, Explicit, Op, order};
use super::point::{Exit, Point};
use super::slow;
use super::store::OVER;
use super::task::Task;
#[cfg(doc)]
use super::task::TaskBody;
use crate::heap::{Header, Heap, ObjectKind, Value, header_at};
use crate::vm::location::LocationKind;
use safepoint::sync::AtomicU64;

/// Whether polls are compiled in. Without them nothing can be stopped: the feature `without-polls`
/// builds what they are measured against.
pub(super) const POLLS: bool = cfg!(not(feature = "without-polls"));

/// What the signal will not have counted to.
const SOON: u32 = 1 << 31;

/// A product of two integers as JavaScript has it; `None` if it is -0 or leaves 32 bits.
#[inline(always)]
fn product(x: i32, y: i32) -> Option<i32> {
    x.checked_mul(y).filter(|&product| product != 0 || x | y >= 0)
}

/// A remainder of two integers as JavaScript has it; `None` if it is -0 or not-a-number.
#[inline(always)]
fn remainder(x: i32, y: i32) -> Option<i32> {
    x.checked_rem(y).filter(|&rest| rest != 0 || x >= 0)
}

/// Runs a task until it ends, waits, is preempted, or the machine is over.
///
/// `PROFILE`: count the polls of each site, and measure the paths between them.
#[cfg_attr(all(target_arch = "wasm32", target_feature = "atomics"), optimize(speed))]
pub(super) fn run<const PROFILE: bool>(cx: &mut Context<'_>, task: &Task) -> Exit {
    let (program, store, debugger) = (cx.program, cx.store, cx.debugger);
    let heap: &Heap = &store.heap;
    let (words, access) = (heap.start(), heap.access());
    let poll_word = cx.poll_word();
    let ops = program.code.ops().as_ptr();
    let counts = program.code.counts().as_ptr();
    debug_assert!(!PROFILE || !cx.hits.is_empty(), "no counters to profile with");
    let hits = cx.hits.as_ptr();
    let constants = program.constants.as_ptr();
    let globals = store.globals.as_ptr();

    // The signal differs at once where the program is over already, and where compiled code was left a moment ago.
    let signal = (store.signal() & !OVER) ^ if std::mem::take(&mut cx.soon) { SOON } else { 0 };

    let mut registers_end: usize;
    let mut frames_end: *mut *const Op;
    let mut pc: *const Op;
    let mut regs: *mut u64;
    let mut frames: *mut *const Op;
    let mut base: u64;
    let mut polls = cx.polls;
    // The operation at work; `pc` is already the one behind it.
    let mut here: *const Op;

    /// Reads the stacks' places anew.
    macro_rules! reload {
        () => {{
            // SAFETY: this worker runs the task, so no other thread touches its body, and the reference does
            // not outlive this block; window and depth are inside the stacks.
            unsafe {
                let body = &*task.body();
                let registers = body.registers.as_ptr().cast::<u64>().cast_mut();
                registers_end = registers.add(body.registers.len()) as usize;
                regs = registers.add(body.window as usize);
                let all = body.frames.as_ptr().cast::<*const Op>().cast_mut();
                frames_end = all.add(body.frames.len());
                frames = all.add(body.depth as usize);
            }
        }};
    }
    reload!();
    // SAFETY: as above; `pc` is an operation of the machine's code.
    unsafe {
        let body = &mut *task.body();
        body.moved = false;
        pc = ops.add(body.pc as usize);
        base = cx.total.wrapping_sub(body.visible as u64);
    }

    // The SAFETY comments below name the paragraph of the module's argument.
    macro_rules! get {
        ($reg:expr) => {
            // SAFETY: registers.
            Value::from_bits(unsafe { *regs.add($reg as usize) })
        };
    }
    macro_rules! set {
        ($reg:expr, $value:expr) => {{
            let value: Value = $value;
            // SAFETY: registers.
            unsafe { *regs.add($reg as usize) = value.bits() }
        }};
    }
    // One place for all, which makes the loop smaller.
    let mut place;
    macro_rules! point {
        () => {
            point!(here)
        };
        ($pc:expr) => {{
            place = Point { pc: $pc, regs, frames, base, polls };
            &place
        }};
    }
    macro_rules! trap_operands {
        ($failure:expr, $a:expr, $b:expr) => {
            return slow::trap_operands(cx, task, point!(), $failure, $a, $b)
        };
    }
    /// Counts the poll of the operation at work, and the instructions since the one before: the length of the
    /// path that ends with it.
    macro_rules! count {
        () => {
            if PROFILE {
                polls = polls.wrapping_add(1);
                // SAFETY: code and counters.
                let (hits, ends) = unsafe {
                    let Count { slot, ends } = *counts.add(here.offset_from(ops) as usize);
                    (&*hits.add(slot as usize), ends)
                };
                hits.count();
                let length = cx.measured.end(base.wrapping_add(ends as u64));
                if cx.measured.exceeds(length) {
                    slow::longest_path(cx, point!(), length);
                }
                length
            } else {
                0
            }
        };
    }
    /// The poll before an instruction.
    macro_rules! poll {
        ($kind:ident) => {{
            if POLLS {
                let length = count!();
                if poll_word.is_armed() {
                    cx.measured.stops(length);
                    if let Some(exit) = slow::poll(cx, task, point!(), LocationKind::$kind) {
                        return exit;
                    }
                }
            }
        }};
    }
    /// Takes a back-edge and polls.
    macro_rules! back {
        ($to:expr) => {{
            let length = if POLLS { count!() } else { 0 };
            base = base.wrapping_add($to.adjust as u64);
            // SAFETY: code.
            pc = unsafe { here.offset($to.delta as isize) };
            if POLLS && poll_word.is_armed() {
                cx.measured.stops(length);
                return slow::poll_back_edge(cx, task, point!(pc), here, $to.adjust.into());
            }
            continue;
        }};
    }
    /// Takes a back-edge that polls every n-th time.
    macro_rules! back_every {
        ($every:expr, $to:expr) => {{
            if slow::countdown(task, $every) {
                back!($to)
            }
            jump!($to)
        }};
    }
    /// What stands where the policy has no poll, and costs as much: a requester that waits for this worker can
    /// name the place. Whether the loop is to be left.
    macro_rules! unpolled {
        ($kind:ident) => {{
            // SAFETY: code and counters.
            let (index, Count { ends, .. }) = unsafe {
                let index = here.offset_from(ops) as usize;
                (index, *counts.add(index))
            };
            let count = base.wrapping_add(ends as u64);
            if poll_word.is_requested() {
                if !cx.is_awaited_again::<PROFILE>(count, index as u32) {
                    slow::unpolled(cx, task, point!(), LocationKind::$kind);
                }
            } else if PROFILE {
                cx.turn(count);
            }
            store.signal() != signal
        }};
    }
    /// Takes a back-edge that does not poll.
    macro_rules! back_unpolled {
        ($to:expr) => {{
            if unpolled!(Unpolled) {
                base = base.wrapping_add($to.adjust as u64);
                // SAFETY: code.
                pc = unsafe { here.offset($to.delta as isize) };
                let adjust = $to.adjust.into();
                return slow::called_back_at_back_edge(cx, task, point!(pc), here, adjust);
            }
            jump!($to)
        }};
    }
    macro_rules! jump {
        ($to:expr) => {{
            base = base.wrapping_add($to.adjust as u64);
            // SAFETY: code.
            pc = unsafe { here.offset($to.delta as isize) };
            continue;
        }};
    }
    macro_rules! arithmetic {
        ($operator:ident, $method:ident, $sign:tt, $dst:expr, $x:expr, $y:expr) => {{
            let (x, y): (Value, Value) = ($x, $y);
            if x.both_int(y) {
                set!($dst, Value::int(x.low_int().$method(y.low_int())));
            } else if x.is_float() && y.is_float() {
                set!($dst, Value::computed(x.as_float() $sign y.as_float()));
            } else {
                match operate(Operator::$operator, x, y) {
                    Ok(value) => set!($dst, value),
                    Err(failure) => trap_operands!(failure, x, y),
                }
            }
            continue
        }};
    }
    /// An operator over numbers as JavaScript has it. `ints`: its result over two integers, if that is one.
    macro_rules! js_numbers {
        ($operator:ident, $sign:tt, $dst:expr, $x:expr, $y:expr, $ints:expr) => {{
            let (x, y): (Value, Value) = ($x, $y);
            if x.both_int(y) {
                if let Some(int) = $ints(x.low_int(), y.low_int()) {
                    set!($dst, Value::int(int));
                    continue;
                }
            } else if x.is_float() && y.is_float() {
                set!($dst, computed(x.as_float() $sign y.as_float()));
                continue;
            } else if let (Some(x), Some(y)) = (number(x), number(y)) {
                set!($dst, computed(x $sign y));
                continue;
            }
            produce!($dst, slow::js(cx, task, point!(), JsOperator::$operator, 0, [x, y, y]))
        }};
    }
    macro_rules! divide {
        ($operator:ident, $method:ident, $dst:expr, $x:expr, $y:expr) => {{
            let (x, y): (Value, Value) = ($x, $y);
            if x.both_int(y) && y.low_int() != 0 {
                set!($dst, Value::int(x.low_int().$method(y.low_int())));
            } else {
                match operate(Operator::$operator, x, y) {
                    Ok(value) => set!($dst, value),
                    Err(failure) => trap_operands!(failure, x, y),
                }
            }
            continue;
        }};
    }
    macro_rules! bits {
        ($dst:expr, $x:expr, $y:expr, $result:expr) => {{
            let (x, y): (Value, Value) = ($x, $y);
            if !x.both_int(y) {
                trap_operands!(Failure::Kinds, x, y);
            }
            set!($dst, Value::int($result(x.low_int(), y.low_int())));
            continue;
        }};
    }
    /// Whether a comparison holds.
    macro_rules! holds {
        ($with:expr, $x:expr, $y:expr) => {{
            let (x, y): (Value, Value) = ($x, $y);
            if x.both_int(y) {
                $with.ints(x.low_int(), y.low_int())
            } else if x.is_float() && y.is_float() {
                $with.floats(x.as_float(), y.as_float())
            } else {
                match slow::compare(cx, task, point!(), $with, x, y) {
                    Some(holds) => holds,
                    None => trap_operands!(Failure::Kinds, x, y),
                }
            }
        }};
    }
    macro_rules! branch {
        ($with:ident, $x:expr, $y:expr, $to:expr, $take:ident) => {{
            if holds!(Comparison::$with, $x, $y) {
                $take!($to)
            }
            continue;
        }};
    }
    /// Takes a back-edge that polls every n-th time; 0: never.
    macro_rules! turn {
        ($every:expr, $to:expr) => {{
            match $every {
                0 => back_unpolled!($to),
                1 => back!($to),
                every => back_every!(every, $to),
            }
        }};
    }
    /// A counter's next value, if it is an integer below the limit.
    macro_rules! stepped {
        ($a:expr, $step:expr, $limit:expr) => {{
            let (x, limit): (Value, Value) = (get!($a), $limit);
            if x.both_int(limit) {
                x.low_int().checked_add($step).filter(|&next| next < limit.low_int())
            } else {
                None
            }
        }};
    }
    /// Makes turns of the loop that begins here and needs no other operation.
    macro_rules! stay {
        () => {{
            place = Point { pc: here, regs, frames, base, polls };
            if let Err(exit) = loops::stay(cx, task, &mut place) {
                return exit;
            }
            (pc, base, polls) = (place.pc, place.base, place.polls);
            continue;
        }};
    }
    /// A turn if `$step` is made. A loop of this operation alone stays in it.
    macro_rules! turns {
        ($every:expr, $to:expr, $step:expr) => {{
            if $every == 1 && $to.delta == 0 {
                stay!()
            }
            if $step {
                turn!($every, $to)
            }
            continue;
        }};
    }
    /// Steps a counter, and whether it did.
    macro_rules! steps {
        ($a:expr, $step:expr, $limit:expr) => {
            match stepped!($a, $step, $limit) {
                Some(next) => {
                    set!($a, Value::int(next));
                    true
                }
                None => false,
            }
        };
    }
    /// The same after the addition of `$term` to `$sum`.
    macro_rules! sums {
        ($step:expr, $sum:expr, $term:expr, $a:expr, $limit:expr) => {
            'step: {
                let Some(next) = stepped!($a, i32::from($step), $limit) else { break 'step false };
                let (x, y) = (get!($sum), get!($term));
                let sum = if x.both_int(y) {
                    match x.low_int().checked_add(y.low_int()) {
                        Some(sum) => Value::int(sum),
                        None => break 'step false,
                    }
                } else if x.is_float() && y.is_float() {
                    computed(x.as_float() + y.as_float())
                } else {
                    break 'step false;
                };
                set!($sum, sum);
                set!($a, Value::int(next));
                true
            }
        };
    }
    macro_rules! branch_if {
        ($on:expr, $a:expr, $to:expr, $take:ident) => {{
            let value = get!($a);
            if value == Value::bool($on) {
                $take!($to)
            }
            if value != Value::bool(!$on) {
                return slow::trap_operand(cx, task, point!(), "a bool", value);
            }
            continue;
        }};
    }
    macro_rules! call {
        ($window:expr, $need:expr, $to:expr) => {{
            // SAFETY: registers: the window begins inside the caller's.
            let mut callee = unsafe { regs.add($window as usize) };
            let end = callee as usize + $need as usize * size_of::<u64>();
            if end > registers_end || frames == frames_end {
                if let Some(exit) = slow::grow(cx, task, point!(), $window, $need) {
                    return exit;
                }
                reload!();
                // SAFETY: as above.
                callee = unsafe { regs.add($window as usize) };
            }
            // SAFETY: frames: there is room for one more.
            unsafe {
                *frames = pc;
                frames = frames.add(1);
            }
            regs = callee;
            jump!($to)
        }};
    }
    macro_rules! ret {
        ($value:expr, $adjust:expr) => {{
            set!(0, $value);
            // SAFETY: frames: each call is left once.
            unsafe {
                frames = frames.sub(1);
                pc = *frames;
                let (window, to) = match *pc.sub(1) {
                    Op::Call { window, to, .. } | Op::CallUnpolled { window, to, .. } => {
                        (window, to)
                    }
                    // A return address always stands behind a call.
                    _ => std::hint::unreachable_unchecked(),
                };
                regs = regs.sub(window as usize);
                base = base.wrapping_add($adjust as u64).wrapping_sub(to.adjust as u64);
            }
            continue;
        }};
    }
    /// The word at an index of the heap.
    macro_rules! word {
        ($index:expr) => {{
            // SAFETY: heap.
            let word: &AtomicU64 = unsafe { &*words.add($index as usize) };
            word
        }};
    }
    /// Array and length of a list, if it is of the shape.
    macro_rules! parts {
        ($list:expr, $shape:expr) => {{
            let list: Value = $list;
            let at = list.low_word() as usize;
            let is_list = list.is_reference()
                && header_at(word!(at)).tag() == Header::new(ObjectKind::Object, $shape, 0).tag();
            // The verifier saw that objects of this shape have two fields.
            is_list.then(|| {
                let items = access.load(word!(at + ITEMS as usize));
                (items, access.load(word!(at + LENGTH as usize)))
            })
        }};
    }
    /// The heap's index of an element of a list, if the list has it.
    macro_rules! element {
        ($list:expr, $index:expr, $shape:expr) => {
            'found: {
                let index: Value = $index;
                let Some((items, length)) = parts!($list, $shape) else { break 'found None };
                // Integers have the largest bits of all values, and negative ones the largest of these: what is no
                // integer is below any index, and a negative index above any length. Assembler may write a
                // negative length.
                if !index.is_int()
                    || !items.is_reference()
                    || index.bits() >= length.bits()
                    || length.low_int() < 0
                {
                    break 'found None;
                }
                let at = items.low_word() as usize;
                let header = header_at(word!(at));
                let index = index.low_int() as u32;
                let inside = index < header.length() && header.kind() == ObjectKind::Array;
                inside.then_some(at + 1 + index as usize)
            }
        };
    }
    /// The heap's index of a list's first element, and how many elements it has.
    macro_rules! elements {
        ($list:expr, $shape:expr) => {
            'found: {
                let Some((items, length)) = parts!($list, $shape) else { break 'found None };
                let at = items.low_word() as usize;
                if !items.is_reference() || !length.is_int() || length.low_int() < 0 {
                    break 'found None;
                }
                let header = header_at(word!(at));
                let count = header.length().min(length.low_int() as u32);
                (header.kind() == ObjectKind::Array).then_some((at + 1, count))
            }
        };
    }
    /// Runs an out-of-line operation and stores its result.
    macro_rules! produce {
        ($dst:expr, $result:expr) => {
            match $result {
                Ok(value) => {
                    set!($dst, value);
                    continue;
                }
                Err(exit) => return exit,
            }
        };
    }
    /// Runs an out-of-line operation without a result.
    macro_rules! effect {
        ($result:expr) => {
            match $result {
                Ok(()) => continue,
                Err(exit) => return exit,
            }
        };
    }

    loop {
        here = pc;
        // SAFETY: code: behind every operation there is another one, or `pc` does not get there.
        pc = unsafe { pc.add(1) };
        // SAFETY: code. A reference, so that each arm reads the fields it needs and no others.
        let op: &Op = unsafe { &*here };
        match *op {
            Op::Check { number } => {
                if (debugger.is_due(number) || cx.is_stepper())
                    && let Some(exit) = slow::check(cx, task, point!(pc), here)
                {
                    return exit;
                }
                continue;
            }
            Op::Enter { from, to } => {
                for local in from..to {
                    set!(local, Value::NULL);
                }
                continue;
            }
            Op::Move { dst, a } => {
                set!(dst, get!(a));
                continue;
            }
            Op::Swap { a, b } => {
                let (x, y) = (get!(a), get!(b));
                set!(a, y);
                set!(b, x);
                continue;
            }
            Op::Int { dst, value } => {
                set!(dst, Value::int(value));
                continue;
            }
            Op::Const { dst, index } => {
                // SAFETY: constants and globals.
                let value = unsafe { *constants.add(index as usize) };
                set!(dst, value);
                continue;
            }
            // Globals publish references as fields do.
            Op::GlobalLoad { dst, index } => {
                // SAFETY: constants and globals.
                let global: &AtomicU64 = unsafe { &*globals.add(index as usize) };
                set!(dst, access.load(global));
                continue;
            }
            Op::GlobalStore { index, a } => {
                // SAFETY: constants and globals.
                let global: &AtomicU64 = unsafe { &*globals.add(index as usize) };
                access.store(global, get!(a));
                continue;
            }

            Op::Add { dst, a, b } => arithmetic!(Add, wrapping_add, +, dst, get!(a), get!(b)),
            Op::Sub { dst, a, b } => arithmetic!(Sub, wrapping_sub, -, dst, get!(a), get!(b)),
            Op::Mul { dst, a, b } => arithmetic!(Mul, wrapping_mul, *, dst, get!(a), get!(b)),
            Op::AddInt { dst, a, value } => {
                arithmetic!(Add, wrapping_add, +, dst, get!(a), Value::int(value))
            }
            Op::SubInt { dst, a, value } => {
                arithmetic!(Sub, wrapping_sub, -, dst, get!(a), Value::int(value))
            }
            Op::MulInt { dst, a, value } => {
                arithmetic!(Mul, wrapping_mul, *, dst, get!(a), Value::int(value))
            }
            Op::Div { dst, a, b } => divide!(Div, wrapping_div, dst, get!(a), get!(b)),
            Op::Rem { dst, a, b } => divide!(Rem, wrapping_rem, dst, get!(a), get!(b)),
            Op::DivInt { dst, a, value } => {
                divide!(Div, wrapping_div, dst, get!(a), Value::int(value))
            }
            Op::RemInt { dst, a, value } => {
                divide!(Rem, wrapping_rem, dst, get!(a), Value::int(value))
            }
            Op::And { dst, a, b } => bits!(dst, get!(a), get!(b), |x, y| x & y),
            Op::Or { dst, a, b } => bits!(dst, get!(a), get!(b), |x, y| x | y),
            Op::Xor { dst, a, b } => bits!(dst, get!(a), get!(b), |x, y| x ^ y),
            Op::Shl { dst, a, b } => {
                bits!(dst, get!(a), get!(b), |x: i32, y: i32| x.wrapping_shl(y as u32))
            }
            Op::Shr { dst, a, b } => {
                bits!(dst, get!(a), get!(b), |x: i32, y: i32| x.wrapping_shr(y as u32))
            }
            Op::AndInt { dst, a, value } => bits!(dst, get!(a), Value::int(value), |x, y| x & y),
            Op::ShlInt { dst, a, value } => {
                bits!(dst, get!(a), Value::int(value), |x: i32, y: i32| x.wrapping_shl(y as u32))
            }
            Op::ShrInt { dst, a, value } => {
                bits!(dst, get!(a), Value::int(value), |x: i32, y: i32| x.wrapping_shr(y as u32))
            }
            Op::Neg { dst, a } => {
                let x = get!(a);
                if x.is_int() {
                    set!(dst, Value::int(x.low_int().wrapping_neg()));
                } else if x.is_float() {
                    set!(dst, Value::computed(-x.as_float()));
                } else {
                    return slow::trap_operand(cx, task, point!(), "a number", x);
                }
                continue;
            }
            Op::Not { dst, a } => {
                let x = get!(a);
                if x != Value::TRUE && x != Value::FALSE {
                    return slow::trap_operand(cx, task, point!(), "a bool", x);
                }
                set!(dst, Value::bool(x == Value::FALSE));
                continue;
            }
            Op::ToInt { dst, a } => {
                let x = get!(a);
                if x.is_float() {
                    set!(dst, Value::int(truncate(x.as_float())));
                } else if x.is_int() {
                    set!(dst, x);
                } else {
                    return slow::trap_operand(cx, task, point!(), "a number", x);
                }
                continue;
            }
            Op::ToFloat { dst, a } => {
                let x = get!(a);
                if x.is_int() {
                    set!(dst, Value::computed(x.low_int() as f64));
                } else if x.is_float() {
                    set!(dst, x);
                } else {
                    return slow::trap_operand(cx, task, point!(), "a number", x);
                }
                continue;
            }
            Op::Compare { with, dst, a, b } => {
                let holds = holds!(with, get!(a), get!(b));
                set!(dst, Value::bool(holds));
                continue;
            }

            Op::JsAdd { dst, a, b } => {
                js_numbers!(Add, +, dst, get!(a), get!(b), i32::checked_add)
            }
            Op::JsAddInt { dst, a, value } => {
                js_numbers!(Add, +, dst, get!(a), Value::int(value), i32::checked_add)
            }
            Op::JsSub { dst, a, b } => {
                js_numbers!(Sub, -, dst, get!(a), get!(b), i32::checked_sub)
            }
            Op::JsMul { dst, a, b } => js_numbers!(Mul, *, dst, get!(a), get!(b), product),
            Op::JsMulInt { dst, a, value } => {
                js_numbers!(Mul, *, dst, get!(a), Value::int(value), product)
            }
            Op::JsDiv { dst, a, b } => js_numbers!(Div, /, dst, get!(a), get!(b), |_, _| None),
            Op::JsRem { dst, a, b } => js_numbers!(Rem, %, dst, get!(a), get!(b), remainder),
            Op::JsRemInt { dst, a, value } => {
                js_numbers!(Rem, %, dst, get!(a), Value::int(value), remainder)
            }
            Op::JsInt { dst, a } => {
                let x = get!(a);
                if x.is_int() {
                    set!(dst, x);
                    continue;
                }
                produce!(dst, slow::js(cx, task, point!(), JsOperator::Int, 0, [x, x, x]))
            }
            Op::JsFloor { dst, a } => {
                let x = get!(a);
                if x.is_int() {
                    set!(dst, x);
                    continue;
                }
                produce!(dst, slow::js(cx, task, point!(), JsOperator::Floor, 0, [x, x, x]))
            }
            Op::ListGet { shape, dst, a, b } => {
                let (list, index) = (get!(a), get!(b));
                if let Some(at) = element!(list, index, shape) {
                    set!(dst, access.load(word!(at)));
                    continue;
                }
                let operands = [list, index, index];
                produce!(dst, slow::js(cx, task, point!(), JsOperator::ListGet, shape, operands))
            }
            Op::ListSet { shape, a, b, c } => {
                let (list, index) = (get!(a), get!(b));
                if let Some(at) = element!(list, index, shape) {
                    access.store(word!(at), get!(c));
                    continue;
                }
                let operands = [list, index, get!(c)];
                match slow::js(cx, task, point!(), JsOperator::ListSet, shape, operands) {
                    Ok(_) => continue,
                    Err(exit) => return exit,
                }
            }
            Op::ListSwap => {
                // SAFETY: code: the four operations that the translator emits behind it.
                let (one, other) = unsafe { (*pc, *pc.add(1)) };
                if let Op::ListGet { shape, dst: x, a: list, b: i } = one
                    && let Op::ListGet { dst: y, b: j, .. } = other
                    && get!(i).both_int(get!(j))
                    && let Some((start, count)) = elements!(get!(list), shape)
                {
                    let (i, j) = (get!(i).low_int() as u32, get!(j).low_int() as u32);
                    if i.max(j) < count {
                        let (i, j) = (word!(start + i as usize), word!(start + j as usize));
                        let (one, other) = (access.load(i), access.load(j));
                        set!(x, one);
                        set!(y, other);
                        access.store(i, other);
                        access.store(j, one);
                        // SAFETY: as above.
                        pc = unsafe { pc.add(4) };
                    }
                }
                continue;
            }
            Op::Js { with, poll, shape, dst, a, b, c } => {
                if poll {
                    poll!(Allocation);
                }
                let x = get!(a);
                // What needs nobody else: a string is its own text, a list has room, a bool is one.
                match with {
                    JsOperator::Text
                        if x.is_reference()
                            && header_at(word!(x.low_word())).kind() == ObjectKind::String =>
                    {
                        set!(dst, x);
                        continue;
                    }
                    JsOperator::ListPush => {
                        if let Some((items, length)) = parts!(x, shape)
                            && items.is_reference()
                            && length.is_int()
                        {
                            let (at, index) = (items.low_word() as usize, length.low_int() as u32);
                            let header = header_at(word!(at));
                            // What is negative is larger.
                            if header.kind() == ObjectKind::Array && index < header.length() {
                                access.store(word!(at + 1 + index as usize), get!(b));
                                let length = Value::int(index as i32 + 1);
                                access.store(word!(x.low_word() + LENGTH), length);
                                set!(dst, length);
                                continue;
                            }
                        }
                    }
                    JsOperator::True if x == Value::TRUE || x == Value::FALSE => {
                        set!(dst, x);
                        continue;
                    }
                    _ => {}
                }
                let operands = [x, get!(b), get!(c)];
                produce!(dst, slow::js(cx, task, point!(), with, shape, operands))
            }

            Op::Jump { to } => jump!(to),
            Op::Back { to } => back!(to),
            Op::BackEvery { every, to } => back_every!(every, to),
            Op::BackUnpolled { to } => back_unpolled!(to),
            Op::If { a, to } => branch_if!(true, a, to, jump),
            Op::IfNot { a, to } => branch_if!(false, a, to, jump),
            Op::Turn { step, a, every, to, .. } | Op::TurnInt { step, a, every, to, .. } => {
                let limit = match *op {
                    Op::Turn { b, .. } => get!(b),
                    Op::TurnInt { value, .. } => Value::int(value),
                    _ => Value::NULL,
                };
                turns!(every, to, steps!(a, i32::from(step), limit))
            }
            Op::TurnBy { by, a, b, every, to } => {
                let by = get!(by);
                if by.is_int() && steps!(a, by.low_int(), get!(b)) {
                    turn!(every, to)
                }
                continue;
            }
            Op::SumTurn { step, sum, term, a, every, to, .. }
            | Op::SumTurnConst { step, sum, term, a, every, to, .. } => {
                let limit = match *op {
                    Op::SumTurn { b, .. } => get!(b),
                    // SAFETY: constants and globals.
                    Op::SumTurnConst { index, .. } => unsafe { *constants.add(index as usize) },
                    _ => Value::NULL,
                };
                turns!(every, to, sums!(step, sum, term, a, limit))
            }
            Op::FillTurn => stay!(),
            Op::Scan { .. } | Op::ScanFirst => {
                let first = matches!(*op, Op::ScanFirst);
                let (mut entered, mut scan) = (0, here);
                // SAFETY: code: the jump behind it leads into the loop, and a scan stands before that.
                let jump = unsafe { *pc };
                if let (true, Op::Jump { to }) = (first, jump) {
                    entered = to.adjust;
                    // SAFETY: as above.
                    scan = unsafe { pc.offset(to.delta as isize - 2) };
                }
                // SAFETY: as above.
                let Op::Scan { step, with, shape, a, list, b, adjust } = (unsafe { *scan }) else {
                    continue;
                };
                let (index, limit) = (get!(a), get!(b));
                // What others do to the list meanwhile is seen behind the loop, as if they had done it later. No collection
                // takes its array: that would need a stop.
                let Some((start, count)) = elements!(get!(list), shape) else { continue };
                if !index.is_int() {
                    continue;
                }
                let (step, orders) = (i32::from(step), with.orders());
                let mut index = index.low_int();
                let mut turns: u64 = 0;
                if !first {
                    index = index.wrapping_add(step);
                }
                let armed = loop {
                    // What leaves 32 bits is no index of any list.
                    if index as u32 >= count {
                        break None;
                    }
                    let element = access.load(word!(start + index as u32 as usize));
                    let order = if element.both_int(limit) {
                        order(element.low_int(), limit.low_int())
                    } else if element.is_float() && limit.is_float() {
                        order(element.as_float(), limit.as_float())
                    } else {
                        break None;
                    };
                    if orders >> order & 1 == 0 {
                        break Some(false);
                    }
                    turns += 1;
                    if POLLS && poll_word.is_armed() {
                        break Some(true);
                    }
                    index = index.wrapping_add(step);
                };
                if armed.is_none() {
                    if turns == 0 {
                        continue;
                    }
                    index = index.wrapping_sub(step);
                }
                set!(a, Value::int(index));
                base = base.wrapping_add(entered as u64);
                // SAFETY: code: behind the scan, or behind the three operations that do the same.
                pc = unsafe { scan.add(if armed.is_none() { 1 } else { 4 }) };
                let mut length = 0;
                if turns > 0 && PROFILE && POLLS {
                    place = Point { pc: scan, regs, frames, base, polls };
                    length = slow::turned(cx, &mut place, adjust as u64, turns);
                    (base, polls) = (place.base, place.polls);
                } else {
                    base = base.wrapping_add((adjust as u64).wrapping_mul(turns));
                }
                if armed == Some(true) {
                    cx.measured.stops(length);
                    return slow::poll_back_edge(cx, task, point!(scan), scan, adjust.into());
                }
                continue;
            }
            Op::BackIf { a, to } => branch_if!(true, a, to, back),
            Op::BackIfNot { a, to } => branch_if!(false, a, to, back),

            Op::Lt { a, b, to } => branch!(Lt, get!(a), get!(b), to, jump),
            Op::Le { a, b, to } => branch!(Le, get!(a), get!(b), to, jump),
            Op::Gt { a, b, to } => branch!(Gt, get!(a), get!(b), to, jump),
            Op::Ge { a, b, to } => branch!(Ge, get!(a), get!(b), to, jump),
            Op::Eq { a, b, to } => branch!(Eq, get!(a), get!(b), to, jump),
            Op::Ne { a, b, to } => branch!(Ne, get!(a), get!(b), to, jump),
            Op::NotLt { a, b, to } => branch!(NotLt, get!(a), get!(b), to, jump),
            Op::NotLe { a, b, to } => branch!(NotLe, get!(a), get!(b), to, jump),
            Op::NotGt { a, b, to } => branch!(NotGt, get!(a), get!(b), to, jump),
            Op::NotGe { a, b, to } => branch!(NotGe, get!(a), get!(b), to, jump),
            Op::LtInt { a, value, to } => branch!(Lt, get!(a), Value::int(value), to, jump),
            Op::LeInt { a, value, to } => branch!(Le, get!(a), Value::int(value), to, jump),
            Op::GtInt { a, value, to } => branch!(Gt, get!(a), Value::int(value), to, jump),
            Op::GeInt { a, value, to } => branch!(Ge, get!(a), Value::int(value), to, jump),
            Op::EqInt { a, value, to } => branch!(Eq, get!(a), Value::int(value), to, jump),
            Op::NeInt { a, value, to } => branch!(Ne, get!(a), Value::int(value), to, jump),
            Op::NotLtInt { a, value, to } => branch!(NotLt, get!(a), Value::int(value), to, jump),
            Op::NotLeInt { a, value, to } => branch!(NotLe, get!(a), Value::int(value), to, jump),
            Op::NotGtInt { a, value, to } => branch!(NotGt, get!(a), Value::int(value), to, jump),
            Op::NotGeInt { a, value, to } => branch!(NotGe, get!(a), Value::int(value), to, jump),
            Op::BackLt { a, b, to } => branch!(Lt, get!(a), get!(b), to, back),
            Op::BackLe { a, b, to } => branch!(Le, get!(a), get!(b), to, back),
            Op::BackGt { a, b, to } => branch!(Gt, get!(a), get!(b), to, back),
            Op::BackGe { a, b, to } => branch!(Ge, get!(a), get!(b), to, back),
            Op::BackEq { a, b, to } => branch!(Eq, get!(a), get!(b), to, back),
            Op::BackNe { a, b, to } => branch!(Ne, get!(a), get!(b), to, back),
            Op::BackLtInt { a, value, to } => branch!(Lt, get!(a), Value::int(value), to, back),
            Op::BackLeInt { a, value, to } => branch!(Le, get!(a), Value::int(value), to, back),
            Op::BackGtInt { a, value, to } => branch!(Gt, get!(a), Value::int(value), to, back),
            Op::BackGeInt { a, value, to } => branch!(Ge, get!(a), Value::int(value), to, back),
            Op::BackEqInt { a, value, to } => branch!(Eq, get!(a), Value::int(value), to, back),
            Op::BackNeInt { a, value, to } => branch!(Ne, get!(a), Value::int(value), to, back),

            Op::AddCall => {
                // SAFETY: code: the two operations that the translator emits behind it.
                let (add, call) = unsafe { (*pc, *pc.add(1)) };
                if let (Op::JsAddInt { dst, a, value }, Op::Call { window, need, to }) = (add, call)
                    && get!(a).is_int()
                    && let Some(sum) = get!(a).low_int().checked_add(value)
                {
                    set!(dst, Value::int(sum));
                    // SAFETY: as above.
                    (here, pc) = unsafe { (pc.add(1), pc.add(2)) };
                    poll!(Call);
                    call!(window, need, to)
                }
                continue;
            }
            Op::Call { window, need, to } => {
                poll!(Call);
                call!(window, need, to)
            }
            Op::CallUnpolled { recursive, window, need, to } => {
                // Without a recursion no call is endless.
                if recursive && unpolled!(Call) {
                    return slow::called_back(cx, task, point!());
                }
                call!(window, need, to)
            }
            Op::Ret { a, adjust } => ret!(get!(a), adjust),
            Op::RetConst { index, adjust } => {
                // SAFETY: constants and globals.
                let value = unsafe { *constants.add(index as usize) };
                ret!(value, adjust)
            }
            Op::Halt => {
                point!().save(cx, task, 0);
                return Exit::Finished(get!(0));
            }

            Op::New { poll, dst, shape, fields } => {
                if poll {
                    poll!(Allocation);
                }
                let header = Header::new(ObjectKind::Object, shape, fields as u32);
                match cx.buffer.nulls(heap, header) {
                    Some(object) => set!(dst, Value::reference(object)),
                    None => produce!(dst, slow::nulls(cx, task, point!(), header)),
                }
                continue;
            }
            Op::Get { dst, a, shape, field } => {
                let object = get!(a);
                let at = object.low_word() as usize;
                if object.is_reference()
                    && header_at(word!(at)).tag() == Header::new(ObjectKind::Object, shape, 0).tag()
                {
                    set!(dst, access.load(word!(at + 1 + field as usize)));
                    continue;
                }
                return slow::trap_field(cx, task, point!(), "get", shape, field, object);
            }
            Op::Set { a, b, shape, field } => {
                let object = get!(a);
                let at = object.low_word() as usize;
                if object.is_reference()
                    && header_at(word!(at)).tag() == Header::new(ObjectKind::Object, shape, 0).tag()
                {
                    access.store(word!(at + 1 + field as usize), get!(b));
                    continue;
                }
                return slow::trap_field(cx, task, point!(), "set", shape, field, object);
            }
            Op::NewArray { poll, dst, a } => {
                if poll {
                    poll!(Allocation);
                }
                produce!(dst, slow::new_array(cx, task, point!(), get!(a)))
            }
            Op::ArrayLoad { dst, a, b } => {
                let (array, index) = (get!(a), get!(b));
                let at = array.low_word() as usize;
                if array.is_reference() && index.is_int() {
                    let header = header_at(word!(at));
                    let index = index.low_int() as u32;
                    if header.kind() == ObjectKind::Array && index < header.length() {
                        set!(dst, access.load(word!(at + 1 + index as usize)));
                        continue;
                    }
                }
                return slow::trap_element(cx, task, point!(), "aload", array, index);
            }
            Op::ArrayStore { a, b, c } => {
                let (array, index) = (get!(a), get!(b));
                let at = array.low_word() as usize;
                if array.is_reference() && index.is_int() {
                    let header = header_at(word!(at));
                    let index = index.low_int() as u32;
                    if header.kind() == ObjectKind::Array && index < header.length() {
                        access.store(word!(at + 1 + index as usize), get!(c));
                        continue;
                    }
                }
                return slow::trap_element(cx, task, point!(), "astore", array, index);
            }
            Op::Len { dst, a } => produce!(dst, slow::len(cx, task, point!(), get!(a))),
            Op::ArrayCopy { a, b } => {
                effect!(slow::array_copy(cx, task, point!(), get!(a), get!(b)))
            }
            Op::ArrayFill { a, b } => {
                effect!(slow::array_fill(cx, task, point!(), get!(a), get!(b)))
            }
            Op::ToStr { poll, dst, a } => {
                if poll {
                    poll!(Allocation);
                }
                produce!(dst, slow::to_str(cx, task, point!(), get!(a)))
            }
            Op::Concat { poll, dst, a, b } => {
                if poll {
                    poll!(Allocation);
                }
                produce!(dst, slow::concat(cx, task, point!(), get!(a), get!(b)))
            }
            Op::Spawn { poll, window, function } => {
                if poll {
                    poll!(Allocation);
                }
                produce!(window, slow::spawn(cx, task, point!(), window, function))
            }
            Op::Await { poll, dst, a } => {
                if poll {
                    poll!(Await);
                }
                produce!(dst, slow::await_task(cx, task, point!(), get!(a)))
            }
            Op::Yield => effect!(slow::give_way(cx, task, point!())),
            Op::Sleep { a } => effect!(slow::sleep(cx, task, point!(), get!(a))),
            Op::NewMutex { poll, dst } => {
                if poll {
                    poll!(Allocation);
                }
                produce!(dst, slow::new_mutex(cx, task, point!()))
            }
            Op::Lock { a } => effect!(slow::lock(cx, task, point!(), get!(a))),
            Op::Unlock { a } => effect!(slow::unlock(cx, task, point!(), get!(a))),
            Op::Print { a } => effect!(slow::print(cx, task, point!(), get!(a))),
            Op::Trap { index } => return slow::trap(cx, task, point!(), index),
            Op::Block { a } => effect!(slow::block(cx, task, point!(), get!(a))),
            Op::Stall { a } => effect!(slow::stall(cx, task, point!(), get!(a))),
            Op::Explicit { what, a } => {
                poll!(Explicit);
                if what == Explicit::Poll {
                    continue;
                }
                effect!(slow::explicit(cx, task, point!(), what, get!(a)))
            }
        }
    }
}

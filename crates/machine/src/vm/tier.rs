//! Compiled code as the machine runs it: what is hot, what was compiled, and how a worker enters and leaves it.
//!
//! Workers are sampled: whoever leaves the interpreter's loop at a poll, which the machine's tick makes each of them do,
//! says where it is. What is met often is wanted. Somebody else compiles it ([`Machine::wanted_code`]) and gives the
//! code back ([`Machine::install_code`]); each worker makes an instance of its own at its next poll.
//!
//! Compiled code is entered between two runs of the interpreter, and leaves as the interpreter would have: see
//! [`emit`](super::emit).
//!
//! [`Machine::wanted_code`]: super::Machine::wanted_code
//! [`Machine::install_code`]: super::Machine::install_code

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use super::code::Form;
use super::context::Context;
use super::helpers::{self, Env, Helpers};
use super::js::{JsOperator, computed};
use super::observer::StopKind;
use super::op::Op;
use super::store::OVER;
use super::task::{Task, TaskBody};
use super::translate::registers;
use crate::heap::Value;
use safepoint::sync::{AtomicU32, Mutex, Ordering, lock};

/// Samples at one place after which it is compiled: about 15 ms of work.
const HOT: u32 = 3;
/// Results that leave 32 bits at one operation, after which it is compiled for that.
const WIDE: u32 = 2;
/// For each so many bytes of code, an entry has to be come to once more before all is compiled anew for it.
const PATIENCE_BYTES: u32 = 32 << 10;
/// So often a worker comes back at once after the interpreter did one operation; then it waits for the next tick.
const IMPATIENT: u32 = 1000;

/// What a worker's compiled code and the machine tell each other.
#[derive(Debug, Default)]
#[repr(C)]
pub(super) struct Shared {
    base: Cell<u64>,
    value: Cell<u64>,
    began: Cell<u64>,
    longest: Cell<u64>,
    /// The count behind the last turn without a poll while nobody waited; 0: there was none.
    turned: Cell<u64>,
    registers_end: Cell<u32>,
    frames_end: Cell<u32>,
    place: Cell<u32>,
    regs: Cell<u32>,
    frames: Cell<u32>,
    countdown: Cell<u32>,
    /// Turns without a poll until compiled code looks whether it is called back.
    looks: Cell<u32>,
    /// Loops without polls are called back where the machine's signal is another.
    signal: Cell<u32>,
}

/// Offsets in [`Shared`].
#[cfg(feature = "emitter")]
pub(super) mod cell {
    use super::Shared;
    use std::mem::offset_of;

    pub(in crate::vm) const BASE: u32 = offset_of!(Shared, base) as u32;
    pub(in crate::vm) const VALUE: u32 = offset_of!(Shared, value) as u32;
    pub(in crate::vm) const BEGAN: u32 = offset_of!(Shared, began) as u32;
    pub(in crate::vm) const LONGEST: u32 = offset_of!(Shared, longest) as u32;
    pub(in crate::vm) const TURNED: u32 = offset_of!(Shared, turned) as u32;
    pub(in crate::vm) const REGISTERS_END: u32 = offset_of!(Shared, registers_end) as u32;
    pub(in crate::vm) const FRAMES_END: u32 = offset_of!(Shared, frames_end) as u32;
    pub(in crate::vm) const PLACE: u32 = offset_of!(Shared, place) as u32;
    pub(in crate::vm) const REGS: u32 = offset_of!(Shared, regs) as u32;
    pub(in crate::vm) const FRAMES: u32 = offset_of!(Shared, frames) as u32;
    pub(in crate::vm) const COUNTDOWN: u32 = offset_of!(Shared, countdown) as u32;
    pub(in crate::vm) const SIGNAL: u32 = offset_of!(Shared, signal) as u32;
    pub(in crate::vm) const LOOKS: u32 = offset_of!(Shared, looks) as u32;
}

/// What an instance of compiled code is given, as addresses and as numbers of functions of the engine's table.
#[derive(Debug, Clone, Copy)]
pub struct Imports {
    /// The worker's poll word.
    pub word: usize,
    /// The worker's counters of polls.
    pub hits: usize,
    /// What the worker's compiled code and the machine tell each other.
    pub cell: usize,
    /// Two places at which the worker publishes its count of instructions.
    pub progress: [usize; 2],
    /// The heap's first word.
    pub words: usize,
    /// The globals.
    pub globals: usize,
    /// The table of constants.
    pub constants: usize,
    /// The operations.
    pub ops: usize,
    /// The worker's buffer of the heap.
    pub buffer: usize,
    /// What the worker did since its last poll.
    pub kept: usize,
    /// A word whose lowest bit is set when the program is over, and that changes when loops without polls are called back.
    pub signal: usize,
    /// Functions of the machine.
    pub helpers: Helpers,
}

/// What the first registers of a frame have held wherever compiled code was entered at a place, a bit for each. Code for
/// that place looks once, and is left where it is something else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// Those that held integers.
    pub ints: u64,
    /// Those that held numbers whose form follows from what they are, as the results of JavaScript's operators, and that
    /// were not always integers.
    pub numbers: u64,
}

impl Known {
    fn of(values: impl Iterator<Item = Value>) -> Self {
        let mut known = Self::default();
        for (register, value) in (0..u64::BITS).zip(values) {
            let is_number = value.is_float() && computed(value.as_float()) == value;
            known.ints |= u64::from(value.is_int()) << register;
            known.numbers |= u64::from(is_number) << register;
        }
        known
    }

    fn join(self, other: Self) -> Self {
        let ints = self.ints & other.ints;
        let numbers = (self.ints | self.numbers) & (other.ints | other.numbers);
        Self { ints, numbers: numbers & !ints }
    }
}

/// Makes compiled code callable.
///
/// # Safety
/// What [`install`](Self::install) returns is called as the `enter` of that very module, over this memory.
pub unsafe trait TierHost: Send + Sync {
    /// Makes an instance for the calling thread. Returns the number of its function `enter` in the engine's table.
    ///
    /// # Errors
    /// Why there is none, in words.
    fn install(&self, module: &[u8], imports: &Imports) -> Result<usize, String>;
}

/// What a machine wants compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedCode {
    /// Which machine it is, among all of this process.
    pub machine: u32,
    /// The operations at which compiled code is to be entered.
    pub entries: Vec<u32>,
    /// Those whose results over two integers leave 32 bits.
    pub wide: Vec<u32>,
    /// What registers have held at entries.
    pub known: Vec<(u32, Known)>,
    /// Whether eight aligned bytes are read and written at once.
    pub plain: bool,
    /// Whether polls are counted.
    pub profile: bool,
    /// Why a worker could not use what was compiled last; then nothing more is wanted.
    pub failed: Option<String>,
}

/// Compiled code of a machine.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct CompiledCode {
    /// Which machine it is for.
    pub machine: u32,
    /// A WebAssembly module.
    pub module: Vec<u8>,
    /// The operations at which it can be entered, in the order of their numbers.
    pub entries: Vec<u32>,
    /// The most frames of it on a thread's own stack.
    pub frames: u32,
}

/// What is hot, and what was compiled.
pub(super) struct Tier {
    host: Option<Arc<dyn TierHost>>,
    machine: u32,
    /// How many times code was installed.
    generation: AtomicU32,
    state: Mutex<State>,
}

/// How often something was seen at operations: at a few of all that there are.
#[derive(Default)]
struct Counts(Vec<(u32, u32)>);

impl Counts {
    /// How often it was with these times.
    fn count(&mut self, op: u32, times: u32) -> u32 {
        if let Some((_, seen)) = self.0.iter_mut().find(|(at, _)| *at == op) {
            *seen += times;
            return *seen;
        }
        self.0.push((op, times));
        times
    }
}

#[derive(Default)]
struct State {
    heat: Counts,
    entries: BTreeSet<u32>,
    /// What the registers have held at each place where compiled code was entered, or would have been.
    known: Vec<(u32, Known)>,
    overflows: Counts,
    wide: BTreeSet<u32>,
    /// Something is wanted that was not asked for yet.
    changed: bool,
    code: Arc<CompiledCode>,
    failed: Option<String>,
}

impl Tier {
    pub(super) fn is_on(&self) -> bool {
        self.host.is_some()
    }

    pub(super) fn new(host: Option<Arc<dyn TierHost>>) -> Self {
        static MACHINES: AtomicU32 = AtomicU32::new(0);
        // Relaxed: only that each has its own counts.
        let machine = MACHINES.fetch_add(1, Ordering::Relaxed);
        Self { host, machine, generation: AtomicU32::new(0), state: Mutex::default() }
    }

    /// What is to be compiled, if that has changed since it was asked last.
    pub(super) fn take_wanted(&self, plain: bool, profile: bool) -> Option<WantedCode> {
        let mut state = lock(&self.state);
        std::mem::take(&mut state.changed).then(|| {
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect();
            let (entries, wide) = (list(&state.entries), list(&state.wide));
            let (known, failed) = (state.known.clone(), state.failed.clone());
            WantedCode { machine: self.machine, entries, wide, known, plain, profile, failed }
        })
    }

    /// Has everything compiled that these are the entries of.
    pub(super) fn want(&self, entries: impl Iterator<Item = u32>) {
        let mut state = lock(&self.state);
        state.entries.extend(entries);
        state.changed = true;
    }

    pub(super) fn install(&self, code: CompiledCode) {
        if code.machine != self.machine {
            return;
        }
        lock(&self.state).code = Arc::new(code);
        // Release: whoever sees the generation finds the code, by its lock.
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// A worker could not use what was compiled: everything is interpreted from now on.
    fn fails(&self, why: String) {
        let mut state = lock(&self.state);
        state.failed = Some(why);
        state.changed = true;
    }

    fn sample(&self, op: u32, held: Known) {
        let mut state = lock(&self.state);
        if state.failed.is_some() || state.entries.contains(&op) {
            return;
        }
        state.note(op, held);
        if state.heat.count(op, 1) >= HOT {
            state.entries.insert(op);
            state.changed = true;
        }
    }

    /// Compiled code was entered at an operation with such registers.
    fn entered(&self, op: u32, held: Known) {
        let mut state = lock(&self.state);
        if state.note(op, held) {
            state.changed = true;
        }
    }

    fn overflowed(&self, op: u32) {
        let mut state = lock(&self.state);
        if state.overflows.count(op, 1) >= WIDE && state.wide.insert(op) {
            state.changed = true;
        }
    }
}

impl State {
    /// Whether that changes what is known.
    fn note(&mut self, op: u32, held: Known) -> bool {
        let Some((_, known)) = self.known.iter_mut().find(|(at, _)| *at == op) else {
            self.known.push((op, held));
            return true;
        };
        let before = *known;
        *known = before.join(held);
        *known != before
    }
}

/// A worker's instance of compiled code.
#[derive(Default)]
pub(super) struct Instance {
    generation: u32,
    enter: Option<usize>,
    code: Arc<CompiledCode>,
    shared: Box<Shared>,
    /// How often each operation was left to the interpreter.
    left: RefCell<Counts>,
    /// How often this worker has entered at each operation.
    entered: Counts,
}

/// The function `enter`: the number of an entry, the addresses of registers and of the next frame, the count. 1: the
/// code was left.
type Enter = extern "C" fn(u32, u32, u32, u64) -> u32;

impl Instance {
    /// The longest path so far.
    pub(super) fn set_longest(&self, length: u64) {
        self.shared.longest.set(length);
    }
}

impl Context<'_> {
    /// The task left the interpreter's loop at a poll: notes where.
    pub(super) fn sample(&self, task: &Task) {
        if self.workers.tier.host.is_none() {
            return;
        }
        // SAFETY: this worker has the task and does not run it; the reference does not outlive the statement.
        let pc = unsafe { (*task.body()).pc };
        if self.program.code.form(pc) == Form::Fast && pc > super::code::HALT {
            self.workers.tier.sample(pc, self.held(task, pc));
        }
    }

    /// What the registers of a task's top frame hold; it goes on at an operation.
    fn held(&self, task: &Task, op: u32) -> Known {
        let count = registers(&self.program.module, self.program.code.function(op));
        // SAFETY: this worker has the task and does not run it; the reference does not outlive the function.
        let body = unsafe { &*task.body() };
        let window = body.window as usize..body.window as usize + usize::from(count);
        Known::of(body.registers[window].iter().map(|register| Value::from_bits(register.get())))
    }

    /// Says what the registers hold where compiled code is entered in the middle of a function.
    fn tell_entered(&self, task: &Task, op: u32) {
        let code = &self.program.code;
        if op != code.start(code.function(op), Form::Fast) {
            self.workers.tier.entered(op, self.held(task, op));
        }
    }

    /// Makes an instance of what was compiled meanwhile. The running task is saved. `may_stop`: this is a safepoint.
    fn renew(&mut self, may_stop: bool) {
        let tier = &self.workers.tier;
        let Some(host) = &tier.host else { return };
        let generation = tier.generation.load(Ordering::Acquire);
        if generation == self.instance.generation {
            return;
        }
        self.instance.generation = generation;
        self.instance.code = Arc::clone(&lock(&tier.state).code);
        self.instance.left.get_mut().0.clear();
        self.instance.entered.0.clear();
        let imports = Imports {
            word: self.poll_word().address() as usize,
            hits: self.hits.as_ptr() as usize,
            cell: &raw const *self.instance.shared as usize,
            progress: self.progress_addresses(),
            words: self.store.heap.start() as usize,
            globals: self.store.globals.as_ptr() as usize,
            constants: self.program.constants.as_ptr() as usize,
            ops: self.program.code.ops().as_ptr() as usize,
            buffer: &raw const self.buffer as usize,
            kept: self.kept_address(),
            signal: self.store.signal_address(),
            helpers: helpers::functions(),
        };
        let (host, code) = (Arc::clone(host), Arc::clone(&self.instance.code));
        let mut made = None;
        let mut make = || {
            made = (!code.module.is_empty()).then(|| host.install(&code.module, &imports));
        };
        if may_stop {
            // A pause does not wait for the browser's compiler.
            self.in_safe_region(StopKind::Compiles, make);
        } else {
            make();
        }
        self.instance.enter = match made {
            Some(Ok(enter)) => Some(enter),
            Some(Err(why)) => {
                self.workers.tier.fails(why);
                None
            }
            None => None,
        };
    }

    /// Runs the task in compiled code, as far as that goes. `may_stop`: this is a safepoint. Afterwards the task is
    /// saved where the interpreter goes on.
    pub(super) fn run_compiled(&mut self, task: &Task, may_stop: bool) {
        self.renew(may_stop);
        let Some(enter) = self.instance.enter else { return };
        let ops = self.program.code.ops().as_ptr();
        // SAFETY: this worker has the task and does not run it; the reference does not outlive the statement.
        let at = unsafe { (*task.body()).pc };
        // SAFETY: as above; the reference does not outlive the block.
        let (entry, regs, frames, base) = unsafe {
            let body = &mut *task.body();
            let Ok(entry) = self.instance.code.entries.binary_search(&body.pc) else { return };
            if body.moved || body.halting {
                return;
            }
            let shared = &self.instance.shared;
            let registers = body.registers.as_ptr();
            let all = body.frames.as_ptr();
            let next = all.add(body.depth as usize);
            let depth = body.depth as usize + self.instance.code.frames as usize;
            let most = body.frames.len().min(depth);
            shared.registers_end.set(registers.add(body.registers.len()) as usize as u32);
            shared.frames_end.set(all.add(most) as usize as u32);
            shared.countdown.set(body.countdown);
            let base = self.total.wrapping_sub(body.visible.into());
            (entry, registers.add(body.window as usize) as usize, next as usize, base)
        };
        // It is compiled anew for what registers hold where that is worth it: what is larger takes longer.
        let patience = HOT + self.instance.code.module.len() as u32 / PATIENCE_BYTES;
        if self.instance.entered.count(at, 1) == patience {
            self.tell_entered(task, at);
        }
        let (began, longest) = self.measured.state();
        self.instance.shared.began.set(began);
        self.instance.shared.longest.set(longest);
        let polls = self.counted();
        // Differs at once where the program is over already.
        let signal = self.store.signal() & !OVER;
        self.instance.shared.signal.set(signal);
        let shared = &raw const *self.instance.shared;
        let env = Env::new(self, task);
        // SAFETY: `enter` is the number of a function of this type in the engine's table, which is what a function
        // pointer is in WebAssembly.
        let enter: Enter = unsafe { std::mem::transmute::<usize, Enter>(enter) };
        let left = env.within(|| enter(entry as u32, regs as u32, frames as u32, base));
        // SAFETY: it belongs to this worker, which is not in compiled code any more.
        let shared = unsafe { &*shared };
        self.take_turn();
        self.polls = self.polls.wrapping_add(self.counted().wrapping_sub(polls));
        // SAFETY: as above. Compiled code gave the addresses of its registers and frames in the task's own stacks, and
        // what a frame returns to is an operation behind a call.
        unsafe {
            let body = &mut *task.body();
            body.countdown = shared.countdown.get();
            body.jumped = None;
            let base = if left != 0 {
                let place = shared.place.get();
                let of = |address: u32, start: usize, size: usize| {
                    ((address as usize - start) / size) as u32
                };
                body.pc = place;
                body.window = of(shared.regs.get(), body.registers.as_ptr() as usize, 8);
                body.depth =
                    of(shared.frames.get(), body.frames.as_ptr() as usize, size_of::<*const Op>());
                shared.base.get()
            } else {
                self.returned(body, ops, shared)
            };
            body.visible = self.program.code.at(body.pc);
            self.total = base.wrapping_add(body.visible.into());
        }
        let place = if left != 0 { shared.place.get() } else { at };
        if left != 0 && place == at {
            // Perhaps because a register held something new.
            self.tell_entered(task, at);
        }
        let called = left != 0 && self.store.signal() != signal;
        self.left(task, place, left != 0, called);
    }

    /// The frame that was entered has returned.
    ///
    /// # Safety
    /// As [`run_compiled`](Self::run_compiled) says.
    unsafe fn returned(&self, body: &mut TaskBody, ops: *const Op, shared: &Shared) -> u64 {
        body.registers[body.window as usize].set(Value::from_bits(shared.value.get()).bits());
        body.depth -= 1;
        let back = body.frames[body.depth as usize].get();
        // SAFETY: a return address stands behind a call.
        let (index, call) = unsafe { (back.offset_from(ops) as u32, *back.sub(1)) };
        let (Op::Call { window, to, .. } | Op::CallUnpolled { window, to, .. }) = call else {
            unreachable!("a return address stands behind a call")
        };
        body.pc = index;
        body.window -= u32::from(window);
        shared.base.get().wrapping_sub(to.adjust as u64)
    }

    /// Compiled code has left an operation to the interpreter, or has returned from what was entered there. `called`: it
    /// was called back meanwhile.
    fn left(&mut self, task: &Task, op: u32, before: bool, called: bool) {
        // A call without a poll is called back before it is done, so after one that was left it would come to nothing.
        let calls = matches!(self.program.code.ops()[op as usize], Op::CallUnpolled { .. });
        let again = !(before && calls);
        if called {
            // It goes on with the next turn, also while a stop waits.
            self.soon = again;
        }
        if self.poll_word().is_requested() {
            return;
        }
        let times = self.instance.left.borrow_mut().count(op, u32::from(!called));
        if times <= IMPATIENT {
            // Soon back again: the next poll is taken for that, or the next turn without one.
            if !self.poll_word().is_armed() {
                self.nudge_self();
            }
            self.soon = again;
        }
        if before && self.is_overflow(task, op) {
            self.workers.tier.overflowed(op);
        }
    }

    /// Whether an operation over integers was left because its result is none.
    fn is_overflow(&self, task: &Task, op: u32) -> bool {
        let operands = match self.program.code.ops()[op as usize] {
            Op::JsAdd { a, b, .. } | Op::JsSub { a, b, .. } | Op::JsMul { a, b, .. } => [a, b],
            Op::Js { with: JsOperator::Ushr, a, b, .. } => [a, b],
            Op::JsAddInt { a, .. } | Op::JsMulInt { a, .. } | Op::JsRemInt { a, .. } => [a, a],
            _ => return false,
        };
        // SAFETY: this worker has the task and does not run it; the reference does not outlive the block.
        unsafe {
            let body = &*task.body();
            operands.iter().all(|register| {
                let index = body.window as usize + usize::from(*register);
                let value = Value::from_bits(body.registers[index].get());
                value.is_int() || value.is_float()
            })
        }
    }

    /// The last turn without a poll of compiled code is the worker's.
    pub(super) fn take_turn(&mut self) {
        let shared = &self.instance.shared;
        self.measured.set_state(shared.began.get(), shared.longest.get());
        let count = self.instance.shared.turned.take();
        if count > 0 {
            self.turn(count);
        }
    }

    /// Polls that compiled code and interpreter have counted.
    fn counted(&self) -> u64 {
        self.hits.iter().map(super::tally::Tally::get).sum()
    }
}

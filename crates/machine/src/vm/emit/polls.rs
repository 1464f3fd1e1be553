//! Polls, what is counted at them, and what stands where the policy has none.

use super::body::{BASE, Body, at, at8, at32};
use super::registers::Counter;
use super::{Layout, cell, kept};
use crate::vm::store::OVER;
use safepoint::PollWord;
use wasm_encoder::ValType;

/// Turns without a poll from one that looks to the next: some microseconds. Loops in each other seldom have so many.
pub(super) const LOOKS: i32 = 997;

/// How often a back-edge polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Often {
    Never,
    Always,
    /// Every n-th turn, n above 1.
    Every(u16),
    /// Every n-th turn; this global has the n, which changes.
    Adapted(u32),
}

impl Body<'_> {
    /// Where there is something to do, the interpreter polls.
    pub(super) fn poll(&mut self, op: u32) {
        self.is_requested(op);
        self.leaves_if(op);
    }

    /// Puts on the stack whether the poll of an operation has something to do.
    pub(super) fn is_requested(&mut self, op: u32) {
        self.polls_here(op);
        let word = self.layout().word;
        let mut sink = self.sink();
        sink.global_get(word).i32_atomic_load(at32(0));
        sink.i32_const(PollWord::MASK as i32).i32_and();
    }

    /// Counts the poll of an operation, and the length of the path that it ends.
    pub(super) fn count(&mut self, op: u32) {
        if !self.layout().profile {
            return;
        }
        let count = self.unit.code.counts()[op as usize];
        let (hits, cell, longest) = (self.layout().hits, self.layout().cell, self.layout().longest);
        let (now, length) = (self.temporary(ValType::I64, 0), self.temporary(ValType::I64, 1));
        let mut sink = self.sink();
        sink.global_get(hits).global_get(hits).i64_load(at(count.slot * 8));
        sink.i64_const(1).i64_add().i64_store(at(count.slot * 8));
        sink.local_get(BASE).i64_const(count.ends.into()).i64_add().local_tee(now);
        sink.global_get(cell).i64_load(at(cell::BEGAN)).i64_sub().local_set(length);
        sink.global_get(cell).local_get(now).i64_store(at(cell::BEGAN));
        sink.local_get(length).global_get(cell).i64_load(at(cell::LONGEST)).i64_gt_u();
        let exceeds = self.open_seldom();
        self.sink().i32_const(op as i32).local_get(length).call(longest);
        self.close(exceeds);
    }

    /// A back-edge with nothing between its poll and its turn: one comparison where it does not poll.
    pub(super) fn passes(&mut self, op: u32, often: Often) {
        if matches!(often, Often::Never | Often::Always) {
            self.polls(op, often);
            return self.counts(op, often);
        }
        self.is_due(often);
        let due = self.open_seldom();
        self.poll(op);
        self.begins_anew(op, often);
        self.close(due);
        self.one_more_turn();
    }

    /// The poll of a back-edge.
    pub(super) fn polls(&mut self, op: u32, often: Often) {
        match often {
            Often::Never if self.layout().profile => self.called_back(op),
            Often::Never => self.looks(op),
            Often::Always => self.poll(op),
            Often::Every(_) | Often::Adapted(_) => {
                self.is_due(often);
                let due = self.open_seldom();
                self.poll(op);
                self.close(due);
            }
        }
    }

    /// The turn of a back-edge after its poll.
    pub(super) fn counts(&mut self, op: u32, often: Often) {
        match often {
            Often::Never if self.layout().profile => self.turned(op),
            Often::Never => {}
            Often::Always => self.count(op),
            Often::Every(_) | Often::Adapted(_) => {
                self.is_due(often);
                let due = self.open_seldom();
                self.begins_anew(op, often);
                self.close(due);
                self.one_more_turn();
            }
        }
    }

    /// A back-edge has polled: turns are counted from here.
    fn begins_anew(&mut self, op: u32, often: Often) {
        self.count(op);
        let turns = self.counter_local(Counter::Turns);
        if let Often::Adapted(global) = often {
            let adapt = self.unit.adapt();
            let mut sink = self.sink();
            sink.local_get(turns).i32_const(1).i32_add().global_get(global);
            sink.call(adapt).global_set(global);
        }
        self.sink().i32_const(-1).local_set(turns);
    }

    fn one_more_turn(&mut self) {
        let turns = self.counter_local(Counter::Turns);
        self.sink().local_get(turns).i32_const(1).i32_add().local_set(turns);
    }

    /// Puts on the stack the number of turns from one that polls to the next.
    pub(super) fn turns_between(&mut self, often: Often) {
        match often {
            Often::Every(every) => self.sink().i32_const(every.into()),
            Often::Adapted(global) => self.sink().global_get(global),
            Often::Never | Often::Always => self.sink().i32_const(1),
        };
    }

    /// Puts on the stack whether one more back-edge is the n-th since the last one that polled.
    fn is_due(&mut self, often: Often) {
        let turns = self.counter_local(Counter::Turns);
        self.sink().local_get(turns).i32_const(1).i32_add();
        self.turns_between(often);
        self.sink().i32_ge_u();
    }

    /// What stands at a call without a poll. It is not called back: there it would come to nothing.
    pub(super) fn unpolled_call(&mut self, op: u32) {
        let signal = self.layout().signal;
        self.sink().global_get(signal).i32_atomic_load(at32(0));
        self.sink().i32_const(OVER as i32).i32_and();
        self.leaves_if(op);
        self.turned(op);
    }

    /// One of so many turns without a poll looks whether it is called back, and says where the worker is: where turns
    /// are not counted, nobody asks more of them.
    fn looks(&mut self, op: u32) {
        let looks = self.counter_local(Counter::Looks);
        self.sink().local_get(looks).i32_eqz();
        let due = self.open_seldom();
        self.looks_once(op);
        self.sink().i32_const(LOOKS).local_set(looks);
        self.close(due);
        self.sink().local_get(looks).i32_const(1).i32_sub().local_set(looks);
    }

    pub(super) fn looks_once(&mut self, op: u32) {
        self.called_back(op);
        self.turned(op);
    }

    /// Leaves if the program is over, and if workers are called back, as the interpreter's loop does.
    fn called_back(&mut self, op: u32) {
        let Layout { signal, cell, .. } = *self.layout();
        self.sink().global_get(signal).i32_atomic_load(at32(0));
        self.sink().global_get(cell).i32_load(at32(cell::SIGNAL)).i32_ne();
        self.leaves_if(op);
    }

    /// Leaves if the number on the stack is not 0, which is seldom.
    fn leaves_if(&mut self, op: u32) {
        let does = self.open_seldom();
        self.exit(op);
        self.close(does);
    }

    /// A turn without a poll.
    pub(super) fn turned(&mut self, op: u32) {
        let Layout { word, cell, profile, .. } = *self.layout();
        let ends = self.unit.code.counts()[op as usize].ends;
        let now = self.temporary(ValType::I64, 0);
        let mut sink = self.sink();
        sink.local_get(BASE).i64_const(ends.into()).i64_add().local_set(now);
        sink.global_get(word).i32_atomic_load(at32(0));
        sink.i32_const(PollWord::REQUESTED as i32).i32_and();
        let requested = self.open_seldom();
        self.awaited(op, now);
        if profile {
            self.otherwise();
            self.sink().global_get(cell).local_get(now).i64_store(at(cell::TURNED));
            self.executed(now);
        }
        self.close(requested);
    }

    /// A turn without a poll while a requester waits: see [`Kept::again`](crate::vm::since::Kept::again).
    fn awaited(&mut self, op: u32, now: u32) {
        let Layout { cell, kept, unpolled, profile, .. } = *self.layout();
        let again = self.open();
        let other = self.open();
        self.sink().global_get(kept).i32_load(at32(kept::CURRENT)).i32_const(op as i32).i32_ne();
        self.seldom(other);
        if profile {
            // A turn while nobody waited may not have been told yet.
            self.sink().global_get(cell).i64_load(at(cell::TURNED)).i64_eqz().i32_eqz();
            self.seldom(other);
            self.sink().global_get(kept).i32_load8_u(at8(kept::ASKED)).i32_eqz();
            self.seldom(other);
            self.sink().global_get(kept).i64_load(at(kept::POLLED));
            self.sink().global_get(cell).i64_load(at(cell::BEGAN)).i64_ne();
            self.seldom(other);
            let slot = self.temporary(ValType::I32, 0);
            let mut sink = self.sink();
            sink.global_get(kept).global_get(kept).i32_load(at32(kept::SLOT));
            sink.i32_const(kept::BYTES as i32).i32_mul().i32_add().local_set(slot);
            sink.local_get(slot).local_get(slot).i64_load(at(kept::TIMES));
            sink.i64_const(1).i64_add().i64_store(at(kept::TIMES));
            sink.local_get(slot).local_get(slot).i64_load(at(kept::INSTRUCTIONS));
            sink.local_get(now).i64_add().global_get(kept).i64_load(at(kept::COUNT)).i64_sub();
            sink.i64_store(at(kept::INSTRUCTIONS));
            sink.global_get(kept).local_get(now).i64_store(at(kept::COUNT));
            self.executed(now);
        }
        self.branch(again);
        self.close(other);
        self.sink().i32_const(op as i32).local_get(now).call(unpolled);
        self.close(again);
    }

    /// Publishes the count of instructions.
    fn executed(&mut self, now: u32) {
        let Layout { executed, progress, .. } = *self.layout();
        let mut sink = self.sink();
        sink.global_get(executed).local_get(now).i64_store(at(0));
        sink.global_get(progress).local_get(now).i64_store(at(0));
    }
}

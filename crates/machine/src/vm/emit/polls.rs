//! Polls, what is counted at them, and what stands where the policy has none.

use super::body::{BASE, Body, at, at32};
use super::{Layout, cell};
use crate::vm::store::OVER;
use safepoint::PollWord;
use wasm_encoder::{BlockType, ValType};

impl Body<'_> {
    /// Where there is something to do, the interpreter polls.
    pub(super) fn poll(&mut self, op: u32) {
        let word = self.layout().word;
        let mut sink = self.sink();
        sink.global_get(word).i32_atomic_load(at32(0));
        sink.i32_const(PollWord::MASK as i32).i32_and();
        let armed = self.open_if(BlockType::Empty);
        self.exit(op);
        self.close(armed);
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
        let exceeds = self.open_if(BlockType::Empty);
        self.sink().i32_const(op as i32).local_get(length).call(longest);
        self.close(exceeds);
    }

    /// The poll of a back-edge that polls every n-th time; 0: never.
    pub(super) fn polls(&mut self, op: u32, every: u16) {
        match every {
            0 => self.is_over(op),
            1 => self.poll(op),
            _ => {
                self.next_turn(every);
                let due = self.open_if(BlockType::Empty);
                self.poll(op);
                self.close(due);
            }
        }
    }

    /// The turn of a back-edge after its poll.
    pub(super) fn counts(&mut self, op: u32, every: u16) {
        match every {
            0 => self.turned(op),
            1 => self.count(op),
            _ => {
                let cell = self.layout().cell;
                let turns = self.next_turn(every);
                let due = self.open_if(BlockType::Empty);
                self.count(op);
                self.sink().i32_const(0).local_set(turns);
                self.close(due);
                let mut sink = self.sink();
                sink.global_get(cell).local_get(turns).i32_store(at32(cell::COUNTDOWN));
            }
        }
    }

    /// Counts one more back-edge, in a local, and puts on the stack whether it is the n-th since the last one that polled.
    fn next_turn(&mut self, every: u16) -> u32 {
        let cell = self.layout().cell;
        let turns = self.temporary(ValType::I32, 0);
        let mut sink = self.sink();
        sink.global_get(cell).i32_load(at32(cell::COUNTDOWN)).i32_const(1).i32_add();
        sink.local_tee(turns).i32_const(i32::from(every)).i32_ge_u();
        turns
    }

    /// What stands where the policy has no poll, as in the interpreter's loop.
    pub(super) fn unpolled(&mut self, op: u32) {
        self.is_over(op);
        self.turned(op);
    }

    /// Leaves if the program is over.
    pub(super) fn is_over(&mut self, op: u32) {
        let signal = self.layout().signal;
        self.sink().global_get(signal).i32_atomic_load(at32(0));
        self.sink().i32_const(OVER as i32).i32_and();
        let is_over = self.open_if(BlockType::Empty);
        self.exit(op);
        self.close(is_over);
    }

    /// A turn without a poll.
    pub(super) fn turned(&mut self, op: u32) {
        let Layout { word, cell, executed, progress, unpolled, profile, .. } = *self.layout();
        let ends = self.unit.code.counts()[op as usize].ends;
        let now = self.temporary(ValType::I64, 0);
        let mut sink = self.sink();
        sink.local_get(BASE).i64_const(ends.into()).i64_add().local_set(now);
        sink.global_get(word).i32_atomic_load(at32(0));
        sink.i32_const(PollWord::REQUESTED as i32).i32_and();
        let requested = self.open_if(BlockType::Empty);
        self.sink().i32_const(op as i32).local_get(now).call(unpolled);
        if profile {
            self.otherwise();
            let mut sink = self.sink();
            sink.global_get(cell).local_get(now).i64_store(at(cell::TURNED));
            sink.global_get(executed).local_get(now).i64_store(at(0));
            sink.global_get(progress).local_get(now).i64_store(at(0));
        }
        self.close(requested);
    }
}

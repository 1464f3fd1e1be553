//! Calls of compiled functions and of the machine.

use super::body::{BASE, Body, FRAMES, Piece, REGS, Rep, Target, at, at32};
use super::cell;
use super::flow::target;
use crate::vm::op::{Jump, Reg};
use wasm_encoder::ValType;

impl Body<'_> {
    /// An operation that the machine does out of line. Its operands go to their registers in memory, and its result is
    /// taken from there.
    pub(super) fn helped(&mut self, op: u32, poll: bool, operands: &[Reg], dst: Option<Reg>) {
        if poll {
            self.poll(op);
        }
        self.checked(op, |body, no| {
            for (index, register) in operands.iter().enumerate() {
                if operands[..index].contains(register) {
                    continue;
                }
                body.sink().local_get(REGS);
                body.value(*register);
                body.sink().i64_store(at(u32::from(*register) * 8));
            }
            let helper = body.layout().operation;
            body.sink().i32_const(op as i32).local_get(REGS).local_get(FRAMES);
            body.sink().local_get(BASE).call(helper);
            body.seldom(no);
            if let Some(dst) = dst {
                body.sink().local_get(REGS).i64_load(at(u32::from(dst) * 8));
                body.set_value(dst);
            }
        });
        if poll {
            self.count(op);
        }
    }

    /// What compiled code does for most operands by itself, with a value of any kind in `dst`; for those with which `done`
    /// goes to its target the machine does it.
    pub(super) fn done_or_helped(
        &mut self,
        op: u32,
        poll: bool,
        operands: &[Reg],
        dst: Reg,
        done: impl FnOnce(&mut Self, Target),
    ) {
        if poll {
            self.poll(op);
        }
        let before = self.state.clone();
        let (behind, other) = (self.open(), self.open());
        done(self, other);
        self.branch(behind);
        self.close(other);
        self.state = before;
        self.helped(op, false, operands, Some(dst));
        self.close(behind);
        if poll {
            self.count(op);
        }
    }

    pub(super) fn call(&mut self, op: u32, polls: bool, window: Reg, need: u16, to: Jump) {
        let code = self.unit.code;
        let callee = code.function(target(op, to));
        let Some(function) = self.unit.index_of(Piece { function: callee, entry: None }) else {
            self.exit(op);
            self.sink().unreachable();
            // What follows is reached from the interpreter only.
            self.set_rep(window, Rep::Any);
            return;
        };
        if polls {
            self.poll(op);
        }
        let cell = self.layout().cell;
        let (end, offset) = ((u32::from(window) + u32::from(need)) * 8, u32::from(window) * 8);
        self.checked(op, |body, no| {
            let mut sink = body.sink();
            sink.local_get(REGS).i32_const(end as i32).i32_add();
            sink.global_get(cell).i32_load(at32(cell::REGISTERS_END)).i32_gt_u();
            body.seldom(no);
            body.sink().local_get(FRAMES).global_get(cell);
            body.sink().i32_load(at32(cell::FRAMES_END)).i32_ge_u();
            body.seldom(no);
        });
        if polls {
            self.count(op);
        }
        let adjust = i64::from(to.adjust);
        self.keep_counters();
        self.sink().local_get(REGS).i32_const(offset as i32).i32_add();
        self.sink().local_get(FRAMES).i32_const(4).i32_add();
        self.sink().local_get(BASE).i64_const(adjust).i64_add();
        for parameter in 0..self.unit.parameters(callee) {
            self.value(window + parameter as Reg);
        }
        let result = self.temporary(ValType::I64, 1);
        self.sink().call(function).i64_const(adjust).i64_sub().local_set(BASE).local_tee(result);
        self.sink().i64_const(super::LEFT).i64_eq();
        let left = self.open_seldom();
        // The count of a frame that was left is the machine's by now.
        self.leave_call(window, op + 1);
        self.close(left);
        self.load_counters();
        self.sink().local_get(result);
        self.set_value(window);
    }

    /// Returns the value on the stack.
    pub(super) fn give_back(&mut self, adjust: i32) {
        self.settle_strip();
        self.keep_counters();
        let mut sink = self.sink();
        sink.local_get(BASE).i64_const(adjust.into()).i64_add().return_();
    }
}

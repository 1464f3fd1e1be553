//! Instructions that become different operations depending on their operands.

use super::super::stack::Operand;
use super::Translator;
use super::instructions::comparison;
use super::registers;
use crate::heap::Value;
use crate::vm::code::{Form, Visible};
use crate::vm::js::JsOperator;
use crate::vm::op::{Jump, Near, Op, Reg};
use bytecode::Instruction;

impl Translator<'_> {
    pub(super) fn arithmetic(&mut self, instruction: Instruction) {
        use Instruction as I;
        let Operand::Int(value) = self.stack.top() else {
            return self.binary(|dst, a, b| match instruction {
                I::Add => Op::Add { dst, a, b },
                I::Sub => Op::Sub { dst, a, b },
                I::Mul => Op::Mul { dst, a, b },
                I::Div => Op::Div { dst, a, b },
                I::Rem => Op::Rem { dst, a, b },
                I::And => Op::And { dst, a, b },
                I::Shl => Op::Shl { dst, a, b },
                _ => Op::Shr { dst, a, b },
            });
        };
        if matches!(instruction, I::Div | I::Rem) && matches!(value, 0 | -1) {
            return self.binary(|dst, a, b| match instruction {
                I::Div => Op::Div { dst, a, b },
                _ => Op::Rem { dst, a, b },
            });
        }
        self.stack.pop();
        self.unary(|dst, a| match instruction {
            I::Add => Op::AddInt { dst, a, value },
            I::Sub => Op::SubInt { dst, a, value },
            I::Mul => Op::MulInt { dst, a, value },
            I::Div => Op::DivInt { dst, a, value },
            I::Rem => Op::RemInt { dst, a, value },
            I::And => Op::AndInt { dst, a, value },
            I::Shl => Op::ShlInt { dst, a, value },
            _ => Op::ShrInt { dst, a, value },
        });
    }

    pub(super) fn js_sum(&mut self, instruction: Instruction) {
        use Instruction as I;
        // x - n is x + -n, but for the 0 whose sign counts.
        let summand = match (instruction, self.stack.top()) {
            (I::JsAdd, Operand::Int(value)) => Some(value),
            (_, Operand::Int(value)) if value != 0 => value.checked_neg(),
            _ => None,
        };
        match (instruction, summand) {
            (_, Some(value)) => {
                self.stack.pop();
                self.unary(|dst, a| Op::JsAddInt { dst, a, value });
            }
            (I::JsAdd, None) => self.binary(|dst, a, b| Op::JsAdd { dst, a, b }),
            _ => self.js(instruction, false),
        }
    }

    pub(super) fn js(&mut self, instruction: Instruction, poll: bool) {
        use Instruction as I;
        use JsOperator as J;
        let (with, shape) = match instruction {
            I::JsSub => (J::Sub, 0),
            I::JsMul => (J::Mul, 0),
            I::JsDiv => (J::Div, 0),
            I::JsRem => (J::Rem, 0),
            I::JsNeg => (J::Neg, 0),
            I::JsFloor => (J::Floor, 0),
            I::JsSqrt => (J::Sqrt, 0),
            I::JsInt => (J::Int, 0),
            I::JsUshr => (J::Ushr, 0),
            I::JsTrue => (J::True, 0),
            I::JsText => (J::Text, 0),
            I::JsLength => (J::Length, 0),
            I::JsChar => (J::Char, 0),
            I::JsCode => (J::Code, 0),
            I::JsPow => (J::Pow, 0),
            I::ListGet(shape) => (J::ListGet, shape),
            I::ListSet(shape) => (J::ListSet, shape),
            I::ListPush(shape) => (J::ListPush, shape),
            I::ListPop(shape) => (J::ListPop, shape),
            I::ListCopy(shape) => (J::ListCopy, shape),
            _ => (J::Throw, 0),
        };
        if let (J::Mul | J::Rem, Operand::Int(value)) = (with, self.stack.top())
            && !(with == J::Rem && matches!(value, 0 | -1))
        {
            self.stack.pop();
            return self.unary(|dst, a| match with {
                J::Mul => Op::JsMulInt { dst, a, value },
                _ => Op::JsRemInt { dst, a, value },
            });
        }
        let info = instruction.info();
        let c = (info.pops.len() > 2).then(|| self.pop());
        let b = (info.pops.len() > 1).then(|| self.pop());
        let a = self.pop();
        let dst = self.stack.next_slot();
        let (b, c) = (b.unwrap_or(a), c.unwrap_or(a));
        let op = match with {
            J::Sub => Op::JsSub { dst, a, b },
            J::Mul => Op::JsMul { dst, a, b },
            J::Div => Op::JsDiv { dst, a, b },
            J::Rem => Op::JsRem { dst, a, b },
            J::Int => Op::JsInt { dst, a },
            J::Floor => Op::JsFloor { dst, a },
            J::ListGet => Op::ListGet { shape, dst, a, b },
            J::ListSet => Op::ListSet { shape, a, b, c },
            _ => Op::Js { with, poll, shape, dst, a, b, c },
        };
        if info.pushes.is_empty() {
            self.emit(op);
            self.exchange();
        } else {
            self.produce(op);
        }
    }

    pub(super) fn dup(&mut self) {
        match self.stack.top() {
            Operand::Slot => {
                let dst = self.stack.next_slot();
                let a = dst - 1;
                self.produce(Op::Move { dst, a });
            }
            lazy => self.stack.push(lazy),
        }
    }

    pub(super) fn swap(&mut self) {
        let upper = self.stack.pop();
        let lower = self.stack.pop();
        let slot = self.stack.next_slot();
        match (lower, upper) {
            (Operand::Slot, Operand::Slot) => {
                self.emit(Op::Swap { a: slot, b: slot + 1 });
                self.stack.push(Operand::Slot);
                self.stack.push(Operand::Slot);
            }
            (Operand::Slot, upper) => {
                self.emit(Op::Move { dst: slot + 1, a: slot });
                self.stack.push(upper);
                self.stack.push(Operand::Slot);
            }
            (lower, Operand::Slot) => {
                self.emit(Op::Move { dst: slot, a: slot + 1 });
                self.stack.push(Operand::Slot);
                self.stack.push(lower);
            }
            (lower, upper) => {
                self.stack.push(upper);
                self.stack.push(lower);
            }
        }
    }

    pub(super) fn store(&mut self, local: Reg) {
        let operand = self.stack.pop();
        let height = self.stack.height();
        self.settle_local(local);
        if operand == Operand::Slot
            && self.retarget
            && self.form == Form::Fast
            && let Some(dst) = self.code.ops.last_mut().and_then(Op::destination_mut)
            // The result of the last operation may have been popped since.
            && *dst == self.stack.slot(height)
        {
            *dst = local;
            self.retarget = false;
            self.turn(local);
            self.scan(local);
            return;
        }
        if let Some(op) = self.stack.load(operand, height, local) {
            self.emit(op);
        }
    }

    /// Before a step of a counter that the condition of its loop follows: an operation that does both at once.
    fn turn(&mut self, local: Reg) {
        use Instruction as I;
        let at = self.at as usize;
        let next = at + 1;
        let (Some(&last), Some(following)) =
            (self.code.ops.last(), self.verified.instructions().get(next..next + 4))
        else {
            return;
        };
        let &[I::Load(counter), limit, comparison, I::JmpIf(target)] = following else { return };
        let jump = next as Visible + 3;
        let is_turn = Reg::from(counter) == local && self.stack.height() == 0;
        if !is_turn || target > jump || self.leaders[next + 1..next + 4].contains(&true) {
            return;
        }
        let limit = match (limit, comparison) {
            (I::Int(value), I::Lt) => Err(value),
            (I::Int(value), I::Le) if value < i32::MAX => Err(value + 1),
            (I::Load(b), I::Lt) if b != counter => Ok(Reg::from(b)),
            _ => return,
        };
        // Backwards, so it is there.
        let Some(block) = self.blocks[target as usize] else { return };
        let (a, every) = (local, self.often(jump));
        let near = |index: usize| {
            let delta = i16::try_from(i64::from(block) - index as i64).ok()?;
            let adjust = i16::try_from(jump as i32 + 1 - target as i32).ok()?;
            Some(Near { delta, adjust })
        };
        let index = self.code.ops.len() - 1;
        let Some(to) = near(index) else { return };
        let step = match last {
            Op::AddInt { a, value, .. } | Op::JsAddInt { a, value, .. } if a == local => value,
            Op::JsAdd { a: x, b: y, .. } if x == local || y == local => {
                if let Ok(b) = limit {
                    let by = if x == local { y } else { x };
                    self.insert(index, Op::TurnBy { by, a, b, every, to }, jump);
                    self.fill(block as usize, target, index);
                }
                return;
            }
            _ => return,
        };
        let Ok(step) = i8::try_from(step) else { return };
        let turn = |to| match limit {
            Ok(b) => Op::Turn { step, a, b, every, to },
            Err(value) => Op::TurnInt { step, a, value, every, to },
        };
        self.insert(index, turn(to), jump);
        // The step is `load`, the constant, the addition and `store`: nothing jumps to behind the sum.
        let is_joined = !self.leaders[at.saturating_sub(3)..=at].contains(&true);
        if is_joined
            && index > 0
            && let (Some(to), Some(behind)) = (near(index - 1), near(index + 1))
            && let Op::JsAdd { dst: sum, a: x, b: term } = self.code.ops[index - 1]
            && sum == x
            && ![a, term].contains(&sum)
            && limit != Ok(sum)
        {
            let joined = match limit {
                Ok(b) => Op::SumTurn { step, sum, term, a, b, every, to },
                Err(value) => {
                    let Ok(constant) = u16::try_from(self.constants.value(Value::int(value)))
                    else {
                        return;
                    };
                    Op::SumTurnConst { step, sum, term, a, index: constant, every, to }
                }
            };
            // It moves.
            self.code.ops[index] = turn(behind);
            self.insert(index - 1, joined, jump);
        }
        self.fill(block as usize, target, index);
    }

    /// Before a loop that has nothing but a value's way into a list before its turn: an operation that makes many turns.
    fn fill(&mut self, block: usize, target: Visible, turn: usize) {
        let (value, set) = match self.code.ops[block..turn] {
            [Op::Const { dst, .. } | Op::Int { dst, .. }, set] => (Some(dst), set),
            [set] => (None, set),
            _ => return,
        };
        let Op::ListSet { a: list, b: index, c, .. } = set else { return };
        // A value that is loaded goes into a slot.
        let is_free = value.is_none_or(|slot| slot == c && slot >= self.stack.slot(0));
        let is_joined = !self.leaders[target as usize + 1..=self.at as usize].contains(&true);
        let (counter, to) = match &mut self.code.ops[turn] {
            Op::Turn { every: 1, a, to, .. } | Op::TurnInt { every: 1, a, to, .. } => (*a, to),
            // The step stays what it is.
            Op::TurnBy { every: 1, by, a, to, .. } if by != a => (*a, to),
            _ => return,
        };
        if index == counter && ![list, c].contains(&counter) && is_free && is_joined {
            to.delta -= 1;
            let last = self.code.places[block].instruction;
            self.code.insert(block, Op::FillTurn, last);
        }
    }

    /// Before the last four operations, if they exchange two elements of a list: one that does it at once.
    fn exchange(&mut self) {
        let Some(index) = self.code.ops.len().checked_sub(4) else { return };
        let [
            Op::ListGet { shape, dst: x, a: list, b: i },
            Op::ListGet { shape: other, dst: y, a: same, b: j },
            Op::ListSet { shape: set_i, a: first, b: at_i, c: to_i },
            Op::ListSet { shape: set_j, a: second, b: at_j, c: to_j },
        ] = self.code.ops[index..]
        else {
            return;
        };
        let is_one_list = [other, set_i, set_j] == [shape; 3] && [same, first, second] == [list; 3];
        let is_exchange = [at_i, to_i, at_j, to_j] == [i, y, j, x];
        let are_free = x != y && ![list, i, j].iter().any(|used| [x, y].contains(used));
        let from = self.code.at[index] as usize;
        let is_joined = !self.leaders[from + 1..=self.at as usize].contains(&true);
        if self.form == Form::Fast && is_one_list && is_exchange && are_free && is_joined {
            let last = self.code.places[index].instruction;
            self.code.insert(index, Op::ListSwap, last);
        }
    }

    /// What compares an element and goes round a loop at an instruction, if there is that alone: a scan without its step,
    /// the jump, and where it leads.
    fn scanned(&self, at: usize) -> Option<(Op, Visible, Visible)> {
        use Instruction as I;
        let &[
            I::Load(list),
            I::Load(index),
            I::ListGet(shape),
            I::Load(b),
            compare,
            I::JmpIf(target),
        ] = self.verified.instructions().get(at..at + 6)?
        else {
            return None;
        };
        let (a, list, b, with) =
            (Reg::from(index), Reg::from(list), Reg::from(b), comparison(&compare)?);
        let jump = at as Visible + 5;
        let adjust = i16::try_from(jump as i32 + 1 - target as i32).ok()?;
        let is_scan = list != a
            && b != a
            && target <= jump
            && !self.leaders[at + 1..at + 6].contains(&true)
            && self.often(jump) == 1;
        is_scan.then_some((Op::Scan { step: 0, with, shape, a, list, b, adjust }, jump, target))
    }

    /// A loop that only steps an index and compares an element begins with an operation that does all of it.
    fn scan(&mut self, local: Reg) {
        let at = self.code.ops.len() - 1;
        let Some((Op::Scan { with, shape, a: index, list, b, adjust, .. }, jump, target)) =
            self.scanned(self.at as usize + 1)
        else {
            return;
        };
        let is_loop = index == local
            && self.stack.height() == 0
            && self.blocks[target as usize] == Some(at as u32);
        if let (true, Op::JsAddInt { a, value, .. }) = (is_loop, self.code.ops[at])
            && let (true, Ok(step)) = (a == local, i8::try_from(value))
        {
            self.insert(at, Op::Scan { step, with, shape, a, list, b, adjust }, jump);
        }
    }

    /// Before a jump to the comparison of the loop that begins behind it, if that is a scan: an operation that compares the
    /// first element, too.
    pub(super) fn enters_scan(&mut self, target: Visible) {
        let begins = self.at + 1;
        let is_scan = matches!(self.scanned(target as usize), Some((_, _, to)) if to == begins);
        // The index, the step, their sum, and the index again.
        if self.form == Form::Fast && is_scan && target == begins + 4 {
            self.emit(Op::ScanFirst);
        }
    }

    /// An operation that ends with the jump of a loop, before the one that has an index.
    fn insert(&mut self, index: usize, op: Op, jump: Visible) {
        self.code.insert(index, op, jump);
        self.site(index as u32, jump);
    }

    /// Before the call to come: its last argument and the call in one operation, if the argument is a sum.
    pub(super) fn add_before_call(&mut self) {
        let is_sum = matches!(self.code.ops.last(), Some(Op::JsAddInt { .. }));
        let is_next = !self.leaders[self.at as usize] && self.often(self.at) == 1;
        if self.form == Form::Fast && is_sum && is_next {
            let index = self.code.ops.len() - 1;
            let last = self.code.places[index].instruction;
            self.code.insert(index, Op::AddCall, last);
        }
    }

    pub(super) fn call(&mut self, callee: u16, polls: bool) {
        let params = self.module.module().functions[callee as usize].params;
        for _ in 0..params {
            self.stack.pop();
        }
        let window = self.stack.next_slot();
        let need = registers(self.module, callee);
        let to = Jump { delta: 0, adjust: self.at as i32 + 1 };
        let op = if polls {
            self.emit(Op::Call { window, need, to })
        } else {
            let circle = self.circles[self.index as usize];
            let recursive = circle.is_some() && circle == self.circles[callee as usize];
            self.emit(Op::CallUnpolled { recursive, window, need, to })
        };
        self.calls.push((op, callee));
        self.stack.push(Operand::Slot);
    }
}

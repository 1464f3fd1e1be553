//! Translation of one function.

mod instructions;
mod operands;

use self::instructions::{comparison, leaders, must_observe};
use super::constants::ConstantTable;
use super::stack::{Operand, OperandStack};
use crate::heap::Value;
use crate::vm::code::{CodeBuilder, Form, Visible};
use crate::vm::op::{Explicit, Jump, Op, Reg};
use bytecode::{ADAPTS, Instruction, PollPolicy, VerifiedFunction, VerifiedModule};

/// Registers that a call of a function needs.
pub(in crate::vm) fn registers(module: &VerifiedModule, function: u16) -> u16 {
    let locals = module.module().functions[function as usize].locals.len() as u16;
    // At least one, for the result.
    (locals + module.functions()[function as usize].max_stack()).max(1)
}

pub(super) struct Translator<'a> {
    module: &'a VerifiedModule,
    index: u16,
    verified: &'a VerifiedFunction,
    policy: PollPolicy,
    form: Form,
    /// Functions that call each other in circles.
    circles: &'a [Option<u32>],
    code: &'a mut CodeBuilder,
    constants: &'a mut ConstantTable,
    stack: OperandStack,
    /// Visible index of the instruction being translated.
    at: Visible,
    /// Whether the last operation may write a local instead of its slot.
    retarget: bool,
    /// Operation of each jump target, and the jumps that wait for it.
    blocks: Vec<Option<u32>>,
    jumps: Vec<(u32, Visible)>,
    calls: Vec<(u32, u16)>,
    /// Whether each instruction is the first or the target of a jump.
    leaders: Vec<bool>,
}

impl<'a> Translator<'a> {
    pub(super) fn new(
        module: &'a VerifiedModule,
        index: u16,
        policy: PollPolicy,
        form: Form,
        circles: &'a [Option<u32>],
        code: &'a mut CodeBuilder,
        constants: &'a mut ConstantTable,
    ) -> Self {
        let locals = module.module().functions[index as usize].locals.len();
        let verified = &module.functions()[index as usize];
        Self {
            module,
            index,
            verified,
            policy,
            form,
            circles,
            code,
            constants,
            stack: OperandStack::new(locals as Reg),
            at: 0,
            retarget: false,
            blocks: vec![None; verified.instructions().len()],
            jumps: Vec::new(),
            calls: Vec::new(),
            leaders: leaders(verified),
        }
    }

    /// Calls whose distance is not known before every function has its place: operation and callee.
    pub(super) fn into_calls(self) -> Vec<(u32, u16)> {
        self.calls
    }

    pub(super) fn run(&mut self) {
        let instructions = self.verified.instructions();
        self.code.begin_function(instructions.len(), self.form);
        let function = &self.module.module().functions[self.index as usize];
        let (params, locals) = (function.params as Reg, function.locals.len() as Reg);
        if params < locals {
            self.emit(Op::Enter { from: params, to: locals });
        }
        let mut fallthrough = true;
        let mut next = 0;
        while let Some(instruction) = instructions.get(next) {
            self.at = next as Visible;
            next += 1;
            let Some(height) = self.verified.height(self.at) else {
                fallthrough = false;
                continue;
            };
            if self.leaders[self.at as usize] {
                if fallthrough {
                    self.settle();
                }
                self.stack.reset(height as usize);
                self.retarget = false;
                self.blocks[self.at as usize] = Some(self.code.ops.len() as u32);
                self.code.observe(self.at);
            }
            if must_observe(instruction) || self.form == Form::Debug {
                self.settle();
                self.retarget = false;
                if matches!(instruction, Instruction::Call(_)) {
                    self.add_before_call();
                }
                self.code.observe(self.at);
            }
            if self.form == Form::Debug {
                let number = self.code.number(self.index, self.at);
                self.emit(Op::Check { number });
            }
            if self.fuse(instruction, instructions.get(next)) {
                next += 1;
                self.at += 1;
                fallthrough = true;
                continue;
            }
            fallthrough = self.instruction(*instruction);
        }
        let start = self.code.start(self.index, self.form) as usize;
        debug_assert!(
            self.code.ops[start..].windows(4).all(|ops| match ops {
                [Op::Scan { a: step, list, b, .. }, Op::JsAddInt { dst, .. }, behind @ ..] => {
                    let [Op::ListGet { dst: element, a, b: index, .. }, branch] = behind else {
                        return false;
                    };
                    let branches = { *branch }.jump_mut().is_some();
                    step == dst && step == index && list == a && element != b && branches
                }
                [Op::Scan { .. }, ..] => false,
                _ => true,
            }),
            "what a scan stands for is behind it"
        );
        for (op, target) in std::mem::take(&mut self.jumps) {
            if let (Some(to), Some(block)) =
                (self.code.ops[op as usize].jump_mut(), self.blocks[target as usize])
            {
                to.delta = block as i32 - op as i32;
            }
        }
    }

    fn emit(&mut self, op: Op) -> u32 {
        self.retarget = false;
        self.code.push(op, self.at, self.at)
    }

    /// An operation whose result goes into the next slot.
    fn produce(&mut self, op: Op) {
        self.emit(op);
        self.stack.push(Operand::Slot);
        self.retarget = true;
    }

    fn settle(&mut self) {
        let (code, at) = (&mut self.code, self.at);
        let before = code.ops.len();
        self.stack.settle(None, |op| {
            code.push(op, at, at);
        });
        if self.code.ops.len() != before {
            self.retarget = false;
        }
    }

    /// Puts the operands that are still in a local into their slots, before the local changes.
    fn settle_local(&mut self, local: Reg) {
        let (code, at) = (&mut self.code, self.at);
        let before = code.ops.len();
        self.stack.settle(Some(local), |op| {
            code.push(op, at, at);
        });
        if self.code.ops.len() != before {
            self.retarget = false;
        }
    }

    /// Pops an operand and returns its register. A constant is loaded into its slot first.
    fn pop(&mut self) -> Reg {
        let operand = self.stack.pop();
        self.register(operand, self.stack.height())
    }

    fn register(&mut self, operand: Operand, height: usize) -> Reg {
        match operand {
            Operand::Local(local) => local,
            operand => {
                let slot = self.stack.slot(height);
                if let Some(op) = self.stack.load(operand, height, slot) {
                    self.emit(op);
                }
                slot
            }
        }
    }

    /// As [`pop`](Self::pop), for two operands.
    fn pop2(&mut self) -> (Reg, Reg) {
        let b = self.pop();
        let a = self.pop();
        (a, b)
    }

    /// A comparison and the conditional jump behind it become one branch.
    fn fuse(&mut self, first: &Instruction, second: Option<&Instruction>) -> bool {
        let Some(comparison) = comparison(first) else { return false };
        let next = self.at + 1;
        if self.form == Form::Debug || self.leaders.get(next as usize) != Some(&false) {
            return false;
        }
        let (taken_if, target) = match second {
            Some(Instruction::JmpIf(target)) => (true, *target),
            Some(Instruction::JmpIfNot(target)) => (false, *target),
            _ => return false,
        };
        let condition = if taken_if { comparison } else { comparison.negated() };
        let right = self.stack.pop();
        let right_height = self.stack.height();
        let left = self.stack.pop();
        let left_height = self.stack.height();
        let a = self.register(left, left_height);
        let b = match right {
            Operand::Int(value) => Err(value),
            right => Ok(self.register(right, right_height)),
        };
        self.settle();
        let at = self.at;
        self.conditional(
            (at, next),
            target,
            |taken, to| if taken { condition } else { condition.negated() }.branch(a, b, to),
            |to| condition.back(a, b, to),
        );
        true
    }

    /// A jump that is taken on a condition, at the second of two instructions, the first of which may trap.
    /// `branch(taken, to)` makes the operation that jumps when the condition is as `taken` says, `back(to)` the one that
    /// is a back-edge as well, if there is one.
    fn conditional(
        &mut self,
        (at, jump): (Visible, Visible),
        target: Visible,
        branch: impl Fn(bool, Jump) -> Op,
        back: impl Fn(Jump) -> Option<Op>,
    ) {
        let to = Jump { delta: 0, adjust: jump as i32 + 1 - target as i32 };
        self.retarget = false;
        if target > jump {
            let op = self.code.push(branch(true, to), at, jump);
            self.jumps.push((op, target));
        } else if let (1, Some(back)) = (self.often(jump), back(to)) {
            let op = self.code.push(back, at, jump);
            self.site(op, jump);
            self.jumps.push((op, target));
        } else {
            let skip = Jump { delta: 2, adjust: 0 };
            self.code.push(branch(false, skip), at, jump);
            self.back_edge(jump, target);
        }
    }

    fn back_edge(&mut self, jump: Visible, target: Visible) {
        let to = Jump { delta: 0, adjust: jump as i32 + 1 - target as i32 };
        let op = match self.often(jump) {
            0 => Op::BackUnpolled { to },
            1 => Op::Back { to },
            every => Op::BackEvery { every, to },
        };
        let op = self.code.push(op, jump, jump);
        self.site(op, jump);
        self.jumps.push((op, target));
    }

    /// How often the poll site at an instruction polls, see [`PollSite::placed`](bytecode::PollSite::placed); 0
    /// without a site. What adapts does so in compiled code, and polls always here.
    fn often(&self, instruction: Visible) -> u16 {
        self.verified.site(instruction).map_or(0, |site| match site.placed {
            Some(ADAPTS) => 1,
            _ => site.often(self.policy),
        })
    }

    /// Returns the operand on top. `adjust`: instructions of the function until then, if it were one straight line.
    fn give_back(&mut self, adjust: i32) {
        match self.stack.pop() {
            Operand::Const(index) => self.emit(Op::RetConst { index, adjust }),
            operand => {
                let height = self.stack.height();
                let a = self.register(operand, height);
                self.emit(Op::Ret { a, adjust })
            }
        };
    }

    fn site(&mut self, op: u32, instruction: Visible) {
        if let Some(site) = self.verified.site(instruction) {
            self.code.sites[op as usize] = site.id;
        }
    }

    /// Translates one instruction. Returns whether the next one is reached from it.
    fn instruction(&mut self, instruction: Instruction) -> bool {
        use Instruction as I;
        let polls = self.often(self.at) > 0;
        let ops = self.code.ops.len();
        match instruction {
            // Which tries are open is known of each instruction.
            I::Nop | I::Try(_) | I::EndTry => {}
            I::Pop => {
                self.stack.pop();
            }
            I::Dup => self.dup(),
            I::Swap => self.swap(),
            I::Int(value) => self.stack.push(Operand::Int(value)),
            I::Const(index) => {
                let constants = &self.module.module().constants;
                let index = self.constants.pooled(constants, index);
                self.stack.push(Operand::Const(index));
            }
            I::True => self.constant(Value::TRUE),
            I::False => self.constant(Value::FALSE),
            I::Null => self.constant(Value::NULL),
            I::Undefined => self.constant(Value::UNDEFINED),
            I::Load(local) => self.stack.push(Operand::Local(local as Reg)),
            I::Store(local) => self.store(local as Reg),
            I::GlobalLoad(index) => {
                let dst = self.stack.next_slot();
                self.produce(Op::GlobalLoad { dst, index });
            }
            I::GlobalStore(index) => {
                let a = self.pop();
                self.emit(Op::GlobalStore { index, a });
            }
            I::Add | I::Sub | I::Mul | I::Div | I::Rem | I::And | I::Shl | I::Shr => {
                self.arithmetic(instruction);
            }
            I::Or => self.binary(|dst, a, b| Op::Or { dst, a, b }),
            I::Xor => self.binary(|dst, a, b| Op::Xor { dst, a, b }),
            I::Neg => self.unary(|dst, a| Op::Neg { dst, a }),
            I::Not => self.unary(|dst, a| Op::Not { dst, a }),
            I::ToInt => self.unary(|dst, a| Op::ToInt { dst, a }),
            I::ToFloat => self.unary(|dst, a| Op::ToFloat { dst, a }),
            I::Eq | I::Ne | I::Lt | I::Le | I::Gt | I::Ge => {
                if let Some(with) = comparison(&instruction) {
                    self.binary(|dst, a, b| Op::Compare { with, dst, a, b });
                }
            }
            // A jump to a return returns.
            I::Jmp(target)
                if self.form == Form::Fast
                    && target > self.at
                    && self.verified.instructions()[target as usize] == I::Ret =>
            {
                self.give_back(self.at as i32 + 2);
                return false;
            }
            I::Jmp(target) => {
                self.settle();
                if target > self.at {
                    self.enters_scan(target);
                    let adjust = self.at as i32 + 1 - target as i32;
                    let op = self.emit(Op::Jump { to: Jump { delta: 0, adjust } });
                    self.jumps.push((op, target));
                } else {
                    self.back_edge(self.at, target);
                }
                return false;
            }
            I::JmpIf(target) | I::JmpIfNot(target) => {
                let if_true = matches!(instruction, I::JmpIf(_));
                let a = self.pop();
                self.settle();
                let at = self.at;
                self.conditional(
                    (at, at),
                    target,
                    |taken, to| {
                        if taken == if_true { Op::If { a, to } } else { Op::IfNot { a, to } }
                    },
                    |to| Some(if if_true { Op::BackIf { a, to } } else { Op::BackIfNot { a, to } }),
                );
            }
            I::Call(callee) => self.call(callee, polls),
            I::Ret => {
                self.give_back(self.at as i32 + 1);
                return false;
            }
            I::New(shape) => {
                let fields = self.module.module().shapes[shape as usize].fields.len() as u16;
                let dst = self.stack.next_slot();
                self.produce(Op::New { poll: polls, dst, shape, fields });
            }
            I::Get { shape, field } => self.unary(|dst, a| Op::Get { dst, a, shape, field }),
            I::Set { shape, field } => {
                let (a, b) = self.pop2();
                self.emit(Op::Set { a, b, shape, field });
            }
            I::NewArray => self.unary(|dst, a| Op::NewArray { poll: polls, dst, a }),
            I::ArrayLoad => self.binary(|dst, a, b| Op::ArrayLoad { dst, a, b }),
            I::ArrayStore => {
                let c = self.pop();
                let (a, b) = self.pop2();
                self.emit(Op::ArrayStore { a, b, c });
            }
            I::Len => self.unary(|dst, a| Op::Len { dst, a }),
            I::ArrayCopy => {
                let (a, b) = self.pop2();
                self.emit(Op::ArrayCopy { a, b });
            }
            I::ArrayFill => {
                let (a, b) = self.pop2();
                self.emit(Op::ArrayFill { a, b });
            }
            I::ToStr => self.unary(|dst, a| Op::ToStr { poll: polls, dst, a }),
            I::Concat => self.binary(|dst, a, b| Op::Concat { poll: polls, dst, a, b }),
            I::Spawn(function) => {
                let params = self.module.module().functions[function as usize].params;
                for _ in 0..params {
                    self.stack.pop();
                }
                let window = self.stack.next_slot();
                self.emit(Op::Spawn { poll: polls, window, function });
                self.stack.push(Operand::Slot);
            }
            I::Await => self.unary(|dst, a| Op::Await { poll: polls, dst, a }),
            I::Yield => self.effect(Op::Yield),
            I::Sleep => self.consume(|a| Op::Sleep { a }),
            I::NewMutex => {
                let dst = self.stack.next_slot();
                self.produce(Op::NewMutex { poll: polls, dst });
            }
            I::Lock => self.consume(|a| Op::Lock { a }),
            I::Unlock => self.consume(|a| Op::Unlock { a }),
            I::Print => self.consume(|a| Op::Print { a }),
            I::Trap(index) => {
                self.emit(Op::Trap { index });
                return false;
            }
            I::Throw => {
                self.js(instruction, false);
                return false;
            }
            I::JsAdd | I::JsSub => self.js_sum(instruction),
            I::JsMul
            | I::JsDiv
            | I::JsRem
            | I::JsNeg
            | I::JsFloor
            | I::JsSqrt
            | I::JsInt
            | I::JsUshr
            | I::JsTrue
            | I::JsText
            | I::JsLength
            | I::JsChar
            | I::JsCode
            | I::JsPow
            | I::ListGet(_)
            | I::ListSet(_)
            | I::ListPush(_)
            | I::ListPop(_)
            | I::ListCopy(_) => {
                self.js(instruction, polls);
            }
            I::Poll => self.effect(Op::Explicit { what: Explicit::Poll, a: 0 }),
            I::Collect => self.effect(Op::Explicit { what: Explicit::Collect, a: 0 }),
            I::Stop => self.consume(|a| Op::Explicit { what: Explicit::Stop, a }),
            I::Handshake => self.consume(|a| Op::Explicit { what: Explicit::Handshake, a }),
            I::Block => self.consume(|a| Op::Block { a }),
            I::Stall => self.consume(|a| Op::Stall { a }),
        }
        if instruction.poll_kind(self.at).is_some() && self.code.ops.len() > ops {
            let (op, at) = (self.code.ops.len() as u32 - 1, self.at);
            if !matches!(instruction, I::JmpIf(_) | I::JmpIfNot(_)) {
                self.site(op, at);
            }
        }
        true
    }

    fn constant(&mut self, value: Value) {
        let index = self.constants.value(value);
        self.stack.push(Operand::Const(index));
    }

    fn effect(&mut self, op: Op) {
        self.emit(op);
    }

    fn consume(&mut self, op: impl Fn(Reg) -> Op) {
        let a = self.pop();
        self.emit(op(a));
    }

    fn unary(&mut self, op: impl Fn(Reg, Reg) -> Op) {
        let a = self.pop();
        let dst = self.stack.next_slot();
        self.produce(op(dst, a));
    }

    fn binary(&mut self, op: impl Fn(Reg, Reg, Reg) -> Op) {
        let (a, b) = self.pop2();
        let dst = self.stack.next_slot();
        self.produce(op(dst, a, b));
    }
}

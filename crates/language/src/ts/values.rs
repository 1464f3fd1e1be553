//! Calls of functions that are values: which of the program's functions it can be is known by the types, so such a call
//! compares the number of the function with those of all of them.

use std::rc::Rc;

use oxc_ast::ast::{Argument, CallExpression};
use oxc_span::{GetSpan, Span};

use super::code::{Code, Here, Later};
use super::function::{Compiled, Function};
use super::types::{CAPTURED, CODE, Callable, Type};
use super::unit::{Param, Refused, Result, Signature, Unit};
use bytecode::limits::MAX_LOCALS;
use bytecode::{Constant, Instruction};

/// If a call may lead to more functions, a function of its own finds the right one.
const INLINE: usize = 8;

impl<'p> Function<'_, 'p> {
    /// A call of the value on the stack.
    pub fn call_value(&mut self, of: &Type, one: &'p CallExpression<'p>) -> Result<Type> {
        let of = match of {
            Type::Function(of) => of.clone(),
            Type::Unknown => return Err(Refused),
            other => {
                let message = format!("a call of {}", self.unit.name(other));
                return self.unit.refuse(one.callee.span(), message, "a function");
            }
        };
        self.temporary(one.span, |this, function| {
            this.emit(Instruction::Store(function));
            this.temporary(one.span, |this, number| {
                this.given(&of, &one.arguments, one.span)?;
                this.at(one.span);
                let here = this.here;
                this.code.later(Later::Call { of: of.clone(), function, number }, here);
                Ok(of.result.clone())
            })
        })
    }

    /// The arguments of a function that is a value.
    fn given(&mut self, of: &Callable, arguments: &'p [Argument<'p>], span: Span) -> Result<()> {
        let least = of.least;
        let param = |(at, of): (usize, &Type)| Param {
            name: format!("{}", (b'a' + (at % 26) as u8) as char),
            of: of.clone(),
            optional: at >= least,
        };
        let params = of.params.iter().enumerate().map(param).collect();
        let signature = Signature { name: "the function".into(), params, ..Signature::default() };
        self.arguments(&signature, None, arguments, span).map(|_| ())
    }

    /// `spawn` of the value on the stack.
    pub fn spawn_value(
        &mut self,
        of: &Type,
        arguments: &'p [Argument<'p>],
        span: Span,
    ) -> Result<Type> {
        let Type::Function(of) = of else {
            if *of == Type::Unknown {
                return Err(Refused);
            }
            let message = format!("spawn of {}", self.unit.name(of));
            return self.unit.refuse(span, message, "spawn(function, its arguments)");
        };
        self.temporary(span, |this, function| {
            this.emit(Instruction::Store(function));
            this.given(of, arguments, span)?;
            this.at(span);
            this.emit(Instruction::Load(function));
            let caller = this.unit.caller(of, true);
            this.emit(Instruction::Spawn(caller));
            Ok(match &of.result {
                Type::Task(of) => Type::Task(of.clone()),
                other => Type::task(other.clone()),
            })
        })
    }
}

impl Unit<'_> {
    /// The function that calls a value; `is_task`: in a task of its own, where async functions are called like others.
    fn caller(&mut self, of: &Rc<Callable>, is_task: bool) -> u16 {
        let known = self.callers.iter().find(|(known, task, _)| known == of && *task == is_task);
        if let Some((.., index)) = known {
            return *index;
        }
        let index = self.next_function();
        self.callers.push((of.clone(), is_task, index));
        index
    }

    /// The functions that call values, once all others are compiled.
    pub fn write_callers(&mut self) {
        let mut done = 0;
        while let Some((of, is_task, index)) = self.callers.get(done).cloned() {
            done += 1;
            let params = of.params.len() as u8;
            let mut code = Code::default();
            (0..params).for_each(|param| code.push(Instruction::Load(param), Here::default()));
            self.write_call(&mut code, &of, (params, params + 1), Some(is_task), Here::default());
            code.push(Instruction::Ret, Here::default());
            let mut locals: Vec<String> = (1..=params).map(|at| format!("argument {at}")).collect();
            locals.extend(["function".to_owned(), "number".to_owned()]);
            let verb = if is_task { "task of" } else { "call of" };
            let name = format!("{verb} {}", self.name(&Type::Function(of.clone())));
            let compiled = Compiled { params: params + 1, locals, code };
            self.made.push((index, name, compiled, Span::default()));
        }
    }

    /// Writes what was left for later.
    pub fn write_later(&mut self, code: &mut Code, later: Later, from: Here) {
        match later {
            Later::Values => {
                let Some(shape) = self.function_shape else { return };
                for (name, global) in &self.values {
                    let Some(signature) = self.functions.get(name) else { continue };
                    code.push(Instruction::New(shape), from);
                    code.push(Instruction::Dup, from);
                    code.push(Instruction::Int(signature.index.into()), from);
                    code.push(Instruction::Set { shape, field: CODE }, from);
                    code.push(Instruction::GlobalStore(*global), from);
                }
            }
            Later::Call { of, function, number } => {
                let targets = self.targets.iter().filter(|target| target.of.may_be(&of));
                if targets.take(INLINE + 1).count() > INLINE && of.params.len() + 2 <= MAX_LOCALS {
                    let caller = self.caller(&of, false);
                    code.push(Instruction::Load(function), from);
                    code.push(Instruction::Call(caller), from);
                } else {
                    self.write_call(code, &of, (function, number), None, from);
                }
            }
        }
    }

    /// Calls the function in a local, whose arguments are on the stack. `task`: whether in a task of its own.
    fn write_call(
        &mut self,
        code: &mut Code,
        of: &Callable,
        (function, number): (u8, u8),
        task: Option<bool>,
        from: Here,
    ) {
        let Some(shape) = self.function_shape else {
            let message = "a call of nothing: no function of this program is a value";
            let message = self.constant(Constant::String(message.into()), Span::default());
            code.push(Instruction::Trap(message), from);
            return;
        };
        code.push(Instruction::Load(function), from);
        code.push(Instruction::Get { shape, field: CODE }, from);
        code.push(Instruction::Store(number), from);
        let end = code.label();
        for target in self.targets.iter().filter(|target| target.of.may_be(of)) {
            let next = code.label();
            code.push(Instruction::Load(number), from);
            code.push(Instruction::Int(target.index.into()), from);
            code.push(Instruction::Eq, from);
            code.jump(Instruction::JmpIfNot, next, from);
            for _ in target.of.params.len()..of.params.len() {
                code.push(Instruction::Pop, from);
            }
            for _ in of.params.len()..target.of.params.len() {
                code.push(Instruction::Undefined, from);
            }
            if target.is_inner {
                code.push(Instruction::Load(function), from);
                code.push(Instruction::Get { shape, field: CAPTURED }, from);
            }
            let is_task = task == Some(true);
            let starts = target.is_async && !is_task;
            let call = if starts { Instruction::Spawn } else { Instruction::Call };
            code.push(call(target.index), from);
            if is_task && !target.is_async && matches!(target.of.result, Type::Task(_)) {
                code.push(Instruction::Await, from);
            }
            code.jump(Instruction::Jmp, end, from);
            code.place(next);
        }
        let wanted = self.name(&Type::Function(Rc::new(of.clone())));
        let message = format!("this function is not of the type {wanted}");
        let message = self.constant(Constant::String(message), Span::default());
        code.push(Instruction::Trap(message), from);
        code.place(end);
    }
}

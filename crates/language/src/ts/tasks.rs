//! Tasks: how they are started, and what is awaited.

use oxc_ast::ast::{AwaitExpression, CallExpression, Expression};
use oxc_span::GetSpan;

use super::function::Function;
use super::types::Type;
use super::unit::{Refused, Result};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn spawn(&mut self, one: &'p CallExpression<'p>) -> Result<Type> {
        let usage = "spawn(function, its arguments)";
        let Some((function, arguments)) = one.arguments.split_first() else {
            return self.unit.refuse(one.span, "spawn without a function", usage);
        };
        let function = self.argument(function)?;
        if let Expression::Identifier(id) = function
            && !self.is_variable(id.name.as_str())
            && let Some(signature) = self.unit.functions.get(id.name.as_str()).cloned()
        {
            self.ready(id.name.as_str(), id.span)?;
            let of = self.arguments(&signature, None, arguments, one.span)?;
            self.at(one.span);
            self.emit(Instruction::Spawn(signature.index));
            return Ok(if signature.is_async { of } else { Type::task(of) });
        }
        let of = self.expression(function, None)?;
        self.spawn_value(&of, arguments, function.span())
    }

    pub fn await_expression(&mut self, one: &'p AwaitExpression<'p>) -> Result<Type> {
        if !self.is_async {
            return self.unit.refuse(
                one.span,
                "await in a function that is not async",
                "async before the function",
            );
        }
        if let Expression::CallExpression(call) = &one.argument {
            match &call.callee {
                // The program's own, not the lab's.
                Expression::Identifier(id)
                    if self.unit.functions.contains_key(id.name.as_str())
                        || self.is_variable(id.name.as_str()) => {}
                Expression::Identifier(id) if id.name == "sleep" => {
                    let [time] = self.exactly(call, "sleep(milliseconds)")?;
                    self.milliseconds(time)?;
                    return Ok(self.nothing(Instruction::Sleep));
                }
                Expression::Identifier(id) if id.name == "yieldNow" => {
                    let [] = self.exactly(call, "yieldNow()")?;
                    return Ok(self.nothing(Instruction::Yield));
                }
                Expression::StaticMemberExpression(member) if member.property.name == "lock" => {
                    let [] = self.exactly(call, "lock()")?;
                    let of = self.expression(&member.object, None)?;
                    self.fits(&of, &Type::Mutex, member.object.span())?;
                    return Ok(self.nothing(Instruction::Lock));
                }
                _ => {}
            }
        }
        let of = self.expression(&one.argument, None)?;
        self.at(one.span);
        match of {
            Type::Task(of) => {
                self.emit(Instruction::Await);
                Ok((*of).clone())
            }
            Type::Unknown => Err(Refused),
            other => {
                let found = self.unit.name(&other);
                self.unit.refuse(
                    one.argument.span(),
                    format!("await of {found}"),
                    "a task: spawn, or a call of an async function",
                )
            }
        }
    }
}

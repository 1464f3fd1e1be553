//! Calls: functions, methods, and what the lab and JavaScript bring with them.

use oxc_ast::ast::{Argument, AwaitExpression, CallExpression, Expression, StaticMemberExpression};
use oxc_span::{GetSpan, Span};

use super::function::Function;
use super::types::{ELEMENTS, Type};
use super::unit::{Refused, Result, Signature};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn call(&mut self, one: &'p CallExpression<'p>, wanted: Option<&Type>) -> Result<Type> {
        if one.optional {
            return self.unit.unsupported(one.span, "?.", "an if before it");
        }
        match &one.callee {
            Expression::Identifier(id) => {
                let name = id.name.as_str();
                if self.is_variable(name) {
                    return self.unit.unsupported(
                        id.span,
                        "a call of a value",
                        "a function by its name",
                    );
                }
                match self.unit.functions.get(name).cloned() {
                    Some(signature) => {
                        self.ready(name, id.span)?;
                        self.arguments(&signature, &one.arguments, one.span)?;
                        self.at(one.span);
                        Ok(self.invoke(&signature))
                    }
                    None => self.built_in(name, id.span, one),
                }
            }
            Expression::StaticMemberExpression(member) => self.method(member, one, wanted),
            other => {
                self.unit.unsupported(other.span(), "a call of a value", "a function by its name")
            }
        }
    }

    /// A call in the program itself must not come before the globals that it may use.
    pub fn ready(&mut self, root: &str, span: Span) -> Result<()> {
        match self.unit.too_early(root).filter(|_| self.is_program) {
            Some(name) => {
                let message = format!("{root} may use {name}, which is declared further down");
                self.unit.refuse(span, message, format!("the declaration of {name} above"))
            }
            None => Ok(()),
        }
    }

    /// Calls, or starts a task.
    fn invoke(&mut self, signature: &Signature) -> Type {
        if signature.is_async {
            self.emit(Instruction::Spawn(signature.index));
            return Type::task(signature.result.clone());
        }
        self.emit(Instruction::Call(signature.index));
        signature.result.clone()
    }

    pub fn arguments(
        &mut self,
        signature: &Signature,
        arguments: &'p [Argument<'p>],
        span: Span,
    ) -> Result<()> {
        let most = signature.params.len();
        let least = signature.params.iter().filter(|param| !param.optional).count();
        if arguments.len() > most || arguments.len() < least {
            let expected =
                if least == most { format!("{most}") } else { format!("{least} to {most}") };
            let names: Vec<&str> =
                signature.params.iter().map(|param| param.name.as_str()).collect();
            let expected = format!("{expected}: {}({})", signature.name, names.join(", "));
            let message = format!("{} gets {}", signature.name, count(arguments.len()));
            return self.unit.refuse(span, message, expected);
        }
        for (at, param) in signature.params.iter().enumerate() {
            match arguments.get(at) {
                Some(argument) => {
                    let argument = self.argument(argument)?;
                    self.expect(argument, &param.of)?;
                }
                None => self.emit(Instruction::Undefined),
            }
        }
        Ok(())
    }

    fn argument(&mut self, argument: &'p Argument<'p>) -> Result<&'p Expression<'p>> {
        match argument.as_expression() {
            Some(expression) => Ok(expression),
            None => self.unit.unsupported(argument.span(), "a spread", "each argument"),
        }
    }

    /// So many arguments, no more and no fewer.
    fn exactly<const N: usize>(
        &mut self,
        one: &'p CallExpression<'p>,
        usage: &str,
    ) -> Result<[&'p Expression<'p>; N]> {
        let mut all = Vec::new();
        for argument in &one.arguments {
            all.push(self.argument(argument)?);
        }
        match <[&Expression; N]>::try_from(all) {
            Ok(all) => Ok(all),
            Err(all) => self.unit.refuse(
                one.span,
                format!("this is a call with {}", count(all.len())),
                usage,
            ),
        }
    }

    /// Milliseconds: what the machine takes is whole.
    fn milliseconds(&mut self, value: &'p Expression<'p>) -> Result<()> {
        self.expect(value, &Type::Number)?;
        self.emit(Instruction::ToInt);
        Ok(())
    }

    /// An instruction that leaves nothing.
    fn nothing(&mut self, instruction: Instruction) -> Type {
        self.emit(instruction);
        self.emit(Instruction::Undefined);
        Type::Nothing
    }

    fn built_in(&mut self, name: &str, span: Span, one: &'p CallExpression<'p>) -> Result<Type> {
        Ok(match name {
            "print" => return self.print(one, false),
            "String" => {
                let [value] = self.exactly(one, "String(value)")?;
                self.as_text(value)?;
                Type::Text
            }
            "spawn" => return self.spawn(one),
            "block" => {
                let [time] = self.exactly(one, "block(milliseconds)")?;
                self.milliseconds(time)?;
                self.nothing(Instruction::Block)
            }
            "stall" => {
                let [time] = self.exactly(one, "stall(milliseconds)")?;
                self.milliseconds(time)?;
                self.nothing(Instruction::Stall)
            }
            "poll" => {
                let [] = self.exactly(one, "poll()")?;
                self.at(one.span);
                self.nothing(Instruction::Poll)
            }
            "collect" => {
                let [] = self.exactly(one, "collect()")?;
                self.at(one.span);
                self.nothing(Instruction::Collect)
            }
            "stopTheWorld" => {
                let [why] = self.exactly(one, "stopTheWorld(reason)")?;
                self.expect(why, &Type::Text)?;
                self.at(one.span);
                self.nothing(Instruction::Stop)
            }
            "handshake" => {
                let [task] = self.exactly(one, "handshake(promise)")?;
                let of = self.expression(task, None)?;
                if !matches!(of, Type::Task(_)) {
                    let found = self.unit.name(&of);
                    let message = format!("a handshake with {found}");
                    return self.unit.refuse(
                        task.span(),
                        message,
                        "what an async function returns",
                    );
                }
                self.at(one.span);
                self.nothing(Instruction::Handshake)
            }
            "copy" => {
                let [from, to] = self.exactly(one, "copy(from, to)")?;
                let shape = self.unit.list(one.span)?;
                for list in [from, to] {
                    let of = self.expression(list, None)?;
                    if !matches!(of, Type::List(_)) {
                        let found = self.unit.name(&of);
                        return self.unit.refuse(
                            list.span(),
                            format!("a copy of {found}"),
                            "an array",
                        );
                    }
                }
                self.nothing(Instruction::ListCopy(shape))
            }
            "sleep" | "yieldNow" => {
                return self.unit.refuse(
                    one.span,
                    format!("{name} without await"),
                    format!("await {name}(…)"),
                );
            }
            name if self.unit.broken.contains(name) => return Err(Refused),
            _ => {
                let expected = "a function of this file or of the lab, e.g. print, spawn, poll";
                return self.unit.refuse(span, format!("there is no function {name}"), expected);
            }
        })
    }

    /// `is_console`: as `console.log` does, which shows the sign of 0.
    fn print(&mut self, one: &'p CallExpression<'p>, is_console: bool) -> Result<Type> {
        if one.arguments.is_empty() {
            self.text("", one.span);
        }
        for (at, argument) in one.arguments.iter().enumerate() {
            if at > 0 {
                self.text(" ", one.span);
                self.emit(Instruction::Concat);
            }
            let value = self.argument(argument)?;
            let of = self.expression(value, None)?;
            match of {
                Type::Number if is_console => self.signed(value.span())?,
                Type::Text => self.emit(Instruction::JsText),
                of => self.stringify(&of, value.span())?,
            }
            if at > 0 {
                self.emit(Instruction::Concat);
            }
        }
        self.at(one.span);
        Ok(self.nothing(Instruction::Print))
    }

    /// The number on the stack as text, in which 0 has its sign.
    fn signed(&mut self, span: Span) -> Result<()> {
        self.temporary(span, |function, number| {
            let (plain, end) = (function.code.label(), function.code.label());
            function.emit(Instruction::Store(number));
            function.emit(Instruction::Load(number));
            function.emit(Instruction::Int(0));
            function.emit(Instruction::Eq);
            function.jump(Instruction::JmpIfNot, plain);
            function.emit(Instruction::Int(1));
            function.emit(Instruction::Load(number));
            function.emit(Instruction::JsDiv);
            function.emit(Instruction::Int(0));
            function.emit(Instruction::Lt);
            function.jump(Instruction::JmpIfNot, plain);
            function.text("-0", span);
            function.jump(Instruction::Jmp, end);
            function.code.place(plain);
            function.emit(Instruction::Load(number));
            function.emit(Instruction::JsText);
            function.code.place(end);
            Ok(())
        })
    }

    fn spawn(&mut self, one: &'p CallExpression<'p>) -> Result<Type> {
        let usage = "spawn(function, its arguments)";
        let Some((function, arguments)) = one.arguments.split_first() else {
            return self.unit.refuse(one.span, "spawn without a function", usage);
        };
        let Expression::Identifier(id) = self.argument(function)? else {
            return self.unit.unsupported(function.span(), "a function as a value", usage);
        };
        let signature = self.unit.functions.get(id.name.as_str()).cloned();
        let Some(signature) = signature.filter(|_| !self.is_variable(id.name.as_str())) else {
            return self.unit.refuse(id.span, format!("there is no function {}", id.name), usage);
        };
        self.ready(id.name.as_str(), id.span)?;
        self.arguments(&signature, arguments, one.span)?;
        self.at(one.span);
        self.emit(Instruction::Spawn(signature.index));
        Ok(Type::task(signature.result))
    }

    fn method(
        &mut self,
        member: &'p StaticMemberExpression<'p>,
        one: &'p CallExpression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        let name = member.property.name.as_str();
        if let Expression::Identifier(object) = &member.object
            && !self.is_variable(object.name.as_str())
        {
            match (object.name.as_str(), name) {
                ("console", "log") => return self.print(one, true),
                ("Math", _) => return self.math(name, one),
                _ => {}
            }
        }
        // `new Array(n).fill(x)`: the filling says what the array holds.
        let of = self.expression(&member.object, wanted.filter(|_| name == "fill"))?;
        match of {
            Type::Object(shape) => {
                let signature = self.unit.methods.get(&(shape, name)).cloned();
                let Some(signature) = signature.filter(|_| name != "constructor") else {
                    let message = format!("{} has no method {name}", self.shape_of(shape).name);
                    return self.unit.refuse(
                        member.property.span,
                        message,
                        "a method of its class",
                    );
                };
                let class = self.shape_of(shape).name.clone();
                self.ready(&class, member.property.span)?;
                if !is_object(&member.object) {
                    // In JavaScript the call fails, even if the method has no use for its object.
                    self.emit(Instruction::Dup);
                    self.emit(Instruction::Get { shape, field: 0 });
                    self.emit(Instruction::Pop);
                }
                self.arguments(&signature, &one.arguments, one.span)?;
                self.at(one.span);
                Ok(self.invoke(&signature))
            }
            Type::List(of) => self.list_method(&of, name, member, one),
            Type::Text => match name {
                "charCodeAt" => {
                    let [at] = self.exactly(one, "charCodeAt(index)")?;
                    self.expect(at, &Type::Number)?;
                    self.emit(Instruction::JsCode);
                    Ok(Type::Number)
                }
                _ => self.unit.unsupported(
                    member.property.span,
                    &format!("the method {name} of strings"),
                    "a loop over the string",
                ),
            },
            Type::Number if name == "toString" => {
                let [] = self.exactly(one, "toString()")?;
                self.emit(Instruction::JsText);
                Ok(Type::Text)
            }
            Type::Mutex if name == "unlock" => {
                let [] = self.exactly(one, "unlock()")?;
                Ok(self.nothing(Instruction::Unlock))
            }
            Type::Mutex if name == "lock" => {
                self.unit.refuse(one.span, "lock without await", "await m.lock()")
            }
            Type::Unknown => Err(Refused),
            other => {
                let found = self.unit.name(&other);
                self.unit.refuse(
                    member.property.span,
                    format!("{found} has no method {name}"),
                    "an object that has it",
                )
            }
        }
    }

    fn list_method(
        &mut self,
        of: &Type,
        name: &str,
        member: &StaticMemberExpression<'p>,
        one: &'p CallExpression<'p>,
    ) -> Result<Type> {
        let shape = self.unit.list(one.span)?;
        match name {
            "push" => {
                let [value] = self.exactly(one, "push(element), once for each")?;
                self.expect(value, of)?;
                self.at(one.span);
                self.emit(Instruction::ListPush(shape));
                Ok(Type::Number)
            }
            "pop" => {
                let [] = self.exactly(one, "pop()")?;
                self.emit(Instruction::ListPop(shape));
                Ok(of.clone())
            }
            "fill" => {
                let [value] = self.exactly(one, "fill(element)")?;
                self.emit(Instruction::Dup);
                self.emit(Instruction::Get { shape, field: ELEMENTS });
                let found = self.expression(value, Some(of))?;
                self.fits(&found, of, value.span())?;
                self.at(one.span);
                self.emit(Instruction::ArrayFill);
                Ok(Type::list(if *of == Type::Unknown { found } else { of.clone() }))
            }
            _ => {
                let what = format!("the method {name} of arrays");
                self.unit.unsupported(member.property.span, &what, "a loop, push, pop or fill")
            }
        }
    }

    fn math(&mut self, name: &str, one: &'p CallExpression<'p>) -> Result<Type> {
        let usage = format!("Math.{name}(number)");
        match name {
            "floor" | "sqrt" | "ceil" | "abs" => {}
            _ => {
                let instead = "Math.floor, Math.ceil, Math.abs or Math.sqrt";
                return self.unit.unsupported(one.callee.span(), &format!("Math.{name}"), instead);
            }
        }
        let [value] = self.exactly(one, &usage)?;
        self.expect(value, &Type::Number)?;
        self.at(one.span);
        match name {
            "floor" => self.emit(Instruction::JsFloor),
            "sqrt" => self.emit(Instruction::JsSqrt),
            "ceil" => {
                self.emit(Instruction::JsNeg);
                self.emit(Instruction::JsFloor);
                self.emit(Instruction::JsNeg);
            }
            _ => {
                // 0 - x, not -x: the absolute value of -0 is 0.
                let end = self.code.label();
                self.emit(Instruction::Dup);
                self.emit(Instruction::Int(0));
                self.emit(Instruction::Le);
                self.jump(Instruction::JmpIfNot, end);
                self.emit(Instruction::Int(0));
                self.emit(Instruction::Swap);
                self.emit(Instruction::JsSub);
                self.code.place(end);
            }
        }
        Ok(Type::Number)
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

/// Whether an expression's value is an object whatever the program does.
fn is_object(expression: &Expression<'_>) -> bool {
    matches!(
        expression.without_parentheses(),
        Expression::ThisExpression(_) | Expression::NewExpression(_)
    )
}

/// So many arguments, in words.
fn count(arguments: usize) -> String {
    if arguments == 1 { "1 argument".to_owned() } else { format!("{arguments} arguments") }
}

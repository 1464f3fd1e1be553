//! Calls: functions, methods, and what the lab and JavaScript bring with them.

use oxc_ast::ast::{
    Argument, CallExpression, Expression, StaticMemberExpression, TSTypeParameterInstantiation,
};
use oxc_span::{GetSpan, Span};

use super::function::Function;
use super::generic::Bound;
use super::types::{CAPTURED, Type};
use super::unit::{Refused, Result, Signature};
use super::variables::Variable;
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn call(&mut self, one: &'p CallExpression<'p>, wanted: Option<&Type>) -> Result<Type> {
        match &one.callee {
            Expression::Identifier(id) => {
                let name = id.name.as_str();
                if self.is_variable(name) {
                    let variable = self.variable(name, id.span)?;
                    if let Some(signature) = variable.function.clone() {
                        return self.call_inner(&variable, &signature, one);
                    }
                    self.load(&variable);
                    self.link(one.optional)?;
                    return self.call_value(&variable.of, one);
                }
                if self.is_library
                    && let Some(of) =
                        self.library(&format!("Array.{name}"), None, &one.arguments, one.span)?
                {
                    return Ok(of);
                }
                match self.unit.functions.get(name).filter(|_| !self.is_library).cloned() {
                    Some(signature) => {
                        self.ready(name, id.span)?;
                        let types = one.type_arguments.as_deref();
                        let result = self.arguments(&signature, types, &one.arguments, one.span)?;
                        self.at(one.span);
                        self.invoke(&signature);
                        Ok(result)
                    }
                    None => self.built_in(name, id.span, one),
                }
            }
            Expression::StaticMemberExpression(member) => self.method(member, one, wanted),
            other => {
                let of = self.expression(other, None)?;
                self.link(one.optional)?;
                self.call_value(&of, one)
            }
        }
    }

    /// A call of a constant that is a function inside of another one.
    fn call_inner(
        &mut self,
        variable: &Variable,
        signature: &Signature,
        one: &'p CallExpression<'p>,
    ) -> Result<Type> {
        let result = self.arguments(signature, None, &one.arguments, one.span)?;
        self.at(one.span);
        self.load(variable);
        let shape = self.unit.function_shape(one.span)?;
        self.emit(Instruction::Get { shape, field: CAPTURED });
        self.invoke(signature);
        Ok(result)
    }

    /// A call in the program itself must not come before the globals that it may use.
    pub fn ready(&mut self, root: &str, span: Span) -> Result<()> {
        match self.unit.too_early(root).filter(|_| self.is_in_program) {
            Some(name) => {
                let message = format!("{root} may use {name}, which is declared further down");
                self.unit.refuse(span, message, format!("the declaration of {name} above"))
            }
            None => Ok(()),
        }
    }

    /// Calls, or starts a task.
    fn invoke(&mut self, signature: &Signature) {
        let call = if signature.is_async { Instruction::Spawn } else { Instruction::Call };
        self.emit(call(signature.index));
    }

    /// Leaves the arguments on the stack. The type is that of the call.
    pub fn arguments(
        &mut self,
        signature: &Signature,
        types: Option<&'p TSTypeParameterInstantiation<'p>>,
        arguments: &'p [Argument<'p>],
        span: Span,
    ) -> Result<Type> {
        if signature.variables.is_empty() {
            self.count(signature, arguments, span)?;
            for (at, param) in signature.params.iter().enumerate() {
                match arguments.get(at) {
                    Some(argument) => {
                        let argument = self.argument(argument)?;
                        self.expect(argument, &param.of)?;
                    }
                    None => self.emit(Instruction::Undefined),
                }
            }
            let of = signature.result.clone();
            return Ok(if signature.is_async { Type::task(of) } else { of });
        }
        let mut bound = Bound::new();
        for ((_, variable), of) in
            signature.variables.iter().zip(types.iter().flat_map(|all| &all.params))
        {
            variable.bind(&self.unit.of(of)?, &mut bound);
        }
        self.generic(signature, &mut bound, arguments, span)?;
        let of = signature.result.with(&bound);
        if !of.is_known() {
            let expected = format!("{}<…>(…) with the types", signature.name);
            let message = format!("what {} gives here is not known", signature.name);
            return self.unit.refuse(span, message, expected);
        }
        Ok(if signature.is_async { Type::task(of) } else { of })
    }

    pub fn argument(&mut self, argument: &'p Argument<'p>) -> Result<&'p Expression<'p>> {
        match argument.as_expression() {
            Some(expression) => Ok(expression),
            None => self.unit.unsupported(argument.span(), "a spread", "each argument"),
        }
    }

    /// So many arguments, no more and no fewer.
    pub fn exactly<const N: usize>(
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
    pub fn milliseconds(&mut self, value: &'p Expression<'p>) -> Result<()> {
        self.expect(value, &Type::Number)?;
        self.emit(Instruction::ToInt);
        Ok(())
    }

    /// An instruction that leaves nothing.
    pub fn nothing(&mut self, instruction: Instruction) -> Type {
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
            "isNaN" | "isFinite" => {
                let full = format!("Number.{name}");
                let found = self.library(&full, None, &one.arguments, one.span)?;
                return found.ok_or(Refused);
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
                ("Array", "from") => return self.array_from(one),
                ("Number", _) => {
                    let full = format!("Number.{name}");
                    return match self.library(&full, None, &one.arguments, one.span)? {
                        Some(of) => Ok(of),
                        None => {
                            let instead = "Number.isInteger, isSafeInteger, isFinite or isNaN";
                            self.unit.unsupported(one.callee.span(), &full, instead)
                        }
                    };
                }
                _ => {}
            }
        }
        // `new Array(n).fill(x)`: the filling says what the array holds.
        let of = self.expression(&member.object, wanted.filter(|_| name == "fill"))?;
        self.link(member.optional)?;
        let field = match &of {
            Type::Object(shape) => {
                self.shape_of(*shape).field(name).map(|(at, of)| (*shape, at, of))
            }
            _ => None,
        };
        if let Some((shape, field, of @ Type::Function(_))) =
            field.map(|(shape, at, field)| (shape, at, field.of.clone()))
        {
            self.at(member.property.span);
            self.emit(Instruction::Get { shape, field });
            self.link(one.optional)?;
            return self.call_value(&of, one);
        }
        match of {
            _ if one.optional => {
                self.unit.unsupported(one.span, "?. before a call of a method", "an if before it")
            }
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
                let result = self.arguments(&signature, None, &one.arguments, one.span)?;
                self.at(one.span);
                self.invoke(&signature);
                Ok(result)
            }
            Type::List(of) => self.list_method(&of, name, member, one),
            Type::Text => match name {
                "charCodeAt" => {
                    let [at] = self.exactly(one, "charCodeAt(index)")?;
                    self.expect(at, &Type::Number)?;
                    self.emit(Instruction::JsCode);
                    Ok(Type::Number)
                }
                _ => {
                    let full = format!("String.{name}");
                    match self.library(&full, Some(&Type::Text), &one.arguments, one.span)? {
                        Some(of) => Ok(of),
                        None => self.no_method(name, "strings", member),
                    }
                }
            },
            Type::Number if name == "toString" => {
                let [] = self.exactly(one, "toString()")?;
                self.emit(Instruction::JsText);
                Ok(Type::Text)
            }
            Type::Number => {
                let full = format!("number.{name}");
                match self.library(&full, Some(&Type::Number), &one.arguments, one.span)? {
                    Some(of) => Ok(of),
                    None => self.no_method(name, "numbers", member),
                }
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
}

/// Whether an expression's value is an object whatever the program does.
fn is_object(expression: &Expression<'_>) -> bool {
    matches!(
        expression.without_parentheses(),
        Expression::ThisExpression(_) | Expression::NewExpression(_)
    )
}

/// So many arguments, in words.
pub(super) fn count(arguments: usize) -> String {
    if arguments == 1 { "1 argument".to_owned() } else { format!("{arguments} arguments") }
}

//! Functions inside of others, and functions as values.
//!
//! A function as a value is an object with two fields: the number of its code, and an object with what it has captured.
//! Variables that are never changed are copied when the function is made; a variable that is changed lives in an
//! object of its own, which all functions share that use it. A function inside of another one gets what it has
//! captured as its last argument.

use oxc_ast::ast::{ArrowFunctionExpression, Function as Written, Statement, TSTypeAnnotation};
use oxc_span::Span;

use super::declare::Body;
use super::function::Function;
use super::passages::Words;
use super::signatures::{Head, plain, signature};
use super::types::{CAPTURED, CODE, Callable, Type};
use super::unit::{Refused, Result, Signature, Target};
use bytecode::Instruction;

/// A function inside of another one.
struct Inner<'p> {
    body: Body<'p>,
    result: Option<&'p TSTypeAnnotation<'p>>,
    is_async: bool,
    is_arrow: bool,
    /// Without a type, its statements say what the result is.
    is_inferred: bool,
}

impl<'p> Inner<'p> {
    fn arrow(one: &'p ArrowFunctionExpression<'p>) -> Self {
        let result = one.return_type.as_deref();
        let body = Body::arrow(one);
        Self { body, result, is_async: one.r#async, is_arrow: true, is_inferred: true }
    }
}

/// What a function was made of.
struct Made<'p> {
    signature: Signature,
    captures: Vec<&'p str>,
    shape: Option<u16>,
}

impl<'p> Function<'_, 'p> {
    pub fn arrow(
        &mut self,
        one: &'p ArrowFunctionExpression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        if one.type_parameters.is_some() {
            let instead = "a function of the top level with type parameters";
            return self.unit.unsupported(
                one.span,
                "an arrow function with type parameters",
                instead,
            );
        }
        self.function_of(&Inner::arrow(one), "function", wanted)
    }

    pub fn function_value(&mut self, one: &'p Written<'p>, wanted: Option<&Type>) -> Result<Type> {
        if let Some(id) = &one.id {
            let instead = "const with an arrow function";
            return self.unit.unsupported(id.span, "a name of a function as a value", instead);
        }
        let inner = self.written(one)?;
        self.function_of(&inner, "function", wanted)
    }

    fn written(&mut self, one: &'p Written<'p>) -> Result<Inner<'p>> {
        if let Some(params) = &one.type_parameters {
            let instead = "a function of the top level with type parameters";
            let what = "a function inside of another one with type parameters";
            return self.unit.unsupported(params.span, what, instead);
        }
        let body = plain(self.unit, one)?;
        let result = one.return_type.as_deref();
        let is_inferred = one.is_expression();
        Ok(Inner { body, result, is_async: one.r#async, is_arrow: false, is_inferred })
    }

    /// Leaves the function as a value on the stack.
    fn function_of(
        &mut self,
        inner: &Inner<'p>,
        name: &str,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        let wanted = match wanted {
            Some(Type::Function(of)) => Some(&**of),
            _ => None,
        };
        let signature = self.signature_of(inner, name, wanted)?;
        let made = self.inner(inner, signature, wanted)?;
        self.at(inner.body.span);
        self.new_function(&made.signature, inner.body.span)?;
        self.capture_all(&made, inner.body.span)?;
        Ok(Type::Function(made.signature.callable()))
    }

    /// A variable whose first value is a function. If it is known what that gives, it can call itself.
    pub fn constant_function(
        &mut self,
        name: &'p str,
        one: &'p ArrowFunctionExpression<'p>,
        wanted: Option<Type>,
        is_constant: bool,
    ) -> Result<()> {
        if one.type_parameters.is_some() {
            return self.arrow(one, None).map(|_| ());
        }
        let inner = Inner::arrow(one);
        let callable = match &wanted {
            Some(Type::Function(of)) => Some(of.clone()),
            _ => None,
        };
        let signature = self.signature_of(&inner, name, callable.as_deref())?;
        let declare = |this: &mut Self, signature: &Signature| match &wanted {
            Some(wanted) => this.declare(name, wanted.clone()),
            None if is_constant => this.declare_function(name, signature),
            None => this.declare(name, Type::Function(signature.callable())),
        };
        if wanted.is_none() && one.return_type.is_none() {
            let made = self.inner(&inner, signature, None)?;
            self.new_function(&made.signature, one.span)?;
            self.capture_all(&made, one.span)?;
            declare(self, &made.signature);
            return Ok(());
        }
        self.new_function(&signature, one.span)?;
        declare(self, &signature);
        let of = self.fill(name, &inner, signature, callable.as_deref())?;
        match &wanted {
            Some(wanted) => self.fits(&of, wanted, one.span),
            None => Ok(()),
        }
    }

    /// Compiles a function that was declared, and gives it what it has captured.
    fn fill(
        &mut self,
        name: &'p str,
        inner: &Inner<'p>,
        signature: Signature,
        wanted: Option<&Callable>,
    ) -> Result<Type> {
        let made = self.inner(inner, signature, wanted)?;
        if !made.captures.is_empty() {
            let variable = self.variable(name, inner.body.span)?;
            self.load(&variable);
            self.capture_all(&made, inner.body.span)?;
            self.emit(Instruction::Pop);
        }
        Ok(Type::Function(made.signature.callable()))
    }

    /// Makes those functions of a block that use nothing which is declared further down.
    pub fn make_ready(&mut self, waiting: &mut Vec<&'p Written<'p>>) {
        let name = |one: &Written<'p>| one.id.as_ref().map_or("", |id| id.name.as_str());
        let mut ready: Vec<&'p Written<'p>> = waiting.clone();
        loop {
            let names: Vec<&str> = ready.iter().map(|one| name(one)).collect();
            let before = ready.len();
            let is_ready = |one: &&'p Written<'p>| {
                let mut free = self.unit.resolved.free.get(&one.span.start).into_iter().flatten();
                free.all(|used| {
                    names.contains(used) || self.known(used).is_none_or(|known| known.of.is_some())
                })
            };
            ready.retain(is_ready);
            if ready.len() == before {
                break;
            }
        }
        waiting.retain(|one| !ready.iter().any(|ready| ready.span == one.span));
        let mut made = Vec::new();
        for one in ready {
            let Some(id) = &one.id else { continue };
            self.step(id.span, Words::Code(id.span, ""));
            let inner = self.written(one);
            let signature = inner.and_then(|inner| {
                let signature = self.signature_of(&inner, id.name.as_str(), None)?;
                self.new_function(&signature, one.span)?;
                self.declare_function(id.name.as_str(), &signature);
                Ok((inner, signature))
            });
            match signature {
                Ok((inner, signature)) => made.push((id.name.as_str(), inner, signature)),
                // Reported here, and not again wherever it is used.
                Err(Refused) => self.declare(id.name.as_str(), Type::Unknown),
            }
        }
        for (name, inner, signature) in made {
            // Reported.
            let _ = self.fill(name, &inner, signature, None);
        }
    }

    /// What a function takes and gives. Without a type of its result that is `Nothing` until it was compiled.
    fn signature_of(
        &mut self,
        inner: &Inner<'p>,
        name: &str,
        wanted: Option<&Callable>,
    ) -> Result<Signature> {
        let head = Head {
            result: inner.result,
            is_async: inner.is_async,
            is_inferred: inner.is_inferred,
            wanted,
        };
        let mut signature = signature(self.unit, name.to_owned(), inner.body, head)?;
        signature.index = self.unit.next_function();
        signature.name = format!("{name} in line {}", self.unit.line(inner.body.span.start));
        Ok(signature)
    }

    fn inner(
        &mut self,
        inner: &Inner<'p>,
        signature: Signature,
        wanted: Option<&Callable>,
    ) -> Result<Made<'p>> {
        let mut outer = self.visible();
        if !inner.is_arrow {
            outer.remove("this");
        }
        let (is_in_program, nested) = (self.is_in_program, self.nested);
        let is_inferred = inner.is_inferred && inner.result.is_none();
        let mut function = Function::new(self.unit, &signature, None);
        function.outer = outer;
        function.is_in_program = is_in_program;
        function.nested = nested;
        function.captured = Some((signature.params.len() as u8, None));
        if is_inferred {
            let wanted = wanted.map(|wanted| &wanted.result);
            function.inferred = Some(match wanted {
                Some(Type::Task(of)) if signature.is_async => (**of).clone(),
                Some(of) if !signature.is_async => of.clone(),
                _ => Type::Unknown,
            });
        }
        function.enter(&signature, Some(inner.body), None)?;
        function.whole(inner.body)?;
        let result = function.result.clone();
        let shape = function.captured.and_then(|(_, shape)| shape);
        let captures = std::mem::take(&mut function.captures);
        let compiled = function.finish();
        if let Some(shape) = shape {
            for name in &captures {
                let field = super::types::Field {
                    name: (*name).to_owned(),
                    of: Type::Unknown,
                    optional: false,
                };
                self.unit.shapes[usize::from(shape)].fields.push(field);
            }
        }
        let signature = Signature { result, ..signature };
        let span = inner.body.span;
        self.unit.made.push((signature.index, signature.name.clone(), compiled, span));
        self.unit.targets.push(Target {
            index: signature.index,
            of: signature.callable(),
            is_async: signature.is_async,
            is_inner: true,
        });
        Ok(Made { signature, captures, shape })
    }

    /// A function as a value that has captured nothing yet.
    fn new_function(&mut self, signature: &Signature, span: Span) -> Result<()> {
        let shape = self.unit.function_shape(span)?;
        self.emit(Instruction::New(shape));
        self.emit(Instruction::Dup);
        self.emit(Instruction::Int(signature.index.into()));
        self.emit(Instruction::Set { shape, field: CODE });
        Ok(())
    }

    /// Gives the function on the stack what it captures.
    fn capture_all(&mut self, made: &Made<'p>, span: Span) -> Result<()> {
        let Some(shape) = made.shape else { return Ok(()) };
        self.emit(Instruction::Dup);
        self.emit(Instruction::New(shape));
        for (name, field) in made.captures.iter().zip(0..) {
            self.emit(Instruction::Dup);
            let variable = self.variable(name, span)?;
            self.load_home(&variable);
            self.emit(Instruction::Set { shape, field });
        }
        let function = self.unit.function_shape(span)?;
        self.emit(Instruction::Set { shape: function, field: CAPTURED });
        Ok(())
    }
}

/// The functions that a block declares.
pub(super) fn functions<'p>(
    statements: &'p [Statement<'p>],
) -> impl Iterator<Item = &'p Written<'p>> {
    statements.iter().filter_map(|statement| match statement {
        Statement::FunctionDeclaration(one) if one.id.is_some() => Some(&**one),
        _ => None,
    })
}

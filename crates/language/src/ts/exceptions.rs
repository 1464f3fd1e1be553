//! `throw`, `try`, `catch` and `finally`.
//!
//! The machine throws strings; the object that `catch` gets is made there. So an error is no longer the object that was
//! thrown, and errors are not compared. What comes behind `finally` is compiled once for each way out of its `try`.

use oxc_ast::ast::{
    Argument, BindingPattern, BlockStatement, CatchClause, Expression, NewExpression, TryStatement,
};
use oxc_span::{GetSpan, Span};

use super::code::Label;
use super::function::{Function, Target, last};
use super::passages::Words;
use super::statements::declared;
use super::types::Type;
use super::unit::{Refused, Result, Unit};
use bytecode::limits::{MAX_CODE, MAX_TABLE, MAX_TRIES};
use bytecode::{Constant, Instruction, MarkKind};

/// What JavaScript has, and the field of all of them.
const ERRORS: [&str; 7] =
    ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];
const MESSAGE: u8 = 0;

/// So often blocks behind `finally` are compiled for a function.
const MAX_FINALIZERS: u32 = 1000;

/// A `try` around what is compiled.
#[derive(Debug, Clone, Copy)]
pub(super) struct Try<'p> {
    finalizer: Option<&'p BlockStatement<'p>>,
    /// Scopes and targets around it.
    scopes: usize,
    targets: usize,
}

impl<'p> Unit<'p> {
    /// The shape of errors.
    pub fn error_shape(&mut self, span: Span) -> Result<u16> {
        if let Some(shape) = self.error {
            return Ok(shape);
        }
        let shape = self.own_shape(span, "Error", &["message"])?;
        self.shapes[usize::from(shape)].fields[usize::from(MESSAGE)].of = Type::Text;
        self.error = Some(shape);
        Ok(shape)
    }

    pub fn is_error_type(&self, of: &Type) -> bool {
        matches!(of, Type::Object(shape) if Some(*shape) == self.error)
    }

    /// Whether a name is that of a class of errors, and no type of the program.
    pub fn is_error(&self, name: &str) -> bool {
        ERRORS.contains(&name) && !self.types.contains_key(name)
    }
}

impl<'p> Function<'_, 'p> {
    /// The arguments of `new Error(…)`, or of `Error(…)`.
    fn error_arguments(&self, value: &'p Expression<'p>) -> Option<&'p [Argument<'p>]> {
        let (callee, arguments) = match value.without_parentheses() {
            Expression::NewExpression(one) => (&one.callee, &one.arguments),
            Expression::CallExpression(one) => (&one.callee, &one.arguments),
            _ => return None,
        };
        let Expression::Identifier(name) = callee else { return None };
        let name = name.name.as_str();
        let is_known = self.is_library || self.unit.is_error(name);
        (is_known && !self.is_variable(name)).then_some(arguments)
    }

    /// Leaves the message of an error on the stack.
    fn message(&mut self, arguments: &'p [Argument<'p>], span: Span) -> Result<()> {
        match arguments {
            [] => {
                self.text("", span);
                Ok(())
            }
            [message] => {
                let message = self.argument(message)?;
                self.as_text(message)
            }
            [_, more, ..] => {
                self.unit.unsupported(more.span(), "an error's cause", "the message alone")
            }
        }
    }

    /// `new Error(message)` as a value.
    pub fn new_error(&mut self, one: &'p NewExpression<'p>) -> Result<Type> {
        self.message(&one.arguments, one.span)?;
        self.at(one.span);
        self.error_of(one.span)
    }

    /// An error of the message on the stack.
    fn error_of(&mut self, span: Span) -> Result<Type> {
        let shape = self.unit.error_shape(span)?;
        self.emit(Instruction::New(shape));
        self.emit(Instruction::Swap);
        self.temporary(span, |function, message| {
            function.emit(Instruction::Store(message));
            function.emit(Instruction::Dup);
            function.emit(Instruction::Load(message));
            function.emit(Instruction::Set { shape, field: MESSAGE });
            Ok(Type::Object(shape))
        })
    }

    /// `instanceof`, with the left operand on the stack.
    pub fn instance_of(
        &mut self,
        of: &Type,
        class: &'p Expression<'p>,
        span: Span,
    ) -> Result<Type> {
        let is_error = matches!(class, Expression::Identifier(name)
            if name.name == "Error" && self.unit.is_error("Error") && !self.is_variable("Error"));
        if !is_error || !self.unit.is_error_type(of) {
            return self.unit.unsupported(span, "instanceof", "a field that says what it is");
        }
        // Null is none.
        self.emit(Instruction::JsTrue);
        Ok(Type::Bool)
    }

    pub fn throw(&mut self, value: &'p Expression<'p>) -> Result<()> {
        // The library's word for what JavaScript does otherwise: no catch sees it.
        if let (true, Expression::StringLiteral(words)) = (self.is_library, value) {
            let message = Constant::String(words.value.to_string());
            let message = self.unit.constant(message, words.span);
            self.emit(Instruction::Trap(message));
            return Ok(());
        }
        if let Some(arguments) = self.error_arguments(value) {
            self.message(arguments, value.span())?;
            self.emit(Instruction::Throw);
            return Ok(());
        }
        let of = self.expression(value, None)?;
        match of {
            Type::Object(shape) if self.unit.is_error_type(&of) => {
                self.emit(Instruction::Get { shape, field: MESSAGE });
            }
            Type::Text if !self.unit.resolved.catches => {}
            Type::Unknown => {}
            Type::Text => {
                let what = "a thrown string in a program that catches";
                return self.unit.unsupported(value.span(), what, "throw new Error(text)");
            }
            other => {
                let what = format!("a thrown {}", self.unit.name(&other));
                return self.unit.unsupported(value.span(), &what, "throw new Error(text)");
            }
        }
        self.emit(Instruction::Throw);
        Ok(())
    }

    pub fn try_statement(&mut self, one: &'p TryStatement<'p>) -> Result<()> {
        let Some(finalizer) = &one.finalizer else { return self.catching(one) };
        let (failed, end) = (self.code.label(), self.code.label());
        self.open_try(failed, Some(finalizer), one.span)?;
        let done = self.catching(one);
        self.tries.pop();
        self.emit(Instruction::EndTry);
        let cleaned = self.finalizer(finalizer);
        self.jump(Instruction::Jmp, end);
        self.caught(failed, Span::new(finalizer.span.start, finalizer.span.start + 1), "`finally`");
        let again = self.temporary(one.span, |function, message| {
            function.emit(Instruction::Store(message));
            let cleaned = function.finalizer(finalizer);
            function.step(last(finalizer.span), Words::Said("the end of `finally`"));
            function.emit(Instruction::Load(message));
            function.emit(Instruction::Throw);
            cleaned
        });
        self.code.place(end);
        done.and(cleaned).and(again)
    }

    /// A `try` and its `catch`, if it has one.
    fn catching(&mut self, one: &'p TryStatement<'p>) -> Result<()> {
        let Some(handler) = &one.handler else { return self.block(&one.block.body) };
        let (caught, end) = (self.code.label(), self.code.label());
        self.open_try(caught, None, one.span)?;
        let done = self.block(&one.block.body);
        self.tries.pop();
        self.emit(Instruction::EndTry);
        self.jump(Instruction::Jmp, end);
        self.caught(caught, Span::new(handler.span.start, handler.body.span.start), "`catch`");
        let handled = self.handler(handler);
        self.code.place(end);
        done.and(handled)
    }

    fn open_try(
        &mut self,
        to: Label,
        finalizer: Option<&'p BlockStatement<'p>>,
        span: Span,
    ) -> Result<()> {
        if self.tries.len() >= MAX_TRIES {
            let expected = format!("at most {MAX_TRIES}, where catch and finally count as two");
            return self.unit.refuse(span, "this is one try too many inside of others", expected);
        }
        self.jump(Instruction::Try, to);
        let (scopes, targets) = (self.scopes.len(), self.targets.len());
        self.tries.push(Try { finalizer, scopes, targets });
        Ok(())
    }

    /// What is done finally, once more. Where that has such blocks itself, each level has twice as many of them.
    fn finalizer(&mut self, block: &'p BlockStatement<'p>) -> Result<()> {
        self.finalizers += 1;
        let is_long = self.code.len() > MAX_CODE || self.unit.function_count > MAX_TABLE;
        if self.finalizers <= MAX_FINALIZERS && !is_long {
            return self.block(&block.body);
        }
        if self.finalizers > MAX_FINALIZERS + 1 {
            return Err(Refused);
        }
        self.finalizers = MAX_FINALIZERS + 1;
        let expected = "a function of its own for what is done finally";
        self.unit.refuse(block.span, "there are too many ways out of tries here", expected)
    }

    /// What is thrown goes on here, at a poll.
    fn caught(&mut self, label: Label, span: Span, words: &'static str) {
        self.code.place(label);
        self.step(span, Words::Said(words));
        self.emit(Instruction::Poll);
    }

    /// The block of a `catch`, with the message on the stack.
    fn handler(&mut self, handler: &'p CatchClause<'p>) -> Result<()> {
        let statements = &handler.body.body;
        let Some(param) = &handler.param else {
            self.emit(Instruction::Pop);
            return self.block(statements);
        };
        let BindingPattern::BindingIdentifier(id) = &param.pattern else {
            return self.unit.unsupported(param.span, "a pattern", "one name");
        };
        let of = self.error_of(param.span)?;
        let name = id.name.as_str();
        let opened = self.open([(name, id.span, false)]);
        self.declare(name, of);
        // A second declaration of the name is a mistake in JavaScript, too.
        let again = declared(statements).find(|(known, ..)| *known == name);
        let done = match again {
            Some((_, span, _)) => self.unit.twice(span, name),
            None => self.block(statements),
        };
        self.close();
        opened.and(done)
    }

    /// On the way out of the function with the value on the stack.
    pub fn return_value(&mut self, span: Span) -> Result<()> {
        if self.tries.iter().all(|one| one.finalizer.is_none()) {
            self.emit(Instruction::Ret);
            return Ok(());
        }
        self.temporary(span, |function, value| {
            function.emit(Instruction::Store(value));
            let left = function.leave_tries(0);
            function.emit(Instruction::Load(value));
            function.emit(Instruction::Ret);
            left
        })
    }

    /// Ends the tries with at least so many targets around them, the innermost first, and does what they do finally.
    pub fn leave_tries(&mut self, targets: usize) -> Result<()> {
        let inside = self.tries.iter().position(|one| one.targets >= targets);
        let Some(outermost) = inside else { return Ok(()) };
        let around = self.tries.clone();
        let mut done = Ok(());
        for at in (outermost..around.len()).rev() {
            self.emit(Instruction::EndTry);
            self.tries.truncate(at);
            if let Some(finalizer) = around[at].finalizer {
                done = done.and(self.finally(around[at], finalizer));
            }
        }
        self.tries = around;
        done
    }

    /// Compiles what is done finally on one way out, where the names inside of the `try` are not known.
    fn finally(&mut self, one: Try<'p>, finalizer: &'p BlockStatement<'p>) -> Result<()> {
        let scopes = self.scopes.split_off(one.scopes);
        let targets: Vec<Target<'p>> = self.targets.split_off(one.targets);
        let locals = scopes.iter().flat_map(|scope| scope.values());
        let mut declared: Vec<u8> =
            locals.filter(|local| local.known.of.is_some()).map(|local| local.slot).collect();
        declared.sort_unstable();
        declared.iter().for_each(|slot| self.code.scope(MarkKind::End, *slot));
        let done = self.finalizer(finalizer);
        declared.iter().for_each(|slot| self.code.scope(MarkKind::Begin, *slot));
        self.scopes.extend(scopes);
        self.targets.extend(targets);
        done
    }
}

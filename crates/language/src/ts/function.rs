//! A function while it is compiled: its code, scopes and local variables.

use std::collections::HashMap;

use oxc_ast::ast::{Class, Expression, Statement};
use oxc_span::{GetSpan, Span};

use super::code::{Code, Here, Label};
use super::declare::Body;
use super::exceptions::Try;
use super::passages::Words;
use super::types::{Shape, Type};
use super::unit::{Refused, Result, Signature, Unit};
use super::variables::{Known, Local};
use super::{DEPTH, TOO_DEEP};
use bytecode::limits::MAX_LOCALS;
use bytecode::{Constant, Instruction, MarkKind};

/// What `break` and `continue` leave.
pub(super) struct Target<'p> {
    pub names: Vec<&'p str>,
    pub leave: Label,
    /// `None` for what is no loop.
    pub again: Option<Label>,
    /// `break` without a name does not leave a block that only has a name.
    pub is_plain: bool,
}

pub(super) struct Function<'u, 'p> {
    pub unit: &'u mut Unit<'p>,
    pub code: Code,
    /// Where what is compiled next comes from.
    pub here: Here,
    pub result: Type,
    pub is_async: bool,
    /// The class whose object is `this`, in local 0.
    pub this: Option<u16>,
    pub targets: Vec<Target<'p>>,
    pub tries: Vec<Try<'p>>,
    /// Blocks behind `finally` that were compiled.
    pub finalizers: u32,
    /// Where expressions end of which `?.` is a part.
    pub chains: Vec<Label>,
    /// Names of the loop or block that comes next.
    pub names: Vec<&'p str>,
    /// The program itself, whose variables may be globals.
    pub is_program: bool,
    /// The program itself, or a function inside of it.
    pub is_in_program: bool,
    /// What its result is comes from its statements, which shall give this.
    pub inferred: Option<Type>,
    /// The variables of the functions around it.
    pub outer: HashMap<&'p str, Known>,
    /// Of a function inside of another one: the local that holds what it has captured, and the shape of that.
    pub captured: Option<(u8, Option<u16>)>,
    pub captures: Vec<&'p str>,
    /// Of the library: it stands in no line of the text.
    pub is_library: bool,
    /// Expressions and statements that the one at work is inside of.
    pub nested: u32,
    locals: Vec<String>,
    params: u8,
    /// Names and what they stand for, from the outermost block to the one at work.
    pub scopes: Vec<HashMap<&'p str, Local>>,
    /// Slots that no name uses any more, by their name.
    pub free: HashMap<String, Vec<u8>>,
}

/// A finished function.
pub(super) struct Compiled {
    pub params: u8,
    pub locals: Vec<String>,
    pub code: Code,
}

impl<'u, 'p> Function<'u, 'p> {
    pub fn program(unit: &'u mut Unit<'p>) -> Self {
        Self {
            unit,
            code: Code::default(),
            here: Here { line: 1, ..Here::default() },
            result: Type::Nothing,
            is_async: true,
            this: None,
            targets: Vec::new(),
            tries: Vec::new(),
            finalizers: 0,
            chains: Vec::new(),
            names: Vec::new(),
            is_program: true,
            is_in_program: true,
            inferred: None,
            outer: HashMap::new(),
            captured: None,
            captures: Vec::new(),
            is_library: false,
            nested: 0,
            locals: Vec::new(),
            params: 0,
            scopes: vec![HashMap::new()],
            free: HashMap::new(),
        }
    }

    pub fn new(unit: &'u mut Unit<'p>, signature: &Signature, this: Option<u16>) -> Self {
        let mut function = Self::program(unit);
        function.is_program = false;
        function.is_in_program = false;
        function.result = signature.result.clone();
        function.is_async = signature.is_async;
        function.this = this;
        function
    }

    /// Declares `this` and the parameters, and gives those that were left out their values.
    ///
    /// `class`: of a constructor, whose object gets its fields first; they do not know the parameters.
    pub fn enter(
        &mut self,
        signature: &Signature,
        body: Option<Body<'p>>,
        class: Option<&'p Class<'p>>,
    ) -> Result<()> {
        if let Some(class) = self.this {
            let slot = self.slot("this", Span::default())?;
            let known = Known::new(Some(Type::Object(class)), true);
            self.scopes[0].insert("this", Local { slot, known });
            self.code.scope(MarkKind::Begin, slot);
        }
        let Some(body) = body else {
            self.params = self.locals.len() as u8;
            return self.fields(class);
        };
        if !self.is_library {
            let directive = self.unit.polls.functions.get(&body.params.span.start);
            self.code.everywhere = directive.copied();
        }
        let mut slots = Vec::new();
        for (param, declared) in signature.params.iter().zip(&body.params.items) {
            let oxc_ast::ast::BindingPattern::BindingIdentifier(id) = &declared.pattern else {
                return Err(Refused);
            };
            let name = id.name.as_str();
            if self.scopes[0].contains_key(name) {
                return self.unit.twice(id.span, name);
            }
            let slot = self.slot(name, id.span)?;
            let is_shared = self.is_shared(id.span);
            let known = Known { is_shared, ..Known::new(None, false) };
            self.scopes[0].insert(name, Local { slot, known });
            slots.push((name, slot, param.of.clone(), declared.initializer.as_deref()));
        }
        if let Some((slot, _)) = self.captured {
            let last = self.slot("captured", Span::default())?;
            debug_assert_eq!(slot, last, "the last argument");
            self.code.scope(MarkKind::Begin, last);
        }
        self.params = self.locals.len() as u8;
        let params: Vec<_> =
            slots.iter().filter_map(|(name, ..)| self.scopes[0].remove_entry(name)).collect();
        self.fields(class)?;
        self.scopes[0].extend(params);
        // A value may use the parameters before it, and no others.
        for (name, slot, of, initializer) in slots {
            self.code.scope(MarkKind::Begin, slot);
            if let Some(initializer) = initializer {
                self.step(initializer.span(), Words::of(initializer));
                let given = self.code.label();
                self.emit(Instruction::Load(slot));
                self.emit(Instruction::Undefined);
                self.emit(Instruction::Eq);
                self.jump(Instruction::JmpIfNot, given);
                self.expect(initializer, &of)?;
                self.emit(Instruction::Store(slot));
                self.code.place(given);
            }
            if self.scopes[0].get(name).is_some_and(|local| local.known.is_shared) {
                self.emit(Instruction::Load(slot));
                self.share(slot)?;
            }
            if let Some(local) = self.scopes[0].get_mut(name) {
                local.known.of = Some(of);
            }
        }
        Ok(())
    }

    fn fields(&mut self, class: Option<&'p Class<'p>>) -> Result<()> {
        match (class, self.this) {
            (Some(class), Some(shape)) => self.class_fields(class, shape),
            _ => Ok(()),
        }
    }

    /// The statements of a function, or its expression.
    pub fn whole(&mut self, body: Body<'p>) -> Result<()> {
        match body.statements {
            [Statement::ExpressionStatement(only)] if body.is_expression => {
                self.step(only.span, Words::of(&only.expression));
                self.result_of(&only.expression)
            }
            statements => {
                self.body(statements);
                // Who comes there returns without a value.
                self.step(last(body.span), Words::Said("the end of the function"));
                Ok(())
            }
        }
    }

    /// Ends the function with a result.
    pub fn result_of(&mut self, value: &'p Expression<'p>) -> Result<()> {
        match self.inferred.clone() {
            None => {
                let result = self.result.clone();
                self.expect(value, &result)?;
            }
            Some(hint) => {
                let mut of = self.expression(value, Some(&hint).filter(|hint| hint.is_known()))?;
                if let (true, Type::Task(inner)) = (self.is_async, &of) {
                    of = (**inner).clone();
                    self.emit(Instruction::Await);
                }
                let before = self.result.clone();
                self.result = self.either(before, of, value.span())?;
            }
        }
        self.return_value(value.span())
    }

    pub fn finish(mut self) -> Compiled {
        if self.is_program {
            self.here.words = Words::Said("the end of the program");
        }
        self.emit(Instruction::Undefined);
        self.emit(Instruction::Ret);
        Compiled { params: self.params, locals: self.locals, code: self.code }
    }

    /// Goes a level down, if that is not too deep.
    pub fn down<T>(&mut self, span: Span, with: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nested >= DEPTH {
            return self.unit.refuse(span, TOO_DEEP, "several smaller statements");
        }
        self.nested += 1;
        let done = with(self);
        self.nested -= 1;
        done
    }

    pub fn emit(&mut self, instruction: Instruction) {
        self.code.push(instruction, self.here);
    }

    pub fn jump(&mut self, jump: fn(u32) -> Instruction, to: Label) {
        self.code.jump(jump, to, self.here);
    }

    /// What is compiled from now on stands there.
    pub fn at(&mut self, span: Span) {
        self.here.line = if self.is_library { 0 } else { self.unit.line(span.start) };
    }

    /// Where an expression or statement stands; of the library nowhere.
    fn stands(&self, span: Span, words: Words) -> Here {
        match self.is_library {
            true => Here::default(),
            false => Here { line: self.unit.line(span.start), span, words },
        }
    }

    /// A statement begins, or a part of one that is a step by itself.
    pub fn step(&mut self, span: Span, words: Words) {
        if !self.is_library {
            self.code.statement(span);
        }
        self.here = self.stands(span, words);
    }

    /// Compiles an expression. What comes after it belongs to what it is a part of.
    pub fn inside<T>(
        &mut self,
        span: Span,
        words: Words,
        with: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let around = self.here;
        self.here = self.stands(span, words);
        let done = self.down(span, with);
        self.here = around;
        done
    }

    pub fn number(&mut self, value: f64, span: Span) {
        let int = value as i32;
        if f64::from(int).to_bits() == value.to_bits() {
            self.emit(Instruction::Int(int));
        } else {
            let index = self.unit.constant(Constant::Float(value), span);
            self.emit(Instruction::Const(index));
        }
    }

    pub fn text(&mut self, text: &str, span: Span) {
        let index = self.unit.constant(Constant::String(text.to_owned()), span);
        self.emit(Instruction::Const(index));
    }

    /// A slot for a variable: one of that name that is not used any more, or a new one.
    pub fn slot(&mut self, name: &str, span: Span) -> Result<u8> {
        if let Some(slot) = self.free.get_mut(name).and_then(Vec::pop) {
            return Ok(slot);
        }
        if self.locals.len() >= MAX_LOCALS {
            let expected = format!("at most {MAX_LOCALS} in a function");
            return self.unit.refuse(span, "this is one variable too many", expected);
        }
        let mut unique = name.to_owned();
        let mut number = 1;
        while self.locals.contains(&unique) {
            number += 1;
            unique = format!("{name} ({number})");
        }
        self.locals.push(unique);
        Ok(self.locals.len() as u8 - 1)
    }

    /// A variable without a name, for as long as `with` runs.
    pub fn temporary<T>(
        &mut self,
        span: Span,
        with: impl FnOnce(&mut Self, u8) -> Result<T>,
    ) -> Result<T> {
        let slot = self.slot(TEMPORARY, span)?;
        let done = with(self, slot);
        self.free.entry(TEMPORARY.into()).or_default().push(slot);
        done
    }

    pub fn shape_of(&self, shape: u16) -> &Shape {
        &self.unit.shapes[usize::from(shape)]
    }
}

/// What a variable without a name is called.
const TEMPORARY: &str = "(value)";

/// The bracket with which code ends.
pub(super) fn last(span: Span) -> Span {
    Span::new(span.end.saturating_sub(1), span.end)
}

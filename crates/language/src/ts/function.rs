//! A function while it is compiled: its code, scopes and local variables.

use std::collections::HashMap;

use oxc_span::{GetSpan, Span};

use super::code::{Code, Here, Label};
use super::declare::Body;
use super::passages::Words;
use super::types::{Shape, Type};
use super::unit::{Refused, Result, Signature, Unit};
use super::{DEPTH, TOO_DEEP};
use bytecode::limits::MAX_LOCALS;
use bytecode::{Constant, Instruction, MarkKind};

/// A local variable that a name stands for.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub slot: u8,
    /// `None`: it is declared further down.
    pub of: Option<Type>,
    pub is_constant: bool,
}

/// Where a name leads.
#[derive(Debug, Clone)]
pub(super) enum Variable {
    Local { slot: u8, of: Type, is_constant: bool },
    Global { index: u16, of: Type, is_constant: bool },
}

impl Variable {
    pub fn of(&self) -> &Type {
        match self {
            Variable::Local { of, .. } | Variable::Global { of, .. } => of,
        }
    }

    pub fn is_constant(&self) -> bool {
        match self {
            Variable::Local { is_constant, .. } | Variable::Global { is_constant, .. } => {
                *is_constant
            }
        }
    }
}

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
    /// Names of the loop or block that comes next.
    pub names: Vec<&'p str>,
    /// The program itself, whose variables may be globals.
    pub is_program: bool,
    /// Expressions and statements that the one at work is inside of.
    pub nested: u32,
    locals: Vec<String>,
    params: u8,
    scopes: Vec<HashMap<&'p str, Local>>,
    /// Slots that no name uses any more, by their name.
    free: HashMap<String, Vec<u8>>,
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
            names: Vec::new(),
            is_program: true,
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
        function.result = signature.result.clone();
        function.is_async = signature.is_async;
        function.this = this;
        function
    }

    /// Declares `this` and the parameters, and gives those that were left out their values.
    pub fn enter(&mut self, signature: &Signature, body: Option<Body<'p>>) -> Result<()> {
        if self.this.is_some() {
            let this = self.slot("this", Span::default())?;
            self.code.scope(MarkKind::Begin, this);
        }
        let Some(body) = body else {
            self.params = self.locals.len() as u8;
            return Ok(());
        };
        self.code.everywhere = self.unit.polls.functions.get(&body.params.span.start).copied();
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
            self.scopes[0].insert(name, Local { slot, of: None, is_constant: false });
            slots.push((name, slot, param.of.clone(), declared.initializer.as_deref()));
        }
        self.params = self.locals.len() as u8;
        // A value may use the parameters before it, and no others.
        for (name, slot, of, initializer) in slots {
            self.scopes[0].insert(name, Local { slot, of: Some(of.clone()), is_constant: false });
            self.code.scope(MarkKind::Begin, slot);
            let Some(initializer) = initializer else { continue };
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
        Ok(())
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
        self.here.line = self.unit.line(span.start);
    }

    /// A statement begins, or a part of one that is a step by itself.
    pub fn step(&mut self, span: Span, words: Words) {
        self.code.statement(span);
        self.here = Here { line: self.unit.line(span.start), span, words };
    }

    /// Compiles an expression. What comes after it belongs to what it is a part of.
    pub fn inside<T>(
        &mut self,
        span: Span,
        words: Words,
        with: impl FnOnce(&mut Self) -> Result<T>,
    ) -> Result<T> {
        let around = self.here;
        self.here = Here { line: self.unit.line(span.start), span, words };
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
    fn slot(&mut self, name: &str, span: Span) -> Result<u8> {
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

    /// Opens a scope in which these names will be declared.
    pub fn open(&mut self, names: impl IntoIterator<Item = (&'p str, Span, bool)>) -> Result<()> {
        self.scopes.push(HashMap::new());
        for (name, span, is_constant) in names {
            let slot = self.slot(name, span)?;
            let scope = self.scopes.last_mut().expect("one was opened");
            if scope.insert(name, Local { slot, of: None, is_constant }).is_some() {
                return self.unit.twice(span, name);
            }
        }
        Ok(())
    }

    pub fn close(&mut self) {
        let scope = self.scopes.pop().expect("one was opened");
        let declared = scope.values().filter(|local| local.of.is_some());
        let mut ended: Vec<u8> = declared.map(|local| local.slot).collect();
        // A text has one module, and the map has no order.
        ended.sort_unstable();
        for slot in ended {
            self.code.scope(MarkKind::End, slot);
        }
        for (name, local) in scope {
            self.free.entry(name.into()).or_default().push(local.slot);
        }
    }

    /// Scopes that are open.
    pub fn depth(&self) -> usize {
        self.scopes.len()
    }

    /// Announces variables of the outermost scope.
    pub fn announce(&mut self, name: &'p str, span: Span, is_constant: bool) -> Result<()> {
        let is_taken = self.unit.functions.contains_key(name) || self.unit.types.contains_key(name);
        if self.is_program && self.unit.globals.contains_key(name) && !is_taken {
            return Ok(());
        }
        if self.scopes[0].contains_key(name) || (self.is_program && is_taken) {
            return self.unit.twice(span, name);
        }
        let slot = self.slot(name, span)?;
        self.scopes[0].insert(name, Local { slot, of: None, is_constant });
        Ok(())
    }

    /// The variable's declaration was reached: its value is on the stack.
    pub fn declare(&mut self, name: &'p str, of: Type) {
        let scope = self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name));
        match scope {
            Some(local) => {
                local.of = Some(of);
                let slot = local.slot;
                self.emit(Instruction::Store(slot));
                self.code.scope(MarkKind::Begin, slot);
            }
            None => {
                if let Some(global) = self.unit.globals.get_mut(name) {
                    global.of = Some(of);
                    let index = global.index;
                    self.emit(Instruction::GlobalStore(index));
                }
            }
        }
    }

    /// Whether a name is that of a variable here, declared already or not: then it is nothing of the lab's or JavaScript's.
    pub fn is_variable(&self, name: &str) -> bool {
        self.unit.globals.contains_key(name)
            || self.scopes.iter().any(|scope| scope.contains_key(name))
    }

    /// The variable of a name.
    pub fn variable(&mut self, name: &str, span: Span) -> Result<Variable> {
        let found = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        if let Some(Local { slot, of, is_constant }) = found {
            return match of.clone() {
                Some(of) => Ok(Variable::Local { slot: *slot, of, is_constant: *is_constant }),
                None => self.too_early(name, span),
            };
        }
        match self.unit.globals.get(name).cloned() {
            Some(super::unit::Global { index, of: Some(of), is_constant }) => {
                Ok(Variable::Global { index, of, is_constant })
            }
            Some(_) => self.too_early(name, span),
            None if self.unit.functions.contains_key(name) => {
                self.unit.unsupported(span, "a function as a value", "a call of it, or spawn")
            }
            None => {
                let expected = "a variable, parameter or function of this file";
                self.unit.refuse(span, format!("there is no {name}"), expected)
            }
        }
    }

    fn too_early<T>(&mut self, name: &str, span: Span) -> Result<T> {
        self.unit.refuse(
            span,
            format!("{name} is used before it is declared"),
            "its declaration above",
        )
    }

    pub fn load(&mut self, variable: &Variable) {
        self.emit(match variable {
            Variable::Local { slot, .. } => Instruction::Load(*slot),
            Variable::Global { index, .. } => Instruction::GlobalLoad(*index),
        });
    }

    pub fn store(&mut self, variable: &Variable) {
        self.emit(match variable {
            Variable::Local { slot, .. } => Instruction::Store(*slot),
            Variable::Global { index, .. } => Instruction::GlobalStore(*index),
        });
    }

    pub fn shape_of(&self, shape: u16) -> &Shape {
        &self.unit.shapes[usize::from(shape)]
    }
}

/// What a variable without a name is called.
const TEMPORARY: &str = "(value)";

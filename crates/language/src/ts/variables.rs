//! Variables: local ones, those of the functions around, and those of the top level.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use oxc_span::Span;

use super::function::Function;
use super::types::Type;
use super::unit::{Refused, Result, Signature};
use bytecode::limits::MAX_FIELDS;
use bytecode::{Instruction, MarkKind};

/// What a name of a function or of those around it stands for.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// `None`: it is declared further down.
    pub of: Option<Type>,
    pub is_constant: bool,
    /// Several functions use and change it: an object holds its value.
    pub is_shared: bool,
    /// The function that it always is.
    pub function: Option<Rc<Signature>>,
}

impl Known {
    pub fn new(of: Option<Type>, is_constant: bool) -> Self {
        Self { of, is_constant, is_shared: false, function: None }
    }
}

/// A local variable that a name stands for.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub slot: u8,
    pub known: Known,
}

/// Where a name leads.
#[derive(Debug, Clone, Copy)]
enum Home {
    Local(u8),
    /// A field of what the function has captured.
    Captured(u8),
    Global(u16),
}

/// A variable that may be used.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    home: Home,
    pub of: Type,
    pub is_constant: bool,
    is_shared: bool,
    pub function: Option<Rc<Signature>>,
}

impl<'p> Function<'_, 'p> {
    /// Whether the variable that is declared there is used by several functions and changed.
    pub fn is_shared(&self, declared: Span) -> bool {
        let resolved = &self.unit.resolved;
        let is = |all: &HashSet<u32>| all.contains(&declared.start);
        !self.is_library && is(&resolved.captured) && is(&resolved.changed)
    }

    /// Opens a scope in which these names will be declared.
    pub fn open(&mut self, names: impl IntoIterator<Item = (&'p str, Span, bool)>) -> Result<()> {
        self.scopes.push(HashMap::new());
        for (name, span, is_constant) in names {
            let slot = self.slot(name, span)?;
            let known = Known { is_shared: self.is_shared(span), ..Known::new(None, is_constant) };
            let scope = self.scopes.last_mut().expect("one was opened");
            if scope.insert(name, Local { slot, known }).is_some() {
                return self.unit.twice(span, name);
            }
        }
        Ok(())
    }

    pub fn close(&mut self) {
        let scope = self.scopes.pop().expect("one was opened");
        let declared = scope.values().filter(|local| local.known.of.is_some());
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
        let known = Known { is_shared: self.is_shared(span), ..Known::new(None, is_constant) };
        self.scopes[0].insert(name, Local { slot, known });
        Ok(())
    }

    fn local_mut(&mut self, name: &str) -> Option<&mut Local> {
        self.scopes.iter_mut().rev().find_map(|scope| scope.get_mut(name))
    }

    /// The variable's declaration was reached: its value is on the stack.
    pub fn declare(&mut self, name: &'p str, of: Type) {
        match self.local_mut(name) {
            Some(local) => {
                local.known.of = Some(of);
                let (slot, is_shared) = (local.slot, local.known.is_shared);
                if is_shared {
                    // Too many shapes are reported.
                    let _ = self.share(slot);
                } else {
                    self.emit(Instruction::Store(slot));
                }
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

    /// A constant that is a function: its value is on the stack.
    pub fn declare_function(&mut self, name: &'p str, signature: &Signature) {
        self.declare(name, Type::Function(signature.callable()));
        if let Some(local) = self.local_mut(name) {
            local.known.function = Some(Rc::new(signature.clone()));
        }
    }

    /// Makes an object of the value on the stack that holds a shared variable.
    pub fn share(&mut self, slot: u8) -> Result<()> {
        let shape = self.unit.variable_shape(Span::default())?;
        self.emit(Instruction::Store(slot));
        self.emit(Instruction::New(shape));
        self.emit(Instruction::Dup);
        self.emit(Instruction::Load(slot));
        self.emit(Instruction::Set { shape, field: 0 });
        self.emit(Instruction::Store(slot));
        Ok(())
    }

    /// The next turn of a loop has variables of its own, with the values of the turn before.
    pub fn renew(&mut self, names: &[&'p str]) -> Result<()> {
        for name in names {
            let Some(local) = self.local_mut(name).filter(|local| local.known.is_shared) else {
                continue;
            };
            let slot = local.slot;
            let shape = self.unit.variable_shape(Span::default())?;
            self.emit(Instruction::Load(slot));
            self.emit(Instruction::Get { shape, field: 0 });
            self.share(slot)?;
        }
        Ok(())
    }

    /// What a name stands for here, if it is a variable of this function or of those around it.
    pub fn known(&self, name: &str) -> Option<&Known> {
        let local = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        local.map(|local| &local.known).or_else(|| self.outer.get(name))
    }

    /// All variables that a function inside of this one can use.
    pub fn visible(&self) -> HashMap<&'p str, Known> {
        let mut all = self.outer.clone();
        for scope in &self.scopes {
            all.extend(scope.iter().map(|(name, local)| (*name, local.known.clone())));
        }
        all
    }

    /// Whether a name is that of a variable here, declared already or not: then it is nothing of the lab's or JavaScript's.
    pub fn is_variable(&self, name: &str) -> bool {
        let is_global = !self.is_library && self.unit.globals.contains_key(name);
        is_global || self.known(name).is_some()
    }

    /// The variable of a name.
    pub fn variable(&mut self, name: &'p str, span: Span) -> Result<Variable> {
        let local = self.scopes.iter().rev().find_map(|scope| scope.get(name));
        if let Some(Local { slot, known }) = local {
            let (home, known) = (Home::Local(*slot), known.clone());
            return self.found(home, known, name, span);
        }
        if let Some(known) = self.outer.get(name).cloned() {
            let field = self.capture(name, span)?;
            return self.found(Home::Captured(field), known, name, span);
        }
        if let Some(global) = self.unit.globals.get(name).filter(|_| !self.is_library) {
            let known = Known::new(global.of.clone(), global.is_constant);
            let home = Home::Global(global.index);
            return self.found(home, known, name, span);
        }
        if let Some(signature) = self.unit.functions.get(name).cloned() {
            if !signature.variables.is_empty() {
                let instead = "an arrow function that calls it";
                return self.unit.unsupported(span, "a generic function as a value", instead);
            }
            self.ready(name, span)?;
            self.unit.function_shape(span)?;
            let home = Home::Global(self.unit.value(name, &signature));
            let known = Known::new(Some(Type::Function(signature.callable())), true);
            return self.found(home, known, name, span);
        }
        if self.unit.broken.contains(name) {
            return Err(Refused);
        }
        if self.unit.enums.contains_key(name) {
            return self.unit.unsupported(span, "an enum as a value", "one of its values by name");
        }
        let expected = "a variable, parameter or function of this file";
        self.unit.refuse(span, format!("there is no {name}"), expected)
    }

    fn found(&mut self, home: Home, known: Known, name: &str, span: Span) -> Result<Variable> {
        let Known { of, is_constant, is_shared, function } = known;
        match of {
            Some(of) => Ok(Variable { home, of, is_constant, is_shared, function }),
            None => self.too_early(name, span),
        }
    }

    /// The field of what this function has captured that holds a variable of a function around it.
    fn capture(&mut self, name: &'p str, span: Span) -> Result<u8> {
        if let Some(field) = self.captures.iter().position(|known| *known == name) {
            return Ok(field as u8);
        }
        if self.captures.len() >= MAX_FIELDS {
            let expected = format!("at most {MAX_FIELDS}");
            return self.unit.refuse(span, "a function that captures too many variables", expected);
        }
        if let Some((_, shape @ None)) = &mut self.captured {
            let name = format!("{}{}", bytecode::Shape::CAPTURED, self.unit.shapes.len());
            *shape = Some(self.unit.own_shape(span, &name, &[])?);
        }
        self.captures.push(name);
        Ok(self.captures.len() as u8 - 1)
    }

    fn too_early<T>(&mut self, name: &str, span: Span) -> Result<T> {
        self.unit.refuse(
            span,
            format!("{name} is used before it is declared"),
            "its declaration above",
        )
    }

    /// The value of a variable, or of a shared one the object that holds it.
    pub fn load_home(&mut self, variable: &Variable) {
        match variable.home {
            Home::Local(slot) => self.emit(Instruction::Load(slot)),
            Home::Captured(field) => {
                if let Some((slot, Some(shape))) = self.captured {
                    self.emit(Instruction::Load(slot));
                    self.emit(Instruction::Get { shape, field });
                }
            }
            Home::Global(index) => self.emit(Instruction::GlobalLoad(index)),
        }
    }

    pub fn load(&mut self, variable: &Variable) {
        self.load_home(variable);
        if let (true, Some(shape)) = (variable.is_shared, self.unit.variable_shape) {
            self.emit(Instruction::Get { shape, field: 0 });
        }
    }

    pub fn store(&mut self, variable: &Variable) {
        if let (true, Some(shape)) = (variable.is_shared, self.unit.variable_shape) {
            self.load_home(variable);
            self.emit(Instruction::Swap);
            self.emit(Instruction::Set { shape, field: 0 });
            return;
        }
        match variable.home {
            Home::Local(slot) => self.emit(Instruction::Store(slot)),
            Home::Global(index) => self.emit(Instruction::GlobalStore(index)),
            // What is changed is shared.
            Home::Captured(_) => self.emit(Instruction::Pop),
        }
    }
}

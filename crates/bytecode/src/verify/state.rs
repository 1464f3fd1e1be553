//! What is known of each local and operand before an instruction.

use crate::{Kinds, Module, text};

/// No shape in particular. The tables hold fewer entries, so that no index means this.
const ANY_SHAPE: u16 = u16::MAX;

/// What is known of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    kinds: Kinds,
    /// Of an object; [`ANY_SHAPE`] otherwise.
    shape: u16,
}

impl Known {
    pub const ANY: Known = Known { kinds: Kinds::ANY, shape: ANY_SHAPE };

    pub fn of(kinds: Kinds) -> Self {
        Self { kinds, shape: ANY_SHAPE }
    }

    pub fn object(shape: u16) -> Self {
        Self { kinds: Kinds::OBJECT, shape }
    }

    pub fn kinds(self) -> Kinds {
        self.kinds
    }

    /// The shape that the value has if it is an object; `None` for any shape.
    pub fn shape(self) -> Option<u16> {
        (self.shape != ANY_SHAPE).then_some(self.shape)
    }

    /// What is true of both.
    pub fn join(self, other: Known) -> Known {
        let is_object = |known: Known| !known.kinds.and(Kinds::OBJECT).is_none();
        let shape = match (is_object(self), is_object(other)) {
            (true, true) if self.shape != other.shape => ANY_SHAPE,
            (true, _) => self.shape,
            (false, _) => other.shape,
        };
        Known { kinds: self.kinds.or(other.kinds), shape }
    }

    /// In words, with an article.
    pub fn describe(self, module: &Module) -> String {
        if let (Kinds::OBJECT, Some(shape)) = (self.kinds, self.shape()) {
            let name = module.shapes.get(usize::from(shape)).map_or("?", |shape| &shape.name);
            return format!("an object of shape {}", text::name(name));
        }
        self.kinds.with_article()
    }
}

/// Locals, operands and open tries before an instruction.
#[derive(Debug, Clone)]
pub(super) struct State {
    cells: Vec<Known>,
    locals: usize,
    /// Where they lead, the innermost last.
    tries: Vec<u32>,
}

impl State {
    /// At a function's start: parameters can be anything, other locals are null.
    pub fn entry(params: usize, locals: usize) -> Self {
        let mut cells = vec![Known::of(Kinds::NULL); locals];
        cells[..params].fill(Known::ANY);
        Self { cells, locals, tries: Vec::new() }
    }

    /// Operands on the stack.
    pub fn height(&self) -> usize {
        self.cells.len() - self.locals
    }

    /// Locals and operands.
    pub fn registers(&self) -> usize {
        self.cells.len()
    }

    pub fn local(&mut self, index: u8) -> &mut Known {
        &mut self.cells[usize::from(index)]
    }

    pub fn push(&mut self, known: Known) {
        self.cells.push(known);
    }

    /// # Panics
    /// If there is no operand: callers check the height before.
    pub fn pop(&mut self) -> Known {
        assert!(self.height() > 0, "the height was checked before");
        self.cells.pop().expect("the stack is not empty")
    }

    /// Where the open tries lead, the innermost last.
    pub fn tries(&self) -> &[u32] {
        &self.tries
    }

    pub fn open_try(&mut self, target: u32) {
        self.tries.push(target);
    }

    /// False if none is open.
    pub fn end_try(&mut self) -> bool {
        self.tries.pop().is_some()
    }

    /// Where what is thrown here goes on, and the state there: the message in place of all operands.
    pub fn caught(&self) -> Option<(u32, State)> {
        let (target, outer) = self.tries.split_last()?;
        let mut cells = self.cells[..self.locals].to_vec();
        cells.push(Known::of(Kinds::STRING));
        Some((*target, State { cells, locals: self.locals, tries: outer.to_vec() }))
    }

    /// Joins another state of the same height and with the same tries into this one. Returns whether this one changed.
    pub fn join(&mut self, other: &State) -> bool {
        let mut changed = false;
        for (cell, other) in self.cells.iter_mut().zip(&other.cells) {
            let joined = cell.join(*other);
            changed |= joined != *cell;
            *cell = joined;
        }
        changed
    }

    /// Forgets all kinds.
    pub fn widen(&mut self) {
        self.cells.fill(Known::ANY);
    }
}

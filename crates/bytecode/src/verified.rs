//! What the verifier returns and workers accept: a decoded and checked module, with everything that the translator,
//! the debugger and the page need to know of each instruction.

use std::sync::Arc;

use super::source::{self, Origin, name_in_source};
use super::{Instruction, Module, Passage, PollKind, PollPolicy};

/// A function whose every path was checked.
#[derive(Debug)]
pub struct VerifiedFunction {
    pub(super) max_stack: u16,
    pub(super) instructions: Vec<Instruction>,
    pub(super) offsets: Vec<u32>,
    pub(super) lines: Vec<u32>,
    pub(super) origins: Vec<Origin>,
    pub(super) heights: Vec<Option<u16>>,
    pub(super) texts: Vec<u32>,
    pub(super) catches: Vec<(u32, u32)>,
    /// The local with what it has captured, and the shape of that.
    pub(super) captured: Option<(u8, u16)>,
    pub(super) sites: Vec<PollSite>,
}

/// A variable that is in scope at an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable<'m> {
    /// Its name in the source.
    pub name: &'m str,
    /// The local that it is in.
    pub local: u8,
    /// Of a variable of a function around: its field in the object in that local.
    pub field: Option<u8>,
}

/// A place that polls when the policy asks for its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PollSite {
    /// Number of the site in the whole module, from 0, in function and instruction order.
    pub id: u32,
    /// Index of the function.
    pub function: u16,
    /// Index of the instruction.
    pub instruction: u32,
    /// What makes it a site.
    pub kind: PollKind,
    /// How often it polls: 0 never, 1 always, n only each time that the task has taken n back-edges of this sort
    /// without such a poll (only for back-edges), or [`ADAPTS`]. `None`: as the policy says.
    pub placed: Option<u16>,
}

/// How often a back-edge polls that finds out while it runs how seldom a wanted time allows it: at one turn in so many, or
/// more often.
pub const ADAPTS: u16 = u16::MAX;

impl PollSite {
    /// How often it polls under a policy, in the same numbers.
    pub fn often(&self, policy: PollPolicy) -> u16 {
        self.placed.unwrap_or_else(|| policy.often(self.kind))
    }
}

impl VerifiedFunction {
    /// Most operands on the stack at any time.
    pub fn max_stack(&self) -> u16 {
        self.max_stack
    }

    /// The instructions in order; jump targets are indices into this slice.
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }

    /// Byte offset of an instruction in the function's code.
    ///
    /// # Panics
    /// If there is no such instruction.
    pub fn offset(&self, instruction: u32) -> u32 {
        self.offsets[instruction as usize]
    }

    /// Source line of an instruction, from 1; `None` when the module carries no lines.
    pub fn line(&self, instruction: u32) -> Option<u32> {
        self.lines.get(instruction as usize).copied().filter(|&line| line != 0)
    }

    /// Whether a statement of the source begins at an instruction; `None` when statements are not known.
    pub fn begins_statement(&self, instruction: u32) -> Option<bool> {
        Some(self.origins.get(instruction as usize)?.begins)
    }

    /// Operands on the stack before an instruction; `None` if the instruction is unreachable.
    pub fn height(&self, instruction: u32) -> Option<u16> {
        self.heights.get(instruction as usize).copied().flatten()
    }

    /// Whether an instruction may read a whole string, or two: whether it compares, joins, prints or copies what may
    /// be a string.
    pub(super) fn may_read_text(&self, instruction: u32) -> bool {
        let numbers = self.origins.get(instruction as usize).is_some_and(|origin| origin.numbers);
        !numbers && self.texts.binary_search(&instruction).is_ok()
    }

    /// Where what is thrown by an instruction, or comes out of it, goes on; `None` if no try is open there.
    pub fn catch(&self, instruction: u32) -> Option<u32> {
        let index = self.catches.binary_search_by_key(&instruction, |(at, _)| *at);
        index.ok().map(|index| self.catches[index].1)
    }

    /// The function's poll sites in instruction order.
    pub fn sites(&self) -> &[PollSite] {
        &self.sites
    }

    /// The poll site at an instruction.
    pub fn site(&self, instruction: u32) -> Option<&PollSite> {
        let index = self.sites.binary_search_by_key(&instruction, |site| site.instruction);
        index.ok().map(|index| &self.sites[index])
    }
}

/// A module that the verifier accepted; cheap to clone. There is no other way to make one.
#[derive(Debug, Clone)]
pub struct VerifiedModule {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) module: Module,
    pub(super) functions: Vec<VerifiedFunction>,
}

impl VerifiedModule {
    /// The module as it was given.
    pub fn module(&self) -> &Module {
        &self.inner.module
    }

    /// Whether this is the same module, not only an equal one.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    /// The checked functions, in the module's order.
    pub fn functions(&self) -> &[VerifiedFunction] {
        &self.inner.functions
    }

    /// The statement of the source to which an instruction belongs, where that is known.
    pub fn statement(&self, function: u16, instruction: u32) -> Option<&Passage> {
        self.passage_of(function, instruction, |origin| origin.statement)
    }

    /// The passage of the source that an instruction does, where that is known.
    pub fn passage(&self, function: u16, instruction: u32) -> Option<&Passage> {
        self.passage_of(function, instruction, |origin| origin.passage)
    }

    fn passage_of(
        &self,
        function: u16,
        instruction: u32,
        which: impl FnOnce(&Origin) -> u32,
    ) -> Option<&Passage> {
        let code = self.inner.functions.get(usize::from(function))?;
        let index = which(code.origins.get(instruction as usize)?);
        self.inner.module.passages.get((index as usize).checked_sub(1)?)
    }

    /// The variables in scope at an instruction, in the order in which they were declared, with their names in the source;
    /// all locals, where scopes are not known.
    pub fn variables(&self, function: u16, instruction: u32) -> Vec<Variable<'_>> {
        let declared = &self.inner.module.functions[usize::from(function)];
        let verified = &self.inner.functions[usize::from(function)];
        let plain = |local: u8, name| Variable { name, local, field: None };
        if declared.marks.is_empty() {
            return declared.locals.iter().zip(0..).map(|(name, at)| plain(at, name)).collect();
        }
        let mut named = Vec::new();
        for local in source::in_scope(&declared.marks, verified.offset(instruction)) {
            match verified.captured {
                Some((of, shape)) if of == local => {
                    let fields = &self.inner.module.shapes[usize::from(shape)].fields;
                    // The names first: where they end no number after 255 is asked for.
                    for (name, field) in fields.iter().zip(0..) {
                        named.push(Variable { field: Some(field), ..plain(local, name) });
                    }
                }
                _ => named.push(plain(local, name_in_source(&declared.locals[usize::from(local)]))),
            }
        }
        named
    }

    /// All poll sites; the index is the site's id.
    pub fn sites(&self) -> impl Iterator<Item = &PollSite> {
        self.inner.functions.iter().flat_map(|function| function.sites.iter())
    }
}

//! A function's instructions while they are made: labels, jumps, and where in the text each of them comes from.

use std::ops::Range;
use std::rc::Rc;

use bytecode::code::{JumpTooFar, encode_code, layout};
use bytecode::{Instruction, Mark, MarkKind, PollKind};
use oxc_span::Span;

use super::passages::{Passages, Words};
use super::polls::{Directive, Placing};
use super::types::Callable;
use crate::placement;

/// A place that is jumped to, perhaps before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label(usize);

/// As in [`bytecode::Function`].
pub(super) type Lines = Vec<(u32, u32)>;

/// What is written when all functions are known.
#[derive(Debug, Clone)]
pub(super) enum Later {
    /// The functions of the top level that are used as values.
    Values,
    /// A call of the function in one local; the other one is for its number. The arguments are on the stack.
    Call { of: Rc<Callable>, function: u8, number: u8 },
}

/// Where in the text an instruction comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Here {
    /// 0 for what stands in no line of the text.
    pub line: u32,
    /// The expression or statement that it does, and what that is called.
    pub span: Span,
    pub words: Words,
}

#[derive(Debug, Default)]
pub(super) struct Code {
    instructions: Vec<Instruction>,
    from: Vec<Here>,
    labels: Vec<u32>,
    /// Instructions whose target is the number of a label.
    jumps: Vec<usize>,
    /// Labels of loops, and how often a jump back to them polls.
    loops: Vec<(Label, u16)>,
    /// Labels before and behind loops in which as few places poll as keep every path that short.
    within: Vec<(Label, Label, u32)>,
    /// How often everything else of the function polls.
    pub everywhere: Option<Directive>,
    /// Statements, by the instruction with which they begin.
    statements: Vec<(usize, Span)>,
    /// Scopes and comparisons of numbers, by the instruction. In a [`Mark`] they have its offset.
    marks: Vec<(usize, MarkKind, u32)>,
    /// Instructions that stand for others.
    later: Vec<(usize, Later)>,
}

/// As in [`bytecode::Function`].
pub(super) struct Finished {
    pub code: Vec<u8>,
    pub lines: Lines,
    pub placed: Vec<(u32, u16)>,
    /// Instructions among which as few poll as keep every path that short, and how short that is.
    pub within: Vec<(Range<u32>, u32)>,
    /// Whether there is anything that `everywhere` speaks of.
    pub is_placed: bool,
    pub marks: Vec<Mark>,
}

impl Code {
    pub fn push(&mut self, instruction: Instruction, from: Here) {
        self.instructions.push(instruction);
        self.from.push(from);
    }

    /// Instructions so far.
    pub fn len(&self) -> usize {
        self.instructions.len()
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(0);
        Label(self.labels.len() - 1)
    }

    /// The next instruction is the label's.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0] = self.instructions.len() as u32;
    }

    /// A jump to a label; `jump` makes the instruction of its target.
    pub fn jump(&mut self, jump: fn(u32) -> Instruction, to: Label, from: Here) {
        self.jumps.push(self.instructions.len());
        self.push(jump(to.0 as u32), from);
    }

    /// Jumps back to the label of a loop poll so often.
    pub fn polls(&mut self, begin: Label, often: u16) {
        self.loops.push((begin, often));
    }

    /// Between these labels as few places poll as keep every path without a poll within so many instructions.
    pub fn polls_within(&mut self, begin: Label, end: Label, most: u32) {
        self.within.push((begin, end, most));
    }

    /// A statement begins with the next instruction, in place of one that has none.
    pub fn statement(&mut self, span: Span) {
        let at = self.instructions.len();
        self.statements.pop_if(|(begins, _)| *begins == at);
        self.statements.push((at, span));
    }

    /// A local is in scope from the next instruction on, or no more.
    pub fn scope(&mut self, kind: MarkKind, local: u8) {
        self.marks.push((self.instructions.len(), kind, local.into()));
    }

    /// The last instruction compares numbers, as the types say.
    pub fn compares_numbers(&mut self) {
        self.marks.push((self.instructions.len() - 1, MarkKind::Numbers, 0));
    }

    pub fn later(&mut self, later: Later, from: Here) {
        self.later.push((self.instructions.len(), later));
        self.push(Instruction::Nop, from);
    }

    /// Writes what was left for later.
    pub fn complete(mut self, mut write: impl FnMut(&mut Code, Later, Here)) -> Code {
        if self.later.is_empty() {
            return self;
        }
        let mut later = std::mem::take(&mut self.later).into_iter().peekable();
        let mut jumps = std::mem::take(&mut self.jumps).into_iter().peekable();
        let instructions = std::mem::take(&mut self.instructions);
        let from = std::mem::take(&mut self.from);
        let labels = self.labels.len();
        // Where each instruction is from now on.
        let mut places = Vec::new();
        for (at, (instruction, from)) in instructions.into_iter().zip(from).enumerate() {
            places.push(self.instructions.len() as u32);
            if let Some((_, later)) = later.next_if(|(place, _)| *place == at) {
                write(&mut self, later, from);
                continue;
            }
            if jumps.next_if_eq(&at).is_some() {
                self.jumps.push(self.instructions.len());
            }
            self.push(instruction, from);
        }
        places.push(self.instructions.len() as u32);
        for place in &mut self.labels[..labels] {
            *place = places[*place as usize];
        }
        for (at, _) in &mut self.statements {
            *at = places[*at] as usize;
        }
        for (at, ..) in &mut self.marks {
            *at = places[*at] as usize;
        }
        self
    }

    /// Bytes, and the tables.
    ///
    /// # Errors
    /// A jump that is too far.
    pub fn finish(mut self, passages: &mut Passages<'_>) -> Result<Finished, JumpTooFar> {
        let mut placed = vec![None; self.instructions.len()];
        for jump in std::mem::take(&mut self.jumps) {
            let instruction = &mut self.instructions[jump];
            if let Some(target) = instruction.target_mut() {
                let label = Label(*target as usize);
                *target = self.labels[label.0];
                let often = self.loops.iter().find(|(begin, _)| *begin == label);
                placed[jump] = often
                    .map(|(_, often)| *often)
                    .filter(|often| placement::fits(*instruction, jump as u32, *often));
            }
        }
        let range = |(begin, end, most): &(Label, Label, u32)| {
            (self.labels[begin.0]..self.labels[end.0], *most)
        };
        let mut within: Vec<_> = self.within.iter().map(range).collect();
        let is_placed = match self.everywhere.map(|directive| directive.placing) {
            None => false,
            Some(Placing::Often(often)) => {
                let before = placed.clone();
                let any = placement::everywhere(&self.instructions, often, &mut placed);
                for (range, _) in &within {
                    let range = range.start as usize..range.end as usize;
                    placed[range.clone()].copy_from_slice(&before[range]);
                }
                any
            }
            Some(Placing::Within(most)) => {
                let all = 0..self.instructions.len() as u32;
                within.push((all.clone(), most));
                let mut kinds = all.zip(&self.instructions).map(|(at, one)| one.poll_kind(at));
                kinds.any(|kind| kind.is_some_and(|kind| kind != PollKind::Explicit))
            }
        };
        let offsets = layout(&self.instructions);
        let mut lines: Lines = Vec::new();
        for (offset, from) in offsets.iter().zip(&self.from) {
            if from.line > 0 && lines.last().is_none_or(|(_, last)| *last != from.line) {
                lines.push((*offset, from.line));
            }
        }
        let placed = placement::table(&placed, &offsets);
        let marks = self.marks(&offsets, passages);
        let code = encode_code(&self.instructions)?;
        Ok(Finished { code, lines, placed, within, is_placed, marks })
    }

    fn marks(&mut self, offsets: &[u32], passages: &mut Passages<'_>) -> Vec<Mark> {
        let mut marks = std::mem::take(&mut self.marks);
        let statements = self.statements.iter();
        let statements =
            statements.map(|(at, span)| (*at, MarkKind::Statement, passages.statement(*span)));
        marks.extend(statements);
        // What only moves values belongs to what is done with them next.
        let mut begins = 0;
        let mut last = None;
        for (at, (instruction, from)) in self.instructions.iter().zip(&self.from).enumerate() {
            if !is_named(instruction) || from.line == 0 {
                continue;
            }
            let passage = passages.passage(from);
            if last != Some(passage) {
                marks.push((begins, MarkKind::Passage, passage));
                last = Some(passage);
            }
            begins = at + 1;
        }
        // Instructions that nothing follows have no marks.
        marks.retain(|(at, ..)| *at < self.instructions.len());
        marks.sort_by_key(|(at, ..)| *at);
        let mark = |(at, kind, index): (usize, _, _)| Mark { offset: offsets[at], kind, index };
        marks.into_iter().map(mark).collect()
    }
}

/// Whether an instruction does something that a reader may hear of: polls, traps or takes long.
fn is_named(instruction: &Instruction) -> bool {
    use Instruction as I;
    !matches!(
        instruction,
        I::Int(_)
            | I::Const(_)
            | I::Null
            | I::Undefined
            | I::True
            | I::False
            | I::Load(_)
            | I::Store(_)
            | I::GlobalLoad(_)
            | I::GlobalStore(_)
            | I::Dup
            | I::Pop
            | I::Swap
            | I::Try(_)
            | I::EndTry
    )
}

//! A function's instructions while they are made: labels, jumps, lines.

use super::polls::Directive;
use crate::placement;
use bytecode::Instruction;
use bytecode::code::{JumpTooFar, encode_code, layout};

/// A place that is jumped to, perhaps before it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label(usize);

/// As in [`bytecode::Function`].
pub(super) type Lines = Vec<(u32, u32)>;

#[derive(Debug, Default)]
pub(super) struct Code {
    instructions: Vec<Instruction>,
    lines: Vec<u32>,
    labels: Vec<u32>,
    /// Instructions whose target is the number of a label.
    jumps: Vec<usize>,
    /// Labels of loops, and how often a jump back to them polls.
    loops: Vec<(Label, u16)>,
    /// How often everything else of the function polls.
    pub everywhere: Option<Directive>,
}

/// As in [`bytecode::Function`].
pub(super) struct Finished {
    pub code: Vec<u8>,
    pub lines: Lines,
    pub placed: Vec<(u32, u16)>,
    /// Whether there is anything that `everywhere` speaks of.
    pub is_placed: bool,
}

impl Code {
    pub fn push(&mut self, instruction: Instruction, line: u32) {
        self.instructions.push(instruction);
        self.lines.push(line);
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
    pub fn jump(&mut self, jump: fn(u32) -> Instruction, to: Label, line: u32) {
        self.jumps.push(self.instructions.len());
        self.push(jump(to.0 as u32), line);
    }

    /// Jumps back to the label of a loop poll so often.
    pub fn polls(&mut self, begin: Label, often: u16) {
        self.loops.push((begin, often));
    }

    /// Bytes, and the tables.
    ///
    /// # Errors
    /// A jump that is too far.
    pub fn finish(mut self) -> Result<Finished, JumpTooFar> {
        let mut placed = vec![None; self.instructions.len()];
        for jump in self.jumps {
            use Instruction::{Jmp, JmpIf, JmpIfNot};
            let instruction = &mut self.instructions[jump];
            if let Jmp(target) | JmpIf(target) | JmpIfNot(target) = instruction {
                let label = Label(*target as usize);
                *target = self.labels[label.0];
                let often = self.loops.iter().find(|(begin, _)| *begin == label);
                placed[jump] = often
                    .map(|(_, often)| *often)
                    .filter(|often| placement::fits(*instruction, jump as u32, *often));
            }
        }
        let is_placed = self.everywhere.is_some_and(|directive| {
            placement::everywhere(&self.instructions, directive.often, &mut placed)
        });
        let offsets = layout(&self.instructions);
        let mut lines: Lines = Vec::new();
        for (&offset, line) in offsets.iter().zip(self.lines) {
            if lines.last().is_none_or(|(_, last)| *last != line) {
                lines.push((offset, line));
            }
        }
        let placed = placement::table(&placed, &offsets);
        Ok(Finished { code: encode_code(&self.instructions)?, lines, placed, is_placed })
    }
}

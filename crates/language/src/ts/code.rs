//! A function's instructions while they are made: labels, jumps, lines.

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

    /// Bytes, and the line table.
    ///
    /// # Errors
    /// A jump that is too far.
    pub fn finish(mut self) -> Result<(Vec<u8>, Lines), JumpTooFar> {
        for jump in self.jumps {
            use Instruction::{Jmp, JmpIf, JmpIfNot};
            if let Jmp(target) | JmpIf(target) | JmpIfNot(target) = &mut self.instructions[jump] {
                *target = self.labels[*target as usize];
            }
        }
        let mut lines: Lines = Vec::new();
        for (offset, line) in layout(&self.instructions).into_iter().zip(self.lines) {
            if lines.last().is_none_or(|(_, last)| *last != line) {
                lines.push((offset, line));
            }
        }
        Ok((encode_code(&self.instructions)?, lines))
    }
}

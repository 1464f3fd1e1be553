//! A function's bytes and its instructions: encoding and decoding.

use std::fmt;

use super::Instruction;
use super::opcode::{OPCODES, Operand, OperandKind, join, opcode, split};

/// Bytes that are not instructions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeError {
    /// Byte offset in the function's code.
    pub offset: u32,
    /// What was found.
    pub message: String,
    /// What was expected instead.
    pub expected: String,
}

/// A jump that two bytes cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JumpTooFar {
    /// Index of the jump.
    pub instruction: u32,
    /// Bytes from the next instruction to the target.
    pub distance: i64,
}

impl fmt::Display for JumpTooFar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the jump at instruction {} goes {} bytes far; {} to {} fit",
            self.instruction,
            self.distance,
            i16::MIN,
            i16::MAX
        )
    }
}

impl std::error::Error for JumpTooFar {}

/// Instructions with their byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decoded {
    pub instructions: Vec<Instruction>,
    pub offsets: Vec<u32>,
}

/// Byte offset of each instruction, and of the end.
pub fn layout(instructions: &[Instruction]) -> Vec<u32> {
    let mut offsets = Vec::with_capacity(instructions.len() + 1);
    let mut offset = 0;
    for instruction in instructions {
        offsets.push(offset);
        offset += instruction.info().size() as u32;
    }
    offsets.push(offset);
    offsets
}

/// The bytes of a function.
///
/// # Errors
/// The first jump whose target is out of reach. A target beyond the end counts as the end.
pub fn encode_code(instructions: &[Instruction]) -> Result<Vec<u8>, JumpTooFar> {
    let offsets = layout(instructions);
    let end = offsets[instructions.len()];
    let mut bytes = Vec::with_capacity(end as usize);
    for (index, instruction) in instructions.iter().enumerate() {
        let (byte, operand) = split(*instruction);
        bytes.push(byte);
        match operand {
            Operand::None => {}
            Operand::Integer(value) => bytes.extend(value.to_le_bytes()),
            Operand::Local(local) => bytes.push(local),
            Operand::Constant(i)
            | Operand::Message(i)
            | Operand::Global(i)
            | Operand::Function(i)
            | Operand::Shape(i) => bytes.extend(i.to_le_bytes()),
            Operand::Field(shape, field) => {
                bytes.extend(shape.to_le_bytes());
                bytes.push(field);
            }
            Operand::Label(target) => {
                let to = offsets.get(target as usize).copied().unwrap_or(end);
                let distance = i64::from(to) - i64::from(offsets[index + 1]);
                let short = i16::try_from(distance)
                    .map_err(|_| JumpTooFar { instruction: index as u32, distance })?;
                bytes.extend(short.to_le_bytes());
            }
        }
    }
    Ok(bytes)
}

/// Reads a function's bytes. Indices are not checked: that is the verifier's work.
pub(super) fn decode_code(code: &[u8]) -> Result<Decoded, Vec<CodeError>> {
    let mut instructions = Vec::with_capacity(code.len() / 2);
    let mut offsets = Vec::with_capacity(code.len() / 2);
    // For each offset at which an instruction starts, where a jump may go: 1 + its index.
    let mut starts = vec![0_u32; code.len()];
    let mut at = 0;
    while at < code.len() {
        let (byte, operand) = read(code, at).map_err(|error| vec![error])?;
        let instruction = join(byte, operand).expect("the operand was read as the table says");
        starts[at] = instructions.len() as u32 + 1;
        offsets.push(at as u32);
        instructions.push(instruction);
        at += instruction.info().size();
    }
    let mut errors = Vec::new();
    for (index, instruction) in instructions.iter_mut().enumerate() {
        let Some(target) = instruction.target_mut() else { continue };
        let next = i64::from(offsets[index]) + 3;
        let to = next + i64::from(*target as i32);
        match usize::try_from(to).ok().and_then(|to| starts.get(to)) {
            Some(0) => errors.push(CodeError {
                offset: offsets[index],
                message: format!("jumps to byte {to}, into the middle of an instruction"),
                expected: "a target where an instruction starts".to_owned(),
            }),
            Some(start) => *target = start - 1,
            None => errors.push(CodeError {
                offset: offsets[index],
                message: format!("jumps to byte {to}, out of the function"),
                expected: format!("a target from 0 to {}", code.len() - 1),
            }),
        }
        if errors.len() >= super::verify::errors::MAX_ERRORS {
            break;
        }
    }
    if errors.is_empty() { Ok(Decoded { instructions, offsets }) } else { Err(errors) }
}

/// The opcode byte at an offset and its operand; for a jump, its distance in place of its target.
fn read(code: &[u8], at: usize) -> Result<(u8, Operand), CodeError> {
    let byte = code[at];
    let Some(info) = opcode(byte) else {
        return Err(CodeError {
            offset: at as u32,
            message: format!("the byte {byte:#04x} is no opcode"),
            expected: format!("one of the {} opcodes", OPCODES.len()),
        });
    };
    let Some(bytes) = code.get(at + 1..at + info.size()) else {
        return Err(CodeError {
            offset: at as u32,
            message: format!("the code ends inside {}", info.syntax()),
            expected: format!("{} bytes of operand", info.operand.size()),
        });
    };
    let index = || u16::from_le_bytes([bytes[0], bytes[1]]);
    let operand = match info.operand {
        OperandKind::None | OperandKind::Word(_) => Operand::None,
        OperandKind::Integer => {
            Operand::Integer(i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        }
        OperandKind::Constant => Operand::Constant(index()),
        OperandKind::Message => Operand::Message(index()),
        OperandKind::Local => Operand::Local(bytes[0]),
        OperandKind::Global => Operand::Global(index()),
        OperandKind::Label => Operand::Label(i32::from(index() as i16) as u32),
        OperandKind::Function => Operand::Function(index()),
        OperandKind::Shape => Operand::Shape(index()),
        OperandKind::Field => Operand::Field(index(), bytes[2]),
    };
    Ok((byte, operand))
}

//! What stands behind an instruction's mnemonic.

#[cfg(doc)]
use super::Instruction;

/// What stands after the mnemonic in the text and after the opcode byte in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperandKind {
    /// Nothing.
    None,
    /// A word of the text that the opcode byte stands for: no bytes.
    Word(&'static str),
    /// A 32-bit integer, little-endian.
    Integer,
    /// A float or string of the pool: its index in two bytes.
    Constant,
    /// A string of the pool: its index in two bytes.
    Message,
    /// A local variable: its index in one byte.
    Local,
    /// A global variable: its index in two bytes.
    Global,
    /// A label: signed distance from the next instruction in two bytes.
    Label,
    /// A function: its index in two bytes.
    Function,
    /// A shape: its index in two bytes.
    Shape,
    /// A field of a shape: the shape's index in two bytes, the field's in one.
    Field,
}

impl OperandKind {
    /// Bytes in the code.
    pub const fn size(self) -> usize {
        match self {
            OperandKind::None | OperandKind::Word(_) => 0,
            OperandKind::Local => 1,
            OperandKind::Integer => 4,
            OperandKind::Field => 3,
            _ => 2,
        }
    }

    /// How the reference writes it after the mnemonic; empty for [`OperandKind::None`].
    pub const fn notation(self) -> &'static str {
        match self {
            OperandKind::None => "",
            OperandKind::Word(word) => word,
            OperandKind::Integer => "integer",
            OperandKind::Constant => "float|\"text\"",
            OperandKind::Message => "\"text\"",
            OperandKind::Local => "local",
            OperandKind::Global => "global",
            OperandKind::Label => "label",
            OperandKind::Function => "function",
            OperandKind::Shape => "shape",
            OperandKind::Field => "shape.field",
        }
    }

    /// What the assembler expects there, in words.
    pub const fn description(self) -> &'static str {
        match self {
            OperandKind::None => "nothing",
            OperandKind::Word(word) => word,
            OperandKind::Integer => "a whole number",
            OperandKind::Constant => "a number, a text in quotes, true, false or null",
            OperandKind::Message => "a text in quotes",
            OperandKind::Local => "the name of a local variable",
            OperandKind::Global => "the name of a global variable",
            OperandKind::Label => "a label",
            OperandKind::Function => "the name of a function",
            OperandKind::Shape => "the name of a shape",
            OperandKind::Field => "a field, written Shape.field",
        }
    }
}

/// An operand's value; indices as in [`Instruction`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// No operand.
    None,
    /// A number in the instruction.
    Integer(i32),
    /// Index of a constant.
    Constant(u16),
    /// Index of the constant that is a message.
    Message(u16),
    /// Number of a local.
    Local(u8),
    /// Index of a global.
    Global(u16),
    /// Index of the instruction that is jumped to.
    Label(u32),
    /// Index of a function.
    Function(u16),
    /// Index of a shape.
    Shape(u16),
    /// Index of a shape, and of its field.
    Field(u16, u8),
}

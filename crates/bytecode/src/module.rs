//! A module as the assembler or a file gives it: not yet verified, so nothing may run it.

use super::{Mark, Passage, PollPolicy};

/// A constant of the pool. Two floats are equal if their bits are, as in a file.
#[derive(Debug, Clone)]
pub enum Constant {
    /// A 64-bit float.
    Float(f64),
    /// UTF-8 text.
    String(String),
}

impl PartialEq for Constant {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a.to_bits() == b.to_bits(),
            (Self::String(a), Self::String(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Constant {}

/// A global variable; null at start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Global {
    /// Unique among the globals.
    pub name: String,
}

/// The shape of an object: its fields in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Unique among the shapes.
    pub name: String,
    /// Field names, unique inside the shape; at most 255.
    pub fields: Vec<String>,
}

/// Shapes that a source language has for itself.
impl Shape {
    /// The name of that which holds a variable that several functions use and change. No class of a program has a blank in
    /// its name.
    pub const SHARED: &str = "shared variable";
    /// What the names of those begin with that hold what a function has captured: a field for each variable, of its name.
    pub const CAPTURED: &str = "captured ";

    /// The name of that of arrays that grow.
    pub const LIST: &str = "Array";

    /// Whether its objects are arrays that grow: the first field has the elements, the second says how many there are.
    pub fn is_list(&self) -> bool {
        self.name == Self::LIST && self.fields == ["elements", "length"]
    }

    /// Whether its only field is a variable of the source.
    pub fn is_shared(&self) -> bool {
        self.name == Self::SHARED && self.fields.len() == 1
    }

    /// Whether its fields are variables of a function around.
    pub fn is_captured(&self) -> bool {
        self.name.starts_with(Self::CAPTURED)
    }
}

/// A function as bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Unique among the functions.
    pub name: String,
    /// How many of the locals are parameters.
    pub params: u8,
    /// Names of all locals, parameters first; at most 255.
    pub locals: Vec<String>,
    /// Encoded instructions.
    pub code: Vec<u8>,
    /// `(byte offset, source line from 1)` pairs, ascending by offset; empty when unknown.
    pub lines: Vec<(u32, u32)>,
    /// `(byte offset, how often)` pairs, ascending by offset, for the poll sites for which the policy does not decide:
    /// see [`PollSite::placed`](super::PollSite::placed).
    pub placed: Vec<(u32, u16)>,
    /// What belongs to which passage and which locals are in scope, ascending by offset; empty when unknown.
    pub marks: Vec<Mark>,
}

/// A whole program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The program's name.
    pub name: String,
    /// The poll policy the program asks for.
    pub policy: PollPolicy,
    /// The constant pool.
    pub constants: Vec<Constant>,
    /// Global variables.
    pub globals: Vec<Global>,
    /// Object shapes.
    pub shapes: Vec<Shape>,
    /// Functions.
    pub functions: Vec<Function>,
    /// Index of the function that the program starts with; it has no parameters.
    pub entry: u16,
    /// Passages of the text that the marks name.
    pub passages: Vec<Passage>,
}

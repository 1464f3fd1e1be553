//! Descriptions of a program, as plain records with the field names that scripts see.

use bytecode::{PollKind, PollPolicy};
use serde::Serialize;

/// A fault in a program's text or bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// From 1; 0 when there is no text.
    pub line: u32,
    /// From 1, in characters; 0 when there is no text.
    pub column: u32,
    /// How many characters are concerned.
    pub length: u32,
    /// In bytes, of the text or of the binary module.
    pub offset: u32,
    /// What was wrong, what was expected, what to do.
    pub message: String,
}

/// One row of the bytecode view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListingRow {
    /// Name of the function.
    pub function: String,
    /// Index of the instruction.
    pub index: u32,
    /// Its byte offset.
    pub offset: u32,
    /// Its bytes in hexadecimal.
    pub bytes: String,
    /// Its text.
    pub text: String,
    /// Source line, from 1.
    pub line: Option<u32>,
    /// What it does in words of the source; `None` in assembler.
    pub words: Option<String>,
    /// Lines and columns of the statement to which it belongs: from its first character to behind its last.
    pub statement: Option<[u32; 4]>,
    /// Whether that begins here.
    pub begins: bool,
    /// Kind of the poll site here, whether or not the policy asks for it.
    pub poll: Option<PollKind>,
    /// How often it polls, if its text says so: 0 never, 1 always, n every n-th turn of a loop.
    pub placed: Option<u16>,
    /// Number of the poll site in the module.
    pub site: Option<u32>,
}

/// The longest path without a poll in a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PathBound {
    /// Name of the function.
    pub function: String,
    /// Instructions; `None` when unbounded.
    pub instructions: Option<u64>,
    /// Whether these are for each frame of a recursion that a path leaves.
    pub per_frame: bool,
    /// Where, as a source line.
    pub line: Option<u32>,
    /// What is there, in words of the source; `None` in assembler.
    pub words: Option<String>,
    /// In words.
    pub why: String,
    /// What the number of instructions does not tell: the first instruction of the function whose
    /// time grows with its data, in words.
    pub long: Option<String>,
}

/// A program that may be run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Every instruction.
    pub listing: Vec<ListingRow>,
    /// Longest paths without a poll under its own policy.
    pub bounds: Vec<PathBound>,
    /// Names of its functions.
    pub functions: Vec<String>,
    /// The policy it asks for.
    pub policy: PollPolicy,
    /// Size of the binary module in bytes.
    pub size: usize,
    /// Text of which it is made.
    pub source: String,
}

/// The result of reading a program.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Loaded {
    /// Whether it can be run.
    pub ok: bool,
    /// Everything that is wrong with it.
    pub errors: Vec<Diagnostic>,
    /// Probable mistakes in a program that can be run nevertheless.
    pub warnings: Vec<Diagnostic>,
    /// The program, when it can be run.
    pub program: Option<Program>,
}

//! What is wrong with a module, and where.

use std::fmt;

use crate::Function;

/// Errors reported at most.
pub(crate) const MAX_ERRORS: usize = 50;

/// Why a module was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyError {
    /// Index of the function; `None` when it is about the module's tables.
    pub function: Option<u16>,
    /// Name of the function.
    pub function_name: Option<String>,
    /// Byte offset of the instruction in the function's code.
    pub offset: Option<u32>,
    /// Index of the instruction; `None` when the bytes could not be decoded so far.
    pub instruction: Option<u32>,
    /// Source line from 1, when the module carries lines.
    pub line: Option<u32>,
    /// What is wrong.
    pub message: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.function_name {
            write!(f, "function {}", crate::text::name(name))?;
            if let Some(offset) = self.offset {
                write!(f, ", byte {offset}")?;
            }
            if let Some(line) = self.line {
                write!(f, " (line {line})")?;
            }
            f.write_str(": ")?;
        }
        write!(f, "{}; expected {}", self.message, self.expected)
    }
}

impl std::error::Error for VerifyError {}

/// Errors found so far, up to [`MAX_ERRORS`].
#[derive(Default)]
pub(super) struct Errors(pub(super) Vec<VerifyError>);

impl Errors {
    pub(super) fn full(&self) -> bool {
        self.0.len() >= MAX_ERRORS
    }

    pub(super) fn push(&mut self, error: VerifyError) {
        if !self.full() {
            self.0.push(error);
        }
    }

    /// About the module's tables.
    pub(super) fn module(&mut self, message: String, expected: String) {
        self.push(VerifyError {
            function: None,
            function_name: None,
            offset: None,
            instruction: None,
            line: None,
            message,
            expected,
        });
    }
}

/// Where in a module an error is.
#[derive(Clone, Copy)]
pub(super) struct FunctionPlace<'a> {
    pub(super) function: &'a Function,
    pub(super) index: u16,
}

impl FunctionPlace<'_> {
    pub(super) fn error(
        &self,
        at: Option<(u32, Option<u32>)>,
        message: String,
        expected: String,
    ) -> VerifyError {
        VerifyError {
            function: Some(self.index),
            function_name: Some(self.function.name.clone()),
            offset: at.map(|(offset, _)| offset),
            instruction: at.and_then(|(_, instruction)| instruction),
            line: at.and_then(|(offset, _)| line_at(&self.function.lines, offset)),
            message,
            expected,
        }
    }
}

/// The source line of a byte offset.
pub(super) fn line_at(lines: &[(u32, u32)], offset: u32) -> Option<u32> {
    let after = lines.partition_point(|(start, _)| *start <= offset);
    Some(lines[after.checked_sub(1)?].1)
}

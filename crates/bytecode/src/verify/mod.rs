//! The verifier: the only way from a [`Module`] to a [`VerifiedModule`].
//!
//! What holds afterwards, so that it is not checked again while programs run:
//!
//! 1. Every index (constant, local, global, function, shape, field) is in range, names are unique
//!    where they name something, `trap` has a string, the entry takes no parameters.
//! 2. Every jump goes to the start of an instruction of the same function, and a function's last
//!    instruction is `jmp`, `ret` or `trap`: no path runs off the end.
//! 3. Each instruction that a path leads to finds the same number of operands on every path, never
//!    too few; locals and operands together are at most [`MAX_REGISTERS`](super::limits::MAX_REGISTERS).
//!
//! Kinds of values are followed too (as sets, joined where paths meet), but only a *certain* mistake is an error: an
//! operand that may be of the right kind is checked when the instruction runs.
//!
//! One pass: each instruction is looked at once, and again only where paths meet with other kinds,
//! at most [`flow::WIDEN_AFTER`] times. A budget for the whole module bounds what a hostile one can
//! cost.

mod flow;
mod state;
mod tables;

use std::fmt;
use std::sync::Arc;

use super::code::{self, Decoded};
use super::verified::{Inner, PollSite, VerifiedFunction, VerifiedModule};
use super::{Function, Module};

/// Errors reported at most.
pub(super) const MAX_ERRORS: usize = 50;

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
            write!(f, "function {}", super::text::name(name))?;
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
struct Errors(Vec<VerifyError>);

impl Errors {
    fn full(&self) -> bool {
        self.0.len() >= MAX_ERRORS
    }

    fn push(&mut self, error: VerifyError) {
        if !self.full() {
            self.0.push(error);
        }
    }

    /// About the module's tables.
    fn module(&mut self, message: String, expected: String) {
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
struct FunctionPlace<'a> {
    function: &'a Function,
    index: u16,
}

impl FunctionPlace<'_> {
    fn error(
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
fn line_at(lines: &[(u32, u32)], offset: u32) -> Option<u32> {
    let after = lines.partition_point(|(start, _)| *start <= offset);
    Some(lines[after.checked_sub(1)?].1)
}

/// Checks a module.
///
/// # Errors
/// All mistakes that were found, at most 50.
pub fn verify(module: Module) -> Result<VerifiedModule, Vec<VerifyError>> {
    let mut errors = Errors::default();
    tables::check(&module, &mut errors);
    if !errors.0.is_empty() {
        return Err(errors.0);
    }
    let mut budget = flow::BUDGET;
    let mut functions = Vec::with_capacity(module.functions.len());
    let mut next_site = 0;
    for (index, function) in module.functions.iter().enumerate() {
        let place = FunctionPlace { function, index: index as u16 };
        if let Some(function) = check_function(&module, place, &mut budget, &mut errors) {
            functions.push(with_sites(function, index as u16, &mut next_site));
        }
        if errors.full() {
            break;
        }
    }
    if errors.0.is_empty() {
        Ok(VerifiedModule { inner: Arc::new(Inner { module, functions }) })
    } else {
        Err(errors.0)
    }
}

fn check_function(
    module: &Module,
    place: FunctionPlace<'_>,
    budget: &mut u64,
    errors: &mut Errors,
) -> Option<VerifiedFunction> {
    let function = place.function;
    let decoded = match code::decode_code(&function.code) {
        Ok(decoded) => decoded,
        Err(found) => {
            for error in found {
                errors.push(place.error(Some((error.offset, None)), error.message, error.expected));
            }
            return None;
        }
    };
    let before = errors.0.len();
    tables::check_lines(place, &decoded, errors);
    tables::check_operands(module, place, &decoded, errors);
    if errors.0.len() > before {
        return None;
    }
    let flow = flow::check(module, place, &decoded, budget, errors)?;
    let Decoded { instructions, offsets } = decoded;
    let lines = if function.lines.is_empty() {
        Vec::new()
    } else {
        offsets.iter().map(|&offset| line_at(&function.lines, offset).unwrap_or(0)).collect()
    };
    Some(VerifiedFunction {
        max_stack: flow.max_stack,
        instructions,
        offsets,
        lines,
        heights: flow.heights,
        texts: flow.texts,
        sites: Vec::new(),
    })
}

fn with_sites(mut function: VerifiedFunction, index: u16, next: &mut u32) -> VerifiedFunction {
    for (at, instruction) in function.instructions.iter().enumerate() {
        if let Some(kind) = instruction.poll_kind(at as u32) {
            let site = PollSite { id: *next, function: index, instruction: at as u32, kind };
            function.sites.push(site);
            *next += 1;
        }
    }
    function
}

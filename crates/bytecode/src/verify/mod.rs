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
//! 4. On every path to an instruction the same tries are open, and each leads to a `poll`.
//!
//! Kinds of values are followed too (as sets, joined where paths meet), but only a *certain* mistake is an error: an
//! operand that may be of the right kind is checked when the instruction runs.
//!
//! One pass: each instruction is looked at once, and again only where paths meet with other kinds,
//! at most [`flow::WIDEN_AFTER`] times. A budget for the whole module bounds what a hostile one can
//! cost.

pub(super) mod errors;
mod flow;
mod state;
mod tables;

use std::sync::Arc;

use super::code::{self, Decoded};
use super::source::origins;
use super::verified::{Inner, PollSite, VerifiedFunction, VerifiedModule};
use super::{Instruction, Module};
pub use errors::VerifyError;
use errors::{Errors, FunctionPlace, line_at};

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
            let placed = &place.function.placed;
            functions.push(with_sites(function, index as u16, placed, &mut next_site));
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
    tables::check_placed(place, &decoded, errors);
    tables::check_marks(module, place, &decoded, errors);
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
    let origins = match function.marks.as_slice() {
        [] => Vec::new(),
        marks => origins(marks, &offsets),
    };
    let captured = captured(module, &instructions);
    Some(VerifiedFunction {
        max_stack: flow.max_stack,
        instructions,
        offsets,
        lines,
        origins,
        heights: flow.heights,
        texts: flow.texts,
        catches: flow.catches,
        captured,
        sites: Vec::new(),
    })
}

/// The local from which a function reads what it has captured, and the shape of that.
fn captured(module: &Module, instructions: &[Instruction]) -> Option<(u8, u16)> {
    let is_captured = |shape: u16| module.shapes[usize::from(shape)].is_captured();
    instructions.windows(2).find_map(|pair| match pair {
        [Instruction::Load(local), Instruction::Get { shape, .. }] if is_captured(*shape) => {
            Some((*local, *shape))
        }
        _ => None,
    })
}

fn with_sites(
    mut function: VerifiedFunction,
    index: u16,
    placed: &[(u32, u16)],
    next: &mut u32,
) -> VerifiedFunction {
    for (at, instruction) in function.instructions.iter().enumerate() {
        if let Some(kind) = instruction.poll_kind(at as u32) {
            let row = placed.binary_search_by_key(&function.offsets[at], |(offset, _)| *offset);
            let placed = row.ok().map(|row| placed[row].1);
            let at = at as u32;
            let site = PollSite { id: *next, function: index, instruction: at, kind, placed };
            function.sites.push(site);
            *next += 1;
        }
    }
    function
}

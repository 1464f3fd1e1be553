//! What can be checked without following paths: tables, names, indices, lines.

use super::errors::{Errors, FunctionPlace};
use crate::code::Decoded;
use crate::limits::{MAX_CODE, MAX_FIELDS, MAX_LOCALS, MAX_NAME, MAX_TABLE};
use crate::opcode::{Operand, split};
use crate::{Constant, Instruction, Mark, MarkKind, Module, PollKind, text};

/// Sizes and names of the module's tables, and the entry.
pub(super) fn check(module: &Module, errors: &mut Errors) {
    for (what, found) in [
        ("constants", module.constants.len()),
        ("globals", module.globals.len()),
        ("shapes", module.shapes.len()),
        ("functions", module.functions.len()),
    ] {
        if found > MAX_TABLE {
            errors.module(format!("the module has {found} {what}"), format!("at most {MAX_TABLE}"));
            return;
        }
    }
    long_name("module", &module.name, errors);
    unique("global", module.globals.iter().map(|global| &global.name), errors);
    unique("shape", module.shapes.iter().map(|shape| &shape.name), errors);
    unique("function", module.functions.iter().map(|function| &function.name), errors);
    for shape in &module.shapes {
        let owner = text::name(&shape.name);
        at_most(&format!("fields in shape {owner}"), shape.fields.len(), MAX_FIELDS, errors);
        unique(&format!("field of shape {owner}"), shape.fields.iter(), errors);
    }
    for function in &module.functions {
        let owner = text::name(&function.name);
        at_most(&format!("locals in function {owner}"), function.locals.len(), MAX_LOCALS, errors);
        at_most(
            &format!("bytes of code in function {owner}"),
            function.code.len(),
            MAX_CODE,
            errors,
        );
        unique(&format!("local of function {owner}"), function.locals.iter(), errors);
        if usize::from(function.params) > function.locals.len() {
            errors.module(
                format!(
                    "function {owner} has {} parameters but {} locals",
                    function.params,
                    function.locals.len()
                ),
                "parameters to be the first of the locals".to_owned(),
            );
        }
    }
    match module.functions.get(usize::from(module.entry)) {
        None => errors.module(
            format!(
                "the entry is function #{}, but the module has {}",
                module.entry,
                module.functions.len()
            ),
            "the index of a function".to_owned(),
        ),
        Some(entry) if entry.params > 0 => errors.module(
            format!(
                "the entry function {} has {} parameters",
                text::name(&entry.name),
                entry.params
            ),
            "none: the program's start has no arguments".to_owned(),
        ),
        Some(_) => {}
    }
}

fn at_most(what: &str, found: usize, limit: usize, errors: &mut Errors) {
    if found > limit {
        errors.module(format!("{found} {what}"), format!("at most {limit}"));
    }
}

fn long_name(what: &str, name: &str, errors: &mut Errors) {
    if name.len() > MAX_NAME {
        let start: String = name.chars().take(20).collect();
        errors.module(
            format!("the name of the {what} {start}... has {} bytes", name.len()),
            format!("at most {MAX_NAME}"),
        );
    }
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a String> + Clone, errors: &mut Errors) {
    let mut sorted: Vec<(&str, usize)> = names.clone().map(String::as_str).zip(0..).collect();
    sorted.sort_unstable();
    let again = sorted.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| pair[1].1);
    let mut again: Vec<usize> = again.collect();
    again.sort_unstable();
    for (index, name) in names.enumerate() {
        long_name(what, name, errors);
        if again.binary_search(&index).is_ok() {
            errors.module(
                format!("two have the name {}: {what}", text::name(name)),
                "each name once".to_owned(),
            );
        }
    }
}

/// Lines ascend, from 1, at starts of instructions.
pub(super) fn check_lines(place: FunctionPlace<'_>, decoded: &Decoded, errors: &mut Errors) {
    let mut previous = None;
    for &(offset, line) in &place.function.lines {
        let message = if previous.is_some_and(|previous| previous >= offset) {
            format!("the line table goes back to byte {offset}")
        } else if decoded.offsets.binary_search(&offset).is_err() {
            format!("the line table has byte {offset}, where no instruction starts")
        } else if line == 0 {
            format!("the line table gives byte {offset} the line 0")
        } else {
            previous = Some(offset);
            continue;
        };
        let expected = "offsets of instructions, ascending, and lines from 1".to_owned();
        errors.push(place.error(None, message, expected));
        return;
    }
}

/// Placements ascend, at poll sites that are not explicit; every n-th only at back-edges.
pub(super) fn check_placed(place: FunctionPlace<'_>, decoded: &Decoded, errors: &mut Errors) {
    let mut previous = None;
    for &(offset, often) in &place.function.placed {
        let at = decoded.offsets.binary_search(&offset).ok();
        let kind = at.and_then(|at| decoded.instructions[at].poll_kind(at as u32));
        let fits = match kind {
            None | Some(PollKind::Explicit) => false,
            Some(kind) => often < 2 || kind == PollKind::BackEdge,
        };
        if !fits || previous.is_some_and(|previous| previous >= offset) {
            let message = match often {
                2.. => format!("every {often}th turn polls at byte {offset}"),
                _ => format!("the polls are placed at byte {offset}"),
            };
            let expected = "a poll site that the policy decides about, each once and in order; \
                            for every n-th a jump backwards";
            let at = at.map(|at| (offset, Some(at as u32)));
            errors.push(place.error(at, message, expected.to_owned()));
            return;
        }
        previous = Some(offset);
    }
}

/// Marks ascend, at starts of instructions, and name passages and locals that there are.
pub(super) fn check_marks(
    module: &Module,
    place: FunctionPlace<'_>,
    decoded: &Decoded,
    errors: &mut Errors,
) {
    let function = place.function;
    let mut before = 0;
    let mut is_right = |mark: &Mark| {
        let known = match mark.kind {
            MarkKind::Statement | MarkKind::Passage => module.passages.len(),
            MarkKind::Begin | MarkKind::End => function.locals.len(),
            MarkKind::Numbers => 1,
        };
        let ascends = before <= mark.offset;
        before = mark.offset;
        ascends
            && (mark.index as usize) < known
            && decoded.offsets.binary_search(&mark.offset).is_ok()
    };
    if !function.marks.iter().all(&mut is_right) {
        let message = "the marks of the source do not fit the code".to_owned();
        let expected = "offsets of instructions, ascending, passages and locals".to_owned();
        errors.push(place.error(None, message, expected));
    }
}

/// The shape of the list that an instruction works on.
fn list_shape(instruction: Instruction) -> Option<u16> {
    use Instruction::{ListCopy, ListGet, ListPop, ListPush, ListSet};
    match instruction {
        ListGet(shape) | ListSet(shape) | ListPush(shape) | ListPop(shape) => Some(shape),
        ListCopy(shape) => Some(shape),
        _ => None,
    }
}

/// Indices in range; a string for `trap`; two fields for a list; a last instruction that ends the path.
pub(super) fn check_operands(
    module: &Module,
    place: FunctionPlace<'_>,
    decoded: &Decoded,
    errors: &mut Errors,
) {
    for (at, &instruction) in decoded.instructions.iter().enumerate() {
        let (what, index, count) = match split(instruction).1 {
            Operand::None | Operand::Integer(_) | Operand::Label(_) => continue,
            Operand::Constant(i) | Operand::Message(i) => {
                ("constant", i.into(), module.constants.len())
            }
            Operand::Local(i) => ("local", usize::from(i), place.function.locals.len()),
            Operand::Global(i) => ("global", i.into(), module.globals.len()),
            Operand::Function(i) => ("function", i.into(), module.functions.len()),
            Operand::Shape(i) => ("shape", i.into(), module.shapes.len()),
            Operand::Field(s, f) => match module.shapes.get(usize::from(s)) {
                None => ("shape", s.into(), module.shapes.len()),
                Some(shape) => ("field", f.into(), shape.fields.len()),
            },
        };
        let at = Some((decoded.offsets[at], Some(at as u32)));
        if index >= count {
            let expected = match count {
                0 => format!("no {what} at all: there are none"),
                _ => format!("an index from 0 to {}", count - 1),
            };
            let message = format!("{} names {what} #{index}", instruction.info().mnemonic);
            errors.push(place.error(at, message, expected));
        } else if let Operand::Message(i) = split(instruction).1
            && !matches!(module.constants[usize::from(i)], Constant::String(_))
        {
            let message = format!("the message of trap is constant #{i}, a float");
            errors.push(place.error(at, message, "a string".to_owned()));
        } else if let Some(shape) = list_shape(instruction)
            && module.shapes[usize::from(shape)].fields.len() < 2
        {
            let shape = &module.shapes[usize::from(shape)];
            let message = format!("a list of shape {}", text::name(&shape.name));
            let expected = "a shape of two fields or more".to_owned();
            errors.push(place.error(at, message, expected));
        }
    }
    match decoded.instructions.last() {
        None => errors.push(place.error(
            None,
            "the function has no instructions".to_owned(),
            "at least ret, which ends it".to_owned(),
        )),
        Some(last) if !last.info().ends_path() => {
            let at = decoded.instructions.len() - 1;
            errors.push(place.error(
                Some((decoded.offsets[at], Some(at as u32))),
                format!("after {} the function ends without ret", last.info().mnemonic),
                "ret, trap or jmp as the last instruction".to_owned(),
            ));
        }
        Some(_) => {}
    }
}

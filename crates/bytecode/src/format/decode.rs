//! Bytes to module.

use std::num::NonZeroU16;

use super::{FLOAT, FORMATS, NAN, STRING};
use crate::codec::{LoadError, Reader};
use crate::limits::MAX_MODULE;
use crate::{Constant, Function, Global, Mark, MarkKind, Module, Passage, PollPolicy, Shape};

type Result<T, E = LoadError> = std::result::Result<T, E>;

/// Reads a binary module. It is not verified yet.
///
/// # Errors
/// The first thing that is wrong.
pub fn decode(bytes: &[u8]) -> Result<Module> {
    if bytes.len() > MAX_MODULE {
        let message =
            format!("the module has {} bytes; at most {MAX_MODULE} are read", bytes.len());
        return Err(LoadError::new(None, MAX_MODULE, message));
    }
    // Version 1 has no placements.
    let is_placed = bytes.get(4..6) != Some(&[1, 0]);
    let mut file = FORMATS[usize::from(is_placed)].open(bytes)?;
    let name = section(&mut file, |r| text(r, "the module's name"))?;
    let policy = section(&mut file, policy)?;
    let constants = section(&mut file, |r| r.list(5, "constants", constant))?;
    let globals = section(&mut file, |r| {
        r.list(4, "globals", |r| Ok(Global { name: text(r, "a global's name")? }))
    })?;
    let shapes = section(&mut file, |r| {
        r.list(8, "shapes", |r| {
            let name = text(r, "a shape's name")?;
            let fields = r.list(4, "fields", |r| text(r, "a field's name"))?;
            Ok(Shape { name, fields })
        })
    })?;
    let (entry, mut functions) = section(&mut file, |r| {
        let entry = r.u16("the entry")?;
        Ok((entry, r.list(13, "functions", function)?))
    })?;
    let passages = section(&mut file, |r| {
        for function in &mut functions {
            function.lines = r.list(8, "lines", |r| Ok((r.u32("an offset")?, r.u32("a line")?)))?;
        }
        // What is known of the text beside its lines, if anything is.
        if r.left() == 0 {
            return Ok(Vec::new());
        }
        let mut passages = Vec::new();
        for _ in 0..r.count(8, "passages")? {
            passages.push(passage(r)?);
        }
        for function in &mut functions {
            for _ in 0..r.count(2, "marks")? {
                function.marks.push(mark(r)?);
            }
        }
        if passages.is_empty() && functions.iter().all(|function| function.marks.is_empty()) {
            return Err(r.error(r.at(), "there are no marks; expected the end of the lines"));
        }
        Ok(passages)
    })?;
    if is_placed {
        section(&mut file, |r| {
            let start = r.at();
            for function in &mut functions {
                let row = |r: &mut Reader<'_>| Ok((r.u32("an offset")?, r.u16("how often")?));
                function.placed = r.list(6, "placements", row)?;
            }
            if functions.iter().all(|function| function.placed.is_empty()) {
                return Err(r.error(start, "no placement; expected one, or version 1"));
            }
            Ok(())
        })?;
    }
    file.finish()?;
    Ok(Module { name, policy, constants, globals, shapes, functions, entry, passages })
}

/// Reads the next section, of which nothing may be left.
fn section<'b, T>(
    file: &mut Reader<'b>,
    content: impl FnOnce(&mut Reader<'b>) -> Result<T>,
) -> Result<T> {
    let mut section = file.section()?;
    let content = content(&mut section)?;
    section.finish()?;
    Ok(content)
}

fn text(r: &mut Reader<'_>, what: &str) -> Result<String> {
    r.text(what).map(str::to_owned)
}

fn policy(r: &mut Reader<'_>) -> Result<PollPolicy> {
    let start = r.at();
    let bits = r.byte("the kinds that poll")?;
    let known = PollPolicy::BITS;
    if bits & !known != 0 {
        let message = format!("the kinds that poll are {bits:#04x}; known are {known:#04x}");
        return Err(r.error(start, message));
    }
    let every = r.u16("every how many back-edges")?;
    let every = NonZeroU16::new(every)
        .ok_or_else(|| r.error(start + 1, "every 0th back-edge polls; expected 1 to 65535"))?;
    Ok(PollPolicy::from_bits(bits, every))
}

fn constant(r: &mut Reader<'_>) -> Result<Constant> {
    let start = r.at();
    match r.byte("a constant")? {
        FLOAT => {
            let bits = r.u64("a float")?;
            let value = f64::from_bits(bits);
            if value.is_nan() && bits != NAN {
                let message = format!("not-a-number is written as {bits:#x}; expected {NAN:#x}");
                return Err(r.error(start + 1, message));
            }
            Ok(Constant::Float(value))
        }
        STRING => Ok(Constant::String(text(r, "a string")?)),
        other => {
            let message = format!(
                "a constant of kind {other}; expected {FLOAT} (float) or {STRING} (string)"
            );
            Err(r.error(start, message))
        }
    }
}

fn function(r: &mut Reader<'_>) -> Result<Function> {
    let name = text(r, "a function's name")?;
    let params = r.byte("the parameters")?;
    let locals = r.list(4, "locals", |r| text(r, "a local's name"))?;
    let size = r.u32("the size of the code")? as usize;
    let code = r.take(size, "the code")?.to_vec();
    Ok(Function {
        name,
        params,
        locals,
        code,
        lines: Vec::new(),
        placed: Vec::new(),
        marks: Vec::new(),
    })
}

fn passage(r: &mut Reader<'_>) -> Result<Passage> {
    let mut numbers = [0; 4];
    for number in &mut numbers {
        *number = r.below_32_bits("a line or column")?;
    }
    let [line, column, end_line, end_column] = numbers;
    let words = text(r, "a passage")?;
    Ok(Passage { from: (line, column), to: (end_line, end_column), words })
}

fn mark(r: &mut Reader<'_>) -> Result<Mark> {
    let offset = r.below_32_bits("an offset")?;
    let start = r.at();
    let number = r.below_32_bits("a mark")?;
    let kind = MarkKind::ALL.get(number as usize % 8).copied();
    let kind = kind.ok_or_else(|| r.error(start, "a mark of an unknown kind"))?;
    Ok(Mark { offset, kind, index: number / 8 })
}

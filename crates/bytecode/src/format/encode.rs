//! Module to bytes.

use super::{FLOAT, FORMATS, NAN, STRING};
use crate::codec::Writer;
use crate::{Constant, Module};

/// The binary form of a module. Not-a-numbers in the pool become the one that a module may hold.
///
/// # Panics
/// If the module has a table, text or section of 2³² entries or bytes, which no verified module has.
pub fn encode(module: &Module) -> Vec<u8> {
    let is_placed = module.functions.iter().any(|function| !function.placed.is_empty());
    let mut file = Writer::new(&FORMATS[usize::from(is_placed)]);
    let mut section = |content: &dyn Fn(&mut Writer)| {
        file.section(|w| content(w)).expect("no section of a module has 2^32 bytes");
    };
    section(&|w| w.text(&module.name));
    section(&|w| {
        w.byte(module.policy.bits());
        w.raw(&module.policy.every.get().to_le_bytes());
    });
    section(&|w| w.list(&module.constants, constant));
    section(&|w| w.list(&module.globals, |w, global| w.text(&global.name)));
    section(&|w| {
        w.list(&module.shapes, |w, shape| {
            w.text(&shape.name);
            w.list(&shape.fields, |w, field| w.text(field));
        });
    });
    section(&|w| {
        w.raw(&module.entry.to_le_bytes());
        w.list(&module.functions, |w, function| {
            w.text(&function.name);
            w.byte(function.params);
            w.list(&function.locals, |w, local| w.text(local));
            w.count(function.code.len());
            w.raw(&function.code);
        });
    });
    section(&|w| {
        for function in &module.functions {
            w.list(&function.lines, |w, (offset, line)| {
                w.raw(&offset.to_le_bytes());
                w.raw(&line.to_le_bytes());
            });
        }
        if module.passages.is_empty() && module.functions.iter().all(|it| it.marks.is_empty()) {
            return;
        }
        w.count(module.passages.len());
        for passage in &module.passages {
            for number in [passage.from.0, passage.from.1, passage.to.0, passage.to.1] {
                w.number(number);
            }
            w.text(&passage.words);
        }
        for function in &module.functions {
            w.count(function.marks.len());
            for mark in &function.marks {
                w.number(mark.offset);
                w.number(mark.index * 8 + mark.kind as u32);
            }
        }
    });
    if is_placed {
        section(&|w| {
            for function in &module.functions {
                w.list(&function.placed, |w, (offset, often)| {
                    w.raw(&offset.to_le_bytes());
                    w.raw(&often.to_le_bytes());
                });
            }
        });
    }
    file.finish()
}

fn constant(w: &mut Writer, constant: &Constant) {
    match constant {
        Constant::Float(value) => {
            w.byte(FLOAT);
            let bits = if value.is_nan() { NAN } else { value.to_bits() };
            w.raw(&bits.to_le_bytes());
        }
        Constant::String(value) => {
            w.byte(STRING);
            w.text(value);
        }
    }
}

//! Module to bytes.

use super::{
    ALLOCATIONS, AWAITS, BACK_EDGES, CALLS, FLOAT, HEADER, MAGIC, NAN, SECTIONS, STRING, VERSION,
};
use crate::checksum::crc32;
use crate::{Constant, Module};

/// The binary form of a module. Not-a-numbers in the pool become the one that a module may hold.
///
/// # Panics
/// If the module has a table or text of 2³² entries or bytes, which no verified module has.
pub fn encode(module: &Module) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend([0; 4]);
    for index in 0..SECTIONS.len() {
        bytes.push(index as u8 + 1);
        let length = bytes.len();
        bytes.extend([0; 4]);
        let start = bytes.len();
        section(index, module, &mut bytes);
        let size = size(bytes.len() - start);
        bytes[length..start].copy_from_slice(&size);
    }
    let checksum = crc32(&bytes[HEADER..]);
    bytes[HEADER - 4..HEADER].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn section(index: usize, module: &Module, out: &mut Vec<u8>) {
    match index {
        0 => text(&module.name, out),
        1 => {
            let policy = &module.policy;
            let bit = |on: bool, bit: u8| if on { bit } else { 0 };
            out.push(
                bit(policy.calls, CALLS)
                    | bit(policy.back_edges, BACK_EDGES)
                    | bit(policy.allocations, ALLOCATIONS)
                    | bit(policy.awaits, AWAITS),
            );
            out.extend(policy.every.get().to_le_bytes());
        }
        2 => list(&module.constants, out, |constant, out| match constant {
            Constant::Float(value) => {
                out.push(FLOAT);
                let bits = if value.is_nan() { NAN } else { value.to_bits() };
                out.extend(bits.to_le_bytes());
            }
            Constant::String(value) => {
                out.push(STRING);
                text(value, out);
            }
        }),
        3 => list(&module.globals, out, |global, out| text(&global.name, out)),
        4 => list(&module.shapes, out, |shape, out| {
            text(&shape.name, out);
            list(&shape.fields, out, |field, out| text(field, out));
        }),
        5 => {
            out.extend(module.entry.to_le_bytes());
            list(&module.functions, out, |function, out| {
                text(&function.name, out);
                out.push(function.params);
                list(&function.locals, out, |local, out| text(local, out));
                out.extend(size(function.code.len()));
                out.extend(&function.code);
            });
        }
        _ => {
            for function in &module.functions {
                list(&function.lines, out, |(offset, line), out| {
                    out.extend(offset.to_le_bytes());
                    out.extend(line.to_le_bytes());
                });
            }
        }
    }
}

fn size(count: usize) -> [u8; 4] {
    u32::try_from(count).expect("no table of a module has 2^32 entries").to_le_bytes()
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend(size(text.len()));
    out.extend(text.as_bytes());
}

fn list<T>(items: &[T], out: &mut Vec<u8>, mut item: impl FnMut(&T, &mut Vec<u8>)) {
    out.extend(size(items.len()));
    for each in items {
        item(each, out);
    }
}

//! The constant pool while a program is made.

use std::collections::HashMap;

use crate::diagnostic::{Findings, Problem, Span};
use bytecode::Constant;
use bytecode::limits::MAX_TABLE;

/// The constant pool as it grows.
#[derive(Default)]
pub(crate) struct Pool {
    pub constants: Vec<Constant>,
    floats: HashMap<u64, u16>,
    strings: HashMap<String, u16>,
}

impl Pool {
    /// Adds an entry, even if there is an equal one.
    pub fn push(&mut self, constant: Constant, span: Span, findings: &mut Findings) -> u16 {
        if self.constants.len() >= MAX_TABLE {
            let message = "this is one constant too many";
            findings.error(Problem::new(span, message, format!("at most {MAX_TABLE}")));
            return 0;
        }
        let index = self.constants.len() as u16;
        match &constant {
            Constant::Float(value) => self.floats.entry(value.to_bits()).or_insert(index),
            Constant::String(text) => self.strings.entry(text.clone()).or_insert(index),
        };
        self.constants.push(constant);
        index
    }

    /// The first equal entry, or a new one.
    pub fn index(&mut self, constant: Constant, span: Span, findings: &mut Findings) -> u16 {
        let found = match &constant {
            Constant::Float(value) => self.floats.get(&value.to_bits()),
            Constant::String(text) => self.strings.get(text),
        };
        match found {
            Some(index) => *index,
            None => self.push(constant, span, findings),
        }
    }
}

//! The machine's table of constants, as it is built while functions are translated.

use crate::heap::Value;
use bytecode::Constant;

/// What the operand of a constant becomes: an index into the machine's table of constants.
#[derive(Debug, Default)]
pub(in crate::vm) struct ConstantTable {
    values: Vec<Value>,
    /// For each string of the table its index in the module's pool.
    strings: Vec<(u32, u16)>,
    /// For each string of the module's pool that was met, one more than its index in the table.
    pool: Vec<u32>,
}

impl ConstantTable {
    /// The index of a value that is no reference.
    pub(super) fn value(&mut self, value: Value) -> u32 {
        let index = self.values.len() as u32;
        self.values.push(value);
        index
    }

    /// The index of a constant of the module's pool. Strings become null here and are replaced by the
    /// program, which allocates them.
    pub(super) fn pooled(&mut self, constants: &[Constant], index: u16) -> u32 {
        if let Constant::Float(float) = constants[index as usize] {
            return self.value(Value::float(float));
        }
        if self.pool.is_empty() {
            self.pool = vec![0; constants.len()];
        }
        if self.pool[index as usize] == 0 {
            let new = self.value(Value::NULL);
            self.strings.push((new, index));
            self.pool[index as usize] = new + 1;
        }
        self.pool[index as usize] - 1
    }

    /// The table, and its strings, each with its index in the module's pool.
    pub(in crate::vm) fn finish(self) -> (Vec<Value>, Vec<(u32, u16)>) {
        (self.values, self.strings)
    }
}

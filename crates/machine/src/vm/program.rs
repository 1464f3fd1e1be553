//! The program: fixed when a machine is made, and readable by every part at any time.

use super::code::{Code, Visible};
use super::translate::translate;
use crate::heap::{Buffer, Heap, NoMemory, Value};
use bytecode::{Constant, Function, Instruction, PollPolicy, VerifiedFunction, VerifiedModule};

/// A verified module, and the register form that it was translated to.
pub(super) struct Program {
    pub(super) module: VerifiedModule,
    pub(super) policy: PollPolicy,
    pub(super) code: Code,
    pub(super) constants: Vec<Value>,
    /// The constants that are strings, each with its index in the module's pool.
    strings: Vec<(u32, u16)>,
}

impl Program {
    /// Translates a module. [`make_strings`](Self::make_strings) makes its strings later.
    pub(super) fn new(module: VerifiedModule, policy: Option<PollPolicy>) -> Self {
        let policy = policy.unwrap_or(module.module().policy);
        let (code, table) = translate(&module, policy);
        let (constants, strings) = table.finish();
        Self { module, policy, code, constants, strings }
    }

    /// Gives the strings of the constant pool their objects: those that `known` has by their index in the
    /// pool, ascending, and new ones.
    pub(super) fn make_strings(
        &mut self,
        heap: &Heap,
        buffer: &mut Buffer,
        known: &[(u16, u32)],
    ) -> Result<(), NoMemory> {
        for &(at, pooled) in &self.strings {
            let known =
                known.binary_search_by_key(&pooled, |(known, _)| *known).map(|it| known[it].1);
            let string = match (known, self.module.module().constants.get(pooled as usize)) {
                (Ok(known), _) => known,
                (Err(_), Some(Constant::String(text))) => heap
                    .string(buffer, text)
                    .ok_or(NoMemory { bytes: heap.stats().capacity_bytes })?,
                (Err(_), _) => continue,
            };
            self.constants[at as usize] = Value::reference(string);
        }
        Ok(())
    }

    /// Strings of the constant pool that the program uses, ascending, and their objects.
    pub(super) fn strings(&self) -> Vec<(u16, u32)> {
        let strings = self.strings.iter();
        let mut strings: Vec<(u16, u32)> = strings
            .map(|(at, pooled)| (*pooled, self.constants[*at as usize].low_word()))
            .collect();
        strings.sort_unstable();
        strings
    }

    /// A function as the module declares it.
    pub(super) fn declared(&self, function: u16) -> &Function {
        &self.module.module().functions[function as usize]
    }

    /// The verifier's results for a function.
    pub(super) fn verified(&self, function: u16) -> &VerifiedFunction {
        &self.module.functions()[function as usize]
    }

    pub(super) fn function_name(&self, function: u16) -> String {
        self.declared(function).name.clone()
    }

    pub(super) fn instruction(&self, function: u16, visible: Visible) -> Instruction {
        self.verified(function).instructions()[visible as usize]
    }
}

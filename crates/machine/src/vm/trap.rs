//! Why a task ended before its function did, in words.

use super::arithmetic::{Failure, kind_name};
use crate::heap::{Heap, ObjectKind, Value};
use bytecode::{Instruction, VerifiedModule, shown};

/// The largest number of characters of a message. There is a limit because traps of awaited tasks are quoted.
const LONGEST: usize = 400;

/// The report of a task's trap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrapReport {
    /// The task's number.
    pub task: u32,
    /// The function it began with.
    pub task_name: String,
    /// The function that trapped.
    pub function: String,
    /// Source line, from 1, when the module carries lines.
    pub line: Option<u32>,
    /// Index of the instruction in its function.
    pub instruction: u32,
    /// Byte offset of the instruction in its function.
    pub offset: u32,
    /// What was wrong, what was expected.
    pub message: String,
    /// Innermost first; very deep stacks are cut in the middle.
    pub call_stack: Vec<StackEntry>,
    /// Frames left out of `call_stack`.
    pub frames_omitted: u32,
}

/// A frame of a trap's call stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackEntry {
    /// The function's name.
    pub function: String,
    /// Index of the instruction in its function.
    pub instruction: u32,
    /// Source line, from 1, when the module carries lines.
    pub line: Option<u32>,
    /// What the instruction does, in words of the source, when the module has them.
    pub words: Option<String>,
}

impl StackEntry {
    pub(crate) fn new(
        module: &VerifiedModule,
        function: String,
        instruction: u32,
        line: Option<u32>,
    ) -> Self {
        let index = module.module().functions.iter().position(|known| known.name == function);
        let passage = index.and_then(|index| module.passage(index as u16, instruction));
        let words = passage.map(|passage| passage.words.clone());
        Self { function, instruction, line, words }
    }
}

/// A message without the end of it, if it grew too long.
pub(super) fn shortened(mut message: String) -> String {
    if message.chars().count() > LONGEST {
        message = message.chars().take(LONGEST - 1).collect();
        message.push('…');
    }
    message
}

/// The message for an operator or comparison that does not take its operands.
pub(super) fn operands(
    instruction: &Instruction,
    heap: &Heap,
    failure: Failure,
    a: Value,
    b: Value,
) -> String {
    use Instruction::*;
    let name = instruction.info().mnemonic;
    if failure == Failure::DivisionByZero {
        return format!("{name}: division by zero; the divisor of integers must not be 0");
    }
    let wants = match instruction {
        And | Or | Xor | Shl | Shr | JsUshr => "two ints",
        Lt | Le | Gt | Ge => "two numbers or two strings",
        _ => "two numbers",
    };
    format!("{name} needs {wants}, but finds {} and {}", kind_name(heap, a), kind_name(heap, b))
}

/// The message for an instruction that takes one operand of a kind.
pub(super) fn operand(name: &str, wants: &str, heap: &Heap, value: Value) -> String {
    format!("{name} needs {wants}, but finds {}", kind_name(heap, value))
}

/// The message for a field access on something else.
pub(super) fn field(
    module: &bytecode::Module,
    heap: &Heap,
    access: &str,
    shape: u16,
    field: u8,
    value: Value,
) -> String {
    let wanted = &module.shapes[shape as usize];
    let name = |name: &str| shown(name, 60);
    let access =
        format!("{access} {}.{}", name(&wanted.name), name(&wanted.fields[field as usize]));
    let wants = format!("an object of shape {}", name(&wanted.name));
    if value.is_reference() {
        let header = heap.header(value.low_word());
        if header.kind() == ObjectKind::Object
            && let Some(found) = module.shapes.get(header.shape() as usize)
        {
            return format!("{access} needs {wants}, but finds one of shape {}", name(&found.name));
        }
    }
    operand(&access, &wants, heap, value)
}

/// The message for an element access that found no such element.
pub(super) fn element(name: &str, heap: &Heap, array: Value, index: Value) -> String {
    let header = array.is_reference().then(|| heap.header(array.low_word()));
    match header {
        Some(header) if header.kind() == ObjectKind::Array => {
            if index.is_int() {
                let (length, index) = (header.length(), index.low_int());
                format!("{name}: index {index} is outside of an array of {length} elements")
            } else {
                operand(&format!("{name}'s index"), "to be an int: it", heap, index)
            }
        }
        _ => operand(name, "an array", heap, array),
    }
}

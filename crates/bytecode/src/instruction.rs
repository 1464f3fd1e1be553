//! The visible instruction set, decoded: what the verifier reads from a function's bytes and what the translator, the
//! debugger and the disassembler use.

use super::PollKind;

/// Index of an instruction inside its function (not a byte offset).
pub type Target = u32;

/// One visible instruction. Operands are indices into the module's tables; jump targets are
/// instruction indices (in the bytes they are 16-bit offsets relative to the next instruction).
///
/// Stack effects are written `before → after`, top of the stack on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instruction {
    /// Does nothing. `→`
    Nop,
    /// `a →`
    Pop,
    /// `a → a a`
    Dup,
    /// `a b → b a`
    Swap,
    /// A 32-bit integer. `→ int`
    Int(i32),
    /// A constant of the pool: float or string. `→ value`
    Const(u16),
    /// `→ true`
    True,
    /// `→ false`
    False,
    /// `→ null`
    Null,
    /// `→ undefined`
    Undefined,
    /// Reads a local (parameters come first). `→ value`
    Load(u8),
    /// Writes a local. `value →`
    Store(u8),
    /// Reads a global. `→ value`
    GlobalLoad(u16),
    /// Writes a global. `value →`
    GlobalStore(u16),
    /// Integers wrap at 32 bits; an integer and a float give a float. `a b → a+b`
    Add,
    /// `a b → a-b`
    Sub,
    /// `a b → a*b`
    Mul,
    /// Integers truncate; traps on an integer division by zero. `a b → a/b`
    Div,
    /// Sign of the dividend; traps on an integer remainder by zero. `a b → a%b`
    Rem,
    /// `a → -a`
    Neg,
    /// Integers, bitwise. `a b → a&b`
    And,
    /// Integers, bitwise. `a b → a|b`
    Or,
    /// Integers, bitwise. `a b → a^b`
    Xor,
    /// Integers; the distance is taken modulo 32. `a b → a<<b`
    Shl,
    /// Integers, arithmetic; the distance is taken modulo 32. `a b → a>>b`
    Shr,
    /// Boolean negation. `bool → bool`
    Not,
    /// Numbers by value, strings by content, references by identity. `a b → bool`
    Eq,
    /// `a b → bool`
    Ne,
    /// Two numbers or two strings. `a b → bool`
    Lt,
    /// `a b → bool`
    Le,
    /// `a b → bool`
    Gt,
    /// `a b → bool`
    Ge,
    /// Truncates a float, saturating; NaN gives 0. `number → int`
    ToInt,
    /// `number → float`
    ToFloat,
    /// Allocates. `value → string`
    ToStr,
    /// Allocates. `string string → string`
    Concat,
    /// Unconditional; backwards it is a back-edge. `→`
    Jmp(Target),
    /// Jumps if true; a back-edge when taken backwards. `bool →`
    JmpIf(Target),
    /// Jumps if false; a back-edge when taken backwards. `bool →`
    JmpIfNot(Target),
    /// Takes the callee's parameters, leaves its result. `args → result`
    Call(u16),
    /// Ends the function. `result →`
    Ret,
    /// A new object of a shape, its fields null. Allocates. `→ object`
    New(u16),
    /// Traps unless the object is of that shape. `object → value`
    Get {
        /// Index of the shape.
        shape: u16,
        /// Index of the field inside the shape.
        field: u8,
    },
    /// Traps unless the object is of that shape. `object value →`
    Set {
        /// Index of the shape.
        shape: u16,
        /// Index of the field inside the shape.
        field: u8,
    },
    /// A new array of nulls. Allocates; traps on a negative length. `length → array`
    NewArray,
    /// Traps outside the bounds. `array index → value`
    ArrayLoad,
    /// Traps outside the bounds. `array index value →`
    ArrayStore,
    /// Elements of an array or bytes of a string. `array|string → int`
    Len,
    /// Copies the elements both arrays have, in one go and **without a poll**, however long that takes.
    /// `source destination →`
    ArrayCopy,
    /// Stores a value into every element, in one go and **without a poll**. `array value →`
    ArrayFill,
    /// Starts a task with the function's parameters. Allocates the task. `args → task`
    Spawn(u16),
    /// Waits for a task's result; traps if the task trapped. `task → result`
    Await,
    /// Lets another task run. `→`
    Yield,
    /// The task sleeps; the worker takes another task. `milliseconds →`
    Sleep,
    /// Allocates. `→ mutex`
    NewMutex,
    /// Waits until the mutex is free; traps if this task holds it. `mutex →`
    Lock,
    /// Traps unless this task holds it. `mutex →`
    Unlock,
    /// Writes a value and a line end to the program's output. `value →`
    Print,
    /// Ends the task with the message, a string of the pool. `→ (never)`
    Trap(u16),
    /// Goes on at the nearest catch with the message; without one it ends the task. `string → (never)`
    Throw,
    /// Until the matching [`EndTry`](Self::EndTry), what is thrown goes on at the target, which is a
    /// [`Poll`](Self::Poll), with the message as the only operand. The stack is empty here. `→`
    Try(Target),
    /// Ends the innermost [`Try`](Self::Try). `→`
    EndTry,
    /// Blocks the *worker* outside the machine for that time, **inside a safe region**. `milliseconds →`
    Block,
    /// Blocks the *worker* for that time and **forgets to enter a safe region**: a pause has to wait for it.
    /// `milliseconds →`
    Stall,
    /// Polls under every policy, and does nothing else. `→`
    Poll,
    /// Stops the world and collects. `→`
    Collect,
    /// Stops the world and does nothing with it; the string says why. `reason →`
    Stop,
    /// Waits until the worker that runs a task has come to a poll; nobody else stops. `task →`
    Handshake,
    /// Numbers as JavaScript has them: an integer wherever the result is one of 32 bits and not -0, otherwise a
    /// float. `a b → a+b`
    JsAdd,
    /// `a b → a-b`
    JsSub,
    /// `a b → a*b`
    JsMul,
    /// `a b → a/b`
    JsDiv,
    /// Sign of the dividend. `a b → a%b`
    JsRem,
    /// `a → -a`
    JsNeg,
    /// `a → number`
    JsFloor,
    /// `a → number`
    JsSqrt,
    /// The low 32 bits of the truncated number. `number → int`
    JsInt,
    /// `a b → a>>>b`
    JsUshr,
    /// Whether a condition takes it for true. `value → bool`
    JsTrue,
    /// As JavaScript's `String` writes it. Allocates. `value → string`
    JsText,
    /// Units of UTF-16. `string → int`
    JsLength,
    /// A unit of UTF-16. Allocates; traps at half of a character. `string index → string|undefined`
    JsChar,
    /// A unit of UTF-16, not-a-number outside. `string index → number`
    JsCode,
    /// `a b → a**b`
    JsPow,
    /// An element of a list, an object of the shape whose first two fields are an array and a length; undefined
    /// outside. `list index → value`
    ListGet(u16),
    /// Traps outside. `list index value →`
    ListSet(u16),
    /// Allocates when there is no room. `list value → length`
    ListPush(u16),
    /// Undefined of an empty list. `list → value`
    ListPop(u16),
    /// Copies the elements both lists have, in one go and **without a poll**. `source destination →`
    ListCopy(u16),
}

impl Instruction {
    /// The kind of poll site that this instruction is at index `at`; the policy decides whether sites of that kind
    /// poll. Back-edges poll only when taken.
    pub fn poll_kind(&self, at: Target) -> Option<PollKind> {
        let forwards = self.target().is_some_and(|target| target > at);
        self.info().poll.filter(|_| !forwards)
    }

    /// Where a jump goes, or a [`Try`](Self::Try) leads; `None` for everything else.
    pub fn target(&self) -> Option<Target> {
        match *self {
            Instruction::Jmp(t) | Instruction::JmpIf(t) | Instruction::JmpIfNot(t) => Some(t),
            Instruction::Try(t) => Some(t),
            _ => None,
        }
    }

    /// The same, to change it.
    pub fn target_mut(&mut self) -> Option<&mut Target> {
        match self {
            Instruction::Jmp(t) | Instruction::JmpIf(t) | Instruction::JmpIfNot(t) => Some(t),
            Instruction::Try(t) => Some(t),
            _ => None,
        }
    }

    /// Whether what was thrown may come out of it.
    pub(crate) fn may_throw(&self) -> bool {
        matches!(self, Instruction::Throw | Instruction::Call(_) | Instruction::Await)
    }
}

//! The table of instructions: the one home of every opcode byte, mnemonic, operand, stack effect,
//! poll and trap. Encoder, decoder, assembler, disassembler, verifier, docs and the editor's
//! completion derive from it.

use super::{Instruction, Kinds, PollKind};

pub use super::operand::{Operand, OperandKind};

/// An operand on the stack: its name in the stack effect, and which kinds it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StackSlot {
    /// As the stack effect names it.
    pub name: &'static str,
    /// Popped: any other kind is a trap. Pushed: the kinds it may have.
    pub kinds: Kinds,
}

/// One instruction's row.
#[derive(Debug, Clone, Copy)]
pub struct OpcodeInfo {
    /// First byte of the encoded instruction.
    pub byte: u8,
    /// Word in the text.
    pub mnemonic: &'static str,
    /// What follows.
    pub operand: OperandKind,
    /// Taken from the stack, the top last. `call` and `spawn` take the function's parameters instead.
    pub pops: &'static [StackSlot],
    /// Left on the stack, the top last.
    pub pushes: &'static [StackSlot],
    /// The kind of poll site that it is; a jump is one only when taken backwards.
    pub poll: Option<PollKind>,
}

/// An instruction's description. It is apart from the row, because code that only runs programs does not need it.
#[derive(Debug, Clone, Copy)]
pub struct OpcodeWords {
    /// What it does, in a sentence or two.
    pub summary: &'static str,
    /// When it traps, beside operands of a wrong kind.
    pub traps: &'static [&'static str],
}

impl OpcodeInfo {
    /// Bytes of the whole instruction.
    pub const fn size(&self) -> usize {
        1 + self.operand.size()
    }

    /// Mnemonic and operand, as in `load local`.
    pub fn syntax(&self) -> String {
        match self.operand.notation() {
            "" => self.mnemonic.to_owned(),
            notation => format!("{} {notation}", self.mnemonic),
        }
    }

    /// Stack effect, `before → after`, the top on the right.
    pub fn effect(&self) -> String {
        let names =
            |slots: &[StackSlot]| slots.iter().map(|slot| slot.name).collect::<Vec<_>>().join(" ");
        let before = match self.operand {
            OperandKind::Function => "arguments".to_owned(),
            _ => names(self.pops),
        };
        format!("{before} → {}", names(self.pushes)).trim().to_owned()
    }

    /// Whether execution never goes on with the next instruction.
    pub fn ends_path(&self) -> bool {
        matches!(self.mnemonic, "jmp" | "ret" | "trap" | "throw")
    }
}

macro_rules! instruction {
    ($variant:ident Word $a:ident $b:ident) => {
        Instruction::$variant
    };
    ($variant:ident None $a:ident $b:ident) => {
        Instruction::$variant
    };
    ($variant:ident Field $a:ident $b:ident) => {
        Instruction::$variant { shape: $a, field: $b }
    };
    ($variant:ident $kind:ident $a:ident $b:ident) => {
        Instruction::$variant($a)
    };
}

macro_rules! operand {
    (Word $a:ident $b:ident) => {
        Operand::None
    };
    (None $a:ident $b:ident) => {
        Operand::None
    };
    (Field $a:ident $b:ident) => {
        Operand::Field($a, $b)
    };
    ($kind:ident $a:ident $b:ident) => {
        Operand::$kind($a)
    };
}

macro_rules! opcodes {
    ($($byte:literal $mnemonic:literal $variant:ident $kind:ident $(($word:literal))?
        [$($pop:literal $popped:ident),*] => [$($push:literal $pushed:ident),*]
        $poll:ident $summary:literal $($trap:literal)*;)*) => {
        /// All instructions, by opcode byte ascending.
        pub static OPCODES: &[OpcodeInfo] = &[$(OpcodeInfo {
            byte: $byte,
            mnemonic: $mnemonic,
            operand: OperandKind::$kind $(($word))?,
            pops: &[$(StackSlot { name: $pop, kinds: Kinds::$popped }),*],
            pushes: &[$(StackSlot { name: $push, kinds: Kinds::$pushed }),*],
            poll: opcodes!(@poll $poll),
        }),*];

        /// The description of each, in the same order.
        pub(super) static WORDS: &[OpcodeWords] = &[$(OpcodeWords {
            summary: $summary,
            traps: &[$($trap),*],
        }),*];

        /// The opcode byte and the operand of an instruction.
        pub fn split(instruction: Instruction) -> (u8, Operand) {
            match instruction {
                $(instruction!($variant $kind a b) => ($byte, operand!($kind a b)),)*
            }
        }

        /// The instruction of an opcode byte and its operand; `None` where they do not belong together.
        pub fn join(byte: u8, operand: Operand) -> Option<Instruction> {
            Some(match (byte, operand) {
                $(($byte, operand!($kind a b)) => instruction!($variant $kind a b),)*
                _ => return None,
            })
        }
    };
    (@poll never) => { None };
    (@poll $kind:ident) => { Some(PollKind::$kind) };
}

opcodes! {
    0x00 "nop" Nop None [] => [] never
        "Does nothing.";
    0x01 "pop" Pop None ["a" ANY] => [] never
        "Drops the top.";
    0x02 "dup" Dup None ["a" ANY] => ["a" ANY, "a" ANY] never
        "Copies the top.";
    0x03 "swap" Swap None ["a" ANY, "b" ANY] => ["b" ANY, "a" ANY] never
        "Exchanges the two topmost.";

    0x08 "const" Int Integer [] => ["int" INT] never
        "Pushes a 32-bit integer.";
    0x09 "const" Const Constant [] => ["constant" ANY] never
        "Pushes a float or a string of the constant pool.";
    0x0a "const" True Word("true") [] => ["true" BOOL] never
        "Pushes true.";
    0x0b "const" False Word("false") [] => ["false" BOOL] never
        "Pushes false.";
    0x0c "const" Null Word("null") [] => ["null" NULL] never
        "Pushes null.";
    0x0d "const" Undefined Word("undefined") [] => ["undefined" UNDEFINED] never
        "Pushes undefined.";

    0x10 "load" Load Local [] => ["value" ANY] never
        "Reads a local variable. Locals that are not parameters are null at first.";
    0x11 "store" Store Local ["value" ANY] => [] never
        "Writes a local variable.";
    0x12 "gload" GlobalLoad Global [] => ["value" ANY] never
        "Reads a global variable. Globals are null at first and shared by all tasks.";
    0x13 "gstore" GlobalStore Global ["value" ANY] => [] never
        "Writes a global variable.";

    0x18 "add" Add None ["a" NUMBER, "b" NUMBER] => ["a+b" NUMBER] never
        "Adds. Two integers give an integer, wrapped at 32 bits; anything else gives a float.";
    0x19 "sub" Sub None ["a" NUMBER, "b" NUMBER] => ["a-b" NUMBER] never
        "Subtracts. Kinds as for add.";
    0x1a "mul" Mul None ["a" NUMBER, "b" NUMBER] => ["a*b" NUMBER] never
        "Multiplies. Kinds as for add.";
    0x1b "div" Div None ["a" NUMBER, "b" NUMBER] => ["a/b" NUMBER] never
        "Divides. Kinds as for add; integers truncate towards zero."
        "two integers, the second one 0";
    0x1c "rem" Rem None ["a" NUMBER, "b" NUMBER] => ["a%b" NUMBER] never
        "Remainder with the sign of the dividend. Kinds as for add."
        "two integers, the second one 0";
    0x1d "neg" Neg None ["a" NUMBER] => ["-a" NUMBER] never
        "Changes the sign. An integer stays an integer, wrapped at 32 bits.";
    0x1e "and" And None ["a" INT, "b" INT] => ["a&b" INT] never
        "Bitwise and.";
    0x1f "or" Or None ["a" INT, "b" INT] => ["a|b" INT] never
        "Bitwise or.";
    0x20 "xor" Xor None ["a" INT, "b" INT] => ["a^b" INT] never
        "Bitwise exclusive or.";
    0x21 "shl" Shl None ["a" INT, "b" INT] => ["a<<b" INT] never
        "Shifts left. The distance is taken modulo 32.";
    0x22 "shr" Shr None ["a" INT, "b" INT] => ["a>>b" INT] never
        "Shifts right and keeps the sign. The distance is taken modulo 32.";

    0x28 "not" Not None ["bool" BOOL] => ["!bool" BOOL] never
        "Negates a boolean.";
    0x29 "eq" Eq None ["a" ANY, "b" ANY] => ["a==b" BOOL] never
        "Equal: numbers by value, strings by content, everything else by identity. Different kinds are never equal, but an integer and a float can be.";
    0x2a "ne" Ne None ["a" ANY, "b" ANY] => ["a!=b" BOOL] never
        "The opposite of eq.";
    0x2b "lt" Lt None ["a" ORDERED, "b" ORDERED] => ["a<b" BOOL] never
        "Less: two numbers, or two strings by their bytes."
        "a number and a string";
    0x2c "le" Le None ["a" ORDERED, "b" ORDERED] => ["a<=b" BOOL] never
        "Less or equal: two numbers, or two strings by their bytes."
        "a number and a string";
    0x2d "gt" Gt None ["a" ORDERED, "b" ORDERED] => ["a>b" BOOL] never
        "Greater: two numbers, or two strings by their bytes."
        "a number and a string";
    0x2e "ge" Ge None ["a" ORDERED, "b" ORDERED] => ["a>=b" BOOL] never
        "Greater or equal: two numbers, or two strings by their bytes."
        "a number and a string";

    0x30 "toint" ToInt None ["number" NUMBER] => ["int" INT] never
        "Truncates a float towards zero. Beyond the range of integers it gives the nearest one; not-a-number gives 0.";
    0x31 "tofloat" ToFloat None ["number" NUMBER] => ["float" FLOAT] never
        "Makes a number a float.";
    0x32 "tostr" ToStr None ["value" ANY] => ["string" STRING] Allocation
        "A value as print would write it."
        "out of memory";
    0x33 "concat" Concat None ["a" STRING, "b" STRING] => ["ab" STRING] Allocation
        "Joins two strings."
        "out of memory";

    0x36 "try" Try Label [] => [] never
        "Until its end-try, what is thrown here, in a function that is called, or in a task that is awaited goes on at the label, which is a poll: there the message is the only operand. The stack must be empty; where paths meet, the same tries are open.";
    0x37 "end-try" EndTry None [] => [] never
        "Ends the innermost try that is open.";
    0x38 "jmp" Jmp Label [] => [] BackEdge
        "Goes on at the label.";
    0x39 "jt" JmpIf Label ["bool" BOOL] => [] BackEdge
        "Goes on at the label if the top is true.";
    0x3a "jf" JmpIfNot Label ["bool" BOOL] => [] BackEdge
        "Goes on at the label if the top is false.";
    0x3b "call" Call Function [] => ["result" ANY] Call
        "Takes as many arguments as the function has parameters, the first one deepest, and runs the function."
        "too many frames or registers: stack overflow";
    0x3c "ret" Ret None ["result" ANY] => [] never
        "Ends the function with a result. The end of a task's first function ends the task.";
    0x3d "trap" Trap Message [] => [] never
        "Ends the task with the message."
        "always";
    0x3e "throw" Throw None ["message" STRING] => [] never
        "Goes on at the nearest try that is open here or in a caller, with the message on the stack. Without one it ends the task."
        "no try is open";

    0x40 "new" New Shape [] => ["object" OBJECT] Allocation
        "A new object of the shape, its fields null."
        "out of memory";
    0x41 "get" Get Field ["object" OBJECT] => ["value" ANY] never
        "Reads a field."
        "an object of another shape";
    0x42 "set" Set Field ["object" OBJECT, "value" ANY] => [] never
        "Writes a field."
        "an object of another shape";
    0x43 "newarray" NewArray None ["length" INT] => ["array" ARRAY] Allocation
        "A new array of nulls."
        "a negative length" "out of memory";
    0x44 "aload" ArrayLoad None ["array" ARRAY, "index" INT] => ["value" ANY] never
        "Reads an element; the first one is 0."
        "an index outside the array";
    0x45 "astore" ArrayStore None ["array" ARRAY, "index" INT, "value" ANY] => [] never
        "Writes an element."
        "an index outside the array";
    0x46 "len" Len None ["value" SIZED] => ["int" INT] never
        "Elements of an array, or bytes of a string.";
    0x47 "arraycopy" ArrayCopy None ["source" ARRAY, "destination" ARRAY] => [] never
        "Copies the elements that both arrays have, in one go and without a poll: a pause has to wait until it is done.";
    0x48 "fill" ArrayFill None ["array" ARRAY, "value" ANY] => [] never
        "Writes the value into every element, in one go and without a poll.";

    0x50 "spawn" Spawn Function [] => ["task" TASK] Allocation
        "Takes arguments as call does and starts a task that runs the function."
        "out of memory";
    0x51 "await" Await None ["task" TASK] => ["result" ANY] Await
        "Waits until the task has ended, and gives its result."
        "the task ended with a trap";
    0x52 "yield" Yield None [] => [] never
        "Lets another task run on this worker.";
    0x53 "sleep" Sleep None ["milliseconds" INT] => [] never
        "The task sleeps; its worker takes another one."
        "a negative time";
    0x54 "newmutex" NewMutex None [] => ["mutex" MUTEX] Allocation
        "A new mutex, free."
        "out of memory";
    0x55 "lock" Lock None ["mutex" MUTEX] => [] never
        "Waits until the mutex is free and takes it; the worker takes another task meanwhile."
        "this task holds it already";
    0x56 "unlock" Unlock None ["mutex" MUTEX] => [] never
        "Frees the mutex; the task that has waited longest gets it."
        "this task does not hold it";

    0x58 "print" Print None ["value" ANY] => [] never
        "Writes the value and a line end to the program's output.";

    0x60 "block" Block None ["milliseconds" INT] => [] never
        "Blocks the worker outside the machine, inside a safe region: no pause waits for it, but it cannot leave the region while the world is stopped."
        "a negative time";
    0x61 "stall" Stall None ["milliseconds" INT] => [] never
        "Blocks the worker outside the machine and forgets to enter a safe region: a pause has to wait for it."
        "a negative time";

    0x62 "poll" Poll None [] => [] Explicit
        "Polls under every poll policy, and does nothing else.";
    0x63 "collect" Collect None [] => [] Explicit
        "Stops the world, collects, and lets the world run.";
    0x64 "stop" Stop None ["reason" STRING] => [] Explicit
        "Stops the world and lets it run; the records of the pause show the reason.";
    0x65 "handshake" Handshake None ["task" TASK] => [] Explicit
        "Waits until the worker that runs the task has come to a poll, or stands where it counts as stopped; nobody else stops. Goes on at once if no other worker runs the task.";

    0x68 "js-add" JsAdd None ["a" NUMBER, "b" NUMBER] => ["a+b" NUMBER] never
        "Adds as JavaScript does: an integer where the sum is one of 32 bits and not -0, otherwise a float. So do the other instructions of this group.";
    0x69 "js-sub" JsSub None ["a" NUMBER, "b" NUMBER] => ["a-b" NUMBER] never
        "Subtracts.";
    0x6a "js-mul" JsMul None ["a" NUMBER, "b" NUMBER] => ["a*b" NUMBER] never
        "Multiplies.";
    0x6b "js-div" JsDiv None ["a" NUMBER, "b" NUMBER] => ["a/b" NUMBER] never
        "Divides; by 0 it gives an infinity or not-a-number.";
    0x6c "js-rem" JsRem None ["a" NUMBER, "b" NUMBER] => ["a%b" NUMBER] never
        "Remainder with the sign of the dividend; by 0 it gives not-a-number.";
    0x6d "js-neg" JsNeg None ["a" NUMBER] => ["-a" NUMBER] never
        "Changes the sign.";
    0x6e "js-floor" JsFloor None ["a" NUMBER] => ["number" NUMBER] never
        "The largest whole number that is not larger.";
    0x6f "js-sqrt" JsSqrt None ["a" NUMBER] => ["number" NUMBER] never
        "The square root; of a negative number it gives not-a-number.";
    0x70 "js-int" JsInt None ["a" NUMBER] => ["int" INT] never
        "The operand of a bitwise operator: truncated, and of that the low 32 bits.";
    0x71 "js-ushr" JsUshr None ["a" INT, "b" INT] => ["a>>>b" NUMBER] never
        "Shifts right and fills with zeros. The distance is taken modulo 32.";
    0x72 "js-true" JsTrue None ["value" ANY] => ["bool" BOOL] never
        "Whether a condition takes the value for true: all but false, 0, not-a-number, the empty string, null and undefined.";
    0x73 "js-text" JsText None ["value" ANY] => ["string" STRING] Allocation
        "A value as JavaScript's String writes it, e.g. 1 for the float 1.0."
        "out of memory";
    0x74 "js-length" JsLength None ["string" STRING] => ["int" INT] never
        "The length of a string in units of UTF-16.";
    0x75 "js-char" JsChar None ["string" STRING, "index" NUMBER] => ["value" ANY] Allocation
        "The unit of UTF-16 at an index, as a string; undefined where there is none."
        "half of a character" "out of memory";
    0x76 "js-code" JsCode None ["string" STRING, "index" NUMBER] => ["number" NUMBER] never
        "The unit of UTF-16 at an index, truncated, as a number; not-a-number where there is none.";
    0x77 "js-pow" JsPow None ["a" NUMBER, "b" NUMBER] => ["a**b" NUMBER] never
        "A power, to the last bit as Node.js 20 has it; engines differ there.";

    0x78 "list-get" ListGet Shape ["list" OBJECT, "index" NUMBER] => ["value" ANY] never
        "Reads an element of a list: an object of which the first field is an array and the second one the number of its elements that belong to the list. Undefined where there is none."
        "an object of another shape, or no list";
    0x79 "list-set" ListSet Shape ["list" OBJECT, "index" NUMBER, "value" ANY] => [] never
        "Writes an element of a list."
        "an object of another shape, or no list" "an index outside the list";
    0x7a "list-push" ListPush Shape ["list" OBJECT, "value" ANY] => ["length" INT] Allocation
        "Appends an element to a list. A list without room gets an array that is twice as long; its elements are copied in one go and without a poll."
        "an object of another shape, or no list" "out of memory";
    0x7b "list-pop" ListPop Shape ["list" OBJECT] => ["value" ANY] never
        "Takes the last element from a list; undefined where there is none."
        "an object of another shape, or no list";
    0x7c "list-copy" ListCopy Shape ["source" OBJECT, "destination" OBJECT] => [] never
        "Copies the elements that both lists have, in one go and without a poll: a pause has to wait until it is done."
        "an object of another shape, or no list";
}

/// The row of each opcode byte as 1 + its index; 0 where there is none.
const BY_BYTE: [u8; 256] = {
    let mut table = [0; 256];
    let mut row = 0;
    while row < OPCODES.len() {
        table[OPCODES[row].byte as usize] = row as u8 + 1;
        row += 1;
    }
    table
};

/// The row of an opcode byte.
pub fn opcode(byte: u8) -> Option<&'static OpcodeInfo> {
    let row = BY_BYTE[byte as usize].checked_sub(1)?;
    Some(&OPCODES[row as usize])
}

impl Instruction {
    /// The instruction's row in the table.
    pub fn info(&self) -> &'static OpcodeInfo {
        &OPCODES[BY_BYTE[split(*self).0 as usize] as usize - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_ascend_and_spellings_are_unique() {
        for pair in OPCODES.windows(2) {
            assert!(pair[0].byte < pair[1].byte, "{} before {}", pair[0].byte, pair[1].byte);
        }
        let mut spellings: Vec<_> = OPCODES.iter().map(OpcodeInfo::syntax).collect();
        spellings.sort();
        spellings.dedup();
        assert_eq!(spellings.len(), OPCODES.len());
    }

    #[test]
    fn every_instruction_polls_as_its_row_says() {
        assert_eq!(Instruction::Jmp(3).poll_kind(3), Some(PollKind::BackEdge));
        assert_eq!(Instruction::Jmp(4).poll_kind(3), None);
        assert_eq!(Instruction::New(0).poll_kind(9), Some(PollKind::Allocation));
        assert_eq!(Instruction::Yield.poll_kind(0), None);
    }
}

//! The reference of instructions, written from the table: for the docs and for the page's editor.

use std::fmt::Write as _;

use serde::Serialize;

use super::opcode::{OPCODES, OpcodeInfo, OpcodeWords, OperandKind, WORDS};
use super::{Kinds, PollKind};

/// One instruction, for completion and help in an editor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its name.
    pub mnemonic: &'static str,
    /// How its operand is written; empty without one.
    pub operand: &'static str,
    /// Mnemonic and operand.
    pub syntax: String,
    /// Its byte in the code.
    pub opcode: u8,
    /// Bytes in the code, the operand's included.
    pub bytes: usize,
    /// What it does to the stack.
    pub effect: String,
    /// The kind of poll site that it is.
    pub polls: Option<PollKind>,
    /// What it does.
    pub doc: &'static str,
    /// When it traps.
    pub traps: Vec<String>,
}

/// The table in words.
pub fn reference() -> Vec<Entry> {
    let entry = |(row, words): (&OpcodeInfo, &OpcodeWords)| Entry {
        mnemonic: row.mnemonic,
        operand: row.operand.notation(),
        syntax: row.syntax(),
        opcode: row.byte,
        bytes: row.size(),
        effect: row.effect(),
        polls: row.poll,
        doc: words.summary,
        traps: traps(row, words),
    };
    OPCODES.iter().zip(WORDS).map(entry).collect()
}

/// When an instruction traps, operands of a wrong kind included.
fn traps(row: &OpcodeInfo, words: &OpcodeWords) -> Vec<String> {
    let kinds = row.pops.iter().filter(|slot| slot.kinds != Kinds::ANY);
    let kinds = kinds.map(|slot| {
        let own_name = slot.kinds.to_string() == slot.name;
        let name = if own_name { "the operand" } else { slot.name };
        format!("{name} is not {}", slot.kinds.with_article())
    });
    kinds.chain(words.traps.iter().map(|&trap| trap.to_owned())).collect()
}

const GROUPS: [(&str, u8); 11] = [
    ("Stack", 0x00),
    ("Constants", 0x08),
    ("Variables", 0x10),
    ("Arithmetic", 0x18),
    ("Logic and comparison", 0x28),
    ("Conversions and strings", 0x30),
    ("Control", 0x38),
    ("Objects and arrays", 0x40),
    ("Tasks, output and blocking", 0x50),
    ("Numbers and strings as JavaScript has them", 0x68),
    ("Lists", 0x78),
];

const INTRODUCTION: &str = "\
# Instructions

This file is written from the table in `crates/bytecode/src/opcode.rs`; a test compares them. To write it
anew: `UPDATE_DOCS=1 cargo test --test bytecode docs`.

A stack effect reads `before → after`, the top of the stack on the right. *Polls* names the kind
of poll site that an instruction is; the [poll policy](assembler.md#poll-policy) decides whether sites of
that kind poll. A call, an allocation or an await polls before it executes, a jump when it is taken
backwards (a back-edge). An explicit site polls under every policy. The encoding is the opcode byte and the operand's bytes, little-endian: see
[module-format.md](module-format.md#code).

A trap ends the task with a message. Where the verifier is certain that an operand is of a wrong
kind, it refuses the module instead.
";

/// `docs/instructions.md`.
pub fn reference_markdown() -> String {
    let mut out = INTRODUCTION.to_owned();
    for (index, (title, first)) in GROUPS.iter().enumerate() {
        let end = GROUPS.get(index + 1).map_or(u8::MAX, |(_, next)| *next);
        write!(
            out,
            "\n## {title}\n\n| instruction | opcode, operand bytes | stack effect | polls | what it does | traps |\n|---|---|---|---|---|---|\n"
        )
        .expect("a string takes everything");
        let rows = OPCODES.iter().zip(WORDS);
        for (row, words) in rows.filter(|(row, _)| (*first..end).contains(&row.byte)) {
            let polls = row.poll.map_or("", |kind| match kind {
                PollKind::Call => "call",
                PollKind::BackEdge => "back-edge",
                PollKind::Allocation => "allocation",
                PollKind::Await => "await",
                PollKind::Explicit => "explicit",
            });
            writeln!(
                out,
                "| `{}` | `{:#04x}`, {} | `{}` | {polls} | {} | {} |",
                escape(&row.syntax()),
                row.byte,
                row.operand.size(),
                escape(&row.effect()),
                escape(words.summary),
                escape(&traps(row, words).join("; ")),
            )
            .expect("a string takes everything");
        }
    }
    out.push_str("\n## Operands\n\n| operand | is | bytes in the code |\n|---|---|---|\n");
    for kind in [
        OperandKind::Integer,
        OperandKind::Constant,
        OperandKind::Message,
        OperandKind::Local,
        OperandKind::Global,
        OperandKind::Label,
        OperandKind::Function,
        OperandKind::Shape,
        OperandKind::Field,
    ] {
        let (notation, is) = (escape(kind.notation()), kind.description());
        writeln!(out, "| `{notation}` | {is} | {} |", kind.size())
            .expect("a string takes everything");
    }
    out
}

/// An unescaped bar would end a table's cell.
fn escape(text: &str) -> String {
    text.replace('|', "\\|")
}

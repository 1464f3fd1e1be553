//! Module to text that assembles to the same bytes, and to a listing for the page.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::placement;
use bytecode::opcode::{Operand, split};
use bytecode::{
    ADAPTS, Constant, Instruction, MarkKind, PollKind, PollPolicy, PollSite, VerifiedFunction,
    VerifiedModule, text,
};

/// The text of a module: it assembles to a module with the very same binary form, unused constants,
/// line tables and odd names included. Poll sites are comments.
///
/// The text of a module with very long names can be larger than the assembler reads
/// ([`MAX_SOURCE`](bytecode::limits::MAX_SOURCE)).
pub fn disassemble(module: &VerifiedModule) -> String {
    write(module, Lines::Original)
}

/// The text of a module for an editor: as [`disassemble`], but what the module says of the original text (lines,
/// passages, scopes) is left out. Assembled again, each instruction has its line in this text.
pub fn disassemble_for_editing(module: &VerifiedModule) -> String {
    write(module, Lines::Own)
}

/// Which lines the assembled text has.
#[derive(Clone, Copy, PartialEq)]
enum Lines {
    /// Those that the module carries.
    Original,
    /// Those of the text itself.
    Own,
}

fn write(module: &VerifiedModule, lines: Lines) -> String {
    let inner = module.module();
    let mut out = String::new();
    line(&mut out, format_args!(".module {}", text::quoted(&inner.name)));
    policy(&mut out, &inner.policy);
    let entry = &inner.functions[usize::from(inner.entry)].name;
    if entry != "main" {
        line(&mut out, format_args!(".entry {}", text::name(entry)));
    }
    let pool = PoolText::new(module);
    for constant in pool.declared {
        line(&mut out, format_args!(".constant {}", text::constant(constant)));
    }
    for global in &inner.globals {
        line(&mut out, format_args!(".global {}", text::name(&global.name)));
    }
    for shape in &inner.shapes {
        let fields: Vec<_> = shape.fields.iter().map(|field| text::name(field)).collect();
        let words = format!(".shape {} {}", text::name(&shape.name), fields.join(" "));
        line(&mut out, format_args!("{}", words.trim_end()));
    }
    for passage in inner.passages.iter().filter(|_| lines == Lines::Original) {
        let ((line_from, from), (line_to, to)) = (passage.from, passage.to);
        let words = text::quoted(&passage.words);
        line(&mut out, format_args!(".passage {line_from}:{from} {line_to}:{to} {words}"));
    }
    for index in 0..inner.functions.len() {
        function(&mut out, module, index, &pool, lines);
    }
    out
}

fn line(out: &mut String, words: std::fmt::Arguments<'_>) {
    writeln!(out, "{words}").expect("a string takes everything");
}

fn policy(out: &mut String, policy: &PollPolicy) {
    for (word, on) in [
        ("calls", policy.calls),
        ("back-edges", policy.back_edges),
        ("allocations", policy.allocations),
        ("awaits", policy.awaits),
    ] {
        if !on {
            line(out, format_args!(".poll {word} off"));
        }
    }
    if policy.every.get() > 1 {
        line(out, format_args!(".poll every {}", policy.every));
    }
}

/// How the text names entries of the constant pool: by value if the assembler makes the same pool
/// from that. Otherwise the pool is declared, and an entry that is not the first with its value is
/// named by its index.
struct PoolText<'a> {
    declared: &'a [Constant],
    by_index: Vec<bool>,
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Float(u64),
    String(&'a str),
}

fn key(constant: &Constant) -> Key<'_> {
    match constant {
        // The assembler has one not-a-number, as the binary form does.
        Constant::Float(value) if value.is_nan() => Key::Float(f64::NAN.to_bits()),
        Constant::Float(value) => Key::Float(value.to_bits()),
        Constant::String(text) => Key::String(text),
    }
}

impl<'a> PoolText<'a> {
    fn new(module: &'a VerifiedModule) -> Self {
        let constants = &module.module().constants;
        let mut first = HashMap::new();
        let mut by_index = vec![false; constants.len()];
        for (index, constant) in constants.iter().enumerate() {
            by_index[index] = *first.entry(key(constant)).or_insert(index) != index;
        }
        let mut next = 0;
        let natural = module
            .functions()
            .iter()
            .flat_map(VerifiedFunction::instructions)
            .filter_map(|instruction| constant_of(*instruction))
            .all(|index| {
                let fresh = usize::from(index) == next;
                next += usize::from(fresh);
                usize::from(index) < next
            });
        let natural = natural && next == constants.len() && !by_index.contains(&true);
        Self { declared: if natural { &[] } else { constants }, by_index }
    }
}

fn constant_of(instruction: Instruction) -> Option<u16> {
    match split(instruction).1 {
        Operand::Constant(index) | Operand::Message(index) => Some(index),
        _ => None,
    }
}

fn function(
    out: &mut String,
    module: &VerifiedModule,
    index: usize,
    pool: &PoolText<'_>,
    lines: Lines,
) {
    let declared = &module.module().functions[index];
    let checked = &module.functions()[index];
    let names = |names: &[String]| names.iter().map(|name| text::name(name)).collect::<Vec<_>>();
    let (params, locals) = declared.locals.split_at(declared.params.into());
    let words = names(params).join(" ");
    line(out, format_args!("\n.func {} ({words})", text::name(&declared.name)));
    if !locals.is_empty() {
        line(out, format_args!(".local {}", names(locals).join(" ")));
    }
    let table = if lines == Lines::Original { &declared.lines[..] } else { &[] };
    if lines == Lines::Original && table.is_empty() {
        line(out, format_args!("    .line off"));
    }
    let placed: Vec<Option<u16>> = (0..checked.instructions().len())
        .map(|at| checked.site(at as u32).and_then(|site| site.placed))
        .collect();
    let everywhere = placement::is_everywhere(checked.instructions(), &placed);
    if let Some(often) = everywhere {
        line(out, format_args!(".sites {}", placement::words(often)));
    }
    let labels = Labels::of(checked);
    let mut table = table.iter().peekable();
    let marks = if lines == Lines::Original { &declared.marks[..] } else { &[] };
    let mut marks = marks.iter().peekable();
    for (at, &instruction) in (0_u32..).zip(checked.instructions()) {
        if let Some(label) = labels.name(at) {
            line(out, format_args!("{label}:"));
        }
        if let Some((_, source)) = table.next_if(|(offset, _)| *offset == checked.offset(at)) {
            line(out, format_args!("    .line {source}"));
        }
        if let Some(often) = placed[at as usize].filter(|_| everywhere.is_none()) {
            line(out, format_args!("    .site {}", placement::words(often)));
        }
        while let Some(mark) = marks.next_if(|mark| mark.offset <= checked.offset(at)) {
            let local = || text::name(&declared.locals[mark.index as usize]);
            let words = match mark.kind {
                MarkKind::Statement => format!("statement {}", mark.index),
                MarkKind::Passage => format!("does {}", mark.index),
                MarkKind::Begin => format!("begin {}", local()),
                MarkKind::End => format!("end {}", local()),
                MarkKind::Numbers => "numbers".to_owned(),
            };
            line(out, format_args!("    .{words}"));
        }
        let words = match constant_of(instruction).filter(|&i| pool.by_index[usize::from(i)]) {
            Some(index) => format!("{} #{index}", instruction.info().mnemonic),
            None => {
                let label = |to| labels.name(to).expect("jumps lead to targets");
                text::instruction(module.module(), declared, instruction, label)
            }
        };
        match checked.site(at) {
            Some(site) => {
                let comment = comment(site, &module.module().policy);
                line(out, format_args!("    {words:<24} ; {comment}"));
            }
            None => line(out, format_args!("    {words}")),
        }
    }
}

/// The targets of a function's jumps, named in their order.
struct Labels(Vec<u32>);

impl Labels {
    fn of(function: &VerifiedFunction) -> Self {
        let targets = function.instructions().iter().filter_map(Instruction::target);
        let mut targets: Vec<u32> = targets.collect();
        targets.sort_unstable();
        targets.dedup();
        Self(targets)
    }

    fn name(&self, at: u32) -> Option<String> {
        self.0.binary_search(&at).ok().map(|number| format!("L{number}"))
    }
}

/// A comment for a poll site under a policy.
fn comment(site: &PollSite, policy: &PollPolicy) -> String {
    let kind_name = match site.kind {
        PollKind::Call => "call",
        PollKind::BackEdge => "back-edge",
        PollKind::Allocation => "allocation",
        PollKind::Await => "await",
        PollKind::Explicit => "explicit",
    };
    match site.often(*policy) {
        0 => format!("{kind_name}, does not poll"),
        1 => format!("polls: {kind_name}"),
        _ if site.placed == Some(ADAPTS) => format!("polls: {kind_name}, adapts"),
        every => format!("polls: {kind_name}, every {every}th"),
    }
}

/// One instruction as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListingLine {
    /// Index of the function.
    pub function: u16,
    /// Index of the instruction in the function.
    pub instruction: u32,
    /// Byte offset in the function's code.
    pub offset: u32,
    /// The encoded bytes in hexadecimal, separated by spaces.
    pub bytes: String,
    /// The label, if a jump goes here.
    pub label: Option<String>,
    /// Mnemonic and operand.
    pub text: String,
    /// Source line from 1.
    pub line: Option<u32>,
    /// What it does in the words of the source.
    pub words: Option<String>,
    /// Lines and columns of the statement to which it belongs: from its first character to behind its last.
    pub statement: Option<[u32; 4]>,
    /// Whether that begins here.
    pub begins: bool,
    /// The kind of poll site that it is.
    pub poll: Option<PollKind>,
    /// How often it polls, if its text says so: see [`PollSite::placed`].
    pub placed: Option<u16>,
    /// Whether it polls under the module's own policy.
    pub polls: bool,
    /// Number of the poll site in the module.
    pub site: Option<u32>,
    /// Whether it is reachable.
    pub reachable: bool,
}

/// Every instruction of a module, in function and instruction order.
pub fn listing(module: &VerifiedModule) -> Vec<ListingLine> {
    let mut out = Vec::new();
    for (index, checked) in module.functions().iter().enumerate() {
        let declared = &module.module().functions[index];
        let labels = Labels::of(checked);
        let mut sites = checked.sites().iter().peekable();
        for (at, &instruction) in (0_u32..).zip(checked.instructions()) {
            let start = checked.offset(at) as usize;
            let bytes = &declared.code[start..start + instruction.info().size()];
            let site = sites.next_if(|site| site.instruction == at);
            let policy = module.module().policy;
            out.push(ListingLine {
                function: index as u16,
                instruction: at,
                offset: start as u32,
                bytes: hexadecimal(bytes),
                label: labels.name(at),
                text: text::instruction(module.module(), declared, instruction, |to| {
                    labels.name(to).expect("jumps lead to targets")
                }),
                line: checked.line(at),
                words: module.passage(index as u16, at).map(|passage| passage.words.clone()),
                statement: module
                    .statement(index as u16, at)
                    .map(|it| [it.from.0, it.from.1, it.to.0, it.to.1]),
                begins: checked.begins_statement(at) == Some(true),
                poll: site.map(|site| site.kind),
                placed: site.and_then(|site| site.placed),
                polls: site.is_some_and(|site| site.often(policy) > 0),
                site: site.map(|site| site.id),
                reachable: checked.height(at).is_some(),
            });
        }
    }
    out
}

/// Two digits for each byte, with spaces between.
fn hexadecimal(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.extend(
            [byte >> 4, byte & 15].map(|half| char::from(b"0123456789abcdef"[usize::from(half)])),
        );
    }
    out
}

/// An instruction as its line in the text has it, with the labels of its author; as listed if the
/// line has something else.
pub fn as_written(lines: &[&str], line: Option<u32>, listed: String) -> String {
    let line = line.and_then(|line| lines.get((line as usize).checked_sub(1)?));
    let Some(line) = line.filter(|_| listed.starts_with('j')) else { return listed };
    let mut words = listed.split_whitespace();
    let (Some(mnemonic), Some(_), None) = (words.next(), words.next(), words.next()) else {
        return listed;
    };
    let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    match (words.by_ref().find(|word| !word.ends_with(':')), words.next()) {
        (Some(first), Some(operand)) if first == mnemonic && !operand.starts_with(';') => {
            let operand = operand.split(';').next().unwrap_or(operand);
            format!("{mnemonic} {operand}")
        }
        _ => listed,
    }
}

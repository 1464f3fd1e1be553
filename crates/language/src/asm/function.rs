//! One function of a text: its statements become instructions, labels and names become indices.

use std::collections::HashMap;

use super::declare::{Body, Names, Program};
use super::emit::unknown;
use super::syntax::float;
use super::syntax::{Argument, Located, Name, Statement};
use crate::diagnostic::{Findings, Problem, Span};
use crate::placement;
use crate::pool::Pool;
use crate::suggest;
use bytecode::code::{encode_code, layout};
use bytecode::limits::MAX_CODE;
use bytecode::opcode::{OPCODES, OpcodeInfo, Operand, OperandKind, join};
use bytecode::text;
use bytecode::{Constant, Function, Instruction, Mark};

struct Label {
    at: u32,
    span: Span,
    used: bool,
}

/// A function while it is emitted.
pub(super) struct Emitter<'a, 'b> {
    program: &'a Program<'b>,
    body: &'a Body<'b>,
    pool: &'a mut Pool,
    findings: &'a mut Findings,
    instructions: Vec<Instruction>,
    pub spans: Vec<Span>,
    /// Line of the text for each instruction.
    automatic: Vec<u32>,
    /// From `.line`: instruction and line; line 0 stands for `.line off`.
    explicit: Vec<(u32, u32)>,
    /// From `.site`: instruction, how often it polls, and the place of the directive.
    placed: Vec<(u32, u16, Span)>,
    /// From `.sites`.
    everywhere: Option<(u16, Span)>,
    /// Their offsets are indices of instructions until the end.
    marks: Vec<Mark>,
    labels: HashMap<&'a str, Label>,
    /// Jumps and the labels they name; resolved at the end.
    jumps: Vec<(usize, Name)>,
    used_locals: Vec<bool>,
}

impl<'a, 'b> Emitter<'a, 'b> {
    pub fn new(
        program: &'a Program<'b>,
        body: &'a Body<'b>,
        pool: &'a mut Pool,
        findings: &'a mut Findings,
    ) -> Self {
        Self {
            program,
            body,
            pool,
            findings,
            instructions: Vec::new(),
            spans: Vec::new(),
            automatic: Vec::new(),
            explicit: Vec::new(),
            placed: Vec::new(),
            everywhere: None,
            marks: Vec::new(),
            labels: HashMap::new(),
            jumps: Vec::new(),
            used_locals: vec![false; body.locals.order.len()],
        }
    }

    pub fn function(&mut self, name: &str) -> Function {
        for located in &self.body.statements {
            if self.findings.full() {
                break;
            }
            let at = self.instructions.len() as u32;
            match &located.statement {
                Statement::Label(name) => self.label(name, at),
                Statement::SourceLine(line) => {
                    // Only the last `.line` before an instruction counts.
                    self.explicit.pop_if(|(instruction, _)| *instruction == at);
                    self.explicit.push((at, *line));
                }
                Statement::NoLines => self.explicit.push((at, 0)),
                Statement::Site(often) => {
                    let before = self.placed.iter().any(|(instruction, ..)| *instruction == at);
                    if before {
                        self.twice("site", located.span);
                    } else {
                        self.placed.push((at, *often, located.span));
                    }
                }
                Statement::Sites(often) => {
                    if self.everywhere.replace((*often, located.span)).is_some() {
                        self.twice("sites", located.span);
                    }
                }
                Statement::Mark(kind, index) => {
                    self.marks.push(Mark { offset: at, kind: *kind, index: *index });
                }
                Statement::Scope(kind, name) => match self.body.locals.get(&name.text) {
                    Some(local) => {
                        self.marks.push(Mark { offset: at, kind: *kind, index: local.into() });
                    }
                    None => self.findings.error(unknown("local", name, &self.body.locals)),
                },
                Statement::Instruction { mnemonic, argument, argument_span } => {
                    // A wrong line becomes a placeholder, so that the indices of later instructions
                    // stay right.
                    let instruction = self
                        .instruction(mnemonic, argument, *argument_span)
                        .unwrap_or_else(|problem| {
                            self.findings.error(problem);
                            Instruction::Nop
                        });
                    self.instructions.push(instruction);
                    self.spans.push(located.span);
                    self.automatic.push(located.line);
                }
                _ => unreachable!("declarations were taken out before"),
            }
        }
        self.resolve_jumps();
        self.warn_unused();
        let offsets = layout(&self.instructions);
        let size = offsets[self.instructions.len()] as usize;
        if size > MAX_CODE {
            self.findings.error(Problem::new(
                self.body.span,
                format!("the function has {size} bytes of code"),
                format!("at most {MAX_CODE}"),
            ));
        }
        let lines = self.lines(&offsets);
        let placed = self.placed(&offsets);
        let mut marks = std::mem::take(&mut self.marks);
        for mark in &mut marks {
            mark.offset = offsets[mark.offset as usize];
        }
        Function {
            name: name.to_owned(),
            params: self.body.params,
            locals: self.body.locals.order.clone(),
            code: encode_code(&self.instructions).unwrap_or_default(),
            lines,
            placed,
            marks,
        }
    }

    fn twice(&mut self, what: &str, span: Span) {
        let expected = match what {
            "site" => "one .site before an instruction",
            _ => "one .sites in a function",
        };
        self.findings.error(Problem::new(span, format!("a second .{what}"), expected));
    }

    /// How often poll sites poll, by the offset of their instruction.
    fn placed(&mut self, offsets: &[u32]) -> Vec<(u32, u16)> {
        let mut placed: Vec<Option<u16>> = vec![None; self.instructions.len()];
        if let Some((often, span)) = self.everywhere
            && !placement::everywhere(&self.instructions, often, &mut placed)
        {
            let message = "nothing in this function polls as it says";
            let expected = match often {
                2.. => "a function with a jump backwards",
                _ => "a function with a poll site",
            };
            self.findings.error(Problem::new(span, message, expected));
        }
        for &(at, often, span) in &self.placed {
            let fits = self
                .instructions
                .get(at as usize)
                .is_some_and(|instruction| placement::fits(*instruction, at, often));
            if fits {
                placed[at as usize] = Some(often);
            } else {
                let message = "the next instruction does not poll as this says";
                let expected = match often {
                    2.. => "a jump backwards below it",
                    _ => "a call, an allocation, an await or a jump backwards below it",
                };
                self.findings.error(Problem::new(span, message, expected));
            }
        }
        placement::table(&placed, offsets)
    }

    fn label(&mut self, name: &'a Name, at: u32) {
        let label = Label { at, span: name.span, used: false };
        if self.labels.contains_key(name.text.as_str()) {
            let message = format!("there is already a label {}", text::repeated(&name.text));
            self.findings.error(Problem::new(
                name.span,
                message,
                "another name: labels are unique in their function",
            ));
        } else {
            self.labels.insert(&name.text, label);
        }
    }

    fn instruction(
        &mut self,
        mnemonic: &Name,
        argument: &Argument,
        span: Span,
    ) -> Result<Instruction, Problem> {
        let rows = || OPCODES.iter().filter(|row| row.mnemonic == mnemonic.text);
        let Some(row) = rows().next() else {
            let help = self.instead_of(&mnemonic.text, argument);
            let message = format!("there is no instruction {}", text::repeated(&mnemonic.text));
            return Err(Problem::new(mnemonic.span, message, "an instruction").help_maybe(help));
        };
        let row = match argument {
            Argument::Integer(_) => rows().find(|row| row.operand == OperandKind::Integer),
            Argument::Word(word) => {
                rows().find(|row| row.operand == OperandKind::Word(known(word)))
            }
            _ => rows().find(|row| row.operand == OperandKind::Constant),
        }
        .unwrap_or(match row.operand {
            // Of several spellings, that for the pool describes best what was expected.
            OperandKind::Integer => {
                rows().find(|row| row.operand == OperandKind::Constant).unwrap_or(row)
            }
            _ => row,
        });
        let operand = self.operand(row, argument, span)?;
        join(row.byte, operand).ok_or_else(|| wrong(row, argument, span))
    }

    /// What was probably meant by a word that is no instruction.
    fn instead_of(&self, word: &str, argument: &Argument) -> Option<String> {
        if !known(word).is_empty() {
            return Some(format!("write const {word}"));
        }
        let alone = matches!(argument, Argument::None);
        if alone && self.body.statements.iter().any(|line| jumps_to(line, word)) {
            return Some(format!("for the label write {}: with a colon", text::repeated(word)));
        }
        if let Some((_, ours)) = ELSEWHERE.iter().find(|(theirs, _)| *theirs == word) {
            return Some(format!("the {word} of other machines is {ours} here"));
        }
        suggest::did_you_mean(word, OPCODES.iter().map(|row| row.mnemonic))
    }

    fn operand(
        &mut self,
        row: &OpcodeInfo,
        argument: &Argument,
        span: Span,
    ) -> Result<Operand, Problem> {
        let name = match argument {
            Argument::Text(text) | Argument::Word(text) => Some(Name { text: text.clone(), span }),
            _ => None,
        };
        let named = || name.clone().ok_or_else(|| wrong(row, argument, span));
        let find = |what, known: &Names| {
            let name = named()?;
            known.get(&name.text).ok_or_else(|| unknown(what, &name, known))
        };
        Ok(match row.operand {
            OperandKind::None => match argument {
                Argument::None => Operand::None,
                _ => return Err(wrong(row, argument, span)),
            },
            OperandKind::Word(_) => Operand::None,
            OperandKind::Integer => match argument {
                Argument::Integer(value) => Operand::Integer(integer(*value, span)?),
                _ => return Err(wrong(row, argument, span)),
            },
            OperandKind::Constant | OperandKind::Message => {
                let index = self.constant(row, argument, span)?;
                match row.operand {
                    OperandKind::Message => Operand::Message(index),
                    _ => Operand::Constant(index),
                }
            }
            OperandKind::Local => {
                let index = find("local", &self.body.locals)?;
                self.used_locals[usize::from(index)] = true;
                Operand::Local(index as u8)
            }
            OperandKind::Global => Operand::Global(find("global", &self.program.globals)?),
            OperandKind::Function => Operand::Function(find("function", &self.program.functions)?),
            OperandKind::Shape => Operand::Shape(find("shape", &self.program.shapes)?),
            OperandKind::Label => {
                self.jumps.push((self.instructions.len(), named()?));
                Operand::Label(0)
            }
            OperandKind::Field => {
                let Argument::Field(shape, field) = argument else {
                    return Err(wrong(row, argument, span));
                };
                let shapes = &self.program.shapes;
                let Some(index) = shapes.get(&shape.text) else {
                    return Err(unknown("shape", shape, shapes));
                };
                let fields = &self.program.fields[usize::from(index)];
                let Some(found) = fields.get(&field.text) else {
                    return Err(unknown("field", field, fields));
                };
                Operand::Field(index, found as u8)
            }
        })
    }

    fn constant(
        &mut self,
        row: &OpcodeInfo,
        argument: &Argument,
        span: Span,
    ) -> Result<u16, Problem> {
        let floats = row.operand == OperandKind::Constant;
        let constant = match argument {
            Argument::Text(text) => Constant::String(text.clone()),
            Argument::Index(index) => {
                let count = self.pool.constants.len();
                return usize::try_from(*index).ok().filter(|index| *index < count).map_or_else(
                    || {
                        let message = format!("there is no constant #{index}");
                        let expected = "the index of a .constant above, from 0";
                        Err(Problem::new(span, message, expected))
                    },
                    |index| Ok(index as u16),
                );
            }
            other => match float(other).filter(|_| floats) {
                Some(value) => Constant::Float(value),
                None => return Err(wrong(row, argument, span)),
            },
        };
        Ok(self.pool.index(constant, span, self.findings))
    }

    fn resolve_jumps(&mut self) {
        for (jump, name) in std::mem::take(&mut self.jumps) {
            let target = match self.labels.get_mut(name.text.as_str()) {
                Some(label) => {
                    label.used = true;
                    label.at
                }
                None => {
                    let help = suggest::did_you_mean(&name.text, self.labels.keys().copied());
                    self.findings.error(
                        Problem::new(
                            name.span,
                            format!(
                                "there is no label {} in this function",
                                text::repeated(&name.text)
                            ),
                            "a label, written with a colon where it stands",
                        )
                        .help_maybe(help),
                    );
                    continue;
                }
            };
            if target as usize == self.instructions.len() {
                let problem = Problem::new(
                    name.span,
                    format!("after the label {} the function ends", text::repeated(&name.text)),
                    "an instruction after the label",
                );
                self.findings.error(problem);
                continue;
            }
            *self.instructions[jump].target_mut().expect("only these were noted") = target;
        }
        let offsets = layout(&self.instructions);
        for (at, instruction) in self.instructions.iter().enumerate() {
            let Some(target) = instruction.target() else { continue };
            let distance = i64::from(offsets[target as usize]) - i64::from(offsets[at + 1]);
            if i16::try_from(distance).is_err() {
                self.findings.error(Problem::new(
                    self.spans[at],
                    format!("the label is {distance} bytes away"),
                    format!("a label from {} to {} bytes away", i16::MIN, i16::MAX),
                ));
            }
        }
    }

    fn warn_unused(&mut self) {
        for (name, label) in &self.labels {
            if !label.used {
                let message = format!("nothing jumps to {}", text::repeated(name));
                self.findings.warn(Problem::new(label.span, message, ""));
            }
        }
        let params = usize::from(self.body.params);
        for (index, name) in self.body.locals.order.iter().enumerate().skip(params) {
            if !self.used_locals[index] {
                let message = format!("the local {} is never used", text::repeated(name));
                self.findings.warn(Problem::new(self.body.local_spans[index], message, ""));
            }
        }
    }

    fn lines(&self, offsets: &[u32]) -> Vec<(u32, u32)> {
        let mut lines: Vec<(u32, u32)> = Vec::new();
        if self.explicit.is_empty() {
            for (at, &line) in self.automatic.iter().enumerate() {
                if lines.last().is_none_or(|(_, last)| *last != line) {
                    lines.push((offsets[at], line));
                }
            }
        } else {
            let explicit = self
                .explicit
                .iter()
                .filter(|(at, line)| *line != 0 && (*at as usize) < self.instructions.len());
            lines.extend(explicit.map(|(at, line)| (offsets[*at as usize], *line)));
        }
        lines
    }
}

/// Names of instructions on other machines, and here.
const ELSEWHERE: [(&str, &str); 14] = [
    ("push", "const"),
    ("ldc", "const"),
    ("iconst", "const"),
    ("goto", "jmp"),
    ("jump", "jmp"),
    ("br", "jmp"),
    ("jz", "jf"),
    ("jnz", "jt"),
    ("return", "ret"),
    ("halt", "ret"),
    ("drop", "pop"),
    ("println", "print"),
    ("invoke", "call"),
    ("alloc", "new"),
];

fn jumps_to(line: &Located, name: &str) -> bool {
    match &line.statement {
        Statement::Instruction { mnemonic, argument: Argument::Word(label), .. } => {
            label == name
                && OPCODES
                    .iter()
                    .any(|row| row.mnemonic == mnemonic.text && row.operand == OperandKind::Label)
        }
        _ => false,
    }
}

/// The words that stand for an operand: `true`, `false`, `null`.
fn known(word: &str) -> &'static str {
    OPCODES
        .iter()
        .find_map(|row| match row.operand {
            OperandKind::Word(known) if known == word => Some(known),
            _ => None,
        })
        .unwrap_or("")
}

fn integer(value: i64, span: Span) -> Result<i32, Problem> {
    i32::try_from(value).map_err(|_| {
        Problem::new(
            span,
            "this integer does not fit into 32 bits".to_owned(),
            format!("{} to {}", i32::MIN, i32::MAX),
        )
        .help(format!("a float can be larger: {value}.0"))
    })
}

fn wrong(row: &OpcodeInfo, argument: &Argument, span: Span) -> Problem {
    let expected = row.operand.description();
    let message = match (argument, row.operand) {
        (Argument::None, _) => format!("{} needs something after it", row.mnemonic),
        (_, OperandKind::None) => format!("{} takes nothing after it", row.mnemonic),
        _ => format!("{} does not take this", row.mnemonic),
    };
    Problem::new(span, message, expected)
}

//! First pass over the statements: what is declared, and which statements belong to which function.

use std::collections::HashMap;

use super::syntax::{Argument, Located, Name, PollSetting, PollWord, Statement};
use crate::diagnostic::{Findings, Problem, Span};
use bytecode::limits::{MAX_FIELDS, MAX_LOCALS, MAX_NAME, MAX_TABLE};
use bytecode::{Passage, PollPolicy, text};

/// Names in their order, each with its index and its place.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub order: Vec<String>,
    index: HashMap<String, (u16, Span)>,
}

impl Names {
    pub fn get(&self, name: &str) -> Option<u16> {
        self.index.get(name).map(|(index, _)| *index)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }

    /// Adds a name. It is an error if the name exists already, is too long, or is one too many.
    pub fn add(
        &mut self,
        what: &str,
        name: &Name,
        limit: usize,
        findings: &mut Findings,
    ) -> Option<u16> {
        let written = text::repeated(&name.text);
        if name.text.len() > MAX_NAME {
            findings.error(Problem::new(
                name.span,
                format!("this name has {} bytes", name.text.len()),
                format!("at most {MAX_NAME}"),
            ));
        } else if self.index.contains_key(&name.text) {
            findings.error(Problem::new(
                name.span,
                format!("there is already a {what} {written}"),
                "another name",
            ));
        } else if self.order.len() >= limit {
            findings.error(Problem::new(
                name.span,
                format!("{written} is one {what} too many"),
                format!("at most {limit}"),
            ));
        } else {
            let index = self.order.len() as u16;
            self.order.push(name.text.clone());
            self.index.insert(name.text.clone(), (index, name.span));
            return Some(index);
        }
        None
    }
}

/// A function as declared, its body still statements.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    pub span: Span,
    pub params: u8,
    pub locals: Names,
    pub local_spans: Vec<Span>,
    pub statements: Vec<&'a Located>,
}

#[derive(Debug, Default)]
pub(super) struct Program<'a> {
    pub name: Option<Name>,
    pub entry: Option<Name>,
    pub policy: PollPolicy,
    /// As few polls as keep every path without one within so many instructions.
    pub within: Option<u32>,
    pub constants: Vec<(&'a Argument, Span)>,
    pub passages: Vec<Passage>,
    pub globals: Names,
    pub shapes: Names,
    pub fields: Vec<Names>,
    pub functions: Names,
    /// One per name in `functions`.
    pub bodies: Vec<Body<'a>>,
}

/// Sorts the statements.
pub(super) fn declare<'a>(statements: &'a [Located], findings: &mut Findings) -> Program<'a> {
    let mut program = Program::default();
    // The body of a function whose name was refused: its statements belong to no other function.
    let mut refused: Option<Body<'a>> = None;
    let mut inside = false;
    let mut lost_reported = false;
    for located in statements {
        if findings.full() {
            break;
        }
        match &located.statement {
            Statement::Module(name) => once(&mut program.name, "module", name, findings),
            Statement::Entry(name) => once(&mut program.entry, "entry", name, findings),
            Statement::Poll(setting) => apply(&mut program.policy, *setting),
            Statement::Within(most) => {
                if program.within.replace(*most).is_some() {
                    let message = "a second .within";
                    findings.error(Problem::new(
                        located.span,
                        message,
                        "one for the whole program",
                    ));
                }
            }
            Statement::Globals(names) => {
                for name in names {
                    program.globals.add("global", name, MAX_TABLE, findings);
                }
            }
            Statement::Shape(shape, fields) => {
                if program.shapes.add("shape", shape, MAX_TABLE, findings).is_some() {
                    let mut known = Names::default();
                    for field in fields {
                        known.add("field", field, MAX_FIELDS, findings);
                    }
                    program.fields.push(known);
                }
            }
            Statement::Constant(value) => program.constants.push((value, located.span)),
            Statement::Passage(passage) => program.passages.push(passage.clone()),
            Statement::Unreadable => {
                inside = true;
                refused = Some(Body::default());
            }
            Statement::Function(name, params) => {
                inside = true;
                let body = function(name, params, findings);
                refused = None;
                match program.functions.add("function", name, MAX_TABLE, findings) {
                    Some(_) => program.bodies.push(body),
                    None => refused = Some(body),
                }
            }
            _ if !inside => {
                if !lost_reported {
                    lost_reported = true;
                    findings.error(Problem::new(
                        located.span,
                        "this stands outside a function".to_owned(),
                        "a line such as .func main before it",
                    ));
                }
            }
            inner => {
                let body = match &mut refused {
                    Some(body) => body,
                    None => program.bodies.last_mut().expect("inside a function"),
                };
                if let Statement::Locals(names) = inner {
                    for name in names {
                        local(body, name, findings);
                    }
                } else {
                    body.statements.push(located);
                }
            }
        }
    }
    program
}

fn once(slot: &mut Option<Name>, what: &str, name: &Name, findings: &mut Findings) {
    if slot.is_some() {
        findings.error(Problem::new(
            name.span,
            format!("a second .{what}"),
            format!("one .{what} in a program"),
        ));
    } else if name.text.len() > MAX_NAME {
        let message = format!("this name has {} bytes", name.text.len());
        findings.error(Problem::new(name.span, message, format!("at most {MAX_NAME}")));
    } else {
        *slot = Some(name.clone());
    }
}

fn function<'a>(name: &Name, params: &[Name], findings: &mut Findings) -> Body<'a> {
    let mut body = Body { span: name.span, ..Body::default() };
    for param in params {
        local(&mut body, param, findings);
    }
    body.params = body.locals.order.len() as u8;
    body
}

fn local(body: &mut Body<'_>, name: &Name, findings: &mut Findings) {
    if body.locals.add("local", name, MAX_LOCALS, findings).is_some() {
        body.local_spans.push(name.span);
    }
}

/// Changes a policy.
pub(super) fn apply(policy: &mut PollPolicy, setting: PollSetting) {
    match setting {
        PollSetting::Every(every) => {
            policy.every = every.try_into().expect("the parser refuses every 0");
        }
        PollSetting::Kinds { kind, on } => {
            let all = kind == PollWord::All;
            for (word, switch) in [
                (PollWord::Calls, &mut policy.calls),
                (PollWord::BackEdges, &mut policy.back_edges),
                (PollWord::Allocations, &mut policy.allocations),
                (PollWord::Awaits, &mut policy.awaits),
            ] {
                if all || kind == word {
                    *switch = on;
                }
            }
        }
    }
}

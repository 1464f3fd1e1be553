//! Second pass: a module of the declarations and of each function.

use super::SourceMap;
use super::declare::{Names, Program};
use super::function::Emitter;
use super::syntax::{Argument, Name, float};
use crate::diagnostic::{Findings, Problem, Span};
use crate::pool::Pool;
use crate::suggest;
use bytecode::text;
use bytecode::{Constant, Global, Module, Shape};

/// The function a program starts with unless `.entry` names another.
const ENTRY: &str = "main";

/// The module of a program; `None` when there is no entry to be found.
pub(super) fn emit(program: Program<'_>, findings: &mut Findings) -> Option<(Module, SourceMap)> {
    let mut pool = Pool::default();
    for (argument, span) in &program.constants {
        let constant = match argument {
            Argument::Text(text) => Constant::String(text.clone()),
            other => match float(other) {
                Some(value) => Constant::Float(value),
                None => {
                    let message = "this is no constant of the pool";
                    findings.error(Problem::new(*span, message, "a float or a text in quotes"));
                    continue;
                }
            },
        };
        pool.push(constant, *span, findings);
    }
    let mut map = SourceMap::default();
    let mut functions = Vec::with_capacity(program.bodies.len());
    for (body, name) in program.bodies.iter().zip(&program.functions.order) {
        let mut emitter = Emitter::new(&program, body, &mut pool, findings);
        functions.push(emitter.function(name));
        map.functions.push((body.span, emitter.spans));
        if findings.full() {
            break;
        }
    }
    let entry = entry(&program, &mut map, findings)?;
    let shapes = program.shapes.order.into_iter().zip(program.fields);
    let module = Module {
        name: program.name.map_or_else(|| "program".to_owned(), |name| name.text),
        policy: program.policy,
        constants: pool.constants,
        globals: program.globals.order.into_iter().map(|name| Global { name }).collect(),
        shapes: shapes.map(|(name, fields)| Shape { name, fields: fields.order }).collect(),
        functions,
        entry,
        passages: program.passages,
    };
    Some((module, map))
}

fn entry(program: &Program<'_>, map: &mut SourceMap, findings: &mut Findings) -> Option<u16> {
    if let Some(name) = &program.entry {
        map.entry = name.span;
        let found = program.functions.get(&name.text);
        if found.is_none() {
            findings.error(unknown("function", name, &program.functions));
        }
        return found;
    }
    let found = program.functions.get(ENTRY);
    match found {
        Some(index) => map.entry = program.bodies[usize::from(index)].span,
        // A line with another mistake may have been the entry.
        None if findings.has_errors() => {}
        None => findings.error(Problem::new(
            Span::default(),
            "the program has no function main".to_owned(),
            "a function to start with: .func main, or .entry with the name of another",
        )),
    }
    found
}

pub(super) fn unknown(what: &str, name: &Name, known: &Names) -> Problem {
    let declare = match what {
        "local" => "a local variable that the function declares",
        "global" => "a name that .global declares",
        "shape" => "a name that .shape declares",
        "field" => "a field of the shape",
        _ => "a name that .func declares",
    };
    Problem::new(name.span, format!("there is no {what} {}", text::repeated(&name.text)), declare)
        .help_maybe(suggest::did_you_mean(&name.text, known.iter()))
}

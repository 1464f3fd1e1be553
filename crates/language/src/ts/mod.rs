//! TypeScript, a subset that means what it says: a program prints what it prints in JavaScript, or is refused in
//! words. Parser: oxc. docs/typescript.md describes the language.
//!
//! One pass finds which names lead out of functions (`resolve`), one collects what has a name (`declare`, `shapes`,
//! `signatures`), one compiles each function (`function`, `variables`, `statements`, `loops`, `jumps`, `exceptions`, `expressions`, `operators`,
//! `assign`, `calls`, `methods`, `generic`, `closures`, `values`, `literals`) to instructions (`code`). `library` is what
//! is compiled with a program. `polls` reads directives. `unit` is what all of them share; `types` is what an expression can be.

mod assign;
mod calls;
mod closures;
mod code;
mod declare;
mod exceptions;
mod expressions;
mod function;
mod generic;
mod jumps;
mod library;
mod literals;
mod loops;
mod methods;
mod operators;
mod passages;
mod polls;
mod resolve;
mod shapes;
mod signatures;
mod statements;
mod tasks;
mod types;
mod unit;
mod values;
mod variables;

use std::collections::{HashMap, HashSet};

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};

use crate::diagnostic::{Diagnostic, Findings, Problem, Span as Place};
use bytecode::limits::{MAX_NAME, MAX_SOURCE, MAX_TABLE};
use bytecode::{
    Function as Bytes, Global, Module, Passage, PollPolicy, Shape, VerifiedModule, Within, elide,
    verify,
};
use code::{Finished, Here, Later};
use declare::{Declared, declare};
use function::{Compiled, Function, last};
use library::Waiting;
use passages::{Passages, Words};
use polls::Placing;
use resolve::resolve;
use unit::{Result, Unit, place};

/// The name of the function that the statements of the top level are.
const PROGRAM: &str = "top level";

/// A program that has more would not fit a module beside them: it has lines only.
const MOST_PASSAGES: usize = 40_000;

/// Compiles a program and verifies the module.
///
/// # Errors
/// Everything that is wrong with the text or not supported, at most 50 findings, in the order of the text.
pub fn compile(text: &str) -> std::result::Result<VerifiedModule, Vec<Diagnostic>> {
    let only = |at: usize, message: &str, expected: &str| {
        let mut findings = Findings::default();
        findings.error(Problem::new(Place { start: at, end: at }, message, expected));
        Err(findings.into_errors(text))
    };
    if text.len() > MAX_SOURCE {
        let message = format!("the text has {} bytes", text.len());
        return only(0, &message, &format!("at most {MAX_SOURCE}"));
    }
    if let Some(at) = too_deep(text) {
        return only(at, TOO_DEEP, "several smaller statements");
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, SourceType::ts()).parse();
    if parsed.panicked || !parsed.errors.is_empty() {
        return Err(syntax_errors(&parsed.errors, text));
    }
    let mut unit = Unit::new(text);
    unit.library.allocator = Some(&allocator);
    unit.resolved = resolve(&parsed.program);
    polls::collect(&mut unit, text, &parsed.program);
    let module = module(&mut unit, &parsed.program);
    let findings = unit.findings;
    let Some(module) = module.ok().filter(|_| !findings.has_errors()) else {
        if !findings.has_errors() {
            return only(0, "the program was not understood", "a smaller one; please report it");
        }
        return Err(findings.into_errors(text));
    };
    let verified = match (unit.polls.within, &unit.within[..]) {
        (None, []) => verify(module),
        (program, parts) => elide(module, program.map(u64::from), parts),
    };
    verified.map_err(|errors| {
        let mut findings = Findings::default();
        for error in errors {
            let line = error.line.unwrap_or(1) as usize - 1;
            let start = unit.lines.get(line).copied().unwrap_or(0) as usize;
            // A value of the wrong kind, whatever the program does, e.g. undefined.
            let message = format!("this line can only fail: {}", error.message);
            findings.error(Problem::new(Place { start, end: start }, message, error.expected));
        }
        findings.into_errors(text)
    })
}

/// Parser and compiler go down with the text: so many levels, and a stack of a browser's worker holds them.
pub(crate) const DEPTH: u32 = 200;

pub(crate) const TOO_DEEP: &str = "this is nested too deeply";

/// So many operators that take all of what follows as their operand may be in a statement.
const CHAIN: u32 = 1000;

/// Where brackets, or operators that take what follows, are nested too deeply.
fn too_deep(text: &str) -> Option<usize> {
    let (mut brackets, mut prefixes, mut chain) = (0_u32, 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => brackets += 1,
            b')' | b']' | b'}' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        match byte {
            b'!' | b'~' | b'-' | b'+' => prefixes += 1,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => prefixes = 0,
        }
        match byte {
            b'?' | b'=' | b':' => chain += 1,
            b';' | b'{' | b'}' => chain = 0,
            _ => {}
        }
        if brackets > DEPTH || prefixes > DEPTH || chain > CHAIN {
            return Some(at);
        }
    }
    None
}

fn syntax_errors(errors: &[OxcDiagnostic], text: &str) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    for error in errors {
        let label = error.labels.iter().flatten().next();
        // The parser's places can be inside of a character.
        let character = |at: usize| {
            (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
        };
        let start = label.map_or(0, |label| character(label.offset()));
        let end = label.map_or(start, |label| character(label.offset() + label.len()));
        let help = error.help.as_deref().map(str::to_owned);
        findings
            .error(Problem::new(Place { start, end }, error.message.clone(), "").help_maybe(help));
    }
    findings.into_errors(text)
}

fn module<'p>(unit: &mut Unit<'p>, program: &'p Program<'p>) -> Result<Module> {
    if let Some(directive) = program.directives.iter().find(|one| one.directive != "use strict") {
        return unit.unsupported(directive.span, "a directive", "a statement");
    }
    let declared = declare(unit, &program.body);
    if declared.len() >= MAX_TABLE {
        return unit.refuse(
            program.span,
            "there are too many functions",
            format!("fewer than {MAX_TABLE}"),
        );
    }
    // The program first: its statements say what type a global has.
    let mut main = Function::program(unit);
    program.body.iter().take(1).for_each(|first| main.at(first.span()));
    let here = main.here;
    main.code.later(Later::Values, here);
    main.body(&program.body);
    let main = main.finish();
    unit.made.push((0, PROGRAM.to_owned(), main, program.span));
    for one in &declared {
        let function = self::function(unit, one);
        let span = one.body.map_or(program.span, |body| body.span);
        if let Ok(function) = function {
            unit.made.push((one.signature.index, one.signature.name.clone(), function, span));
        }
    }
    while let Some(Waiting { signature, body }) = unit.library.waiting.pop() {
        let compiled = unit.with_variables(&signature.variables, |unit| -> Result<Compiled> {
            let mut function = Function::new(unit, &signature, None);
            function.is_library = true;
            function.here = Here::default();
            function.enter(&signature, Some(body), None)?;
            function.whole(body)?;
            Ok(function.finish())
        })?;
        unit.made.push((signature.index, signature.name, compiled, program.span));
    }
    if unit.findings.has_errors() {
        return Err(unit::Refused);
    }
    let (functions, passages) = bytes(unit, program)?;
    let mut globals = vec![Global { name: String::new() }; unit.globals.len() + unit.values.len()];
    for (name, global) in &unit.globals {
        globals[usize::from(global.index)].name = (*name).to_owned();
    }
    for (name, index) in &unit.values {
        globals[usize::from(*index)].name = (*name).to_owned();
    }
    let shapes = unit.shapes.iter().map(|shape| Shape {
        name: shape.name.clone(),
        fields: shape.fields.iter().map(|field| field.name.clone()).collect(),
    });
    Ok(Module {
        name: named(program.source_text),
        policy: PollPolicy::default(),
        constants: std::mem::take(&mut unit.pool.constants),
        globals,
        shapes: shapes.collect(),
        functions,
        entry: 0,
        passages,
    })
}

/// What a program calls itself: `// name: ...` in its first comments.
fn named(text: &str) -> String {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    let mut comments =
        lines.filter(|line| !line.is_empty()).map_while(|line| line.strip_prefix("//"));
    let name =
        comments.find_map(|comment| comment.trim_start().strip_prefix("name:")).map(str::trim);
    let fits = |name: &&str| !name.is_empty() && name.len() <= MAX_NAME;
    name.filter(fits).unwrap_or("program").to_owned()
}

/// All functions, in the order of their indices, and the passages of the text that they are of.
fn bytes<'p>(unit: &mut Unit<'p>, program: &'p Program<'p>) -> Result<(Vec<Bytes>, Vec<Passage>)> {
    let made = std::mem::take(&mut unit.made);
    let mut complete: Vec<(u16, String, Compiled, Span)> = Vec::new();
    for (index, name, compiled, span) in made {
        let code = compiled.code.complete(|code, later, line| unit.write_later(code, later, line));
        complete.push((index, name, Compiled { code, ..compiled }, span));
    }
    unit.write_callers();
    complete.append(&mut unit.made);
    complete.sort_by_key(|(index, ..)| *index);
    let is_complete = complete.len() == unit.function_count + 1;
    if !is_complete || complete.len() >= MAX_TABLE {
        let expected = format!("fewer than {MAX_TABLE}");
        return unit.refuse(program.span, "there are too many functions", expected);
    }
    let mut functions: Vec<Bytes> = Vec::new();
    let mut passages = Passages::new(program.source_text, unit.lines.clone());
    let mut names = HashSet::new();
    let mut counts: HashMap<String, u32> = HashMap::new();
    for (_, name, Compiled { params, locals, code }, span) in complete {
        let count = counts.entry(name.clone()).or_default();
        let mut unique = name.clone();
        while !names.insert(unique.clone()) {
            *count += 1;
            unique = format!("{name} ({})", *count + 1);
        }
        let everywhere = code.everywhere;
        match code.finish(&mut passages) {
            Ok(Finished { code, lines, placed, within, is_placed, marks }) => {
                if let Some(directive) = everywhere.filter(|_| !is_placed) {
                    let message = "@poll stands before a function that has nothing to poll at";
                    let expected = match directive.placing {
                        Placing::Often(2..) => "a function with a loop",
                        _ => "a function with a loop, a call, an allocation or an await",
                    };
                    // The other functions may have such a mistake, too.
                    let _ = unit.refuse::<()>(directive.span, message, expected);
                }
                let function = functions.len() as u16;
                unit.within.extend(within.into_iter().map(|(instructions, most)| Within {
                    function,
                    instructions,
                    most: most.into(),
                }));
                functions.push(Bytes { name: unique, params, locals, code, lines, placed, marks });
            }
            Err(_) => return too_large(unit, span),
        }
    }
    let mut passages = passages.finish();
    if passages.len() > MOST_PASSAGES {
        passages.clear();
        functions.iter_mut().for_each(|function| function.marks.clear());
    }
    Ok((functions, passages))
}

fn function<'p>(unit: &mut Unit<'p>, one: &Declared<'p>) -> Result<Compiled> {
    unit.with_variables(&one.signature.variables, |unit| {
        let mut function = Function::new(unit, &one.signature, one.class);
        function.enter(&one.signature, one.body, one.fields)?;
        match (one.body, one.fields) {
            (Some(body), _) => function.whole(body)?,
            (None, Some(class)) => {
                function.step(last(class.span), Words::Said("the end of the constructor"));
            }
            (None, None) => {}
        }
        Ok(function.finish())
    })
}

fn too_large<T>(unit: &mut Unit<'_>, span: Span) -> Result<T> {
    let place = Place { end: place(span).start, ..place(span) };
    unit.findings.error(Problem::new(place, "the function is too large", "several smaller ones"));
    Err(unit::Refused)
}

//! Where the text says how often a loop or a function polls: `// @poll none`, `// @poll every 100`, `// @poll always`,
//! `// @poll adapt`, `// @poll loop within 1000` or `// @poll function within 1000` before it; and `// @poll within 1000` for the whole
//! program.

use std::collections::HashMap;

use oxc_ast::ast::{
    ArrowFunctionExpression, Comment, Expression, MethodDefinition, Program, PropertyDefinition,
    Statement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use super::unit::Unit;
use crate::suggest;
use bytecode::ADAPTS;

const EXPECTED: &str = "none, always, adapt, every with a whole number from 1 to 65534, or within with a number of instructions";

/// What a directive says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directive {
    pub placing: Placing,
    pub span: Span,
}

/// How a directive places polls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Placing {
    /// In the numbers of a module.
    Often(u16),
    /// As few as keep every path without a poll within so many instructions.
    Within(u32),
}

/// The directives of a program.
#[derive(Debug, Default)]
pub(super) struct Polls {
    /// By where the body of the loop begins.
    pub loops: HashMap<u32, Directive>,
    /// By where the parameters of the function begin.
    pub functions: HashMap<u32, Directive>,
    /// As few as keep every path without a poll within so many instructions.
    pub within: Option<u32>,
}

/// Collects the directives; reports those that are misspelt or stand before nothing that polls.
pub(super) fn collect<'p>(unit: &mut Unit<'p>, text: &'p str, program: &'p Program<'p>) {
    let mut targets = None;
    for (at, comment) in program.comments.iter().enumerate() {
        let words = comment.content_span().source_text(text).trim();
        let Some(words) = words.strip_prefix('@') else { continue };
        let (name, words) = words.split_at(words.find(char::is_whitespace).unwrap_or(words.len()));
        if name != "poll" {
            if suggest::closest(name, ["poll"].into_iter()).is_some() {
                let message = format!("there is no directive @{name}");
                // Reported.
                let _ = unit.refuse::<()>(comment.span, message, "@poll");
            }
            continue;
        }
        let words = words.trim();
        let (of, placing) = match within(words) {
            Some((of, Some(most))) => (of, Placing::Within(most)),
            Some((_, None)) => {
                let message = "@poll within does not say how many instructions";
                let expected = "a whole number from 1 to 4294967295";
                let _ = unit.refuse::<()>(comment.span, message, expected);
                continue;
            }
            None => match often(words) {
                Some(often) => (Of::Next, Placing::Often(often)),
                None => {
                    let message = "@poll does not say how often";
                    let _ = unit.refuse::<()>(comment.span, message, EXPECTED);
                    continue;
                }
            },
        };
        if let (Of::Program, Placing::Within(most)) = (of, placing) {
            if unit.polls.within.replace(most).is_some() {
                let expected = "one for the whole program";
                let _ = unit.refuse::<()>(comment.span, "a second @poll within", expected);
            }
            continue;
        }
        let targets = targets.get_or_insert_with(|| {
            let mut targets = Targets::default();
            targets.visit_program(program);
            targets.begin
        });
        let directive = Directive { placing, span: comment.span };
        let before = match (targets.get(&next(text, &program.comments[at..])), of) {
            (Some(Target::Loop(body)), Of::Next | Of::Loop) => {
                unit.polls.loops.insert(*body, directive)
            }
            (Some(Target::Function(params)), Of::Next | Of::Function) => {
                unit.polls.functions.insert(*params, directive)
            }
            (_, of) => {
                let (message, expected) = match of {
                    Of::Loop => {
                        ("@poll loop within stands before no loop", "a loop in the next line")
                    }
                    Of::Function => (
                        "@poll function within stands before no function",
                        "a function in the next line",
                    ),
                    Of::Next | Of::Program => (
                        "@poll stands before nothing that loops",
                        "a loop or a function in the next line",
                    ),
                };
                let _ = unit.refuse::<()>(comment.span, message, expected);
                None
            }
        };
        if before.is_some() {
            let _ =
                unit.refuse::<()>(comment.span, "a second @poll", "one before a loop or function");
        }
    }
}

/// What a directive is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// Whichever stands next.
    Next,
    Loop,
    Function,
    Program,
}

/// What `within` is said of, and how many instructions, if that is a number of them.
fn within(words: &str) -> Option<(Of, Option<u32>)> {
    let mut words = words.split_whitespace().peekable();
    let of = match *words.peek()? {
        "loop" => Of::Loop,
        "function" => Of::Function,
        _ => Of::Program,
    };
    words.next_if(|_| of != Of::Program);
    (words.next()? == "within").then(|| {
        let most = words.next().and_then(|most| most.parse().ok()).filter(|most| *most > 0);
        (of, most.filter(|_| words.next().is_none()))
    })
}

fn often(words: &str) -> Option<u16> {
    let mut words = words.split_whitespace();
    let often = match words.next()? {
        "none" => 0,
        "always" => 1,
        "adapt" => ADAPTS,
        "every" => words.next()?.parse().ok().filter(|every| (1..ADAPTS).contains(every))?,
        _ => return None,
    };
    words.next().is_none().then_some(often)
}

/// Where what follows the first comment begins, other comments aside.
fn next(text: &str, comments: &[Comment]) -> u32 {
    let mut at = comments[0].span.end;
    for comment in comments {
        let between = &text[at.min(comment.span.start) as usize..comment.span.start as usize];
        if !between.trim().is_empty() {
            break;
        }
        at = comment.span.end;
    }
    let rest = &text[at as usize..];
    at + (rest.len() - rest.trim_start().len()) as u32
}

/// What a directive can stand before.
#[derive(Debug, Clone, Copy)]
enum Target {
    Loop(u32),
    Function(u32),
}

/// The targets by where each begins.
#[derive(Default)]
struct Targets {
    begin: HashMap<u32, Target>,
}

impl Targets {
    fn add(&mut self, span: Span, target: Target) {
        // What begins first is the outermost, e.g. a loop with a name.
        self.begin.entry(span.start).or_insert(target);
    }
}

/// The arrow function that a declaration or field gives a name.
fn arrow<'a, 'p>(value: Option<&'a Expression<'p>>) -> Option<&'a ArrowFunctionExpression<'p>> {
    match value? {
        Expression::ArrowFunctionExpression(arrow) => Some(arrow),
        _ => None,
    }
}

impl<'p> Visit<'p> for Targets {
    fn visit_statement(&mut self, statement: &Statement<'p>) {
        let mut inner = statement;
        while let Statement::LabeledStatement(one) = inner {
            inner = &one.body;
        }
        let target = match inner {
            Statement::ForStatement(one) => Some(Target::Loop(one.body.span().start)),
            Statement::ForOfStatement(one) => Some(Target::Loop(one.body.span().start)),
            Statement::WhileStatement(one) => Some(Target::Loop(one.body.span().start)),
            Statement::DoWhileStatement(one) => Some(Target::Loop(one.body.span().start)),
            Statement::FunctionDeclaration(one) => Some(Target::Function(one.params.span.start)),
            Statement::VariableDeclaration(one) => {
                let only = one.declarations.first().filter(|_| one.declarations.len() == 1);
                let arrow = arrow(only.and_then(|one| one.init.as_ref()));
                arrow.map(|arrow| Target::Function(arrow.params.span.start))
            }
            _ => None,
        };
        if let Some(target) = target {
            self.add(statement.span(), target);
        }
        walk::walk_statement(self, statement);
    }

    fn visit_method_definition(&mut self, method: &MethodDefinition<'p>) {
        self.add(method.span, Target::Function(method.value.params.span.start));
        walk::walk_method_definition(self, method);
    }

    fn visit_property_definition(&mut self, property: &PropertyDefinition<'p>) {
        if let Some(arrow) = arrow(property.value.as_ref()) {
            self.add(property.span, Target::Function(arrow.params.span.start));
        }
        walk::walk_property_definition(self, property);
    }
}

//! Passages of the text in words: what a reader is told of the place of an instruction.

use std::collections::HashMap;

use bytecode::Passage;
use oxc_ast::ast::Expression;
use oxc_span::{GetSpan, Span};

use super::code::Here;

/// What a passage is called. Made into a text only for the passages that instructions belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Words {
    /// So.
    Said(&'static str),
    /// An operator or keyword.
    Sign(&'static str),
    /// A part of the text, and what stands for the rest of it.
    Code(Span, &'static str),
}

impl Default for Words {
    fn default() -> Self {
        Self::Said("the program")
    }
}

/// Characters of the text that are repeated.
const LONGEST: usize = 32;

impl Words {
    /// What an expression is called.
    pub fn of(expression: &Expression<'_>) -> Self {
        match expression {
            Expression::BinaryExpression(one) => Self::Sign(one.operator.as_str()),
            Expression::LogicalExpression(one) => Self::Sign(one.operator.as_str()),
            Expression::UnaryExpression(one) => Self::Sign(one.operator.as_str()),
            Expression::UpdateExpression(one) => Self::Sign(one.operator.as_str()),
            Expression::AssignmentExpression(one) => Self::Sign(one.operator.as_str()),
            Expression::ConditionalExpression(_) => Self::Sign("? :"),
            Expression::CallExpression(one) => Self::Code(one.callee.span(), "(…)"),
            Expression::NewExpression(one) => {
                Self::Code(Span::new(one.span.start, one.callee.span().end), "(…)")
            }
            Expression::ComputedMemberExpression(one) => Self::Code(one.object.span(), "[…]"),
            Expression::ArrayExpression(_) => Self::Sign("[…]"),
            Expression::ObjectExpression(_) => Self::Sign("{…}"),
            Expression::TemplateLiteral(_) => Self::Said("the template"),
            other => Self::Code(other.span(), ""),
        }
    }

    fn written(self, text: &str) -> String {
        match self {
            Self::Said(words) => words.to_owned(),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::Code(span, rest) => {
                let code = text.get(span.start as usize..span.end as usize).unwrap_or_default();
                format!("`{}{rest}`", short(code, rest.is_empty()))
            }
        }
    }
}

/// Code on one line: its beginning, or its end if the rest is spoken of.
fn short(code: &str, begins: bool) -> String {
    let words: Vec<&str> = code.split_whitespace().collect();
    let line = words.join(" ");
    let all = line.chars().count();
    if all <= LONGEST {
        return line;
    }
    if begins {
        return line.chars().take(LONGEST - 1).chain(['…']).collect();
    }
    ['…'].into_iter().chain(line.chars().skip(all - LONGEST + 1)).collect()
}

/// The passages of a module.
pub(super) struct Passages<'t> {
    text: &'t str,
    /// Where each line of the text begins.
    lines: Vec<u32>,
    all: Vec<Passage>,
    statements: HashMap<Span, u32>,
    passages: HashMap<(Span, Words), u32>,
}

impl<'t> Passages<'t> {
    pub fn new(text: &'t str, lines: Vec<u32>) -> Self {
        let (statements, passages) = (HashMap::new(), HashMap::new());
        Self { text, lines, all: Vec::new(), statements, passages }
    }

    pub fn statement(&mut self, span: Span) -> u32 {
        if let Some(known) = self.statements.get(&span) {
            return *known;
        }
        let index = self.add(span, String::new());
        self.statements.insert(span, index);
        index
    }

    pub fn passage(&mut self, here: &Here) -> u32 {
        let key = (here.span, here.words);
        if let Some(known) = self.passages.get(&key) {
            return *known;
        }
        let index = self.add(here.span, here.words.written(self.text));
        self.passages.insert(key, index);
        index
    }

    fn add(&mut self, span: Span, words: String) -> u32 {
        let (from, to) = (self.place(span.start), self.place(span.end));
        self.all.push(Passage { from, to, words });
        self.all.len() as u32 - 1
    }

    /// Line and column of an offset, from 1.
    fn place(&self, offset: u32) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= offset).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start as usize..offset as usize).unwrap_or_default();
        (line as u32, before.chars().count() as u32 + 1)
    }

    /// All of them. Where two on one line have the same words, the words say the column.
    pub fn finish(mut self) -> Vec<Passage> {
        let mut columns: HashMap<(u32, &str), (u32, bool)> = HashMap::new();
        for Passage { from: (line, column), words, .. } in &self.all {
            let (first, differs) = columns.entry((*line, words)).or_insert((*column, false));
            *differs |= first != column;
        }
        let is_twice = |passage: &Passage| {
            let found = columns.get(&(passage.from.0, passage.words.as_str()));
            !passage.words.is_empty() && found.is_some_and(|(_, differs)| *differs)
        };
        let twice: Vec<bool> = self.all.iter().map(is_twice).collect();
        for (passage, _) in self.all.iter_mut().zip(twice).filter(|(_, twice)| *twice) {
            passage.words = format!("{} in column {}", passage.words, passage.from.1);
        }
        self.all
    }
}

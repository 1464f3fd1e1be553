//! What is found in a text, and where.

use std::fmt;

/// Findings of each severity that are reported at most.
pub(crate) const MAX_DIAGNOSTICS: usize = 50;

/// Whether a finding stops the program from being assembled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// No module was made.
    Error,
    /// A module was made; something in the text looks like a mistake.
    Warning,
}

/// A finding in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How many characters are concerned, at least 1.
    pub length: u32,
    /// Offset in bytes, from 0.
    pub offset: u32,
    /// What is wrong.
    pub message: String,
    /// What was expected there; empty when the message says it all.
    pub expected: String,
    /// What may help.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        explain(f, &self.message, &self.expected, self.help.as_deref())
    }
}

fn explain(
    f: &mut fmt::Formatter<'_>,
    message: &str,
    expected: &str,
    help: Option<&str>,
) -> fmt::Result {
    f.write_str(message)?;
    if !expected.is_empty() {
        write!(f, "; expected {expected}")?;
    }
    match help {
        Some(help) => write!(f, " ({help})"),
        None => Ok(()),
    }
}

impl std::error::Error for Diagnostic {}

/// Bytes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
}

impl Span {
    /// From the start of this span to the end of the other.
    pub fn to(self, end: Span) -> Span {
        Span { start: self.start, end: end.end }
    }
}

/// A finding before its line and column are known.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    span: Span,
    message: String,
    expected: String,
    help: Option<String>,
}

impl Problem {
    pub fn new(span: Span, message: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: expected.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn help_maybe(mut self, help: Option<String>) -> Self {
        self.help = self.help.or(help);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        explain(f, &self.message, &self.expected, self.help.as_deref())
    }
}

/// Collects findings.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl Findings {
    pub fn error(&mut self, problem: Problem) {
        if !self.full() {
            self.errors.push(problem);
        }
    }

    pub fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < MAX_DIAGNOSTICS {
            self.warnings.push(problem);
        }
    }

    pub fn full(&self) -> bool {
        self.errors.len() >= MAX_DIAGNOSTICS
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    pub fn into_errors(self, text: &str) -> Vec<Diagnostic> {
        locate(self.errors, Severity::Error, text)
    }

    pub fn into_warnings(self, text: &str) -> Vec<Diagnostic> {
        locate(self.warnings, Severity::Warning, text)
    }
}

/// Gives findings their line and column, in the order of the text.
fn locate(mut problems: Vec<Problem>, severity: Severity, text: &str) -> Vec<Diagnostic> {
    problems.sort_by_key(|problem| problem.span.start);
    let mut line = 1;
    let mut line_start = 0;
    let mut seen = 0;
    problems
        .into_iter()
        .map(|problem| {
            let start = problem.span.start;
            for (at, _) in text[seen..start].match_indices('\n') {
                line += 1;
                line_start = seen + at + 1;
            }
            seen = start;
            let before = text[line_start..start].chars().filter(|&c| c != '\u{feff}').count();
            let marked = text[start..problem.span.end].chars().count();
            Diagnostic {
                severity,
                line,
                column: before as u32 + 1,
                length: marked.max(1) as u32,
                offset: start as u32,
                message: problem.message,
                expected: problem.expected,
                help: problem.help,
            }
        })
        .collect()
}

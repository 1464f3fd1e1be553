//! Lines of text to statements. Names are not looked up yet.

use super::lexer::{Token, TokenKind, tokens};
use crate::diagnostic::{Findings, Problem, Span};
use crate::placement::EXPECTED;
use crate::suggest;
use bytecode::text::{quoted, shown};
use bytecode::{ADAPTS, MarkKind, Passage};

/// A name or word where it stands.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub text: String,
    pub span: Span,
}

/// What stands after a mnemonic.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    None,
    Integer(i64),
    Float(f64),
    /// In quotes: a text, or a name that is not a plain word.
    Text(String),
    Word(String),
    Field(Name, Name),
    /// `#3`: an entry of the constant pool by its index.
    Index(i64),
}

#[derive(Debug, Clone)]
pub(super) enum Statement {
    Label(Name),
    Module(Name),
    Entry(Name),
    Poll(PollSetting),
    /// `.within`: the most instructions between two polls.
    Within(u32),
    Globals(Vec<Name>),
    Shape(Name, Vec<Name>),
    Constant(Argument),
    Function(Name, Vec<Name>),
    /// A `.func` line that cannot be read. The lines after it belong to it, not to the function
    /// before.
    Unreadable,
    Locals(Vec<Name>),
    /// `.line N`
    SourceLine(u32),
    /// `.line off`
    NoLines,
    /// `.site`: how often the poll site of the next instruction polls.
    Site(u16),
    /// `.sites`: how often the poll sites of the function poll.
    Sites(u16),
    /// `.passage 7:5 7:20 "words"`
    Passage(Passage),
    /// `.statement N` or `.does N`, a passage by its index; `.numbers`
    Mark(MarkKind, u32),
    /// `.begin local` or `.end local`
    Scope(MarkKind, Name),
    Instruction {
        mnemonic: Name,
        argument: Argument,
        argument_span: Span,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum PollSetting {
    Every(u16),
    Kinds { kind: PollWord, on: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PollWord {
    Calls,
    BackEdges,
    Allocations,
    Awaits,
    All,
}

/// A statement with its place.
#[derive(Debug, Clone)]
pub(super) struct Located {
    pub statement: Statement,
    pub span: Span,
    /// Line of the text, from 1.
    pub line: u32,
}

pub(super) const DIRECTIVES: [&str; 18] = [
    "module",
    "entry",
    "poll",
    "within",
    "global",
    "shape",
    "constant",
    "func",
    "local",
    "line",
    "site",
    "sites",
    "passage",
    "statement",
    "does",
    "begin",
    "end",
    "numbers",
];

const POLL_WORDS: [(&str, PollWord); 5] = [
    ("calls", PollWord::Calls),
    ("back-edges", PollWord::BackEdges),
    ("allocations", PollWord::Allocations),
    ("awaits", PollWord::Awaits),
    ("all", PollWord::All),
];

/// All statements; a line with a mistake is reported and skipped.
pub(super) fn parse(text: &str, findings: &mut Findings) -> Vec<Located> {
    let mut statements = Vec::new();
    if let Some(at) = text.trim_end().find('\r').filter(|_| !text.contains('\n')) {
        let message = "the lines end with a carriage return alone, as on old Macs";
        findings.error(
            Problem::new(Span { start: at, end: at + 1 }, message, "line feeds between the lines")
                .help("save the text with the line ends of Unix or Windows"),
        );
        return statements;
    }
    let mut start = 0;
    for (index, line) in text.split('\n').enumerate() {
        let skipped = if start == 0 && line.starts_with('\u{feff}') { 3 } else { 0 };
        let parsed = tokens(&line[skipped..], start + skipped).and_then(|tokens| {
            let end = tokens.last().map_or(start, |token| token.span.end);
            Line { tokens: &tokens, at: 0, end, number: index as u32 + 1 }
                .statements(&mut statements)
        });
        if let Err(problem) = parsed {
            findings.error(problem);
            if line.trim_start().starts_with(".f") {
                let span = Span { start, end: start };
                let line = index as u32 + 1;
                statements.push(Located { statement: Statement::Unreadable, span, line });
            }
            if findings.full() {
                break;
            }
        }
        start += line.len() + 1;
    }
    statements
}

/// The words of a `.poll` directive.
pub(super) fn poll_setting(words: &str) -> Result<PollSetting, Problem> {
    let tokens = tokens(words, 0)?;
    let end = words.len();
    let mut line = Line { tokens: &tokens, at: 0, end, number: 1 };
    let setting = line.poll()?;
    if line.at < tokens.len() { Err(line.missing("nothing more")) } else { Ok(setting) }
}

struct Line<'a> {
    tokens: &'a [Token],
    at: usize,
    end: usize,
    number: u32,
}

impl Line<'_> {
    fn statements(mut self, out: &mut Vec<Located>) -> Result<(), Problem> {
        while let (Some(token), Some(Token { kind: TokenKind::Colon, .. })) =
            (self.tokens.get(self.at), self.tokens.get(self.at + 1))
        {
            let Some(name) = name_of(token) else { break };
            self.at += 2;
            let span = name.span;
            out.push(Located { statement: Statement::Label(name), span, line: self.number });
        }
        let Some(first) = self.next() else { return Ok(()) };
        let statement = match &first.kind {
            TokenKind::Dot => self.directive(first.span)?,
            TokenKind::Word(word) => {
                let mnemonic = Name { text: word.clone(), span: first.span };
                let from = self.peek_span();
                let argument = self.argument()?;
                let argument_span = if self.at > 0 && !matches!(argument, Argument::None) {
                    from.to(self.tokens[self.at - 1].span)
                } else {
                    first.span
                };
                Statement::Instruction { mnemonic, argument, argument_span }
            }
            _ => {
                return Err(Problem::new(
                    first.span,
                    "a line cannot start with this".to_owned(),
                    "a directive, a label or an instruction",
                ));
            }
        };
        if let Some(extra) = self.next() {
            return Err(Problem::new(
                extra.span.to(self.tokens[self.tokens.len() - 1].span),
                "this is too much for one line".to_owned(),
                "the end of the line",
            )
            .help("one instruction stands on each line; a comment starts with ;"));
        }
        let span = first.span.to(Span { start: 0, end: self.end });
        out.push(Located { statement, span, line: self.number });
        Ok(())
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at)?.clone();
        self.at += 1;
        Some(token)
    }

    fn peek_span(&self) -> Span {
        self.tokens.get(self.at).map_or(Span { start: self.end, end: self.end }, |token| token.span)
    }

    fn accept(&mut self, kind: &TokenKind) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|token| token.kind == *kind);
        self.at += usize::from(found);
        found
    }

    fn missing(&self, expected: &str) -> Problem {
        let message = match self.tokens.get(self.at) {
            Some(_) => "this does not belong here",
            None => "something is missing at the end of the line",
        };
        Problem::new(self.peek_span(), message, expected)
    }

    fn name(&mut self, expected: &str) -> Result<Name, Problem> {
        let name = self.tokens.get(self.at).and_then(name_of);
        self.at += usize::from(name.is_some());
        name.ok_or_else(|| self.missing(expected))
    }

    /// Names up to the end of the line, with commas between them or not.
    fn names(&mut self, expected: &str) -> Result<Vec<Name>, Problem> {
        let mut names = Vec::new();
        while self.at < self.tokens.len() {
            names.push(self.name(expected)?);
            self.accept(&TokenKind::Comma);
        }
        Ok(names)
    }

    fn some_names(&mut self, expected: &str) -> Result<Vec<Name>, Problem> {
        let names = self.names(expected)?;
        if names.is_empty() { Err(self.missing(expected)) } else { Ok(names) }
    }

    fn integer(&mut self) -> Option<i64> {
        let Some(Token { kind: TokenKind::Integer(value), .. }) = self.tokens.get(self.at) else {
            return None;
        };
        self.at += 1;
        Some(*value)
    }

    fn argument(&mut self) -> Result<Argument, Problem> {
        let Some(token) = self.next() else { return Ok(Argument::None) };
        if let Some(owner) = name_of(&token)
            && self.accept(&TokenKind::Dot)
        {
            return Ok(Argument::Field(owner, self.name("the name of a field")?));
        }
        Ok(match token.kind {
            TokenKind::Integer(value) => Argument::Integer(value),
            TokenKind::Float(value) => Argument::Float(value),
            TokenKind::Text(text) => Argument::Text(text),
            TokenKind::Word(word) => Argument::Word(word),
            TokenKind::Hash => match self.integer() {
                Some(index) => Argument::Index(index),
                None => return Err(self.missing("the index of a constant")),
            },
            _ => {
                self.at -= 1;
                return Err(self.missing("a name, a number or a text in quotes"));
            }
        })
    }

    fn directive(&mut self, dot: Span) -> Result<Statement, Problem> {
        let name = self.name("a directive such as .func")?;
        Ok(match name.text.as_str() {
            "module" => Statement::Module(self.name("the module's name")?),
            "entry" => Statement::Entry(self.name("the name of a function")?),
            "poll" => Statement::Poll(self.poll()?),
            "within" => {
                let span = self.peek_span();
                let expected = "the most instructions between two polls, from 1";
                match self.number(expected)? {
                    0 => return Err(Problem::new(span, "0 is out of range", expected)),
                    most => Statement::Within(most),
                }
            }
            "global" => Statement::Globals(self.some_names("the name of a global variable")?),
            "shape" => {
                let shape = self.name("the name of the shape")?;
                Statement::Shape(shape, self.names("the name of a field")?)
            }
            "constant" => match self.argument()? {
                Argument::None => return Err(self.missing("a float or a text in quotes")),
                argument => Statement::Constant(argument),
            },
            "func" => self.function()?,
            "local" => Statement::Locals(self.some_names("the name of a local variable")?),
            "line" => self.source_line()?,
            "site" => Statement::Site(self.often()?),
            "sites" => Statement::Sites(self.often()?),
            "passage" => Statement::Passage(self.passage()?),
            "statement" => Statement::Mark(MarkKind::Statement, self.index()?),
            "does" => Statement::Mark(MarkKind::Passage, self.index()?),
            "begin" => Statement::Scope(MarkKind::Begin, self.name("a local variable")?),
            "end" => Statement::Scope(MarkKind::End, self.name("a local variable")?),
            "numbers" => Statement::Mark(MarkKind::Numbers, 0),
            other => {
                let help = suggest::closest(other, DIRECTIVES.iter().copied())
                    .map(|found| format!("did you mean .{found}?"));
                return Err(Problem::new(
                    dot.to(name.span),
                    format!(".{} is no directive", shown(other, 60)),
                    format!("one of .{}", DIRECTIVES.join(", .")),
                )
                .help_maybe(help));
            }
        })
    }

    fn function(&mut self) -> Result<Statement, Problem> {
        let function = self.name("the name of the function")?;
        let mut params = Vec::new();
        if self.accept(&TokenKind::Open) {
            while !self.accept(&TokenKind::Close) {
                params.push(self.name("the name of a parameter, or )")?);
                self.accept(&TokenKind::Comma);
            }
        }
        Ok(Statement::Function(function, params))
    }

    fn source_line(&mut self) -> Result<Statement, Problem> {
        let expected = "a line number from 1, or off";
        if self.accept(&TokenKind::Word("off".to_owned())) {
            return Ok(Statement::NoLines);
        }
        let span = self.peek_span();
        let number = self.integer().ok_or_else(|| self.missing(expected))?;
        match u32::try_from(number) {
            Ok(line) if line > 0 => Ok(Statement::SourceLine(line)),
            _ => Err(Problem::new(span, format!("{number} is no line number"), expected)),
        }
    }

    /// How often a poll site polls, in the numbers of a module.
    fn often(&mut self) -> Result<u16, Problem> {
        let word = self.name(EXPECTED)?;
        match word.text.as_str() {
            "none" => Ok(0),
            "always" => Ok(1),
            "adapt" => Ok(ADAPTS),
            "every" => self.every(ADAPTS - 1),
            other => {
                let message = format!("{} says nothing of a poll site", quoted(&shown(other, 60)));
                let help =
                    suggest::did_you_mean(other, ["none", "always", "adapt", "every"].into_iter());
                Err(Problem::new(word.span, message, EXPECTED).help_maybe(help))
            }
        }
    }

    fn every(&mut self, most: u16) -> Result<u16, Problem> {
        let span = self.peek_span();
        let expected = format!("a whole number from 1 to {most}");
        let number = self.integer().ok_or_else(|| self.missing(&expected))?;
        match u16::try_from(number) {
            Ok(every) if (1..=most).contains(&every) => Ok(every),
            _ => {
                let message = format!("every {number}th back-edge cannot poll");
                Err(Problem::new(span, message, expected))
            }
        }
    }

    fn number(&mut self, expected: &str) -> Result<u32, Problem> {
        let span = self.peek_span();
        let number = self.integer().ok_or_else(|| self.missing(expected))?;
        u32::try_from(number)
            .map_err(|_| Problem::new(span, format!("{number} is out of range"), expected))
    }

    fn index(&mut self) -> Result<u32, Problem> {
        self.number("the number of a .passage, from 0")
    }

    fn passage(&mut self) -> Result<Passage, Problem> {
        let mut place = || {
            let line = self.number("a line and a column, e.g. 7:5")?;
            if !self.accept(&TokenKind::Colon) {
                return Err(self.missing(": and a column"));
            }
            Ok((line, self.number("a column")?))
        };
        let (from, to) = (place()?, place()?);
        let words = self.name("words in quotes")?.text;
        Ok(Passage { from, to, words })
    }

    fn poll(&mut self) -> Result<PollSetting, Problem> {
        let expected =
            "calls, back-edges, allocations, awaits or all with on or off, or every with a number";
        let word = self.name(expected)?;
        if word.text == "every" {
            return self.every(u16::MAX).map(PollSetting::Every);
        }
        let Some((_, kind)) = POLL_WORDS.iter().find(|(known, _)| *known == word.text) else {
            let known = POLL_WORDS.iter().map(|(known, _)| *known).chain(["every"]);
            return Err(Problem::new(
                word.span,
                format!("{} is no kind of poll site", quoted(&shown(&word.text, 60))),
                expected,
            )
            .help_maybe(suggest::did_you_mean(&word.text, known)));
        };
        let on = if self.accept(&TokenKind::Word("on".to_owned())) {
            true
        } else if self.accept(&TokenKind::Word("off".to_owned())) {
            false
        } else {
            return Err(self.missing("on or off"));
        };
        Ok(PollSetting::Kinds { kind: *kind, on })
    }
}

fn name_of(token: &Token) -> Option<Name> {
    match &token.kind {
        TokenKind::Word(text) | TokenKind::Text(text) => {
            Some(Name { text: text.clone(), span: token.span })
        }
        _ => None,
    }
}

/// The float that an argument writes.
pub(super) fn float(argument: &Argument) -> Option<f64> {
    match argument {
        Argument::Float(value) => Some(*value),
        Argument::Word(word) if word == "nan" => Some(f64::NAN),
        Argument::Word(word) if word == "inf" => Some(f64::INFINITY),
        _ => None,
    }
}

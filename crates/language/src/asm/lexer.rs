//! One line of text to words.

use crate::diagnostic::{Problem, Span};
use bytecode::parse_float;
use bytecode::text::{is_word, shown};

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A mnemonic, name or keyword.
    Word(String),
    /// A text in quotes, its escapes resolved.
    Text(String),
    Integer(i64),
    Float(f64),
    Dot,
    Colon,
    Comma,
    Open,
    Close,
    Hash,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// The tokens of a line that starts at byte `start` of the whole text; comments are dropped.
pub(super) fn tokens(line: &str, start: usize) -> Result<Vec<Token>, Problem> {
    Lexer { line, start, at: 0 }.all()
}

struct Lexer<'a> {
    line: &'a str,
    start: usize,
    at: usize,
}

impl Lexer<'_> {
    fn all(mut self) -> Result<Vec<Token>, Problem> {
        let mut tokens = Vec::new();
        while let Some(c) = self.peek() {
            let from = self.at;
            let kind = match c {
                ';' => break,
                c if c.is_whitespace() => {
                    self.at += c.len_utf8();
                    continue;
                }
                '"' => self.text()?,
                '.' => self.single(TokenKind::Dot),
                ':' => self.single(TokenKind::Colon),
                ',' => self.single(TokenKind::Comma),
                '(' => self.single(TokenKind::Open),
                ')' => self.single(TokenKind::Close),
                '#' if tokens.is_empty() => return Err(self.comment("#")),
                '/' if self.line[from..].starts_with("//") => return Err(self.comment("//")),
                '#' => self.single(TokenKind::Hash),
                c if is_word(c, true) => {
                    self.skip(|c| is_word(c, false));
                    TokenKind::Word(self.line[from..self.at].to_owned())
                }
                c if c.is_ascii_digit() || c == '-' || c == '+' => self.number()?,
                c => {
                    self.at += c.len_utf8();
                    return Err(Problem::new(
                        self.span(from),
                        format!("the character {c:?} means nothing here"),
                        "a directive, a label or an instruction",
                    )
                    .help("a comment starts with ;"));
                }
            };
            tokens.push(Token { kind, span: self.span(from) });
        }
        Ok(tokens)
    }

    /// The beginning of a comment in other languages.
    fn comment(&mut self, begin: &str) -> Problem {
        let from = self.at;
        self.at += begin.len();
        Problem::new(
            self.span(from),
            format!("{begin} begins no comment here"),
            "a comment behind ;",
        )
    }

    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn span(&self, from: usize) -> Span {
        Span { start: self.start + from, end: self.start + self.at }
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn skip(&mut self, accept: impl Fn(char) -> bool) {
        while let Some(c) = self.peek().filter(|&c| accept(c)) {
            self.at += c.len_utf8();
        }
    }

    fn number(&mut self) -> Result<TokenKind, Problem> {
        let from = self.at;
        if matches!(self.peek(), Some('-' | '+')) {
            self.at += 1;
        }
        self.skip(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
        // The sign of an exponent.
        let so_far = &self.line[from..self.at];
        if so_far.ends_with(['e', 'E'])
            && !so_far.contains(['x', 'X'])
            && matches!(self.peek(), Some('-' | '+'))
        {
            self.at += 1;
            self.skip(|c| c.is_ascii_digit());
        }
        let written = &self.line[from..self.at];
        let digits = written.replace('_', "");
        let bare = digits.trim_start_matches(['-', '+']);
        let value = if bare == "inf" {
            let infinite = if digits.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
            Some(TokenKind::Float(infinite))
        } else if let Some(hexadecimal) = bare.strip_prefix("0x") {
            let sign = if digits.starts_with('-') { "-" } else { "" };
            i64::from_str_radix(&format!("{sign}{hexadecimal}"), 16).ok().map(TokenKind::Integer)
        } else if !bare.starts_with(|c: char| c.is_ascii_digit()) {
            None
        } else if bare.contains(['.', 'e', 'E']) {
            let value = parse_float(&digits);
            if value.is_some_and(f64::is_infinite) {
                return Err(self.too_large(from, &digits));
            }
            value.map(TokenKind::Float)
        } else if bare.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number with more digits than fit is out of range anyway.
            Some(TokenKind::Integer(digits.parse().unwrap_or(i64::MAX)))
        } else {
            None
        };
        value.ok_or_else(|| {
            Problem::new(
                self.span(from),
                format!("{} is no number", shown(written, 60)),
                "a number such as 5, -1, 0xff, 2.5 or 1e9",
            )
        })
    }

    fn too_large(&self, from: usize, digits: &str) -> Problem {
        let sign = if digits.starts_with('-') { "-" } else { "" };
        let message = "this number is too large for a float";
        Problem::new(self.span(from), message, format!("at most {:e} in size", f64::MAX))
            .help(format!("for infinity write {sign}inf"))
    }

    fn text(&mut self) -> Result<TokenKind, Problem> {
        let from = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let escape = self.at;
            let Some(c) = self.peek() else {
                return Err(Problem::new(
                    self.span(from),
                    "the text is not closed".to_owned(),
                    "a closing \" on the same line",
                ));
            };
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(TokenKind::Text(text)),
                '\\' => match self.escape() {
                    Some(c) => text.push(c),
                    None => {
                        return Err(Problem::new(
                            self.span(escape),
                            format!("{} is no escape", shown(&self.line[escape..self.at], 60)),
                            r#"\n, \r, \t, \", \\ or \u{...} with a character's number"#,
                        ));
                    }
                },
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        match c {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            '"' | '\\' => Some(c),
            'u' => {
                let rest = self.line[self.at..].strip_prefix('{')?;
                let length = rest.find('}')?;
                let number = u32::from_str_radix(&rest[..length], 16).ok()?;
                self.at += length + 2;
                char::from_u32(number)
            }
            _ => None,
        }
    }
}

//! From a condition's text to its parts.

use super::expr::{ConditionError, Expr, Name};
use crate::heap::Value;
use crate::vm::arithmetic::Operator;
use crate::vm::op::Comparison;
use bytecode::text::is_letter;
use bytecode::{parse_float, shown};

/// The largest number of characters of a condition.
const LONGEST: usize = 1000;
/// Deeper nesting is refused, so that no text exhausts the stack.
const DEEPEST: u32 = 64;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Literal(Value),
    /// A name in backquotes, which may contain any characters.
    Quoted(String),
    Text(String),
    Sign(&'static str),
    End,
}

/// Two characters before one, so that `<=` is not read as `<`.
const SIGNS: [&str; 13] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "(", ")"];

struct Parser<'a> {
    tokens: Vec<(Token, u32)>,
    at: usize,
    depth: u32,
    name: &'a dyn Fn(&str) -> Option<Name>,
    known: &'a str,
}

pub(super) fn condition(
    text: &str,
    name: &dyn Fn(&str) -> Option<Name>,
    known: &str,
) -> Result<Expr, ConditionError> {
    if text.chars().count() > LONGEST {
        let message = format!("it is longer than {LONGEST} characters; shorten it");
        return Err(ConditionError { column: 1, message });
    }
    let mut parser = Parser { tokens: tokens(text)?, at: 0, depth: 0, name, known };
    let expr = parser.or()?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.expected("an operator, \"and\", \"or\" or the end")),
    }
}

fn tokens(text: &str) -> Result<Vec<(Token, u32)>, ConditionError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let column = at as u32 + 1;
        let word = |dots: bool| {
            let part =
                |c: &&char| matches!(**c, '0'..='9' | '_') || is_letter(**c) || dots && **c == '.';
            chars[at..].iter().take_while(part).count()
        };
        if c.is_whitespace() {
            at += 1;
        } else if c.is_ascii_digit() {
            let length = word(true);
            let digits: String = chars[at..at + length].iter().collect();
            tokens.push((number(&digits, column)?, column));
            at += length;
        } else if is_letter(c) || c == '_' {
            let length = word(false);
            tokens.push((Token::Word(chars[at..at + length].iter().collect()), column));
            at += length;
        } else if c == '"' || c == '`' {
            let Some(length) = chars[at + 1..].iter().position(|end| *end == c) else {
                let message = format!("what begins here has no end; expected {c}");
                return Err(ConditionError { column, message });
            };
            let inside = chars[at + 1..at + 1 + length].iter().collect();
            let token = if c == '"' { Token::Text(inside) } else { Token::Quoted(inside) };
            tokens.push((token, column));
            at += length + 2;
        } else {
            let sign = SIGNS
                .into_iter()
                .find(|sign| sign.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c)));
            let Some(sign) = sign else {
                let hint = match c {
                    '=' => "; to compare write ==",
                    '&' => "; write and",
                    '|' => "; write or",
                    '!' => "; write not",
                    _ => "",
                };
                let message = format!("{c:?} has no meaning here{hint}");
                return Err(ConditionError { column, message });
            };
            tokens.push((Token::Sign(sign), column));
            at += sign.len();
        }
    }
    tokens.push((Token::End, chars.len() as u32 + 1));
    Ok(tokens)
}

fn number(digits: &str, column: u32) -> Result<Token, ConditionError> {
    let plain = digits.replace('_', "");
    if let Ok(int) = plain.parse::<i32>() {
        return Ok(Token::Literal(Value::int(int)));
    }
    match parse_float(&plain) {
        Some(float) if plain.contains('.') || plain.contains('e') => {
            Ok(Token::Literal(Value::float(float)))
        }
        _ => {
            let message = format!(
                "{} is no number; expected an integer of 32 bits or a float such as 1.5",
                shown(digits, 60)
            );
            Err(ConditionError { column, message })
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.at += 1;
        }
        token
    }

    fn takes(&mut self, sign: &str) -> bool {
        let there = match self.peek() {
            Token::Sign(found) => *found == sign,
            Token::Word(found) => found == sign,
            _ => false,
        };
        if there {
            self.at += 1;
        }
        there
    }

    fn expected(&self, what: &str) -> ConditionError {
        let found = match self.peek() {
            Token::Word(word) | Token::Quoted(word) => format!("\"{}\"", shown(word, 60)),
            Token::Literal(_) => "a number".into(),
            Token::Text(_) => "a text".into(),
            Token::Sign(sign) => format!("\"{sign}\""),
            Token::End => "the end".into(),
        };
        let message = format!("expected {what}, but found {found}");
        ConditionError { column: self.tokens[self.at].1, message }
    }

    fn or(&mut self) -> Result<Expr, ConditionError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            let message = "it is nested too deeply; simplify it".into();
            return Err(ConditionError { column: self.tokens[self.at].1, message });
        }
        let mut left = self.and()?;
        while self.takes("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, ConditionError> {
        let mut left = self.not()?;
        while self.takes("and") {
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, ConditionError> {
        let mut times = 0;
        while self.takes("not") {
            times += 1;
        }
        let of = self.comparison()?;
        match times {
            0 => Ok(of),
            // Two `not` cancel each other, but each needs a bool.
            times if times % 2 == 0 => Ok(Expr::Not(Box::new(Expr::Not(Box::new(of))))),
            _ => Ok(Expr::Not(Box::new(of))),
        }
    }

    fn comparison(&mut self) -> Result<Expr, ConditionError> {
        let left = self.sum()?;
        let signs = [
            ("==", Comparison::Eq),
            ("!=", Comparison::Ne),
            ("<=", Comparison::Le),
            (">=", Comparison::Ge),
            ("<", Comparison::Lt),
            (">", Comparison::Gt),
        ];
        for (sign, with) in signs {
            if self.takes(sign) {
                return Ok(Expr::Compare(with, Box::new(left), Box::new(self.sum()?)));
            }
        }
        Ok(left)
    }

    fn sum(&mut self) -> Result<Expr, ConditionError> {
        let mut left = self.product()?;
        loop {
            let operator = if self.takes("+") {
                Operator::Add
            } else if self.takes("-") {
                Operator::Sub
            } else {
                return Ok(left);
            };
            left = Expr::Operate(operator, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Result<Expr, ConditionError> {
        let mut left = self.minus()?;
        loop {
            let operator = if self.takes("*") {
                Operator::Mul
            } else if self.takes("/") {
                Operator::Div
            } else if self.takes("%") {
                Operator::Rem
            } else {
                return Ok(left);
            };
            left = Expr::Operate(operator, Box::new(left), Box::new(self.minus()?));
        }
    }

    fn minus(&mut self) -> Result<Expr, ConditionError> {
        let mut times = 0;
        while self.takes("-") {
            times += 1;
        }
        let mut of = self.primary()?;
        if times > 0 {
            of = Expr::Minus(Box::new(of));
            if times % 2 == 0 {
                of = Expr::Minus(Box::new(of));
            }
        }
        Ok(of)
    }

    fn primary(&mut self) -> Result<Expr, ConditionError> {
        let column = self.tokens[self.at].1;
        if self.takes("(") {
            let inside = self.or()?;
            return if self.takes(")") { Ok(inside) } else { Err(self.expected("\")\"")) };
        }
        let wanted = "a number, a text, true, false, null, a name or \"(\"";
        match self.peek() {
            Token::Literal(_) | Token::Text(_) | Token::Word(_) | Token::Quoted(_) => {}
            _ => return Err(self.expected(wanted)),
        }
        match self.next() {
            Token::Literal(value) => Ok(Expr::Value(value)),
            Token::Text(text) => Ok(Expr::Text(text)),
            Token::Word(word) => match word.as_str() {
                "true" => Ok(Expr::Value(Value::TRUE)),
                "false" => Ok(Expr::Value(Value::FALSE)),
                "null" => Ok(Expr::Value(Value::NULL)),
                "undefined" => Ok(Expr::Value(Value::UNDEFINED)),
                "and" | "or" | "not" => {
                    self.at -= 1;
                    Err(self.expected(wanted))
                }
                name => self.named(name, column),
            },
            Token::Quoted(name) => self.named(&name, column),
            Token::Sign(_) | Token::End => Err(self.expected(wanted)),
        }
    }

    fn named(&self, name: &str, column: u32) -> Result<Expr, ConditionError> {
        (self.name)(name).map(Expr::Name).ok_or_else(|| ConditionError {
            column,
            message: format!(
                "no local or global is called {:?}; known here: {}",
                shown(name, 60),
                self.known
            ),
        })
    }
}

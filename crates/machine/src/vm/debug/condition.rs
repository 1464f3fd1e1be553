//! Conditions of breakpoints: a small language over locals, globals and literals.
//!
//! ```text
//! condition  = and { "or" and }
//! and        = not { "and" not }
//! not        = "not" not | comparison
//! comparison = sum [ ( "==" | "!=" | "<" | "<=" | ">" | ">=" ) sum ]
//! sum        = product { ( "+" | "-" ) product }
//! product    = minus { ( "*" | "/" | "%" ) minus }
//! minus      = "-" minus | literal | name | "(" condition ")"
//! ```
//!
//! A name that is no plain word is written in backquotes. A literal is a number, a text in double quotes,
//! `true`, `false` or `null`. A name is a local of the function, or else a global, or else `hits`: the
//! breakpoint's hits so far. Operators have the meaning of the instructions with the same name; `and` and `or`
//! evaluate their right side only if the left side does not decide.

use super::expr::{ConditionError, Expr, Name};
use super::parse;
use crate::heap::{Heap, Kind, Value};
use crate::vm::arithmetic::{Operator, compare, kind_name, operate, string};
use crate::vm::op::Comparison;

/// A condition for one function.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    expr: Expr,
}

/// The values of names while a condition is evaluated.
pub(super) struct Scope<'a> {
    pub(super) heap: &'a Heap,
    pub(super) local: &'a dyn Fn(u8, Option<u8>) -> Value,
    pub(super) global: &'a dyn Fn(u16) -> Value,
    pub(super) hits: u64,
}

/// A value, or a text that is in no heap.
#[derive(Clone, Copy)]
enum Evaluated<'a> {
    Value(Value),
    Text(&'a str),
}

impl Condition {
    /// Reads a condition. `name` finds what a name stands for, and `known` lists names for messages.
    pub(super) fn parse(
        text: &str,
        name: &dyn Fn(&str) -> Option<Name>,
        known: &str,
    ) -> Result<Self, ConditionError> {
        parse::condition(text, name, known).map(|expr| Self { expr })
    }

    /// Whether the condition holds. An error says why it has no result.
    pub(super) fn holds(&self, scope: &Scope<'_>) -> Result<bool, String> {
        truth(scope, &self.expr, "the condition")
    }
}

fn truth(scope: &Scope<'_>, expr: &Expr, what: &str) -> Result<bool, String> {
    match evaluate(scope, expr)? {
        Evaluated::Value(Value::TRUE) => Ok(true),
        Evaluated::Value(Value::FALSE) => Ok(false),
        other => Err(format!("{what} needs a bool, but finds {}", kind(scope, other))),
    }
}

fn kind(scope: &Scope<'_>, found: Evaluated<'_>) -> &'static str {
    match found {
        Evaluated::Value(value) => kind_name(scope.heap, value),
        Evaluated::Text(_) => "a string",
    }
}

fn evaluate<'e>(scope: &Scope<'_>, expr: &'e Expr) -> Result<Evaluated<'e>, String> {
    let bool = |holds| Ok(Evaluated::Value(Value::bool(holds)));
    match expr {
        Expr::Value(value) => Ok(Evaluated::Value(*value)),
        Expr::Text(text) => Ok(Evaluated::Text(text)),
        Expr::Name(Name::Local(local, field)) => {
            Ok(Evaluated::Value((scope.local)(*local, *field)))
        }
        Expr::Name(Name::Global(global)) => Ok(Evaluated::Value((scope.global)(*global))),
        Expr::Name(Name::Hits) => {
            Ok(Evaluated::Value(Value::int(i32::try_from(scope.hits).unwrap_or(i32::MAX))))
        }
        Expr::Not(of) => bool(!truth(scope, of, "not")?),
        Expr::And(a, b) => bool(truth(scope, a, "and")? && truth(scope, b, "and")?),
        Expr::Or(a, b) => bool(truth(scope, a, "or")? || truth(scope, b, "or")?),
        Expr::Minus(of) => {
            let found = evaluate(scope, of)?;
            if let Evaluated::Value(value) = found {
                match value.kind() {
                    Kind::Int(int) => return Ok(Evaluated::Value(Value::int(int.wrapping_neg()))),
                    Kind::Float(float) => return Ok(Evaluated::Value(Value::float(-float))),
                    _ => {}
                }
            }
            Err(format!("- needs a number, but finds {}", kind(scope, found)))
        }
        Expr::Operate(operator, a, b) => {
            let (a, b) = (evaluate(scope, a)?, evaluate(scope, b)?);
            if let (Evaluated::Value(x), Evaluated::Value(y)) = (a, b)
                && let Ok(value) = operate(*operator, x, y)
            {
                return Ok(Evaluated::Value(value));
            }
            Err(format!(
                "{} has no result for {} and {}",
                sign(*operator),
                kind(scope, a),
                kind(scope, b)
            ))
        }
        Expr::Compare(with, a, b) => {
            let (a, b) = (evaluate(scope, a)?, evaluate(scope, b)?);
            match compared(scope.heap, *with, a, b) {
                Some(holds) => bool(holds),
                None => Err(format!("{} and {} cannot be ordered", kind(scope, a), kind(scope, b))),
            }
        }
    }
}

fn compared(heap: &Heap, with: Comparison, a: Evaluated<'_>, b: Evaluated<'_>) -> Option<bool> {
    if let (Evaluated::Value(a), Evaluated::Value(b)) = (a, b) {
        return compare(heap, with, a, b);
    }
    match (text(heap, a), text(heap, b)) {
        // Applied to the numbers -1, 0 and 1, which stand for the order.
        (Some(a), Some(b)) => Some(with.ints(a.cmp(b) as i32, 0)),
        _ => match with {
            Comparison::Eq => Some(false),
            Comparison::Ne => Some(true),
            _ => None,
        },
    }
}

fn text<'a>(heap: &'a Heap, found: Evaluated<'a>) -> Option<&'a str> {
    match found {
        Evaluated::Text(text) => Some(text),
        Evaluated::Value(value) => string(heap, value).map(|string| heap.text(string)),
    }
}

fn sign(operator: Operator) -> char {
    match operator {
        Operator::Add => '+',
        Operator::Sub => '-',
        Operator::Mul => '*',
        Operator::Div => '/',
        Operator::Rem => '%',
    }
}

//! The parts of a condition, and what can be wrong with its text.

use std::fmt;

use crate::heap::Value;
use crate::vm::arithmetic::Operator;
use crate::vm::op::Comparison;

/// A mistake in a condition's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionError {
    /// From 1, in characters.
    pub column: u32,
    /// What was wrong and what was expected.
    pub message: String,
}

impl fmt::Display for ConditionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "condition, column {}: {}", self.column, self.message)
    }
}

impl std::error::Error for ConditionError {}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// The local, and of a variable of a function around its field in what that has.
    Local(u8, Option<u8>),
    Global(u16),
    Hits,
}

/// A part of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Value(Value),
    Text(String),
    Name(Name),
    Minus(Box<Expr>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Operate(Operator, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
}

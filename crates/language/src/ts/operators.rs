//! Operators and conditions.

use oxc_ast::ast::{
    BinaryExpression, BinaryOperator, ConditionalExpression, Expression, LogicalExpression,
    LogicalOperator, UnaryExpression, UnaryOperator,
};
use oxc_span::{GetSpan, Span};

use super::code::Label;
use super::function::Function;
use super::types::Type;
use super::unit::{Refused, Result};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    pub fn unary(&mut self, one: &'p UnaryExpression<'p>) -> Result<Type> {
        match one.operator {
            UnaryOperator::UnaryNegation => {
                if let Expression::NumericLiteral(number) = &one.argument {
                    return self.literal(number, -1.0);
                }
                self.expect(&one.argument, &Type::Number)?;
                self.emit(Instruction::JsNeg);
                Ok(Type::Number)
            }
            UnaryOperator::UnaryPlus => {
                self.expect(&one.argument, &Type::Number)?;
                // Changes no number, and refuses what is none.
                self.emit(Instruction::Int(0));
                self.emit(Instruction::JsSub);
                Ok(Type::Number)
            }
            UnaryOperator::LogicalNot => {
                self.truth(&one.argument)?;
                self.emit(Instruction::Not);
                Ok(Type::Bool)
            }
            UnaryOperator::BitwiseNot => {
                self.bits(&one.argument)?;
                self.emit(Instruction::Int(-1));
                self.emit(Instruction::Xor);
                Ok(Type::Number)
            }
            UnaryOperator::Typeof | UnaryOperator::Void | UnaryOperator::Delete => {
                let what = one.operator.as_str();
                self.unit.unsupported(one.span, what, "a variable of a known type")
            }
        }
    }

    /// The operand of a bitwise operator.
    fn bits(&mut self, expression: &'p Expression<'p>) -> Result<()> {
        self.expect(expression, &Type::Number)?;
        let is_int = match expression.without_parentheses() {
            Expression::NumericLiteral(one) => f64::from(one.value as i32) == one.value,
            Expression::BinaryExpression(one) => {
                one.operator.is_bitwise() && one.operator != BinaryOperator::ShiftRightZeroFill
            }
            _ => false,
        };
        if !is_int {
            self.emit(Instruction::JsInt);
        }
        Ok(())
    }

    /// A value as a condition takes it.
    fn truth(&mut self, expression: &'p Expression<'p>) -> Result<()> {
        let of = self.expression(expression, None)?;
        if of == Type::Unknown {
            return Err(Refused);
        }
        if !is_certain(expression) {
            self.emit(Instruction::JsTrue);
        }
        Ok(())
    }

    /// Jumps if a condition is as `when` says, and goes on otherwise.
    pub fn branch(&mut self, condition: &'p Expression<'p>, when: bool, to: Label) -> Result<()> {
        self.down(condition.span(), |function| function.any_branch(condition, when, to))
    }

    fn any_branch(&mut self, condition: &'p Expression<'p>, when: bool, to: Label) -> Result<()> {
        match condition {
            Expression::ParenthesizedExpression(one) => self.branch(&one.expression, when, to),
            Expression::BooleanLiteral(one) => {
                if one.value == when {
                    self.jump(Instruction::Jmp, to);
                }
                Ok(())
            }
            Expression::UnaryExpression(one) if one.operator == UnaryOperator::LogicalNot => {
                self.branch(&one.argument, !when, to)
            }
            Expression::LogicalExpression(one) if one.operator != LogicalOperator::Coalesce => {
                // `a && b` is false as soon as one is, `a || b` true.
                let decides = one.operator == LogicalOperator::Or;
                if decides == when {
                    self.branch(&one.left, when, to)?;
                    self.branch(&one.right, when, to)
                } else {
                    let end = self.code.label();
                    self.branch(&one.left, decides, end)?;
                    self.branch(&one.right, when, to)?;
                    self.code.place(end);
                    Ok(())
                }
            }
            other => {
                self.truth(other)?;
                self.jump(if when { Instruction::JmpIf } else { Instruction::JmpIfNot }, to);
                Ok(())
            }
        }
    }

    pub fn binary(&mut self, one: &'p BinaryExpression<'p>) -> Result<Type> {
        use BinaryOperator as B;
        match one.operator {
            B::StrictEquality | B::StrictInequality | B::Equality | B::Inequality => {
                self.equality(one)
            }
            B::LessThan | B::LessEqualThan | B::GreaterThan | B::GreaterEqualThan => {
                let left = self.expression(&one.left, None)?;
                if !matches!(left, Type::Number | Type::Text | Type::Unknown) {
                    let found = self.unit.name(&left);
                    return self.unit.refuse(
                        one.left.span(),
                        format!("{found} in a comparison"),
                        "two numbers or two strings",
                    );
                }
                self.expect(&one.right, &left)?;
                self.at(one.span);
                self.emit(match one.operator {
                    B::LessThan => Instruction::Lt,
                    B::LessEqualThan => Instruction::Le,
                    B::GreaterThan => Instruction::Gt,
                    _ => Instruction::Ge,
                });
                if left == Type::Number {
                    self.code.compares_numbers();
                }
                Ok(Type::Bool)
            }
            B::Instanceof => {
                let of = self.expression(&one.left, None)?;
                self.instance_of(&of, &one.right, one.span)
            }
            B::Addition => {
                let left = self.expression(&one.left, None)?;
                self.sum(&left, is_text(&one.left), &one.right, one.span)
            }
            B::BitwiseOR if is_zero(&one.right) => {
                self.bits(&one.left)?;
                Ok(Type::Number)
            }
            operator if operator.is_bitwise() => {
                self.bits(&one.left)?;
                self.bits(&one.right)?;
                self.operator(operator, one.span)
            }
            operator => {
                self.expect(&one.left, &Type::Number)?;
                self.expect(&one.right, &Type::Number)?;
                self.at(one.span);
                self.operator(operator, one.span)
            }
        }
    }

    /// `+`, with its left operand on the stack.
    ///
    /// `is_sure`: that the left one, if it should be a string, is one.
    pub fn sum(
        &mut self,
        left: &Type,
        is_sure: bool,
        right: &'p Expression<'p>,
        span: Span,
    ) -> Result<Type> {
        if *left == Type::Unknown {
            return Err(Refused);
        }
        if *left == Type::Number {
            // Which `+` it is depends on the right operand, whose text is made before it is joined.
            let of = self.expression(right, None)?;
            self.at(span);
            if of == Type::Number {
                self.emit(Instruction::JsAdd);
                return Ok(Type::Number);
            }
            if of != Type::Text {
                self.fits(&of, &Type::Number, right.span())?;
                let found = self.unit.name(&of);
                return self.unit.refuse(right.span(), format!("number + {found}"), "two numbers");
            }
            if !is_text(right) {
                self.emit(Instruction::JsText);
            }
            self.emit(Instruction::Swap);
            self.emit(Instruction::JsText);
            self.emit(Instruction::Swap);
            self.emit(Instruction::Concat);
            return Ok(Type::Text);
        }
        if *left == Type::Text {
            if !is_sure {
                self.emit(Instruction::JsText);
            }
            self.as_text(right)?;
            self.at(span);
            self.emit(Instruction::Concat);
            return Ok(Type::Text);
        }
        let (of, found) = (self.expression(right, None)?, self.unit.name(left));
        if of == Type::Text {
            self.emit(Instruction::Swap);
            self.stringify(left, span)?;
            self.emit(Instruction::Swap);
            self.emit(Instruction::Concat);
            return Ok(Type::Text);
        }
        self.unit.refuse(
            span,
            format!("{found} + {}", of.name(&self.unit.shapes)),
            "two numbers, or a string",
        )
    }

    /// An operator over the two numbers on the stack.
    pub fn operator(&mut self, operator: BinaryOperator, span: Span) -> Result<Type> {
        use BinaryOperator as B;
        self.emit(match operator {
            B::Addition => Instruction::JsAdd,
            B::Subtraction => Instruction::JsSub,
            B::Multiplication => Instruction::JsMul,
            B::Division => Instruction::JsDiv,
            B::Remainder => Instruction::JsRem,
            B::BitwiseAnd => Instruction::And,
            B::BitwiseOR => Instruction::Or,
            B::BitwiseXOR => Instruction::Xor,
            B::ShiftLeft => Instruction::Shl,
            B::ShiftRight => Instruction::Shr,
            B::ShiftRightZeroFill => Instruction::JsUshr,
            B::Exponential => Instruction::JsPow,
            other => return self.unit.unsupported(span, other.as_str(), "another operator"),
        });
        Ok(Type::Number)
    }

    fn equality(&mut self, one: &'p BinaryExpression<'p>) -> Result<Type> {
        use BinaryOperator as B;
        let left = self.expression(&one.left, None)?;
        let right = self.expression(&one.right, Some(&left))?;
        if self.unit.is_error_type(&left) && self.unit.is_error_type(&right) {
            return self.unit.unsupported(
                one.span,
                "a comparison of errors",
                "a comparison of their messages",
            );
        }
        if !left.fits(&right) && !right.fits(&left) {
            let (left, right) = (self.unit.name(&left), self.unit.name(&right));
            return self.unit.refuse(
                one.span,
                format!("{left} is never equal to {right}"),
                "two of one type",
            );
        }
        let is_loose = matches!(one.operator, B::Equality | B::Inequality);
        if is_loose && (left == Type::Nothing || right == Type::Nothing) {
            return self.unit.unsupported(
                one.span,
                "== with null or undefined",
                "=== null or === undefined",
            );
        }
        let is_equal = matches!(one.operator, B::StrictEquality | B::Equality);
        self.at(one.span);
        self.emit(if is_equal { Instruction::Eq } else { Instruction::Ne });
        if left != Type::Text && right != Type::Text {
            self.code.compares_numbers();
        }
        Ok(Type::Bool)
    }

    pub fn logical(
        &mut self,
        one: &'p LogicalExpression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        let end = self.code.label();
        let left = self.expression(&one.left, wanted)?;
        self.unless(one.operator, end);
        let right = self.expression(&one.right, wanted.or(Some(&left)))?;
        self.code.place(end);
        self.either(left, right, one.span)
    }

    /// Keeps the value on the stack and jumps if it decides, otherwise drops it.
    pub fn unless(&mut self, operator: LogicalOperator, end: Label) {
        match operator {
            LogicalOperator::Or | LogicalOperator::And => {
                self.emit(Instruction::Dup);
                self.emit(Instruction::JsTrue);
                let leaves = operator == LogicalOperator::Or;
                self.jump(if leaves { Instruction::JmpIf } else { Instruction::JmpIfNot }, end);
            }
            LogicalOperator::Coalesce => self.if_there(end),
        }
        self.emit(Instruction::Pop);
    }

    /// Jumps if the value on the stack, which stays there, is neither undefined nor null.
    pub fn if_there(&mut self, to: Label) {
        let missing = self.code.label();
        self.emit(Instruction::Dup);
        self.emit(Instruction::Undefined);
        self.emit(Instruction::Eq);
        self.jump(Instruction::JmpIf, missing);
        self.emit(Instruction::Dup);
        self.emit(Instruction::Null);
        self.emit(Instruction::Ne);
        self.jump(Instruction::JmpIf, to);
        self.code.place(missing);
    }

    pub fn conditional(
        &mut self,
        one: &'p ConditionalExpression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        let (otherwise, end) = (self.code.label(), self.code.label());
        self.branch(&one.test, false, otherwise)?;
        let then = self.expression(&one.consequent, wanted)?;
        self.jump(Instruction::Jmp, end);
        self.code.place(otherwise);
        let or = self.expression(&one.alternate, wanted.or(Some(&then)))?;
        self.code.place(end);
        self.either(then, or, one.span)
    }

    pub fn either(&mut self, one: Type, other: Type, span: Span) -> Result<Type> {
        match one.clone().join(other.clone()) {
            Some(of) => Ok(of),
            None => {
                let (one, other) = (self.unit.name(&one), self.unit.name(&other));
                self.unit.unsupported(
                    span,
                    &format!("a value that is {one} or {other}"),
                    "one type for both",
                )
            }
        }
    }
}

/// Whether an expression's value is a string whatever the program does.
pub(super) fn is_text(expression: &Expression<'_>) -> bool {
    match expression.without_parentheses() {
        Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => true,
        Expression::BinaryExpression(one) => one.operator == BinaryOperator::Addition,
        _ => false,
    }
}

/// Whether an expression's value is a boolean whatever the program does.
fn is_certain(expression: &Expression<'_>) -> bool {
    match expression.without_parentheses() {
        Expression::BooleanLiteral(_) => true,
        Expression::UnaryExpression(one) => one.operator == UnaryOperator::LogicalNot,
        Expression::BinaryExpression(one) => {
            one.operator.is_equality() || one.operator.is_compare()
        }
        _ => false,
    }
}

fn is_zero(expression: &Expression<'_>) -> bool {
    matches!(expression.without_parentheses(), Expression::NumericLiteral(one) if one.value == 0.0)
}

//! Expressions. Each leaves one value on the stack.

use oxc_ast::ast::{
    BinaryExpression, BinaryOperator, ConditionalExpression, Expression, LogicalExpression,
    LogicalOperator, NumericLiteral, StaticMemberExpression, TemplateLiteral, UnaryExpression,
    UnaryOperator,
};
use oxc_span::{GetSpan, Span};

use super::code::Label;
use super::function::Function;
use super::passages::Words;
use super::types::{LENGTH, Type};
use super::unit::{Refused, Result};
use bytecode::Instruction;

impl<'p> Function<'_, 'p> {
    /// An expression whose value is of a type, or nothing.
    pub fn expect(&mut self, expression: &'p Expression<'p>, wanted: &Type) -> Result<()> {
        let of = self.expression(expression, Some(wanted))?;
        self.fits(&of, wanted, expression.span())
    }

    pub fn fits(&mut self, of: &Type, wanted: &Type, span: Span) -> Result<()> {
        if of.fits(wanted) {
            return Ok(());
        }
        let (found, wanted) = (self.unit.name(of), self.unit.name(wanted));
        self.unit.refuse(span, format!("this is {found}"), wanted)
    }

    /// An expression without its value.
    pub fn effect(&mut self, expression: &'p Expression<'p>) -> Result<()> {
        match expression {
            Expression::AssignmentExpression(_) | Expression::UpdateExpression(_) => self
                .inside(expression.span(), Words::of(expression), |function| match expression {
                    Expression::AssignmentExpression(one) => function.assign(one, false),
                    Expression::UpdateExpression(one) => function.update(one, false),
                    _ => Err(Refused),
                })
                .map(|_| ()),
            Expression::ParenthesizedExpression(one) => self.effect(&one.expression),
            Expression::SequenceExpression(one) => {
                one.expressions.iter().try_for_each(|part| self.effect(part))
            }
            other => {
                self.expression(other, None)?;
                self.emit(Instruction::Pop);
                Ok(())
            }
        }
    }

    /// `wanted`: what literals without a type of their own become.
    pub fn expression(
        &mut self,
        expression: &'p Expression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        self.inside(expression.span(), Words::of(expression), |function| {
            function.any_expression(expression, wanted)
        })
    }

    fn any_expression(
        &mut self,
        expression: &'p Expression<'p>,
        wanted: Option<&Type>,
    ) -> Result<Type> {
        let span = expression.span();
        match expression {
            Expression::NumericLiteral(one) => self.literal(one, 1.0),
            Expression::StringLiteral(one) => {
                if one.lone_surrogates {
                    return self.unit.unsupported(span, "half of a character", "whole characters");
                }
                self.text(one.value.as_str(), span);
                Ok(Type::Text)
            }
            Expression::BooleanLiteral(one) => {
                self.emit(if one.value { Instruction::True } else { Instruction::False });
                Ok(Type::Bool)
            }
            Expression::NullLiteral(_) => {
                self.emit(Instruction::Null);
                Ok(Type::Nothing)
            }
            Expression::TemplateLiteral(one) => self.template(one),
            Expression::Identifier(one) => match one.name.as_str() {
                name if self.is_variable(name) => {
                    let variable = self.variable(name, span)?;
                    self.load(&variable);
                    Ok(variable.of().clone())
                }
                "undefined" => {
                    self.emit(Instruction::Undefined);
                    Ok(Type::Nothing)
                }
                "NaN" => {
                    self.number(f64::NAN, span);
                    Ok(Type::Number)
                }
                "Infinity" => {
                    self.number(f64::INFINITY, span);
                    Ok(Type::Number)
                }
                name => self.variable(name, span).map(|variable| variable.of().clone()),
            },
            Expression::ThisExpression(_) => match self.this {
                Some(shape) => {
                    self.emit(Instruction::Load(0));
                    Ok(Type::Object(shape))
                }
                None => self.unit.refuse(span, "this outside of a class", "this in a method"),
            },
            Expression::ParenthesizedExpression(one) => self.expression(&one.expression, wanted),
            Expression::TSNonNullExpression(one) => self.expression(&one.expression, wanted),
            Expression::TSAsExpression(one) => {
                let of = self.unit.of(&one.type_annotation)?;
                self.expect(&one.expression, &of)?;
                Ok(of)
            }
            Expression::TSSatisfiesExpression(one) => {
                let of = self.unit.of(&one.type_annotation)?;
                self.expect(&one.expression, &of)?;
                Ok(of)
            }
            Expression::SequenceExpression(one) => {
                let Some((last, before)) = one.expressions.split_last() else {
                    return Err(Refused);
                };
                before.iter().try_for_each(|part| self.effect(part))?;
                self.expression(last, wanted)
            }
            Expression::ArrayExpression(one) => self.array(one, wanted),
            Expression::ObjectExpression(one) => self.object(one, wanted),
            Expression::UnaryExpression(one) => self.unary(one),
            Expression::UpdateExpression(one) => self.update(one, true),
            Expression::BinaryExpression(one) => self.binary(one),
            Expression::LogicalExpression(one) => self.logical(one, wanted),
            Expression::ConditionalExpression(one) => self.conditional(one, wanted),
            Expression::AssignmentExpression(one) => self.assign(one, true),
            Expression::CallExpression(one) => self.call(one, wanted),
            Expression::NewExpression(one) => self.new_object(one, wanted),
            Expression::AwaitExpression(one) => self.await_expression(one),
            Expression::StaticMemberExpression(one) => self.member(one),
            Expression::ComputedMemberExpression(one) => {
                if one.optional {
                    return self.unit.unsupported(span, "?.", "an if before it");
                }
                let of = self.expression(&one.object, None)?;
                self.expect(&one.expression, &Type::Number)?;
                self.at(span);
                match of {
                    Type::List(element) => {
                        let shape = self.unit.list(span)?;
                        self.emit(Instruction::ListGet(shape));
                        Ok((*element).clone())
                    }
                    Type::Text => {
                        self.emit(Instruction::JsChar);
                        Ok(Type::Text)
                    }
                    Type::Unknown => Err(Refused),
                    other => {
                        let found = self.unit.name(&other);
                        self.unit.refuse(
                            one.object.span(),
                            format!("an index into {found}"),
                            "an array or a string",
                        )
                    }
                }
            }
            other => {
                let (what, instead) = foreign(other);
                self.unit.unsupported(span, what, instead)
            }
        }
    }

    fn member(&mut self, one: &'p StaticMemberExpression<'p>) -> Result<Type> {
        if one.optional {
            return self.unit.unsupported(one.span, "?.", "an if before it");
        }
        let name = one.property.name.as_str();
        if let Expression::Identifier(object) = &one.object
            && !self.is_variable(object.name.as_str())
            && let Some(value) = constant(object.name.as_str(), name)
        {
            self.number(value, one.span);
            return Ok(Type::Number);
        }
        let of = self.expression(&one.object, None)?;
        self.at(one.property.span);
        match (&of, name) {
            (Type::List(_), "length") => {
                let shape = self.unit.list(one.span)?;
                self.emit(Instruction::Get { shape, field: LENGTH });
                Ok(Type::Number)
            }
            (Type::Text, "length") => {
                self.emit(Instruction::JsLength);
                Ok(Type::Number)
            }
            (Type::Object(shape), name) => {
                let (field, of) = self.field(*shape, name, one.property.span)?;
                self.emit(Instruction::Get { shape: *shape, field });
                Ok(of)
            }
            (Type::Unknown, _) => Err(Refused),
            (other, name) => {
                let found = self.unit.name(other);
                self.unit.refuse(
                    one.property.span,
                    format!("{found} has no field {name}"),
                    "an object that has it",
                )
            }
        }
    }

    /// A field of objects of a shape.
    pub fn field(&mut self, shape: u16, name: &str, span: Span) -> Result<(u8, Type)> {
        if let Some((field, found)) = self.shape_of(shape).field(name) {
            return Ok((field, found.of.clone()));
        }
        if self.unit.broken.contains(self.shape_of(shape).name.as_str()) {
            return Err(Refused);
        }
        let names: Vec<&str> =
            self.shape_of(shape).fields.iter().map(|field| field.name.as_str()).collect();
        let expected = match names.as_slice() {
            [] => "a type with that field".to_owned(),
            names => format!("one of {}", names.join(", ")),
        };
        let message = format!("{} has no field {name}", self.shape_of(shape).name);
        self.unit.refuse(span, message, expected)
    }

    /// An expression as `String` writes it.
    pub fn as_text(&mut self, expression: &'p Expression<'p>) -> Result<()> {
        let of = self.expression(expression, None)?;
        if of == Type::Text && !is_text(expression) {
            // It may be undefined all the same.
            self.emit(Instruction::JsText);
        }
        self.stringify(&of, expression.span())
    }

    /// Makes a text of the value on the stack.
    pub fn stringify(&mut self, of: &Type, span: Span) -> Result<()> {
        match of {
            Type::Text => {}
            Type::Number | Type::Bool | Type::Nothing => self.emit(Instruction::JsText),
            Type::Unknown => return Err(Refused),
            other => {
                let found = self.unit.name(other);
                return self.unit.unsupported(
                    span,
                    &format!("{found} as text"),
                    "its numbers and strings",
                );
            }
        }
        Ok(())
    }

    fn template(&mut self, one: &'p TemplateLiteral<'p>) -> Result<Type> {
        let mut is_begun = false;
        let mut values = one.expressions.iter();
        for quasi in &one.quasis {
            let Some(text) = quasi.value.cooked.as_ref().filter(|_| !quasi.lone_surrogates) else {
                return self.unit.unsupported(
                    quasi.span,
                    "half of a character",
                    "whole characters",
                );
            };
            if !text.is_empty() || !is_begun {
                self.text(text.as_str(), quasi.span);
                if is_begun {
                    self.emit(Instruction::Concat);
                }
                is_begun = true;
            }
            if let Some(value) = values.next() {
                self.as_text(value)?;
                self.emit(Instruction::Concat);
            }
        }
        Ok(Type::Text)
    }

    fn literal(&mut self, one: &NumericLiteral<'p>, sign: f64) -> Result<Type> {
        let digits = one.raw.as_ref().map_or("", |raw| raw.as_str());
        let rest = digits.strip_prefix('0').unwrap_or_default();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let instead = "0o777 for an octal one";
            return self.unit.unsupported(one.span, "a number that begins with 0", instead);
        }
        self.number(sign * one.value, one.span);
        Ok(Type::Number)
    }

    fn unary(&mut self, one: &'p UnaryExpression<'p>) -> Result<Type> {
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

    fn binary(&mut self, one: &'p BinaryExpression<'p>) -> Result<Type> {
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
            B::Exponential => return self.unit.unsupported(span, "**", "a product, or a loop"),
            other => return self.unit.unsupported(span, other.as_str(), "another operator"),
        });
        Ok(Type::Number)
    }

    fn equality(&mut self, one: &'p BinaryExpression<'p>) -> Result<Type> {
        use BinaryOperator as B;
        let left = self.expression(&one.left, None)?;
        let right = self.expression(&one.right, Some(&left))?;
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

    fn logical(&mut self, one: &'p LogicalExpression<'p>, wanted: Option<&Type>) -> Result<Type> {
        let end = self.code.label();
        let left = self.expression(&one.left, wanted)?;
        self.emit(Instruction::Dup);
        match one.operator {
            LogicalOperator::Or | LogicalOperator::And => {
                self.emit(Instruction::JsTrue);
                let leaves = one.operator == LogicalOperator::Or;
                self.jump(if leaves { Instruction::JmpIf } else { Instruction::JmpIfNot }, end);
            }
            LogicalOperator::Coalesce => {
                let missing = self.code.label();
                self.emit(Instruction::Undefined);
                self.emit(Instruction::Eq);
                self.jump(Instruction::JmpIf, missing);
                self.emit(Instruction::Dup);
                self.emit(Instruction::Null);
                self.emit(Instruction::Ne);
                self.jump(Instruction::JmpIf, end);
                self.code.place(missing);
            }
        }
        self.emit(Instruction::Pop);
        let right = self.expression(&one.right, wanted.or(Some(&left)))?;
        self.code.place(end);
        self.either(left, right, one.span)
    }

    fn conditional(
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

    fn either(&mut self, one: Type, other: Type, span: Span) -> Result<Type> {
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
fn is_text(expression: &Expression<'_>) -> bool {
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

fn constant(object: &str, name: &str) -> Option<f64> {
    Some(match (object, name) {
        ("Math", "PI") => std::f64::consts::PI,
        ("Number", "MAX_SAFE_INTEGER") => 9_007_199_254_740_991.0,
        ("Number", "MIN_SAFE_INTEGER") => -9_007_199_254_740_991.0,
        ("Number", "MAX_VALUE") => f64::MAX,
        ("Number", "POSITIVE_INFINITY") => f64::INFINITY,
        ("Number", "NEGATIVE_INFINITY") => f64::NEG_INFINITY,
        _ => return None,
    })
}

/// What an expression that the language does not have is, and what to write.
fn foreign(expression: &Expression<'_>) -> (&'static str, &'static str) {
    match expression {
        Expression::BigIntLiteral(_) => ("a bigint", "a number"),
        Expression::RegExpLiteral(_) => ("a regular expression", "a loop over the string"),
        Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => {
            ("a function as a value", "a function of the top level, called by its name")
        }
        Expression::ClassExpression(_) => ("a class as a value", "a class of the top level"),
        Expression::TaggedTemplateExpression(_) => ("a tagged template", "a call"),
        Expression::ChainExpression(_) => ("?.", "an if before it"),
        Expression::YieldExpression(_) => ("yield", "a function that fills an array"),
        Expression::ImportExpression(_) | Expression::MetaProperty(_) => {
            ("import", "a program in one file")
        }
        Expression::Super(_) => ("super", "a class that has the other one as a field"),
        Expression::PrivateFieldExpression(_) | Expression::PrivateInExpression(_) => {
            ("a private field", "a plain name")
        }
        Expression::TSTypeAssertion(_) => ("a type in angle brackets", "as"),
        _ => ("this expression", "an expression of the language"),
    }
}

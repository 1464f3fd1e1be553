//! Expressions. Each leaves one value on the stack.

use oxc_ast::ast::{
    ChainElement, ChainExpression, ComputedMemberExpression, Expression, NumericLiteral,
    StaticMemberExpression, TemplateLiteral,
};
use oxc_span::{GetSpan, Span};

use super::function::Function;
use super::operators::is_text;
use super::passages::Words;
use super::types::{LENGTH, Type};
use super::unit::{EnumValue, Refused, Result};
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
                    Ok(variable.of)
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
                name => {
                    let variable = self.variable(name, span)?;
                    self.load(&variable);
                    Ok(variable.of)
                }
            },
            Expression::ThisExpression(_) => {
                if self.known("this").is_none() {
                    return self.unit.refuse(span, "this outside of a class", "this in a method");
                }
                let variable = self.variable("this", span)?;
                self.load(&variable);
                Ok(variable.of)
            }
            Expression::ArrowFunctionExpression(one) => self.arrow(one, wanted),
            Expression::FunctionExpression(one) => self.function_value(one, wanted),
            Expression::ChainExpression(one) => self.chain(one),
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
            Expression::ComputedMemberExpression(one) => self.element(one),
            other => {
                let (what, instead) = foreign(other);
                self.unit.unsupported(span, what, instead)
            }
        }
    }

    fn member(&mut self, one: &'p StaticMemberExpression<'p>) -> Result<Type> {
        let name = one.property.name.as_str();
        if let Expression::Identifier(object) = &one.object
            && !self.is_variable(object.name.as_str())
            && let Some(value) = constant(object.name.as_str(), name)
        {
            self.number(value, one.span);
            return Ok(Type::Number);
        }
        if let Expression::Identifier(object) = &one.object
            && !self.is_variable(object.name.as_str())
            && let Some(values) = self.unit.enums.get(object.name.as_str())
        {
            let value = values.get(name).copied();
            return self.enumerated(object.name.as_str(), value, name, one.span);
        }
        let of = self.expression(&one.object, None)?;
        self.link(one.optional)?;
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

    fn element(&mut self, one: &'p ComputedMemberExpression<'p>) -> Result<Type> {
        let of = self.expression(&one.object, None)?;
        self.link(one.optional)?;
        self.expect(&one.expression, &Type::Number)?;
        self.at(one.span);
        match of {
            Type::List(element) => {
                let shape = self.unit.list(one.span)?;
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

    /// The value of an enum.
    fn enumerated(
        &mut self,
        of: &str,
        value: Option<EnumValue<'p>>,
        name: &str,
        span: Span,
    ) -> Result<Type> {
        self.ready(of, span)?;
        match value {
            Some(EnumValue::Number(value)) => {
                self.number(value, span);
                Ok(Type::Number)
            }
            Some(EnumValue::Text(text)) => {
                self.text(text, span);
                Ok(Type::Text)
            }
            None => self.unit.refuse(span, format!("{of} has no {name}"), "a name of the enum"),
        }
    }

    /// An expression with `?.`: where that finds nothing, all of it is undefined.
    fn chain(&mut self, one: &'p ChainExpression<'p>) -> Result<Type> {
        let end = self.code.label();
        self.chains.push(end);
        let of = match &one.expression {
            ChainElement::CallExpression(one) => self.call(one, None),
            ChainElement::StaticMemberExpression(one) => self.member(one),
            ChainElement::ComputedMemberExpression(one) => self.element(one),
            ChainElement::TSNonNullExpression(one) => self.expression(&one.expression, None),
            ChainElement::PrivateFieldExpression(one) => {
                self.unit.unsupported(one.span, "a private field", "a plain name")
            }
        };
        self.chains.pop();
        self.code.place(end);
        of
    }

    /// `?.` behind the value on the stack.
    pub fn link(&mut self, is_optional: bool) -> Result<()> {
        let Some(end) = self.chains.last().copied().filter(|_| is_optional) else { return Ok(()) };
        let there = self.code.label();
        self.if_there(there);
        self.emit(Instruction::Pop);
        self.emit(Instruction::Undefined);
        self.jump(Instruction::Jmp, end);
        self.code.place(there);
        Ok(())
    }

    /// A field of objects of a shape.
    pub fn field(&mut self, shape: u16, name: &str, span: Span) -> Result<(u8, Type)> {
        if let Some((field, found)) = self.shape_of(shape).field(name) {
            return Ok((field, found.of.clone()));
        }
        if self.unit.methods.keys().any(|(class, method)| *class == shape && *method == name) {
            let instead = "an arrow function that calls it";
            return self.unit.unsupported(span, "a method as a value", instead);
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
                let instead = match self.unit.is_error_type(other) {
                    true => "its message",
                    false => "its numbers and strings",
                };
                let found = self.unit.name(other);
                return self.unit.unsupported(span, &format!("{found} as text"), instead);
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

    pub fn literal(&mut self, one: &NumericLiteral<'p>, sign: f64) -> Result<Type> {
        let digits = one.raw.as_ref().map_or("", |raw| raw.as_str());
        let rest = digits.strip_prefix('0').unwrap_or_default();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            let instead = "0o777 for an octal one";
            return self.unit.unsupported(one.span, "a number that begins with 0", instead);
        }
        self.number(sign * one.value, one.span);
        Ok(Type::Number)
    }
}

fn constant(object: &str, name: &str) -> Option<f64> {
    Some(match (object, name) {
        ("Math", "PI") => std::f64::consts::PI,
        ("Math", "E") => std::f64::consts::E,
        ("Math", "LN2") => std::f64::consts::LN_2,
        ("Math", "LN10") => std::f64::consts::LN_10,
        ("Math", "LOG2E") => std::f64::consts::LOG2_E,
        ("Math", "LOG10E") => std::f64::consts::LOG10_E,
        ("Math", "SQRT2") => std::f64::consts::SQRT_2,
        ("Math", "SQRT1_2") => std::f64::consts::FRAC_1_SQRT_2,
        ("Number", "EPSILON") => f64::EPSILON,
        ("Number", "MIN_VALUE") => f64::from_bits(1),
        ("Number", "NaN") => f64::NAN,
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
        Expression::ClassExpression(_) => ("a class as a value", "a class of the top level"),
        Expression::TaggedTemplateExpression(_) => ("a tagged template", "a call"),
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

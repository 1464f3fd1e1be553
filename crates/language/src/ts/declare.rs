//! First pass: the names of types, functions, classes and of the variables that functions share.

use std::collections::HashMap;

use oxc_ast::ast::{
    ArrowFunctionExpression, BindingPattern, Class, Expression, FormalParameters, Statement,
    TSEnumDeclaration, TSEnumMemberName, UnaryOperator, VariableDeclaration,
    VariableDeclarationKind,
};
use oxc_span::Span;

use super::shapes::{class_fields, fields};
use super::signatures::{Head, methods, named_function, plain};
use super::types::Shape;
use super::unit::{EnumValue, Global, Named, Refused, Result, Signature, Unit};

/// The part of a function that is compiled.
#[derive(Clone, Copy)]
pub(super) struct Body<'p> {
    pub params: &'p FormalParameters<'p>,
    pub statements: &'p [Statement<'p>],
    /// An arrow function's expression, which is its only statement.
    pub is_expression: bool,
    pub span: Span,
}

impl<'p> Body<'p> {
    pub fn arrow(arrow: &'p ArrowFunctionExpression<'p>) -> Self {
        Self {
            params: &arrow.params,
            statements: &arrow.body.statements,
            is_expression: arrow.expression,
            span: arrow.span,
        }
    }
}

/// A function that is to be compiled.
pub(super) struct Declared<'p> {
    pub signature: Signature,
    /// Of a method or constructor.
    pub class: Option<u16>,
    /// Of a constructor: the class, whose fields it sets.
    pub fields: Option<&'p Class<'p>>,
    /// `None` for a class without a constructor of its own.
    pub body: Option<Body<'p>>,
}

/// Collects everything that has a name; what is wrong with one does not keep the others from being collected.
pub(super) fn declare<'p>(unit: &mut Unit<'p>, body: &'p [Statement<'p>]) -> Vec<Declared<'p>> {
    for statement in body {
        // Reported; the others are collected all the same.
        let _ = name_type(unit, statement);
    }
    for statement in body {
        if type_fields(unit, statement).is_err() {
            unit.broken.extend(name_of(statement));
        }
    }
    let mut functions = Vec::new();
    for statement in body {
        if unit.broken.iter().any(|name| name_of(statement).contains(name)) {
            continue;
        }
        if function(unit, statement, &mut functions).is_err() {
            unit.broken.extend(name_of(statement));
        }
    }
    globals(unit, body);
    uses(unit, body);
    let later = body.iter().filter(|one| {
        matches!(
            one,
            Statement::ClassDeclaration(_)
                | Statement::VariableDeclaration(_)
                | Statement::TSEnumDeclaration(_)
        )
    });
    unit.pending = later.flat_map(name_of).collect();
    functions
}

/// The values of an enum. Returns what they are: numbers or strings.
fn enumeration<'p>(unit: &mut Unit<'p>, one: &'p TSEnumDeclaration<'p>) -> Result<Named<'p>> {
    let mut values: HashMap<&'p str, EnumValue<'p>> = HashMap::new();
    let mut texts = 0;
    let mut next = Some(0.0);
    for member in &one.body.members {
        let name = match &member.id {
            TSEnumMemberName::Identifier(id) => id.name.as_str(),
            TSEnumMemberName::String(text) => text.value.as_str(),
            _ => return unit.unsupported(member.span, "this name in an enum", "a plain name"),
        };
        let value = match &member.initializer {
            None => next.map(EnumValue::Number),
            Some(Expression::NumericLiteral(number)) => Some(EnumValue::Number(number.value)),
            Some(Expression::StringLiteral(text)) if !text.lone_surrogates => {
                Some(EnumValue::Text(text.value.as_str()))
            }
            Some(Expression::UnaryExpression(minus)) => match &minus.argument {
                Expression::NumericLiteral(number)
                    if minus.operator == UnaryOperator::UnaryNegation =>
                {
                    Some(EnumValue::Number(-number.value))
                }
                _ => None,
            },
            Some(_) => None,
        };
        let Some(value) = value else {
            let instead = "a number, a string, or constants outside of the enum";
            return unit.unsupported(member.span, "this value in an enum", instead);
        };
        if values.insert(name, value).is_some() {
            return unit.twice(member.span, name);
        }
        next = match value {
            EnumValue::Number(number) => Some(number + 1.0),
            EnumValue::Text(_) => None,
        };
        texts += usize::from(next.is_none());
        if texts > 0 && texts < values.len() {
            let instead = "an enum for each";
            return unit.unsupported(member.span, "an enum of numbers and strings", instead);
        }
    }
    if one.declare {
        return unit.unsupported(one.span, "declare", "an enum with its values");
    }
    unit.enums.insert(one.id.name.as_str(), values);
    Ok(Named::Enum { is_text: texts > 0 })
}

/// The names of functions and types that a statement declares.
pub(super) fn name_of<'p>(statement: &'p Statement<'p>) -> Vec<&'p str> {
    match statement {
        Statement::FunctionDeclaration(one) => one.id.iter().map(|id| id.name.as_str()).collect(),
        Statement::ClassDeclaration(one) => one.id.iter().map(|id| id.name.as_str()).collect(),
        Statement::TSInterfaceDeclaration(one) => vec![one.id.name.as_str()],
        Statement::TSTypeAliasDeclaration(one) => vec![one.id.name.as_str()],
        Statement::TSEnumDeclaration(one) => vec![one.id.name.as_str()],
        Statement::VariableDeclaration(one) => arrows(one).map(|(name, ..)| name).collect(),
        _ => Vec::new(),
    }
}

fn name_type<'p>(unit: &mut Unit<'p>, statement: &'p Statement<'p>) -> Result<()> {
    let (id, named, is_class) = match statement {
        Statement::TSEnumDeclaration(one) => (&one.id, Some(enumeration(unit, one)?), false),
        Statement::TSInterfaceDeclaration(interface) => {
            if interface.type_parameters.is_some() || !interface.extends.is_empty() {
                let instead = "an interface with all of its fields";
                return unit.unsupported(
                    interface.span,
                    "an interface with parameters or extends",
                    instead,
                );
            }
            (&interface.id, None, false)
        }
        Statement::ClassDeclaration(class) => match &class.id {
            Some(id) => (id, None, true),
            None => {
                return unit.unsupported(class.span, "a class without a name", "class Name { … }");
            }
        },
        Statement::TSTypeAliasDeclaration(alias) => {
            if alias.type_parameters.is_some() {
                return unit.unsupported(
                    alias.span,
                    "a type with parameters",
                    "one type for each use",
                );
            }
            match &alias.type_annotation {
                oxc_ast::ast::TSType::TSTypeLiteral(_) => (&alias.id, None, false),
                other => (&alias.id, Some(Named::Alias(other)), false),
            }
        }
        _ => return Ok(()),
    };
    let name = id.name.as_str();
    if unit.types.contains_key(name) {
        return unit.twice(id.span, name);
    }
    if matches!(name, "Array" | "Promise" | "Mutex" | "Error" | "Math" | "String") {
        return unit.refuse(id.span, format!("{name} is a type of the lab"), "another name");
    }
    let named = match named {
        Some(named) => named,
        None => {
            let shape = Shape { name: name.into(), fields: Vec::new(), is_class };
            Named::Shape(unit.shape(id.span, shape)?)
        }
    };
    unit.types.insert(name, named);
    Ok(())
}

fn type_fields<'p>(unit: &mut Unit<'p>, statement: &'p Statement<'p>) -> Result<()> {
    let (id, fields) = match statement {
        Statement::TSInterfaceDeclaration(interface) => {
            (&interface.id, fields(unit, &interface.body.body)?)
        }
        Statement::TSTypeAliasDeclaration(alias) => match &alias.type_annotation {
            oxc_ast::ast::TSType::TSTypeLiteral(literal) => {
                (&alias.id, fields(unit, &literal.members)?)
            }
            _ => return Ok(()),
        },
        Statement::ClassDeclaration(class) => match &class.id {
            Some(id) => (id, class_fields(unit, class)?),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    match unit.types.get(id.name.as_str()).copied() {
        Some(Named::Shape(shape)) => unit.fields(id.span, shape, fields),
        _ => Ok(()),
    }
}

fn function<'p>(
    unit: &mut Unit<'p>,
    statement: &'p Statement<'p>,
    functions: &mut Vec<Declared<'p>>,
) -> Result<()> {
    match statement {
        Statement::FunctionDeclaration(function) => {
            let Some(id) = &function.id else { return Err(Refused) };
            let body = plain(unit, function)?;
            let head = (Head::of(function), function.type_parameters.as_deref());
            named_function(unit, id.name.as_str(), id.span, body, head, functions)
        }
        Statement::VariableDeclaration(variables) => {
            for (name, span, arrow) in arrows(variables) {
                let body = Body::arrow(arrow);
                let result = arrow.return_type.as_deref();
                let is_async = arrow.r#async;
                let head = Head { result, is_async, is_inferred: false, wanted: None };
                let head = (head, arrow.type_parameters.as_deref());
                named_function(unit, name, span, body, head, functions)?;
            }
            Ok(())
        }
        Statement::ClassDeclaration(class) => methods(unit, class, functions),
        _ => Ok(()),
    }
}

/// The constants that are arrow functions, and have no type of their own.
pub(super) fn arrows<'p>(
    variables: &'p VariableDeclaration<'p>,
) -> impl Iterator<Item = (&'p str, Span, &'p ArrowFunctionExpression<'p>)> {
    let is_constant = variables.kind == VariableDeclarationKind::Const;
    variables.declarations.iter().filter(move |_| is_constant).filter_map(|one| {
        match (&one.id, &one.init) {
            _ if one.type_annotation.is_some() => None,
            (
                BindingPattern::BindingIdentifier(id),
                Some(Expression::ArrowFunctionExpression(arrow)),
            ) => Some((id.name.as_str(), id.span, &**arrow)),
            _ => None,
        }
    })
}

/// Variables of the top level that functions use are globals; all others are locals of the program.
fn globals<'p>(unit: &mut Unit<'p>, body: &'p [Statement<'p>]) {
    for statement in body {
        let Statement::VariableDeclaration(variables) = statement else { continue };
        let is_constant = variables.kind == VariableDeclarationKind::Const;
        for one in &variables.declarations {
            let BindingPattern::BindingIdentifier(id) = &one.id else { continue };
            let name = id.name.as_str();
            let is_used =
                unit.resolved.captured.contains(&id.span.start) || unit.globals.contains_key(name);
            if is_used && !unit.functions.contains_key(name) {
                let index = unit.globals.len() as u16;
                if unit.globals.contains_key(name) {
                    let _ = unit.twice::<()>(id.span, name);
                    continue;
                }
                unit.globals.insert(name, Global { index, of: None, is_constant });
            }
        }
    }
}

/// For each function and class of the top level, the names that it uses.
fn uses<'p>(unit: &mut Unit<'p>, body: &'p [Statement<'p>]) {
    let mut note = |name: &'p str, span: Span| {
        let names = unit.resolved.free.get(&span.start).cloned().unwrap_or_default();
        unit.uses.insert(name, names);
    };
    for statement in body {
        match statement {
            Statement::FunctionDeclaration(one) => {
                one.id.iter().for_each(|id| note(id.name.as_str(), one.span));
            }
            Statement::ClassDeclaration(one) => {
                one.id.iter().for_each(|id| note(id.name.as_str(), one.span));
            }
            Statement::VariableDeclaration(variables) => {
                arrows(variables).for_each(|(name, _, arrow)| note(name, arrow.span));
            }
            _ => {}
        }
    }
}

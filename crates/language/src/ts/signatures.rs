//! Functions and methods, as callers see them.

use oxc_ast::ast::{
    ArrowFunctionExpression, BindingPattern, Class, ClassElement, Expression, Function,
    MethodDefinitionKind, Statement, TSTypeAnnotation, TSTypeParameterDeclaration,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::Span;
use oxc_syntax::scope::ScopeFlags;

use super::DEPTH;
use super::declare::{Body, Declared};
use super::shapes::{given, key};
use super::types::{Callable, Type};
use super::unit::{Named, Param, Refused, Result, Signature, Unit};

/// Parameters of a function: what it has captured, and what calls need, are locals beside them.
pub(super) const MAX_PARAMS: usize = 200;

pub(super) fn plain<'p>(unit: &mut Unit<'p>, function: &'p Function<'p>) -> Result<Body<'p>> {
    if function.generator {
        return unit.unsupported(function.span, "a generator", "a function that fills an array");
    }
    if let Some(this) = &function.this_param {
        return unit.unsupported(this.span, "this as a parameter", "a parameter with another name");
    }
    if function.declare {
        return unit.unsupported(function.span, "declare", "a function with a body");
    }
    match &function.body {
        Some(body) => Ok(Body {
            params: &function.params,
            statements: &body.statements,
            is_expression: false,
            span: function.span,
        }),
        None => unit.unsupported(function.span, "a function without a body", "a function with one"),
    }
}

/// What is written before and behind a function's parameters.
pub(super) struct Head<'w, 'p> {
    pub result: Option<&'p TSTypeAnnotation<'p>>,
    pub is_async: bool,
    /// Without a type, its statements say what the result is.
    pub is_inferred: bool,
    /// The type that it shall have, which says what parameters without a type are.
    pub wanted: Option<&'w Callable>,
}

impl<'p> Head<'_, 'p> {
    pub fn of(function: &'p Function<'p>) -> Self {
        let result = function.return_type.as_deref();
        Self { result, is_async: function.r#async, is_inferred: false, wanted: None }
    }
}

/// Type parameters, each a type that is like no other one.
pub(super) fn variables<'p>(
    unit: &mut Unit<'p>,
    all: Option<&'p TSTypeParameterDeclaration<'p>>,
) -> Result<Vec<(String, Type)>> {
    let mut variables = Vec::new();
    for param in all.iter().flat_map(|all| &all.params) {
        if param.constraint.is_some() || param.default.is_some() {
            let what = "a type parameter with extends or a default";
            return unit.unsupported(param.span, what, "a plain one, e.g. <T>");
        }
        unit.variable_count = unit.variable_count.saturating_add(1);
        variables.push((param.name.name.to_string(), Type::Variable(unit.variable_count)));
    }
    Ok(variables)
}

pub(super) fn named_function<'p>(
    unit: &mut Unit<'p>,
    name: &'p str,
    span: Span,
    body: Body<'p>,
    (head, type_parameters): (Head<'_, 'p>, Option<&'p TSTypeParameterDeclaration<'p>>),
    functions: &mut Vec<Declared<'p>>,
) -> Result<()> {
    if unit.functions.contains_key(name) || unit.types.contains_key(name) {
        return unit.twice(span, name);
    }
    let variables = variables(unit, type_parameters)?;
    let made = unit.with_variables(&variables, |unit| signature(unit, name.to_owned(), body, head));
    let signature = Signature { variables, ..made? };
    let signature = Signature { index: unit.next_function(), ..signature };
    unit.functions.insert(name, signature.clone());
    functions.push(Declared { signature, class: None, fields: None, body: Some(body) });
    Ok(())
}

pub(super) fn signature<'p>(
    unit: &mut Unit<'p>,
    name: String,
    body: Body<'p>,
    head: Head<'_, 'p>,
) -> Result<Signature> {
    let Head { result, is_async, is_inferred, wanted } = head;
    if let Some(rest) = &body.params.rest {
        return unit.unsupported(rest.span, "a rest parameter", "an array as the parameter");
    }
    if body.params.items.len() > MAX_PARAMS {
        let expected = format!("at most {MAX_PARAMS}");
        return unit.refuse(body.params.span, "a function with so many parameters", expected);
    }
    let mut params = Vec::new();
    for (at, param) in body.params.items.iter().enumerate() {
        let BindingPattern::BindingIdentifier(id) = &param.pattern else {
            return unit.unsupported(param.span, "a pattern as parameter", "a plain name");
        };
        if param.accessibility.is_some() || param.readonly {
            let instead = "a field, and an assignment in the constructor";
            return unit.unsupported(param.span, "a parameter that is a field", instead);
        }
        let (annotation, value) = (param.type_annotation.as_deref(), param.initializer.as_deref());
        let expected = wanted.and_then(|wanted| wanted.params.get(at));
        let of = match expected.filter(|of| annotation.is_none() && of.is_known()) {
            Some(of) => of.clone(),
            None => {
                given(unit, annotation, value, param.span, &format!("the parameter {}", id.name))?
            }
        };
        let optional = param.optional || param.initializer.is_some();
        params.push(Param { name: id.name.to_string(), of, optional });
    }
    let of = match result {
        Some(annotation) => {
            let of = unit.of(&annotation.type_annotation)?;
            match (is_async, of) {
                (false, of) => of,
                (true, Type::Task(of)) => (*of).clone(),
                (true, _) => {
                    let instead = "Promise with the type of the result, e.g. Promise<number>";
                    return unit.refuse(
                        annotation.span,
                        "an async function has another result",
                        instead,
                    );
                }
            }
        }
        // Its statements say it.
        None if is_inferred => Type::Nothing,
        None if !body.is_expression && !returns_value(body) => Type::Nothing,
        None => {
            let instead = "a type behind the parameters, e.g. (x: number): number";
            return unit.refuse(
                body.params.span,
                format!("the result of {name} has no type"),
                instead,
            );
        }
    };
    Ok(Signature { index: 0, name, params, result: of, is_async, variables: Vec::new() })
}

pub(super) fn methods<'p>(
    unit: &mut Unit<'p>,
    class: &'p Class<'p>,
    functions: &mut Vec<Declared<'p>>,
) -> Result<()> {
    let Some(id) = &class.id else { return Err(Refused) };
    let Some(Named::Shape(shape)) = unit.types.get(id.name.as_str()).copied() else {
        return Err(Refused);
    };
    let mut has_constructor = false;
    for element in &class.body.body {
        let ClassElement::MethodDefinition(method) = element else { continue };
        let Some(name) = key(&method.key).filter(|_| !method.computed) else {
            return unit.unsupported(method.span, "a method without a fixed name", "a plain name");
        };
        if matches!(method.kind, MethodDefinitionKind::Get | MethodDefinitionKind::Set) {
            return unit.unsupported(method.span, "a getter or setter", "a method");
        }
        let is_constructor = method.kind == MethodDefinitionKind::Constructor;
        has_constructor |= is_constructor;
        if let Some(params) = &method.value.type_parameters {
            let instead = "a function outside of the class";
            return unit.unsupported(params.span, "a method with type parameters", instead);
        }
        let body = plain(unit, &method.value)?;
        let full = format!("{}.{name}", id.name);
        let head = Head::of(&method.value);
        let signature = signature(unit, full, body, head)?;
        let signature = Signature { index: unit.next_function(), ..signature };
        let is_field = unit.shapes[usize::from(shape)].field(name).is_some();
        if is_field || unit.methods.insert((shape, name), signature.clone()).is_some() {
            return unit.twice(method.span, name);
        }
        let fields = is_constructor.then_some(class);
        functions.push(Declared { signature, class: Some(shape), fields, body: Some(body) });
    }
    if !has_constructor {
        let signature = Signature {
            index: unit.next_function(),
            name: format!("{}.constructor", id.name),
            ..Signature::default()
        };
        unit.methods.insert((shape, "constructor"), signature.clone());
        let declared = Declared { signature, class: Some(shape), fields: Some(class), body: None };
        functions.push(declared);
    }
    Ok(())
}

fn returns_value(body: Body<'_>) -> bool {
    /// Whether one was found, and how far down it is looked.
    struct Returns(bool, u32);
    impl<'p> Visit<'p> for Returns {
        fn visit_return_statement(&mut self, statement: &oxc_ast::ast::ReturnStatement<'p>) {
            self.0 |= statement.argument.is_some();
        }
        fn visit_statement(&mut self, statement: &Statement<'p>) {
            if self.1 < DEPTH {
                self.1 += 1;
                walk::walk_statement(self, statement);
                self.1 -= 1;
            }
        }
        // No expression holds a statement but in a function.
        fn visit_expression(&mut self, _: &Expression<'p>) {}
        fn visit_function(&mut self, _: &Function<'p>, _: ScopeFlags) {}
        fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'p>) {}
    }
    let mut returns = Returns(false, 0);
    for statement in body.statements {
        returns.visit_statement(statement);
    }
    returns.0
}

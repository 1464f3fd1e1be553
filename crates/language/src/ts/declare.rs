//! First pass: the names of types, functions, classes and of the variables that functions share.

use std::collections::HashSet;

use oxc_ast::ast::{
    ArrowFunctionExpression, BindingPattern, Class, ClassElement, Expression, FormalParameters,
    Function, FunctionBody, IdentifierReference, MethodDefinitionKind, PropertyKey, Statement,
    TSSignature, TSTypeAnnotation, VariableDeclaration, VariableDeclarationKind,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};
use oxc_syntax::scope::ScopeFlags;

use super::DEPTH;
use super::types::{Field, Shape, Type};
use super::unit::{Global, Named, Param, Refused, Result, Signature, Unit};

/// The part of a function that is compiled.
#[derive(Clone, Copy)]
pub(super) struct Body<'p> {
    pub params: &'p FormalParameters<'p>,
    pub statements: &'p [Statement<'p>],
    /// An arrow function's expression, which is its only statement.
    pub is_expression: bool,
    pub span: Span,
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

/// The name that a property is written with, if it is a plain one.
pub(super) fn key<'p>(key: &'p PropertyKey<'p>) -> Option<&'p str> {
    match key {
        PropertyKey::StaticIdentifier(name) => Some(name.name.as_str()),
        PropertyKey::StringLiteral(text) => Some(text.value.as_str()),
        _ => None,
    }
    // In JavaScript that is no field.
    .filter(|name| *name != "__proto__")
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
        matches!(one, Statement::ClassDeclaration(_) | Statement::VariableDeclaration(_))
    });
    unit.pending = later.flat_map(name_of).collect();
    functions
}

/// The names of functions and types that a statement declares.
pub(super) fn name_of<'p>(statement: &'p Statement<'p>) -> Vec<&'p str> {
    match statement {
        Statement::FunctionDeclaration(one) => one.id.iter().map(|id| id.name.as_str()).collect(),
        Statement::ClassDeclaration(one) => one.id.iter().map(|id| id.name.as_str()).collect(),
        Statement::TSInterfaceDeclaration(one) => vec![one.id.name.as_str()],
        Statement::TSTypeAliasDeclaration(one) => vec![one.id.name.as_str()],
        Statement::VariableDeclaration(one) => arrows(one).map(|(name, ..)| name).collect(),
        _ => Vec::new(),
    }
}

/// For each function and class, the names that it uses.
fn uses<'p>(unit: &mut Unit<'p>, body: &'p [Statement<'p>]) {
    let note = |unit: &mut Unit<'p>, name: &'p str, visit: &dyn Fn(&mut Inside<'p>)| {
        let mut inside = Inside { depth: 1, ..Inside::default() };
        visit(&mut inside);
        unit.uses.insert(name, inside.names);
    };
    for statement in body {
        match statement {
            Statement::FunctionDeclaration(function) => {
                if let Some(id) = &function.id {
                    note(unit, id.name.as_str(), &|inside| inside.visit_statement(statement));
                }
            }
            Statement::ClassDeclaration(class) => {
                if let Some(id) = &class.id {
                    note(unit, id.name.as_str(), &|inside| inside.visit_statement(statement));
                }
            }
            Statement::VariableDeclaration(variables) => {
                for (name, _, arrow) in arrows(variables) {
                    note(unit, name, &|inside| inside.visit_arrow_function_expression(arrow));
                }
            }
            _ => {}
        }
    }
}

fn name_type<'p>(unit: &mut Unit<'p>, statement: &'p Statement<'p>) -> Result<()> {
    let (id, named, is_class) = match statement {
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

/// The fields of an interface or of a type literal.
pub(super) fn fields<'p>(
    unit: &mut Unit<'p>,
    members: &'p [TSSignature<'p>],
) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for member in members {
        let span = member.span();
        let TSSignature::TSPropertySignature(property) = member else {
            return unit.unsupported(
                span,
                "a member that is not a field",
                "fields, e.g. x: number;",
            );
        };
        let Some(name) = key(&property.key).filter(|_| !property.computed) else {
            return unit.unsupported(span, "a field without a fixed name", "a plain name");
        };
        if fields.iter().any(|field| field.name == name) {
            return unit.twice(span, name);
        }
        let of = unit.annotated(
            property.type_annotation.as_deref(),
            span,
            &format!("the field {name}"),
        )?;
        fields.push(Field { name: name.into(), of, optional: property.optional });
    }
    Ok(fields)
}

/// What tells an object of a class without fields from nothing.
const NO_FIELD: &str = "(no field)";

fn class_fields<'p>(unit: &mut Unit<'p>, class: &'p Class<'p>) -> Result<Vec<Field>> {
    if let Some(base) = &class.super_class {
        return unit.unsupported(
            base.span(),
            "inheritance",
            "a class that has the other one as a field",
        );
    }
    if class.type_parameters.is_some() || !class.decorators.is_empty() || class.r#abstract {
        let instead = "a plain class";
        return unit.unsupported(
            class.span,
            "a class with parameters, decorators or abstract",
            instead,
        );
    }
    let mut fields: Vec<Field> = Vec::new();
    for element in &class.body.body {
        let span = element.span();
        match element {
            ClassElement::MethodDefinition(method) if !method.r#static => {}
            ClassElement::PropertyDefinition(property) if !property.r#static => {
                let Some(name) = key(&property.key).filter(|_| !property.computed) else {
                    return unit.unsupported(span, "a field without a fixed name", "a plain name");
                };
                if fields.iter().any(|field| field.name == name) {
                    return unit.twice(span, name);
                }
                let (annotation, value) = (&property.type_annotation, property.value.as_ref());
                let of =
                    given(unit, annotation.as_deref(), value, span, &format!("the field {name}"));
                // Reported here, and not again wherever the field is used.
                let of = of.unwrap_or(Type::Unknown);
                fields.push(Field { name: name.into(), of, optional: property.optional });
            }
            ClassElement::MethodDefinition(_) | ClassElement::PropertyDefinition(_) => {
                return unit.unsupported(
                    span,
                    "a static member",
                    "a function or variable outside of the class",
                );
            }
            _ => {
                return unit.unsupported(
                    span,
                    "this member of a class",
                    "fields, a constructor and methods",
                );
            }
        }
    }
    if fields.is_empty() {
        fields.push(Field { name: NO_FIELD.into(), of: Type::Nothing, optional: true });
    }
    Ok(fields)
}

/// The type of a field or parameter: what is written, or that of a literal as its value.
fn given<'p>(
    unit: &mut Unit<'p>,
    annotation: Option<&'p TSTypeAnnotation<'p>>,
    value: Option<&Expression<'p>>,
    span: Span,
    what: &str,
) -> Result<Type> {
    match (annotation, value) {
        (None, Some(Expression::NumericLiteral(_))) => Ok(Type::Number),
        (None, Some(Expression::StringLiteral(_))) => Ok(Type::Text),
        (None, Some(Expression::BooleanLiteral(_))) => Ok(Type::Bool),
        (annotation, _) => unit.annotated(annotation, span, what),
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
            let head = (function.return_type.as_deref(), function.r#async);
            named_function(unit, id.name.as_str(), id.span, body, head, functions)
        }
        Statement::VariableDeclaration(variables) => {
            for (name, span, arrow) in arrows(variables) {
                if arrow.type_parameters.is_some() {
                    return unit.unsupported(
                        span,
                        "a function with type parameters",
                        "one function for each type",
                    );
                }
                let body = Body {
                    params: &arrow.params,
                    statements: &arrow.body.statements,
                    is_expression: arrow.expression,
                    span: arrow.span,
                };
                let head = (arrow.return_type.as_deref(), arrow.r#async);
                named_function(unit, name, span, body, head, functions)?;
            }
            Ok(())
        }
        Statement::ClassDeclaration(class) => methods(unit, class, functions),
        _ => Ok(()),
    }
}

/// The constants that are arrow functions.
pub(super) fn arrows<'p>(
    variables: &'p VariableDeclaration<'p>,
) -> impl Iterator<Item = (&'p str, Span, &'p ArrowFunctionExpression<'p>)> {
    let is_constant = variables.kind == VariableDeclarationKind::Const;
    variables.declarations.iter().filter(move |_| is_constant).filter_map(|one| {
        match (&one.id, &one.init) {
            (
                BindingPattern::BindingIdentifier(id),
                Some(Expression::ArrowFunctionExpression(arrow)),
            ) => Some((id.name.as_str(), id.span, &**arrow)),
            _ => None,
        }
    })
}

fn plain<'p>(unit: &mut Unit<'p>, function: &'p Function<'p>) -> Result<Body<'p>> {
    if function.generator {
        return unit.unsupported(function.span, "a generator", "a function that fills an array");
    }
    if let Some(this) = &function.this_param {
        return unit.unsupported(this.span, "this as a parameter", "a parameter with another name");
    }
    if function.declare {
        return unit.unsupported(function.span, "declare", "a function with a body");
    }
    if function.type_parameters.is_some() {
        return unit.unsupported(
            function.span,
            "a function with type parameters",
            "one function for each type",
        );
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

fn named_function<'p>(
    unit: &mut Unit<'p>,
    name: &'p str,
    span: Span,
    body: Body<'p>,
    (result, is_async): (Option<&'p TSTypeAnnotation<'p>>, bool),
    functions: &mut Vec<Declared<'p>>,
) -> Result<()> {
    if unit.functions.contains_key(name) || unit.types.contains_key(name) {
        return unit.twice(span, name);
    }
    let signature = signature(unit, name.to_owned(), body, result, is_async, functions.len())?;
    unit.functions.insert(name, signature.clone());
    functions.push(Declared { signature, class: None, fields: None, body: Some(body) });
    Ok(())
}

fn signature<'p>(
    unit: &mut Unit<'p>,
    name: String,
    body: Body<'p>,
    result: Option<&'p TSTypeAnnotation<'p>>,
    is_async: bool,
    before: usize,
) -> Result<Signature> {
    if let Some(rest) = &body.params.rest {
        return unit.unsupported(rest.span, "a rest parameter", "an array as the parameter");
    }
    let mut params = Vec::new();
    for param in &body.params.items {
        let BindingPattern::BindingIdentifier(id) = &param.pattern else {
            return unit.unsupported(param.span, "a pattern as parameter", "a plain name");
        };
        if param.accessibility.is_some() || param.readonly {
            let instead = "a field, and an assignment in the constructor";
            return unit.unsupported(param.span, "a parameter that is a field", instead);
        }
        let (annotation, value) = (param.type_annotation.as_deref(), param.initializer.as_deref());
        let of = given(unit, annotation, value, param.span, &format!("the parameter {}", id.name))?;
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
    // The first function is the program itself.
    let index = u16::try_from(before + 1).unwrap_or(u16::MAX);
    Ok(Signature { index, name, params, result: of, is_async })
}

fn methods<'p>(
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
        let body = plain(unit, &method.value)?;
        let full = format!("{}.{name}", id.name);
        let result = method.value.return_type.as_deref();
        let is_async = method.value.r#async;
        let signature = signature(unit, full, body, result, is_async, functions.len())?;
        let is_field = unit.shapes[usize::from(shape)].field(name).is_some();
        if is_field || unit.methods.insert((shape, name), signature.clone()).is_some() {
            return unit.twice(method.span, name);
        }
        let fields = is_constructor.then_some(class);
        functions.push(Declared { signature, class: Some(shape), fields, body: Some(body) });
    }
    if !has_constructor {
        let signature = Signature {
            index: u16::try_from(functions.len() + 1).unwrap_or(u16::MAX),
            name: format!("{}.constructor", id.name),
            params: Vec::new(),
            result: Type::Nothing,
            is_async: false,
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

/// Variables of the top level that functions name are globals; all others are locals of the program.
fn globals<'p>(unit: &mut Unit<'p>, body: &'p [Statement<'p>]) {
    let mut used = Inside::default();
    for statement in body {
        used.visit_statement(statement);
    }
    for statement in body {
        let Statement::VariableDeclaration(variables) = statement else { continue };
        let is_constant = variables.kind == VariableDeclarationKind::Const;
        for one in &variables.declarations {
            let BindingPattern::BindingIdentifier(id) = &one.id else { continue };
            let name = id.name.as_str();
            if used.names.contains(name) && !unit.functions.contains_key(name) {
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

/// The names that functions use.
#[derive(Default)]
struct Inside<'p> {
    depth: u32,
    /// What is nested more deeply is refused when it is compiled.
    nested: u32,
    names: HashSet<&'p str>,
}

impl<'p> Visit<'p> for Inside<'p> {
    fn visit_function(&mut self, function: &Function<'p>, flags: ScopeFlags) {
        self.depth += 1;
        walk::walk_function(self, function, flags);
        self.depth -= 1;
    }

    fn visit_arrow_function_expression(&mut self, arrow: &ArrowFunctionExpression<'p>) {
        self.depth += 1;
        walk::walk_arrow_function_expression(self, arrow);
        self.depth -= 1;
    }

    fn visit_class(&mut self, class: &Class<'p>) {
        self.depth += 1;
        walk::walk_class(self, class);
        self.depth -= 1;
    }

    fn visit_function_body(&mut self, body: &FunctionBody<'p>) {
        walk::walk_function_body(self, body);
    }

    fn visit_expression(&mut self, expression: &Expression<'p>) {
        if self.nested < DEPTH {
            self.nested += 1;
            walk::walk_expression(self, expression);
            self.nested -= 1;
        }
    }

    fn visit_statement(&mut self, statement: &Statement<'p>) {
        if self.nested < DEPTH {
            self.nested += 1;
            walk::walk_statement(self, statement);
            self.nested -= 1;
        }
    }

    fn visit_identifier_reference(&mut self, name: &IdentifierReference<'p>) {
        if self.depth > 0 {
            self.names.insert(name.name.as_str());
        }
    }
}

//! The fields of interfaces, types and classes.

use oxc_ast::ast::{
    Class, ClassElement, Expression, PropertyKey, TSMethodSignatureKind, TSSignature,
    TSTypeAnnotation,
};
use oxc_span::{GetSpan, Span};

use super::types::{Field, Type};
use super::unit::{Result, Unit};

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

/// The fields of an interface or of a type literal.
pub(super) fn fields<'p>(
    unit: &mut Unit<'p>,
    members: &'p [TSSignature<'p>],
) -> Result<Vec<Field>> {
    let mut fields: Vec<Field> = Vec::new();
    for member in members {
        let span = member.span();
        if let TSSignature::TSMethodSignature(method) = member
            && let Some(name) = key(&method.key).filter(|_| !method.computed)
            && method.kind == TSMethodSignatureKind::Method
            && method.type_parameters.is_none()
        {
            if fields.iter().any(|field| field.name == name) {
                return unit.twice(span, name);
            }
            let of = unit.callable(&method.params, method.return_type.as_deref(), span)?;
            fields.push(Field { name: name.into(), of, optional: method.optional });
            continue;
        }
        let TSSignature::TSPropertySignature(property) = member else {
            return unit.unsupported(
                span,
                "a member that is not a field",
                "fields and methods, e.g. x: number;",
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

pub(super) fn class_fields<'p>(unit: &mut Unit<'p>, class: &'p Class<'p>) -> Result<Vec<Field>> {
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
pub(super) fn given<'p>(
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

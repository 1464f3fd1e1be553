//! What all functions of a program share while it is compiled.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use oxc_ast::ast::{FormalParameters, TSType, TSTypeAnnotation};
use oxc_span::{GetSpan, Span};

use super::function::Compiled;
use super::library::Library;
use super::polls::Polls;
use super::resolve::Resolved;
use super::signatures::MAX_PARAMS;
use super::types::{Callable, Field, Shape, Type};
use crate::diagnostic::{Findings, Problem, Span as Place};
use crate::pool::Pool;
use bytecode::limits::{MAX_FIELDS, MAX_TABLE};
use bytecode::{Constant, Within};

/// What is wrong was reported.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refused;

pub(super) type Result<T, E = Refused> = std::result::Result<T, E>;

/// A function, method or constructor, as callers see it.
#[derive(Debug, Clone, Default)]
pub(super) struct Signature {
    pub index: u16,
    pub name: String,
    pub params: Vec<Param>,
    pub result: Type,
    pub is_async: bool,
    /// Type parameters, by name.
    pub variables: Vec<(String, Type)>,
}

impl Signature {
    /// As the type of a value.
    pub fn callable(&self) -> Rc<Callable> {
        let result = self.result.clone();
        Rc::new(Callable {
            params: self.params.iter().map(|param| param.of.clone()).collect(),
            least: self.params.iter().filter(|param| !param.optional).count(),
            result: if self.is_async { Type::task(result) } else { result },
        })
    }
}

#[derive(Debug, Clone)]
pub(super) struct Param {
    pub name: String,
    pub of: Type,
    /// May be left out, and is undefined then.
    pub optional: bool,
}

/// A variable of the top level that functions use.
#[derive(Debug, Clone)]
pub(super) struct Global {
    pub index: u16,
    /// `None` until its declaration was compiled.
    pub of: Option<Type>,
    pub is_constant: bool,
}

/// What a name of a type stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named<'p> {
    Shape(u16),
    Alias(&'p TSType<'p>),
    /// An enum of numbers, or of strings.
    Enum {
        is_text: bool,
    },
}

/// A value of an enum.
#[derive(Debug, Clone, Copy)]
pub(super) enum EnumValue<'p> {
    Number(f64),
    Text(&'p str),
}

/// A function that may be called as a value.
pub(super) struct Target {
    pub index: u16,
    pub of: Rc<Callable>,
    pub is_async: bool,
    /// Gets what it has captured as its last argument.
    pub is_inner: bool,
}

#[derive(Default)]
pub(super) struct Unit<'p> {
    pub findings: Findings,
    pub pool: Pool,
    pub shapes: Vec<Shape>,
    pub list: Option<u16>,
    pub types: HashMap<&'p str, Named<'p>>,
    pub functions: HashMap<&'p str, Signature>,
    /// Methods, and as `constructor` the constructor, by class.
    pub methods: HashMap<(u16, &'p str), Signature>,
    pub globals: HashMap<&'p str, Global>,
    /// Classes and arrow functions of the top level whose declaration was not reached yet.
    pub pending: HashSet<&'p str>,
    /// Functions and classes in whose declaration a mistake was reported.
    pub broken: HashSet<&'p str>,
    pub resolved: Resolved<'p>,
    /// The names that each function and class of the top level uses.
    pub uses: HashMap<&'p str, HashSet<&'p str>>,
    /// Where each line of the text begins.
    pub lines: Vec<u32>,
    /// Where the text says how often a loop or a function polls.
    pub polls: Polls,
    /// Parts of functions of which it says within how many instructions they poll.
    pub within: Vec<Within>,
    /// Type parameters of the function at work.
    pub variables: Vec<(String, Type)>,
    /// Type parameters so far.
    pub variable_count: u16,
    /// Values of enums, by enum and name.
    pub enums: HashMap<&'p str, HashMap<&'p str, EnumValue<'p>>>,
    /// Functions so far; the first one is the program itself.
    pub function_count: usize,
    /// Functions inside of others, of the library, and those that call values: with the text that they are of.
    pub made: Vec<(u16, String, Compiled, Span)>,
    /// All functions that are values somewhere.
    pub targets: Vec<Target>,
    /// Functions of the top level that are values, and the globals that hold them.
    pub values: Vec<(&'p str, u16)>,
    /// Functions that call a value; `true`: in a task of their own.
    pub callers: Vec<(Rc<Callable>, bool, u16)>,
    /// Shapes of functions, and of variables that functions share.
    pub function_shape: Option<u16>,
    pub variable_shape: Option<u16>,
    /// The shape of errors.
    pub error: Option<u16>,
    pub library: Library<'p>,
    /// Aliases that are being looked up.
    depth: u32,
}

/// Aliases of aliases that are followed.
const DEPTH: u32 = 50;

pub(super) fn place(span: Span) -> Place {
    Place { start: span.start as usize, end: span.end as usize }
}

impl<'p> Unit<'p> {
    pub fn new(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(at, _)| at as u32 + 1)).collect();
        Self { lines, ..Self::default() }
    }

    /// The line of an offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.lines.partition_point(|start| *start <= offset) as u32
    }

    /// Reports what is wrong, and what to write.
    pub fn refuse<T>(
        &mut self,
        span: Span,
        message: impl Into<String>,
        expected: impl Into<String>,
    ) -> Result<T> {
        self.findings.error(Problem::new(place(span), message, expected));
        Err(Refused)
    }

    /// Reports a second declaration.
    pub fn twice<T>(&mut self, span: Span, name: &str) -> Result<T> {
        self.refuse(span, format!("{name} is declared twice"), "each name once")
    }

    /// Reports what the language does not have.
    pub fn unsupported<T>(&mut self, span: Span, what: &str, instead: &str) -> Result<T> {
        self.refuse(span, format!("{what} is not supported"), instead)
    }

    pub fn name(&self, of: &Type) -> String {
        of.name(&self.shapes)
    }

    pub fn constant(&mut self, constant: Constant, span: Span) -> u16 {
        self.pool.index(constant, place(span), &mut self.findings)
    }

    /// Adds a shape.
    pub fn shape(&mut self, span: Span, shape: Shape) -> Result<u16> {
        if self.shapes.len() >= MAX_TABLE {
            return self.refuse(
                span,
                "this is one type of objects too many",
                format!("at most {MAX_TABLE}"),
            );
        }
        self.shapes.push(shape);
        Ok(self.shapes.len() as u16 - 1)
    }

    pub fn fields(&mut self, span: Span, shape: u16, fields: Vec<Field>) -> Result<()> {
        if fields.len() > MAX_FIELDS {
            let message = format!("an object with {} fields", fields.len());
            return self.refuse(span, message, format!("at most {MAX_FIELDS}"));
        }
        self.shapes[usize::from(shape)].fields = fields;
        Ok(())
    }

    /// What is not declared yet, and is used by a call of a function or class, perhaps the function or class itself.
    pub fn too_early<'n>(&'n self, root: &'n str) -> Option<&'n str> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut work: Vec<&str> = vec![root];
        while let Some(name) = work.pop() {
            let is_global = self.globals.get(name).is_some_and(|global| global.of.is_none());
            if is_global || self.pending.contains(name) {
                return Some(name);
            }
            if seen.insert(name) {
                work.extend(self.uses.get(name).into_iter().flatten());
            }
        }
        None
    }

    /// The index of one function more.
    pub fn next_function(&mut self) -> u16 {
        self.function_count += 1;
        u16::try_from(self.function_count).unwrap_or(u16::MAX)
    }

    /// With these type parameters, and no others.
    pub fn with_variables<T>(
        &mut self,
        variables: &[(String, Type)],
        with: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let outer = std::mem::replace(&mut self.variables, variables.to_vec());
        let done = with(self);
        self.variables = outer;
        done
    }

    /// A shape that no program can name.
    pub fn own_shape(&mut self, span: Span, name: &str, fields: &[&str]) -> Result<u16> {
        let mut name = name.to_owned();
        while self.shapes.iter().any(|shape| shape.name == name) {
            name.push('\'');
        }
        let field =
            |name: &&str| Field { name: (*name).into(), of: Type::Unknown, optional: false };
        let fields = fields.iter().map(field).collect();
        self.shape(span, Shape { name, fields, is_class: true })
    }

    /// The shape of functions as values.
    pub fn function_shape(&mut self, span: Span) -> Result<u16> {
        if self.function_shape.is_none() {
            self.function_shape =
                Some(self.own_shape(span, "function", &["number", "captured"])?);
        }
        self.function_shape.ok_or(Refused)
    }

    /// The shape of what holds a variable that several functions use and change.
    pub fn variable_shape(&mut self, span: Span) -> Result<u16> {
        if self.variable_shape.is_none() {
            self.variable_shape =
                Some(self.own_shape(span, bytecode::Shape::SHARED, &["value"])?);
        }
        self.variable_shape.ok_or(Refused)
    }

    /// The global that holds a function of the top level as a value.
    pub fn value(&mut self, name: &'p str, signature: &Signature) -> u16 {
        if let Some((_, index)) = self.values.iter().find(|(known, _)| *known == name) {
            return *index;
        }
        let index = (self.globals.len() + self.values.len()) as u16;
        self.values.push((name, index));
        self.targets.push(Target {
            index: signature.index,
            of: signature.callable(),
            is_async: signature.is_async,
            is_inner: false,
        });
        index
    }

    /// The shape of lists.
    pub fn list(&mut self, span: Span) -> Result<u16> {
        if let Some(shape) = self.list {
            return Ok(shape);
        }
        let field = |name: &str| Field { name: name.into(), of: Type::Unknown, optional: false };
        let fields = vec![field("elements"), field("length")];
        let shape =
            self.shape(span, Shape { name: bytecode::Shape::LIST.into(), fields, is_class: true })?;
        self.list = Some(shape);
        Ok(shape)
    }

    /// The type of an annotation that must be there.
    pub fn annotated(
        &mut self,
        annotation: Option<&'p TSTypeAnnotation<'p>>,
        span: Span,
        what: &str,
    ) -> Result<Type> {
        match annotation {
            Some(annotation) => self.of(&annotation.type_annotation),
            None => {
                self.refuse(span, format!("{what} has no type"), "a type behind it, e.g. x: number")
            }
        }
    }

    pub fn of(&mut self, of: &'p TSType<'p>) -> Result<Type> {
        use oxc_ast::ast::{TSLiteral, TSTypeName, TSTypeOperatorOperator};
        let span = of.span();
        Ok(match of {
            TSType::TSNumberKeyword(_) => Type::Number,
            TSType::TSStringKeyword(_) => Type::Text,
            TSType::TSBooleanKeyword(_) => Type::Bool,
            TSType::TSNullKeyword(_) | TSType::TSUndefinedKeyword(_) | TSType::TSVoidKeyword(_) => {
                Type::Nothing
            }
            TSType::TSParenthesizedType(inner) => self.of(&inner.type_annotation)?,
            TSType::TSArrayType(list) => Type::list(self.of(&list.element_type)?),
            TSType::TSTypeOperatorType(inner)
                if inner.operator == TSTypeOperatorOperator::Readonly =>
            {
                self.of(&inner.type_annotation)?
            }
            TSType::TSLiteralType(literal) => match &literal.literal {
                TSLiteral::BooleanLiteral(_) => Type::Bool,
                TSLiteral::NumericLiteral(_) | TSLiteral::UnaryExpression(_) => Type::Number,
                TSLiteral::StringLiteral(_) => Type::Text,
                _ => return self.unsupported(span, "this type", "number, string or boolean"),
            },
            TSType::TSUnionType(union) => {
                let mut all = Type::Nothing;
                for part in &union.types {
                    let part = self.of(part)?;
                    match all.clone().join(part.clone()) {
                        Some(joined) => all = joined,
                        None => {
                            let (one, other) = (self.name(&all), self.name(&part));
                            let what = format!("a value that is {one} or {other}");
                            return self.unsupported(
                                span,
                                &what,
                                "one type, perhaps with null or undefined",
                            );
                        }
                    }
                }
                all
            }
            TSType::TSTypeLiteral(literal) => {
                let fields = super::shapes::fields(self, &literal.members)?;
                self.anonymous(span, fields)?
            }
            TSType::TSTypeReference(reference) => {
                let TSTypeName::IdentifierReference(name) = &reference.type_name else {
                    return self.unsupported(span, "a qualified name", "a type of this file");
                };
                let arguments = reference.type_arguments.as_ref().map(|all| &all.params[..]);
                match (name.name.as_str(), arguments) {
                    ("Array" | "ReadonlyArray", Some([of])) => Type::list(self.of(of)?),
                    ("Promise", Some([of])) => Type::task(self.of(of)?),
                    ("Mutex", None) => Type::Mutex,
                    (name, None) if self.is_error(name) => Type::Object(self.error_shape(span)?),
                    (name, None) => self.named(name, span)?,
                    (name, Some(_)) => {
                        let what = format!("{name} with type parameters");
                        return self.unsupported(
                            span,
                            &what,
                            "Array<T>, Promise<T> or a type without parameters",
                        );
                    }
                }
            }
            TSType::TSAnyKeyword(_) | TSType::TSUnknownKeyword(_) => {
                return self.unsupported(span, "a value of any type", "the type that it has");
            }
            TSType::TSFunctionType(of) if of.type_parameters.is_none() => {
                self.callable(&of.params, Some(&of.return_type), span)?
            }
            _ => {
                let instead = "number, string, boolean, an array, an interface, a class or Promise";
                return self.unsupported(span, "this type", instead);
            }
        })
    }

    /// The type of functions with these parameters.
    pub fn callable(
        &mut self,
        params: &'p FormalParameters<'p>,
        result: Option<&'p TSTypeAnnotation<'p>>,
        span: Span,
    ) -> Result<Type> {
        if let Some(rest) = &params.rest {
            return self.unsupported(rest.span, "a rest parameter", "an array as the parameter");
        }
        if params.items.len() > MAX_PARAMS {
            let expected = format!("at most {MAX_PARAMS}");
            return self.refuse(params.span, "a function with so many parameters", expected);
        }
        let mut all = Vec::new();
        for param in &params.items {
            all.push(self.annotated(
                param.type_annotation.as_deref(),
                param.span,
                "the parameter",
            )?);
        }
        let least = params.items.iter().take_while(|param| !param.optional).count();
        let result = self.annotated(result, span, "the result")?;
        Ok(Type::Function(Rc::new(Callable { params: all, least, result })))
    }

    fn named(&mut self, name: &str, span: Span) -> Result<Type> {
        if let Some((_, of)) = self.variables.iter().rev().find(|(known, _)| known == name) {
            return Ok(of.clone());
        }
        match self.types.get(name).copied() {
            Some(Named::Shape(shape)) => Ok(Type::Object(shape)),
            Some(Named::Enum { is_text }) => Ok(if is_text { Type::Text } else { Type::Number }),
            Some(Named::Alias(of)) if self.depth < DEPTH => {
                self.depth += 1;
                let found = self.with_variables(&[], |unit| unit.of(of));
                self.depth -= 1;
                found
            }
            Some(Named::Alias(_)) => self.refuse(
                span,
                format!("{name} stands for itself"),
                "a type that is not a circle of names",
            ),
            None => self.refuse(
                span,
                format!("there is no type {name}"),
                "an interface, type or class of this file",
            ),
        }
    }

    /// The type of objects with these fields: a shape that has the same ones, or a new one.
    pub fn anonymous(&mut self, span: Span, fields: Vec<Field>) -> Result<Type> {
        let same = |shape: &Shape| {
            !shape.is_class
                && shape.fields.len() == fields.len()
                && fields.iter().all(|field| {
                    shape.field(&field.name).is_some_and(|(_, known)| known.of == field.of)
                })
        };
        if let Some(found) = self.shapes.iter().position(same) {
            return Ok(Type::Object(found as u16));
        }
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let mut name = format!("{{ {} }}", names.join(", "));
        while self.shapes.iter().any(|shape| shape.name == name) {
            name.push('\'');
        }
        let shape = self.shape(span, Shape { name, fields: Vec::new(), is_class: false })?;
        self.fields(span, shape, fields)?;
        Ok(Type::Object(shape))
    }
}

//! Types, as far as the compiler uses them. Null and undefined belong to every type: what must not be one of them
//! traps when the program runs.

use std::collections::HashMap;
use std::rc::Rc;

/// The type of an expression or variable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Type {
    /// Null or undefined and nothing else.
    #[default]
    Nothing,
    Number,
    Text,
    Bool,
    List(Rc<Type>),
    /// Of a shape, by its index.
    Object(u16),
    Task(Rc<Type>),
    Function(Rc<Callable>),
    /// A type parameter.
    Variable(u16),
    Mutex,
    /// A mistake was reported where it comes from, or no element says what a list holds.
    Unknown,
}

impl Type {
    pub fn list(of: Type) -> Self {
        Self::List(Rc::new(of))
    }

    pub fn task(of: Type) -> Self {
        Self::Task(Rc::new(of))
    }

    /// Whether a value of this type may be where one of the other is expected.
    pub fn fits(&self, wanted: &Type) -> bool {
        self.is_like(wanted, false)
    }

    /// `is_open`: a type parameter may be any type.
    fn is_like(&self, wanted: &Type, is_open: bool) -> bool {
        match (self, wanted) {
            (Type::Variable(_), _) | (_, Type::Variable(_)) if is_open => true,
            (Type::Nothing | Type::Unknown, _) | (_, Type::Unknown) => true,
            (Type::List(one), Type::List(other)) | (Type::Task(one), Type::Task(other)) => {
                one.is_like(other, is_open)
            }
            (Type::Function(one), Type::Function(other)) => one.is_like(other, is_open),
            _ => self == wanted,
        }
    }

    /// Whether it is said everywhere what it is.
    pub fn is_known(&self) -> bool {
        match self {
            Type::Unknown => false,
            Type::List(of) | Type::Task(of) => of.is_known(),
            Type::Function(of) => of.params.iter().all(Type::is_known) && of.result.is_known(),
            _ => true,
        }
    }

    /// Finds what the type parameters in it are, if it is to be this type.
    pub fn bind(&self, found: &Type, bound: &mut HashMap<u16, Type>) {
        match (self, found) {
            (Type::Variable(_), Type::Nothing | Type::Unknown) => {}
            (Type::Variable(name), found) => {
                bound.entry(*name).or_insert_with(|| found.clone());
            }
            (Type::List(one), Type::List(other)) | (Type::Task(one), Type::Task(other)) => {
                one.bind(other, bound);
            }
            (Type::Function(one), Type::Function(other)) => {
                let pairs = one.params.iter().zip(&other.params);
                pairs.for_each(|(one, other)| one.bind(other, bound));
                one.result.bind(&other.result, bound);
            }
            _ => {}
        }
    }

    /// It with what its type parameters are; of those that are not known nothing is known.
    pub fn with(&self, bound: &HashMap<u16, Type>) -> Type {
        match self {
            Type::Variable(name) => bound.get(name).cloned().unwrap_or(Type::Unknown),
            Type::List(of) => Type::list(of.with(bound)),
            Type::Task(of) => Type::task(of.with(bound)),
            Type::Function(of) => Type::Function(Rc::new(Callable {
                params: of.params.iter().map(|param| param.with(bound)).collect(),
                least: of.least,
                result: of.result.with(bound),
            })),
            other => other.clone(),
        }
    }

    /// The type of what may be a value of either.
    pub fn join(self, other: Type) -> Option<Type> {
        if other.fits(&self) && self != Type::Nothing {
            Some(self)
        } else if self.fits(&other) {
            Some(other)
        } else {
            None
        }
    }

    /// As TypeScript writes it.
    pub fn name(&self, shapes: &[Shape]) -> String {
        match self {
            Type::Nothing => "undefined".into(),
            Type::Number => "number".into(),
            Type::Text => "string".into(),
            Type::Bool => "boolean".into(),
            Type::List(of) => format!("{}[]", of.name(shapes)),
            Type::Object(shape) => {
                shapes.get(usize::from(*shape)).map_or("object".into(), |shape| shape.name.clone())
            }
            Type::Task(of) if **of == Type::Nothing => "Promise<void>".into(),
            Type::Task(of) => format!("Promise<{}>", of.name(shapes)),
            Type::Mutex => "Mutex".into(),
            Type::Function(of) => {
                let params: Vec<String> =
                    of.params.iter().map(|param| param.name(shapes)).collect();
                let result = match &of.result {
                    Type::Nothing => "void".into(),
                    result => result.name(shapes),
                };
                format!("({}) => {result}", params.join(", "))
            }
            Type::Variable(_) => "a type parameter".into(),
            Type::Unknown => "unknown".into(),
        }
    }
}

/// What a function takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Callable {
    pub params: Vec<Type>,
    /// Parameters that must be given.
    pub least: usize,
    /// Of an async function a task.
    pub result: Type,
}

impl Callable {
    fn is_like(&self, wanted: &Callable, is_open: bool) -> bool {
        let mut pairs = self.params.iter().zip(&wanted.params);
        let params =
            pairs.all(|(one, other)| one.is_like(other, is_open) || other.is_like(one, is_open));
        let result = wanted.result == Type::Nothing || self.result.is_like(&wanted.result, is_open);
        params && result && self.least <= wanted.params.len()
    }

    /// Whether a call of a function of the other type may call this one.
    pub fn may_be(&self, called: &Callable) -> bool {
        self.is_like(called, true)
    }
}

/// The shape of objects of one type.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub name: String,
    pub fields: Vec<Field>,
    pub is_class: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub name: String,
    pub of: Type,
    /// May be left out of a literal.
    pub optional: bool,
}

impl Shape {
    pub fn field(&self, name: &str) -> Option<(u8, &Field)> {
        let at = self.fields.iter().position(|field| field.name == name)?;
        Some((at as u8, &self.fields[at]))
    }
}

/// The fields of a list: an array, and how many of its elements belong to the list.
pub(super) const ELEMENTS: u8 = 0;
pub(super) const LENGTH: u8 = 1;

/// The fields of a function as a value: the number of its code, and the object with what it has captured.
pub(super) const CODE: u8 = 0;
pub(super) const CAPTURED: u8 = 1;

//! Types, as far as the compiler uses them. Null and undefined belong to every type: what must not be one of them
//! traps when the program runs.

use std::rc::Rc;

/// The type of an expression or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    /// Null or undefined and nothing else.
    Nothing,
    Number,
    Text,
    Bool,
    List(Rc<Type>),
    /// Of a shape, by its index.
    Object(u16),
    Task(Rc<Type>),
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
        match (self, wanted) {
            (Type::Nothing | Type::Unknown, _) | (_, Type::Unknown) => true,
            (Type::List(one), Type::List(other)) | (Type::Task(one), Type::Task(other)) => {
                one.fits(other)
            }
            _ => self == wanted,
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
            Type::Unknown => "unknown".into(),
        }
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

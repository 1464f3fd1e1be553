//! Kinds of values as the verifier knows them: sets of the kinds that a value may have.

use std::fmt;

/// A set of kinds of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u16);

impl Kinds {
    /// No kind: no value has it.
    pub const NONE: Kinds = Kinds(0);
    /// 32-bit integers.
    pub const INT: Kinds = Kinds(1);
    /// 64-bit floats.
    pub const FLOAT: Kinds = Kinds(1 << 1);
    /// `true` and `false`.
    pub const BOOL: Kinds = Kinds(1 << 2);
    /// `null`.
    pub const NULL: Kinds = Kinds(1 << 3);
    /// Strings.
    pub const STRING: Kinds = Kinds(1 << 4);
    /// Objects of any shape.
    pub const OBJECT: Kinds = Kinds(1 << 5);
    /// Arrays.
    pub const ARRAY: Kinds = Kinds(1 << 6);
    /// Tasks.
    pub const TASK: Kinds = Kinds(1 << 7);
    /// Mutexes.
    pub const MUTEX: Kinds = Kinds(1 << 8);
    /// `undefined`.
    pub const UNDEFINED: Kinds = Kinds(1 << 9);
    /// Every kind.
    pub const ANY: Kinds = Kinds((1 << 10) - 1);
    /// Integers and floats.
    pub const NUMBER: Kinds = Self::INT.or(Self::FLOAT);
    /// What has an order: numbers and strings.
    pub const ORDERED: Kinds = Self::NUMBER.or(Self::STRING);
    /// What has a length: arrays and strings.
    pub const SIZED: Kinds = Self::ARRAY.or(Self::STRING);

    /// The kinds of either set.
    pub const fn or(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    /// The kinds of both sets.
    pub const fn and(self, other: Kinds) -> Kinds {
        Kinds(self.0 & other.0)
    }

    /// Whether the set is empty.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether every kind of this set is in the other one.
    pub const fn within(self, other: Kinds) -> bool {
        self.0 & !other.0 == 0
    }

    /// `an int`, `a number`, `null`, `undefined`.
    pub(super) fn with_article(self) -> String {
        let words = self.to_string();
        match words.as_bytes() {
            b"null" | b"undefined" => words,
            [b'a' | b'e' | b'i' | b'o' | b'u', ..] => format!("an {words}"),
            _ => format!("a {words}"),
        }
    }
}

const NAMES: [(Kinds, &str); 10] = [
    (Kinds::INT, "int"),
    (Kinds::FLOAT, "float"),
    (Kinds::BOOL, "bool"),
    (Kinds::NULL, "null"),
    (Kinds::STRING, "string"),
    (Kinds::OBJECT, "object"),
    (Kinds::ARRAY, "array"),
    (Kinds::TASK, "task"),
    (Kinds::MUTEX, "mutex"),
    (Kinds::UNDEFINED, "undefined"),
];

/// `int`, `number`, `array or string`, `value` for any kind.
impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Kinds::NONE => return f.write_str("nothing"),
            Kinds::ANY => return f.write_str("value"),
            _ => {}
        }
        let mut left = *self;
        let mut names = Vec::new();
        if Kinds::NUMBER.within(left) {
            names.push("number");
            left = Kinds(left.0 & !Kinds::NUMBER.0);
        }
        names.extend(NAMES.iter().filter(|(kind, _)| kind.within(left)).map(|(_, name)| *name));
        f.write_str(&names.join(" or "))
    }
}

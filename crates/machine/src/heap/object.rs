//! How objects lie in the heap.
//!
//! A header word, then the payload:
//!
//! | bits of the header | meaning |
//! |---|---|
//! | 56 to 63 | kind |
//! | 32 to 55 | shape (objects), else 0 |
//! | 0 to 31 | length in the kind's own unit |
//!
//! | kind | length counts | payload words |
//! |---|---|---|
//! | `Filler` | words, header included | anything |
//! | `Object` | fields | one value each |
//! | `Array` | elements | one value each |
//! | `String` | bytes | eight bytes each, the rest zeros |
//! | `Mutex` | 1 | its state (raw) |
//! | `Task` | 2 | its state (raw), its result (a value) |
//!
//! Objects never move, so the index of the header word is the object's identity.

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ObjectKind {
    /// Free words.
    Filler = 0,
    /// Named fields.
    Object = 1,
    /// Elements.
    Array = 2,
    /// UTF-8 text.
    String = 3,
    /// A lock for tasks.
    Mutex = 4,
    /// The handle of a task.
    Task = 5,
}

/// A header word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Header(u64);

impl Header {
    /// A header of that kind, shape and length.
    pub const fn new(kind: ObjectKind, shape: u16, length: u32) -> Self {
        Self((kind as u64) << 56 | (shape as u64) << 32 | length as u64)
    }

    /// The bits as they lie in the heap.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A header from a word of the heap.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// What the object is; an unknown number (which only damage could bring) counts as filler.
    pub const fn kind(self) -> ObjectKind {
        match self.0 >> 56 {
            1 => ObjectKind::Object,
            2 => ObjectKind::Array,
            3 => ObjectKind::String,
            4 => ObjectKind::Mutex,
            5 => ObjectKind::Task,
            _ => ObjectKind::Filler,
        }
    }

    /// Index of an object's shape.
    pub const fn shape(self) -> u16 {
        (self.0 >> 32) as u16
    }

    /// Length in the kind's own unit.
    pub const fn length(self) -> u32 {
        self.0 as u32
    }

    /// Kind and shape in one number, to compare both at once.
    #[inline(always)]
    pub const fn tag(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// Words of the whole object, header included.
    #[inline]
    pub const fn words(self) -> u64 {
        let length = self.length() as u64;
        match self.kind() {
            ObjectKind::Filler => length,
            ObjectKind::String => 1 + length.div_ceil(8),
            _ => 1 + length,
        }
    }

    /// Which payload words hold values: from, to (relative to the header, `to` not included).
    pub const fn values(self) -> (u32, u32) {
        match self.kind() {
            ObjectKind::Object | ObjectKind::Array => (1, self.length().saturating_add(1)),
            ObjectKind::Task => (2, 3),
            _ => (1, 1),
        }
    }
}

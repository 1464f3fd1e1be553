//! Why a snapshot cannot be taken, read or restored.

use std::fmt;

use bytecode::LoadError;
use bytecode::codec::TooLarge;

/// Why bytes are not a valid snapshot, or cannot be restored with these options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotError {
    /// The section, and the byte of the file; `None` when the options are wrong and not the file.
    pub place: Option<(&'static str, usize)>,
    /// What was found, what was expected, and what to do where that is known.
    pub message: String,
}

impl SnapshotError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }
}

impl From<LoadError> for SnapshotError {
    fn from(error: LoadError) -> Self {
        let place = Some((error.section.unwrap_or("header"), error.offset));
        Self { place, message: error.message.clone() }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((section, offset)) = self.place {
            write!(f, "snapshot, section {section}, byte {offset}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for SnapshotError {}

/// Why no snapshot was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureError {
    /// The program has ended.
    Ended,
    /// A section would be longer than the format permits: 4 GiB.
    TooLarge(&'static str),
}

impl From<TooLarge> for CaptureError {
    fn from(TooLarge(section): TooLarge) -> Self {
        Self::TooLarge(section)
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => {
                f.write_str("the program has ended: there is nothing left to take a snapshot of")
            }
            Self::TooLarge(section) => {
                write!(f, "the snapshot's section {section} would be longer than 4 GiB")
            }
        }
    }
}

impl std::error::Error for CaptureError {}

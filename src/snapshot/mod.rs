//! The state of a stopped world as bytes.

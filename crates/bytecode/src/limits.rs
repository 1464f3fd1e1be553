//! What a module may hold at most. The verifier and the assembler enforce these.

/// Entries of a table of the module: constants, globals, shapes, functions.
pub const MAX_TABLE: usize = u16::MAX as usize;
/// Local variables of a function, parameters included.
pub const MAX_LOCALS: usize = 255;
/// Fields of a shape.
pub const MAX_FIELDS: usize = 255;
/// Local variables and operands of a function together.
pub const MAX_REGISTERS: usize = 1024;
/// Tries that are open at once in a function.
pub const MAX_TRIES: usize = 32;
/// Bytes of a function's code.
pub const MAX_CODE: usize = 1 << 20;
/// Bytes of a name.
pub const MAX_NAME: usize = 255;
/// Bytes of a binary module.
pub const MAX_MODULE: usize = 4 << 20;
/// Bytes of a program's text.
pub const MAX_SOURCE: usize = 2 << 20;

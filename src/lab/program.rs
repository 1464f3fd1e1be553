//! A program as it was loaded: verified, and described for whoever looks at it.

use crate::bytecode::{
    self, Bound, PathBound, VerifiedModule, assemble_verified, disassemble, listing, longest_paths,
};

use super::views;

/// What a program is loaded from.
#[derive(Debug, Clone)]
pub enum Source {
    /// The assembler's language.
    Text(String),
    /// A binary module.
    Bytes(Vec<u8>),
}

/// A program that may be run.
#[derive(Debug, Clone)]
pub struct Program {
    /// The verified module.
    pub module: VerifiedModule,
    text: Option<String>,
}

impl Program {
    /// Assembles or decodes, and verifies.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text or of the bytes.
    pub fn load(source: Source) -> Result<Self, Vec<views::Diagnostic>> {
        match source {
            Source::Text(text) => match assemble_verified(&text) {
                Ok(module) => Ok(Self { module, text: Some(text) }),
                Err(errors) => Err(errors.iter().map(of_text).collect()),
            },
            Source::Bytes(bytes) => {
                let module = bytecode::decode(&bytes).map_err(|error| {
                    vec![of_bytes(
                        u32::try_from(error.offset).unwrap_or(u32::MAX),
                        error.to_string(),
                    )]
                })?;
                match bytecode::verify(module) {
                    Ok(module) => Ok(Self { module, text: None }),
                    Err(errors) => Err(errors
                        .iter()
                        .map(|error| of_bytes(error.offset.unwrap_or(0), error.to_string()))
                        .collect()),
                }
            }
        }
    }

    /// The binary module.
    pub fn bytes(&self) -> Vec<u8> {
        bytecode::encode(self.module.module())
    }

    /// Text that assembles to the module: what was loaded, or what the disassembler makes of it.
    pub fn text(&self) -> String {
        self.text.clone().unwrap_or_else(|| disassemble(&self.module))
    }

    /// The program for whoever looks at it.
    pub fn view(&self) -> views::Program {
        let module = self.module.module();
        let name = |function: u16| module.functions[usize::from(function)].name.clone();
        views::Program {
            name: module.name.clone(),
            listing: listing(&self.module)
                .into_iter()
                .map(|row| views::ListingRow {
                    function: name(row.function),
                    index: row.instruction,
                    offset: row.offset,
                    bytes: row.bytes,
                    text: row.text,
                    line: row.line,
                    poll: row.poll,
                    site: row.site,
                })
                .collect(),
            bounds: longest_paths(&self.module, module.policy)
                .iter()
                .map(|bound| self.bound(bound, name(bound.function)))
                .collect(),
            functions: module.functions.iter().map(|function| function.name.clone()).collect(),
            policy: module.policy,
            size: self.bytes().len(),
            source: self.text(),
        }
    }

    fn bound(&self, bound: &PathBound, function: String) -> views::PathBound {
        let functions = self.module.functions();
        let line = |function: u16, at: u32| functions[usize::from(function)].line(at);
        let of_run = bound.from.and_then(|from| line(from.function, from.instruction));
        match bound.bound {
            Bound::AtMost { instructions } => views::PathBound {
                function,
                instructions: Some(instructions),
                line: of_run,
                why: format!("at most {instructions} instructions from one poll to the next"),
            },
            Bound::PerFrame { instructions } => views::PathBound {
                function,
                instructions: Some(instructions),
                line: of_run,
                why: format!(
                    "at most {instructions} instructions for each frame of the recursion that returns"
                ),
            },
            Bound::Unbounded { instruction, why } => views::PathBound {
                function,
                instructions: None,
                line: line(bound.function, instruction),
                why: why.description().into(),
            },
        }
    }
}

fn of_text(error: &bytecode::Diagnostic) -> views::Diagnostic {
    let mut message = error.message.clone();
    if !error.expected.is_empty() {
        message.push_str("; expected ");
        message.push_str(&error.expected);
    }
    if let Some(help) = &error.help {
        message.push_str(" (");
        message.push_str(help);
        message.push(')');
    }
    views::Diagnostic {
        line: error.line,
        column: error.column,
        length: error.length,
        offset: error.offset,
        message,
    }
}

fn of_bytes(offset: u32, message: String) -> views::Diagnostic {
    views::Diagnostic { line: 0, column: 0, length: 0, offset, message }
}

//! A program as it was loaded: verified, and described for scripts and the page.

use super::{Diagnostic, as_written, assemble_verified, assemble_with_warnings, compile};
use super::{disassemble_for_editing, listing, views};
use bytecode::{Bound, PathBound, PollPolicy, VerifiedModule, longest_paths};

/// What a program is loaded from.
#[derive(Debug, Clone)]
pub enum Source {
    /// TypeScript, or the assembler's language: of that the first line which is neither empty nor a comment begins
    /// with a dot.
    Text(String),
    /// A binary module.
    Bytes(Vec<u8>),
}

/// A program that may be run.
#[derive(Debug, Clone)]
pub struct Program {
    /// The verified module; its lines are those of the text.
    pub module: VerifiedModule,
    text: String,
    bytes: Vec<u8>,
    warnings: Vec<views::Diagnostic>,
}

impl Program {
    /// Assembles or decodes, and verifies.
    ///
    /// # Errors
    /// All mistakes, in the order of the text or of the bytes.
    pub fn load(source: Source) -> Result<Self, Vec<views::Diagnostic>> {
        match source {
            Source::Text(text) => Self::of_text(text),
            Source::Bytes(bytes) => Self::of_bytes(bytes),
        }
    }

    fn of_text(text: String) -> Result<Self, Vec<views::Diagnostic>> {
        if text.trim().is_empty() {
            let message = "the program is empty; expected a statement, such as print(1);".into();
            return Err(vec![views::Diagnostic {
                line: 1,
                column: 1,
                length: 0,
                offset: 0,
                message,
            }]);
        }
        let (module, warnings) = match is_assembler(&text) {
            true => assemble_with_warnings(&text),
            false => compile(&text).map(|module| (module, Vec::new())),
        }
        .map_err(|errors| errors.iter().map(of_text).collect::<Vec<_>>())?;
        let bytes = bytecode::encode(module.module());
        Ok(Self { module, text, bytes, warnings: warnings.iter().map(of_text).collect() })
    }

    fn of_bytes(bytes: Vec<u8>) -> Result<Self, Vec<views::Diagnostic>> {
        let module = verified(&bytes)?;
        // Users see the disassembly, so lines have to be those of the disassembly. If that text is
        // too large for the assembler, the module keeps its own lines.
        let text = disassemble_for_editing(&module);
        let module = assemble_verified(&text).unwrap_or(module);
        Ok(Self { module, text, bytes, warnings: Vec::new() })
    }

    /// The program of a snapshot: its module, and its text if that is of the same module.
    pub fn restored(module: &VerifiedModule, text: Option<&str>) -> Self {
        let program = text.and_then(|text| Self::of_text(text.to_owned()).ok());
        let same = program.and_then(|Self { bytes, text, .. }| Self::known(module, &bytes, text));
        same.unwrap_or_else(|| Self {
            module: module.clone(),
            text: disassemble_for_editing(module),
            bytes: bytecode::encode(module.module()),
            warnings: Vec::new(),
        })
    }

    /// The program of a snapshot whose text and binary module were read elsewhere; `None` if they
    /// are of another program.
    pub fn known(module: &VerifiedModule, bytes: &[u8], text: String) -> Option<Self> {
        // The machine's own module: a breakpoint compares modules to tell whether it belongs to the
        // program that runs.
        let same = bytecode::encode(module.module()) == bytes;
        let program =
            || Self { module: module.clone(), text, bytes: bytes.to_vec(), warnings: Vec::new() };
        same.then(program)
    }

    /// A program that was read elsewhere: its [`runnable`](Self::runnable) form and its text.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub fn read(runnable: &[u8], text: String) -> Result<Self, Vec<views::Diagnostic>> {
        let module = verified(runnable)?;
        Ok(Self { module, text, bytes: runnable.to_vec(), warnings: Vec::new() })
    }

    /// The binary module whose lines are those of the text.
    pub fn runnable(&self) -> Vec<u8> {
        bytecode::encode(self.module.module())
    }

    /// The binary module: as loaded, or assembled from the text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Text of which the module is made: as loaded, or made by the disassembler.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Assembler of the module: the text itself, or what a text in TypeScript was compiled to.
    pub fn assembler(&self) -> String {
        match is_assembler(&self.text) {
            true => self.text.clone(),
            false => disassemble_for_editing(&self.module),
        }
    }

    /// Warnings about probable mistakes in the text.
    pub fn warnings(&self) -> &[views::Diagnostic] {
        &self.warnings
    }

    /// The result of reading a program, for scripts.
    pub fn loaded(program: &Result<Self, Vec<views::Diagnostic>>) -> views::Loaded {
        match program {
            Ok(program) => views::Loaded {
                ok: true,
                errors: Vec::new(),
                warnings: program.warnings.clone(),
                program: Some(program.view()),
            },
            Err(errors) => views::Loaded {
                ok: false,
                errors: errors.clone(),
                warnings: Vec::new(),
                program: None,
            },
        }
    }

    /// The program in words and numbers.
    pub fn view(&self) -> views::Program {
        let module = self.module.module();
        let lines: Vec<&str> = self.text.lines().collect();
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
                    text: as_written(&lines, row.line, row.text),
                    line: row.line,
                    words: row.words,
                    statement: row.statement,
                    begins: row.begins,
                    poll: row.poll,
                    placed: row.placed,
                    site: row.site,
                })
                .collect(),
            bounds: self.bounds(module.policy),
            functions: module.functions.iter().map(|function| function.name.clone()).collect(),
            policy: module.policy,
            size: self.bytes.len(),
            source: self.text.clone(),
        }
    }

    /// The longest paths without a poll under a policy, by the function's index.
    pub fn bounds(&self, policy: PollPolicy) -> Vec<views::PathBound> {
        longest_paths(&self.module, policy).iter().map(|bound| self.bound(bound)).collect()
    }

    fn bound(&self, bound: &PathBound) -> views::PathBound {
        let functions = self.module.functions();
        let function = self.module.module().functions[usize::from(bound.function)].name.clone();
        let line = |function: u16, at: u32| functions[usize::from(function)].line(at);
        let words = |function: u16, at: u32| {
            let passage = self.module.passage(function, at);
            passage.map(|passage| passage.words.clone())
        };
        let long = bound.long.map(|at| {
            let code = &functions[usize::from(bound.function)];
            let name = match self.module.passage(bound.function, at) {
                Some(passage) => &passage.words,
                None => code.instructions()[at as usize].info().mnemonic,
            };
            let place = code.line(at).map_or(String::new(), |line| format!(" in line {line}"));
            format!("{name}{place} counts as one instruction, but its time grows with its data")
        });
        let of_run = bound.from.and_then(|from| line(from.function, from.instruction));
        let words_of_run = bound.from.and_then(|from| words(from.function, from.instruction));
        match bound.bound {
            Bound::AtMost { instructions } => views::PathBound {
                function,
                instructions: Some(instructions),
                per_frame: false,
                line: of_run,
                words: words_of_run,
                why: format!("at most {instructions} instructions from one poll to the next"),
                long,
            },
            Bound::PerFrame { instructions } => views::PathBound {
                function,
                instructions: Some(instructions),
                per_frame: true,
                line: of_run,
                words: words_of_run,
                why: format!(
                    "at most {instructions} instructions for each frame of the recursion that returns"
                ),
                long,
            },
            Bound::Unbounded { instruction, why } => views::PathBound {
                function,
                instructions: None,
                per_frame: false,
                line: line(bound.function, instruction),
                words: words(bound.function, instruction),
                why: why.description().into(),
                long,
            },
        }
    }
}

/// Whether a text is in the assembler's language. No line of TypeScript begins with a dot where a statement does.
fn is_assembler(text: &str) -> bool {
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim_start);
    let first = lines.filter(|line| !line.is_empty()).find(|line| !line.starts_with(';'));
    first.is_none_or(|line| line.starts_with('.'))
}

fn verified(bytes: &[u8]) -> Result<VerifiedModule, Vec<views::Diagnostic>> {
    let module = bytecode::decode(bytes).map_err(|error| {
        vec![of_bytes(u32::try_from(error.offset).unwrap_or(u32::MAX), error.to_string())]
    })?;
    bytecode::verify(module).map_err(|errors| {
        let all = errors.iter();
        all.map(|error| of_bytes(error.offset.unwrap_or(0), error.to_string())).collect()
    })
}

fn of_text(error: &Diagnostic) -> views::Diagnostic {
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

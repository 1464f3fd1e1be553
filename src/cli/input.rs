//! Reading what is given, and saying what is wrong with it.

use std::io::{Read, Write};
use std::path::Path;

use safepoint_lab::bytecode::MAGIC;
use safepoint_lab::lab::views::Diagnostic;
use safepoint_lab::lab::{Program, Source};
use safepoint_lab::snapshot::Snapshot;

use super::Failure;

/// A file that was read.
pub(super) struct Input {
    pub(super) name: String,
    bytes: Vec<u8>,
}

impl Input {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let standard = path.as_os_str() == "-";
        let name = if standard { "standard input".into() } else { path.display().to_string() };
        let mut bytes = Vec::new();
        let read = if standard {
            std::io::stdin().read_to_end(&mut bytes).map(|_| ())
        } else {
            std::fs::read(path).map(|read| bytes = read)
        };
        read.map_err(|error| Failure::Input(format!("{name} cannot be read: {error}")))?;
        Ok(Self { name, bytes })
    }

    pub(super) fn program(&self) -> Result<Program, Failure> {
        let source = if self.bytes.starts_with(&MAGIC) {
            Source::Bytes(self.bytes.clone())
        } else {
            let text = String::from_utf8(self.bytes.clone()).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                Failure::Input(format!(
                    "{}: neither a binary module nor text: byte {at} is not UTF-8",
                    self.name
                ))
            })?;
            Source::Text(text)
        };
        Program::load(source).map_err(|faults| {
            let text = String::from_utf8_lossy(&self.bytes);
            let faults: Vec<String> = faults.iter().map(|fault| self.fault(fault, &text)).collect();
            Failure::Input(faults.join("\n"))
        })
    }

    pub(super) fn snapshot(&self) -> Result<Snapshot<'_>, Failure> {
        Snapshot::read(&self.bytes)
            .map_err(|error| Failure::Input(format!("{}: {error}", self.name)))
    }

    /// A fault with its line, marked.
    fn fault(&self, fault: &Diagnostic, text: &str) -> String {
        let Diagnostic { line, column, length, message, .. } = fault;
        if *line == 0 {
            return format!("{}: {message}", self.name);
        }
        let place = format!("{}:{line}:{column}: {message}", self.name);
        let Some(source) = text.lines().nth(*line as usize - 1) else { return place };
        let before = source.chars().take((*column as usize).saturating_sub(1));
        // Tabs stay tabs, so that the mark is below what it marks.
        let indent: String = before.map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let mark = "^".repeat((*length).clamp(1, 200) as usize);
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        format!("{place}\n {number} | {source}\n {margin} | {indent}{mark}")
    }
}

/// Writes a file, or to standard output.
pub(super) fn write(path: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    let (name, written) = match path {
        Some(path) => (path.display().to_string(), std::fs::write(path, bytes)),
        None => ("standard output".into(), std::io::stdout().write_all(bytes)),
    };
    written.map_err(|error| Failure::Other(format!("{name} cannot be written: {error}")))
}

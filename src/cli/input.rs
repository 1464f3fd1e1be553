//! Reads the input, and reports what is wrong with it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bytecode::visible;
use machine::snapshot::Snapshot;
use safepoint_lab::lab::views::Diagnostic;
use safepoint_lab::lab::{Program, Source};

use super::Failure;
use super::content::{Content, LOOKED_AT};

/// Characters of a line that are shown before and behind where its fault begins.
const BEFORE: usize = 60;
const BEHIND: usize = 100;
/// Bytes: no snapshot of the largest heap is larger. Devices have no end.
const LARGEST: u64 = 1 << 30;
/// Characters of a name or message that are shown.
const LONGEST: usize = 400;

/// A file that was read.
pub(super) struct Input {
    pub(super) name: String,
    bytes: Vec<u8>,
}

/// A file's name on one line, with any characters.
pub(super) fn shown(path: &Path) -> String {
    bytecode::shown(&path.to_string_lossy(), LONGEST)
}

/// Reads to the end, or until it is too large for a program or snapshot: some devices have no end.
fn read_all(mut from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(LOOKED_AT as u64).read_to_end(&mut bytes)?;
    let binary = bytes.contains(&0) && matches!(Content::of(&bytes), Content::Other(_));
    if !binary {
        from.take(LARGEST).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

impl Input {
    /// Reads a file, or standard input for `-`.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let standard = path.as_os_str() == "-";
        let name = if standard { "standard input".into() } else { shown(path) };
        if path.is_dir() {
            return Err(Failure::Input(format!("{name} is a folder; name a file in it")));
        }
        let read =
            if standard { read_all(std::io::stdin()) } else { File::open(path).and_then(read_all) };
        let bytes =
            read.map_err(|error| Failure::Input(format!("{name} cannot be read: {error}")))?;
        if bytes.len() as u64 > LARGEST {
            return Err(Failure::Input(format!(
                "{name} has more than {LARGEST} bytes, which no program and no snapshot has"
            )));
        }
        Ok(Self { name, bytes })
    }

    pub(super) fn program(&self) -> Result<Program, Failure> {
        let source = match Content::of(&self.bytes) {
            Content::Module => Source::Bytes(self.bytes.clone()),
            Content::Text => Source::Text(self.text()?.into()),
            other => return Err(self.is_not("a program", other)),
        };
        Program::load(source).map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(|fault| self.fault(fault, "")).collect();
            Failure::Input(faults.join("\n"))
        })
    }

    pub(super) fn text(&self) -> Result<&str, Failure> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            let at = error.valid_up_to();
            let line = self.bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Failure::Input(format!(
                "{} is neither a binary module nor text in UTF-8: byte {at}, in line {line}, is {:#04x}",
                self.name, self.bytes[at]
            ))
        })
    }

    pub(super) fn snapshot(&self) -> Result<Snapshot<'_>, Failure> {
        match Content::of(&self.bytes) {
            Content::Snapshot => Snapshot::read(&self.bytes).map_err(|error| {
                let error = bytecode::shown(&error.to_string(), LONGEST);
                Failure::Input(format!("{}: {error}", self.name))
            }),
            other => Err(self.is_not("a snapshot", other)),
        }
    }

    fn is_not(&self, expected: &str, found: Content) -> Failure {
        Failure::Input(format!("{} is not {expected} but {}", self.name, found.advice()))
    }

    /// A finding with its line and a mark under it; for column 0, under the whole line. `severity`:
    /// such as `warning: `.
    pub(super) fn fault(&self, fault: &Diagnostic, severity: &str) -> String {
        let Diagnostic { line, column, length, message, .. } = fault;
        let message = bytecode::shown(message, LONGEST);
        if *line == 0 {
            return format!("{}: {severity}{message}", self.name);
        }
        if Content::of(&self.bytes) == Content::Module {
            // The lines are those of the disassembly.
            return format!("{}: {severity}{message} (line {line} of its disassembly)", self.name);
        }
        let text = String::from_utf8_lossy(&self.bytes);
        let source = text.lines().nth(*line as usize - 1).unwrap_or_default();
        let source = source.trim_start_matches('\u{feff}');
        let (at, length) = match *column as usize {
            0 => {
                let code = source.split(';').next().unwrap_or_default().trim();
                let indent = source.len() - source.trim_start().len();
                (indent, code.chars().count())
            }
            column => (column - 1, *length as usize),
        };
        let place = format!("{}:{line}:{}: {severity}{message}", self.name, at + 1);
        let from = at.saturating_sub(BEFORE);
        // Tabs stay tabs, so that the mark is below what it marks.
        let seen = |c| if c == '\t' { c } else { visible(c) };
        let mut rest = source.chars().skip(from).map(seen);
        let before: String = rest.by_ref().take(at - from).collect();
        let behind: String = rest.by_ref().take(BEHIND).collect();
        let cut = |cut: bool| if cut { "…" } else { "" };
        let (left, right) = (cut(from > 0), cut(rest.next().is_some()));
        let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
        let indent = if from > 0 { format!(" {indent}") } else { indent };
        let mark = "^".repeat(length.clamp(1, behind.chars().count().max(1)));
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        format!("{place}\n {number} | {left}{before}{behind}{right}\n {margin} | {indent}{mark}")
    }
}

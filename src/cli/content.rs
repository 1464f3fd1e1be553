//! What kind a file is, by its first bytes.

use machine::snapshot;

/// What was found in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Text, perhaps of a program.
    Text,
    Module,
    Snapshot,
    /// A file that no command takes: what it is, and what to do.
    Other(&'static str),
}

/// The first bytes of other files.
const KNOWN: [(&[u8], &str); 12] = [
    (b"\0asm", "a WebAssembly module; this machine has its own bytecode"),
    (b"\xca\xfe\xba\xbe", "a class file of Java; this machine has its own bytecode"),
    (b"\x7fELF", "an executable of this or another system (ELF), no program for this machine"),
    (b"MZ", "an executable of Windows, no program for this machine"),
    (b"\xcf\xfa\xed\xfe", "an executable of macOS, no program for this machine"),
    (b"\x1f\x8b", "compressed by gzip; unpack it first (gunzip)"),
    (b"PK\x03\x04", "a zip archive; unpack it first (unzip)"),
    (b"\xfd7zXZ\0", "compressed by xz; unpack it first (unxz)"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it first (unzstd)"),
    (b"BZh", "compressed by bzip2; unpack it first (bunzip2)"),
    (b"\xff\xfe", "text in UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16; save it as UTF-8"),
];

/// Bytes of a file that decide its kind.
pub(super) const LOOKED_AT: usize = 4096;

impl Content {
    pub(super) fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(&bytecode::MAGIC) {
            return Self::Module;
        }
        if bytes.starts_with(&snapshot::MAGIC) {
            return Self::Snapshot;
        }
        if let Some((_, what)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            return Self::Other(what);
        }
        let head = &bytes[..bytes.len().min(LOOKED_AT)];
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Self::Other("empty; a program has at least a function main");
        }
        if head.contains(&0) {
            return Self::Other(
                "neither text in UTF-8 nor a file that this program writes: it has zero bytes",
            );
        }
        let head = String::from_utf8_lossy(head);
        let head = head.trim_start_matches('\u{feff}').trim_start();
        // A program in TypeScript may begin with these, too.
        if head.starts_with(['{', '[']) && is_json(head, bytes) {
            return Self::Other(json(head));
        }
        if head.starts_with("<!") || head.starts_with("<html") || head.starts_with("<?xml") {
            return Self::Other("a page or XML, no program's text");
        }
        Self::Text
    }

    /// What it is and which command takes it, when that is another one.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Text => "text; if it is a program, `run` runs it and `asm` assembles it",
            Self::Module => {
                "a binary module; `run` runs it, `verify` checks it, `disasm` makes text of it"
            }
            Self::Snapshot => "a snapshot; `resume` goes on from it, `describe` says what is in it",
            Self::Other(what) => what,
        }
    }
}

/// Whether a file is JSON, or begins as a file of this project does that is cut off or damaged.
fn is_json(head: &str, bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let is_ours = head[1..].trim_start().starts_with('"') && json(head) != OTHER_JSON;
    is_ours || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

const OTHER_JSON: &str = "JSON, no program's text";

/// Which of this project's JSON files it is.
fn json(head: &str) -> &'static str {
    if head.contains("safepoint-lab recorded run") {
        "a recorded run; open it on the page (Open file)"
    } else if head.contains("safepoint-lab report") {
        "a report of a run, as `--report` writes it; no command takes it"
    } else if head.contains("\"traceEvents\"") {
        "a trace, as `--trace` writes it; open it in https://ui.perfetto.dev"
    } else {
        OTHER_JSON
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_what_they_begin_with() {
        assert_eq!(Content::of(b".func main\n"), Content::Text);
        assert_eq!(Content::of("\u{feff}; a program".as_bytes()), Content::Text);
        assert_eq!(Content::of(b"SPLB\x01\0"), Content::Module);
        let other = |bytes: &[u8]| Content::of(bytes).advice();
        assert!(other(b" \r\n").contains("empty"));
        assert!(other(b"\0asm\x01\0\0\0").contains("WebAssembly"));
        assert!(other(b"; text\0").contains("zero bytes"));
        assert!(other(b"{\"format\": \"safepoint-lab recorded run\"").contains("page"));
        assert!(other(b"{}").contains("JSON"));
        assert!(other(b"[1, {\"a\": null}]\n").contains("JSON"));
        assert!(other(b"{\"traceEvents\": [").contains("perfetto"));
        for program in
            ["{ print(1); }", "[1, 2].push(3);", "[\n  'a',\n].length;", "{\n  \"a\";\n}"]
        {
            assert_eq!(Content::of(program.as_bytes()), Content::Text, "{program}");
        }
    }
}

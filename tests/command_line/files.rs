//! Files that are read and files that are written.

use crate::support::{file, folder, lab, lab_with_input, printed, said, text};

const SHORT: &[u8] = b".func main\n const \"done\"\n print\n const 7\n ret\n";

#[test]
fn a_file_that_cannot_be_written_is_reported_before_the_run() {
    let folder = folder("unwritable");
    let nowhere = folder.join("nowhere").join("file");
    let at = format!("1ms={}", text(&nowhere));
    let is_folder = text(&folder);
    for wrong in [
        ["--trace", text(&nowhere)],
        ["--snapshot-at", &at],
        ["--trace", is_folder],
        ["--trace", "-"],
    ] {
        let output = lab_with_input(&[&["run", "-"][..], &wrong].concat(), SHORT);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said(&output));
        assert_eq!(printed(&output), "", "{wrong:?}");
    }
}

#[test]
fn a_file_keeps_its_content_until_the_new_content_is_complete() {
    let folder = folder("kept");
    let program = file(&folder, "short.sasm", SHORT);
    let kept = file(&folder, "kept", b"precious");
    let at = format!("1min={}", text(&kept));
    let output = lab(&["run", text(&program), "--snapshot-at", &at]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert_eq!(std::fs::read(&kept).expect("it is there"), b"precious");
    let output = lab(&["run", text(&program), "--trace", text(&kept)]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(std::fs::read(&kept).expect("the trace").starts_with(b"{"));
    // Nothing else is left beside them.
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("text"))
        .collect();
    names.sort();
    assert_eq!(names, ["kept", "short.sasm"]);
}

#[cfg(target_os = "linux")]
#[test]
fn other_files_are_written_when_one_cannot_be() {
    let folder = folder("full");
    let snapshot = folder.join("written.snapshot");
    let at = format!("50ms={}", text(&snapshot));
    let source = b".func main\n const \"before\"\n print\n const 200\n sleep\n const \"after\"\n print\n const 7\n ret\n";
    let arguments = ["run", "-", "--trace", "/dev/full", "--snapshot-at", "30ms=/dev/full"];
    let output = lab_with_input(&[&arguments[..], &["--snapshot-at", &at]].concat(), source);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(printed(&output), "before\nafter\n");
    assert!(said.contains("result: 7"), "{said}");
    assert_eq!(said.matches("/dev/full cannot be written").count(), 2, "{said}");
    assert!(lab(&["describe", text(&snapshot)]).status.success());
}

#[test]
fn no_file_is_written_twice_nor_over_the_program() {
    let folder = folder("same");
    let program = file(&folder, "program.sasm", SHORT);
    let other = folder.join("other");
    let at = format!("1ms={}", text(&other));
    let over = ["run", text(&program), "--trace", text(&program)];
    let twice = ["run", text(&program), "--trace", text(&other), "--snapshot-at", &at];
    for (wrong, why) in [(&over[..], "is the input"), (&twice[..], "is named twice")] {
        let output = lab(wrong);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(why), "{}", said(&output));
    }
    assert_eq!(std::fs::read(&program).expect("it is there"), SHORT);
}

#[test]
fn a_wrong_file_is_recognised() {
    let folder = folder("wrong");
    let program = file(&folder, "program.sasm", SHORT);
    let module = folder.join("program.module");
    assert!(lab(&["asm", text(&program), "-o", text(&module)]).status.success());
    let snapshot = folder.join("a.snapshot");
    let at = format!("1ms={}", text(&snapshot));
    let sleeps = b".func main\n const 100\n sleep\n const 7\n ret\n";
    assert!(lab_with_input(&["run", "-", "--snapshot-at", &at], sleeps).status.success());

    let is = |name: &str, bytes: &[u8]| file(&folder, name, bytes);
    let cases: [(&str, std::path::PathBuf, &str); 16] = [
        ("run", snapshot.clone(), "`resume` goes on from it"),
        ("verify", snapshot, "`resume` goes on from it"),
        ("resume", module, "`run` runs it"),
        ("resume", program, "text; if it is a program, `run` runs it"),
        ("run", is("a.wasm", b"\0asm\x01\0\0\0"), "a WebAssembly module"),
        ("run", is("A.class", b"\xca\xfe\xba\xbe\0\0\0\x41"), "a class file of Java"),
        ("run", is("a.out", b"\x7fELF\x02\x01"), "(ELF)"),
        (
            "run",
            is("run.json", b"{\"format\":\"safepoint-lab recorded run\",\"version\":1}"),
            "a recorded run",
        ),
        ("run", is("other.json", b"[1, 2]"), "JSON"),
        ("run", is("a.gz", b"\x1f\x8b\x08\0\0"), "compressed by gzip"),
        ("resume", is("a.zip", b"PK\x03\x04\x14\0"), "a zip archive"),
        ("run", folder.clone(), "is a folder"),
        ("run", is("empty", b""), "empty"),
        ("resume", is("blank", b" \n\t\n"), "empty"),
        ("run", is("utf16", b"\xff\xfe.\0f\0u\0"), "UTF-16"),
        ("run", is("latin1", b".func main\n ; caf\xe9\n"), "in line 2, is 0xe9"),
    ];
    for (command, path, expected) in cases {
        let output = lab(&[command, text(&path)]);
        assert_eq!(output.status.code(), Some(2), "{path:?}: {}", said(&output));
        assert!(said(&output).contains(expected), "{path:?}: {}", said(&output));
        assert!(said(&output).lines().count() == 1, "{path:?}: {}", said(&output));
    }
}

/// A device without an end is read only up to a limit.
#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_refused() {
    let output = lab(&["run", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("zero bytes"), "{}", said(&output));
}

#[test]
fn a_forgotten_command_is_suggested() {
    let folder = folder("forgotten");
    let program = file(&folder, "program.sasm", SHORT);
    let output = lab(&[text(&program)]);
    assert_eq!(output.status.code(), Some(2));
    let expected = format!("to run it: safepoint-lab run {}", text(&program));
    assert!(said(&output).contains(&expected), "{}", said(&output));
    let output = lab(&["nothing-there.sasm", "--stats"]);
    assert!(said(&output).contains("safepoint-lab run nothing-there.sasm"), "{}", said(&output));
    // A misspelt command still gets clap's message.
    let output = lab(&["rum", text(&program)]);
    assert!(said(&output).contains("similar"), "{}", said(&output));
}

/// A message shows only visible characters of a file, and not many.
#[test]
fn messages_repeat_no_control_characters_and_no_long_text() {
    let folder = folder("raw");
    let bell = "\u{1b}[31m\u{7}\u{202e}";
    let cases = [
        format!(".func main\n {bell}frobnicate{bell}\n"),
        format!(".func main\n {}\n", "x".repeat(100_000)),
        format!(".func main\n {} frobnicate\n", "é ".repeat(100_000)),
        format!(".func main\n const \"{}\n", bell.repeat(1000)),
        format!(".func main\n trap \"{}\"\n", "\\u{1b}[31m".repeat(1000)),
    ];
    for (index, source) in cases.iter().enumerate() {
        let path = file(&folder, &format!("{index}{bell}.sasm"), source.as_bytes());
        let output = lab(&["run", text(&path)]);
        let said = said(&output);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{said:?}");
        assert!(said.len() < 4_000, "{} bytes", said.len());
        let raw = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!said.contains(raw), "{said:?}");
    }
}

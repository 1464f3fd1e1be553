//! The real binary as a user in a shell runs it. A child that does not end is killed and fails its
//! test.
#![allow(dead_code)]

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// No process of these tests takes so long, even beside busy processes.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Two tasks in loops that never poll: no pause is ever granted, and no worker leaves by itself.
pub const NEVER_POLLS: &[u8] =
    b".poll back-edges off\n.func spin\nagain:\n jmp again\n.func main\n const \"ready\"\n print\n spawn spin\n pop\n call spin\n ret\n";

/// A folder for one test's files.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command_line").join(test);
    // Files of an earlier run would be taken for those of this one.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// A file of one test.
pub fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file");
    path
}

pub fn program(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(name)
}

pub fn lab(arguments: &[&str]) -> Output {
    lab_with_input(arguments, b"")
}

pub fn lab_with_input(arguments: &[&str], input: &[u8]) -> Output {
    finish(start(arguments, input))
}

/// Starts the command line with this standard input.
pub fn start(arguments: &[&str], input: &[u8]) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_safepoint-lab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // Fails if the arguments are refused before the input is read.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child
}

/// Waits for the end of the child. Returns the output that was not read yet.
pub fn finish(mut child: Child) -> Output {
    let (sender, ended) = channel();
    let read = |from: Option<Box<dyn Read + Send>>| {
        let sender = sender.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut from) = from {
                let _ = from.read_to_end(&mut bytes);
            }
            let _ = sender.send(());
            bytes
        })
    };
    let out = read(child.stdout.take().map(|pipe| Box::new(pipe) as _));
    let err = read(child.stderr.take().map(|pipe| Box::new(pipe) as _));
    let in_time = (0..2).all(|_| ended.recv_timeout(LIMIT).is_ok());
    if !in_time {
        let _ = child.kill();
    }
    let output = Output {
        status: child.wait().expect("it was started"),
        stdout: out.join().expect("reading"),
        stderr: err.join().expect("reading"),
    };
    assert!(in_time, "the child did not end; it said: {}", said(&output));
    output
}

/// Reads the first line that the child prints.
pub fn first_line(child: &mut Child) -> String {
    let out = child.stdout.as_mut().expect("a pipe");
    let mut line = Vec::new();
    let mut byte = [0];
    while out.read(&mut byte).is_ok_and(|read| read == 1) && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8_lossy(&line).into_owned()
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path that is text")
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

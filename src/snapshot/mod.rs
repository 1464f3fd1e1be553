//! The state of a stopped world as bytes.
//!
//! # Layout (version 0)
//! All numbers are little-endian. Every section is a `u32` length in bytes and that many bytes.
//!
//! | offset | what |
//! |---|---|
//! | 0 | `SPLSNAP` and a zero byte |
//! | 8 | `u32` version, 0 |
//! | 12 | `u32` CRC-32 of everything after it |
//! | 16 | section: the binary module |
//! | … | section: live and not yet freed objects, each a `u32` reference, a `u64` header and its words |
//! | … | section: tasks with their frames, locals and operands, as JSON |
//! | … | section: what was printed, as text |
//!
//! Version 0 says what the state was; it cannot be restored.

use crate::bytecode::encode;
use crate::safepoint::StoppedWorld;
use crate::vm::Machine;

/// The first bytes of a snapshot.
pub const MAGIC: [u8; 8] = *b"SPLSNAP\0";
/// The version written.
pub const VERSION: u32 = 0;

/// A consistent cut of the machine: nobody runs while it is taken.
pub fn capture(machine: &Machine, stopped: &StoppedWorld<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    section(&mut body, &encode(machine.module().module()));
    section(&mut body, &objects(machine, stopped));
    section(&mut body, &tasks(machine, stopped));
    section(&mut body, machine.output_since(0).text.as_bytes());
    let mut file = Vec::with_capacity(body.len() + 16);
    file.extend(MAGIC);
    file.extend(VERSION.to_le_bytes());
    file.extend(crc32fast::hash(&body).to_le_bytes());
    file.append(&mut body);
    file
}

fn section(body: &mut Vec<u8>, bytes: &[u8]) {
    // A heap has at most 32 GiB but no snapshot of that size fits a page; the length is cut loudly.
    let length = u32::try_from(bytes.len()).expect("a section of a snapshot is under 4 GiB");
    body.extend(length.to_le_bytes());
    body.extend(bytes);
}

fn objects(machine: &Machine, stopped: &StoppedWorld<'_>) -> Vec<u8> {
    let heap = machine.heap(stopped);
    let mut bytes = Vec::new();
    for (reference, header) in heap.objects() {
        bytes.extend(reference.to_le_bytes());
        bytes.extend(header.bits().to_le_bytes());
        for word in 1..header.words() as u32 {
            bytes.extend(heap.load(reference, word).to_le_bytes());
        }
    }
    bytes
}

fn tasks(machine: &Machine, stopped: &StoppedWorld<'_>) -> Vec<u8> {
    let tasks: Vec<_> = machine
        .tasks(stopped)
        .into_iter()
        .map(|task| {
            let frames: Vec<_> = task
                .frames
                .iter()
                .map(|frame| {
                    serde_json::json!({
                        "function": frame.function_name,
                        "instruction": frame.instruction,
                        "locals": frame.locals,
                        "operands": frame.operands,
                    })
                })
                .collect();
            serde_json::json!({ "id": task.id, "waiting": task.waiting_for, "frames": frames })
        })
        .collect();
    serde_json::Value::from(tasks).to_string().into_bytes()
}

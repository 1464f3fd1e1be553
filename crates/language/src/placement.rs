//! How often the poll sites of a function poll, where its text says so.

use bytecode::{ADAPTS, Instruction, PollKind};

/// The words of a directive that says how often a poll site polls.
pub(crate) const EXPECTED: &str =
    "none, always, adapt, or every with a whole number from 1 to 65534";

/// Whether an instruction is a poll site that can poll so often.
pub(crate) fn fits(instruction: Instruction, at: u32, often: u16) -> bool {
    match instruction.poll_kind(at) {
        None | Some(PollKind::Explicit) => false,
        Some(PollKind::BackEdge) => true,
        Some(_) => often < 2,
    }
}

/// Places the poll sites of a function that have no place yet. Whether there is one that can poll so often.
pub(crate) fn everywhere(
    instructions: &[Instruction],
    often: u16,
    placed: &mut [Option<u16>],
) -> bool {
    let mut any = false;
    for (at, instruction) in (0_u32..).zip(instructions) {
        if fits(*instruction, at, often) {
            any = true;
            placed[at as usize].get_or_insert(often);
        }
    }
    any
}

/// The number of every instruction that has the same one, if everything that [`everywhere`] would place has it and
/// nothing else, and if that is more than one.
pub(crate) fn is_everywhere(instructions: &[Instruction], placed: &[Option<u16>]) -> Option<u16> {
    let often = placed.iter().copied().flatten().next()?;
    let mut same = vec![None; instructions.len()];
    everywhere(instructions, often, &mut same);
    (same == placed && placed.iter().flatten().count() > 1).then_some(often)
}

/// As modules have it, by the byte offset of each instruction.
pub(crate) fn table(placed: &[Option<u16>], offsets: &[u32]) -> Vec<(u32, u16)> {
    let rows = placed.iter().zip(offsets);
    rows.filter_map(|(often, offset)| often.map(|often| (*offset, often))).collect()
}

/// In words, as directives have it.
pub(crate) fn words(often: u16) -> String {
    match often {
        0 => "none".into(),
        1 => "always".into(),
        ADAPTS => "adapt".into(),
        every => format!("every {every}"),
    }
}

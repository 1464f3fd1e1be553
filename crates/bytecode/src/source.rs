//! What a module says of the text of a higher language that it was compiled from: passages of the text, and which
//! instructions belong to them. Nothing that runs depends on it.

/// A passage of the text: an expression, a statement, or one part of a loop's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Line and column of its first character, from 1, in characters.
    pub from: (u32, u32),
    /// Line and column behind its last character.
    pub to: (u32, u32),
    /// What it is, for a reader: "`part(…)`", "the condition of the `for` loop". Empty for a statement.
    pub words: String,
}

/// What begins or ends at an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Byte offset of the instruction in its function.
    pub offset: u32,
    /// What of it.
    pub kind: MarkKind,
    /// Of a passage or a local; 0 for [`MarkKind::Numbers`].
    pub index: u32,
}

/// What a [`Mark`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum MarkKind {
    /// A statement begins: a debugger's step ends here. The instructions from here on belong to it.
    Statement,
    /// The instructions from here on do what this passage says.
    Passage,
    /// The local is in scope from here on. Of two of one name, the one that came later hides the other.
    Begin,
    /// The local is in scope no more.
    End,
    /// The types of the text say that this instruction compares no strings.
    Numbers,
}

impl MarkKind {
    pub(crate) const ALL: [Self; 5] =
        [Self::Statement, Self::Passage, Self::Begin, Self::End, Self::Numbers];
}

/// What belongs to one instruction: indices of passages, plus 1, and 0 for none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Origin {
    pub statement: u32,
    pub passage: u32,
    /// Whether the statement begins here.
    pub begins: bool,
    /// As [`MarkKind::Numbers`].
    pub numbers: bool,
}

/// What belongs to each instruction.
pub(crate) fn origins(mut marks: &[Mark], offsets: &[u32]) -> Vec<Origin> {
    let mut now = Origin::default();
    let mut all = Vec::with_capacity(offsets.len());
    for offset in offsets {
        (now.begins, now.numbers) = (false, false);
        while let [mark, rest @ ..] = marks
            && mark.offset <= *offset
        {
            match mark.kind {
                MarkKind::Statement => {
                    now.statement = mark.index + 1;
                    now.begins = true;
                }
                MarkKind::Passage => now.passage = mark.index + 1,
                MarkKind::Numbers => now.numbers = true,
                MarkKind::Begin | MarkKind::End => {}
            }
            marks = rest;
        }
        all.push(now);
    }
    all
}

/// The locals in scope at an instruction's offset, in the order in which they came.
pub(crate) fn in_scope(marks: &[Mark], offset: u32) -> Vec<u8> {
    let mut locals: Vec<u8> = Vec::new();
    for mark in marks {
        if mark.offset > offset {
            break;
        }
        let local = mark.index as u8;
        if matches!(mark.kind, MarkKind::Begin | MarkKind::End) {
            if let Some(at) = locals.iter().position(|other| *other == local) {
                locals.remove(at);
            }
            if mark.kind == MarkKind::Begin {
                locals.push(local);
            }
        }
    }
    locals
}

/// A local's name in the text: those of one name in different scopes have numbers behind it.
pub fn name_in_source(local: &str) -> &str {
    match local.find('(') {
        Some(at) if at > 1 => &local[..at - 1],
        _ => local,
    }
}

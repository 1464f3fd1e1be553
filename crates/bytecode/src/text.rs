//! How names, constants and instructions are written: shared by disassembler, listing and messages.

use super::opcode::{Operand, split};
use super::{Constant, Function, Instruction, Module, float_text};

/// Whether a name can begin with this character: one of ASCII's letters, or beyond ASCII what is no space, sign or
/// punctuation. A table of all letters would be 1 % of the engine's download.
pub fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\u{bf}' => c.is_ascii_alphabetic() || matches!(c, 'ª' | 'µ' | 'º'),
        // Punctuation, signs, arrows, and what looks like them; private use; emoji.
        '×' | '÷' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{3020}' => false,
        '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe6f}' | '\u{feff}'..='\u{ff20}' => false,
        '\u{fff0}'..='\u{ffff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'.. => false,
        _ => !c.is_whitespace(),
    }
}

/// Whether a word of the text can be this character; digits and `-` only after the first one.
pub fn is_word(c: char, first: bool) -> bool {
    c == '_' || is_letter(c) || (!first && (c == '-' || c.is_ascii_digit()))
}

/// A name as the assembler reads it: in quotes when it is not a plain word.
pub fn name(name: &str) -> String {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| is_word(c, true)) && chars.all(|c| is_word(c, false));
    if plain { name.to_owned() } else { quoted(name) }
}

/// Characters of a name that a message repeats.
const REPEATED: usize = 60;

/// A name for a message: as [`name`] writes it; a long name is cut.
pub fn repeated(written: &str) -> String {
    let mut chars = written.chars();
    let begin: String = chars.by_ref().take(REPEATED).collect();
    name(&begin) + if chars.next().is_some() { "…" } else { "" }
}

/// A text in quotes, on one line.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Any text, for one line of a terminal or page. A long text is cut. Each character that is invisible or changes the
/// rest of its line is replaced by a visible one.
pub fn shown(text: &str, most: usize) -> String {
    let mut chars = text.chars();
    let mut out: String = chars.by_ref().take(most).map(visible).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

/// The character itself, or a visible replacement if it is invisible or changes its line.
pub fn visible(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

/// A float that reads back as the same float.
pub fn float(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".to_owned() } else { "-inf".to_owned() }
    } else {
        float_text(value)
    }
}

/// A constant of the pool.
pub fn constant(constant: &Constant) -> String {
    match constant {
        Constant::Float(value) => float(*value),
        Constant::String(text) => quoted(text),
    }
}

/// An instruction with its operand by name; a jump names what `label` gives for its target.
/// Indices out of range are written as `#index`.
pub fn instruction(
    module: &Module,
    function: &Function,
    instruction: Instruction,
    label: impl Fn(u32) -> String,
) -> String {
    let info = instruction.info();
    let index = |i: usize| format!("#{i}");
    let named = |found: Option<&String>, i: usize| found.map_or_else(|| index(i), |n| name(n));
    let operand = match split(instruction).1 {
        Operand::None => info.operand.notation().to_owned(),
        Operand::Integer(value) => value.to_string(),
        Operand::Constant(i) | Operand::Message(i) => {
            module.constants.get(usize::from(i)).map_or_else(|| index(i.into()), constant)
        }
        Operand::Local(i) => named(function.locals.get(usize::from(i)), i.into()),
        Operand::Global(i) => {
            named(module.globals.get(usize::from(i)).map(|global| &global.name), i.into())
        }
        Operand::Label(target) => label(target),
        Operand::Function(i) => {
            named(module.functions.get(usize::from(i)).map(|function| &function.name), i.into())
        }
        Operand::Shape(i) => {
            named(module.shapes.get(usize::from(i)).map(|shape| &shape.name), i.into())
        }
        Operand::Field(s, f) => {
            let shape = module.shapes.get(usize::from(s));
            let field = shape.and_then(|shape| shape.fields.get(usize::from(f)));
            format!(
                "{}.{}",
                named(shape.map(|shape| &shape.name), s.into()),
                named(field, f.into())
            )
        }
    };
    if operand.is_empty() {
        info.mnemonic.to_owned()
    } else {
        [info.mnemonic, " ", &operand].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::{is_letter, is_word};

    #[test]
    fn letters_of_any_script_are_letters_and_what_looks_like_a_sign_is_none() {
        for c in "aZªµºßöñçžжЯαΩאعहिकขか漢한ﬁ٣".chars() {
            assert!(is_letter(c), "{c:?}");
            assert!(is_word(c, true) && is_word(c, false), "{c:?}");
        }
        for c in "_-09 \t\u{85}\u{a0}\u{1680}\u{3000}\u{200b}\u{feff}«»¿×÷’“…–→≤「」。！😀\u{e000}"
            .chars()
        {
            assert!(!is_letter(c), "{c:?}");
        }
        let of_text = (char::MIN..=char::MAX).filter(|c| c.is_whitespace() || c.is_control());
        assert!(!of_text.into_iter().any(is_letter));
        assert!(is_word('_', true) && is_word('-', false) && is_word('7', false));
        assert!(!is_word('-', true) && !is_word('7', true));
    }
}

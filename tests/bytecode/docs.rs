//! The documents agree with the code.

use std::path::PathBuf;

use bytecode::{OPCODES, reference, reference_markdown};
use language::assemble_verified;

fn document(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs").join(name)
}

#[test]
fn the_instruction_reference_is_written_from_the_table() {
    let path = document("instructions.md");
    let expected = reference_markdown();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs/instructions.md can be written");
    }
    let found = std::fs::read_to_string(&path).expect("docs/instructions.md is there");
    assert!(
        found == expected,
        "docs/instructions.md is not what the table says; \
         UPDATE_DOCS=1 cargo test --test bytecode docs writes it anew"
    );
}

#[test]
fn the_json_has_a_row_for_every_instruction() {
    let rows: serde_json::Value = serde_json::to_value(reference()).expect("JSON");
    let rows = rows.as_array().expect("a list");
    assert_eq!(rows.len(), OPCODES.len());
    let get = rows.iter().find(|row| row["mnemonic"] == "get").expect("get");
    assert_eq!(get["syntax"], "get shape.field");
    assert_eq!(get["effect"], "object → value");
    assert_eq!(get["traps"][0], "the operand is not an object");
    let call = rows.iter().find(|row| row["mnemonic"] == "call").expect("call");
    assert_eq!(call["polls"], "call");
    assert_eq!(call["effect"], "arguments → result");
}

#[test]
fn the_programs_in_the_documents_assemble() {
    let mut seen = 0;
    for name in ["assembler.md", "module-format.md"] {
        let text = std::fs::read_to_string(document(name)).expect("the document is there");
        for block in text.split("```sasm\n").skip(1) {
            let program = block.split("```").next().expect("split gives one part at least");
            // A block without a function is a fragment.
            if program.contains(".func") {
                assemble_verified(program).unwrap_or_else(|errors| panic!("{name}: {errors:#?}"));
                seen += 1;
            }
        }
    }
    assert!(seen >= 2, "the documents show programs");
}

//! The assembler: what it makes of a text, and what it says where of a wrong one.

use safepoint_lab::bytecode::{
    Constant, Diagnostic, Instruction, assemble, assemble_verified, assemble_with_map,
};

const SUM: &str = r#"; adds the numbers from 1 to 10
.module "sum"
.poll every 4
.poll calls off
.global counter
.shape Node value next

.func sum (n)
.local i s
    const 0
    store i
    const 0
    store s
again:
    load i
    const 1
    add
    store i
    load s
    load i
    add
    store s
    load i
    load n
    lt
    jt again
    load s
    ret

.func main
    const 10
    call sum
    print
    const 2.5
    print
    const "text\n"
    ret
"#;

#[test]
fn a_program_becomes_a_module() {
    let module = assemble_verified(SUM).expect("no mistakes");
    let inner = module.module();
    assert_eq!(inner.name, "sum");
    assert_eq!(inner.policy.every.get(), 4);
    assert!(!inner.policy.calls && inner.policy.back_edges);
    assert_eq!(inner.constants, [Constant::Float(2.5), Constant::String("text\n".into())]);
    assert_eq!(inner.functions[0].locals, ["n", "i", "s"]);
    assert_eq!((inner.functions[0].params, inner.entry), (1, 1));
    let sum = &module.functions()[0];
    assert_eq!(sum.instructions()[15], Instruction::JmpIf(4));
    assert_eq!(sum.max_stack(), 2);
    assert_eq!((sum.line(0), sum.line(4)), (Some(10), Some(15)));
    assert_eq!(sum.sites().len(), 1);
}

fn errors(text: &str) -> Vec<Diagnostic> {
    assemble_verified(text).expect_err("the text is wrong")
}

/// The place and the words of the only error.
fn only(text: &str) -> (u32, u32, u32, String) {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors:#?}");
    let error = &errors[0];
    (error.line, error.column, error.length, error.to_string())
}

#[test]
fn smoke() {
    let (line, column, length, words) = only(".func main\n  lod x\n  const null\n ret");
    assert_eq!((line, column, length), (2, 3, 3));
    assert!(words.contains("did you mean load?"), "{words}");
    assert!(assemble(SUM).is_ok());
    assert!(assemble_with_map(SUM).unwrap().warnings.is_empty());
}

//! What the verifier refuses, one thing at a time.

use bytecode::{
    Constant, Function, Global, Instruction, Module, PollPolicy, Shape, VerifyError, encode_code,
    verify,
};
use language::{assemble, assemble_verified};

fn function(name: &str, params: u8, locals: &[&str], code: Vec<u8>) -> Function {
    let locals = locals.iter().map(|&local| local.to_owned()).collect();
    let (lines, placed, marks) = (Vec::new(), Vec::new(), Vec::new());
    Function { name: name.to_owned(), params, locals, code, lines, placed, marks }
}

fn module(functions: Vec<Function>) -> Module {
    Module {
        name: "test".to_owned(),
        policy: PollPolicy::default(),
        constants: vec![Constant::Float(1.5), Constant::String("text".to_owned())],
        globals: vec![Global { name: "g".to_owned() }],
        shapes: vec![Shape { name: "Node".to_owned(), fields: vec!["value".to_owned()] }],
        functions,
        entry: 0,
        passages: Vec::new(),
    }
}

/// A module of one function with two locals.
fn bytes(code: &[u8]) -> Module {
    module(vec![function("main", 0, &["a", "b"], code.to_vec())])
}

fn instructions(code: &[Instruction]) -> Module {
    bytes(&encode_code(code).expect("short jumps"))
}

fn refused(module: Module) -> VerifyError {
    let errors = verify(module).expect_err("the module is wrong");
    assert_eq!(errors.len(), 1, "{errors:#?}");
    errors.into_iter().next().expect("one error")
}

/// Refused at a byte offset with these words.
fn wrong(module: Module, offset: u32, words: &str) {
    let error = refused(module);
    assert_eq!(error.offset, Some(offset), "{error}");
    assert_eq!(error.function, Some(0), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

fn wrong_module(module: Module, words: &str) {
    let error = refused(module);
    assert!(error.to_string().contains(words), "{error}");
}

const NULL: u8 = 0x0c;
const RET: u8 = 0x3c;

#[test]
fn the_smallest_module_is_accepted() {
    let verified = verify(bytes(&[NULL, RET])).expect("nothing is wrong");
    let main = &verified.functions()[0];
    assert_eq!(main.instructions(), [Instruction::Null, Instruction::Ret]);
    assert_eq!((main.offset(1), main.height(1), main.line(1)), (1, Some(1), None));
    assert_eq!(main.max_stack(), 1);
}

#[test]
fn bytes_that_are_no_instructions_are_refused() {
    wrong(bytes(&[NULL, 0xff]), 1, "the byte 0xff is no opcode");
    wrong(bytes(&[0x08, 1, 2]), 0, "the code ends inside const integer; expected 4 bytes");
    wrong(bytes(&[NULL, 0x10]), 1, "the code ends inside load local; expected 1 bytes");
}

#[test]
fn jumps_go_to_instructions_of_the_same_function() {
    wrong(bytes(&[0x38, 0xfe, 0xff]), 0, "jumps to byte 1, into the middle of an instruction");
    wrong(bytes(&[0x38, 0x01, 0x00, NULL]), 0, "jumps to byte 4, out of the function");
    wrong(
        bytes(&[0x38, 0x00, 0x00]),
        0,
        "jumps to byte 3, out of the function; expected a target from 0 to 2",
    );
    wrong(bytes(&[0x38, 0x00, 0x80]), 0, "jumps to byte -32765, out of the function");
    assert!(verify(bytes(&[0x38, 0xfd, 0xff])).is_ok(), "to itself");
}

#[test]
fn every_path_ends() {
    wrong(bytes(&[NULL]), 0, "after const the function ends without ret");
    wrong(bytes(&[NULL, RET, 0x00]), 2, "ret, trap or jmp as the last instruction");
    wrong(instructions(&[Instruction::True, Instruction::JmpIf(0)]), 1, "ends without ret");
    wrong_module(bytes(&[]), "the function has no instructions; expected at least ret");
}

#[test]
fn indices_are_in_range() {
    use Instruction as I;
    let with = |i, pops: usize| {
        let mut code = vec![I::Null; pops];
        code.extend([i, I::Null, I::Ret]);
        instructions(&code)
    };
    wrong(with(I::Load(2), 0), 0, "load names local #2; expected an index from 0 to 1");
    wrong(with(I::Store(2), 1), 1, "store names local #2");
    wrong(with(I::Const(2), 0), 0, "const names constant #2");
    wrong(with(I::GlobalLoad(1), 0), 0, "gload names global #1");
    wrong(with(I::GlobalStore(9), 1), 1, "gstore names global #9");
    wrong(with(I::Call(1), 0), 0, "call names function #1");
    wrong(with(I::Spawn(1), 0), 0, "spawn names function #1");
    wrong(with(I::New(1), 0), 0, "new names shape #1");
    wrong(with(I::Get { shape: 1, field: 0 }, 1), 1, "get names shape #1");
    wrong(with(I::Set { shape: 0, field: 1 }, 2), 2, "set names field #1");
    wrong(with(I::Trap(2), 0), 0, "trap names constant #2");
    wrong(with(I::Trap(0), 0), 0, "the message of trap is constant #0, a float; expected a string");
    let mut empty = instructions(&[I::Const(0), I::Ret]);
    empty.constants.clear();
    wrong(empty, 0, "expected no constant at all: there are none");
}

#[test]
fn the_stack_is_never_too_low() {
    use Instruction as I;
    wrong(instructions(&[I::Ret]), 0, "ret takes 1 from the stack, but there are 0");
    wrong(
        instructions(&[I::Int(1), I::Add, I::Ret]),
        5,
        "add takes 2 from the stack, but there is 1",
    );
    let callee = function("callee", 2, &["a", "b"], vec![NULL, RET]);
    let code = encode_code(&[I::Null, I::Call(1), I::Ret]).expect("no jumps");
    let caller = function("main", 0, &[], code);
    wrong(module(vec![caller, callee]), 1, "call callee takes 2 from the stack, but there is 1");
}

#[test]
fn tries_are_the_same_on_every_path_and_lead_to_polls() {
    use Instruction as I;
    let throws = |code: &[I]| {
        let mut code = code.to_vec();
        code.extend([I::Const(1), I::Throw]);
        instructions(&code)
    };
    // 0: try 3; 1: a text; 2: throw; 3: poll; 4: ret
    let caught = [I::Try(3), I::Const(1), I::Throw, I::Poll, I::Ret];
    let verified = verify(instructions(&caught)).expect("nothing is wrong");
    let main = &verified.functions()[0];
    assert_eq!((main.catch(1), main.catch(2), main.catch(4)), (None, Some(3), None));
    assert_eq!((main.height(3), main.max_stack()), (Some(1), 1));

    wrong(instructions(&[I::Try(2), I::Null, I::Ret]), 0, "try leads to byte 4, which is no poll");
    wrong(throws(&[I::Null, I::Try(2), I::Poll]), 1, "try with 1 on the stack");
    wrong(throws(&[I::EndTry]), 0, "end-try ends nothing: no try is open");
    wrong(
        throws(&[I::True, I::JmpIf(3), I::Try(3), I::Poll]),
        4,
        "paths meet at byte 7 with different tries open; expected the same on every path",
    );
    let all: Vec<I> = (0..33).map(|_| I::Try(33)).chain([I::Poll]).collect();
    wrong(throws(&all), 96, "33 tries are open at once");
    // Inside of what a try leads to only the outer ones are open.
    let nested = [I::Try(8), I::Try(5), I::Const(1), I::Throw, I::Nop, I::Poll, I::Throw, I::Nop];
    let mut code = nested.to_vec();
    code.extend([I::Poll, I::Ret]);
    let verified = verify(instructions(&code)).expect("nothing is wrong");
    let main = &verified.functions()[0];
    assert_eq!((main.catch(3), main.catch(6)), (Some(5), Some(8)));
    // What a local holds there is what it held wherever something could be thrown.
    let kinds = [
        I::Try(6),
        I::Int(1),
        I::Store(0),
        I::Const(1),
        I::Throw,
        I::Nop,
        I::Poll,
        I::Pop,
        I::Load(0),
        I::Not,
        I::Ret,
    ];
    let words = "not needs a bool, but finds an int";
    assert!(refused(instructions(&kinds)).to_string().contains(words));
}

#[test]
fn heights_agree_where_paths_meet() {
    use Instruction as I;
    let grows = [I::Null, I::Jmp(0)];
    wrong(instructions(&grows), 1, "paths meet at byte 0 with 0 and with 1 operands on the stack");
    let parts = [I::True, I::JmpIf(3), I::Null, I::Null, I::Ret];
    wrong(instructions(&parts), 4, "the same number on every path");
}

#[test]
fn registers_are_limited() {
    let code = |pushes: usize| {
        let mut code = vec![NULL; pushes];
        code.push(RET);
        bytes(&code)
    };
    assert_eq!(verify(code(1022)).expect("fits").functions()[0].max_stack(), 1022);
    wrong(code(1023), 1022, "2 locals and 1023 operands are too many; expected at most 1024");
}

#[test]
fn operands_that_are_certainly_of_a_wrong_kind_are_refused() {
    let wrong = |code: &str, words: &str| {
        let text = format!(
            ".global g\n.shape A x\n.shape B y\n.func main (){}\n.local i\n{code}\n const null\n ret\n",
            ""
        );
        let errors = assemble_verified(&text).expect_err(code);
        assert_eq!(errors.len(), 1, "{errors:#?}");
        let said = errors[0].to_string();
        assert!(said.contains(words), "{said}\n{code}");
    };
    wrong("const 5\n get A.x\n pop", "get A.x needs an object of shape A, but finds an int");
    wrong("new B\n get A.x\n pop", "needs an object of shape A, but finds an object of shape B");
    wrong("const null\n const 1\n set A.x", "set A.x needs an object of shape A, but finds null");
    wrong("const true\n const 1\n add\n pop", "add needs a number as a, but finds a bool");
    wrong("const 1\n const null\n sub\n pop", "sub needs a number as b, but finds null");
    wrong("const 1.0\n const 1\n and\n pop", "and needs an int as a, but finds a float");
    wrong("const \"a\"\n neg\n pop", "neg needs a number as a, but finds a string");
    wrong("const 1\n not\n pop", "not needs a bool, but finds an int");
    wrong("const 1\n jt on\non:", "jt needs a bool, but finds an int");
    wrong("const 1\n const \"a\"\n lt\n pop", "lt compares an int with a string");
    wrong("const true\n const 1\n ge\n pop", "ge needs a number or string as a");
    wrong("const 1\n const \"a\"\n concat\n pop", "concat needs a string as a, but finds an int");
    wrong("const 1.5\n newarray\n pop", "newarray needs an int as length, but finds a float");
    wrong("const 1\n len\n pop", "len needs a string or array as value, but finds an int");
    wrong("newmutex\n const 0\n aload\n pop", "aload needs an array, but finds a mutex");
    wrong("const 1\n newarray\n const \"x\"\n aload\n pop", "aload needs an int as index");
    wrong("const 1\n newarray\n await\n pop", "await needs a task, but finds an array");
    wrong("spawn main\n lock", "lock needs a mutex, but finds a task");
    wrong("const 1.0\n sleep", "sleep needs an int as milliseconds, but finds a float");
    wrong("load i\n len\n pop", "len needs a string or array as value, but finds null");
    wrong("const 1\n const 1\n add\n not\n pop", "not needs a bool, but finds an int");
    wrong(
        "const 1\n const 1.0\n mul\n newarray\n pop",
        "newarray needs an int as length, but finds a float",
    );
    wrong(
        "const 1\n const 2\n lt\n const 1\n add\n pop",
        "add needs a number as a, but finds a bool",
    );
}

#[test]
fn operands_that_may_be_of_the_right_kind_are_accepted() {
    let accepted = |code: &str| {
        let text = format!(".global g\n.shape A x\n.func main (){code}\n const null\n ret\n");
        assemble_verified(&text).unwrap_or_else(|errors| panic!("{code}: {errors:#?}"));
    };
    accepted("\n gload g\n get A.x\n not\n pop");
    accepted("\n gload g\n gload g\n add\n newarray\n pop");
    accepted("\n call main\n await\n pop");
    // Null at first, an object from the second turn on.
    accepted(
        "\n.local list i\n const 0\n store i\nagain:\n load i\n const 0\n eq\n jt first\n load list\n get A.x\n pop\nfirst:\n new A\n store list\n const 1\n store i\n gload g\n jt again",
    );
    // Two shapes meet: either may come.
    accepted(
        "\n.shape B x\n.local o\n gload g\n jt b\n new A\n store o\n jmp on\nb:\n new B\n store o\non:\n load o\n get A.x\n pop\n load o\n get B.x\n pop",
    );
}

#[test]
fn unreachable_code_has_no_height() {
    let module = assemble_verified(".func main\n const 1\n ret\n add\n ret\n").expect("fine");
    let main = &module.functions()[0];
    assert_eq!((main.height(1), main.height(2)), (Some(1), None));
}

#[test]
fn names_are_unique_and_short() {
    let twice = || function("main", 0, &[], vec![NULL, RET]);
    wrong_module(module(vec![twice(), twice()]), "two have the name main: function");
    let mut m = bytes(&[NULL, RET]);
    m.functions[0].locals = vec!["a".to_owned(), "a".to_owned()];
    wrong_module(m, "two have the name a: local of function main");
    let mut m = bytes(&[NULL, RET]);
    m.globals.push(m.globals[0].clone());
    wrong_module(m, "two have the name g: global");
    let mut m = bytes(&[NULL, RET]);
    m.shapes.push(m.shapes[0].clone());
    wrong_module(m, "two have the name Node: shape");
    let mut m = bytes(&[NULL, RET]);
    m.shapes[0].fields.push("value".to_owned());
    wrong_module(m, "two have the name value: field of shape Node");
    let mut m = bytes(&[NULL, RET]);
    m.name = "n".repeat(256);
    wrong_module(m, "has 256 bytes; expected at most 255");
}

#[test]
fn tables_are_limited() {
    let mut m = bytes(&[NULL, RET]);
    m.constants = vec![Constant::Float(0.0); 65536];
    wrong_module(m, "the module has 65536 constants; expected at most 65535");
    let mut m = bytes(&[NULL, RET]);
    m.functions[0].locals = (0..256).map(|local| local.to_string()).collect();
    wrong_module(m, "256 locals in function main; expected at most 255");
    let mut m = bytes(&[NULL, RET]);
    m.shapes[0].fields = (0..256).map(|field| field.to_string()).collect();
    wrong_module(m, "256 fields in shape Node");
    let mut m = bytes(&[NULL, RET]);
    m.functions[0].code = vec![0; (1 << 20) + 1];
    wrong_module(m, "1048577 bytes of code in function main");
}

#[test]
fn the_entry_is_a_function_without_parameters() {
    let mut m = bytes(&[NULL, RET]);
    m.entry = 1;
    wrong_module(m, "the entry is function #1, but the module has 1");
    wrong_module(module(vec![]), "the entry is function #0, but the module has 0");
    let mut m = bytes(&[NULL, RET]);
    m.functions[0].params = 1;
    wrong_module(m, "the entry function main has 1 parameters");
    let mut m = bytes(&[NULL, RET]);
    m.functions.push(function("f", 3, &["a"], vec![NULL, RET]));
    wrong_module(m, "function f has 3 parameters but 1 locals");
}

#[test]
fn line_tables_ascend_over_instructions() {
    let with = |lines: &[(u32, u32)]| {
        let mut module = bytes(&[0x08, 0, 0, 0, 0, RET]);
        module.functions[0].lines = lines.to_vec();
        module
    };
    let verified = verify(with(&[(5, 9)])).expect("fine");
    assert_eq!((verified.functions()[0].line(0), verified.functions()[0].line(1)), (None, Some(9)));
    wrong_module(with(&[(5, 1), (0, 2)]), "the line table goes back to byte 0");
    wrong_module(with(&[(0, 1), (0, 2)]), "the line table goes back to byte 0");
    wrong_module(with(&[(1, 1)]), "byte 1, where no instruction starts");
    wrong_module(with(&[(6, 1)]), "byte 6, where no instruction starts");
    wrong_module(with(&[(0, 0)]), "gives byte 0 the line 0");
}

#[test]
fn errors_name_function_instruction_and_line() {
    let text = ".func f (x)\n load x\n ret\n.func main\n const 1\n\n add\n ret\n";
    let error = refused(assemble(text).expect("the text itself is fine"));
    assert_eq!(error.function_name.as_deref(), Some("main"));
    assert_eq!((error.instruction, error.line), (Some(1), Some(7)));
    assert!(error.to_string().starts_with("function main, byte 5 (line 7): add takes 2"));
}

#[test]
fn poll_sites_are_numbered_through_the_module() {
    let text = ".func f\n newmutex\n pop\n const null\n ret\n.func main\nagain: call f\n await\n jt again\n jmp on\non: jmp on\n";
    let module = assemble_verified(text).expect("fine");
    let sites: Vec<_> = module.sites().map(|s| (s.id, s.function, s.instruction)).collect();
    assert_eq!(sites, [(0, 0, 0), (1, 1, 0), (2, 1, 1), (3, 1, 2), (4, 1, 4)]);
}

/// Jumps at which kinds always change, in functions with the most locals: the verifier must notice
/// that following them takes too long.
#[test]
fn hostile_modules_are_verified_in_bounded_time() {
    use Instruction as I;
    let mut code = Vec::new();
    for local in 0..255_u8 {
        code.extend([I::GlobalLoad(0), I::JmpIf(0), I::Int(1), I::Store(local)]);
        code.extend([
            I::GlobalLoad(0),
            I::JmpIf(0),
            I::True,
            I::Store(local.wrapping_mul(7) % 255),
        ]);
        code.extend([I::Load(local), I::Store(local / 2)]);
    }
    // Every statement is a target.
    let body = code.len() as u32;
    for target in (0..body).step_by(2) {
        code.extend([I::GlobalLoad(0), I::JmpIf(target)]);
    }
    code.extend([I::Null, I::Ret]);
    let code = encode_code(&code).expect("jumps are short enough");
    let locals: Vec<String> = (0..255).map(|local| local.to_string()).collect();
    let functions = (0..200).map(|index| {
        let mut function = function(&index.to_string(), 0, &[], code.clone());
        function.locals = locals.clone();
        function
    });
    let errors = verify(module(functions.collect())).expect_err("more than the budget");
    assert!(errors[0].to_string().contains("split large functions"), "{}", errors[0]);
}

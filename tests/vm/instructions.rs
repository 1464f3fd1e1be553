//! What each instruction does, and how it traps. Values pass through the global `any` where the
//! verifier would otherwise find the mistake before the machine does.

use crate::machine::run;
use ::machine::vm::Ended;

/// Runs the body of a `main` and gives its result's text.
fn result(body: &str) -> String {
    let ran = run(&program(body), 1);
    assert_eq!(ran.outcome.ended, Ended::Finished, "{body}\n{:?}", ran.outcome.trap);
    ran.outcome.result.expect("a result")
}

/// Runs the body of a `main` that traps and gives the message.
fn trap(body: &str) -> String {
    let ran = run(&program(&format!("{body}\nconst 0")), 1);
    assert_eq!(ran.outcome.ended, Ended::Trapped, "{body}\n{:?}", ran.outcome.result);
    ran.outcome.trap.expect("a trap").message
}

fn program(body: &str) -> String {
    format!(
        ".global any\n.shape Pair left right\n.shape Other one\n.func id (x)\nload x\nret\n\
         .func broken\nconst 1\ngload any\nadd\nret\n.func main\n.local l m\n{body}\nret\n"
    )
}

/// Each body's result.
fn results(cases: &[(&str, &str)]) {
    for (body, wanted) in cases {
        assert_eq!(result(body), *wanted, "{body}");
    }
}

/// Each body's trap.
fn traps(cases: &[(&str, &str)]) {
    for (body, wanted) in cases {
        assert_eq!(trap(body), *wanted, "{body}");
    }
}

#[test]
fn integers_wrap_at_32_bits() {
    results(&[
        ("const 2147483647\nconst 1\nadd", "-2147483648"),
        ("const -2147483648\nconst 1\nsub", "2147483647"),
        ("const 65536\nconst 65536\nmul", "0"),
        ("const -2147483648\nneg", "-2147483648"),
        ("const -2147483648\nconst -1\ndiv", "-2147483648"),
        ("const -2147483648\nconst -1\nrem", "0"),
        ("const -7\nconst 2\ndiv", "-3"),
        ("const -7\nconst 2\nrem", "-1"),
        ("const 7\nstore l\nload l\nconst 2\nload l\nsub\nsub", "12"),
    ]);
}

#[test]
fn an_integer_and_a_float_give_a_float() {
    results(&[
        ("const 1\nconst 2.5\nadd", "3.5"),
        ("const 1.0\nconst 1\nsub", "0.0"),
        ("const -0.0\nconst 0\nsub", "-0.0"),
        ("const 3\nconst 0.5\nmul", "1.5"),
        ("const 7.5\nconst 2\nrem", "1.5"),
        ("const 1.0\nconst 0\ndiv", "inf"),
        ("const 0.0\nconst 0\ndiv", "NaN"),
        ("const 0.0\nconst 0\nrem", "NaN"),
        ("const 2.5\nneg", "-2.5"),
        ("const 1e21", "1e21"),
    ]);
}

#[test]
fn bits_and_shifts() {
    results(&[
        ("const 12\nconst 10\nand", "8"),
        ("const 12\nconst 10\nor", "14"),
        ("const 12\nconst 10\nxor", "6"),
        ("const 1\nconst 33\nshl", "2"),
        ("const -8\nconst 1\nshr", "-4"),
        ("const -8\nconst 33\nstore l\nload l\nshr", "-4"),
    ]);
}

#[test]
fn comparisons() {
    results(&[
        ("const 1\nconst 1.0\neq", "true"),
        ("const \"a\"\nconst \"a\"\neq", "true"),
        ("const \"a\"\ntostr\nconst \"b\"\nconst \"\"\nconcat\nne", "true"),
        ("const null\nconst false\neq", "false"),
        ("new Pair\nnew Pair\neq", "false"),
        ("new Pair\ndup\neq", "true"),
        ("const \"a\"\nconst \"ab\"\nlt", "true"),
        ("const \"ä\"\nconst \"z\"\ngt", "true"),
        ("const 1\nconst 1.5\nle", "true"),
        ("const 2\nconst 2\nge", "true"),
        ("const true\nnot", "false"),
    ]);
}

#[test]
fn a_branch_on_a_false_comparison_with_nan_is_not_its_opposite() {
    for comparison in ["lt", "le", "gt", "ge", "eq"] {
        let body = format!(
            "const 0.0\nconst 0\ndiv\nstore l\nload l\nconst 1\n{comparison}\njf no\n\
             const \"holds\"\nret\nno:\nconst \"does not hold\""
        );
        assert_eq!(result(&body), "does not hold", "{comparison}");
    }
}

#[test]
fn conversions() {
    results(&[
        ("const 2.9\ntoint", "2"),
        ("const -1e300\ntoint", "-2147483648"),
        ("const 0.0\nconst 0\ndiv\ntoint", "0"),
        ("const 3\ntofloat", "3.0"),
        ("const -3\ntostr\nconst \"!\"\nconcat", "-3!"),
        ("const 0.1\ntostr", "0.1"),
        ("const true\ntostr", "true"),
        ("const null\ntostr", "null"),
        ("new Pair\ntostr", "Pair"),
        ("const 2\nnewarray\ntostr", "array of 2"),
        ("newmutex\ntostr", "mutex"),
        ("const 1\nspawn id\ntostr", "task 2"),
        ("const \"äö\"\nlen", "4"),
    ]);
}

#[test]
fn folded_pushes_leave_the_operand_stack_right() {
    results(&[
        // A store between a load and its use.
        ("const 1\nstore l\nload l\nconst 5\nstore l\nload l\nadd", "6"),
        ("const 1\nstore l\nload l\nload l\nconst 1\nadd\nstore l\nload l\nadd", "3"),
        ("const 1\nconst 2\nswap\nsub", "1"),
        ("const 5\nstore l\nload l\nconst 2\nadd\nload l\nswap\nsub", "-2"),
        ("const 3\nconst 4\nadd\ndup\nmul", "49"),
        ("const 3\nconst 4\nadd\nconst 9\npop\nstore l\nload l", "7"),
        ("const 1\nconst 2\nconst 3\nconst 4\nadd\nswap\nstore l\nsub\nload l\nadd", "-4"),
        ("const 1\nconst 2\ncall id\nadd", "3"),
        ("const 8\nstore l\nload l\nconst 1\ncall id\nconst 0\nstore l\nsub", "7"),
        ("nop\nload l", "null"),
        ("const 4\ngstore any\ngload any\nconst 5\ngstore any\ngload any\nsub", "-1"),
    ]);
}

#[test]
fn objects_and_arrays() {
    results(&[
        ("new Pair\nget Pair.right", "null"),
        ("new Pair\nstore l\nload l\nconst 7\nset Pair.right\nload l\nget Pair.right", "7"),
        ("const 3\nnewarray\nconst 2\naload", "null"),
        ("const 3\nnewarray\ndup\nconst 9\nfill\nconst 2\naload", "9"),
        ("const 3\nnewarray\ndup\nconst 1\nconst 8\nastore\nconst 1\naload", "8"),
        ("const 0\nnewarray\nlen", "0"),
        (
            "const 3\nnewarray\ndup\nconst 5\nfill\nconst 2\nnewarray\nstore l\nload l\n\
             arraycopy\nload l\nconst 1\naload",
            "5",
        ),
    ]);
}

#[test]
fn operands_of_a_wrong_kind_trap() {
    traps(&[
        ("gload any\nconst 1\nadd", "add needs two numbers, but finds null and an int"),
        ("const 1\ngload any\nmul", "mul needs two numbers, but finds an int and null"),
        (
            "const 1.5\ngstore any\ngload any\nconst 1\nand",
            "and needs two ints, but finds a float and an int",
        ),
        (
            "const \"a\"\ngstore any\ngload any\nconst 1\nlt",
            "lt needs two numbers or two strings, but finds a string and an int",
        ),
        ("new Pair\ngstore any\ngload any\nneg", "neg needs a number, but finds an object"),
        ("gload any\nnot", "not needs a bool, but finds null"),
        ("gload any\ntoint", "toint needs a number, but finds null"),
        ("gload any\ntofloat", "tofloat needs a number, but finds null"),
        ("gload any\njt x\nx:\nconst 1", "jt needs a bool, but finds null"),
        ("gload any\nconst \"a\"\nconcat", "concat needs two strings, but finds null"),
        ("gload any\nlen", "len needs an array or a string, but finds null"),
        ("gload any\nget Pair.left", "get Pair.left needs an object of shape Pair, but finds null"),
        (
            "new Other\ngstore any\ngload any\nconst 1\nset Pair.left",
            "set Pair.left needs an object of shape Pair, but finds one of shape Other",
        ),
        ("gload any\nconst 0\naload", "aload needs an array, but finds null"),
        ("gload any\nconst 0\nconst 0\nastore", "astore needs an array, but finds null"),
        ("gload any\nconst 0\nfill", "fill needs an array, but finds null"),
        ("const 1\nnewarray\ngload any\narraycopy", "arraycopy needs two arrays, but finds null"),
        ("gload any\nawait", "await needs a task, but finds null"),
        ("gload any\nlock", "lock needs a mutex, but finds null"),
        ("gload any\nunlock", "unlock needs a mutex, but finds null"),
        ("gload any\nsleep", "sleep needs an int, the milliseconds, but finds null"),
        ("gload any\nnewarray", "newarray needs an int as length, but finds null"),
    ]);
}

#[test]
fn values_out_of_range_trap() {
    traps(&[
        ("const 1\nconst 0\ndiv", "div: division by zero; the divisor of integers must not be 0"),
        (
            "const 1\nload l\nconst 0\nstore l\npop\nload l\nrem",
            "rem: division by zero; the divisor of integers must not be 0",
        ),
        ("const -1\nnewarray", "newarray: a length of -1 is none; it must be 0 or more"),
        (
            "const 3\nnewarray\nconst 3\naload",
            "aload: index 3 is outside of an array of 3 elements",
        ),
        (
            "const 3\nnewarray\nconst -1\nconst 0\nastore",
            "astore: index -1 is outside of an array of 3 elements",
        ),
        ("const -5\nsleep\nconst 0", "sleep: -5 ms is no duration; it must be 0 or more"),
        ("const -5\nblock\nconst 0", "block: -5 ms is no duration; it must be 0 or more"),
        ("const -5\nstall\nconst 0", "stall: -5 ms is no duration; it must be 0 or more"),
        ("trap \"enough\"", "enough"),
    ]);
}

#[test]
fn misuse_of_mutexes_and_awaits_of_trapped_tasks_trap() {
    traps(&[
        (
            "newmutex\ndup\nlock\nlock\nconst 0",
            "lock: this task holds the mutex already and would wait for itself",
        ),
        ("newmutex\nunlock\nconst 0", "unlock: no task holds the mutex; lock it first"),
        (
            "spawn broken\nawait",
            "awaited task 2 (broken) trapped: add needs two numbers, but finds an int and null",
        ),
    ]);
}

#[test]
fn tasks_go_on_after_waits() {
    results(&[
        ("const 41\nspawn id\nawait", "41"),
        ("const 0\nsleep\nconst 1\nsleep\nconst 2", "2"),
        ("yield\nyield\nconst 3", "3"),
        ("const 1\nblock\nconst 4", "4"),
        ("const 1\nstall\nconst 5", "5"),
        ("newmutex\nstore l\nload l\nlock\nload l\nunlock\nload l\nlock\nconst 6", "6"),
        // The end of one wait is not mistaken for the end of the next.
        ("const 1\nsleep\nyield\nconst 1\nsleep\nnewmutex\nlock\nconst 7", "7"),
    ]);
}

#[test]
fn a_trap_has_function_instruction_and_line() {
    let ran = run(
        ".func inner (x)\n    load x\n    const 0\n    div\n    ret\n\
         .func main\n    const 1\n    call inner\n    ret\n",
        1,
    );
    let trap = ran.outcome.trap.expect("a trap");
    assert_eq!((trap.task, trap.task_name.as_str()), (1, "main"));
    assert_eq!((trap.function.as_str(), trap.line, trap.instruction), ("inner", Some(4), 2));
    let stack: Vec<_> =
        trap.call_stack.iter().map(|entry| (entry.function.as_str(), entry.line)).collect();
    assert_eq!(stack, [("inner", Some(4)), ("main", Some(8))]);
}

#[test]
fn endless_recursion_is_a_stack_overflow() {
    let ran = run(".func f (x)\nload x\ncall f\nret\n.func main\nconst 1\ncall f\nret\n", 1);
    let trap = ran.outcome.trap.expect("a trap");
    assert_eq!(trap.message, "stack overflow: 65536 frames in function f");
    assert!(trap.call_stack.len() < 100 && trap.frames_omitted > 60_000);
}

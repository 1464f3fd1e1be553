//! Programs whose workers have one possible reason to be late, beside a lack of processors.

use safepoint_lab::lab::views::CauseKind;

/// A program and its cause of delays.
pub struct Program {
    pub text: String,
    pub workers: usize,
    /// Why its workers are late, if they are.
    pub own: Option<CauseKind>,
}

const POLITE: &str = "
.func polite
again:
    jmp again
";

/// Back-edges do not poll, but a call in the loop does.
const CALLING: &str = "
.poll back-edges off
.func nothing
    const null
    ret
.func polite
again:
    call nothing
    pop
    jmp again
";

fn beside_polite(text: &str) -> String {
    format!("{POLITE}{text}")
}

pub fn a_loop_that_polls_in_every_turn_is_never_the_cause() -> Program {
    // The back-edge does not poll, but a call in the loop does.
    let text = "
.func main
    spawn polite
    pop
    spawn polite
    pop
    spawn polite
    pop
    call polite
    ret
";
    Program { text: format!("{CALLING}{text}"), workers: 4, own: None }
}

/// Loops of three lengths take the same time each: where many threads want a processor, only a short one is not interrupted.
pub fn a_loop_without_a_poll() -> Program {
    let text = "
.func counted (turns)
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    load i
    load turns
    lt
    jt again
    const null
    ret
.func times (n turns)
.local i
    const 0
    store i
again:
    load turns
    call counted
    pop
    load i
    const 1
    add
    store i
    load i
    load n
    lt
    jt again
    const null
    ret
.func main
    spawn polite
    pop
round:
    const 1
    const 2000000
    call times
    pop
    const 10
    const 200000
    call times
    pop
    const 100
    const 20000
    call times
    pop
    jmp round
";
    Program { text: format!("{CALLING}{text}"), workers: 2, own: Some(CauseKind::UnpolledLoop) }
}

/// Behind the loop the task is over: its worker stops between two tasks.
pub fn a_loop_without_a_poll_at_the_end_of_a_task() -> Program {
    let text = "
.func counted
.local i
    const 0
    store i
again:
    load i
    const 1
    add
    store i
    load i
    const 2000000
    lt
    jt again
    const null
    ret
.func main
    spawn polite
    pop
round:
    spawn counted
    await
    pop
    jmp round
";
    Program { text: format!("{CALLING}{text}"), workers: 2, own: Some(CauseKind::UnpolledLoop) }
}

pub fn a_recursion_without_a_poll() -> Program {
    let text = "
.poll all off
.poll allocations on
.shape Box v
.func fib (n)
    load n
    const 2
    lt
    jf more
    load n
    ret
more:
    load n
    const 1
    sub
    call fib
    load n
    const 2
    sub
    call fib
    add
    ret
.func allocating
again:
    new Box
    pop
    jmp again
.func computing
again:
    const 22
    call fib
    pop
    new Box
    pop
    jmp again
.func main
    spawn allocating
    pop
    call computing
    ret
";
    Program { text: text.into(), workers: 2, own: Some(CauseKind::UnpolledRecursion) }
}

pub fn a_long_way_out_of_a_recursion() -> Program {
    // The stack becomes as large as it ever is before the other worker begins, and with it the pauses:
    // making it larger would be a second reason.
    let text = beside_polite(
        "
.func sum (n)
    load n
    const 0
    eq
    jf more
    const 0
    ret
more:
    load n
    const 1
    sub
    call sum
    load n
    add
    ret
.func deep
again:
    const 60000
    call sum
    pop
    jmp again
.func main
    const 60000
    call sum
    pop
    spawn polite
    pop
    call deep
    ret
",
    );
    Program { text, workers: 2, own: Some(CauseKind::LongPath) }
}

pub fn a_long_straight_way() -> Program {
    let kernel = "    load x\n    const 1.0\n    mul\n    store x\n".repeat(36_000);
    let text = beside_polite(&format!(
        "
.func kernel
.local x
    const 1.5
    store x
{kernel}
    const null
    ret
.func straight
again:
    call kernel
    pop
    jmp again
.func main
    spawn polite
    pop
    call straight
    ret
"
    ));
    Program { text, workers: 2, own: Some(CauseKind::LongPath) }
}

pub fn two_that_block_outside_of_safe_regions() -> Program {
    let text = beside_polite(
        "
.func solver
again:
    const 20
    stall
    jmp again
.func main
    spawn polite
    pop
    spawn solver
    pop
    call solver
    ret
",
    );
    Program { text, workers: 3, own: Some(CauseKind::Blocked) }
}

/// One long instruction: `copy`, `fill`, `clear`, `compare` or `join`.
pub fn long_instruction(what: &str) -> Program {
    let strings = "
.func grow (n)
.local s
    const \"x\"
    store s
again:
    load s
    load s
    concat
    store s
    load n
    const 1
    sub
    store n
    load n
    const 0
    gt
    jt again
    load s
    ret
";
    let of = |locals: &str, before: &str, each: &str| {
        beside_polite(&format!(
            "{strings}\n.func busy\n.local {locals}\n{before}\nagain:\n{each}\n    jmp again\n\
             .func main\n    spawn polite\n    pop\n    call busy\n    ret\n"
        ))
    };
    let array = |name: &str| format!("    const 2000000\n    newarray\n    store {name}\n");
    let string = |name: &str| format!("    const 23\n    call grow\n    store {name}\n");
    let pair = |of: &dyn Fn(&str) -> String| of("a") + &of("b");
    let text = match what {
        "copy" => of("a b", &pair(&array), "    load a\n    load b\n    arraycopy"),
        "fill" => of("a", &array("a"), "    load a\n    const 1\n    fill"),
        "clear" => of("a", "", "    const 2000000\n    newarray\n    pop"),
        "compare" => of("a b", &pair(&string), "    load a\n    load b\n    eq\n    pop"),
        _ => of("a", &string("a"), "    load a\n    load a\n    concat\n    pop"),
    };
    Program { text, workers: 2, own: Some(CauseKind::LongInstruction) }
}

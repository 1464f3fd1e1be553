//! The debugger in a program of TypeScript: statements, scopes, and the words of a trap.

use crate::machine::{Running, start, start_some};
use ::machine::vm::{
    Breakpoint, BreakpointError, BreakpointPlace, BreakpointRequest, FrameView, Machine,
    MachineConfig, StepEnd, StepKind, TaskState,
};
use bytecode::VerifiedModule;
use safepoint::{SafepointCoordinator, StopReason};

const PROGRAM: &str = "\
function twice(x: number): number {
  return x + x;
}
let n = 1; n += twice(n); n++;
for (let i = 0; i < 2; i++) n += i;
{
  const n = 'inner';
  print(n);
}
print(n);
";

fn compiled(text: &str) -> VerifiedModule {
    language::compile(text).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

/// Starts a program without a worker, so that the first task stands at its beginning.
fn stand(text: &str) -> Running {
    let coordinator = SafepointCoordinator::new();
    let machine = Machine::new(compiled(text), MachineConfig::new(coordinator.clone()));
    start_some(machine.expect("memory for a heap"), coordinator, 0)
}

fn step(running: &Running, kind: StepKind) -> StepEnd {
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let report = running.machine.step(&stopped, 1, kind, 1000).expect("it can go on");
    running.machine.settle_debugger(&stopped);
    report.end
}

fn frame(running: &Running) -> FrameView {
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let task = running.machine.tasks(&stopped).remove(0);
    assert_eq!(task.state, TaskState::Ready);
    task.frames.into_iter().next().expect("a frame")
}

/// The text of the statement before which the first task stands.
fn statement(running: &Running) -> String {
    let at = frame(running);
    let module = running.machine.module();
    let statement = module.statement(at.function, at.instruction).expect("a statement");
    let line: Vec<char> =
        PROGRAM.lines().nth(statement.from.0 as usize - 1).expect("a line").chars().collect();
    line[statement.from.1 as usize - 1..statement.to.1 as usize - 1].iter().collect()
}

/// Steps until nothing is left to do; where the task stands after each.
fn steps(running: &Running, kind: StepKind) -> Vec<String> {
    let mut all = vec![statement(running)];
    while step(running, kind) == StepEnd::Moved {
        all.push(statement(running));
    }
    all
}

#[test]
fn a_step_ends_at_the_next_statement() {
    let over = [
        "n = 1",
        "n += twice(n);",
        "n++;",
        "i = 0",
        "i < 2",
        "n += i;",
        "i++",
        "i < 2",
        "n += i;",
        "i++",
        "i < 2",
        "n = 'inner'",
        "print(n);",
        "print(n);",
    ];
    let running = stand(PROGRAM);
    assert_eq!(steps(&running, StepKind::Over), over);
    running.stop();
    let running = stand(PROGRAM);
    let into = steps(&running, StepKind::Into);
    // The step out of the function ends behind the call, in the middle of the statement.
    assert_eq!(into[..5], ["n = 1", "n += twice(n);", "return x + x;", "n += twice(n);", "n++;"]);
    assert_eq!(into[5..], over[3..]);
    running.stop();
    let running = stand(PROGRAM);
    for _ in 0..2 {
        step(&running, StepKind::Into);
    }
    assert_eq!(frame(&running).function_name, "twice");
    assert_eq!(step(&running, StepKind::Instruction), StepEnd::Moved);
    assert_eq!((frame(&running).function_name.as_str(), frame(&running).instruction), ("twice", 1));
    assert_eq!(step(&running, StepKind::Out), StepEnd::Moved);
    assert_eq!(statement(&running), "n += twice(n);");
    running.stop();
}

#[test]
fn a_frame_shows_the_locals_in_scope_by_their_names() {
    let running = stand(PROGRAM);
    let mut seen = Vec::new();
    loop {
        let locals = frame(&running).locals;
        let shown = locals.iter().map(|(name, value)| format!("{name} {}", value.text));
        seen.push(shown.collect::<Vec<_>>().join(", "));
        if step(&running, StepKind::Over) != StepEnd::Moved {
            break;
        }
    }
    assert_eq!(seen[..3], ["", "n 1", "n 3"]);
    assert_eq!(seen[4], "n 4, i 0");
    // The inner one hides the outer one as long as it is there.
    assert_eq!(seen[11..], ["n 5", "n (outer) 5, n \"inner\"", "n 5"]);
    running.stop();
}

#[test]
fn variables_of_functions_around_are_shown_and_asked_for_as_what_they_hold() {
    let text = "\
function counter(step: number): () => number {
  let count = 10;
  return () => {
    count += step;
    return count;
  };
}
const next = counter(2);
for (let i = 0; i < 9; i++) next();
";
    let running = stand(text);
    let condition = Some("count == 16 and step == 2".into());
    let place = BreakpointPlace::Statement(5, 5);
    let request = BreakpointRequest { condition, ..BreakpointRequest::at(place) };
    let breakpoint = Breakpoint::new(running.machine.module(), request).expect("both are known");
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    running.machine.add_breakpoint(&stopped, breakpoint).expect("room for it");
    drop(stopped);
    let mut end = StepEnd::Moved;
    while end == StepEnd::Moved {
        end = step(&running, StepKind::Over);
    }
    assert!(matches!(end, StepEnd::Breakpoint(_)), "{end:?}");
    let locals = frame(&running).locals;
    let shown: Vec<_> = locals.iter().map(|(name, it)| format!("{name} {}", it.text)).collect();
    assert_eq!(shown, ["count 16", "step 2"]);
    running.stop();
}

#[test]
fn an_array_is_shown_by_its_elements() {
    let running = stand("const list = [7, 8];\nlist.push(9);\nprint(list.length);\n");
    step(&running, StepKind::Over);
    step(&running, StepKind::Over);
    let reference = frame(&running).locals[0].1.object.expect("a reference");
    let stopped = running.coordinator.request_stw_pause(StopReason::Debug).expect("it stops");
    let object = running.machine.object(&stopped, reference, 1, 10).expect("it is there");
    let entries: Vec<_> =
        object.entries.iter().map(|(name, value)| format!("{name} {}", value.text)).collect();
    assert_eq!((object.kind, object.text.as_str(), object.length), ("list", "Array", 3));
    assert_eq!(entries, ["[1] 8", "[2] 9"]);
    drop(stopped);
    running.stop();
}

#[test]
fn a_breakpoint_is_at_a_statement() {
    let module = compiled(PROGRAM);
    let at = |line, column, condition: Option<&str>| {
        let place = BreakpointPlace::Statement(line, column);
        let condition = condition.map(String::from);
        Breakpoint::new(&module, BreakpointRequest { condition, ..BreakpointRequest::at(place) })
    };
    let place = |line, column| {
        let view = at(line, column, None).expect("a statement").view();
        (view.line.expect("a line"), view.column.expect("a column"), view.places.len())
    };
    assert_eq!((place(4, 1), place(4, 12), place(4, 13)), ((4, 5, 1), (4, 12, 1), (4, 27, 1)));
    // The three parts of a loop's head, and its body.
    let head = [1, 11, 18, 25].map(|column| place(5, column).1);
    assert_eq!(head, [10, 17, 24, 29]);
    assert_eq!(place(5, 30), (7, 9, 1));
    let last = at(11, 1, None).expect_err("nothing behind it");
    assert!(matches!(last, BreakpointError::NoCode { last_line: Some(10), .. }), "{last:?}");
    // A condition means the variable in scope: here a number, there a text.
    assert!(at(5, 24, Some("n > 3 and i < 9")).is_ok());
    let unknown = at(10, 1, Some("i > 3")).expect_err("it is not in scope");
    assert!(
        unknown.to_string().contains("no local or global is called \"i\"; known here: n, hits")
    );
    let assembler = language::assemble_verified(".func main\nconst 1\nret\n").expect("a program");
    let line = BreakpointRequest::at(BreakpointPlace::Statement(2, 70));
    let line = Breakpoint::new(&assembler, line).expect("the line").view();
    assert_eq!((line.line, line.column), (Some(2), None));
}

#[test]
fn a_trap_names_what_failed_and_each_call_in_words_of_the_text() {
    let text = "\
function at(list: number[], i: number): number {
  return list[i] + 1;
}
print(at([1], 0), at([1], 7));
";
    let ran = start(&compiled(text), 1, |_| {}).finish();
    let trap = ran.outcome.trap.expect("it traps");
    assert_eq!(trap.message, "`+` needs two numbers, but finds undefined and an int");
    let stack: Vec<(&str, Option<u32>, Option<&str>)> = trap
        .call_stack
        .iter()
        .map(|entry| (entry.function.as_str(), entry.line, entry.words.as_deref()))
        .collect();
    let outer = ("top level", Some(4), Some("`at(…)` in column 19"));
    assert_eq!(stack, [("at", Some(2), Some("`+`")), outer]);
}

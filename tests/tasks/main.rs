//! Marks answers to tasks: `docs/tasks.md`. Apart from the other tests of the command line: these keep all cores busy.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../command_line/support.rs"]
mod support;

use std::path::{Path, PathBuf};

use support::{NEVER_POLLS, file, folder, lab, lab_with_input, printed, said, text};

/// A file of the project.
fn of(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

/// The example of the document, and the program in it.
fn example() -> (String, String) {
    let document = of("docs/tasks.md");
    let (_, rest) = document.split_once("```markdown\n").expect("an example");
    let (task, _) = rest.split_once("\n```").expect("its end");
    let lines = task.lines().filter_map(|line| line.strip_prefix("    "));
    (task.to_owned(), lines.map(|line| format!("{line}\n")).collect())
}

/// A call in each turn polls.
fn cured(program: &str) -> String {
    assert!(program.contains("    i++;"), "{program}");
    let called = program.replace("    i++;", "    i = next(i);");
    format!("{called}\nfunction next(i: number): number {{\n  return i + 1;\n}}\n")
}

fn write(test: &str, task: &str, answer: &str) -> (PathBuf, PathBuf) {
    let folder = folder(test);
    (file(&folder, "task.md", task.as_bytes()), file(&folder, "answer.sasm", answer.as_bytes()))
}

#[test]
fn the_example_of_the_document_marks_a_wrong_answer_and_a_right_one() {
    let (task, program) = example();
    // Fewer turns: this binary is not optimised.
    let short = |text: &str| text.replace("50000000", "10000000");
    let (task_file, answer) = write("task-example", &short(&task), &short(&program));
    let wrong = lab(&["check", text(&task_file), text(&answer)]);
    assert_eq!(wrong.status.code(), Some(1), "{}", said(&wrong));
    let told = printed(&wrong);
    assert!(told.contains("  no  1. Change the program"), "{told}");
    assert!(told.contains("is unbounded; asked for is at most 200\n"), "{told}");
    assert!(told.contains("  --  2. Stop the world.\n"), "{told}");
    assert!(told.ends_with("0 of 3 steps done\n"), "{told}");

    let answer =
        file(answer.parent().expect("a folder"), "right.ts", short(&cured(&program)).as_bytes());
    let right = lab(&["check", text(&task_file), text(&answer), "--json", "--limit", "1min"]);
    assert_eq!(right.status.code(), Some(0), "{}{}", said(&right), printed(&right));
    let mark: serde_json::Value = serde_json::from_str(&printed(&right)).expect("JSON");
    assert_eq!(mark["format"], "safepoint-lab check");
    assert_eq!((&mark["passed"], &mark["task"]), (&true.into(), &"Cure the loop".into()));
    assert_eq!(mark["steps"][2]["facts"]["prints"], "10000000\n");
    assert!(mark["steps"][1]["facts"]["executed"].as_f64().expect("counted") <= 200.0);
}

#[test]
fn the_lessons_of_the_page_are_marked_with_their_own_programs() {
    for (lesson, program) in [
        ("1-safepoint", "www/examples/01-busy-loops.ts"),
        ("2-late", "www/examples/02-long-copy.ts"),
        ("3-no-poll", "www/lessons/programs/one-loop-without-a-poll.ts"),
        ("4-blocked", "www/examples/03-blocked-in-a-safe-region.ts"),
        ("5-collection", "www/examples/06-list-that-stays.ts"),
        ("8-cost", "www/lessons/programs/primes.ts"),
    ] {
        let task = format!("www/lessons/files/{lesson}.md");
        let folder = folder(&format!("lesson-{lesson}"));
        let task = file(&folder, "task.md", of(&task).as_bytes());
        let answer = file(&folder, "answer.sasm", of(program).as_bytes());
        let output = lab(&["check", text(&task), text(&answer), "--limit", "1min"]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{lesson}: {}{}",
            said(&output),
            printed(&output)
        );
    }
}

#[test]
fn a_snapshot_goes_on_to_the_right_end() {
    let program = of("www/lessons/programs/counted-turns.ts").replace("200000", "5000");
    let (task, answer) = write("lesson-snapshot", &of("www/lessons/files/6-snapshot.md"), &program);
    let output = lab(&["check", text(&task), text(&answer), "--limit", "1min", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", said(&output), printed(&output));
    let mark: serde_json::Value = serde_json::from_str(&printed(&output)).expect("JSON");
    assert_eq!(mark["steps"][2]["facts"]["restored"], true);
    assert_eq!(mark["steps"][1]["facts"]["workers"], 2);
}

const STOPS: &str = "---\ntitle: A\n---\n1. Stop it.\n   - check: stops\n";

#[test]
fn an_answer_that_cannot_be_stopped_or_has_ended_is_said_to_be() {
    let (task, answer) =
        write("task-endless", STOPS, std::str::from_utf8(NEVER_POLLS).expect("text"));
    let output = lab(&["check", text(&task), text(&answer), "--limit", "1s"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(printed(&output).contains("  no  1. Stop it.\n         "), "{}", printed(&output));
    // The stop comes after the end, and not by chance.
    let task = STOPS.replace("1. Stop", "1. It ends.\n   - check: ends\n2. Stop");
    let task = file(answer.parent().expect("a folder"), "ends.md", task.as_bytes());
    let ended = lab_with_input(&["check", text(&task), "-"], b".func main\n const 7\n ret\n");
    assert_eq!(ended.status.code(), Some(1), "{}", said(&ended));
    assert!(printed(&ended).contains("the program had ended with 7\n"), "{}", printed(&ended));
    let trapped = lab_with_input(&["check", text(&task), "-"], b".func main\n trap \"no tea\"\n");
    assert!(
        printed(&trapped).contains("a trap had ended the program: no tea"),
        "{}",
        printed(&trapped)
    );
}

#[test]
fn a_program_that_prints_does_not_print_into_the_mark() {
    let task =
        "---\ntitle: A\n---\n1. It prints.\n   - check: ends, prints = \"two, three\", trap = no\n";
    let (task, answer) = write(
        "task-prints",
        task,
        ".func main\n const \"one, two, three\"\n print\n const 1\n ret\n",
    );
    let output = lab(&["check", text(&task), text(&answer)]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let name = text(&answer);
    assert_eq!(printed(&output), format!("A: {name}\n  ok  1. It prints.\n1 of 1 step done\n"));
}

#[test]
fn tasks_and_answers_that_cannot_be_used_are_refused_with_their_place() {
    let fine = ".func main\n const 1\n ret\n";
    for (task, answer, why) in [
        ("no front matter\n", fine, "task.md: The lesson has no front matter"),
        (
            &STOPS.replace("stops", "stop")[..],
            fine,
            "task.md: Step 1: there is no check \"stop\"; expected one of runs",
        ),
        (
            &STOPS.replace("stops", "breaks")[..],
            fine,
            "step 1 waits for \"breaks\", which happens on the page only",
        ),
        (STOPS, ".func main\n prnt\n", "answer.sasm:2:2: there is no instruction prnt"),
    ] {
        let (task, answer) = write("task-refused", task, answer);
        let output = lab(&["check", text(&task), text(&answer)]);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains(why), "{}", said(&output));
    }
    let (task, answer) = write("task-limit", STOPS, fine);
    let output = lab(&["check", text(&task), text(&answer), "--limit", "0s"]);
    assert_eq!(output.status.code(), Some(2));
}

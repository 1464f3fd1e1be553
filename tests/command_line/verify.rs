//! What the command line says about a program without running it, and options for its poll sites.

use crate::support::{
    NEVER_POLLS, file, folder, lab, lab_with_input, printed, program, said, text,
};

#[test]
fn verify_says_how_far_each_function_runs_without_a_poll() {
    let output = lab_with_input(&["verify", "-"], NEVER_POLLS);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let printed = printed(&output);
    assert!(
        printed.contains("polls at calls, allocations, awaits; not at back-edges\n"),
        "{printed}"
    );
    assert!(
        printed.contains("  spin  unbounded: a loop in which nothing polls (line 4)\n"),
        "{printed}"
    );
    let warning = "standard input:4:2: warning: spin: a loop in which nothing polls";
    assert!(printed.contains(warning), "{printed}");
    assert!(printed.contains(" 4 |  jmp again\n   |  ^^^^^^^^^\n"), "{printed}");
    // A module gets the same messages; lines are those of its disassembly.
    let folder = folder("verify-module");
    let source = file(&folder, "spin.sasm", NEVER_POLLS);
    let module = folder.join("spin.module");
    assert!(lab(&["asm", text(&source), "-o", text(&module)]).status.success());
    let of_module = crate::support::printed(&lab(&["verify", text(&module)]));
    assert!(of_module.contains("spin: a loop in which nothing polls"), "{of_module}");
    assert!(of_module.contains("of its disassembly)"), "{of_module}");
}

#[test]
fn verify_fails_when_a_path_is_too_long() {
    let straight = b".func main\n nop\n nop\n nop\n const 1\n ret\n";
    let code = |most: &str| {
        let output = lab_with_input(&["verify", "-", "--max-path", most], straight);
        (output.status.code(), said(&output))
    };
    assert_eq!(code("100").0, Some(0));
    let (failed, why) = code("3");
    assert_eq!(failed, Some(1), "{why}");
    assert!(
        why.contains(
            "1 function may execute more than 3 instructions without a poll: main, at most 5"
        ),
        "{why}"
    );
    let endless = lab_with_input(&["verify", "-", "--max-path", "1000000"], NEVER_POLLS);
    assert_eq!(endless.status.code(), Some(1), "{}", said(&endless));
    assert!(said(&endless).contains("2 functions may"), "{}", said(&endless));
}

/// A loop that adapts has a bound: it goes no more turns without a poll than a module can say.
#[test]
fn verify_says_what_the_program_itself_says_of_its_polls() {
    let source = b".func main\na:\n const true\n .site adapt\n jt a\n .site every 7\n jmp a\n";
    let output = printed(&lab_with_input(&["verify", "-"], source));
    let said = "whatever the policy is: line 5 as seldom as a time allows, line 7 every 7th turn\n";
    assert!(output.contains(said), "{output}");
    // Three instructions a turn.
    assert!(output.contains("  main  at most 196605 instructions"), "{output}");
}

#[test]
fn options_say_where_a_program_polls() {
    let on = ["verify", "-", "--poll", "back-edges", "on", "--poll", "every", "8"];
    let output = lab_with_input(&on, NEVER_POLLS);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let printed = printed(&output);
    assert!(
        printed.contains("polls at calls, back-edges (every 8th time), allocations, awaits\n"),
        "{printed}"
    );
    assert!(!printed.contains("unbounded"), "{printed}");
    let off = ["verify", "-", "--poll", "all", "off"];
    let output = lab_with_input(&off, b".func main\n const 1\n ret\n");
    let printed = crate::support::printed(&output);
    assert!(printed.contains("never polls: not at calls"), "{printed}");
    // `run` takes these options, too, and ends the same.
    let sum = text(&program("quicksort.sasm")).to_owned();
    let plain = lab(&["run", &sum]);
    let every = lab(&["run", &sum, "--poll", "every", "100", "--gc-every", "1ms"]);
    assert_eq!(every.status.code(), Some(0), "{}", said(&every));
    assert_eq!(plain.stdout, every.stdout);
}

#[test]
fn wrong_and_contradicting_options_are_refused_in_a_sentence() {
    for (options, why) in [
        (&["--poll", "back-edge", "off"][..], "did you mean back-edges?"),
        (&["--poll", "calls", "maybe"], "expected on or off"),
        (&["--poll", "every", "0"], "expected a whole number from 1 to 65535"),
        (&["--poll", "calls", "on off"], "expected nothing more"),
        (&["--poll", "back-edges", "off", "--poll", "every", "5"], "back-edges do not poll"),
        (&["--stop-after", "1s", "--snapshot-at", "2s=x"], "would never be taken"),
        (&["--snapshot-at", "1s=x", "--snapshot-at", "2s=x"], "is named twice"),
        (&["--gc-every", "0ms"], "expected more than 0"),
        (&["--warn-after", "2s", "--pause-deadline", "1s"], "would never warn"),
        (&["--workers", "some"], "expected a whole number"),
        (&["--gc-every", "5"], "such as 50ms"),
        (&["--explain", "--no-explain"], "cannot be used with"),
        (&["--gc-every", "\u{1b}[31m"], "␛[31m"),
    ] {
        let source = b".func main\n const 1\n ret\n";
        let output = lab_with_input(&[&["run", "-"][..], options].concat(), source);
        assert_eq!(output.status.code(), Some(2), "{options:?}: {}", said(&output));
        assert!(said(&output).contains(why), "{options:?}: {}", said(&output));
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn one_thing_is_printed_in_the_singular() {
    let output = lab_with_input(&["verify", "-"], b".func main\n const 1\n ret\n");
    assert!(printed(&output).contains("1 function, "), "{}", printed(&output));
    let folder = folder("singular");
    let snapshot = folder.join("one.snapshot");
    let at = format!("1ms={}", text(&snapshot));
    let sleeps = b".func main\n const 100\n sleep\n const 7\n ret\n";
    let arguments = ["run", "-", "--workers", "1", "--stats", "--snapshot-at", &at];
    let output = lab_with_input(&arguments, sleeps);
    assert!(said(&output).contains("snapshot: 1 pause; "), "{}", said(&output));
    let described = printed(&lab(&["describe", text(&snapshot)]));
    assert!(described.starts_with("program \"program\", 1 worker\n"), "{described}");
}

#[test]
fn an_instruction_whose_time_grows_with_its_data_is_named_beside_the_bound() {
    let text = ".func make (n)\n    load n\n    newarray\n    ret\n.func main\n    const 9\n    call make\n    ret\n";
    let told = lab_with_input(&["verify", "-"], text.as_bytes());
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains(
            "; newarray in line 3 counts as one instruction, but its time grows with its data"
        ),
        "{told}"
    );
}

//! Runs the inputs that fuzzers kept. `fuzz/README.md` says how fuzzers are run.
#![cfg(not(target_arch = "wasm32"))]

mod fuzz_targets;

use std::path::Path;

use fuzz_targets::{TARGETS, module_of, snapshots_of};

#[test]
fn the_inputs_that_fuzzers_kept_break_nothing() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, target) in TARGETS {
        let folder = std::fs::read_dir(corpus.join(name)).expect("a folder for each target");
        let mut files: Vec<_> = folder.map(|entry| entry.expect("an entry").path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = std::fs::read(&file).expect("a file");
            // The harness prints this if the next line panics.
            println!("{}", file.display());
            target(&bytes);
        }
    }
}

/// The inputs with which fuzzers begin. To be run again when a format has changed, with
/// `--ignored`.
#[test]
#[ignore = "writes the corpus"]
fn seeds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let keep = |target: &str, name: &str, bytes: &[u8]| {
        let folder = root.join("fuzz/corpus").join(target);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), bytes).expect("room for a file");
    };
    for name in PROGRAMS {
        let path = root.join("tests/programs").join(name).with_extension("sasm");
        let text = std::fs::read_to_string(path).expect("a program");
        keep("text", name, text.as_bytes());
        keep("module", name, &module_of(&text));
        for (index, bytes) in snapshots_of(&text).iter().enumerate() {
            keep("snapshots", &format!("{name}-{index}"), bytes);
        }
    }
    for name in TYPESCRIPT {
        let text = std::fs::read(root.join(name)).expect("a program");
        let name = Path::new(name).file_stem().expect("a name").to_string_lossy();
        keep("typescript", &name, &text);
    }
    for (index, condition) in CONDITIONS.iter().enumerate() {
        keep("conditions", &format!("seed-{index}"), condition.as_bytes());
    }
    for (index, number) in NUMBERS.iter().enumerate() {
        keep("floats", &format!("seed-{index}"), number.as_bytes());
    }
    for target in ["one_task", "tasks", "cuts", "debugger"] {
        for seed in 1..=4_u64 {
            // Noise from a linear congruential generator.
            let mut state = seed;
            let noise = std::iter::repeat_with(|| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) as u8
            });
            keep(target, &format!("seed-{seed}"), &noise.take(400).collect::<Vec<_>>());
        }
    }
}

/// Golden programs that together use all parts of the machine.
const PROGRAMS: &[&str] = &[
    "blocking",
    "mutex",
    "strings",
    "tasks-of-tasks",
    "floats",
    "stack",
    "linked-list",
    "trap-of-another",
    "operands-across-jumps",
    "parameters",
];

/// Programs in TypeScript that together use all of it.
const TYPESCRIPT: &[&str] = &[
    "tests/typescript/programs/quicksort.ts",
    "tests/typescript/programs/tree.ts",
    "tests/typescript/programs/switch.ts",
    "tests/typescript/programs/matrix.ts",
    "tests/typescript/programs/mutex.ts",
    "tests/typescript/programs/evaluation-order.ts",
    "tests/typescript/programs/and-or.ts",
    "tests/typescript/programs/classes.ts",
    "tests/typescript/programs/array-of-arrays.ts",
    "tests/typescript/programs/copy.ts",
    "tests/typescript/programs/default-parameters.ts",
    "tests/typescript/programs/type-aliases.ts",
    "tests/typescript/programs/labels.ts",
    "tests/typescript/programs/spawn.ts",
    "tests/typescript/programs/nullish.ts",
    "tests/typescript/programs/escapes.ts",
    "tests/typescript/programs/string-index.ts",
    "tests/typescript/programs/throw-in-task.ts",
    "www/examples/16-parallel-sum.ts",
    "www/examples/18-objects-and-a-lock.ts",
];

const CONDITIONS: &[&str] = &[
    "i == 7",
    "i % 3 == 0 and not yes or hits > 5",
    "text < \"tezt\"",
    "(half * 2 + number - 1) / i >= -3",
    "list == pair or nothing != null",
    "`number` == 7",
    "text + 1 > 2",
    "---i < ((1))",
];

const NUMBERS: &[&str] =
    &["0.1", "2.5e-3", "1.7976931348623157e308", "4.9e-324", "123456789012345678901234567890.5"];

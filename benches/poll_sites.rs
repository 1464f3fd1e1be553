//! Times programs in the interpreter, for a comparison with a build `--features without-polls`, in which
//! polls are not compiled in: `npm run bench -- polls` runs both by turns.
//!
//! For each program named on the command line a line with its name and the milliseconds of each round.

use std::env;
use std::fs;
use std::path::Path;

use safepoint_lab::bytecode::assemble_verified;
use safepoint_lab::clock;
use safepoint_lab::safepoint::SafepointCoordinator;
use safepoint_lab::vm::{Machine, MachineConfig};

const ROUNDS: usize = 3;

fn main() {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/programs");
    // Cargo adds `--bench`.
    for name in env::args().skip(1).filter(|argument| !argument.starts_with("--")) {
        let text = fs::read_to_string(programs.join(format!("{name}.sasm")))
            .unwrap_or_else(|error| panic!("bench/programs/{name}.sasm: {error}"));
        let module = assemble_verified(&text).unwrap_or_else(|errors| panic!("{name}: {errors:?}"));
        let times: Vec<String> = (0..ROUNDS)
            .map(|_| {
                let config = MachineConfig::new(SafepointCoordinator::new());
                let machine = Machine::new(module.clone(), config).expect("memory for a heap");
                let began = clock::now();
                machine.run_worker(0).expect("nobody else is worker 0");
                let time = clock::now().since(began);
                let outcome = machine.outcome().expect("the program has ended");
                assert!(outcome.trap.is_none(), "{name}: {:?}", outcome.trap);
                format!("{:.3}", time.as_secs_f64() * 1e3)
            })
            .collect();
        println!("{name} {}", times.join(" "));
    }
}

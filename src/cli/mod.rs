//! Commands and their exit codes.

mod input;
mod report;
mod run;
mod trace;
mod units;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use safepoint_lab::snapshot::Snapshot;

use input::Input;
use run::Begin;
use units::{SnapshotAt, bytes, duration};

/// Why a command did not succeed.
#[derive(Debug)]
enum Failure {
    /// The program trapped or is in a deadlock.
    Program(String),
    /// What was given cannot be used.
    Input(String),
    /// Something else went wrong: a file cannot be written, the program was stopped.
    Other(String),
}

impl Failure {
    fn code(&self) -> u8 {
        match self {
            Self::Program(_) => 1,
            Self::Input(_) => 2,
            Self::Other(_) => 3,
        }
    }

    fn message(&self) -> &str {
        match self {
            Self::Program(message) | Self::Input(message) | Self::Other(message) => message,
        }
    }
}

/// Stops the threads of a virtual machine together, and shows what that costs.
///
/// Exit codes: 0 the program ended well, 1 it trapped or is in a deadlock, 2 what was given cannot be
/// used, 3 something else went wrong.
#[derive(Debug, Parser)]
#[command(name = "safepoint-lab", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a program, text or binary module.
    Run {
        /// The program; - for standard input.
        file: PathBuf,
        #[command(flatten)]
        settings: Settings,
    },
    /// Goes on where a snapshot was taken.
    Resume {
        /// The snapshot; - for standard input.
        snapshot: PathBuf,
        #[command(flatten)]
        settings: Settings,
    },
    /// Says what is in a snapshot.
    Describe {
        /// The snapshot; - for standard input.
        snapshot: PathBuf,
    },
    /// Assembles a program into a binary module.
    Asm {
        /// The program; - for standard input.
        file: PathBuf,
        /// Where to write it; standard output if absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Makes text of a binary module.
    Disasm {
        /// The module; - for standard input.
        file: PathBuf,
        /// Where to write it; standard output if absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Checks a program, text or binary module, without running it.
    Verify {
        /// The program; - for standard input.
        file: PathBuf,
    },
}

/// How to run.
#[derive(Debug, Args)]
struct Settings {
    /// Threads that run the program, 1 to 128; as many as the snapshot's machine had, else 4.
    #[arg(short, long)]
    workers: Option<usize>,
    /// Limit of the heap, such as 64MiB; that of the snapshot's machine, else 32MiB.
    #[arg(long, value_parser = bytes)]
    heap: Option<usize>,
    /// Stopped workers that help to mark, at most; one less than there are cores if absent.
    #[arg(long, value_name = "N")]
    gc_helpers: Option<usize>,
    /// Collects garbage that often, such as 10ms.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    gc_every: Option<Duration>,
    /// Takes a snapshot so long after the start, such as 50ms=program.snapshot.
    #[arg(long, value_name = "TIME=FILE")]
    snapshot_at: Vec<SnapshotAt>,
    /// Writes tasks and pauses, worker by worker, for Perfetto (Trace Event format).
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Stops the program after so long.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    stop_after: Option<Duration>,
    /// Says at the end how long pauses took.
    #[arg(long)]
    stats: bool,
}

pub(crate) fn main() -> ExitCode {
    match execute(&Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.message());
            ExitCode::from(failure.code())
        }
    }
}

fn execute(command: &Command) -> Result<(), Failure> {
    match command {
        Command::Run { file, settings } => {
            run::run(Begin::Program(Input::read(file)?.program()?), settings)
        }
        Command::Resume { snapshot, settings } => {
            let input = Input::read(snapshot)?;
            run::run(Begin::Snapshot(Box::new(input.snapshot()?)), settings)
        }
        Command::Describe { snapshot } => {
            let input = Input::read(snapshot)?;
            print!("{}", report::snapshot(&Snapshot::describe(&input.snapshot()?)));
            Ok(())
        }
        Command::Asm { file, output } => {
            input::write(output.as_deref(), Input::read(file)?.program()?.bytes())
        }
        Command::Disasm { file, output } => {
            input::write(output.as_deref(), Input::read(file)?.program()?.text().as_bytes())
        }
        Command::Verify { file } => {
            let input = Input::read(file)?;
            let view = input.program()?.view();
            println!("{}", report::program(&input.name, &view));
            Ok(())
        }
    }
}

//! Commands and their exit codes.

mod content;
mod crew;
mod explain;
mod input;
mod json;
mod output;
mod report;
mod requests;
mod run;
mod settings;
mod signals;
mod task;
mod trace;
mod units;
mod verify;
mod watch;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use bytecode::visible;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use machine::snapshot::Snapshot;

use content::Content;
use input::Input;
use output::tell;
use run::Begin;
use settings::{Polls, Settings};

/// Characters of a message about wrong arguments.
const MOST_REFUSED: usize = 2000;

/// Why a command did not succeed.
#[derive(Debug)]
enum Failure {
    /// The program failed a check.
    Program(String),
    /// The input cannot be used.
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
/// Exit codes: 0 the program ended well, 1 it trapped or is in a deadlock, 2 the input cannot be
/// used, 3 something else went wrong, 130 and 143 it was stopped by SIGINT or SIGTERM.
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
    /// Goes on from a snapshot.
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
    /// Compiles a program, TypeScript or assembler, into a binary module.
    #[command(alias = "asm")]
    Compile {
        /// The program; - for standard input.
        file: PathBuf,
        /// Where to write it; standard output if absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Makes assembler of a program: of a binary module, or of what TypeScript is compiled to.
    Disasm {
        /// The program; - for standard input.
        file: PathBuf,
        /// Where to write it; standard output if absent.
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Checks a program, text or binary module, without running it, and says how far it may run without a poll.
    Verify {
        /// The program; - for standard input.
        file: PathBuf,
        #[command(flatten)]
        polls: Polls,
        /// Fails (exit code 1) when a function may execute more than N instructions without a poll.
        #[arg(long, value_name = "N", value_parser = units::whole::<u64>)]
        max_path: Option<u64>,
    },
    /// Marks an answer to a task: does what its steps ask for, and says whether each was done.
    Check {
        /// The task, a Markdown file: see docs/tasks.md.
        task: PathBuf,
        /// The program, text or binary module; - for standard input.
        answer: PathBuf,
        /// How long each step may take, such as 10s.
        #[arg(long, value_name = "TIME", value_parser = units::duration, default_value = "10s")]
        limit: Duration,
        /// Prints the mark as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) fn main() -> ExitCode {
    let done = match Cli::try_parse() {
        Ok(cli) => execute(&cli.command),
        Err(error) => match forgotten(&error) {
            Some(advice) => Err(Failure::Input(advice)),
            None if error.use_stderr() => Err(Failure::Input(refused(&error))),
            None => error.exit(), // Help, or the version.
        },
    };
    ExitCode::from(done.unwrap_or_else(|failure| {
        tell(failure.message());
        failure.code()
    }))
}

/// What is wrong with the arguments. These may have any characters.
fn refused(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let seen = |c| if c == '\n' { c } else { visible(c) };
    text.trim_end().chars().take(MOST_REFUSED).map(seen).collect()
}

/// What to type instead, if the first argument is a file and the command was forgotten.
fn forgotten(error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let path = PathBuf::from(std::env::args_os().nth(1)?);
    let name = input::shown(&path);
    let content = match std::fs::read(&path) {
        Ok(bytes) => Content::of(&bytes),
        Err(_) if path.extension().is_some_and(|extension| extension == "sasm") => Content::Text,
        Err(_) => return None,
    };
    Some(match content {
        Content::Text | Content::Module => {
            format!("{name} is no command; to run it: safepoint-lab run {name}")
        }
        Content::Snapshot => {
            format!("{name} is a snapshot; to go on from it: safepoint-lab resume {name}")
        }
        Content::Other(what) => format!("{name} is no command, and the file is {what}"),
    })
}

/// Executes a command. Returns the exit code.
fn execute(command: &Command) -> Result<u8, Failure> {
    match command {
        Command::Run { file, settings } => {
            let program = Input::read(file)?.program()?;
            return run::run(Begin::Program(program), file, settings);
        }
        Command::Resume { snapshot, settings } => {
            let input = Input::read(snapshot)?;
            return run::run(Begin::Snapshot(Box::new(input.snapshot()?)), snapshot, settings);
        }
        Command::Describe { snapshot } => {
            let input = Input::read(snapshot)?;
            output::print(report::snapshot(&Snapshot::describe(&input.snapshot()?)).as_bytes())?;
        }
        Command::Compile { file, output } => {
            output::write(output.as_deref(), Input::read(file)?.program()?.bytes())?;
        }
        Command::Disasm { file, output } => {
            let program = Input::read(file)?.program()?;
            output::write(output.as_deref(), program.assembler().as_bytes())?;
        }
        Command::Verify { file, polls, max_path } => {
            verify::verify(&Input::read(file)?, polls, *max_path)?;
        }
        Command::Check { task, answer, limit, json } => {
            return task::check(task, answer, *limit, *json);
        }
    }
    Ok(0)
}

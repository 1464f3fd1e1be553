//! The command line: the lab without its page. See `docs/command-line.md`.

#[cfg(not(any(target_arch = "wasm32", loom, shuttle)))]
mod cli;

#[cfg(not(any(target_arch = "wasm32", loom, shuttle)))]
fn main() -> std::process::ExitCode {
    cli::main()
}

/// Browsers use the library, and models only a part of it.
#[cfg(any(target_arch = "wasm32", loom, shuttle))]
fn main() {}

//! The command line: the laboratory without its page. See `docs/command-line.md`.

#[cfg(not(any(target_arch = "wasm32", loom, shuttle)))]
mod cli;

#[cfg(not(any(target_arch = "wasm32", loom, shuttle)))]
fn main() -> std::process::ExitCode {
    cli::main()
}

/// Browsers take the library, and models only a part of that.
#[cfg(any(target_arch = "wasm32", loom, shuttle))]
fn main() {}

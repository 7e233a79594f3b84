//! The `tollbook` program.

use std::process::ExitCode;

use cdr_dialects::DIALECTS;
use tollbook::cli::Cli;
use tollbook::terminal;

/// Records are allocated on one thread and freed on another, row by row, which this allocator handles well.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::read(std::env::args_os(), DIALECTS).unwrap_or_else(|error| terminal::refuse(&error));
    match tollbook::run(&cli, std::env::vars_os(), DIALECTS) {
        Ok(code) => code,
        Err(error) => terminal::report(&error),
    }
}

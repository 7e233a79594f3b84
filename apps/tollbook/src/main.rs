//! The `tollbook` program.

use std::process::ExitCode;

use clap::Parser;
use tollbook::cli::Cli;

/// Records are made on one thread and dropped on another, row by row, which is what this allocator is good at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match tollbook::run(&cli, std::env::vars_os()) {
        Ok(code) => code,
        Err(error) => tollbook::terminal::report(&error),
    }
}

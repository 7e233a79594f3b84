//! The `tollbook` program.

use std::process::ExitCode;

use clap::Parser;
use tollbook::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match tollbook::run(&cli, std::env::vars_os()) {
        Ok(code) => code,
        Err(error) => tollbook::terminal::report(&error),
    }
}

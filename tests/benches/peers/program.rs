//! The program that is measured, and its two stores.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::child;
use crate::options::Options;

/// Where calls are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

impl Store {
    pub(crate) const BOTH: [Store; 2] = [Store::Sqlite, Store::Postgres];

    /// The name of its database, as people write it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Store::Sqlite => "SQLite",
            Store::Postgres => "PostgreSQL",
        }
    }
}

/// The path of the program: a given one, or one that is built with all features.
///
/// # Panics
/// If it cannot be built.
pub(crate) fn path(options: &Options, root: &Path) -> PathBuf {
    if let Some(given) = &options.program {
        return given.canonicalize().unwrap_or_else(|error| panic!("TOLLBOOK={}: {error}", given.display()));
    }
    eprintln!("building the program");
    let mut cargo = Command::new(option_env!("CARGO").unwrap_or("cargo"));
    cargo.args(["build", "--release", "-p", "tollbook", "--features", "full", "--message-format", "json"]);
    let built = cargo.current_dir(root).stderr(Stdio::inherit()).output().expect("cargo");
    assert!(built.status.success(), "the program could not be built");
    let messages = String::from_utf8_lossy(&built.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut executables = messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    executables.next_back().expect("cargo names the program that it has built")
}

/// What the program says about itself.
pub(crate) fn version(program: &Path) -> String {
    child::output(Path::new("/"), &format!("'{}' --version", program.display()))
}

//! The scripts beside this file.

use std::path::{Path, PathBuf};

/// Writes the result of a query of an SQLite database as a CSV file in a ZIP archive.
pub(crate) const ZIP: &str = "sqlite_zip.py";
/// Runs a statement in a DuckDB database.
pub(crate) const DUCKDB: &str = "duckdb_run.py";
/// Prints a digest of the cells of a CSV file.
pub(crate) const CELLS: &str = "cells.py";
/// Prints the median time of a query of an SQLite database.
pub(crate) const QUERY: &str = "sqlite_query.py";

/// The words that run a script.
pub(crate) fn run(script: &str) -> String {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers");
    format!("python3 '{}'", folder.join(script).display())
}

//! The other tools: which are there, where, and in which version.

use std::path::{Path, PathBuf};
use std::process::Command;

use tollbook_tests::cluster;

use crate::child;

/// Programs in the path, and the Debian packages that have them.
const PROGRAMS: &[(&str, &str)] = &[
    ("bash", "bash"),
    ("sqlite3", "sqlite3"),
    ("zip", "zip"),
    ("unzip", "unzip"),
    ("gzip", "gzip"),
    ("pigz", "pigz"),
    ("sha256sum", "coreutils"),
    ("python3", "python3"),
];

/// From PyPI, into the target folder.
const DUCKDB: &str = "duckdb==2.0.1";

/// Where the tools are that are not in the path.
pub(crate) struct Tools {
    pub(crate) psql: PathBuf,
    /// The folder with DuckDB's package for Python.
    pub(crate) duckdb: PathBuf,
}

impl Tools {
    /// Finds all tools, and installs DuckDB into the target folder once.
    ///
    /// # Panics
    /// If one is missing; the message names the packages.
    pub(crate) fn find(target: &Path) -> Tools {
        let is_there = |program: &str| Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
        let lacks = |program: &str| !is_there(program).is_ok_and(|output| output.status.success());
        let mut missing: Vec<&str> =
            PROGRAMS.iter().filter(|(program, _)| lacks(program)).map(|(_, package)| *package).collect();
        let psql = cluster::program("psql");
        if psql.is_none() || cluster::program("initdb").is_none() {
            missing.push("postgresql");
        }
        assert!(missing.is_empty(), "install what is missing: apt-get install {}", missing.join(" "));
        Tools { psql: psql.unwrap_or_default(), duckdb: duckdb(target) }
    }

    /// The tools with their versions, for the report.
    pub(crate) fn versions(&self) -> Vec<String> {
        let first = |script: String| child::output(Path::new("/"), &script).lines().next().unwrap_or("").to_owned();
        let words = |text: String, places: std::ops::Range<usize>| {
            let words: Vec<&str> = text.split_ascii_whitespace().collect();
            words.get(places).map(|words| words.join(" ")).unwrap_or_default()
        };
        vec![
            format!("PostgreSQL {}", words(first(format!("'{}' --version", self.psql.display())), 2..3)),
            format!("SQLite {}", words(first("sqlite3 --version".to_owned()), 0..1)),
            format!("DuckDB {}", DUCKDB.rsplit('=').next().unwrap_or_default()),
            first("python3 --version".to_owned()),
            format!("Zip {}", words(first("zip -v | sed -n 's/^This is Zip//p'".to_owned()), 0..1)),
            first("pigz --version 2>&1".to_owned()),
            first("gzip --version".to_owned()),
        ]
    }
}

fn duckdb(target: &Path) -> PathBuf {
    let folder = target.join(DUCKDB.replace("==", "-"));
    if !folder.join("duckdb").is_dir() {
        eprintln!("installing {DUCKDB} from PyPI");
        let options = "--quiet --no-deps --only-binary :all: --disable-pip-version-check --root-user-action=ignore";
        let mut pip = Command::new("python3");
        pip.args(["-m", "pip", "install"]).args(options.split(' ')).arg("--target").arg(&folder).arg(DUCKDB);
        let status = pip.status().expect("python3");
        assert!(status.success(), "{DUCKDB} could not be installed; pip is in the package python3-pip");
    }
    folder
}

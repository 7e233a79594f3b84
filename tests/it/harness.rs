//! The real program in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;
use tollbook_tests::cluster;

/// Set where the tests are about stores in PostgreSQL.
pub(crate) const OVER_POSTGRES: &str = "TOLLBOOK_TEST_OVER_POSTGRES";

/// Whether the tests are about stores in PostgreSQL this time.
pub(crate) fn over_postgres() -> bool {
    std::env::var_os(OVER_POSTGRES).is_some()
}

/// A new database, if the tests are about stores in PostgreSQL this time.
pub(crate) fn database() -> Option<String> {
    over_postgres().then(|| cluster::shared().unwrap().database())
}

/// A folder, a store in it or in a database, and the program that keeps it.
pub(crate) struct Tollbook {
    folder: TempDir,
    database: Option<String>,
}

impl Tollbook {
    /// With a store of the kind that the tests are about this time.
    pub(crate) fn new() -> Tollbook {
        Tollbook::at(database())
    }

    /// With a store in this database, or in a file.
    pub(crate) fn at(database: Option<String>) -> Tollbook {
        Tollbook { folder: tempfile::tempdir().unwrap(), database }
    }

    /// The address of the store's database, or of its file.
    pub(crate) fn store(&self) -> String {
        let file = || format!("sqlite://{}", self.path("tollbook-data/tollbook.db").display());
        self.database.clone().unwrap_or_else(file)
    }

    /// A store with generated calls.
    pub(crate) fn with_calls(calls: u64, days: u32) -> Tollbook {
        let tollbook = Tollbook::new();
        tollbook.ok(&["generate", "--calls", &calls.to_string(), "--days", &days.to_string()]);
        tollbook
    }

    /// Everything that the store holds, as bytes: its file, or what PostgreSQL's dump says of its database.
    pub(crate) fn kept(&self) -> Vec<u8> {
        match &self.database {
            None => std::fs::read(self.path("tollbook-data/tollbook.db")).unwrap(),
            Some(database) => cluster::dumped(database),
        }
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, run in the folder: it knows nothing of the environment it is tested in.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(program());
        let ours =
            std::env::vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("TOLLBOOK_"));
        for name in ours {
            command.env_remove(name);
        }
        if let Some(database) = &self.database {
            command.env("TOLLBOOK_DATABASE_URL", database);
        }
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs what has to succeed, and returns what it printed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "tollbook {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what has to fail, and returns what it said.
    pub(crate) fn fails(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "tollbook {} succeeded", args.join(" "));
        String::from_utf8(output.stderr).unwrap()
    }

    /// How many calls match.
    pub(crate) fn count(&self, args: &[&str]) -> u64 {
        self.ok(&[&["calls", "--count"], args].concat()).trim().parse().unwrap()
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// The program, which cargo builds before these tests, in their profile.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tollbook"))
}

/// The arguments of an export that may put its file in the place of an earlier one.
pub(crate) fn export_args<'a>(layout: &'a str, format: &'a str, output: &'a str) -> [&'a str; 8] {
    ["export", "--layout", layout, "--format", format, "--output", output, "--replace"]
}

/// The top of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// A fixture.
pub(crate) fn fixture(name: &str) -> String {
    root().join("tests/fixtures").join(name).display().to_string()
}

pub(crate) use tollbook_tests::left_out;

//! Runs the real program in a temporary folder.

use std::ffi::OsStr;
use std::io::{Cursor, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;
use tollbook_tests::cluster;

/// The environment variable that makes the tests use stores in PostgreSQL.
pub(crate) const OVER_POSTGRES: &str = "TOLLBOOK_TEST_OVER_POSTGRES";

/// Whether the tests use stores in PostgreSQL in this process.
pub(crate) fn over_postgres() -> bool {
    std::env::var_os(OVER_POSTGRES).is_some()
}

/// A new database, if the tests use stores in PostgreSQL in this process.
pub(crate) fn database() -> Option<String> {
    over_postgres().then(|| cluster::shared().unwrap().database())
}

/// A folder with a store in it or in a database, and the program that runs on it.
pub(crate) struct Tollbook {
    folder: TempDir,
    database: Option<String>,
}

impl Tollbook {
    /// With an empty store of the kind that the tests use in this process.
    pub(crate) fn new() -> Tollbook {
        let tollbook = Tollbook::without_store();
        tollbook.ok(&["migrate"]);
        tollbook
    }

    /// With a place for such a store.
    pub(crate) fn without_store() -> Tollbook {
        Tollbook::at(database())
    }

    /// With a place for a store in this database, or in a file.
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
        let tollbook = Tollbook::without_store();
        tollbook.ok(&["generate", "--calls", &calls.to_string(), "--days", &days.to_string()]);
        tollbook
    }

    /// The whole content of the store as bytes: its file, or a dump of its database.
    pub(crate) fn kept(&self) -> Vec<u8> {
        match &self.database {
            None => std::fs::read(self.path("tollbook-data/tollbook.db")).unwrap(),
            Some(database) => cluster::dumped(database),
        }
    }

    /// Runs a statement directly on the store, bypassing the program. Returns the rows of a query, a line each.
    pub(crate) fn sql(&self, statement: &str) -> Vec<String> {
        match &self.database {
            None => {
                let done = Command::new("sqlite3").arg(self.path("tollbook-data/tollbook.db")).arg(statement).output();
                let done = done.unwrap();
                assert!(done.status.success(), "{statement}: {}", outcome(&done));
                String::from_utf8(done.stdout).unwrap().lines().map(str::to_owned).collect()
            }
            Some(database) => cluster::asked(database, statement).expect(statement),
        }
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command that runs the program in the folder, without the environment of the tests.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.through(program());
        command.args(args);
        command
    }

    /// A command that runs another program, which runs ours, in the folder.
    pub(crate) fn through(&self, other: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(other);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_foreign(&name.to_string_lossy())) {
            command.env_remove(name);
        }
        if let Some(database) = &self.database {
            command.env("TOLLBOOK_DATABASE_URL", database);
        }
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command that has to succeed, and returns its output.
    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "tollbook {}: {}", args.join(" "), outcome(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that has to fail, and returns its error output.
    #[track_caller]
    pub(crate) fn fails(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "tollbook {} succeeded: {}", args.join(" "), outcome(&output));
        String::from_utf8(output.stderr).unwrap()
    }

    /// The number of calls that match.
    pub(crate) fn count(&self, args: &[&str]) -> u64 {
        self.ok(&[&["calls", "--count"], args].concat()).trim().parse().unwrap()
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}

/// Whether a variable belongs to the tests, their terminal or their machine, and must not affect the program.
fn is_foreign(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let begins = ["TOLLBOOK_", "PG", "RUST_", "CLICOLOR"].iter().any(|start| name.starts_with(start));
    begins || ["NO_COLOR", "COLUMNS", "LINES"].contains(&name.as_str()) || name.ends_with("_PROXY")
}

/// The exit status of a program and its whole output.
pub(crate) fn outcome(output: &Output) -> String {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{}\n{stdout}{stderr}", output.status)
}

/// Kills a program as `kill -9` does. Returns whether it was still running; if not, it must have succeeded.
#[track_caller]
pub(crate) fn killed(child: &mut Child) -> bool {
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(status.success() || status.signal() == Some(9), "it failed before it was killed: {status}");
    !status.success()
}

/// The peak resident memory of a process, in KiB; `None` if it has ended.
pub(crate) fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// The number of attempts at an action that may come too late.
const ATTEMPTS: u32 = 30;

/// Repeats an action that may come too late until it is in time. Its assertions have to hold in either case.
#[track_caller]
pub(crate) fn in_time(what: &str, mut attempt: impl FnMut() -> bool) {
    assert!((0..ATTEMPTS).any(|_| attempt()), "in {ATTEMPTS} attempts it ended before {what}");
}

/// Fails if two files differ, and reports only the position of the first difference.
#[track_caller]
pub(crate) fn same(what: &str, ours: &[u8], theirs: &[u8]) {
    if ours != theirs {
        let at = ours.iter().zip(theirs).take_while(|(one, other)| one == other).count();
        let member = differing_member(ours, theirs).unwrap_or_default();
        panic!("{what}: {} bytes and {} bytes differ from byte {at} on{member}", ours.len(), theirs.len());
    }
}

/// The first member in which two files differ, if both are ZIP archives.
fn differing_member(ours: &[u8], theirs: &[u8]) -> Option<String> {
    let (ours, theirs) = (members(ours)?, members(theirs)?);
    let at = ours.iter().zip(&theirs).position(|(one, other)| one != other)?;
    let [(name, one), (_, other)] = [&ours[at], &theirs[at]];
    Some(format!(", in {name}, which has {} bytes and {} bytes", one.len(), other.len()))
}

/// The members of a ZIP archive with their names; `None` if it is not a complete archive.
fn members(archive: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).ok()?;
    (0..archive.len())
        .map(|place| {
            let mut member = archive.by_index(place).ok()?;
            let mut bytes = Vec::new();
            member.read_to_end(&mut bytes).ok()?;
            let name = member.name().ok()?.into_owned();
            Some((name, bytes))
        })
        .collect()
}

/// Whether this machine lacks a program; prints a message if so.
pub(crate) fn lacks(program: &str, what: &str) -> bool {
    let lacks = Command::new(program).arg("--version").output().is_err();
    if lacks {
        left_out(what, &format!("install {program}"));
    }
    lacks
}

/// A curl command that reaches this machine without a proxy.
pub(crate) fn curl() -> Command {
    let mut curl = Command::new("curl");
    without_proxy(&mut curl);
    curl
}

/// Makes a client reach this machine without a proxy.
pub(crate) fn without_proxy(client: &mut Command) {
    client.env("NO_PROXY", "*").env("no_proxy", "*");
}

/// The program, which cargo builds before these tests with the same profile.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tollbook"))
}

/// The arguments of an export that may replace an earlier file.
pub(crate) fn export_args<'a>(layout: &'a str, format: &'a str, output: &'a str) -> [&'a str; 8] {
    ["export", "--layout", layout, "--format", format, "--output", output, "--replace"]
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// The path of a fixture.
pub(crate) fn fixture(name: &str) -> String {
    root().join("tests/fixtures").join(name).display().to_string()
}

pub(crate) use tollbook_tests::left_out;

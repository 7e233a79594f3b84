//! The real program in a folder of its own.

use std::ffi::OsStr;
use std::io::{Cursor, Read};
use std::os::unix::process::ExitStatusExt;
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

    /// Runs a statement on the store, as no program of ours would.
    pub(crate) fn sql(&self, statement: &str) {
        match &self.database {
            None => {
                let done = Command::new("sqlite3").arg(self.path("tollbook-data/tollbook.db")).arg(statement).output();
                let done = done.unwrap();
                assert!(done.status.success(), "{statement}: {}", said(&done));
            }
            Some(database) => drop(cluster::asked(database, statement).expect(statement)),
        }
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, run in the folder: it knows nothing of the environment it is tested in.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.through(program());
        command.args(args);
        command
    }

    /// Another program that is to run ours there.
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

    /// Runs what has to succeed, and returns what it printed.
    #[track_caller]
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "tollbook {}: {}", args.join(" "), said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what has to fail, and returns what it said.
    #[track_caller]
    pub(crate) fn fails(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "tollbook {} succeeded: {}", args.join(" "), said(&output));
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

/// Whether a variable is about the tests, their terminal or their machine, and so nothing that the program is to know.
fn is_foreign(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let begins = ["TOLLBOOK_", "PG", "RUST_", "CLICOLOR"].iter().any(|start| name.starts_with(start));
    begins || ["NO_COLOR", "COLUMNS", "LINES"].contains(&name.as_str()) || name.ends_with("_PROXY")
}

/// How a program ended, and everything it said.
pub(crate) fn said(output: &Output) -> String {
    let [stdout, stderr] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{}\n{stdout}{stderr}", output.status)
}

/// Kills a program as `kill -9` does. Whether it was still running; if not, all has to be well with it.
#[track_caller]
pub(crate) fn killed(child: &mut Child) -> bool {
    child.kill().unwrap();
    let status = child.wait().unwrap();
    assert!(status.success() || status.signal() == Some(9), "before it was killed: {status}");
    !status.success()
}

/// The most memory that a process ever had, in KiB; `None` of one that has ended.
pub(crate) fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim().trim_end_matches(" kB").parse().ok()
}

/// How often something is tried that may come too late.
const ATTEMPTS: u32 = 30;

/// Tries what may come too late until it came in time. What it looks at by the way holds either way.
#[track_caller]
pub(crate) fn in_time(what: &str, mut attempt: impl FnMut() -> bool) {
    assert!((0..ATTEMPTS).any(|_| attempt()), "{ATTEMPTS} times it was over before {what}");
}

/// Fails where two files differ, and says where they do: nobody reads two whole archives.
#[track_caller]
pub(crate) fn same(what: &str, ours: &[u8], theirs: &[u8]) {
    if ours != theirs {
        let at = ours.iter().zip(theirs).take_while(|(one, other)| one == other).count();
        let member = differing_member(ours, theirs).unwrap_or_default();
        panic!("{what}: {} bytes and {} bytes, not the same from byte {at} on{member}", ours.len(), theirs.len());
    }
}

/// In which member two archives differ first, if that is what they are.
fn differing_member(ours: &[u8], theirs: &[u8]) -> Option<String> {
    let (ours, theirs) = (members(ours)?, members(theirs)?);
    let at = ours.iter().zip(&theirs).position(|(one, other)| one != other)?;
    let [(name, one), (_, other)] = [&ours[at], &theirs[at]];
    Some(format!(", in {name}, which has {} bytes and {} bytes", one.len(), other.len()))
}

/// The members of a ZIP, by name; `None` where it is not a whole one.
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

/// Whether this machine lacks a program, which is said.
pub(crate) fn lacks(program: &str, what: &str) -> bool {
    let lacks = Command::new(program).arg("--version").output().is_err();
    if lacks {
        left_out(what, &format!("install {program}"));
    }
    lacks
}

/// curl, which reaches this machine without a proxy.
pub(crate) fn curl() -> Command {
    let mut curl = Command::new("curl");
    without_proxy(&mut curl);
    curl
}

/// Has a client reach this machine without a proxy.
pub(crate) fn without_proxy(client: &mut Command) {
    client.env("NO_PROXY", "*").env("no_proxy", "*");
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

//! A PostgreSQL for the length of a test: a cluster of its own in a temporary folder, reached through a socket in it.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long the server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it ends when this is dropped, and its folder goes away.
pub(super) struct Server {
    server: Child,
    psql: PathBuf,
    folder: TempDir,
}

impl Server {
    /// Starts one; nothing where its programs are missing.
    pub(super) fn start() -> Option<Server> {
        let (initdb, postgres, psql) = (program("initdb")?, program("postgres")?, program("psql")?);
        // Not where TMPDIR says: the name of a socket has 107 bytes at most.
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        let user = user(folder.path());
        let data = folder.path().join("data");
        let mut made = user.command(&initdb);
        made.arg("--pgdata").arg(&data).args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        let made = made.arg("--no-sync").output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let said = File::create(folder.path().join("said")).unwrap();
        let server = user
            .command(&postgres)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .stdin(Stdio::null())
            .stdout(said.try_clone().unwrap())
            .stderr(said)
            .spawn()
            .unwrap();
        let mut server = Server { server, psql, folder };
        server.wait();
        Some(server)
    }

    /// Waits until it answers.
    fn wait(&mut self) {
        let begun = Instant::now();
        while !self.psql(&["-c", "SELECT 1"]).output().unwrap().status.success() {
            let ended = self.server.try_wait().unwrap();
            let said = || fs::read_to_string(self.folder.path().join("said")).unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "PostgreSQL does not answer: {}", said());
            sleep(Duration::from_millis(50));
        }
    }

    /// Runs statements.
    pub(super) fn run(&self, sql: &str) {
        let mut psql = self.psql(&["-f", "-"]);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        psql.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        let output = psql.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What a statement such as `COPY … TO STDOUT` writes, byte for byte, in a session of this zone.
    pub(super) fn copied(&self, zone: &str, sql: &str) -> Vec<u8> {
        let output = self.psql(&["-c", sql]).env("PGTZ", zone).output().unwrap();
        assert!(output.status.success(), "{zone}: {sql}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn psql(&self, args: &[&str]) -> Command {
        let mut psql = Command::new(&self.psql);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            psql.env_remove(name);
        }
        psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--username=postgres", "--dbname=postgres"]);
        psql.arg("--host").arg(self.folder.path()).env("PGCLIENTENCODING", "UTF8").args(args);
        psql
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // In good order: killed, it would leave its shared memory behind.
        let asked = Command::new("kill").args(["-INT", &self.server.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// Who runs the server. It refuses to be run by root.
struct User {
    other: Option<(u32, u32)>,
}

impl User {
    fn command(&self, program: &Path) -> Command {
        let Some((uid, gid)) = self.other else { return Command::new(program) };
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={uid}"), format!("--regid={gid}")]).arg("--clear-groups").arg(program);
        // Nor may it stand where it cannot look.
        command.current_dir("/");
        command
    }
}

/// The user of these tests, or `postgres`, or `nobody` where that is root; the folder is theirs then.
fn user(folder: &Path) -> User {
    if fs::metadata(folder).unwrap().uid() != 0 {
        return User { other: None };
    }
    let known = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let mut fields = known.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let (uid, gid) = ids("postgres").or_else(|| ids("nobody")).unwrap_or((65_534, 65_534));
    chown(folder, Some(uid), Some(gid)).unwrap();
    User { other: Some((uid, gid)) }
}

/// A program of PostgreSQL: where the environment has it, where Debian puts it, or where `pg_config` says.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.map(|version| version.unwrap().path().join("bin")).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.into_iter().map(|folder| folder.join(name)).find(|program| program.is_file())
}

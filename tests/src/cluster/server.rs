//! One server: a cluster in a folder, reached through a socket in that folder and a local port.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::programs::{MISSING, program};
use super::user::User;
use super::{tls, unique};

/// How long a server may take for any operation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// The number of ports to try: a port that was free may be taken by another process before it is used.
pub(super) const PORTS: u32 = 20;

/// The settings of a test server. A test may crash the server but not the machine, so nothing is flushed to disk.
const SETTINGS: &str = "fsync = off\nfull_page_writes = off\nmax_wal_size = 4GB\njit = off\nmax_connections = 200\n\
                        shared_buffers = 64MB\nwal_level = replica\nmax_prepared_transactions = 20\nmax_wal_senders = 8\nmax_replication_slots = 8\n\
                        hot_standby = on\nwal_keep_size = 64MB\n";

/// Options of a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Whether TCP connections require TLS. The certificate is for `localhost`.
    pub tls: bool,
}

/// A running server. It ends when this is dropped, and also when the test process is killed.
pub struct Cluster {
    folder: TempDir,
    user: User,
    port: u16,
    authority: Option<PathBuf>,
    /// Stops the server when its standard input is closed.
    watchdog: Child,
}

impl Cluster {
    /// Starts a server; `None`, with a message, if the programs of PostgreSQL are missing.
    pub fn start(options: Options) -> Option<Cluster> {
        let cluster = Cluster::made(options);
        if cluster.is_none() {
            crate::left_out("the tests that start their own PostgreSQL server", MISSING);
        }
        cluster
    }

    /// The same without the message.
    pub(super) fn made(options: Options) -> Option<Cluster> {
        let (initdb, _, _) = (program("initdb")?, program("pg_ctl")?, program("psql")?);
        let (folder, user) = folder();
        let data = folder.path().join("data");
        let mut made = user.command(&initdb);
        made.arg("--pgdata").arg(&data).args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        done("initdb", made.arg("--no-sync").output());
        let authority = options.tls.then(|| tls::make(&data, user));
        let mut settings = SETTINGS.to_owned();
        if options.tls {
            settings.push_str("ssl = on\n");
            let rules = "local all all trust\nhostssl all all 127.0.0.1/32 trust\nhostssl all all ::1/128 trust\n";
            fs::write(data.join("pg_hba.conf"), rules).unwrap();
        }
        append(&data.join("postgresql.conf"), &settings);
        Some(Cluster::run(folder, user, authority))
    }

    /// Starts the server of an existing cluster.
    fn run(folder: TempDir, user: User, authority: Option<PathBuf>) -> Cluster {
        let watchdog = watchdog(folder.path(), user);
        let mut cluster = Cluster { folder, user, port: 0, authority, watchdog };
        for _ in 0..PORTS {
            if cluster.starts_on(free_port()) {
                return cluster;
            }
        }
        panic!("none of {PORTS} ports stayed free until PostgreSQL started");
    }

    /// Starts the server on a port; returns `false` if another process has taken the port meanwhile.
    fn starts_on(&mut self, port: u16) -> bool {
        self.port = port;
        let settings = format!(
            "port = {port}\nlisten_addresses = 'localhost'\nunix_socket_directories = '{}'\n",
            self.folder.path().display()
        );
        // If a setting appears several times, the last line counts.
        append(&self.folder.path().join("data/postgresql.conf"), &settings);
        let started = self.pg_ctl(&self.start_args());
        // The server also starts if it gets only one of the two addresses of `localhost`.
        let taken = self.log().contains("Address already in use");
        assert!(started || taken, "PostgreSQL does not start: {}", self.log());
        if taken {
            if started {
                self.kill();
            }
            fs::remove_file(self.log_file()).unwrap();
        }
        !taken
    }

    /// The libpq connection URI of a database of this server.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost:{}/{database}", self.port)
    }

    /// The folder with the files of all databases.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The port on `localhost`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate of the authority that signed the server's certificate.
    ///
    /// # Panics
    /// Without TLS.
    pub fn authority(&self) -> &Path {
        self.authority.as_deref().unwrap()
    }

    /// Creates a database, and returns its address.
    pub fn database(&self) -> String {
        let name = unique("d");
        self.run_in("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// Runs statements in a database, each in a separate transaction.
    pub fn run_in(&self, database: &str, sql: &str) {
        let mut psql = psql_command(&self.socket(database), &["-f", "-"]);
        let mut psql = psql.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        psql.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        done("psql", psql.wait_with_output());
    }

    /// The result of a query, one line per row.
    pub fn ask(&self, database: &str, sql: &str) -> Vec<String> {
        let output = self.psql_in(database, &["--tuples-only", "--no-align", "-c", sql]);
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// The bytes that a statement such as `COPY … TO STDOUT` writes in a session with this time zone.
    pub fn copied(&self, zone: &str, sql: &str) -> Vec<u8> {
        let mut psql = psql_command(&self.socket("postgres"), &["-c", sql]);
        done(sql, psql.env("PGTZ", zone).output()).stdout
    }

    /// Stops the server as in a crash of the machine.
    pub fn kill(&self) {
        self.control(&["-m", "immediate", "-t", &patience(), "stop"]);
    }

    /// Starts the server again after [`Cluster::kill`].
    pub fn restart(&self) {
        self.control(&self.start_args());
    }

    /// Starts a replica of this server. Every commit waits for a synchronous replica.
    pub fn replica(&self, synchronous: bool) -> Cluster {
        let (folder, user) = folder();
        let name = unique("r");
        let mut copy = user.command(&program("pg_basebackup").unwrap());
        copy.arg("--pgdata").arg(folder.path().join("data")).args(["-h", &self.folder.path().display().to_string()]);
        copy.args([
            "-p",
            &self.port.to_string(),
            "-U",
            "postgres",
            "-R",
            "-X",
            "stream",
            "-C",
            "-S",
            &name,
            "--no-sync",
        ]);
        copy.args(["-c", "fast", "-d", &format!("application_name={name}")]);
        done("pg_basebackup", copy.output());
        append(&folder.path().join("data/postgresql.conf"), "hot_standby_feedback = on\n");
        let replica = Cluster::run(folder, user, None);
        if synchronous {
            self.run_in("postgres", &format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"));
            self.run_in("postgres", "SELECT pg_reload_conf()");
        }
        let wanted = if synchronous { "sync" } else { "async" };
        let state = format!("SELECT sync_state FROM pg_stat_replication WHERE application_name = '{name}'");
        until("the replica follows", || self.ask("postgres", &state) == [wanted]);
        replica
    }

    /// Promotes a replica to primary.
    pub fn promote(&self) {
        // The new primary has no replica, so commits must not wait for one.
        self.control(&["-w", "-t", &patience(), "promote"]);
        self.run_in("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''");
        self.run_in("postgres", "SELECT pg_reload_conf()");
    }

    fn psql_in(&self, database: &str, args: &[&str]) -> Output {
        psql(&self.socket(database), args)
    }

    fn socket(&self, database: &str) -> String {
        format!("postgres://postgres@/{database}?host={}&port={}", self.folder.path().display(), self.port)
    }

    fn control<S: AsRef<str>>(&self, args: &[S]) {
        let words = || args.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(" ");
        assert!(self.pg_ctl(args), "pg_ctl {}: {}", words(), self.log());
    }

    /// Runs pg_ctl, and returns whether it succeeded.
    fn pg_ctl<S: AsRef<str>>(&self, args: &[S]) -> bool {
        let mut control = self.user.command(&program("pg_ctl").unwrap());
        control.arg("-D").arg(self.folder.path().join("data")).args(args.iter().map(AsRef::as_ref));
        // The server inherits the standard streams and would keep a pipe open.
        control.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }

    fn start_args(&self) -> [String; 6] {
        ["-w", "-t", &patience(), "-l", &self.log_file().display().to_string(), "start"].map(str::to_owned)
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// The same in seconds, as an argument of pg_ctl.
fn patience() -> String {
    PATIENCE.as_secs().to_string()
}

/// A port that is free now. Another process may take it before it is used.
pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until a condition is true.
pub(super) fn until(what: &str, mut is_true: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < PATIENCE, "timed out waiting until {what}");
        sleep(Duration::from_millis(20));
    }
}

/// Runs psql on a database; it must succeed.
pub(super) fn psql(url: &str, args: &[&str]) -> Output {
    done(&args.join(" "), psql_command(url, args).output())
}

/// The result of a query, one line per row, unless it fails.
pub(super) fn asked(url: &str, sql: &str) -> Option<Vec<String>> {
    let output = psql_command(url, &["--tuples-only", "--no-align", "-c", sql]).output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect())
}

/// The rows of a database, as dumped by pg_dump.
pub(super) fn dump(url: &str) -> Vec<u8> {
    let mut dump = Command::new(program("pg_dump").unwrap());
    forget_settings(&mut dump);
    done("pg_dump", dump.args(["--data-only", "--inserts", "--dbname", url]).output()).stdout
}

/// A command that runs psql on a database.
pub(super) fn psql_command(url: &str, args: &[&str]) -> Command {
    let mut psql = Command::new(program("psql").unwrap());
    forget_settings(&mut psql);
    psql.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", url])
        .env("PGCLIENTENCODING", "UTF8")
        .args(args);
    psql
}

/// Removes the variables of libpq from the environment of a command.
pub(super) fn forget_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
        command.env_remove(name);
    }
}

/// A folder that the user of the server may write. It is in `/tmp`, not in TMPDIR, because the path of a socket has at
/// most 107 bytes.
fn folder() -> (TempDir, User) {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let user = User::new();
    user.owns(folder.path());
    (folder, user)
}

/// A process that waits for the end of its input, then stops the server and removes the folder.
fn watchdog(folder: &Path, user: User) -> Child {
    let stop = user.words(&program("pg_ctl").unwrap()).join(" ");
    let folder = folder.display();
    let script = format!("cat >/dev/null; cd /; {stop} -D {folder}/data -m immediate stop; rm -rf {folder}");
    let mut watchdog = Command::new("sh");
    watchdog.args(["-c", &script]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    // Its own process group, so that Ctrl-C does not reach it.
    watchdog.process_group(0).spawn().unwrap()
}

fn append(path: &Path, text: &str) {
    let before = fs::read_to_string(path).unwrap();
    fs::write(path, format!("{before}\n{text}")).unwrap();
}

fn done(what: &str, output: std::io::Result<Output>) -> Output {
    let output = output.unwrap();
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

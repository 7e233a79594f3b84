//! A PostgreSQL server for the run, and the CPU time of its processes.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use tollbook_tests::cluster::{Cluster, Options};
use tollbook_tests::measure::processes::{children, command_line, cpu_of_family};

/// What differs from the servers of tests: memory as on a server with a gigabyte for it, and no work at times of its own.
const SETTINGS: &[&str] = &[
    "shared_buffers = '512MB'",
    "work_mem = '64MB'",
    "maintenance_work_mem = '512MB'",
    "max_wal_size = '16GB'",
    "checkpoint_timeout = '1h'",
    "autovacuum = off",
];

/// How long a session may take to end after its client has.
const PATIENCE: Duration = Duration::from_secs(10);

/// The server.
pub(crate) struct Postgres {
    cluster: Cluster,
    postmaster: u32,
}

impl Postgres {
    pub(crate) fn start() -> Postgres {
        eprintln!("starting PostgreSQL");
        let cluster = Cluster::start(Options::default()).expect("the programs of PostgreSQL");
        for setting in SETTINGS {
            cluster.run_in("postgres", &format!("ALTER SYSTEM SET {setting}"));
        }
        cluster.kill();
        cluster.restart();
        let process = fs::read_to_string(cluster.data().join("postmaster.pid")).expect("postmaster.pid");
        let process = process.lines().next().and_then(|line| line.trim().parse().ok());
        Postgres { cluster, postmaster: process.expect("the process of the server") }
    }

    /// The address of a database, over the socket of the server.
    pub(crate) fn url(&self, database: &str) -> String {
        let data = self.cluster.data();
        let folder = data.parent().unwrap_or(Path::new("/tmp")).display().to_string();
        format!("postgres://postgres@/{database}?host={folder}&port={}", self.cluster.port())
    }

    /// Runs statements in a database.
    pub(crate) fn run(&self, database: &str, sql: &str) {
        self.cluster.run_in(database, sql);
    }

    /// The result of a query, one line per row.
    pub(crate) fn ask(&self, database: &str, sql: &str) -> Vec<String> {
        self.cluster.ask(database, sql)
    }

    /// Removes a database if it is there, and creates it, as a copy of another or empty.
    pub(crate) fn create(&self, database: &str, template: &str) {
        self.run("postgres", &format!("DROP DATABASE IF EXISTS {database}"));
        self.run("postgres", &format!("CREATE DATABASE {database} TEMPLATE {template}"));
    }

    /// Makes the tables of a database ready to be read: no later read has to write.
    pub(crate) fn settle(&self, database: &str) {
        self.run(database, "VACUUM (ANALYZE); CHECKPOINT;");
    }

    /// The CPU seconds of all processes of the server so far, to a hundredth.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        cpu_of_family(self.postmaster).expect("PostgreSQL runs")
    }

    /// The number of sessions.
    pub(crate) fn sessions(&self) -> usize {
        children(self.postmaster).into_iter().filter(|child| command_line(*child).contains("[local]")).count()
    }

    /// Waits until there are no more sessions than before, so that the time of those that have ended is complete.
    pub(crate) fn wait_for_sessions(&self, before: usize) {
        let started = Instant::now();
        while self.sessions() > before && started.elapsed() < PATIENCE {
            sleep(Duration::from_millis(5));
        }
    }
}

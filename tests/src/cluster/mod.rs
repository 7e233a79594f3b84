//! PostgreSQL servers for tests: clusters in temporary folders, with replicas if needed.

mod held;
mod pooler;
mod programs;
mod server;
mod tls;
mod user;

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

pub use held::{Held, waiting};
pub use pooler::Pooler;
use programs::MISSING;
pub use programs::{pooler_program, program};
pub use server::{Cluster, Options};

/// The environment variable with the address of a server on which tests may create databases, instead of starting one:
/// `postgres://USER@HOST:PORT/DATABASE`.
pub const GIVEN: &str = "TOLLBOOK_TEST_POSTGRES_URL";

/// The environment variable that gives each test a schema instead of a database, as a distributed database requires.
pub const IN_SCHEMAS: &str = "TOLLBOOK_TEST_IN_SCHEMAS";

/// The environment variable with the address of a Citus coordinator with workers, on which the tests of stores run too.
pub const CITUS: &str = "TOLLBOOK_TEST_CITUS_URL";

/// The server that all tests of a process share.
pub struct Shared {
    url: String,
    _cluster: Option<Cluster>,
}

/// The shared server; `None`, with a message, if PostgreSQL is missing.
pub fn shared() -> Option<&'static Shared> {
    static SHARED: OnceLock<Option<Shared>> = OnceLock::new();
    let start = || {
        if let Ok(url) = std::env::var(GIVEN) {
            return Some(Shared { url, _cluster: None });
        }
        let cluster = Cluster::made(Options::default())?;
        Some(Shared { url: cluster.url("postgres"), _cluster: Some(cluster) })
    };
    let shared = SHARED.get_or_init(start).as_ref();
    if shared.is_none() {
        crate::left_out("the tests on PostgreSQL", &format!("{MISSING}, or name a server in {GIVEN}"));
    }
    shared
}

/// The Citus coordinator that the environment names; `None`, with a message, if it names none. No standard package
/// contains Citus, so these tests may be skipped even with `TOLLBOOK_TEST_ALL` set.
pub fn citus() -> Option<String> {
    let url = std::env::var(CITUS).ok();
    if url.is_none() {
        crate::say(format!("LEFT OUT: the tests on Citus; name a coordinator in {CITUS}"));
    }
    url
}

impl Shared {
    /// The address of the server, for other processes that use it too.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Creates a database for one test, and returns its address.
    pub fn database(&self) -> String {
        let name = unique("t");
        if std::env::var_os(IN_SCHEMAS).is_some() {
            server::psql(&self.url, &["-c", &format!("CREATE SCHEMA {name}")]);
            let next = if self.url.contains('?') { '&' } else { '?' };
            return format!("{}{next}options=-csearch_path%3D{name},public", self.url);
        }
        server::psql(&self.url, &["-c", &format!("CREATE DATABASE {name}")]);
        in_database(&self.url, &name)
    }
}

/// The address of another database on the same server.
fn in_database(url: &str, name: &str) -> String {
    let (place, settings) = url.split_once('?').map_or((url, None), |(place, settings)| (place, Some(settings)));
    let (server, _) = place.rsplit_once('/').unwrap();
    let settings = settings.map(|settings| format!("?{settings}")).unwrap_or_default();
    format!("{server}/{name}{settings}")
}

/// The result of a query, one line per row; `None` if it fails, for example because the tables do not exist yet.
pub fn asked(url: &str, sql: &str) -> Option<Vec<String>> {
    server::asked(url, sql)
}

/// Loads a dump of pg_dump into an empty database.
pub fn filled(url: &str, dump: &Path) {
    server::psql(url, &["--quiet", "--output=/dev/null", "-f", dump.to_str().unwrap()]);
}

/// All rows of a database, as text.
pub fn dumped(url: &str) -> Vec<u8> {
    server::dump(url)
}

/// A name that is unique across tests and processes, even if a process id is reused.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    format!("{prefix}_{now}_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::in_database;

    #[test]
    fn another_database_of_the_same_server_keeps_the_settings() {
        for (given, other) in [
            ("postgres://a@b:1/postgres", "postgres://a@b:1/x"),
            (
                "postgres://a@b:1/postgres?sslmode=verify-full&sslrootcert=/etc/ca.pem",
                "postgres://a@b:1/x?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            ),
            ("postgres://a@/postgres?host=/tmp/socket", "postgres://a@/x?host=/tmp/socket"),
        ] {
            assert_eq!(in_database(given, "x"), other);
        }
    }
}

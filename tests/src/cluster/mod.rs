//! PostgreSQL servers for the length of a test: clusters of their own in temporary folders, with replicas if wanted.

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

/// Where a server is that tests may make databases on, in place of one of their own: an address of the form
/// `postgres://USER@HOST:PORT/DATABASE`.
pub const GIVEN: &str = "TOLLBOOK_TEST_POSTGRES_URL";

/// Set where a schema of its own has to do for a database of its own: where a database is spread over machines.
pub const IN_SCHEMAS: &str = "TOLLBOOK_TEST_IN_SCHEMAS";

/// A coordinator of Citus, with workers, on which the store's tests are to run as well.
pub const CITUS: &str = "TOLLBOOK_TEST_CITUS_URL";

/// A server that all tests of a process share.
pub struct Shared {
    url: String,
    _cluster: Option<Cluster>,
}

/// The shared server; `None` where PostgreSQL is missing, which is said loudly.
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
        crate::left_out("what is about PostgreSQL", &format!("{MISSING}, or name a server in {GIVEN}"));
    }
    shared
}

/// The coordinator of Citus that the environment names; that there is none is said loudly. Nothing that can be installed with
/// a word has Citus, so this is the one thing that may always be left out.
pub fn citus() -> Option<String> {
    let url = std::env::var(CITUS).ok();
    if url.is_none() {
        crate::say(format!("LEFT OUT: the tests over Citus; name a coordinator in {CITUS}"));
    }
    url
}

impl Shared {
    /// The address of the server, for processes that are to use it as well.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address of a new database that nobody else uses.
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

/// An address that names another database.
fn in_database(url: &str, name: &str) -> String {
    let (place, settings) = url.split_once('?').map_or((url, None), |(place, settings)| (place, Some(settings)));
    let (server, _) = place.rsplit_once('/').unwrap();
    let settings = settings.map(|settings| format!("?{settings}")).unwrap_or_default();
    format!("{server}/{name}{settings}")
}

/// What a query of a database answers, a line for each row; `None` where it fails, as while there are no tables yet.
pub fn asked(url: &str, sql: &str) -> Option<Vec<String>> {
    server::asked(url, sql)
}

/// Fills an empty database with what pg_dump wrote of another.
pub fn filled(url: &str, dump: &Path) {
    server::psql(url, &["--quiet", "--output=/dev/null", "-f", dump.to_str().unwrap()]);
}

/// All rows of a database, as text.
pub fn dumped(url: &str) -> Vec<u8> {
    server::dump(url)
}

/// A name that no other test of any process has, not even of one with the same number on another day.
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

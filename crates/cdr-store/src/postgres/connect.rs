//! Opens connections with the settings of their purpose.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection as _, PgConnection};

use super::meaning;
use super::tables::{Connections, Making};
use crate::address::{parts, without_secrets};
use crate::error::{StoreError, StorePlace};

/// The purpose of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reading while other connections write.
    Read,
    /// Writing.
    Write,
}

/// A database: its name in errors, and its address with the added parameters. `Debug` omits the address, which may
/// contain a password.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) place: StorePlace,
    url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("place", &self.place).finish_non_exhaustive()
    }
}

/// Default parameters of an address: the application name, and how soon a dead server is noticed.
const DEFAULTS: [(&str, &str); 6] = [
    ("application_name", "tollbook"),
    ("connect_timeout", "10"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];

/// Default parameters of the address of a replica, which take precedence over [`DEFAULTS`].
const REPLICA_DEFAULTS: [(&str, &str); 2] = [("connect_timeout", "2"), ("tcp_user_timeout", "3000")];

/// The files of trusted certificates on common systems. By default libpq looks only in the user's folder.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

impl Database {
    /// The database at a libpq connection URI. If `writes`, the connection goes to the host that accepts writes if the
    /// URI names several. Otherwise it is a replica, which is optional and gets shorter timeouts.
    pub(super) fn at(url: &str, writes: bool, busy_timeout: Duration) -> Database {
        let place = StorePlace::new(Path::new(&without_secrets(url)), busy_timeout, meaning::of);
        let mut url = url.to_owned();
        if !writes {
            for (name, value) in REPLICA_DEFAULTS {
                add(&mut url, name, value);
            }
        }
        for (name, value) in DEFAULTS {
            add(&mut url, name, value);
        }
        if writes {
            add(&mut url, "target_session_attrs", "read-write");
        }
        if parameter(&url, "sslmode").is_some_and(|mode| mode.starts_with("verify"))
            && let Some(trusted) = TRUSTED.into_iter().find(|file| Path::new(file).exists())
        {
            add(&mut url, "sslrootcert", trusted);
        }
        Database { place, url }
    }

    /// Opens a connection.
    pub(super) fn connect(&self, access: Access) -> Result<PgConnection, StoreError> {
        let established = PgConnection::establish(&self.url);
        let mut conn = established.map_err(|error| meaning::of_address(&self.place, &error.to_string()))?;
        // Statements are short or use a cursor, so JIT compilation costs more than it saves. Errors without a kind are
        // recognised by their message, so messages are in English if the role may set that. The server notices a lost
        // client as soon as the client notices a lost server, and releases its locks.
        let common = "SET client_min_messages = warning; SET jit = off; SET default_transaction_isolation = 'read committed'; \
                      SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
                      SET tcp_user_timeout = 20000; \
                      SELECT set_config('lc_messages', 'C', false) WHERE has_parameter_privilege('lc_messages', 'SET')";
        let more = match access {
            Access::Read => "SET default_transaction_read_only = on".to_owned(),
            // A process that stops in the middle of a transaction must not block all others.
            Access::Write => format!(
                "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = '60s'",
                self.place.busy_timeout.as_millis().max(1)
            ),
        };
        conn.batch_execute(&format!("{common}; {more}")).map_err(|error| self.place.sql(&error))?;
        Ok(conn)
    }

    /// A pool of connections, the first of which may be open already. An idle connection is tested before use, since its
    /// server may be gone.
    pub(super) fn connections(&self, access: Access, most: u32, open: Option<PgConnection>) -> Connections {
        let (database, open) = (self.clone(), Mutex::new(open));
        let making = Making {
            connect: Box::new(move || {
                let open = open.lock().unwrap_or_else(PoisonError::into_inner).take();
                open.map_or_else(|| database.connect(access), Ok)
            }),
            answers: Some(|conn| conn.batch_execute("SELECT 1").is_ok()),
            has_broken: AnsiTransactionManager::is_broken_transaction_manager,
            openers: 3,
        };
        Connections::new(&self.place, most, making)
    }
}

/// Adds a parameter unless the address has it.
fn add(url: &mut String, name: &str, value: &str) {
    if parameter(url, name).is_none() {
        url.push(if parts(url).parameters.is_some() { '&' } else { '?' });
        url.push_str(&format!("{name}={value}"));
    }
}

fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let parameters = parts(url).parameters?;
    parameters
        .split('&')
        .find_map(|one| one.split_once('=').filter(|(given, _)| *given == name))
        .map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::{Database, Duration};

    #[test]
    fn parameters_of_the_address_take_precedence() {
        for (given, writes, holds, lacks) in [
            ("postgres://db/calls", true, "?application_name=tollbook&connect_timeout=10", "sslrootcert"),
            ("postgres://db/calls", true, "&target_session_attrs=read-write", "sslrootcert"),
            ("postgres://db/calls", false, "&keepalives_count=3", "target_session_attrs"),
            ("postgres://db/calls", false, "?connect_timeout=2&tcp_user_timeout=3000&", "connect_timeout=10"),
            ("postgres://a:what?@db/calls", true, "calls?application_name=tollbook&", "calls&"),
            ("postgres://a,b/calls?target_session_attrs=any", true, "calls?target_session_attrs=any&", "read-write"),
            ("postgres://db/calls?connect_timeout=2", true, "?connect_timeout=2&", "connect_timeout=10"),
            ("postgres://db/calls?sslmode=verify-full&sslrootcert=/ca.pem", true, "/ca.pem&", "ca-certificates"),
        ] {
            let database = Database::at(given, writes, Duration::from_secs(1));
            assert!(database.url.contains(holds), "{}", database.url);
            assert!(!database.url.contains(lacks), "{}", database.url);
        }
    }
}

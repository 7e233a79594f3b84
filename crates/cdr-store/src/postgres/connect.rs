//! Opening a connection with the settings of its purpose.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{Connection as _, PgConnection};

use super::meaning;
use super::tables::{Connections, Making};
use crate::address::{parts, without_secrets};
use crate::error::{Place, StoreError};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Reading beside others who write.
    Read,
    /// Writing.
    Write,
}

/// A database: what errors about it say, and its address with what we add to it. Shown without the address, which may hold
/// a password.
#[derive(Clone)]
pub(super) struct Database {
    pub(super) place: Place,
    url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("place", &self.place).finish_non_exhaustive()
    }
}

/// What an address says unless it says otherwise: who we are, and how soon a server that has died is noticed.
const UNLESS_SAID: [(&str, &str); 6] = [
    ("application_name", "tollbook"),
    ("connect_timeout", "10"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "20000"),
];

/// The same of a replica, in place of those.
const OF_A_REPLICA: [(&str, &str); 2] = [("connect_timeout", "2"), ("tcp_user_timeout", "3000")];

/// Where systems keep the certificates they trust; libpq itself looks only in the user's folder.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

impl Database {
    /// At an address as libpq writes them. Of several hosts the one is meant that takes writes, if `writes`; a replica, which
    /// is only there to help, is waited for less long.
    pub(super) fn at(url: &str, writes: bool, busy_timeout: Duration) -> Database {
        let place = Place::new(Path::new(&without_secrets(url)), busy_timeout, meaning::of);
        let mut url = url.to_owned();
        if !writes {
            for (name, value) in OF_A_REPLICA {
                add(&mut url, name, value);
            }
        }
        for (name, value) in UNLESS_SAID {
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

    /// A connection.
    pub(super) fn connect(&self, access: Access) -> Result<PgConnection, StoreError> {
        let established = PgConnection::establish(&self.url);
        let mut conn = established.map_err(|error| meaning::of_address(&self.place, &error.to_string()))?;
        // Statements here are short or go through a cursor; compiling them costs more than it saves. What fails is told by
        // its words where it has no kind: they are English wherever the role may say so.
        // The server notices as soon as we do that the other side is gone, and gives back what it had locked.
        let common = "SET client_min_messages = warning; SET jit = off; SET default_transaction_isolation = 'read committed'; \
                      SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
                      SET tcp_user_timeout = 20000; \
                      SELECT set_config('lc_messages', 'C', false) WHERE has_parameter_privilege('lc_messages', 'SET')";
        let more = match access {
            Access::Read => "SET default_transaction_read_only = on".to_owned(),
            // Whoever was stopped in the middle of writing must not stop all others.
            Access::Write => format!(
                "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = '60s'",
                self.place.busy_timeout.as_millis().max(1)
            ),
        };
        conn.batch_execute(&format!("{common}; {more}")).map_err(|error| self.place.sql(&error))?;
        Ok(conn)
    }

    /// A pool of them. One that was idle answers before it is lent: its server may have gone since.
    pub(super) fn connections(&self, access: Access, most: u32) -> Connections {
        let database = self.clone();
        let making = Making {
            connect: Box::new(move || database.connect(access)),
            answers: Some(|conn| conn.batch_execute("SELECT 1").is_ok()),
            has_broken: AnsiTransactionManager::is_broken_transaction_manager,
        };
        Connections::new(&self.place, most, making)
    }
}

/// Adds a parameter that the address does not have.
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
    fn an_address_keeps_what_it_says() {
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

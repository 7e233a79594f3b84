//! Maps errors of PostgreSQL to [`StoreError`].
//!
//! Diesel reports the kind of some errors and the message of all. Messages are in the language of the server, kinds are
//! not. An unknown message is passed on unchanged.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::{StoreError, StorePlace};

/// Messages of libpq or of the server about transient errors: a server that does not answer, or a lost connection.
const TEMPORARY: [&str; 19] = [
    "connection to server",
    // Of Citus, about another node of the database.
    "connection to the remote node",
    "could not establish any connections to the node",
    "could not connect",
    "could not translate host name",
    "could not receive data",
    "could not send data",
    "server closed the connection",
    "terminating connection",
    "the database system is",
    "no connection to the server",
    "connection has been closed",
    "connection not open",
    "connection timed out",
    "canceling statement due to",
    "canceling authentication due to",
    "deadlock detected",
    "distributed deadlock",
    "too many clients",
];

/// Messages about failed connections whose cause is permanent.
const PERMANENT: [&str; 9] = [
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "pg_hba.conf rejects",
    "certificate verify failed",
    "does not match host name",
    "does not support SSL",
    "root certificate file",
];

/// Maps an error of Diesel.
pub(super) fn of(place: &StorePlace, error: &DieselError) -> StoreError {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand};
    let message = error.to_string();
    match error {
        DieselError::DatabaseError(
            ClosedConnection | SerializationFailure | UnableToSendCommand | ReadOnlyTransaction,
            _,
        )
        | DieselError::BrokenTransactionManager => StoreError::Unreachable { path: place.path.clone(), what: message },
        DieselError::RollbackErrorOnCommit { commit_error, .. } => of(place, commit_error),
        _ => of_message(place, &message),
    }
}

/// The messages of libpq about a connection that quote nothing of the address but a host, a port or a mode.
const QUOTING_NO_SECRET: [&str; 9] = [
    "connection to server",
    "could not translate host name",
    "could not parse network address",
    "invalid port number",
    "invalid sslmode value",
    "invalid channel_binding value",
    "invalid gssencmode value",
    "invalid target_session_attrs value",
    "root certificate file",
];

/// Maps the error of a failed connection attempt. Any other message than [`QUOTING_NO_SECRET`] may repeat a part of the
/// address with its password, so it is not passed on.
pub(super) fn of_address(place: &StorePlace, message: &str) -> StoreError {
    let quotes_none = QUOTING_NO_SECRET.iter().any(|start| message.starts_with(start));
    if !quotes_none || message.contains("for connection option") {
        let help = "check its hosts and parameters, and that reserved characters in it are percent-encoded";
        return StoreError::Denied { path: place.path.clone(), what: "the address cannot be parsed".to_owned(), help };
    }
    of_message(place, message)
}

/// Maps an error by its message.
pub(super) fn of_message(place: &StorePlace, message: &str) -> StoreError {
    // libpq writes one statement per line.
    let lines: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (path, what) = (place.path.clone(), lines.join("; "));
    let contains = |parts: &[&str]| parts.iter().any(|part| what.contains(part));
    if contains(&["due to lock timeout"]) {
        StoreError::Locked { path, waited: place.busy_timeout }
    } else if contains(&["permission denied", "must be owner"]) {
        let help = "grant its role the privileges in the manual, or let the owner of the tables run `tollbook migrate`";
        StoreError::Denied { path, what, help }
    } else if contains(&["connection to server"]) && contains(&PERMANENT) {
        let help = "check the user, the password, the name of the database and the certificates in the address";
        StoreError::Denied { path, what, help }
    } else if contains(&TEMPORARY) {
        StoreError::Unreachable { path, what }
    } else if contains(&["No space left on device", "could not extend file"]) {
        StoreError::Full { path }
    } else {
        StoreError::Database { path, what }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::of_message;
    use crate::error::{StoreError, StorePlace};

    #[test]
    fn transient_errors_are_distinguished_from_permanent_ones() {
        let place = StorePlace::new(Path::new("postgres://db/calls"), Duration::from_secs(1), super::of);
        for (message, passing) in [
            ("connection to server at \"db\" (10.0.0.1), port 5432 failed: Connection refused", true),
            ("FATAL:  terminating connection due to administrator command", true),
            ("canceling statement due to conflict with recovery", true),
            ("canceling statement due to statement timeout", true),
            ("canceling statement due to lock timeout", true),
            ("FATAL:  the database system is starting up", true),
            (
                "connection to the remote node postgres@10.0.0.5:5432 failed with the following error: Connection refused",
                true,
            ),
            ("could not establish any connections to the node 10.0.0.5:5432 after 30000 ms", true),
            ("could not extend file \"base/1/2\": No space left on device", true),
            ("connection to server at \"db\" failed: FATAL:  password authentication failed for user \"x\"", false),
            ("connection to server at \"db\" failed: FATAL:  database \"calls\" does not exist", false),
            (
                "connection to server at \"127.0.0.1\", port 5432 failed: server certificate for \"localhost\" does not match host name \"db.example.com\"",
                false,
            ),
            (
                "connection to the remote node postgres@w2:5432 failed with the following error: Connection refused",
                true,
            ),
            ("permission denied for table cdrs", false),
            ("connection to server at \"db\" failed: SSL error: certificate verify failed", false),
            ("relation \"cdrs\" does not exist", false),
            ("canceling the transaction since it was involved in a distributed deadlock", true),
            (
                "connection to server at \"db\" failed: FATAL:  pg_hba.conf rejects connection for host \"10.0.0.2\"",
                false,
            ),
            ("division by zero", false),
        ] {
            assert_eq!(of_message(&place, message).is_temporary(), passing, "{message}");
        }
        assert!(matches!(of_message(&place, "permission denied for table cdrs"), StoreError::Denied { .. }));
    }

    #[test]
    fn an_error_about_the_address_does_not_repeat_it() {
        let place = StorePlace::new(Path::new("postgres://db/calls"), Duration::from_secs(1), super::of);
        let quoting = "unexpected character \"x\" at position 25 in URI (expected \":\" or \"/\"): \"postgres://a:secret@[::1]x/c\"";
        let message = super::of_address(&place, quoting).to_string();
        assert!(message.contains("the address cannot be parsed") && !message.contains("secret"), "{message}");
        let message = super::of_address(&place, "invalid sslmode value: \"sometimes\"").to_string();
        assert!(message.contains("sometimes"), "{message}");
    }
}

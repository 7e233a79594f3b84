//! What the words of PostgreSQL mean for somebody who runs the program.
//!
//! Diesel hands on the kind of some errors and the text of all; texts are of the server's language, kinds are not. Whatever
//! is not known is told as it was said.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::error::{Place, StoreError};

/// What libpq or the server say when nobody answers, or breaks off: the next attempt may go right.
const PASSING: [&str; 17] = [
    "connection to server",
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

/// What is no matter of time, though it is said of a connection that could not be made.
const LASTING: [&str; 9] = [
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

/// What an error of Diesel means.
pub(super) fn of(place: &Place, error: &DieselError) -> StoreError {
    use DatabaseErrorKind::{ClosedConnection, ReadOnlyTransaction, SerializationFailure, UnableToSendCommand};
    let said = error.to_string();
    match error {
        DieselError::DatabaseError(
            ClosedConnection | SerializationFailure | UnableToSendCommand | ReadOnlyTransaction,
            _,
        )
        | DieselError::BrokenTransactionManager => StoreError::Unreachable { path: place.path.clone(), what: said },
        DieselError::RollbackErrorOnCommit { commit_error, .. } => of(place, commit_error),
        _ => of_words(place, &said),
    }
}

/// What is said where no connection could be made. What is said of the address itself may repeat it, with the password in it.
pub(super) fn of_address(place: &Place, said: &str) -> StoreError {
    if !["connection to server", "could not translate host name"].iter().any(|words| said.starts_with(words))
        && said.contains("://")
    {
        let help = "look at its hosts, and whether special characters in it are escaped as `%` and two digits";
        return StoreError::Denied { path: place.path.clone(), what: "the address cannot be read".to_owned(), help };
    }
    of_words(place, said)
}

/// What a text means.
pub(super) fn of_words(place: &Place, said: &str) -> StoreError {
    // libpq says one thing a line.
    let said: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let (path, said) = (place.path.clone(), said.join("; "));
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["due to lock timeout"]) {
        StoreError::Locked { path, waited: place.busy_timeout }
    } else if says(&["permission denied", "must be owner"]) {
        let help =
            "give its role the rights that the manual lists, or let the owner of the tables run `tollbook migrate`";
        StoreError::Denied { path, what: said, help }
    } else if says(&["connection to server"]) && says(&LASTING) {
        let help = "look at the user, the password, the name of the database and the certificates in the address";
        StoreError::Denied { path, what: said, help }
    } else if says(&PASSING) {
        StoreError::Unreachable { path, what: said }
    } else if says(&["No space left on device", "could not extend file"]) {
        StoreError::Full { path }
    } else {
        StoreError::Database { path, what: said }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::of_words;
    use crate::error::{Place, StoreError};

    #[test]
    fn what_passes_is_told_from_what_lasts() {
        let place = Place::new(Path::new("postgres://db/calls"), Duration::from_secs(1), super::of);
        for (said, passing) in [
            ("connection to server at \"db\" (10.0.0.1), port 5432 failed: Connection refused", true),
            ("FATAL:  terminating connection due to administrator command", true),
            ("canceling statement due to conflict with recovery", true),
            ("canceling statement due to statement timeout", true),
            ("canceling statement due to lock timeout", true),
            ("FATAL:  the database system is starting up", true),
            ("connection to server at \"db\" failed: FATAL:  password authentication failed for user \"x\"", false),
            ("connection to server at \"db\" failed: FATAL:  database \"calls\" does not exist", false),
            (
                "connection to server at \"127.0.0.1\", port 5432 failed: server certificate for \"localhost\" does not match host name \"db.example.com\"",
                false,
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
            assert_eq!(of_words(&place, said).is_passing(), passing, "{said}");
        }
        assert!(matches!(of_words(&place, "permission denied for table cdrs"), StoreError::Denied { .. }));
    }

    #[test]
    fn what_is_said_of_an_address_does_not_repeat_it() {
        let place = Place::new(Path::new("postgres://db/calls"), Duration::from_secs(1), super::of);
        let quoting = "unexpected character \"x\" at position 25 in URI (expected \":\" or \"/\"): \"postgres://a:secret@[::1]x/c\"";
        let said = super::of_address(&place, quoting).to_string();
        assert!(said.contains("the address cannot be read") && !said.contains("secret"), "{said}");
        let said = super::of_address(&place, "invalid sslmode value: \"sometimes\"").to_string();
        assert!(said.contains("sometimes"), "{said}");
    }
}

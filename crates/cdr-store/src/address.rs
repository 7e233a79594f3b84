//! Where a store is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a store is: in a file, or in a database server. Read from `sqlite://PATH` and `postgres://…`, as libpq writes
/// addresses (<https://www.postgresql.org/docs/current/libpq-connect.html>, "Connection URIs").
///
/// Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(String),
}

/// An address of neither kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address begins with neither `sqlite://` nor `postgres://`")]
pub struct NoAddress;

impl FromStr for StoreAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<StoreAddress, NoAddress> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return Ok(StoreAddress::File(PathBuf::from(path)));
        }
        let server = ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        if server { Ok(StoreAddress::Server(text.to_owned())) } else { Err(NoAddress) }
    }
}

impl From<&StoreAddress> for StoreAddress {
    fn from(address: &StoreAddress) -> StoreAddress {
        address.clone()
    }
}

impl From<&Path> for StoreAddress {
    fn from(path: &Path) -> StoreAddress {
        StoreAddress::File(path.to_owned())
    }
}

impl From<&PathBuf> for StoreAddress {
    fn from(path: &PathBuf) -> StoreAddress {
        StoreAddress::File(path.clone())
    }
}

impl fmt::Display for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreAddress::File(path) => path.display().fmt(f),
            StoreAddress::Server(url) => f.write_str(&without_secrets(url)),
        }
    }
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreAddress({self})")
    }
}

/// An address without the password and the parameters, among which there may be one.
pub(crate) fn without_secrets(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return String::new() };
    // Whatever stands before the last `@` may be of a password, also one that somebody forgot to escape.
    let (user, place) = rest.rsplit_once('@').map_or((None, rest), |(user, place)| (Some(user), place));
    let place = place.split_once('?').map_or(place, |(before, _)| before);
    match user {
        Some(user) => format!("{scheme}://{}@{place}", user.split_once(':').map_or(user, |(name, _)| name)),
        None => format!("{scheme}://{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::StoreAddress;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (given, shown) in [
            ("postgres://tollbook:secret@db:5432/calls?sslpassword=x", "postgres://tollbook@db:5432/calls"),
            ("postgresql://db/calls", "postgresql://db/calls"),
            ("postgres://a:b@one:1,two:2/calls?target_session_attrs=read-write", "postgres://a@one:1,two:2/calls"),
            ("postgres:///calls?password=secret&host=/tmp", "postgres:///calls"),
            ("postgres://a:secret@?secret/secret@db/calls", "postgres://a@db/calls"),
            ("sqlite:///var/lib/tollbook.db", "/var/lib/tollbook.db"),
            ("sqlite://tollbook.db", "tollbook.db"),
        ] {
            let address: StoreAddress = given.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address:?}").contains("secret"));
        }
        assert!("mysql://db".parse::<StoreAddress>().is_err());
        assert!("tollbook.db".parse::<StoreAddress>().is_err());
    }
}

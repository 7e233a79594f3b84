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

/// Why something is no address. It does not repeat what was given: there may be a password in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// It is of neither kind.
    #[error("the address begins with neither `sqlite://` nor `postgres://`")]
    Scheme,
    /// A character that means something else has to be escaped.
    #[error("in a name or a password of the address `%`, `@`, `/` and the like are written as `%25`, `%40`, `%2F`")]
    Unescaped,
}

impl FromStr for StoreAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<StoreAddress, NoAddress> {
        if let Some(path) = text.strip_prefix("sqlite://") {
            return Ok(StoreAddress::File(PathBuf::from(path)));
        }
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(NoAddress::Scheme);
        }
        if is_escaped(text) { Ok(StoreAddress::Server(text.to_owned())) } else { Err(NoAddress::Unescaped) }
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

/// The parts of a server's address, as libpq tells them apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    scheme: &'a str,
    /// The user, and maybe a password.
    user: Option<&'a str>,
    /// Hosts and database.
    place: &'a str,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "what the connection to a server is made of"))]
    pub(crate) parameters: Option<&'a str>,
}

pub(crate) fn parts(url: &str) -> Parts<'_> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    // The user ends at the first `@` that stands before any `/`.
    let end = rest.find(['@', '/']).filter(|end| rest[*end..].starts_with('@'));
    let (user, rest) = end.map_or((None, rest), |end| (Some(&rest[..end]), &rest[end + 1..]));
    let (place, parameters) = rest.split_once('?').map_or((rest, None), |(place, more)| (place, Some(more)));
    Parts { scheme, user, place, parameters }
}

/// Whether every `%` begins a character's number, and no `@` is left that somebody did not escape.
fn is_escaped(url: &str) -> bool {
    let numbered = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    !parts(url).place.contains('@') && url.split('%').skip(1).all(numbered)
}

/// An address without the password and the parameters, among which there may be one.
pub(crate) fn without_secrets(url: &str) -> String {
    let Parts { scheme, user, place, .. } = parts(url);
    match user.map(|user| user.split_once(':').map_or(user, |(name, _)| name)) {
        // Who knows what is what in it.
        _ if !is_escaped(url) => format!("{scheme}://"),
        Some(name) => format!("{scheme}://{name}@{place}"),
        None => format!("{scheme}://{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{NoAddress, StoreAddress, without_secrets};

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (given, shown) in [
            ("postgres://tollbook:secret@db:5432/calls?sslpassword=x", "postgres://tollbook@db:5432/calls"),
            ("postgresql://db/calls", "postgresql://db/calls"),
            ("postgres://a:b@one:1,two:2/calls?target_session_attrs=read-write", "postgres://a@one:1,two:2/calls"),
            ("postgres:///calls?password=secret&host=/tmp", "postgres:///calls"),
            ("postgres://a:secret?secret@db/calls?user=b", "postgres://a@db/calls"),
            ("postgres://db/calls?user=a@b&password=secret", "postgres://db/calls"),
            ("postgres://a:secret%40%2F@db/calls", "postgres://a@db/calls"),
            ("sqlite:///var/lib/tollbook.db", "/var/lib/tollbook.db"),
            ("sqlite://tollbook.db", "tollbook.db"),
        ] {
            let address: StoreAddress = given.parse().unwrap();
            assert_eq!(address.to_string(), shown);
            assert!(!format!("{address:?}").contains("secret"));
        }
        for (given, error) in [
            ("mysql://db", NoAddress::Scheme),
            ("tollbook.db", NoAddress::Scheme),
            ("postgres://a:secret@secret@db/calls", NoAddress::Unescaped),
            ("postgres://a:secret/secret@db/calls", NoAddress::Unescaped),
            ("postgres://a:secret%secret@db/calls", NoAddress::Unescaped),
            ("postgres://a:secret%4@db/calls", NoAddress::Unescaped),
        ] {
            assert_eq!(given.parse::<StoreAddress>(), Err(error), "{given}");
            assert!(!without_secrets(given).contains("secret"), "{given}");
        }
    }
}

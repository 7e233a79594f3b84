//! The address of a store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// The address of a store: a file, or a database server. Parsed from `sqlite://PATH` or from a libpq connection URI,
/// `postgres://…` (<https://www.postgresql.org/docs/current/libpq-connect.html>, "Connection URIs").
///
/// `Display` and `Debug` omit the password.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreAddress {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL database.
    Server(String),
}

/// Why a text is not a valid address. The message does not repeat the text, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoAddress {
    /// The scheme is neither of the two.
    #[error("the address begins with neither `sqlite://` nor `postgres://`")]
    Scheme,
    /// A reserved character is not percent-encoded.
    #[error(
        "reserved characters in the user name or the password of the address must be percent-encoded: `%` as `%25`, \
         `@` as `%40`, `/` as `%2F`, a blank as `%20`"
    )]
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

/// The parts of a server's address, split as libpq splits them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    scheme: &'a str,
    /// The user, with the password if there is one.
    user: Option<&'a str>,
    /// Hosts and database.
    place: &'a str,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only connections to a server use them"))]
    pub(crate) parameters: Option<&'a str>,
}

pub(crate) fn parts(url: &str) -> Parts<'_> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    // The user ends at the first `@` that precedes any `/`.
    let end = rest.find(['@', '/']).filter(|end| rest[*end..].starts_with('@'));
    let (user, rest) = end.map_or((None, rest), |end| (Some(&rest[..end]), &rest[end + 1..]));
    let (place, parameters) = rest.split_once('?').map_or((rest, None), |(place, more)| (place, Some(more)));
    Parts { scheme, user, place, parameters }
}

/// Whether every `%` starts a percent-encoded byte other than NUL, and no unescaped `@` or blank is left.
fn is_escaped(url: &str) -> bool {
    let numbered = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit) && digits != b"00")
    };
    !url.contains(char::is_whitespace) && !parts(url).place.contains('@') && url.split('%').skip(1).all(numbered)
}

/// An address without the password and without the parameters, which may contain a password too.
pub(crate) fn without_secrets(url: &str) -> String {
    let Parts { scheme, user, place, .. } = parts(url);
    match user.map(|user| user.split_once(':').map_or(user, |(name, _)| name)) {
        // Its parts cannot be distinguished reliably.
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
            ("postgres://a:secret%00@db/calls", NoAddress::Unescaped),
            ("postgres://a:secret secret@db/calls", NoAddress::Unescaped),
            ("postgres://a@db/calls?password=a secret", NoAddress::Unescaped),
        ] {
            assert_eq!(given.parse::<StoreAddress>(), Err(error), "{given}");
            assert!(!without_secrets(given).contains("secret"), "{given}");
        }
    }
}

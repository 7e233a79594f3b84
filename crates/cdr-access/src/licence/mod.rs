//! Licences: secret texts that programs send with every request, instead of a name and a password.

mod authenticator;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeSet;
use std::fmt;

use cdr_model::{Directory, NOBODY, PortError};

pub use authenticator::LicenceAuthenticator;
pub use text::{LicenceText, LicenceTextError};

/// A licence, whose text grants access to the records of some customers. The text itself is not stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Licence {
    /// Its number, which is never reused. Logs use it instead of the text.
    pub id: i64,
    /// Its name, case-sensitive. The name does not grant access.
    pub name: String,
    /// The hash of its text: HMAC-SHA-256 (RFC 2104) under a secret of the store.
    pub digest: [u8; 32],
    /// The records it grants access to.
    pub scope: LicenceScope,
}

/// The records that a licence grants access to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicenceScope {
    /// Those of all current and future customers of an environment, by its number.
    Environment(i32),
    /// Those of these customers, by number. An empty set grants access to no records.
    Customers(BTreeSet<i64>),
    /// Those of all customers, and where a program follows the store, those of unknown accounts too.
    Everything,
}

impl LicenceScope {
    /// The customers whose records it grants access to: those it names and all below them, those of its environment, or all.
    /// Calls of unknown accounts belong to none of them.
    pub fn customers(&self, directory: &Directory) -> BTreeSet<i64> {
        let ids: BTreeSet<i64> = match self {
            LicenceScope::Environment(environment) => {
                let of_it = directory.customers.values().filter(|customer| customer.environment == *environment);
                of_it.map(|customer| customer.id).collect()
            }
            LicenceScope::Everything => directory.customers.keys().copied().collect(),
            LicenceScope::Customers(ids) => ids.iter().flat_map(|id| directory.below(*id, usize::MAX)).collect(),
        };
        ids.into_iter().filter(|id| *id != NOBODY).collect()
    }

    /// Whether all customers that it names are closed: it grants no access then. Any other licence shows the records of closed
    /// customers too.
    pub fn is_closed(&self, directory: &Directory) -> bool {
        match self {
            LicenceScope::Environment(_) | LicenceScope::Everything => false,
            LicenceScope::Customers(ids) => !ids.is_empty() && ids.iter().all(|id| directory.is_closed(*id)),
        }
    }
}

/// Omits the digest, which is not useful in a log.
impl fmt::Debug for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Licence { id, name, digest: _, scope } = self;
        f.debug_struct("Licence").field("id", id).field("name", name).field("scope", scope).finish_non_exhaustive()
    }
}

/// A store of licences. Its errors never include a digest.
pub trait Licences: Send + Sync {
    /// The licence whose text has this digest.
    ///
    /// # Errors
    /// If it cannot be read.
    fn licence_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Licence>, PortError>;

    /// All licences, ordered by number.
    ///
    /// # Errors
    /// If they cannot be read.
    fn licences(&self) -> Result<Vec<Licence>, PortError>;

    /// Adds a licence and returns it as stored. Its number is ignored and replaced by the next unused one.
    ///
    /// # Errors
    /// [`PortError::Exists`] if the name is in use, [`PortError::Refused`] if the digest is in use.
    fn add_licence(&self, licence: &Licence) -> Result<Licence, PortError>;

    /// Replaces the digest of the licence of this name. The old digest grants no access from then on.
    ///
    /// # Errors
    /// [`PortError::NotFound`], and [`PortError::Refused`] if any licence has the digest, including this one.
    fn change_digest(&self, name: &str, digest: &[u8; 32]) -> Result<(), PortError>;

    /// Removes the licence of this name.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_licence(&self, name: &str) -> Result<(), PortError>;
}

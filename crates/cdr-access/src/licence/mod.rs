//! Licences: what programs name in every request to be let in, without a name or a password.

mod authenticator;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeSet;
use std::fmt;

use cdr_model::PortError;

pub use authenticator::LicenceAuthenticator;
pub use text::{LicenceText, LicenceTextError};

/// What opens the records of some customers to whoever knows its text. The text itself is kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Licence {
    /// Its number, which is never given to another: what logs may say in place of the text.
    pub id: i64,
    /// What its owner calls it; capitals count. It opens nothing.
    pub name: String,
    /// Its text, hashed: HMAC-SHA-256 (RFC 2104) under a secret of the store.
    pub digest: [u8; 32],
    /// Whose records it opens.
    pub scope: LicenceScope,
}

/// Whose records a licence opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LicenceScope {
    /// Those of all customers of an environment, now and later, by its number.
    Environment(i32),
    /// Those of these customers, by number; of nobody, if there are none here.
    Customers(BTreeSet<i64>),
}

/// Without the digest, which is of no use to anybody who reads a log.
impl fmt::Debug for Licence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Licence { id, name, digest: _, scope } = self;
        f.debug_struct("Licence").field("id", id).field("name", name).field("scope", scope).finish_non_exhaustive()
    }
}

/// Licences, kept. No error says a digest.
pub trait Licences: Send + Sync {
    /// The licence whose text has this digest.
    ///
    /// # Errors
    /// When it cannot be read.
    fn licence_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Licence>, PortError>;

    /// All of them, by number.
    ///
    /// # Errors
    /// When they cannot be read.
    fn licences(&self) -> Result<Vec<Licence>, PortError>;

    /// Adds one, and returns it as it is kept: with the next number that was never given, whatever number it has here.
    ///
    /// # Errors
    /// [`PortError::Exists`] when the name is taken, [`PortError::Refused`] when the digest is.
    fn add_licence(&self, licence: &Licence) -> Result<Licence, PortError>;

    /// Gives the licence of this name another digest; from then on the one it had opens nothing.
    ///
    /// # Errors
    /// [`PortError::NotFound`], and [`PortError::Refused`] when a licence has the digest, be it this one.
    fn change_digest(&self, name: &str, digest: &[u8; 32]) -> Result<(), PortError>;

    /// Removes the licence of this name.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_licence(&self, name: &str) -> Result<(), PortError>;
}

//! Passwords, as they are kept: argon2id hashes, from which nobody gets the password back.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use thiserror::Error as ThisError;

/// Verified for names that nobody has, at the same cost as any other. Salt and hash are random bytes: no password is known
/// to have it.
pub(crate) const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ekMOIMhgELbvzgGYDwQi/w$l5yVmNfjTT2Z4RWalPaohMkVUJxRhRlibSA3eS1z9k4";

/// Why a password could not be hashed or checked.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum PasswordError {
    /// It could not be hashed.
    #[error("the password could not be hashed")]
    Unhashed(#[source] Error),
    /// What is kept is no hash, or one of another kind.
    #[error("what is kept is no argon2 hash in the PHC string format; give the user a new password")]
    NoHash(#[source] Error),
    /// What is kept is no bcrypt hash.
    #[error(
        "what is kept is no bcrypt hash, which is `$2a$`, `$2b$` or `$2y$` and 60 characters; give the login a new password"
    )]
    NoBcrypt,
    /// What is kept is a bcrypt hash that takes too long.
    #[error("the bcrypt hash costs {cost}, {highest} is the most; give the login a new password")]
    TooCostly {
        /// What it costs.
        cost: u32,
        /// The most it may cost.
        highest: u32,
    },
}

/// The hash of a password, with a salt of its own: argon2id at 19 MiB, two passes and one lane (RFC 9106; the least that
/// OWASP's password storage cheat sheet asks for), as a PHC string. It takes some hundredths of a second.
///
/// # Errors
/// When there is no randomness for the salt.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(PasswordError::Unhashed)?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. It takes as long as the hash says, wrong or right.
///
/// # Errors
/// [`PasswordError::NoHash`].
pub fn verify_password(password: &str, hash: &str) -> Result<bool, PasswordError> {
    let hash = PasswordHash::new(hash).map_err(|error| PasswordError::NoHash(error.into()))?;
    match Argon2::default().verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::NoHash(error)),
    }
}

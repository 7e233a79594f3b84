//! Hashing of passwords with argon2id.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use thiserror::Error as ThisError;

/// A dummy hash that is verified for unknown names, at the same cost as any other hash. Salt and hash are random bytes,
/// so no password is known that matches it.
pub(crate) const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ekMOIMhgELbvzgGYDwQi/w$l5yVmNfjTT2Z4RWalPaohMkVUJxRhRlibSA3eS1z9k4";

/// Why a password could not be hashed or checked.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum PasswordError {
    /// It could not be hashed.
    #[error("the password could not be hashed")]
    Unhashed(#[source] Error),
    /// The stored password is not a hash, or is a hash of another kind.
    #[error("the stored password is not an argon2 hash in the PHC string format; set a new password for the user")]
    NoHash(#[source] Error),
    /// The stored password is not a bcrypt hash.
    #[error(
        "the stored password is not a bcrypt hash, which is `$2a$`, `$2b$` or `$2y$` and 60 characters; set a new \
         password for the login"
    )]
    NoBcrypt,
    /// The stored password is a bcrypt hash that takes too long to verify.
    #[error("the bcrypt hash has a cost of {cost}, and {highest} is the maximum; set a new password for the login")]
    TooCostly {
        /// The cost of the hash.
        cost: u32,
        /// The maximum cost.
        highest: u32,
    },
}

/// The hash of a password with a random salt: argon2id with 19 MiB, two passes and one lane (RFC 9106; the minimum of
/// OWASP's password storage cheat sheet), as a PHC string. It takes some hundredths of a second.
///
/// # Errors
/// If no random bytes are available for the salt.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(PasswordError::Unhashed)?;
    Ok(hash.to_string())
}

/// Whether a password matches a hash. The duration depends on the parameters of the hash, not on the result.
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

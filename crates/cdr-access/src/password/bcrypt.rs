//! Passwords hashed by another system with bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme", 1999).
//! These hashes are only verified; new hashes use argon2id.

use std::str::FromStr;

use bcrypt::HashParts;

use super::argon2::PasswordError;

/// The maximum cost of a hash. A hash with a higher cost would take more than some seconds to verify, and is refused.
const HIGHEST_COST: u32 = 14;
/// The salt for imitated verifications.
const SALT: [u8; 16] = [0x5C; 16];

/// A bcrypt hash: `$2a$`, `$2b$` or `$2y$`, which a correct verifier treats identically.
pub(crate) struct Bcrypt<'a> {
    text: &'a str,
    cost: u32,
}

impl<'a> Bcrypt<'a> {
    /// Whether a text has the prefix of a bcrypt hash, valid or not.
    pub(crate) fn is_meant(hash: &str) -> bool {
        hash.starts_with("$2")
    }

    /// Reads a hash.
    ///
    /// # Errors
    /// [`PasswordError::NoBcrypt`], and [`PasswordError::TooCostly`].
    pub(crate) fn read(text: &'a str) -> Result<Bcrypt<'a>, PasswordError> {
        let known = ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix));
        let parts = HashParts::from_str(text).ok().filter(|parts| known && parts.get_cost() >= 4);
        let cost = parts.ok_or(PasswordError::NoBcrypt)?.get_cost();
        if cost > HIGHEST_COST {
            return Err(PasswordError::TooCostly { cost, highest: HIGHEST_COST });
        }
        Ok(Bcrypt { text, cost })
    }

    /// The cost: the binary logarithm of the number of rounds.
    pub(crate) fn cost(&self) -> u32 {
        self.cost
    }

    /// Whether a password matches the hash. As usual with bcrypt, only the first 72 bytes are used.
    pub(crate) fn verify(&self, password: &str) -> Result<bool, PasswordError> {
        bcrypt::verify(password, self.text).map_err(|_| PasswordError::NoBcrypt)
    }

    /// Takes as long as verifying a hash of this cost, for attempts without a bcrypt hash.
    pub(crate) fn imitate(password: &str, cost: u32) {
        std::hint::black_box(bcrypt::hash_with_salt(password, cost.clamp(4, HIGHEST_COST), SALT).ok());
    }
}

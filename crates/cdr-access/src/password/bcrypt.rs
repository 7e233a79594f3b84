//! Passwords that were hashed by another system, with bcrypt (Provos and Mazières, "A Future-Adaptable Password Scheme",
//! 1999). They are only verified here; new ones are argon2id.

use std::str::FromStr;

use bcrypt::HashParts;

use super::argon2::PasswordError;

/// A hash says how long it takes to verify; one that would take more than some seconds is refused.
const HIGHEST_COST: u32 = 14;
/// Nobody's salt.
const SALT: [u8; 16] = [0x5C; 16];

/// A bcrypt hash: `$2a$`, `$2b$` or `$2y$`, which are the same to a verifier that is not broken.
pub(crate) struct Bcrypt<'a> {
    text: &'a str,
    cost: u32,
}

impl<'a> Bcrypt<'a> {
    /// Whether this is meant as a bcrypt hash, sound or not.
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

    /// What it costs: the binary logarithm of the rounds.
    pub(crate) fn cost(&self) -> u32 {
        self.cost
    }

    /// Whether a password is the one that was hashed. As everywhere with bcrypt, its first 72 bytes count.
    pub(crate) fn verify(&self, password: &str) -> Result<bool, PasswordError> {
        bcrypt::verify(password, self.text).map_err(|_| PasswordError::NoBcrypt)
    }

    /// Takes as long as verifying a hash of such a cost, for those who have none.
    pub(crate) fn imitate(password: &str, cost: u32) {
        std::hint::black_box(bcrypt::hash_with_salt(password, cost.clamp(4, HIGHEST_COST), SALT).ok());
    }
}

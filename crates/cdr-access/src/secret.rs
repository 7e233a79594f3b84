//! Secrets that all processes on a store share, such as the key tokens are signed with.

use cdr_model::PortError;

/// Secrets, kept.
pub trait Secrets: Send + Sync {
    /// The secret of this name: 32 random bytes, made when it is first asked for and the same from then on, whichever
    /// process asks.
    ///
    /// # Errors
    /// When it can be neither read nor made.
    fn secret(&self, name: &str) -> Result<Vec<u8>, PortError>;
}

/// A secret that nobody has yet: 32 bytes from the operating system's source of randomness.
///
/// # Errors
/// When the system has none to give.
pub fn new_secret() -> Result<[u8; 32], PortError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| PortError::failed("there is no randomness for a secret", error))?;
    Ok(secret)
}

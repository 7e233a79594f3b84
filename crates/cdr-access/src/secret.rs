//! Secrets shared by all processes on a store, such as the key for signing tokens.

use cdr_model::PortError;

/// A store of secrets.
pub trait Secrets: Send + Sync {
    /// The secret of this name: 32 random bytes. It is generated on first use, and then the same for all processes.
    ///
    /// # Errors
    /// If it can neither be read nor generated.
    fn secret(&self, name: &str) -> Result<Vec<u8>, PortError>;
}

/// A new secret: 32 bytes from the operating system's random source.
///
/// # Errors
/// If the random source fails.
pub fn new_secret() -> Result<[u8; 32], PortError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(|error| PortError::failed("no random bytes for a secret", error))?;
    Ok(secret)
}

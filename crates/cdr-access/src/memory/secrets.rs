//! Secrets in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cdr_model::PortError;

use crate::secret::{Secrets, new_secret};

/// Secrets in memory. They are gone with it.
#[derive(Default)]
pub struct MemorySecrets(Mutex<BTreeMap<String, [u8; 32]>>);

impl Secrets for MemorySecrets {
    fn secret(&self, name: &str) -> Result<Vec<u8>, PortError> {
        let mut book = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = book.get(name) {
            return Ok(secret.to_vec());
        }
        let secret = new_secret()?;
        book.insert(name.to_owned(), secret);
        Ok(secret.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::MemorySecrets;
    use crate::secret::Secrets;

    #[test]
    fn a_secret_stays_the_same_and_is_no_other() {
        let secrets = MemorySecrets::default();
        let secret = secrets.secret("a").unwrap();
        assert_eq!(secret.len(), 32);
        assert_eq!(secrets.secret("a").unwrap(), secret);
        assert_ne!(secrets.secret("b").unwrap(), secret);
        assert_ne!(MemorySecrets::default().secret("a").unwrap(), secret);
    }
}

//! Secrets in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cdr_model::PortError;

use crate::secret::{Secrets, new_secret};

/// Secrets in memory. They are lost when it is dropped.
#[derive(Default)]
pub struct MemorySecrets(Mutex<BTreeMap<String, [u8; 32]>>);

impl Secrets for MemorySecrets {
    fn secret(&self, name: &str) -> Result<Vec<u8>, PortError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = state.get(name) {
            return Ok(secret.to_vec());
        }
        let secret = new_secret()?;
        state.insert(name.to_owned(), secret);
        Ok(secret.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::MemorySecrets;
    use crate::secret::Secrets;

    #[test]
    fn secrets_are_stable_and_distinct() {
        let secrets = MemorySecrets::default();
        let secret = secrets.secret("a").unwrap();
        assert_eq!(secret.len(), 32);
        assert_eq!(secrets.secret("a").unwrap(), secret);
        assert_ne!(secrets.secret("b").unwrap(), secret);
        assert_ne!(MemorySecrets::default().secret("a").unwrap(), secret);
    }
}

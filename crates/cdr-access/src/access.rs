//! The ports of access control.

use std::sync::Arc;

use crate::licence::Licences;
use crate::login::Logins;
use crate::memory::{MemoryLicences, MemoryLogins, MemorySecrets, MemoryUsers};
use crate::secret::Secrets;
use crate::user::Users;

/// The stores of credentials. The default is empty stores in memory.
#[derive(Clone)]
pub struct Access {
    /// Users, who sign in with a name and a password and have roles.
    pub users: Arc<dyn Users>,
    /// Logins of customers.
    pub logins: Arc<dyn Logins>,
    /// Licences of programs.
    pub licences: Arc<dyn Licences>,
    /// Secrets for signing tokens and hashing licences.
    pub secrets: Arc<dyn Secrets>,
}

impl Access {
    /// All ports implemented by one store.
    pub fn of<S: Users + Logins + Licences + Secrets + 'static>(store: Arc<S>) -> Access {
        Access { users: store.clone(), logins: store.clone(), licences: store.clone(), secrets: store }
    }
}

impl Default for Access {
    fn default() -> Access {
        Access {
            users: Arc::new(MemoryUsers::default()),
            logins: Arc::new(MemoryLogins::default()),
            licences: Arc::new(MemoryLicences::default()),
            secrets: Arc::new(MemorySecrets::default()),
        }
    }
}

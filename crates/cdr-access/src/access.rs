//! All ports of access together.

use std::sync::Arc;

use crate::licence::Licences;
use crate::login::Logins;
use crate::memory::{MemoryLicences, MemoryLogins, MemorySecrets, MemoryUsers};
use crate::secret::Secrets;
use crate::user::Users;

/// Where credentials are kept. By default in memory, with nobody in it.
#[derive(Clone)]
pub struct Access {
    /// Who signs in with a name, a password and roles.
    pub users: Arc<dyn Users>,
    /// What customers sign in with.
    pub logins: Arc<dyn Logins>,
    /// What programs send with each request.
    pub licences: Arc<dyn Licences>,
    /// What tokens are signed with, and licences hashed.
    pub secrets: Arc<dyn Secrets>,
}

impl Access {
    /// All of it in one store.
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

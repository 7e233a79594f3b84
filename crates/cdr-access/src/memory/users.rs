//! Users in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use crate::user::{User, Users};

/// Users in memory.
#[derive(Debug, Default)]
pub struct MemoryUsers(Mutex<BTreeMap<String, User>>);

impl MemoryUsers {
    /// A store with these users. Of two users with the same name, the later one is stored.
    pub fn of(users: impl IntoIterator<Item = User>) -> MemoryUsers {
        let named = users.into_iter().map(|user| (user.name.clone(), user));
        MemoryUsers(Mutex::new(named.collect()))
    }

    fn state(&self) -> MutexGuard<'_, BTreeMap<String, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Users for MemoryUsers {
    fn user(&self, name: &str) -> Result<Option<User>, PortError> {
        Ok(self.state().get(name).cloned())
    }

    fn users(&self) -> Result<Vec<User>, PortError> {
        Ok(self.state().values().cloned().collect())
    }

    fn add_user(&self, user: &User) -> Result<(), PortError> {
        let mut state = self.state();
        if state.contains_key(&user.name) {
            return Err(PortError::Exists { what: "user", name: user.name.clone() });
        }
        state.insert(user.name.clone(), user.clone());
        Ok(())
    }

    fn change_user(&self, user: &User) -> Result<(), PortError> {
        match self.state().get_mut(&user.name) {
            Some(kept) => *kept = user.clone(),
            None => return Err(unknown(&user.name)),
        }
        Ok(())
    }

    fn remove_user(&self, name: &str) -> Result<(), PortError> {
        self.state().remove(name).map(drop).ok_or_else(|| unknown(name))
    }
}

fn unknown(name: &str) -> PortError {
    PortError::NotFound { what: "user", name: name.to_owned() }
}

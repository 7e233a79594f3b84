//! Users in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use crate::user::{User, Users};

/// Users in memory.
#[derive(Debug, Default)]
pub struct MemoryUsers(Mutex<BTreeMap<String, User>>);

impl MemoryUsers {
    /// These users; of two with the same name the later one.
    pub fn of(users: impl IntoIterator<Item = User>) -> MemoryUsers {
        let named = users.into_iter().map(|user| (user.name.clone(), user));
        MemoryUsers(Mutex::new(named.collect()))
    }

    fn book(&self) -> MutexGuard<'_, BTreeMap<String, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Users for MemoryUsers {
    fn user(&self, name: &str) -> Result<Option<User>, PortError> {
        Ok(self.book().get(name).cloned())
    }

    fn users(&self) -> Result<Vec<User>, PortError> {
        Ok(self.book().values().cloned().collect())
    }

    fn add_user(&self, user: &User) -> Result<(), PortError> {
        let mut book = self.book();
        if book.contains_key(&user.name) {
            return Err(PortError::Exists { what: "user", name: user.name.clone() });
        }
        book.insert(user.name.clone(), user.clone());
        Ok(())
    }

    fn change_user(&self, user: &User) -> Result<(), PortError> {
        match self.book().get_mut(&user.name) {
            Some(kept) => *kept = user.clone(),
            None => return Err(unknown(&user.name)),
        }
        Ok(())
    }

    fn remove_user(&self, name: &str) -> Result<(), PortError> {
        self.book().remove(name).map(drop).ok_or_else(|| unknown(name))
    }
}

fn unknown(name: &str) -> PortError {
    PortError::NotFound { what: "user", name: name.to_owned() }
}

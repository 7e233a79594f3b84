//! Logins in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use crate::login::{Login, Logins};

/// Logins in memory.
#[derive(Debug, Default)]
pub struct MemoryLogins(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    logins: Vec<Login>,
    /// The highest number that was ever given.
    last: i64,
}

impl MemoryLogins {
    /// These logins; what [`Logins::add_login`] would refuse is left out.
    pub fn of(logins: impl IntoIterator<Item = Login>) -> MemoryLogins {
        let kept = MemoryLogins::default();
        for login in logins {
            let _ = kept.add_login(&login);
        }
        kept
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Logins for MemoryLogins {
    fn login(&self, id: i64) -> Result<Option<Login>, PortError> {
        Ok(self.book().logins.iter().find(|login| login.id == id).cloned())
    }

    fn login_named(&self, login: &str) -> Result<Option<Login>, PortError> {
        Ok(self.book().logins.iter().find(|kept| kept.login == login).cloned())
    }

    fn logins(&self) -> Result<Vec<Login>, PortError> {
        let mut logins = self.book().logins.clone();
        logins.sort_by_key(|login| login.id);
        Ok(logins)
    }

    fn add_login(&self, login: &Login) -> Result<Login, PortError> {
        let mut book = self.book();
        let id = if login.id == 0 { book.last.saturating_add(1) } else { login.id };
        if book.logins.iter().any(|kept| kept.login == login.login) {
            return Err(PortError::Exists { what: "login", name: login.login.clone() });
        }
        if book.logins.iter().any(|kept| kept.id == id) {
            return Err(PortError::Exists { what: "login", name: id.to_string() });
        }
        book.last = book.last.max(id);
        let login = Login { id, ..login.clone() };
        book.logins.push(login.clone());
        Ok(login)
    }

    fn change_login(&self, login: &Login) -> Result<(), PortError> {
        let mut book = self.book();
        if book.logins.iter().any(|kept| kept.login == login.login && kept.id != login.id) {
            return Err(PortError::Exists { what: "login", name: login.login.clone() });
        }
        match book.logins.iter_mut().find(|kept| kept.id == login.id) {
            Some(kept) => *kept = login.clone(),
            None => return Err(unknown(login.id)),
        }
        Ok(())
    }

    fn renew_password(&self, login: &Login, password: &str) -> Result<bool, PortError> {
        let mut book = self.book();
        let as_it_was = |kept: &&mut Login| kept.id == login.id && kept.password == login.password;
        Ok(book.logins.iter_mut().find(as_it_was).map(|kept| kept.password = password.to_owned()).is_some())
    }

    fn remove_login(&self, login: &str) -> Result<(), PortError> {
        let mut book = self.book();
        let place = book.logins.iter().position(|kept| kept.login == login).ok_or_else(|| unknown(login))?;
        book.logins.remove(place);
        Ok(())
    }
}

fn unknown(login: impl ToString) -> PortError {
    PortError::NotFound { what: "login", name: login.to_string() }
}

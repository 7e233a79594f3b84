//! Logins in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use crate::login::{Login, Logins};

/// Logins in memory.
#[derive(Debug, Default)]
pub struct MemoryLogins(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    logins: Vec<Login>,
    /// The highest number that was ever assigned.
    last: i64,
}

impl MemoryLogins {
    /// A store with these logins, except those that [`Logins::add_login`] refuses.
    pub fn of(logins: impl IntoIterator<Item = Login>) -> MemoryLogins {
        let kept = MemoryLogins::default();
        for login in logins {
            let _ = kept.add_login(&login);
        }
        kept
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Logins for MemoryLogins {
    fn login(&self, id: i64) -> Result<Option<Login>, PortError> {
        Ok(self.state().logins.iter().find(|login| login.id == id).cloned())
    }

    fn login_named(&self, login: &str) -> Result<Option<Login>, PortError> {
        Ok(self.state().logins.iter().find(|kept| kept.login == login).cloned())
    }

    fn logins(&self) -> Result<Vec<Login>, PortError> {
        let mut logins = self.state().logins.clone();
        logins.sort_by_key(|login| login.id);
        Ok(logins)
    }

    fn add_login(&self, login: &Login) -> Result<Login, PortError> {
        let mut state = self.state();
        let id = if login.id == 0 { state.last.saturating_add(1) } else { login.id };
        if state.logins.iter().any(|kept| kept.login == login.login) {
            return Err(PortError::Exists { what: "login", name: login.login.clone() });
        }
        if state.logins.iter().any(|kept| kept.id == id) {
            return Err(PortError::Exists { what: "login", name: id.to_string() });
        }
        state.last = state.last.max(id);
        let login = Login { id, ..login.clone() };
        state.logins.push(login.clone());
        Ok(login)
    }

    fn change_login(&self, login: &Login) -> Result<(), PortError> {
        let mut state = self.state();
        if state.logins.iter().any(|kept| kept.login == login.login && kept.id != login.id) {
            return Err(PortError::Exists { what: "login", name: login.login.clone() });
        }
        match state.logins.iter_mut().find(|kept| kept.id == login.id) {
            Some(kept) => *kept = login.clone(),
            None => return Err(unknown(login.id)),
        }
        Ok(())
    }

    fn renew_password(&self, login: &Login, password: &str) -> Result<bool, PortError> {
        let mut state = self.state();
        let unchanged = |kept: &&mut Login| kept.id == login.id && kept.password == login.password;
        Ok(state.logins.iter_mut().find(unchanged).map(|kept| kept.password = password.to_owned()).is_some())
    }

    fn remove_login(&self, login: &str) -> Result<(), PortError> {
        let mut state = self.state();
        let place = state.logins.iter().position(|kept| kept.login == login).ok_or_else(|| unknown(login))?;
        state.logins.remove(place);
        Ok(())
    }
}

fn unknown(login: impl ToString) -> PortError {
    PortError::NotFound { what: "login", name: login.to_string() }
}

//! Licences in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use crate::licence::{Licence, Licences};

/// Licences in memory.
#[derive(Debug, Default)]
pub struct MemoryLicences(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// By number.
    licences: Vec<Licence>,
    /// The highest number that was ever assigned.
    last: i64,
}

impl MemoryLicences {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Licences for MemoryLicences {
    fn licence_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Licence>, PortError> {
        Ok(self.state().licences.iter().find(|licence| licence.digest == *digest).cloned())
    }

    fn licences(&self) -> Result<Vec<Licence>, PortError> {
        Ok(self.state().licences.clone())
    }

    fn add_licence(&self, licence: &Licence) -> Result<Licence, PortError> {
        let mut state = self.state();
        if state.licences.iter().any(|kept| kept.name == licence.name) {
            return Err(PortError::Exists { what: "licence", name: licence.name.clone() });
        }
        state.refuse_taken(&licence.digest)?;
        state.last = state.last.saturating_add(1);
        let licence = Licence { id: state.last, ..licence.clone() };
        state.licences.push(licence.clone());
        Ok(licence)
    }

    fn change_digest(&self, name: &str, digest: &[u8; 32]) -> Result<(), PortError> {
        let mut state = self.state();
        let place = state.place(name)?;
        state.refuse_taken(digest)?;
        state.licences[place].digest = *digest;
        Ok(())
    }

    fn remove_licence(&self, name: &str) -> Result<(), PortError> {
        let mut state = self.state();
        let place = state.place(name)?;
        state.licences.remove(place);
        Ok(())
    }
}

impl State {
    fn place(&self, name: &str) -> Result<usize, PortError> {
        let unknown = || PortError::NotFound { what: "licence", name: name.to_owned() };
        self.licences.iter().position(|licence| licence.name == name).ok_or_else(unknown)
    }

    fn refuse_taken(&self, digest: &[u8; 32]) -> Result<(), PortError> {
        if self.licences.iter().any(|licence| licence.digest == *digest) {
            return Err(PortError::Refused("this text is already in use; choose another".to_owned()));
        }
        Ok(())
    }
}

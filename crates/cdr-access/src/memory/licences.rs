//! Licences in memory.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::PortError;

use crate::licence::{Licence, Licences};

/// Licences in memory.
#[derive(Debug, Default)]
pub struct MemoryLicences(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    /// By number.
    licences: Vec<Licence>,
    /// The highest number that was ever given.
    last: i64,
}

impl MemoryLicences {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Licences for MemoryLicences {
    fn licence_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Licence>, PortError> {
        Ok(self.book().licences.iter().find(|licence| licence.digest == *digest).cloned())
    }

    fn licences(&self) -> Result<Vec<Licence>, PortError> {
        Ok(self.book().licences.clone())
    }

    fn add_licence(&self, licence: &Licence) -> Result<Licence, PortError> {
        let mut book = self.book();
        if book.licences.iter().any(|kept| kept.name == licence.name) {
            return Err(PortError::Exists { what: "licence", name: licence.name.clone() });
        }
        book.refuse_taken(&licence.digest)?;
        book.last = book.last.saturating_add(1);
        let licence = Licence { id: book.last, ..licence.clone() };
        book.licences.push(licence.clone());
        Ok(licence)
    }

    fn change_digest(&self, name: &str, digest: &[u8; 32]) -> Result<(), PortError> {
        let mut book = self.book();
        let place = book.place(name)?;
        book.refuse_taken(digest)?;
        book.licences[place].digest = *digest;
        Ok(())
    }

    fn remove_licence(&self, name: &str) -> Result<(), PortError> {
        let mut book = self.book();
        let place = book.place(name)?;
        book.licences.remove(place);
        Ok(())
    }
}

impl Book {
    fn place(&self, name: &str) -> Result<usize, PortError> {
        let unknown = || PortError::NotFound { what: "licence", name: name.to_owned() };
        self.licences.iter().position(|licence| licence.name == name).ok_or_else(unknown)
    }

    fn refuse_taken(&self, digest: &[u8; 32]) -> Result<(), PortError> {
        if self.licences.iter().any(|licence| licence.digest == *digest) {
            return Err(PortError::Refused("this text is a licence already; take another".to_owned()));
        }
        Ok(())
    }
}

//! Operators in memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::error::PortError;
use crate::operator::{Operator, Operators};

/// Operators in memory.
#[derive(Debug, Default)]
pub struct MemoryOperators(Mutex<BTreeMap<String, Operator>>);

impl MemoryOperators {
    /// These operators; of two with the same name the later one.
    pub fn of(operators: impl IntoIterator<Item = Operator>) -> MemoryOperators {
        let named = operators.into_iter().map(|operator| (operator.name.clone(), operator));
        MemoryOperators(Mutex::new(named.collect()))
    }

    fn book(&self) -> MutexGuard<'_, BTreeMap<String, Operator>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Operators for MemoryOperators {
    fn operator(&self, name: &str) -> Result<Option<Operator>, PortError> {
        Ok(self.book().get(name).cloned())
    }

    fn operators(&self) -> Result<Vec<Operator>, PortError> {
        Ok(self.book().values().cloned().collect())
    }

    fn add_operator(&self, operator: &Operator) -> Result<(), PortError> {
        let mut book = self.book();
        if book.contains_key(&operator.name) {
            return Err(PortError::Exists { what: "operator", name: operator.name.clone() });
        }
        book.insert(operator.name.clone(), operator.clone());
        Ok(())
    }

    fn change_operator(&self, operator: &Operator) -> Result<(), PortError> {
        match self.book().get_mut(&operator.name) {
            Some(kept) => *kept = operator.clone(),
            None => return Err(unknown(&operator.name)),
        }
        Ok(())
    }

    fn remove_operator(&self, name: &str) -> Result<(), PortError> {
        self.book().remove(name).map(drop).ok_or_else(|| unknown(name))
    }
}

fn unknown(name: &str) -> PortError {
    PortError::NotFound { what: "operator", name: name.to_owned() }
}

//! An object with what a page says about it.

use super::dto::{Class, Dto, Value};
use super::facts::Facts;

/// An object with the facts about it.
pub(crate) struct Explained {
    pub(crate) dto: Box<dyn Dto>,
    pub(crate) facts: Facts,
}

impl Dto for Explained {
    fn class(&self) -> &'static Class {
        self.dto.class()
    }

    fn values(&self) -> Vec<Value<'_>> {
        self.dto.values()
    }

    fn facts(&self) -> Option<&Facts> {
        Some(&self.facts)
    }
}

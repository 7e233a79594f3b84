//! JSON objects that keep the order of their members.

use serde::Serialize;
use serde_json::{Map, Value};

/// A value of a member.
pub(crate) use serde_json::Value as Json;

/// A JSON object, in the order in which its members were added (serde_json's `preserve_order`).
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// The same with another member.
    pub(crate) fn with(mut self, name: impl Into<String>, value: impl Into<Json>) -> Members {
        self.push(name, value);
        self
    }

    /// The same with another member, if it has a value.
    pub(crate) fn with_some(self, name: impl Into<String>, value: Option<impl Into<Json>>) -> Members {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member.
    pub(crate) fn push(&mut self, name: impl Into<String>, value: impl Into<Json>) {
        self.0.insert(name.into(), value.into());
    }

    /// Keeps the members with a wanted name.
    pub(crate) fn retain(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        self.0.retain(|name, _| wanted(name));
    }

    /// Whether there are no members.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<String>, V: Into<Json>> FromIterator<(N, V)> for Members {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Members {
        Members(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl From<Members> for Json {
    fn from(members: Members) -> Json {
        Json::Object(members.0)
    }
}

//! JSON objects that keep the order of their members.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value;

/// A value of a member.
pub(crate) use serde_json::Value as Json;

/// A JSON object, in the order in which its members were added.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Members(Vec<(Cow<'static, str>, Value)>);

impl Members {
    /// The same with another member.
    pub(crate) fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Json>) -> Members {
        self.push(name, value);
        self
    }

    /// The same with another member, if it has a value.
    pub(crate) fn with_some(self, name: impl Into<Cow<'static, str>>, value: Option<impl Into<Json>>) -> Members {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a member, which has another name than those that are there.
    pub(crate) fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Json>) {
        self.0.push((name.into(), value.into()));
    }

    /// Keeps the members with a wanted name.
    pub(crate) fn retain(&mut self, mut wanted: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| wanted(name));
    }

    /// Whether there are no members.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<Cow<'static, str>>, V: Into<Json>> FromIterator<(N, V)> for Members {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(members: I) -> Members {
        Members(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl From<Members> for Json {
    fn from(members: Members) -> Json {
        Json::Object(members.0.into_iter().map(|(name, value)| (name.into_owned(), value)).collect())
    }
}

//! A value of any kind, which keeps the order of members.

use std::fmt;

use proptest::prelude::*;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Any {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Any>),
    Map(Vec<(String, Any)>),
}

impl Any {
    pub(crate) fn text(&self) -> &str {
        if let Self::Text(text) = self { text } else { "" }
    }
}

impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => value.serialize(serializer),
            Self::Int(value) => value.serialize(serializer),
            Self::Float(value) => value.serialize(serializer),
            Self::Text(value) => value.serialize(serializer),
            Self::List(values) => values.serialize(serializer),
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

macro_rules! kinds {
    ($($visit:ident $of:ty => $any:expr),* $(,)?) => {$(
        fn $visit<E>(self, value: $of) -> Result<Any, E> {
            Ok($any(value))
        }
    )*};
}

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = Any;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("anything")
    }

    kinds!(
        visit_bool bool => Any::Bool,
        visit_i64 i64 => Any::Int,
        visit_u64 u64 => |value| Any::Int(i64::try_from(value).unwrap()),
        visit_f64 f64 => Any::Float,
        visit_string String => Any::Text,
        visit_str &str => |value: &str| Any::Text(value.to_owned()),
    );

    fn visit_unit<E>(self) -> Result<Any, E> {
        Ok(Any::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Any, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(Any::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Any, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Any::Map(map))
    }
}

/// Texts with many special characters.
pub(crate) fn text() -> impl Strategy<Value = String> + Clone {
    prop_oneof!["[\",:{}\\[\\]\r\n \ta\\\\'é日\u{feff}]{0,8}", any::<String>()]
}

/// Values that do not change when they are written and read without a type: texts, lists, maps, and nulls in lists.
pub(crate) fn untyped() -> impl Strategy<Value = Any> {
    let leaf = text().prop_map(Any::Text);
    let value = leaf.prop_recursive(6, 60, 6, |inner| {
        let list = prop::collection::vec(prop_oneof![4 => inner.clone(), 1 => Just(Any::Null)], 0..6);
        let map = prop::collection::vec((text(), inner), 0..6);
        prop_oneof![
            list.prop_filter("[null] reads back as an empty list", |list| *list != [Any::Null]).prop_map(Any::List),
            map.prop_map(Any::Map)
        ]
    });
    // A text at the root is ambiguous.
    value.prop_filter("an object or a list", |value| matches!(value, Any::List(_) | Any::Map(_)))
}

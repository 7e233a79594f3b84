//! A mapping as it stands in TOML, before it is checked.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::length::Unit;
use crate::delimited::Quoting;

/// The whole document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Document {
    #[serde(default)]
    pub(super) form: Form,
    pub(super) delimiter: Option<Spanned<char>>,
    #[serde(default, deserialize_with = "quoting")]
    pub(super) quoting: Quoting,
    pub(super) encoding: Option<Spanned<String>>,
    pub(super) heading: Option<Spanned<bool>>,
    #[serde(default)]
    pub(super) columns: Vec<String>,
    #[serde(default)]
    pub(super) skip: usize,
    pub(super) comment: Option<Spanned<String>>,
    pub(super) required: Option<Vec<String>>,
    #[serde(default)]
    pub(super) nulls: Vec<String>,
    #[serde(default = "yes")]
    pub(super) trim: bool,
    #[serde(default)]
    pub(super) empty_text: EmptyText,
    pub(super) decimal: Option<Spanned<char>>,
    pub(super) thousands: Option<Spanned<char>>,
    pub(super) times: Option<Spanned<OneOrMore<String>>>,
    pub(super) key: Option<Spanned<FieldSpec>>,
    #[serde(default)]
    pub(super) trunks: Vec<Spanned<ColumnRef>>,
    pub(super) fields: BTreeMap<Spanned<String>, Spanned<FieldSpec>>,
}

/// The form of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    /// Rows of fields that a character separates.
    #[default]
    Delimited,
    /// A JSON object on each line.
    JsonLines,
}

/// What an empty field in quotes is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum EmptyText {
    /// A missing value, as an empty field without quotes.
    #[default]
    Absent,
    /// The empty text.
    Quoted,
}

/// A column by its name, or by its place in a row from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ColumnRef {
    Name(String),
    Place(usize),
}

/// Where the value of a field comes from, and how it is read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    from: Option<OneOrMore<ColumnRef>>,
    join: Option<Vec<ColumnRef>>,
    value: Option<Scalar>,
    time: Option<OneOrMore<String>>,
    unit: Option<Unit>,
    values: Option<BTreeMap<String, Scalar>>,
    otherwise: Option<Scalar>,
}

/// A field: the name or the place of its column, a list of them, or a table with more.
#[derive(Clone, Debug)]
pub(super) struct FieldSpec {
    pub(super) from: Option<Vec<ColumnRef>>,
    pub(super) join: Option<Vec<ColumnRef>>,
    pub(super) value: Option<String>,
    pub(super) time: Option<Vec<String>>,
    pub(super) unit: Option<Unit>,
    pub(super) values: Option<BTreeMap<String, String>>,
    pub(super) otherwise: Option<String>,
}

/// One value, or a list of them.
#[derive(Clone, Debug)]
pub(super) struct OneOrMore<T>(pub(super) Vec<T>);

/// A text, a whole number or a truth value, as text.
#[derive(Clone, Debug)]
struct Scalar(String);

fn yes() -> bool {
    true
}

fn quoting<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Quoting, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    enum Name {
        Strict,
        Tolerant,
    }
    Ok(match Name::deserialize(deserializer)? {
        Name::Strict => Quoting::Strict,
        Name::Tolerant => Quoting::Tolerant,
    })
}

impl FieldSpec {
    fn of_columns(columns: Vec<ColumnRef>) -> FieldSpec {
        FieldSpec::of(Members { from: Some(OneOrMore(columns)), ..Members::default() })
    }

    fn of(members: Members) -> FieldSpec {
        let Members { from, join, value, time, unit, values, otherwise } = members;
        FieldSpec {
            from: from.map(|columns| columns.0),
            join,
            value: value.map(|value| value.0),
            time: time.map(|forms| forms.0),
            unit,
            values: values.map(|values| values.into_iter().map(|(text, value)| (text, value.0)).collect()),
            otherwise: otherwise.map(|value| value.0),
        }
    }
}

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<FieldSpec, D::Error> {
        struct Spec;

        impl<'de> Visitor<'de> for Spec {
            type Value = FieldSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name or the place of a column, a list of them, or a table with from, join or value")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec::of_columns(vec![ColumnRef::Name(name.to_owned())]))
            }

            fn visit_i64<E: Error>(self, place: i64) -> Result<FieldSpec, E> {
                Ok(FieldSpec::of_columns(vec![place_of(place)?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, columns: A) -> Result<FieldSpec, A::Error> {
                Ok(FieldSpec::of_columns(listed(columns)?))
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<FieldSpec, A::Error> {
                Members::deserialize(MapAccessDeserializer::new(members)).map(FieldSpec::of)
            }
        }

        deserializer.deserialize_any(Spec)
    }
}

impl<'de> Deserialize<'de> for ColumnRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ColumnRef, D::Error> {
        struct Column;

        impl Visitor<'_> for Column {
            type Value = ColumnRef;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a column, or its place from 1")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<ColumnRef, E> {
                Ok(ColumnRef::Name(name.to_owned()))
            }

            fn visit_i64<E: Error>(self, place: i64) -> Result<ColumnRef, E> {
                place_of(place)
            }
        }

        deserializer.deserialize_any(Column)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OneOrMore<T>, D::Error> {
        struct List<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = OneOrMore<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value, or a list of them")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMore<T>, E> {
                Ok(OneOrMore(vec![T::deserialize(text.into_deserializer())?]))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<OneOrMore<T>, E> {
                Ok(OneOrMore(vec![T::deserialize(number.into_deserializer())?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<OneOrMore<T>, A::Error> {
                listed(items).map(OneOrMore)
            }
        }

        deserializer.deserialize_any(List(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scalar, D::Error> {
        struct Value;

        impl Visitor<'_> for Value {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, true or false")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }

            fn visit_bool<E: Error>(self, yes: bool) -> Result<Scalar, E> {
                Ok(Scalar(yes.to_string()))
            }
        }

        deserializer.deserialize_any(Value)
    }
}

fn place_of<E: Error>(place: i64) -> Result<ColumnRef, E> {
    match usize::try_from(place) {
        Ok(place) if place > 0 => Ok(ColumnRef::Place(place)),
        _ => Err(E::custom(format!("the place of a column is counted from 1, and is not {place}"))),
    }
}

fn listed<'de, T: Deserialize<'de>, A: SeqAccess<'de>>(mut items: A) -> Result<Vec<T>, A::Error> {
    let mut list = Vec::new();
    while let Some(item) = items.next_element()? {
        list.push(item);
    }
    Ok(list)
}

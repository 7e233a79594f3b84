//! The types of the vectors, as a user of serde would declare them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::Any;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[default]
    PortaSwitch,
    Other,
    EnumValue1,
    #[serde(rename = "SUN")]
    Sunday,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Text {
    #[serde(rename = "S")]
    pub(crate) text: Option<String>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Numbers {
    pub(crate) float: f32,
    pub(crate) double: f64,
    pub(crate) decimal: f64,
}

#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Named {
    #[serde(rename = "Id")]
    pub(crate) id: i32,
    #[serde(rename = "Name")]
    pub(crate) name: Option<String>,
}

/// One member of each kind.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Many {
    pub(crate) id: i32,
    pub(crate) name: Option<String>,
    pub(crate) l: Option<Vec<String>>,
    pub(crate) d: Option<BTreeMap<String, String>>,
    pub(crate) sub: Option<Box<Many>>,
    pub(crate) b: bool,
    #[serde(rename = "NB")]
    pub(crate) nb: Option<bool>,
    #[serde(rename = "NI")]
    pub(crate) ni: Option<i32>,
    pub(crate) t: Option<String>,
    pub(crate) e: Kind,
    pub(crate) dec: Decimal,
    pub(crate) dbl: f64,
    pub(crate) o: Option<Any>,
}

/// A decimal that keeps its scale, like a type for money. It is serialized as a text.
#[derive(Debug, PartialEq)]
pub(crate) struct Decimal(pub(crate) String);

impl Default for Decimal {
    fn default() -> Self {
        Self("0".to_owned())
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Any::deserialize(deserializer)? {
            // Values in the JSON of the vectors.
            Any::Int(value) => value.to_string(),
            Any::Float(value) => value.to_string(),
            value => value.text().to_owned(),
        }))
    }
}

/// Bytes in serde's data model, in which a `Vec<u8>` is a list of numbers.
#[derive(Debug, PartialEq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("bytes")
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }
        }

        deserializer.deserialize_byte_buf(Visitor)
    }
}

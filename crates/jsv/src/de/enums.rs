//! The values of an enum's variants: `{Variant:value}`.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer as _, EnumAccess, IntoDeserializer, VariantAccess, Visitor};

use super::Deserializer;
use crate::error::{Error, Result};

/// A variant with a value, after the opening brace. The name of the variant is next.
pub(super) struct VariantValue<'a, 'de> {
    pub(super) deserializer: &'a mut Deserializer<'de>,
    pub(super) variants: &'static [&'static str],
}

impl<'a, 'de> EnumAccess<'de> for VariantValue<'a, 'de> {
    type Error = Error;
    type Variant = &'a mut Deserializer<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self::Variant)> {
        let name = self.deserializer.name()?;
        let variant = match name.among(self.variants) {
            Some(variant) => {
                let variant: StrDeserializer<'_, Error> = variant.into_deserializer();
                seed.deserialize(variant)?
            }
            None => seed.deserialize(name)?,
        };
        Ok((variant, self.deserializer))
    }
}

impl<'de> VariantAccess<'de> for &mut Deserializer<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        if self.is_null() { Ok(()) } else { Err(self.expected("nothing")) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value> {
        self.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value> {
        self.object(visitor, Some(fields))
    }
}

//! Texts with colons that are written without quotes.

use std::fmt::Display;

use serde::{Deserialize, Serialize, Serializer};

/// The name by which the serializer of this crate recognises [`Unquoted`].
pub(crate) const UNQUOTED: &str = "$jsv::Unquoted";

/// A value that is written without quotes although it contains colons.
///
/// ServiceStack writes texts with a colon in quotes, but not its dates (`JsvTypeSerializer.cs`). Use this type for
/// dates and for other values that are printed with colons. All other characters that require quotes still do, so the
/// output can always be read. Reading is not affected, and other formats see a plain string.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use jsv::Unquoted;
///
/// let times = BTreeMap::from([("Connect_time", Unquoted("2015-06-01T10:20:30+01:00"))]);
/// assert_eq!(jsv::to_string(&times)?, "{Connect_time:2015-06-01T10:20:30+01:00}");
/// # Ok::<(), jsv::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(transparent)]
pub struct Unquoted<T>(
    /// The value, which is written with [`Display`].
    pub T,
);

impl<T: Display> Serialize for Unquoted<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(UNQUOTED, &Printed(&self.0))
    }
}

struct Printed<'a, T>(&'a T);

impl<T: Display> Serialize for Printed<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

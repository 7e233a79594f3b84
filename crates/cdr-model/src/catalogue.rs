//! The macro behind the field catalogues of calls and conferences: an enum with a row for each field. What it names is
//! imported where it is used.

use crate::value::Value;

/// Writes a value to a record. The error is the text of a value that does not fit.
pub(crate) type Writer<R> = fn(&mut R, Value<'_>) -> Result<(), String>;

/// Generates an enum of fields from rows of `Variant: "name", Kind, "meaning", read, write;`, followed by those of the
/// values that are only derived from fields.
macro_rules! catalogue {
    ($(#[$doc:meta])* $Name:ident of $Record:ty;
     $( $Variant:ident: $name:literal, $Kind:ident, $meaning:literal, $read:expr, $write:expr; )*
     @derived $( $Derived:ident: $its_name:literal, $ItsKind:ident, $its_meaning:literal, $its_read:expr; )*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $Name { $( #[doc = $meaning] $Variant, )* $( #[doc = $its_meaning] $Derived, )* }

        impl Field for $Name {
            const ALL: &'static [$Name] = &[ $( $Name::$Variant, )* ];

            fn name(self) -> &'static str {
                match self { $( $Name::$Variant => $name, )* $( $Name::$Derived => $its_name, )* }
            }

            fn kind(self) -> FieldKind {
                match self {
                    $( $Name::$Variant => FieldKind::$Kind, )*
                    $( $Name::$Derived => FieldKind::$ItsKind, )*
                }
            }

            fn meaning(self) -> &'static str {
                match self { $( $Name::$Variant => $meaning, )* $( $Name::$Derived => $its_meaning, )* }
            }
        }

        impl $Name {
            /// Values that are derived from other fields, for the conditions of programs. They are not in [`Field::ALL`],
            /// so no file has them and no user can name them.
            pub const DERIVED: &'static [$Name] = &[ $( $Name::$Derived, )* ];

            /// What the field holds in a record.
            pub(crate) fn of<'a>(self, record: &'a $Record, directory: &'a Directory) -> Value<'a> {
                match self {
                    $( $Name::$Variant => {
                        let read: for<'r> fn(&'r $Record, &'r Directory) -> Value<'r> = $read;
                        read(record, directory)
                    } )*
                    $( $Name::$Derived => {
                        let read: for<'r> fn(&'r $Record, &'r Directory) -> Value<'r> = $its_read;
                        read(record, directory)
                    } )*
                }
            }

            /// Writes a value to a record. Fields that the store numbers, the directory names or the record computes
            /// are refused, as is a value of another kind.
            pub fn put(self, record: &mut $Record, value: Value<'_>) -> Result<(), FieldError> {
                let refused = |text| FieldError::Unreadable { field: self.name(), kind: self.kind(), text };
                if value.kind().is_some_and(|kind| kind != self.kind()) {
                    return Err(refused(format!("{value:?}")));
                }
                let write = self.writer().ok_or(FieldError::NotGiven(self.name()))?;
                write(record, value).map_err(refused)
            }

            /// Whether a feed can provide it.
            pub fn is_given(self) -> bool {
                self.writer().is_some()
            }

            fn writer(self) -> Option<Writer<$Record>> {
                match self { $( $Name::$Variant => $write, )* $( $Name::$Derived => None, )* }
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $Name {
            type Err = FieldError;

            fn from_str(name: &str) -> Result<$Name, FieldError> {
                <$Name as Field>::named(name)
            }
        }

        impl Serialize for $Name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> Deserialize<'de> for $Name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$Name, D::Error> {
                let name = Cow::<'de, str>::deserialize(deserializer)?;
                let derived = $Name::DERIVED.iter().copied().find(|field| Field::name(*field) == name);
                derived.map_or_else(|| name.parse().map_err(serde::de::Error::custom), Ok)
            }
        }
    };
}
pub(crate) use catalogue;

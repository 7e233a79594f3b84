//! Binds the texts of a request to its members.
//!
//! Source: ServiceStack v3, `KeyValueDataContractDeserializer.cs`, `StringMapTypeDeserializer.cs`; ServiceStack.Text
//! v3, `Jsv/JsvTypeSerializer.cs`.

mod body;

pub(crate) use body::members as members_of_body;

/// A request whose members are given as texts.
pub(crate) trait Bound: Default {
    /// Sets the member of this name, in any case, to a text. A name without a member is ignored.
    ///
    /// # Errors
    /// [`Unbound`] if the member cannot hold it.
    fn put(&mut self, name: &str, text: &str) -> Result<(), Unbound>;
}

/// A text that its member cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unbound {
    pub(crate) member: &'static str,
    pub(crate) text: String,
}

/// Binds lists of names and texts; a later list overrides an earlier one. Texts of the same name in one list are joined
/// with commas, in their order. Empty texts are ignored.
///
/// # Errors
/// [`Unbound`] for the first member that cannot hold its text.
pub(crate) fn bind<T: Bound>(given: impl IntoIterator<Item = Vec<(String, String)>>) -> Result<T, Unbound> {
    let mut bound = T::default();
    for pairs in given {
        let mut joined: Vec<(String, String)> = Vec::new();
        for (name, text) in pairs.into_iter().filter(|(_, text)| !text.is_empty()) {
            match joined.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                Some((_, texts)) => {
                    texts.push(',');
                    texts.push_str(&text);
                }
                None => joined.push((name, text)),
            }
        }
        joined.iter().try_for_each(|(name, text)| bound.put(name, text))?;
    }
    Ok(bound)
}

/// Reads a whole number of 32 bits, with optional spaces around it and an optional sign. Of a list the first item
/// counts.
pub(crate) fn int(text: &str) -> Option<i64> {
    let text = text.split(',').next().unwrap_or_default().trim();
    text.parse::<i32>().ok().map(i64::from)
}

/// Reads a boolean: `true` or `false`, in any case. A single character is true only if it is `1`. Of a list the first
/// item counts.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    let text = text.split(',').next().unwrap_or_default();
    match text {
        _ if text.chars().count() == 1 => Some(text == "1"),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Defines a class whose members are given as texts.
macro_rules! request {
    (@read Text, $text:expr) => { Some(Some($text.to_owned())) };
    (@read Int, $text:expr) => { $crate::porta::service_stack::bind::int($text) };
    (@read Bool, $text:expr) => { $crate::porta::service_stack::bind::boolean($text) };

    (
        $(#[$doc:meta])* $Name:ident: $wire:literal in $namespace:expr,
        { $( $(#[$member_doc:meta])* $field:ident: $name:literal $MemberType:ident, )* }
        base { $( $base:ident: $base_name:literal $BaseKind:ident, )* }
    ) => {
        $crate::porta::service_stack::dto! {
            $(#[$doc])* $Name: $wire in $namespace,
            { $( $(#[$member_doc])* $field: $name $MemberType, )* } base { $( $base: $base_name $BaseKind, )* }
        }

        impl $crate::porta::service_stack::Bound for $Name {
            fn put(&mut self, name: &str, text: &str) -> Result<(), $crate::porta::service_stack::Unbound> {
                let unbound = |member| $crate::porta::service_stack::Unbound { member, text: text.to_owned() };
                $( if name.eq_ignore_ascii_case($name) {
                    self.$field = request!(@read $MemberType, text).ok_or_else(|| unbound($name))?;
                    return Ok(());
                } )*
                $( if name.eq_ignore_ascii_case($base_name) {
                    self.$base = request!(@read $BaseKind, text).ok_or_else(|| unbound($base_name))?;
                } )*
                Ok(())
            }
        }
    };
}
pub(crate) use request;

#[cfg(test)]
mod tests {
    use super::{boolean, int};

    #[test]
    fn numbers_and_booleans_are_read_as_in_the_original() {
        for (text, number) in [
            ("5", Some(5)),
            (" 5 ", Some(5)),
            ("+5", Some(5)),
            ("-1", Some(-1)),
            ("12,13", Some(12)),
            ("5.0", None),
            ("0x10", None),
            ("99999999999", None),
            ("abc", None),
        ] {
            assert_eq!(int(text), number, "{text}");
        }
        for (text, yes) in [
            ("1", Some(true)),
            ("0", Some(false)),
            ("y", Some(false)),
            ("TRUE", Some(true)),
            ("False", Some(false)),
            ("true,false", Some(true)),
            ("yes", None),
            ("on", None),
            ("null", None),
        ] {
            assert_eq!(boolean(text), yes, "{text}");
        }
    }
}

//! A leg as a document of FreeSWITCH describes it.

use percent_encoding::percent_decode_str;
use uuid::Uuid;

use crate::digest::Digest;
use crate::fault::{Fault, shown};
use crate::text::text;

/// The bytes of ASCII that FreeSWITCH encodes in a URL-encoded value, without the percent sign (`switch_url_encode` in
/// `src/switch_utils.c`). A value with one of them, or with another character than those of ASCII, is not encoded.
const UNSAFE: &[u8] = b"\r\n \"#&+:;<=>?@[\\]^`{|}";

/// The variables that decide what is billed, which are never there twice.
const SINGLE: [&str; 19] = [
    "accountcode",
    "answer_epoch",
    "answer_stamp",
    "answer_uepoch",
    "billmsec",
    "billsec",
    "billusec",
    "direction",
    "duration",
    "end_epoch",
    "end_stamp",
    "end_uepoch",
    "hangup_cause",
    "hangup_cause_q850",
    "originator",
    "start_epoch",
    "start_stamp",
    "start_uepoch",
    "uuid",
];

/// A leg: the variables of its channel and its newest caller profile, each in the order of their names and without empty
/// values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::feed) struct Leg {
    variables: Vec<(String, String)>,
    profile: Vec<(String, String)>,
    /// The channel that called this one, by its caller profiles.
    pub(super) originator: Option<Uuid>,
}

impl Leg {
    /// A leg with these variables, whose values are URL-encoded or not, and this caller profile.
    pub(in crate::feed) fn new(
        variables: Vec<(String, String)>,
        profile: Vec<(String, String)>,
        originator: Option<Uuid>,
    ) -> Result<Leg, Fault> {
        let is_plain =
            |(_, value): &(String, String)| value.bytes().any(|byte| !byte.is_ascii() || UNSAFE.contains(&byte));
        let variables = if variables.iter().any(is_plain) { variables } else { decoded(variables) };
        let leg = Leg { variables: sorted(variables), profile: sorted(profile), originator };
        let nul =
            leg.variables.iter().chain(&leg.profile).find(|(name, value)| name.contains('\0') || value.contains('\0'));
        if let Some((name, _)) = nul {
            return Err(Fault::new("nul-character", format!("{} contains a NUL character", shown(name))));
        }
        let differ = |pair: &&[(String, String)]| pair[0].0 == pair[1].0 && pair[0].1 != pair[1].1;
        match leg.variables.windows(2).filter(differ).find(|pair| SINGLE.contains(&pair[0].0.as_str())) {
            Some(pair) => Err(Fault::new("field-twice", format!("`{}` is there twice, with two values", pair[0].0))),
            None => Ok(leg),
        }
    }

    /// The value of a variable; empty if it is not set.
    pub(super) fn variable(&self, name: &str) -> &str {
        value(&self.variables, name)
    }

    /// The value in the caller profile; empty if it is not there.
    pub(super) fn profile(&self, name: &str) -> &str {
        value(&self.profile, name)
    }

    /// The first of these variables that is set.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().map(|name| self.variable(name)).find(|value| !value.is_empty()).map(str::to_owned)
    }

    /// SHA-256 over the names and values of the variables and of the caller profile, which are the same however the document
    /// was encoded.
    pub(super) fn digest(&self) -> [u8; 32] {
        Digest::of(parts(&self.variables).chain([&b""[..]]).chain(parts(&self.profile)))
    }
}

fn parts(values: &[(String, String)]) -> impl Iterator<Item = &[u8]> {
    values.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()])
}

fn decoded(values: Vec<(String, String)>) -> Vec<(String, String)> {
    let decode = |(name, value): (String, String)| {
        let bytes: Vec<u8> = percent_decode_str(&value).collect();
        (name, text(&bytes).into_owned())
    };
    values.into_iter().map(decode).collect()
}

fn sorted(mut values: Vec<(String, String)>) -> Vec<(String, String)> {
    values.retain(|(_, value)| !value.is_empty());
    values.sort();
    values
}

fn value<'a>(values: &'a [(String, String)], name: &str) -> &'a str {
    let at = values.partition_point(|(known, _)| known.as_str() < name);
    values.get(at).filter(|(known, _)| known == name).map_or("", |(_, value)| value)
}

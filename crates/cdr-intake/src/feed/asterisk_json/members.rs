//! The members of an object: the columns that they are, and the records in them.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::fault::{Fault, shown};
use crate::json::{Members, not_json, scalar};

/// The names of a `Cdr` event and the columns that they are, without those of the same name
/// (<https://docs.asterisk.org/Latest_API/API_Documentation/AMI_Events/Cdr/>).
const EVENT: [(&str, &str); 9] = [
    ("source", "src"),
    ("destination", "dst"),
    ("destinationcontext", "dcontext"),
    ("callerid", "clid"),
    ("destinationchannel", "dstchannel"),
    ("lastapplication", "lastapp"),
    ("starttime", "start"),
    ("answertime", "answer"),
    ("endtime", "end"),
];
/// What an event calls `billsec`.
const BILLSEC: &str = "billableseconds";
/// The record that sums up those of its parts, and how the names of the parts begin.
const MAIN: &str = "main_cdr";
const PART: &str = "sub_cdr";

/// The names and the texts of the members of an object.
pub(super) type Texts<'a> = Vec<(String, Cow<'a, str>)>;

/// The columns that members of these names are.
pub(super) fn columns(names: &[String]) -> Vec<String> {
    let mut columns: Vec<String> = names.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let has = |name: &str| columns.iter().any(|column| column == name);
    if has("starttime") && has(BILLSEC) {
        for column in &mut columns {
            let known = EVENT.into_iter().chain([(BILLSEC, "billsec")]).find(|(name, _)| name == column);
            if let Some((_, name)) = known {
                name.clone_into(column);
            }
        }
    }
    columns
}

/// The records of an object: those of its parts, or else the one that sums them up, or else the object itself.
pub(super) fn records(object: Members<'_>) -> Result<Vec<Texts<'_>>, Fault> {
    let Members(members) = object;
    let is_object = |value: &RawValue| value.get().starts_with('{');
    let nested = |begins: &str| -> Vec<&RawValue> {
        let ones = members.iter().filter(|(name, value)| name.starts_with(begins) && is_object(value));
        ones.map(|(_, value)| *value).collect()
    };
    let parts = [nested(PART), nested(MAIN)].into_iter().find(|parts| !parts.is_empty());
    match parts {
        Some(parts) => parts.into_iter().map(|part| values(members_of(part)?)).collect(),
        None => Ok(vec![values(Members(members))?]),
    }
}

fn members_of(object: &RawValue) -> Result<Members<'_>, Fault> {
    serde_json::from_str(object.get()).map_err(not_json)
}

/// The names and the texts of members.
fn values(object: Members<'_>) -> Result<Texts<'_>, Fault> {
    let Members(members) = object;
    let mut values = Texts::with_capacity(members.len());
    for (name, value) in members {
        let text = scalar(&name, value)?.unwrap_or_default();
        if text.contains('\0') {
            return Err(Fault::new("nul-character", format!("{} contains a NUL character", shown(&name))));
        }
        values.push((name, text));
    }
    let mut names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Fault::new("field-twice", format!("the object names {} twice", shown(pair[0])))),
        None => Ok(values),
    }
}

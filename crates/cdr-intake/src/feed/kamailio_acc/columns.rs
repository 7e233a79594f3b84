//! The columns of a transaction, and the names that they have.

use std::borrow::Cow;

use crate::fault::{Fault, number_of_fields, shown};
use crate::json::{Members, not_json, scalar};

/// The columns that every row begins with.
const CORE: [&str; 7] = ["method", "from_tag", "to_tag", "callid", "sip_code", "sip_reason", "time"];
/// Those that the default configuration of Kamailio adds (`etc/kamailio.cfg`, `db_extra`).
const DEFAULT: [&str; 6] = ["src_user", "src_domain", "src_ip", "dst_ouser", "dst_user", "dst_domain"];
/// Names that columns have elsewhere: in the log of `acc`, and in its events.
const OTHER_NAMES: [(&str, &str); 4] =
    [("call_id", "callid"), ("code", "sip_code"), ("reason", "sip_reason"), ("timestamp", "time")];

/// The values of a transaction by the names of their columns.
pub(super) struct Values<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// A column that a row cannot be read without, and that is not among these names. No names are those of the feed.
pub(super) fn missing(names: &[String]) -> Option<&'static str> {
    let has = |column: &str| names.iter().any(|name| named(name) == column);
    CORE.into_iter().filter(|column| *column != "sip_reason").find(|column| !names.is_empty() && !has(column))
}

/// The values in a line, which is an object or a row of columns with these names.
pub(super) fn values<'a>(line: &'a str, names: &'a [String]) -> Result<Values<'a>, Fault> {
    if line.trim_start().starts_with('{') {
        return of_object(line);
    }
    let fields: Vec<&str> = line.trim_end_matches(['\r', '\n']).split('|').collect();
    let built_in: Vec<&str> = match fields.len() {
        7 => CORE.to_vec(),
        13 => CORE.into_iter().chain(DEFAULT).collect(),
        _ => Vec::new(),
    };
    let names: Vec<&str> = if names.is_empty() { built_in } else { names.iter().map(|name| named(name)).collect() };
    if names.len() != fields.len() {
        let found = number_of_fields(fields.len());
        let detail = match names.len() {
            0 => format!("{found}, expected 7, or 13, or the columns that the settings of the source name"),
            expected => format!("{found}, and the settings of the source name {expected}"),
        };
        return Err(Fault::new("columns", detail));
    }
    Ok(Values(names.into_iter().map(Cow::Borrowed).zip(fields.into_iter().map(Cow::Borrowed)).collect()))
}

fn of_object(line: &str) -> Result<Values<'_>, Fault> {
    let Members(members) = serde_json::from_str(line).map_err(not_json)?;
    let mut values = Vec::with_capacity(members.len());
    for (name, value) in members {
        let text = scalar(&name, value)?.unwrap_or_default();
        if text.contains('\0') {
            return Err(Fault::new("nul-character", format!("{} contains a NUL character", shown(&name))));
        }
        let name = Cow::Owned(named(&name).to_owned());
        if values.iter().any(|(known, _)| *known == name) {
            return Err(Fault::new("field-twice", format!("the object names {} twice", shown(&name))));
        }
        values.push((name, text));
    }
    Ok(Values(values))
}

/// The name of a column, by whichever name it is called.
fn named(name: &str) -> &str {
    OTHER_NAMES.into_iter().find(|(other, _)| *other == name).map_or(name, |(_, own)| own)
}

impl Values<'_> {
    /// The text of a column; empty if there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        self.0.iter().find(|(name, _)| name == column).map_or("", |(_, value)| value)
    }

    /// The first of these columns that has a text.
    pub(super) fn first(&self, columns: &[&str]) -> Option<String> {
        columns.iter().map(|column| self.text(column)).find(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The text of a column that is required.
    pub(super) fn required(&self, column: &str) -> Result<&str, Fault> {
        let text = self.text(column);
        if text.is_empty() {
            return Err(Fault::new("field-missing", format!("the transaction has no `{column}`")));
        }
        Ok(text)
    }

    /// What the digest of the transaction is made of.
    pub(super) fn core(&self) -> impl Iterator<Item = &[u8]> {
        CORE.into_iter().chain(["duration"]).map(|column| self.text(column).as_bytes())
    }
}

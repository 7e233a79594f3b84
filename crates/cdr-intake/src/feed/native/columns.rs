//! The columns of each sheet, by name.

use std::str::FromStr;

use cdr_model::{CdrField, ConferenceField, Field};

use super::nearest::nearest;
use crate::fault::shown;
use crate::feed::InputSheet;

/// The maximum number of characters of a name in `extra`.
const EXTRA_NAME: usize = 64;

/// The source of an exported record.
pub(in crate::feed) const SOURCE: &str = "source";
/// The digest of an exported record.
pub(in crate::feed) const DIGEST: &str = "digest";
/// The column of the natural key.
pub(in crate::feed) const KEY: &str = "key";

/// The meaning of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::feed) enum Column {
    /// A field of a call.
    Call(CdrField),
    /// A field of a conference.
    Conference(ConferenceField),
    /// A column of the sheet itself: the key, or a field of a customer, account, service, product or destination.
    Word(&'static str),
    /// Stored under this name in `extra`.
    Extra(String),
    /// A field that the store or the directory sets. It is ignored.
    ReadOver,
}

impl Column {
    /// The column of this name.
    pub(in crate::feed) fn named(sheet: InputSheet, name: &str) -> Result<Column, String> {
        known(sheet, name).ok_or_else(|| {
            let near = nearest(name, &names(sheet)).map(|near| format!(", did you mean `{near}`?"));
            format!("{sheet} have no field {}{}", shown(name), near.unwrap_or_default())
        })
    }
}

/// The columns that a sheet requires.
pub(super) fn required(sheet: InputSheet) -> &'static [&'static str] {
    match sheet {
        InputSheet::Calls | InputSheet::Conferences => &["started_at"],
        InputSheet::Customers | InputSheet::Services | InputSheet::Products => &["name"],
        InputSheet::Accounts => &["customer", "number"],
        InputSheet::Destinations => &["prefix"],
    }
}

/// The sheet that has all of these columns, if any.
pub(super) fn sheet_of<N: AsRef<str>>(names: &[N]) -> Option<InputSheet> {
    InputSheet::ALL.into_iter().find(|sheet| {
        names.iter().all(|name| known(*sheet, name.as_ref()).is_some())
            && required(*sheet).iter().all(|missing| names.iter().any(|name| name.as_ref() == *missing))
    })
}

fn known(sheet: InputSheet, name: &str) -> Option<Column> {
    if let Some(word) = words(sheet).iter().find(|word| **word == name) {
        return Some(Column::Word(word));
    }
    match sheet {
        InputSheet::Calls => match name.strip_prefix("extra.") {
            Some(extra) if is_extra(extra) => Some(Column::Extra(extra.to_owned())),
            Some(_) => None,
            None => field(name, CdrField::is_given, Column::Call),
        },
        InputSheet::Conferences => field(name, ConferenceField::is_given, Column::Conference),
        InputSheet::Customers
        | InputSheet::Accounts
        | InputSheet::Services
        | InputSheet::Products
        | InputSheet::Destinations => None,
    }
}

fn is_extra(name: &str) -> bool {
    (1..=EXTRA_NAME).contains(&name.chars().count()) && !name.contains(char::is_control)
}

fn field<F: Field + FromStr>(name: &str, is_given: fn(F) -> bool, column: fn(F) -> Column) -> Option<Column> {
    let field = name.parse().ok()?;
    Some(if is_given(field) { column(field) } else { Column::ReadOver })
}

fn words(sheet: InputSheet) -> &'static [&'static str] {
    match sheet {
        InputSheet::Calls => &[KEY, "account", "customer", "service", SOURCE, DIGEST],
        InputSheet::Conferences => &[KEY, SOURCE, DIGEST],
        InputSheet::Customers => &[
            "name",
            "id",
            "reseller",
            "external_id",
            "currency",
            "level",
            "environment",
            "zone",
            "billing_period",
            "email",
            "contact",
            "address",
            "created_at",
            "balance",
            "credit_limit",
            "closed",
            "holds_from",
        ],
        InputSheet::Accounts => &[
            "customer",
            "number",
            "id",
            "name",
            "external_id",
            "uuid",
            "balance",
            "min_balance",
            "max_balance",
            "balance_low",
            "balance_high",
            "destination_rate_limit",
            "max_call_duration",
            "origination_capacity",
            "termination_capacity",
            "total_capacity",
            "product_id",
            "balance_at",
            "email",
            "contact",
            "address",
            "created_at",
            "closed",
        ],
        InputSheet::Services => &["name", "id", "kind", "flags", "closed"],
        InputSheet::Products => &["name", "id", "closed"],
        InputSheet::Destinations => &["prefix", "id", "country", "iso3", "subdivision", "description", "closed"],
    }
}

fn names(sheet: InputSheet) -> Vec<&'static str> {
    let fields: Vec<&str> = match sheet {
        InputSheet::Calls => CdrField::ALL.iter().map(|field| field.name()).collect(),
        InputSheet::Conferences => ConferenceField::ALL.iter().map(|field| field.name()).collect(),
        InputSheet::Customers
        | InputSheet::Accounts
        | InputSheet::Services
        | InputSheet::Products
        | InputSheet::Destinations => Vec::new(),
    };
    words(sheet).iter().copied().chain(fields).collect()
}

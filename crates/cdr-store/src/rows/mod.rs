//! The row types of the tables. They mirror the records of `cdr-model` and are private to this crate.

mod account;
mod call;
mod conference;
mod directory;
mod hour;
mod key;
mod part;

pub(crate) use account::{AccountRow, NewAccount};
pub(crate) use call::{CallRow, GivenToCall, NewCall, is_detail, kind};
pub(crate) use conference::{ConferenceRow, NewConference};
pub(crate) use directory::{CustomerRow, DestinationRow, NewCustomer, ProductRow, ServiceRow};
pub(crate) use hour::{Counted, CountedRow, HourRow};
pub(crate) use key::NewKey;
pub(crate) use part::PartRow;

/// Converts an integer of a row to the type of the record's field.
pub(crate) fn narrow<T: TryFrom<i64>>(column: &str, value: i64) -> Result<T, String> {
    T::try_from(value).map_err(|_| format!("{column} {value} is out of range"))
}

pub(crate) fn narrow_option<T: TryFrom<i64>>(column: &str, value: Option<i64>) -> Result<Option<T>, String> {
    value.map(|value| narrow(column, value)).transpose()
}

//! Customers, accounts and services.

use std::str::FromStr;

use cdr_mediation::{AccountDraft, CustomerDraft, ServiceDraft};
use cdr_model::Money;

use super::record::{Given, word};
use crate::fault::Fault;

pub(super) fn customer(given: &[Given<'_>]) -> Result<CustomerDraft, Fault> {
    let currency = word(given, "currency");
    if let Some(wrong) =
        currency.as_ref().filter(|code| code.len() != 3 || !code.bytes().all(|c| c.is_ascii_uppercase()))
    {
        return Err(Fault::unreadable("field-unreadable", "`currency`", wrong, "three capitals such as EUR"));
    }
    Ok(CustomerDraft {
        id: id(given)?,
        name: word(given, "name").unwrap_or_default(),
        reseller: word(given, "reseller"),
        external_id: word(given, "external_id"),
        currency,
    })
}

pub(super) fn account(given: &[Given<'_>]) -> Result<AccountDraft, Fault> {
    let amount = |name| read::<Money>(given, name, "a decimal amount such as 12.50", |_| true);
    let limit = |name| read::<i64>(given, name, "a whole number from 0", |limit| *limit >= 0);
    Ok(AccountDraft {
        id: id(given)?,
        customer: word(given, "customer").unwrap_or_default(),
        number: word(given, "number").unwrap_or_default(),
        name: word(given, "name"),
        external_id: word(given, "external_id"),
        uuid: read(given, "uuid", "a UUID such as 6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1", |_| true)?,
        balance: amount("balance")?,
        min_balance: amount("min_balance")?,
        max_balance: amount("max_balance")?,
        balance_low: amount("balance_low")?,
        balance_high: amount("balance_high")?,
        destination_rate_limit: amount("destination_rate_limit")?,
        max_call_duration: limit("max_call_duration")?,
        origination_capacity: limit("origination_capacity")?,
        termination_capacity: limit("termination_capacity")?,
        total_capacity: limit("total_capacity")?,
    })
}

pub(super) fn service(given: &[Given<'_>]) -> Result<ServiceDraft, Fault> {
    Ok(ServiceDraft { id: id(given)?, name: word(given, "name").unwrap_or_default() })
}

fn id<N: FromStr + PartialOrd + From<u8>>(given: &[Given<'_>]) -> Result<Option<N>, Fault> {
    read(given, "id", "a whole number from 1", |id| *id >= N::from(1))
}

/// The value of a word, if it is given.
fn read<T: FromStr>(
    given: &[Given<'_>],
    name: &'static str,
    right: &str,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>, Fault> {
    let Some(text) = word(given, name) else { return Ok(None) };
    let value = text.parse::<T>().ok().filter(fits);
    value.map(Some).ok_or_else(|| Fault::unreadable("field-unreadable", &format!("`{name}`"), &text, right))
}

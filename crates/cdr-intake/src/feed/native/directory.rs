//! Customers, accounts and services.

use std::str::FromStr;

use cdr_mediation::{AccountDraft, CustomerDraft, ServiceDraft};

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
    Ok(AccountDraft {
        id: id(given)?,
        customer: word(given, "customer").unwrap_or_default(),
        number: word(given, "number").unwrap_or_default(),
        name: word(given, "name"),
        external_id: word(given, "external_id"),
    })
}

pub(super) fn service(given: &[Given<'_>]) -> Result<ServiceDraft, Fault> {
    Ok(ServiceDraft { id: id(given)?, name: word(given, "name").unwrap_or_default() })
}

fn id<N: FromStr + PartialOrd + From<u8>>(given: &[Given<'_>]) -> Result<Option<N>, Fault> {
    let Some(text) = word(given, "id") else { return Ok(None) };
    let id = text.parse::<N>().ok().filter(|id| *id >= N::from(1));
    id.map(Some).ok_or_else(|| Fault::unreadable("field-unreadable", "`id`", &text, "a whole number from 1"))
}

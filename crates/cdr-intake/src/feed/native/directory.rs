//! Customers, accounts, services, products and destinations.

use std::str::FromStr;

use cdr_mediation::{
    AccountDraft, BalanceDate, CustomerDraft, DestinationDraft, ProductDraft, ReachedDraft, ServiceDraft,
};
use cdr_model::{BillingPeriod, Level, Money, RecordKind, Timestamp, Zone};

use super::given::{Given, word};
use crate::fault::Fault;

pub(super) fn customer(given: &[Given<'_>]) -> Result<CustomerDraft, Fault> {
    let currency = word(given, "currency");
    if let Some(wrong) = currency.as_ref().filter(|code| !is_three_capitals(code)) {
        return Err(Fault::unreadable("field-unreadable", "`currency`", wrong, "three capital letters such as EUR"));
    }
    Ok(CustomerDraft {
        id: id(given)?,
        name: word(given, "name").unwrap_or_default(),
        reseller: word(given, "reseller"),
        external_id: word(given, "external_id"),
        currency,
        level: read::<Level>(given, "level", "retail, reseller or distributor", |_| true)?,
        environment: read(given, "environment", "a whole number from 1", |number| *number >= 1)?,
        zone: zone(given)?,
        billing_period: read::<BillingPeriod>(
            given,
            "billing_period",
            "day, week:1, half-month, month:1 or days:14:2026-01-01",
            |_| true,
        )?,
        reached: reached(given)?,
        balance: amount(given, "balance")?,
        credit_limit: read::<Money>(given, "credit_limit", "a decimal amount from 0", |limit| {
            limit.hundred_millionths() >= 0
        })?,
        closed: closed(given)?,
        holds_from: instant(given, "holds_from")?,
    })
}

pub(super) fn account(given: &[Given<'_>]) -> Result<AccountDraft, Fault> {
    let amount = |name| amount(given, name);
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
        product_id: read(given, "product_id", "a whole number from 1", |id| *id >= 1)?,
        balance_at: instant(given, "balance_at")?.map(BalanceDate::Opening),
        reached: reached(given)?,
        closed: closed(given)?,
    })
}

pub(super) fn service(given: &[Given<'_>]) -> Result<ServiceDraft, Fault> {
    let kind = match word(given, "kind") {
        None => None,
        Some(name) => Some(RecordKind::named(&name).ok_or_else(|| {
            let kinds = RecordKind::ALL.map(RecordKind::name).join(", ");
            Fault::unreadable("field-unreadable", "`kind`", &name, &kinds)
        })?),
    };
    Ok(ServiceDraft {
        id: id(given)?,
        name: word(given, "name").unwrap_or_default(),
        kind,
        flags: word(given, "flags"),
        closed: closed(given)?,
    })
}

pub(super) fn product(given: &[Given<'_>]) -> Result<ProductDraft, Fault> {
    Ok(ProductDraft { id: id(given)?, name: word(given, "name").unwrap_or_default(), closed: closed(given)? })
}

pub(super) fn destination(given: &[Given<'_>]) -> Result<DestinationDraft, Fault> {
    let prefix = word(given, "prefix").unwrap_or_default();
    if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::unreadable("field-unreadable", "`prefix`", &prefix, "digits such as 4930"));
    }
    let iso3 = word(given, "iso3");
    if let Some(wrong) = iso3.as_ref().filter(|code| !is_three_capitals(code)) {
        return Err(Fault::unreadable("field-unreadable", "`iso3`", wrong, "three capital letters such as DEU"));
    }
    Ok(DestinationDraft {
        id: id(given)?,
        prefix,
        country: word(given, "country"),
        iso3,
        subdivision: word(given, "subdivision"),
        description: word(given, "description"),
        closed: closed(given)?,
    })
}

fn reached(given: &[Given<'_>]) -> Result<ReachedDraft, Fault> {
    Ok(ReachedDraft {
        email: word(given, "email"),
        contact: word(given, "contact"),
        address: word(given, "address"),
        created_at: instant(given, "created_at")?,
    })
}

fn amount(given: &[Given<'_>], name: &'static str) -> Result<Option<Money>, Fault> {
    read(given, name, "a decimal amount such as 12.50", |_| true)
}

fn instant(given: &[Given<'_>], name: &'static str) -> Result<Option<Timestamp>, Fault> {
    read(given, name, "an instant such as 2026-03-01T00:00:00Z", |_| true)
}

fn closed(given: &[Given<'_>]) -> Result<Option<bool>, Fault> {
    read(given, "closed", "true or false", |_| true)
}

/// The name of a known time zone, in its exact spelling.
fn zone(given: &[Given<'_>]) -> Result<Option<String>, Fault> {
    let Some(name) = word(given, "zone") else { return Ok(None) };
    match name.parse::<Zone>() {
        Ok(_) => Ok(Some(name)),
        Err(error) => Err(Fault::new("field-unreadable", format!("`zone`: {error}"))),
    }
}

fn is_three_capitals(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn id<N: FromStr + PartialOrd + From<u8>>(given: &[Given<'_>]) -> Result<Option<N>, Fault> {
    read(given, "id", "a whole number from 1", |id| *id >= N::from(1))
}

/// The value of a column of the sheet, if it is given.
fn read<T: FromStr>(
    given: &[Given<'_>],
    name: &'static str,
    expected: &str,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>, Fault> {
    let Some(text) = word(given, name) else { return Ok(None) };
    let value = text.parse::<T>().ok().filter(fits);
    value.map(Some).ok_or_else(|| Fault::unreadable("field-unreadable", &format!("`{name}`"), &text, expected))
}

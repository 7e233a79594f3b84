//! `tollbook customer`: the customers that are billed, and what other commands of the directory share.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::Context;
use cdr_mediation::{CdrSource, CustomerDraft, DirectoryEditor, ReachedDraft};
use cdr_model::{Customer, Directory, EarlierTerms, LocalZone, NOBODY, Timestamp};
use cdr_query::grammar::{Rounding, read_bound, read_day};

use crate::cli::{CustomerCommand, CustomerValues, ListArgs, ReachedArgs};
use crate::config::{Config, nearest};
use crate::listing::Shown::{Always, ByPrograms, IfGiven};
use crate::listing::{Cell, local_time, print_columns};
use crate::terminal::{safe, say};

/// Adds, changes or lists customers.
pub(crate) fn run(config: &Config, command: &CustomerCommand) -> anyhow::Result<ExitCode> {
    match command {
        CustomerCommand::Add { name, id, values } => {
            let store = crate::open(config)?;
            let customer = store.add_customer(&CustomerDraft { id: *id, ..draft(config, name, values)? })?;
            say(format!("added customer {} `{}`, currency {}", customer.id, safe(&customer.name), customer.currency))?;
        }
        CustomerCommand::Change { customer, name, from, values } => {
            let store = crate::open(config)?;
            let present = named(store.directory()?.as_ref(), customer)?.clone();
            let holds_from = from.as_ref().map(|day| first_instant(config, Some(&present), day)).transpose()?;
            let draft = draft(config, name.as_ref().unwrap_or(customer), values)?;
            let changed = store.change_customer(customer, &CustomerDraft { holds_from, ..draft })?;
            say(format!("changed customer {} `{}`", changed.id, safe(&changed.name)))?;
            if changed.name != present.name {
                say_renamed(config, &present.name)?;
            }
        }
        CustomerCommand::Close { customer } => close(config, customer, true)?,
        CustomerCommand::Reopen { customer } => close(config, customer, false)?,
        CustomerCommand::List(args) => list(config, args)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Closes a customer, or opens it again.
fn close(config: &Config, name: &str, closed: bool) -> anyhow::Result<()> {
    let store = crate::open(config)?;
    named(store.directory()?.as_ref(), name)?;
    let draft = CustomerDraft { name: name.to_owned(), closed: Some(closed), ..CustomerDraft::default() };
    let changed = store.change_customer(name, &draft)?;
    say(format!("{} customer {} `{}`", done(closed), changed.id, safe(&changed.name)))
}

/// What was done to an entry.
pub(super) fn done(closed: bool) -> &'static str {
    if closed { "closed" } else { "reopened" }
}

/// Prints the customers, with the number of accounts of each.
fn list(config: &Config, list: &ListArgs) -> anyhow::Result<()> {
    let directory = crate::open(config)?.directory()?;
    let mut accounts: HashMap<i64, i64> = HashMap::new();
    for account in directory.accounts.values() {
        *accounts.entry(account.customer_id).or_default() += 1;
    }
    let name = |id| directory.customers.get(&id).map(|it| it.name.clone());
    let customers: Vec<&Customer> = directory.customers.values().filter(|it| it.id != NOBODY).collect();
    print_columns::<&Customer>(
        list.format,
        &config.place.zone,
        &[
            ("id", Always, &|it| it.id.into()),
            ("name", Always, &|it| it.name.clone().into()),
            ("level", Always, &|it| it.level.to_string().into()),
            ("reseller", Always, &|it| it.reseller_id.and_then(name).into()),
            ("currency", Always, &|it| it.currency.clone().into()),
            ("environment", Always, &|it| it.environment.into()),
            ("zone", Always, &|it| it.zone.clone().into()),
            ("billing period", Always, &|it| it.billing_period.to_string().into()),
            ("external id", Always, &|it| it.external_id.clone().into()),
            ("accounts", Always, &|it| accounts.get(&it.id).copied().unwrap_or_default().into()),
            ("balance", IfGiven, &|it| it.balance.map(|amount| amount.to_string()).into()),
            ("credit limit", IfGiven, &|it| it.credit_limit.map(|amount| amount.to_string()).into()),
            ("email", IfGiven, &|it| it.email.clone().into()),
            ("contact", IfGiven, &|it| it.contact.clone().into()),
            ("address", IfGiven, &|it| it.address.clone().into()),
            ("earlier terms", IfGiven, &|it| earlier(it, &config.place.zone)),
            ("created", ByPrograms, &|it| it.created_at.into()),
            ("closed", IfGiven, &|it| it.closed_at.into()),
        ],
        &customers,
    )
}

/// The currencies and time zones that a customer had, and until when.
fn earlier(customer: &Customer, zone: &LocalZone) -> Cell {
    let terms = |it: &EarlierTerms| {
        let place = it.zone.as_ref().map(|zone| format!(" {zone}")).unwrap_or_default();
        format!("{}{place} until {}", it.currency, local_time(it.until, zone))
    };
    match customer.earlier.iter().map(terms).collect::<Vec<_>>() {
        none if none.is_empty() => Cell::Missing,
        some => some.into(),
    }
}

/// The customer of this name, or an error with the name that is most like it.
pub(crate) fn named<'a>(directory: &'a Directory, name: &str) -> anyhow::Result<&'a Customer> {
    directory.customer_named(name).ok_or_else(|| {
        let names = directory.customers.values().filter(|it| it.id != NOBODY).map(|it| it.name.clone());
        missing("customer", name, names)
    })
}

/// The error for an unknown entry of the directory, with the name that is most like it.
pub(crate) fn missing(what: &str, name: &str, names: impl Iterator<Item = String>) -> anyhow::Error {
    let near = nearest(name, names).map(|near| format!("; did you mean `{}`?", safe(&near))).unwrap_or_default();
    anyhow::anyhow!("there is no {what} `{}`{near}", safe(name))
}

fn draft(config: &Config, name: &str, values: &CustomerValues) -> anyhow::Result<CustomerDraft> {
    Ok(CustomerDraft {
        id: None,
        name: name.to_owned(),
        reseller: values.reseller.clone(),
        external_id: values.external_id.clone(),
        currency: values.currency.clone(),
        level: values.level,
        environment: values.environment,
        zone: values.time_zone.clone(),
        billing_period: values.billing_period,
        balance: values.balance,
        credit_limit: values.credit_limit,
        reached: reached(config, &values.reached)?,
        closed: None,
        holds_from: None,
    })
}

/// How an entry is reached.
pub(super) fn reached(config: &Config, given: &ReachedArgs) -> anyhow::Result<ReachedDraft> {
    let ReachedArgs { email, contact, address, created } = given;
    let read = |text: &String| {
        read_bound(text, &config.place.zone, config.place.xsd, Rounding::Down)
            .with_context(|| format!("--created {text}"))
    };
    let created_at = created.as_ref().map(read).transpose()?;
    Ok(ReachedDraft { email: email.clone(), contact: contact.clone(), address: address.clone(), created_at })
}

/// The first instant of a day, in the zone of a customer if it has one.
pub(super) fn first_instant(config: &Config, customer: Option<&Customer>, day: &str) -> anyhow::Result<Timestamp> {
    let own = customer.and_then(|customer| customer.zone.as_deref()?.parse().ok()).map(LocalZone::new);
    let (first, _) = read_day(day, &own.unwrap_or(config.place.zone), config.place.xsd)
        .with_context(|| format!("`{}` is not a day such as 2026-03-01", safe(day)))?;
    Ok(first)
}

/// Names what a rename does not reach: the sources of the configuration file.
fn say_renamed(config: &Config, old: &str) -> anyhow::Result<()> {
    say(
        "exports print the new name from now on, also at earlier watermarks; settings of sources in the store have it",
    )?;
    for (source, settings) in &config.sources {
        let customers = settings.accounts.iter().map(|rule| &rule.customer).chain([&settings.customer]);
        if customers.flatten().any(|customer| customer == old) {
            say(format!("the source `{}` of the configuration file has the old name: change it there", safe(source)))?;
        }
    }
    Ok(())
}

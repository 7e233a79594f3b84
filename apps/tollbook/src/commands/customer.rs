//! `tollbook customer`: the customers that are billed.

use std::collections::HashMap;
use std::process::ExitCode;

use cdr_mediation::{CdrSource, CustomerDraft, DirectoryEditor};
use cdr_model::{Customer, Directory, NOBODY};

use crate::cli::{CustomerCommand, CustomerValues};
use crate::config::{Config, nearest};
use crate::listing::{Cell, print};
use crate::terminal::{safe, say};

/// The columns of the list.
const HEADINGS: [&str; 10] =
    ["id", "name", "level", "reseller", "currency", "environment", "zone", "billing period", "external id", "accounts"];

/// Adds, changes or lists customers.
pub(crate) fn run(config: &Config, command: &CustomerCommand) -> anyhow::Result<ExitCode> {
    match command {
        CustomerCommand::Add { name, id, values } => {
            let store = crate::open(config)?;
            let customer = store.add_customer(&CustomerDraft { id: *id, ..draft(name, values) })?;
            say(format!("added customer {} `{}`, currency {}", customer.id, safe(&customer.name), customer.currency))?;
        }
        CustomerCommand::Change { customer, name, values } => {
            let store = crate::open(config)?;
            let present = named(store.directory()?.as_ref(), customer)?.clone();
            let changed = store.change_customer(customer, &draft(name.as_ref().unwrap_or(customer), values))?;
            say(format!("changed customer {} `{}`", changed.id, safe(&changed.name)))?;
            if changed.name != present.name {
                say_renamed(config, &present.name)?;
            }
        }
        CustomerCommand::List(list) => {
            let directory = crate::open(config)?.directory()?;
            let mut accounts: HashMap<i64, i64> = HashMap::new();
            for account in directory.accounts.values() {
                *accounts.entry(account.customer_id).or_default() += 1;
            }
            let name = |id| directory.customers.get(&id).map(|it| it.name.clone());
            let rows = directory.customers.values().filter(|it| it.id != NOBODY).map(|it| {
                [
                    Cell::from(it.id),
                    it.name.clone().into(),
                    it.level.to_string().into(),
                    it.reseller_id.and_then(name).into(),
                    it.currency.clone().into(),
                    it.environment.into(),
                    it.zone.clone().into(),
                    it.billing_period.to_string().into(),
                    it.external_id.clone().into(),
                    accounts.get(&it.id).copied().unwrap_or_default().into(),
                ]
            });
            print(list.format, &HEADINGS, &config.place.zone, rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
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

fn draft(name: &str, values: &CustomerValues) -> CustomerDraft {
    let CustomerValues { reseller, currency, external_id, level, environment, time_zone, billing_period } = values;
    CustomerDraft {
        id: None,
        name: name.to_owned(),
        reseller: reseller.clone(),
        external_id: external_id.clone(),
        currency: currency.clone(),
        level: *level,
        environment: *environment,
        zone: time_zone.clone(),
        billing_period: *billing_period,
    }
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

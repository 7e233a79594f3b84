//! `tollbook customer`: the customers that are billed.

use std::collections::HashMap;
use std::process::ExitCode;

use cdr_mediation::{CdrSource, CustomerDraft, DirectoryEditor};
use cdr_model::NOBODY;

use crate::cli::CustomerCommand;
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::terminal::{safe, say};

/// The columns of the list.
const HEADINGS: [&str; 10] =
    ["id", "name", "level", "reseller", "currency", "environment", "zone", "billing period", "external id", "accounts"];

/// Adds or lists customers.
pub(crate) fn run(config: &Config, command: &CustomerCommand) -> anyhow::Result<ExitCode> {
    match command {
        CustomerCommand::Add {
            name,
            id,
            reseller,
            currency,
            external_id,
            level,
            environment,
            time_zone,
            billing_period,
        } => {
            let store = crate::open(config)?;
            let customer = store.add_customer(&CustomerDraft {
                id: *id,
                name: name.clone(),
                reseller: reseller.clone(),
                external_id: external_id.clone(),
                currency: currency.clone(),
                level: *level,
                environment: *environment,
                zone: time_zone.map(|zone| zone.to_string()),
                billing_period: *billing_period,
            })?;
            say(format!("added customer {} `{}`, currency {}", customer.id, safe(&customer.name), customer.currency))?;
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

//! `tollbook customer`: the customers that are billed.

use std::process::ExitCode;

use cdr_mediation::{CdrSource, CustomerDraft, DirectoryEditor};
use cdr_model::NOBODY;

use crate::cli::CustomerCommand;
use crate::config::Config;
use crate::terminal::{safe, say, table};

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
            let (store, _) = crate::open_or_create(config)?;
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
        CustomerCommand::List => {
            let directory = crate::open(config)?.directory()?;
            let name = |id| directory.customers.get(&id).map_or_else(String::new, |it| safe(&it.name));
            let rows = directory.customers.values().filter(|it| it.id != NOBODY).map(|it| {
                let accounts = directory.accounts.values().filter(|account| account.customer_id == it.id).count();
                let reseller = it.reseller_id.map(name).unwrap_or_default();
                let external = it.external_id.as_deref().map(safe).unwrap_or_default();
                [
                    it.id.to_string(),
                    safe(&it.name),
                    it.level.to_string(),
                    reseller,
                    it.currency.clone(),
                    it.environment.to_string(),
                    it.zone.as_deref().map(safe).unwrap_or_default(),
                    it.billing_period.to_string(),
                    external,
                    accounts.to_string(),
                ]
            });
            say(table(&HEADINGS, rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `tollbook customer`: who is billed.

use std::process::ExitCode;

use cdr_mediation::{CdrSource, CustomerDraft, DirectoryKeeper};
use cdr_model::NOBODY;

use crate::cli::CustomerCommand;
use crate::config::Config;
use crate::terminal::{safe, say, table};

/// Adds or lists customers.
pub(crate) fn run(config: &Config, command: &CustomerCommand) -> anyhow::Result<ExitCode> {
    match command {
        CustomerCommand::Add { name, id, reseller, currency, external_id } => {
            let (store, _) = crate::open_or_create(config)?;
            let customer = store.add_customer(&CustomerDraft {
                id: *id,
                name: name.clone(),
                reseller: reseller.clone(),
                external_id: external_id.clone(),
                currency: currency.clone(),
            })?;
            say(format!(
                "added customer {} `{}`, who pays in {}",
                customer.id,
                safe(&customer.name),
                customer.currency
            ))?;
        }
        CustomerCommand::List => {
            let directory = crate::open(config)?.directory()?;
            let name = |id| directory.customers.get(&id).map_or_else(String::new, |it| safe(&it.name));
            let rows = directory.customers.values().filter(|it| it.id != NOBODY).map(|it| {
                let accounts = directory.accounts.values().filter(|account| account.customer_id == it.id).count();
                let reseller = it.reseller_id.map(name).unwrap_or_default();
                let external = it.external_id.as_deref().map(safe).unwrap_or_default();
                [it.id.to_string(), safe(&it.name), reseller, it.currency.clone(), external, accounts.to_string()]
            });
            say(table(&["id", "name", "reseller", "currency", "external id", "accounts"], rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

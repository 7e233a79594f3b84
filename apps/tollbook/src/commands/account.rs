//! `tollbook account`: what calls are booked on.

use std::process::ExitCode;

use anyhow::ensure;
use cdr_mediation::{AccountDraft, CdrSource, DirectoryKeeper};

use crate::cli::AccountCommand;
use crate::config::Config;
use crate::terminal::{safe, say, table};

/// Adds or lists accounts.
pub(crate) fn run(config: &Config, command: &AccountCommand) -> anyhow::Result<ExitCode> {
    match command {
        AccountCommand::Add { customer, number, id, name, external_id } => {
            let (store, _) = crate::open_or_create(config)?;
            let account = store.add_account(&AccountDraft {
                id: *id,
                customer: customer.clone(),
                number: number.clone(),
                name: name.clone(),
                external_id: external_id.clone(),
            })?;
            say(format!("added account {} `{}` of `{}`", account.id, safe(&account.number), safe(customer)))?;
        }
        AccountCommand::List { customer } => {
            let directory = crate::open(config)?.directory()?;
            if let Some(name) = customer {
                ensure!(directory.customer_named(name).is_some(), "there is no customer `{name}`");
            }
            let owner = |id: i64| directory.customers.get(&id).map(|it| it.name.as_str()).unwrap_or_default();
            let wanted = |owner: &str| customer.as_deref().is_none_or(|name| name == owner);
            let rows = directory.accounts.values().filter(|it| wanted(owner(it.customer_id))).map(|it| {
                let external = it.external_id.as_deref().map(safe).unwrap_or_default();
                [it.id.to_string(), safe(owner(it.customer_id)), safe(&it.number), safe(&it.name), external]
            });
            say(table(&["id", "customer", "number", "name", "external id"], rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

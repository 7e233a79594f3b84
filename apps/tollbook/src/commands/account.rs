//! `tollbook account`: the accounts on which calls are booked.

use std::process::ExitCode;

use anyhow::ensure;
use cdr_mediation::{AccountDraft, CdrSource, DirectoryEditor};
use cdr_model::{Account, Directory};

use crate::cli::AccountCommand;
use crate::config::Config;
use crate::terminal::{safe, say, table};

/// A column of the list.
type Column = (&'static str, fn(&Account, &Directory) -> String);

/// The columns that are always printed.
const ALWAYS: [Column; 5] = [
    ("id", |it, _| it.id.to_string()),
    ("customer", |it, directory| directory.customers.get(&it.customer_id).map(|it| safe(&it.name)).unwrap_or_default()),
    ("number", |it, _| safe(&it.number)),
    ("name", |it, _| safe(&it.name)),
    ("uuid", |it, _| it.uuid.to_string()),
];

/// The columns that are printed if one of the accounts has a value.
const GIVEN: [Column; 12] = [
    ("product", |it, directory| it.product_id.map(|id| product(id, directory)).unwrap_or_default()),
    ("external id", |it, _| it.external_id.as_deref().map(safe).unwrap_or_default()),
    ("balance", |it, _| or_blank(it.balance)),
    ("min balance", |it, _| or_blank(it.min_balance)),
    ("max balance", |it, _| or_blank(it.max_balance)),
    ("balance low", |it, _| or_blank(it.balance_low)),
    ("balance high", |it, _| or_blank(it.balance_high)),
    ("destination rate limit", |it, _| or_blank(it.destination_rate_limit)),
    ("max call duration", |it, _| or_blank(it.max_call_duration)),
    ("origination capacity", |it, _| or_blank(it.origination_capacity)),
    ("termination capacity", |it, _| or_blank(it.termination_capacity)),
    ("total capacity", |it, _| or_blank(it.total_capacity)),
];

/// The name of a product, or its number if the product is unknown.
fn product(id: i64, directory: &Directory) -> String {
    directory.products.get(&id).map_or_else(|| id.to_string(), |product| safe(&product.name))
}

fn or_blank(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Adds or lists accounts.
pub(crate) fn run(config: &Config, command: &AccountCommand) -> anyhow::Result<ExitCode> {
    match command {
        AccountCommand::Add { customer, number, id, name, external_id, uuid, product, limits } => {
            let (store, _) = crate::open_or_create(config)?;
            let account = store.add_account(&AccountDraft {
                id: *id,
                customer: customer.clone(),
                number: number.clone(),
                name: name.clone(),
                external_id: external_id.clone(),
                uuid: *uuid,
                balance: limits.balance,
                min_balance: limits.min_balance,
                max_balance: limits.max_balance,
                balance_low: limits.balance_low,
                balance_high: limits.balance_high,
                destination_rate_limit: limits.destination_rate_limit,
                max_call_duration: limits.max_call_duration,
                origination_capacity: limits.origination_capacity,
                termination_capacity: limits.termination_capacity,
                total_capacity: limits.total_capacity,
                product_id: *product,
            })?;
            let (number, customer) = (safe(&account.number), safe(customer));
            say(format!("added account {} `{number}` of `{customer}`, {}", account.id, account.uuid))?;
        }
        AccountCommand::List { customer } => {
            let directory = crate::open(config)?.directory()?;
            let only = match customer {
                Some(name) => {
                    let found = directory.customer_named(name);
                    ensure!(found.is_some(), "there is no customer `{name}`");
                    found.map(|it| it.id)
                }
                None => None,
            };
            let wanted = |it: &&Account| only.is_none_or(|id| it.customer_id == id);
            let accounts: Vec<&Account> = directory.accounts.values().filter(wanted).collect();
            let given = |(_, cell): &&Column| accounts.iter().any(|it| !cell(it, &directory).is_empty());
            let columns: Vec<&Column> = ALWAYS.iter().chain(GIVEN.iter().filter(given)).collect();
            let headings: Vec<&str> = columns.iter().map(|(heading, _)| *heading).collect();
            let rows =
                accounts.iter().map(|it| columns.iter().map(|(_, cell)| cell(it, &directory)).collect::<Vec<_>>());
            say(table(&headings, rows))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

//! `tollbook service`, `tollbook product`, `tollbook destination`: lists of services, products and destinations.

use std::process::ExitCode;

use cdr_mediation::CdrSource;

use crate::cli::ReferenceCommand;
use crate::config::Config;
use crate::terminal::{safe, say, table};

/// Lists services.
pub(crate) fn services(config: &Config, ReferenceCommand::List: ReferenceCommand) -> anyhow::Result<ExitCode> {
    let directory = crate::open(config)?.directory()?;
    let rows = directory.services.values().map(|it| {
        let flags = it.flags.as_deref().map(safe).unwrap_or_default();
        [it.id.to_string(), safe(&it.name), it.kind.name().to_owned(), flags]
    });
    say(table(&["id", "name", "kind", "flags"], rows))?;
    Ok(ExitCode::SUCCESS)
}

/// Lists products, with the number of accounts of each.
pub(crate) fn products(config: &Config, ReferenceCommand::List: ReferenceCommand) -> anyhow::Result<ExitCode> {
    let directory = crate::open(config)?.directory()?;
    let rows = directory.products.values().map(|it| {
        let accounts = directory.accounts.values().filter(|account| account.product_id == Some(it.id)).count();
        [it.id.to_string(), safe(&it.name), accounts.to_string()]
    });
    say(table(&["id", "name", "accounts"], rows))?;
    Ok(ExitCode::SUCCESS)
}

/// Lists destinations.
pub(crate) fn destinations(config: &Config, ReferenceCommand::List: ReferenceCommand) -> anyhow::Result<ExitCode> {
    let directory = crate::open(config)?.directory()?;
    let rows = directory.destinations.values().map(|it| {
        let or_blank = |text: &Option<String>| text.as_deref().map(safe).unwrap_or_default();
        let place = [&it.country, &it.iso3, &it.subdivision, &it.description].map(or_blank);
        let [country, iso3, subdivision, description] = place;
        [it.id.to_string(), safe(&it.prefix), country, iso3, subdivision, description]
    });
    say(table(&["id", "prefix", "country", "iso3", "subdivision", "description"], rows))?;
    Ok(ExitCode::SUCCESS)
}

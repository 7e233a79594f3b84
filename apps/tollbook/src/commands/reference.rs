//! `tollbook service`, `tollbook product`, `tollbook destination`: lists of services, products and destinations.

use std::collections::HashMap;
use std::process::ExitCode;

use cdr_mediation::CdrSource;

use crate::cli::ListCommand;
use crate::config::Config;
use crate::listing::{Cell, print};

/// Lists services.
pub(crate) fn services(config: &Config, ListCommand::List(list): ListCommand) -> anyhow::Result<ExitCode> {
    let directory = crate::open(config)?.directory()?;
    let rows = directory
        .services
        .values()
        .map(|it| [Cell::from(it.id), it.name.clone().into(), it.kind.name().into(), it.flags.clone().into()]);
    print(list.format, &["id", "name", "kind", "flags"], &config.place.zone, rows)?;
    Ok(ExitCode::SUCCESS)
}

/// Lists products, with the number of accounts of each.
pub(crate) fn products(config: &Config, ListCommand::List(list): ListCommand) -> anyhow::Result<ExitCode> {
    let directory = crate::open(config)?.directory()?;
    let mut accounts: HashMap<i64, i64> = HashMap::new();
    for product in directory.accounts.values().filter_map(|account| account.product_id) {
        *accounts.entry(product).or_default() += 1;
    }
    let rows = directory.products.values().map(|it| {
        [Cell::from(it.id), it.name.clone().into(), accounts.get(&it.id).copied().unwrap_or_default().into()]
    });
    print(list.format, &["id", "name", "accounts"], &config.place.zone, rows)?;
    Ok(ExitCode::SUCCESS)
}

/// Lists destinations.
pub(crate) fn destinations(config: &Config, ListCommand::List(list): ListCommand) -> anyhow::Result<ExitCode> {
    let directory = crate::open(config)?.directory()?;
    let rows = directory.destinations.values().map(|it| {
        let place = [&it.country, &it.iso3, &it.subdivision, &it.description].map(|text| Cell::from(text.clone()));
        let [country, iso3, subdivision, description] = place;
        [Cell::from(it.id), it.prefix.clone().into(), country, iso3, subdivision, description]
    });
    let heading = ["id", "prefix", "country", "iso3", "subdivision", "description"];
    print(list.format, &heading, &config.place.zone, rows)?;
    Ok(ExitCode::SUCCESS)
}

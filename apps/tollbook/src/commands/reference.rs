//! `tollbook service`, `tollbook product`, `tollbook destination`: what records refer to.

use std::collections::HashMap;
use std::process::ExitCode;

use cdr_mediation::{CdrSource, DestinationDraft, DirectoryEditor, ProductDraft, ServiceDraft};

use super::customer::missing;
use crate::cli::{DestinationCommand, ProductCommand, ServiceCommand};
use crate::config::Config;
use crate::listing::{Cell, print};
use crate::terminal::{safe, say};

/// Changes or lists services.
pub(crate) fn services(config: &Config, command: &ServiceCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let list = match command {
        ServiceCommand::List(list) => list,
        ServiceCommand::Change { service, name, kind, flags } => {
            if !directory.services.values().any(|it| it.name == *service) {
                return Err(missing("service", service, directory.services.values().map(|it| it.name.clone())));
            }
            let name = name.as_ref().unwrap_or(service).clone();
            let draft = ServiceDraft { id: None, name, kind: *kind, flags: flags.clone() };
            let changed = store.change_service(service, &draft)?;
            say(format!("changed service {} `{}`", changed.id, safe(&changed.name)))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let rows = directory
        .services
        .values()
        .map(|it| [Cell::from(it.id), it.name.clone().into(), it.kind.name().into(), it.flags.clone().into()]);
    print(list.format, &["id", "name", "kind", "flags"], &config.place.zone, rows)?;
    Ok(ExitCode::SUCCESS)
}

/// Changes or lists products, with the number of accounts of each.
pub(crate) fn products(config: &Config, command: &ProductCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let list = match command {
        ProductCommand::List(list) => list,
        ProductCommand::Change { product, name } => {
            if !directory.products.values().any(|it| it.name == *product) {
                return Err(missing("product", product, directory.products.values().map(|it| it.name.clone())));
            }
            let changed = store.change_product(product, &ProductDraft { id: None, name: name.clone() })?;
            say(format!("changed product {} `{}`", changed.id, safe(&changed.name)))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
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

/// Changes or lists destinations.
pub(crate) fn destinations(config: &Config, command: &DestinationCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let list = match command {
        DestinationCommand::List(list) => list,
        DestinationCommand::Change { destination, id, prefix, country, iso3, subdivision, description } => {
            if !directory.destinations.values().any(|it| it.prefix == *destination) {
                let prefixes = directory.destinations.values().map(|it| it.prefix.clone());
                return Err(missing("destination", destination, prefixes));
            }
            let draft = DestinationDraft {
                id: *id,
                prefix: prefix.as_ref().unwrap_or(destination).clone(),
                country: country.clone(),
                iso3: iso3.clone(),
                subdivision: subdivision.clone(),
                description: description.clone(),
            };
            let changed = store.change_destination(destination, &draft)?;
            say(format!("changed destination {} `{}`", changed.id, safe(&changed.prefix)))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let rows = directory.destinations.values().map(|it| {
        let place = [&it.country, &it.iso3, &it.subdivision, &it.description].map(|text| Cell::from(text.clone()));
        let [country, iso3, subdivision, description] = place;
        [Cell::from(it.id), it.prefix.clone().into(), country, iso3, subdivision, description]
    });
    let heading = ["id", "prefix", "country", "iso3", "subdivision", "description"];
    print(list.format, &heading, &config.place.zone, rows)?;
    Ok(ExitCode::SUCCESS)
}

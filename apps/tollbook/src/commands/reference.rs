//! `tollbook service`, `tollbook product`, `tollbook destination`: what records refer to.

use std::collections::HashMap;
use std::process::ExitCode;

use cdr_mediation::{CdrSource, DestinationDraft, DirectoryEditor, ProductDraft, ServiceDraft};
use cdr_model::{Destination, Product, Service};

use super::customer::{done, missing};
use crate::cli::{DestinationCommand, ProductCommand, ServiceCommand};
use crate::config::Config;
use crate::listing::Shown::{Always, IfGiven};
use crate::listing::print_columns;
use crate::terminal::{safe, say};

/// Changes, closes or lists services.
pub(crate) fn services(config: &Config, command: &ServiceCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let closing = |service: &str, closed| {
        let draft = ServiceDraft { name: service.to_owned(), closed: Some(closed), ..ServiceDraft::default() };
        let changed = store.change_service(service, &draft)?;
        say(format!("{} service {} `{}`", done(closed), changed.id, safe(&changed.name)))
    };
    let list = match command {
        ServiceCommand::List(list) => list,
        ServiceCommand::Close { service } => return closing(service, true).map(|()| ExitCode::SUCCESS),
        ServiceCommand::Reopen { service } => return closing(service, false).map(|()| ExitCode::SUCCESS),
        ServiceCommand::Change { service, name, kind, flags } => {
            if !directory.services.values().any(|it| it.name == *service) {
                return Err(missing("service", service, directory.services.values().map(|it| it.name.clone())));
            }
            let name = name.as_ref().unwrap_or(service).clone();
            let draft = ServiceDraft { name, kind: *kind, flags: flags.clone(), ..ServiceDraft::default() };
            let changed = store.change_service(service, &draft)?;
            say(format!("changed service {} `{}`", changed.id, safe(&changed.name)))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let services: Vec<&Service> = directory.services.values().collect();
    print_columns::<&Service>(
        list.format,
        &config.place.zone,
        &[
            ("id", Always, &|it| it.id.into()),
            ("name", Always, &|it| it.name.clone().into()),
            ("kind", Always, &|it| it.kind.name().into()),
            ("flags", Always, &|it| it.flags.clone().into()),
            ("closed", IfGiven, &|it| it.closed_at.into()),
        ],
        &services,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Changes, closes or lists products, with the number of accounts of each.
pub(crate) fn products(config: &Config, command: &ProductCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let closing = |product: &str, closed| {
        let draft = ProductDraft { name: product.to_owned(), closed: Some(closed), ..ProductDraft::default() };
        let changed = store.change_product(product, &draft)?;
        say(format!("{} product {} `{}`", done(closed), changed.id, safe(&changed.name)))
    };
    let list = match command {
        ProductCommand::List(list) => list,
        ProductCommand::Close { product } => return closing(product, true).map(|()| ExitCode::SUCCESS),
        ProductCommand::Reopen { product } => return closing(product, false).map(|()| ExitCode::SUCCESS),
        ProductCommand::Change { product, name } => {
            if !directory.products.values().any(|it| it.name == *product) {
                return Err(missing("product", product, directory.products.values().map(|it| it.name.clone())));
            }
            let changed =
                store.change_product(product, &ProductDraft { name: name.clone(), ..ProductDraft::default() })?;
            say(format!("changed product {} `{}`", changed.id, safe(&changed.name)))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let mut accounts: HashMap<i64, i64> = HashMap::new();
    for product in directory.accounts.values().filter_map(|account| account.product_id) {
        *accounts.entry(product).or_default() += 1;
    }
    let products: Vec<&Product> = directory.products.values().collect();
    print_columns::<&Product>(
        list.format,
        &config.place.zone,
        &[
            ("id", Always, &|it| it.id.into()),
            ("name", Always, &|it| it.name.clone().into()),
            ("accounts", Always, &|it| accounts.get(&it.id).copied().unwrap_or_default().into()),
            ("closed", IfGiven, &|it| it.closed_at.into()),
        ],
        &products,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// Changes, closes or lists destinations.
pub(crate) fn destinations(config: &Config, command: &DestinationCommand) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let directory = store.directory()?;
    let closing = |prefix: &str, id, closed| {
        let prefix = prefix.to_owned();
        let draft =
            DestinationDraft { id, prefix: prefix.clone(), closed: Some(closed), ..DestinationDraft::default() };
        let changed = store.change_destination(&prefix, &draft)?;
        say(format!("{} destination {} `{}`", done(closed), changed.id, safe(&changed.prefix)))
    };
    let list = match command {
        DestinationCommand::List(list) => list,
        DestinationCommand::Close { destination, id } => {
            return closing(destination, *id, true).map(|()| ExitCode::SUCCESS);
        }
        DestinationCommand::Reopen { destination, id } => {
            return closing(destination, *id, false).map(|()| ExitCode::SUCCESS);
        }
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
                closed: None,
            };
            let changed = store.change_destination(destination, &draft)?;
            say(format!("changed destination {} `{}`", changed.id, safe(&changed.prefix)))?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let destinations: Vec<&Destination> = directory.destinations.values().collect();
    print_columns::<&Destination>(
        list.format,
        &config.place.zone,
        &[
            ("id", Always, &|it| it.id.into()),
            ("prefix", Always, &|it| it.prefix.clone().into()),
            ("country", Always, &|it| it.country.clone().into()),
            ("iso3", Always, &|it| it.iso3.clone().into()),
            ("subdivision", Always, &|it| it.subdivision.clone().into()),
            ("description", Always, &|it| it.description.clone().into()),
            ("closed", IfGiven, &|it| it.closed_at.into()),
        ],
        &destinations,
    )?;
    Ok(ExitCode::SUCCESS)
}

//! `tollbook source`: how the files of a switch are read, and who its calls belong to.

use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use cdr_access::new_secret;
use cdr_intake::feed_named;
use cdr_mediation::{CdrSource, ConfiguredSource, SourceSettings, Sources, UnknownAccounts};
use cdr_store::Store;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::cli::{SourceArgs, SourceCommand};
use crate::config::{Checked, Config, mapping_in};
use crate::listing::{Cell, print};
use crate::sources::{find, unknown};
use crate::terminal::{document, safe, say};

/// The columns of the list.
const HEADINGS: [&str; 8] = ["name", "feed", "zone", "customer", "unknown accounts", "rules", "records", "settings"];

/// Adds, changes, lists, shows or removes sources. `zone` is the one of the command line.
pub(crate) fn run(config: &Config, command: &SourceCommand, zone: Option<&str>) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    match command {
        SourceCommand::Add { name, settings } => {
            ensure!(!name.is_empty(), "the name of a source is empty");
            ensure!(
                find(config, &store, name)?.is_none(),
                "the source `{name}` exists; `tollbook source change` changes it"
            );
            let feed = settings.feed.clone().context("a source has a feed: --feed names it")?;
            let added = changed(SourceSettings { feed, ..SourceSettings::default() }, settings, zone)?;
            store.configure_source(&ConfiguredSource { name: name.clone(), settings: added })?;
            say(format!("added the source `{}`", safe(name)))?;
        }
        SourceCommand::Change { name, settings } => {
            refuse_configured(config, name)?;
            let current = find(config, &store, name)?.ok_or_else(|| unknown(config, &store, name))?;
            let settings = changed(current.clone(), settings, zone)?;
            ensure!(settings != current, "nothing changes; the options of `source change` name what does");
            store.configure_source(&ConfiguredSource { name: name.clone(), settings })?;
            say(format!("changed the source `{}`; records that are loaded already stay as they are", safe(name)))?;
        }
        SourceCommand::Key { name, revoke } => key(config, &store, name, *revoke)?,
        SourceCommand::List(list) => {
            print(list.format, &HEADINGS, &config.place.zone, rows(config, &store)?)?;
        }
        SourceCommand::Show { name } => {
            let settings = find(config, &store, name)?.ok_or_else(|| unknown(config, &store, name))?;
            let sources = toml::Table::from_iter([(name.clone(), toml::Value::try_from(settings)?)]);
            let file = toml::Table::from_iter([("sources".to_owned(), toml::Value::Table(sources))]);
            document(toml::to_string(&file)?.trim_end())?;
        }
        SourceCommand::Remove { name } => {
            refuse_configured(config, name)?;
            store.forget_source(name)?;
            say(format!("removed the settings of the source `{}`; its records stay", safe(name)))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Gives a source a new key in place of those that it has, or only takes them.
fn key(config: &Config, store: &Store, name: &str, revoke: bool) -> anyhow::Result<()> {
    let settings = find(config, store, name)?.ok_or_else(|| unknown(config, store, name))?;
    let shown = safe(name);
    if revoke {
        refuse_configured(config, name)?;
        ensure!(!settings.keys.is_empty(), "the source `{shown}` has no key");
        store.configure_source(&ConfiguredSource { name: name.to_owned(), settings: without_keys(settings) })?;
        return say(format!("the source `{shown}` has no key any more; what is posted with the old one is refused"));
    }
    let key = HEXLOWER.encode(&new_secret()?);
    let digest = HEXLOWER.encode(&Sha256::digest(&key));
    if config.sources.contains_key(name) {
        say(format!(
            "for the source `{shown}`, which stands in the configuration file, add there: keys = [\"{digest}\"]"
        ))?;
    } else {
        let keys = vec![digest];
        let had = !settings.keys.is_empty();
        let settings = SourceSettings { keys, ..settings };
        store.configure_source(&ConfiguredSource { name: name.to_owned(), settings })?;
        let old = if had { "; the old one is refused" } else { "" };
        say(format!("the source `{shown}` has a new key{old}"))?;
    }
    say("this is the only time that the key is shown:")?;
    document(&key)
}

fn without_keys(settings: SourceSettings) -> SourceSettings {
    SourceSettings { keys: Vec::new(), ..settings }
}

fn refuse_configured(config: &Config, name: &str) -> anyhow::Result<()> {
    if config.sources.contains_key(name) {
        bail!("the source `{}` stands in the configuration file, which wins: change it there", safe(name));
    }
    Ok(())
}

/// Settings with those of the command line.
fn changed(settings: SourceSettings, args: &SourceArgs, zone: Option<&str>) -> anyhow::Result<SourceSettings> {
    let SourceArgs { feed, customer, encoding, quoting, mapping, columns, unknown_accounts, rules, watch } = args;
    let unknown = unknown_accounts.as_deref();
    let unknown = unknown.and_then(|name| UnknownAccounts::ALL.into_iter().find(|known| known.name() == name));
    let feed = feed.clone().unwrap_or(settings.feed);
    // The mapping of a feed that takes one is of no use to another.
    let current = settings.mapping.filter(|_| feed_named(&feed).is_ok_and(|feed| feed.takes_mapping()));
    let settings = SourceSettings {
        feed,
        zone: zone.map(str::to_owned).or(settings.zone),
        customer: customer.clone().or(settings.customer),
        encoding: encoding.map(|encoding| encoding.to_string()).or(settings.encoding),
        quoting: quoting.clone().or(settings.quoting),
        mapping: mapping.as_deref().map(mapping_in).transpose()?.or(current),
        columns: if columns.is_empty() { settings.columns } else { columns.clone() },
        unknown_accounts: unknown.unwrap_or(settings.unknown_accounts),
        accounts: if rules.is_empty() { settings.accounts } else { rules.clone() },
        keys: settings.keys,
        watch: if watch.is_empty() {
            settings.watch
        } else {
            watch.iter().filter(|path| !path.is_empty()).cloned().collect()
        },
    };
    Checked::of(&settings)?;
    Ok(settings)
}

/// The rows of the list: the sources that have settings, and those that have records.
fn rows(config: &Config, store: &Store) -> anyhow::Result<Vec<[Cell; 8]>> {
    let directory = store.directory()?;
    let stored = store.configured_sources()?;
    let mut names: Vec<&String> = config.sources.keys().chain(stored.iter().map(|source| &source.name)).collect();
    names.extend(directory.sources.values().map(|source| &source.name));
    names.sort_unstable();
    names.dedup();
    let mut rows = Vec::with_capacity(names.len());
    for name in names {
        let of_file = config.sources.get(name);
        let of_store = stored.iter().find(|source| source.name == *name).map(|source| &source.settings);
        let known = directory.sources.values().find(|source| source.name == *name);
        let settings = of_file.or(of_store).cloned().unwrap_or_else(|| SourceSettings {
            feed: known.map(|source| source.feed.clone()).unwrap_or_default(),
            ..SourceSettings::default()
        });
        let from = match (of_file, of_store) {
            (Some(_), _) => Some("configuration"),
            (None, Some(_)) => Some("store"),
            (None, None) => None,
        };
        let records = records(store, known.map(|source| source.id))?;
        if from.is_none() && records == 0 {
            continue;
        }
        rows.push([
            name.clone().into(),
            settings.feed.into(),
            settings.zone.into(),
            settings.customer.into(),
            from.map(|_| settings.unknown_accounts.name().to_owned()).into(),
            settings.accounts.len().into(),
            records.into(),
            from.map(str::to_owned).into(),
        ]);
    }
    Ok(rows)
}

/// The current records of a source.
fn records(store: &Store, source: Option<i32>) -> anyhow::Result<u64> {
    use cdr_model::{Anchor, CdrField};
    use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

    let Some(id) = source else { return Ok(0) };
    let of_source = Condition::new(CdrField::SourceId, Test::Eq(Operand::from(i64::from(id))))?;
    Ok(store.count(&CdrQuery::over(Window::all(Anchor::Start)).only(of_source))?)
}

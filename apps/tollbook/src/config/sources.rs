//! The sources of the configuration file, and the check of the settings of any source.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, anyhow, bail, ensure};
use cdr_intake::{AccountRules, IntakeError, Quoting, TableMapping, TextEncoding, feed_named};
use cdr_mediation::SourceSettings;
use cdr_model::LocalZone;
use data_encoding::HEXLOWER_PERMISSIVE;

/// Reads the table `sources` of a file.
pub(super) fn read(sources: toml::Value, file: &str) -> anyhow::Result<BTreeMap<String, SourceSettings>> {
    let toml::Value::Table(sources) = sources else {
        return Err(anyhow!("{file}: sources is not a table, as in [sources.pbx1]"));
    };
    let mut read = BTreeMap::new();
    for (name, settings) in sources {
        let what = || format!("{file}: sources.{name}");
        let mut settings: SourceSettings =
            settings.try_into().map_err(|error: toml::de::Error| anyhow!("{}: {}", what(), error.message()))?;
        settings.mapping = settings.mapping.map(mapping).transpose().with_context(what)?;
        Checked::of(&settings).with_context(what)?;
        read.insert(name, settings);
    }
    Ok(read)
}

/// The text of a mapping: that of a file, or the text itself if it has several lines.
fn mapping(given: String) -> anyhow::Result<String> {
    if given.contains('\n') { Ok(given) } else { mapping_in(Path::new(&given)) }
}

/// The text of a mapping in a file.
///
/// # Errors
/// If it cannot be read, or is not a mapping.
pub(crate) fn mapping_in(path: &Path) -> anyhow::Result<String> {
    let in_file = || format!("the mapping in {}", path.display());
    let text = std::fs::read_to_string(path).with_context(in_file)?;
    text.parse::<TableMapping>().with_context(in_file)?;
    Ok(text)
}

/// The settings of a source in the types that a load needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked {
    pub(crate) zone: Option<LocalZone>,
    pub(crate) encoding: Option<TextEncoding>,
    pub(crate) quoting: Option<Quoting>,
    pub(crate) mapping: Option<TableMapping>,
    pub(crate) accounts: AccountRules,
}

impl Checked {
    /// Checks settings.
    ///
    /// # Errors
    /// With the value that is not valid.
    pub(crate) fn of(settings: &SourceSettings) -> anyhow::Result<Checked> {
        let is_digest =
            |key: &String| HEXLOWER_PERMISSIVE.decode(key.as_bytes()).is_ok_and(|digest| digest.len() == 32);
        ensure!(
            settings.keys.iter().all(is_digest),
            "a key is not the SHA-256 of one, in 64 hexadecimal digits; `tollbook source key` makes one"
        );
        let feed = feed_named(&settings.feed)?;
        match (&settings.mapping, feed.takes_mapping()) {
            (None, true) => return Err(IntakeError::NoMapping { feed: feed.name() }.into()),
            (Some(_), false) => bail!("the feed {} takes no mapping; the feed table does", feed.name()),
            _ => {}
        }
        ensure!(settings.watch.iter().all(|path| !path.is_empty()), "a watched path is empty");
        ensure!(settings.columns.iter().all(|name| !name.trim().is_empty()), "a column has no name");
        Ok(Checked {
            zone: settings.zone.as_deref().map(str::parse).transpose()?,
            encoding: settings.encoding.as_deref().map(str::parse).transpose()?,
            quoting: settings.quoting.as_deref().map(quoting).transpose()?,
            mapping: settings.mapping.as_deref().map(str::parse).transpose().context("the mapping")?,
            accounts: AccountRules::of(&settings.accounts)?,
        })
    }
}

fn quoting(text: &str) -> anyhow::Result<Quoting> {
    match text {
        "strict" => Ok(Quoting::Strict),
        "tolerant" => Ok(Quoting::Tolerant),
        other => Err(anyhow!("quoting is `{other}`; use strict or tolerant")),
    }
}

//! The sources of the configuration file, and the check of the settings of any source.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, ensure};
use cdr_intake::{AccountRules, Quoting, TextEncoding, feed_named};
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
        let settings: SourceSettings =
            settings.try_into().map_err(|error: toml::de::Error| anyhow!("{}: {}", what(), error.message()))?;
        Checked::of(&settings).with_context(what)?;
        read.insert(name, settings);
    }
    Ok(read)
}

/// The settings of a source in the types that a load needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked {
    pub(crate) zone: Option<LocalZone>,
    pub(crate) encoding: Option<TextEncoding>,
    pub(crate) quoting: Quoting,
    pub(crate) accounts: AccountRules,
}

impl Checked {
    /// Checks settings.
    ///
    /// # Errors
    /// With the value that is not valid.
    pub(crate) fn of(settings: &SourceSettings) -> anyhow::Result<Checked> {
        feed_named(&settings.feed)?;
        let is_digest =
            |key: &String| HEXLOWER_PERMISSIVE.decode(key.as_bytes()).is_ok_and(|digest| digest.len() == 32);
        ensure!(
            settings.keys.iter().all(is_digest),
            "a key is not the SHA-256 of one, in 64 hexadecimal digits; `tollbook source key` makes one"
        );
        ensure!(settings.watch.iter().all(|path| !path.is_empty()), "a watched path is empty");
        ensure!(settings.columns.iter().all(|name| !name.trim().is_empty()), "a column has no name");
        Ok(Checked {
            zone: settings.zone.as_deref().map(str::parse).transpose()?,
            encoding: settings.encoding.as_deref().map(str::parse).transpose()?,
            quoting: quoting(settings.quoting.as_deref().unwrap_or("strict"))?,
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

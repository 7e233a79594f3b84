//! The settings of a source: in the configuration file, or in the store.

use cdr_mediation::{SourceSettings, Sources};
use cdr_store::Store;

use crate::config::{Config, nearest};
use crate::terminal::safe;

/// The settings of a source: those of the configuration file, else those in the store.
pub(crate) fn find(config: &Config, store: &Store, name: &str) -> anyhow::Result<Option<SourceSettings>> {
    if let Some(settings) = config.sources.get(name) {
        return Ok(Some(settings.clone()));
    }
    let stored = store.configured_sources()?.into_iter().find(|source| source.name == name);
    Ok(stored.map(|source| source.settings))
}

/// The error for a source that has no settings, with the name that is most like it.
pub(crate) fn unknown(config: &Config, store: &Store, name: &str) -> anyhow::Error {
    let stored = match store.configured_sources() {
        Ok(stored) => stored.into_iter().map(|source| source.name),
        Err(error) => return error.into(),
    };
    let near = nearest(name, config.sources.keys().cloned().chain(stored));
    let near = near.map(|near| format!("; did you mean `{}`?", safe(&near))).unwrap_or_default();
    let name = safe(name);
    anyhow::anyhow!("no source `{name}` is configured{near}; `tollbook source add {name} --feed …` does it")
}

//! The sources that may post records, and how their records are read.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cdr_intake::LoadReport;
use cdr_model::Timestamp;
use cdr_store::Store;
use data_encoding::HEXLOWER_PERMISSIVE;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::cli::LoadArgs;
use crate::config::Config;
use crate::loading::{Noted, Plan};
use crate::retention::floor;
use crate::sources;

/// How long settings of a source are used before they are read again.
const FRESH: Duration = Duration::from_secs(2);

/// A source that has a key.
pub(super) struct Keyed {
    pub(super) plan: Plan,
    /// The digests of its keys.
    keys: Vec<Vec<u8>>,
    read_at: Instant,
}

/// The sources that were asked for lately.
#[derive(Default)]
pub(super) struct KeyedSources(Mutex<HashMap<String, Arc<Keyed>>>);

impl KeyedSources {
    /// The source of this name, if this is one of its keys.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn find(
        &self,
        config: &Config,
        store: &Store,
        name: &str,
        key: &str,
    ) -> anyhow::Result<Option<Arc<Keyed>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let keyed = match known.filter(|keyed| keyed.read_at.elapsed() < FRESH) {
            Some(keyed) => keyed,
            None => {
                let Some(keyed) = Keyed::read(config, store, name)? else { return Ok(None) };
                let keyed = Arc::new(keyed);
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), keyed.clone());
                keyed
            }
        };
        Ok(Some(keyed).filter(|keyed| keyed.admits(key)))
    }
}

impl Keyed {
    /// Reads the settings of a source. `None` if no source has this name, or if it has no key.
    fn read(config: &Config, store: &Store, name: &str) -> anyhow::Result<Option<Keyed>> {
        let Some(settings) = sources::find(config, store, name)?.filter(|settings| !settings.keys.is_empty()) else {
            return Ok(None);
        };
        let args = LoadArgs { source: Some(name.to_owned()), is_final: true, trust_zone: true, ..LoadArgs::default() };
        let keys = settings.keys.iter().filter_map(|key| HEXLOWER_PERMISSIVE.decode(key.as_bytes()).ok()).collect();
        Ok(Some(Keyed { plan: Plan::of(config, store, &args, false)?, keys, read_at: Instant::now() }))
    }

    fn admits(&self, key: &str) -> bool {
        let digest = Sha256::digest(key.as_bytes());
        self.keys.iter().any(|known| bool::from(known.as_slice().ct_eq(&digest)))
    }

    /// The instant before which calls are not kept, as of now.
    pub(super) fn floor(&self, config: &Config) -> Option<Timestamp> {
        floor(config).ok().flatten().or(self.plan.options.floor)
    }

    /// Loads a body as a file is loaded, with a load that is noted.
    ///
    /// # Errors
    /// As [`cdr_intake::load`].
    pub(super) fn load(&self, store: &Store, config: &Config, input: Box<dyn Read>) -> anyhow::Result<LoadReport> {
        let name = "a posted body";
        let noted = Noted::begin(store, &self.plan, name.to_owned(), "a key of the source".to_owned())?;
        let options = cdr_intake::LoadOptions {
            load: Some(noted.number()),
            floor: self.floor(config),
            ..self.plan.options.clone()
        };
        let Plan { feed, settings, .. } = &self.plan;
        let loaded =
            cdr_intake::load(*feed, input, name, settings, &options, store, &mut |_| {}).map_err(anyhow::Error::from);
        noted.end(&loaded)?;
        loaded
    }
}

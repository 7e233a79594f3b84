//! The enabled dialects, over one set of services.

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use anyhow::Context;
use cdr_access::Access;
use cdr_dialects::{Dialect, Origins, Services};
use cdr_query::Cancel;

use super::backend::Backend;
use crate::config::Config;
use crate::layouts;

/// The path between clients and this server.
fn origins(config: &Config) -> Origins {
    let server = &config.server;
    Origins { public_url: server.public_url.clone(), proxies: server.proxies.clone(), header: server.proxy_header }
}

/// The services of the server. `stopping` is the signal that the program stops.
///
/// # Errors
/// When layouts cannot be read.
pub(crate) fn services(config: &Config, backend: &Backend, stopping: &Cancel) -> anyhow::Result<Services> {
    let own = layouts::own(config.place.layouts.as_deref())?;
    Ok(Services {
        origins: origins(config),
        layouts: own.into_iter().map(|(layout, _)| layout).collect(),
        keep: config.server.worker.keep,
        redirect: config.spool.redirect(),
        stopping: stopping.clone(),
        ..Services::new(backend.mediation.clone(), Access::of(Arc::new(backend.store.clone())))
    })
}

/// The dialects of a listener. Clones are cheap and share them.
#[derive(Clone)]
pub(crate) struct Dialects(Arc<[Box<dyn Dialect>]>);

impl Dialects {
    /// The dialects that the configuration enables, over these services.
    ///
    /// # Errors
    /// When a dialect cannot be built.
    pub(crate) fn new(config: &Config, services: &Services) -> anyhow::Result<Dialects> {
        let build = |(row, configured): &(&cdr_dialects::DialectRow, Arc<dyn cdr_dialects::Configured>)| {
            configured.build(services).with_context(|| format!("the dialect {} cannot be served", row.name))
        };
        Ok(Dialects(config.dialects.iter().map(build).collect::<anyhow::Result<_>>()?))
    }

    /// For each dialect, the maximum number of its answers that read from the store at the same time.
    pub(crate) fn readers(config: &Config) -> Vec<(&'static str, usize)> {
        config.dialects.iter().map(|(row, configured)| (row.name, configured.readers())).collect()
    }

    /// Whether a user, login or licence exists that one of the dialects accepts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(crate) fn have_callers(&self) -> anyhow::Result<bool> {
        for dialect in self.0.iter() {
            if dialect.has_callers()? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Adds their routes to an app.
    pub(crate) fn mount(&self, config: &mut ServiceConfig) {
        self.0.iter().for_each(|dialect| dialect.mount(config));
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::check_readers;
    use super::Dialects;
    use crate::config::{Config, Layers};

    fn config(settings: &[(&str, &str)]) -> Config {
        let set = |layers: Layers, (name, value): &(&str, &str)| layers.flag("--set", name, value).unwrap();
        Config::read(&settings.iter().fold(Layers::default(), set)).unwrap()
    }

    /// The places of every dialect count, so that those which read long leave a connection for everybody else.
    #[test]
    fn the_places_of_every_dialect_count() {
        let check = |settings: &[(&str, &str)]| {
            let config = config(settings);
            let checked = check_readers(&config, &Dialects::readers(&config), config.server.threads);
            checked.map_err(|error| error.to_string())
        };
        assert_eq!(check(&[]), Ok(()), "the defaults");
        for (readers, fine) in [("3", false), ("11", false), ("12", true)] {
            let places = [("dma.reading", "1"), ("porta.live", "1"), ("yeti.sorted_lists", "1")];
            let found = check(&[&places[..], &[("store.readers", readers)]].concat());
            let error = format!("store.readers is {readers}, and must be at least 12: one for each of 7 answers");
            let says = |found: String| found.starts_with(&error) && found.contains("yeti 5");
            assert!(found.clone().map_or_else(|error| !fine && says(error), |()| fine), "{readers}: {found:?}");
        }
        let disabled = [("yeti.enabled", "false"), ("dma.reading", "1"), ("porta.live", "1"), ("store.readers", "7")];
        assert_eq!(check(&disabled), Ok(()), "what is not served needs none");
    }
}

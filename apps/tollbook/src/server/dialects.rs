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
pub(crate) fn origins(config: &Config) -> Origins {
    let server = &config.server;
    Origins { public_url: server.public_url.clone(), proxies: server.proxies.clone(), header: server.proxy_header }
}

/// The dialects of a listener. Clones are cheap and share them.
#[derive(Clone)]
pub(crate) struct Dialects(Arc<[Box<dyn Dialect>]>);

impl Dialects {
    /// The dialects that the configuration enables. `stopping` is the signal that the program stops.
    ///
    /// # Errors
    /// When layouts cannot be read, or a dialect cannot be built.
    pub(crate) fn new(config: &Config, backend: &Backend, stopping: &Cancel) -> anyhow::Result<Dialects> {
        let own = layouts::own(config.place.layouts.as_deref())?;
        let services = Services {
            origins: origins(config),
            layouts: own.into_iter().map(|(layout, _)| layout).collect(),
            keep: config.server.worker.keep,
            redirect: config.spool.redirect(),
            stopping: stopping.clone(),
            ..Services::new(backend.mediation.clone(), Access::of(Arc::new(backend.store.clone())))
        };
        let build = |(row, configured): &(&cdr_dialects::DialectRow, Arc<dyn cdr_dialects::Configured>)| {
            configured.build(&services).with_context(|| format!("the dialect {} cannot be served", row.name))
        };
        Ok(Dialects(config.dialects.iter().map(build).collect::<anyhow::Result<_>>()?))
    }

    /// The maximum number of answers of all dialects that read from the store at the same time.
    pub(crate) fn readers(config: &Config) -> usize {
        config.dialects.iter().fold(0, |sum, (_, configured)| sum.saturating_add(configured.readers()))
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

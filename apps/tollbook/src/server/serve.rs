//! `tollbook serve`: starts listeners, dialects and workers over the store, and runs until a signal to stop.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::http::header::STRICT_TRANSPORT_SECURITY;
use actix_web::middleware::{DefaultHeaders, from_fn};
use actix_web::rt::{System, spawn};
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App, HttpServer};
use anyhow::bail;
use cdr_dialects::{Origins, Services};
use cdr_files::remove_leftovers;
use cdr_mediation::Stop;
use cdr_query::Cancel;
use cdr_store::Opened;
use futures_util::future::select_all;
use rustls::ServerConfig;
use tracing::{info, warn};

use super::backend::{Backend, check_readers};
use super::changes::{self, Changes};
use super::dialects::{Dialects, services};
use super::health::{self, Watching};
use super::intake::{self, Intake};
use super::listeners::{Addresses, Listeners};
use super::log;
use super::metrics::Metrics;
use super::readiness::Readiness;
use super::request_log;
use super::shutdown::{self, Signals};
use super::tls::Tls;
use super::workers::Workers;
use crate::callbacks::{CallbackOptions, HttpCallback};
use crate::config::Config;
use crate::watching;

/// How long the head of a request may take, so that a client that sends it byte by byte does not occupy a connection.
const HEAD_IN: Duration = Duration::from_secs(15);
const HANDSHAKE_IN: Duration = Duration::from_secs(10);
/// How long an idle connection is kept open.
const KEPT_ALIVE: Duration = Duration::from_secs(5);
/// How long a client may take to close a connection that the server has closed.
const CLOSED_IN: Duration = Duration::from_secs(2);
/// Open connections for each server thread; further ones wait to be accepted. A head has at most 128 KiB.
const CONNECTIONS: usize = 1024;
/// The maximum size of a body, where a route reads one, in bytes.
const BODY: usize = 64 * 1024;

/// Serves until a signal arrives. Passes the bound addresses to `announce` once the listeners answer.
///
/// # Errors
/// When the configuration is inconsistent, or an address, the store, the spool or the certificate is unavailable.
pub(crate) fn serve(config: &Config, announce: impl FnOnce(Addresses) -> anyhow::Result<()>) -> anyhow::Result<()> {
    serve_on(Listeners::bind(&config.server)?, config, announce)
}

/// The same on listeners that are bound already.
///
/// # Errors
/// As [`serve`].
pub(crate) fn serve_on(
    listeners: Listeners,
    config: &Config,
    announce: impl FnOnce(Addresses) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    log::begin(config.server.log);
    check_readers(config, &Dialects::readers(config), config.server.threads)?;
    let (store, opened) = crate::open_or_create(config)?;
    if opened == Opened::Created {
        info!(store = %config.address(), "created the store");
    }
    if store.has_older_details()? {
        warn!("some calls still have their details in an older form, which is slower to read; run `tollbook migrate`");
    }
    if store.has_unnoted_parts()? {
        warn!(
            "an older program has written calls: no blocks are kept, and lists count all calls; run `tollbook migrate`"
        );
    }
    remove_leftovers(&config.place.data);
    if config.server.public_url.is_some() && config.server.proxies.is_empty() {
        warn!(
            "public_url is set and proxies is empty: behind a proxy, all clients count as one address, also for failed \
             sign-ins; name the proxy in `proxies`"
        );
    }
    let backend = Backend::over(store, config)?;
    let tls = listeners.tls.as_ref().map(|_| Tls::new(&config.server.tls, &config.place.data)).transpose()?;
    let stopping = Cancel::new();
    let services = services(config, &backend, &stopping)?;
    let dialects = Dialects::new(config, &services)?;
    if !dialects.have_callers()? {
        warn!("no client can sign in: add a user (tollbook user add NAME --role administrator), a login or a licence");
    }
    System::new().block_on(run(config, backend, services, dialects, listeners, tls, announce))
}

async fn run(
    config: &Config,
    backend: Backend,
    services: Services,
    dialects: Dialects,
    listeners: Listeners,
    tls: Option<Tls>,
    announce: impl FnOnce(Addresses) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let addresses = listeners.addresses()?;
    let metrics = Data::new(Metrics::new());
    let stop = Stop::new(&backend.mediation);
    let counted = metrics.clone().into_inner();
    let each = move |round: &_| counted.round(round);
    let callback = Arc::new(HttpCallback::new(CallbackOptions::of(config)));
    let mut workers =
        Workers::start(config.server.threads, &backend.mediation, config.server.worker, callback, &stop, each)?;
    #[cfg(feature = "postgres")]
    super::upkeep::start(config, &backend.store, &backend.mediation, &stop)?;
    let (mediation, store) = (backend.mediation, backend.store);
    let intake = Data::new(Intake::start(config, &store)?);
    let changes = Data::new(Changes::new(&store, &services));
    let watcher =
        config.store.watch.then(|| watching::start(config, &store, Vec::new(), &services.stopping)).transpose()?;
    let readiness = Readiness::new(mediation.clone(), store.clone(), workers.alive.clone(), config);
    let watching = Watching { mediation, store, readiness };
    let (grace, hsts) = (config.server.shutdown, config.server.tls.hsts);
    let origins = Data::new(services.origins.clone());
    let site = Site { metrics, watching: Data::new(watching), origins, intake, changes, dialects, grace, hsts };

    let mut servers = Vec::new();
    if let Some(listener) = listeners.plain {
        servers.push(site.server(listener, None)?);
    }
    if let (Some(listener), Some(tls)) = (listeners.tls, tls) {
        spawn(tls.reload_periodically());
        servers.push(site.server(listener, Some(tls.config))?);
    }
    let handles: Vec<_> = servers.iter().map(Server::handle).collect();
    let running: Vec<_> = servers.into_iter().map(spawn).collect();
    for address in addresses.urls() {
        info!(address, "listening");
    }
    announce(addresses)?;

    let ended = tokio::select! {
        () = signals.next() => None,
        (ended, ..) = select_all(running) => Some(ended),
    };
    // What is sorted for a list that nobody will wait for does not hold up the end.
    services.stopping.cancel();
    shutdown::stop(&handles, &mut workers, &stop, site.grace, &mut signals).await;
    if watcher.is_some_and(|watcher| watcher.join().is_err()) {
        warn!("the watcher of files ended unexpectedly");
    }
    match ended {
        None => Ok(()),
        Some(Ok(Err(error))) => Err(error.into()),
        Some(_) => bail!("a listener ended unexpectedly"),
    }
}

/// Adds `Strict-Transport-Security` with this value to every answer, if there is one.
fn strict_transport(value: Option<&str>) -> DefaultHeaders {
    let headers = DefaultHeaders::new();
    match value {
        Some(value) => headers.add((STRICT_TRANSPORT_SECURITY, value)),
        None => headers,
    }
}

/// The parts that all listeners share.
#[derive(Clone)]
struct Site {
    metrics: Data<Metrics>,
    watching: Data<Watching>,
    origins: Data<Origins>,
    intake: Data<Intake>,
    changes: Data<Changes>,
    dialects: Dialects,
    grace: Duration,
    hsts: Option<Duration>,
}

impl Site {
    /// A server on a listener, plain or with TLS.
    fn server(&self, listener: TcpListener, tls: Option<ServerConfig>) -> io::Result<Server> {
        let (site, plain) = (self.clone(), tls.is_none());
        // A plain answer must not have the header (RFC 6797, 7.2).
        let hsts = self.hsts.filter(|_| !plain).map(|age| format!("max-age={}", age.as_secs()));
        let server = HttpServer::new(move || {
            App::new()
                .app_data(site.metrics.clone())
                .app_data(site.watching.clone())
                .app_data(site.origins.clone())
                .app_data(site.intake.clone())
                .app_data(site.changes.clone())
                .app_data(PayloadConfig::new(BODY))
                .configure(health::mount_live)
                .configure(|routes| {
                    if plain {
                        health::mount_rest(routes)
                    }
                })
                .configure(intake::mount)
                .configure(changes::mount)
                .configure(|routes| site.dialects.mount(routes))
                .wrap(strict_transport(hsts.as_deref()))
                .wrap(from_fn(request_log::watch))
        });
        let server = server
            .disable_signals()
            .shutdown_timeout(self.grace.as_secs())
            .max_connections(CONNECTIONS)
            .keep_alive(KEPT_ALIVE)
            .client_request_timeout(HEAD_IN)
            .client_disconnect_timeout(CLOSED_IN)
            // A request ends when its client leaves, and with it what is read for it.
            .h1_allow_half_closed(false)
            .tls_handshake_timeout(HANDSHAKE_IN);
        let server = match tls {
            None => server.listen(listener)?,
            Some(tls) => server.listen_rustls_0_23(listener, tls)?,
        };
        Ok(server.run())
    }
}

//! `POST /api/v1/intake/{source}`: switches post their records.
//!
//! The key of the source is the password of HTTP Basic, with any user name, or the last segment of the path, for switches
//! that can do neither. Query strings are ignored, because FreeSWITCH appends one. The answer is 200 once all records are
//! committed, also those that are known already or went to quarantine, which it says; older FreeSWITCH repeats a record
//! after anything else (`mod_json_cdr`, `mod_xml_cdr`).

mod body;
mod committer;
mod keyed;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{ALLOW, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{Data, Path, Payload, ServiceConfig, block, post, resource, to};
use actix_web::{HttpRequest, HttpResponse};
use cdr_dialects::basic;
use cdr_intake::{IntakeError, LoadReport, read_body};
use cdr_mediation::{Batch, BatchReport, PortError, chain};
use cdr_store::Store;
use serde::Serialize;
use tracing::{error, warn};

use self::body::{Received, receive};
use self::committer::Committer;
use self::keyed::{Keyed, KeyedSources};
use crate::config::Config;
use crate::loading::is_full;

/// How long it is not looked up again whether the quarantine is full.
const FRESH: Duration = Duration::from_secs(1);

/// What the routes need.
pub(crate) struct Intake {
    config: Config,
    store: Store,
    sources: KeyedSources,
    /// Whether the quarantine is full, and when that was looked up.
    full: Mutex<Option<(Instant, bool)>>,
    committer: Committer,
}

/// What became of the records of a request.
#[derive(Debug, Serialize)]
struct Outcome {
    loaded: u64,
    known: u64,
    quarantined: u64,
}

impl From<BatchReport> for Outcome {
    fn from(report: BatchReport) -> Outcome {
        Outcome { loaded: report.loaded, known: report.known, quarantined: report.quarantined }
    }
}

impl From<&LoadReport> for Outcome {
    fn from(report: &LoadReport) -> Outcome {
        Outcome { loaded: report.loaded, known: report.known, quarantined: report.quarantined }
    }
}

impl Intake {
    /// Starts what commits records.
    ///
    /// # Errors
    /// If its thread cannot be started.
    pub(crate) fn start(config: &Config, store: &Store) -> std::io::Result<Intake> {
        Ok(Intake {
            config: config.clone(),
            store: store.clone(),
            sources: KeyedSources::default(),
            full: Mutex::default(),
            committer: Committer::start(store.clone())?,
        })
    }

    /// Whether the quarantine is full, as of a second ago at most.
    ///
    /// # Errors
    /// If that cannot be looked up.
    fn is_full(&self) -> Result<bool, PortError> {
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, is_full)) = *full
            && at.elapsed() < FRESH
        {
            return Ok(is_full);
        }
        let is_full = is_full(&self.config, &self.store)?.is_some();
        *full = Some((Instant::now(), is_full));
        Ok(is_full)
    }
}

/// Mounts the routes.
pub(crate) fn mount(config: &mut ServiceConfig) {
    let other = || async { HttpResponse::MethodNotAllowed().insert_header((ALLOW, "POST")).finish() };
    config.service(resource("/api/v1/intake/{source}").route(post().to(by_basic)).default_service(to(other)));
    config.service(resource("/api/v1/intake/{source}/{key}").route(post().to(by_path)).default_service(to(other)));
}

async fn by_basic(intake: Data<Intake>, request: HttpRequest, source: Path<String>, payload: Payload) -> HttpResponse {
    let key = basic(&request).map(|(_, password)| password);
    take(intake, source.into_inner(), key.unwrap_or_default(), payload).await
}

async fn by_path(intake: Data<Intake>, path: Path<(String, String)>, payload: Payload) -> HttpResponse {
    let (source, key) = path.into_inner();
    take(intake, source, key, payload).await
}

/// Takes the records of a body.
async fn take(intake: Data<Intake>, source: String, key: String, payload: Payload) -> HttpResponse {
    let asked = intake.clone();
    let keyed = match block(move || asked.sources.find(&asked.config, &asked.store, &source, &key)).await {
        Ok(Ok(Some(keyed))) => keyed,
        Ok(Ok(None)) => {
            let challenge = (WWW_AUTHENTICATE, r#"Basic realm="intake", charset="UTF-8""#);
            return HttpResponse::Unauthorized()
                .insert_header(challenge)
                .json(serde_json::json!({ "error": "unknown source or wrong key" }));
        }
        Ok(Err(error)) => return unavailable("the source cannot be read", &format!("{error:#}")),
        Err(error) => return unavailable("the source cannot be read", &error.to_string()),
    };
    let asked = intake.clone();
    match block(move || asked.is_full()).await {
        Ok(Ok(false)) => {}
        Ok(Ok(true)) => return full(),
        Ok(Err(error)) => return unavailable("the quarantine cannot be counted", &error.to_string()),
        Err(error) => return unavailable("the quarantine cannot be counted", &error.to_string()),
    }
    let received = match receive(payload, intake.config.store.max_body).await {
        Ok(received) => received,
        Err(refusal) => return refusal,
    };
    match received {
        Received::Short(bytes) => {
            let read = keyed.clone();
            let bytes = Arc::new(bytes);
            let body = bytes.clone();
            let records = block(move || {
                let plan = &read.plan;
                read_body(plan.feed, &body, &plan.settings, &plan.options)
            });
            match records.await {
                Ok(Some((records, context))) => {
                    let options = &keyed.plan.options;
                    let batch = Batch {
                        source: options.source.clone(),
                        feed: keyed.plan.feed.name().to_owned(),
                        customer: options.customer.clone(),
                        unknown_accounts: options.unknown_accounts,
                        floor: keyed.floor(&intake.config),
                        load: None,
                        context: Some(context),
                        keep_lines: options.keep_lines,
                        entries: Vec::new(),
                        updates: false,
                        join: options.join,
                        records,
                    };
                    match intake.committer.commit(batch).await {
                        Ok(report) => done(report.into()),
                        Err(error) => unavailable("the records were not stored", &error),
                    }
                }
                Ok(None) => load(intake, keyed, Received::Short(Arc::unwrap_or_clone(bytes))).await,
                Err(error) => unavailable("the records were not read", &error.to_string()),
            }
        }
        long @ Received::Long(_) => load(intake, keyed, long).await,
    }
}

/// Loads a long body as a file is loaded.
async fn load(intake: Data<Intake>, keyed: Arc<Keyed>, received: Received) -> HttpResponse {
    let loaded = block(move || keyed.load(&intake.store, &intake.config, received.into_reader())).await;
    match loaded {
        Ok(Ok(report)) => done((&report).into()),
        Ok(Err(error)) => match error.downcast_ref::<IntakeError>() {
            Some(refused) if refused.is_refusal() => {
                warn!(error = %refused, "a posted body was refused");
                HttpResponse::UnprocessableEntity().json(serde_json::json!({ "error": refused.to_string() }))
            }
            _ => unavailable("the records were not stored", &chain(error.as_ref()).to_string()),
        },
        Err(error) => unavailable("the records were not stored", &error.to_string()),
    }
}

fn done(outcome: Outcome) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(outcome)
}

/// The client is to send the body again once entries of the quarantine are settled.
fn full() -> HttpResponse {
    warn!("the quarantine is full (intake.max_quarantine): what switches post is answered with 503");
    HttpResponse::ServiceUnavailable()
        .insert_header((RETRY_AFTER, "60"))
        .json(serde_json::json!({ "error": "the quarantine is full; send the records again" }))
}

/// The client is to send the body again.
fn unavailable(what: &str, why: &str) -> HttpResponse {
    error!(error = why, "{what}");
    HttpResponse::ServiceUnavailable()
        .insert_header((RETRY_AFTER, "5"))
        .json(serde_json::json!({ "error": format!("{what}; send them again") }))
}

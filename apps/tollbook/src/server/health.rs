//! The routes for monitoring: liveness, readiness and metrics.

use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::http::header::{CACHE_CONTROL, ContentType};
use actix_web::web::{self, Data, ServiceConfig};
use cdr_mediation::{LedgerTally, Mediation, chain};
use cdr_model::printable;
use cdr_store::Store;
use tracing::error;

use super::metrics::{MEDIA_TYPE, Metrics};
use super::readiness::Readiness;
use crate::sources::{SourceState, SourceStates};

/// The parts that the routes query.
pub(crate) struct Watching {
    pub(crate) mediation: Mediation,
    pub(crate) store: Store,
    pub(crate) readiness: Readiness,
    pub(crate) sources: Arc<SourceStates>,
}

/// Mounts the route for every listener.
pub(crate) fn mount_live(config: &mut ServiceConfig) {
    config.service(web::resource("/health/live").route(web::get().to(live)).route(web::head().to(live)));
}

/// Mounts the routes for the plain listener alone, as they give internal information.
pub(crate) fn mount_rest(config: &mut ServiceConfig) {
    config.service(web::resource("/health/ready").route(web::get().to(ready)).route(web::head().to(ready)));
    config.service(web::resource("/metrics").route(web::get().to(metrics)));
}

/// The program answers.
async fn live() -> HttpResponse {
    say(HttpResponse::Ok(), "alive\n")
}

/// The store can be read and written, the spool can be written, and the workers of this process live. Otherwise the answer
/// says what is wrong, a line each. What sources should be looked at does not keep this process from serving: it is said too.
async fn ready(watching: Data<Watching>) -> HttpResponse {
    let faults = watching.readiness.faults().await;
    if faults.is_empty() {
        let warned = warnings(&sources(&watching).await);
        return say(HttpResponse::Ok(), format!("ready\n{warned}"));
    }
    let lines: String = faults.iter().map(|fault| format!("{}\n", printable(fault))).collect();
    say(HttpResponse::ServiceUnavailable(), lines)
}

async fn metrics(watching: Data<Watching>, metrics: Data<Metrics>) -> HttpResponse {
    let Some(tally) = tally(&watching).await else {
        return say(HttpResponse::ServiceUnavailable(), "the store cannot be read\n");
    };
    let sources = sources(&watching).await;
    match metrics.text(&tally, &sources, watching.store.pool(), watching.mediation.clock().now()) {
        Ok(text) => HttpResponse::Ok().content_type(MEDIA_TYPE).body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// The number of exports by state; `None` if the store cannot be read, with the reason in the log.
async fn tally(watching: &Watching) -> Option<LedgerTally> {
    let mediation = watching.mediation.clone();
    match web::block(move || mediation.tally()).await {
        Ok(Ok(tally)) => Some(tally),
        Ok(Err(problem)) => {
            error!(error = %chain(&problem), "the store cannot be read");
            None
        }
        Err(_) => None,
    }
}

/// What the sources deliver; nothing if it cannot be read, with the reason in the log.
async fn sources(watching: &Watching) -> Arc<Vec<SourceState>> {
    let states = watching.sources.clone();
    match web::block(move || states.read()).await {
        Ok(Ok(states)) => states,
        Ok(Err(problem)) => {
            error!(error = format!("{problem:#}"), "the sources cannot be read");
            Arc::default()
        }
        Err(_) => Arc::default(),
    }
}

/// What should be looked at, a line each.
fn warnings(sources: &[SourceState]) -> String {
    let of = |source: &SourceState| {
        let name = printable(&source.name).to_string();
        source
            .warnings
            .iter()
            .map(move |warning| format!("source {name}: {}\n", printable(warning)))
            .collect::<String>()
    };
    sources.iter().map(of).collect()
}

fn say(mut answer: actix_web::HttpResponseBuilder, text: impl MessageBody + 'static) -> HttpResponse {
    answer.insert_header((CACHE_CONTROL, "no-store")).content_type(ContentType::plaintext()).body(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::web::Data;
    use actix_web::{App, test};
    use cdr_mediation::{Stop, WorkerOptions};

    use super::{Metrics, Readiness, Watching, mount_live, mount_rest};
    use crate::callbacks::{CallbackOptions, HttpCallback};
    use crate::config::{Config, Layers};
    use crate::server::backend::Backend;
    use crate::server::workers::Workers;
    use crate::sources::SourceStates;

    #[actix_web::test]
    async fn readiness_requires_all_workers() {
        let data = tempfile::tempdir().unwrap();
        let layers = Layers::default().flag("--data", "data", data.path().to_str().unwrap()).unwrap();
        let config = Config::read(&layers).unwrap();
        let Backend { store, mediation, .. } =
            Backend::over(crate::open_or_create(&config).unwrap().0, &config).unwrap();
        let stop = Stop::new(&mediation);
        let callback = Arc::new(HttpCallback::new(CallbackOptions::of(&config)));
        let mut workers = Workers::start(2, &mediation, WorkerOptions::default(), callback, &stop, |_| {}).unwrap();
        let readiness = Readiness::new(mediation.clone(), store.clone(), workers.alive.clone(), &config);
        let sources = Arc::new(SourceStates::new(&config, &store));
        let watching = Watching { mediation, store, readiness, sources };
        let app = App::new().app_data(Data::new(watching)).app_data(Data::new(Metrics::new()));
        let app = test::init_service(app.configure(mount_live).configure(mount_rest)).await;
        let get = async |path: &str| {
            let answer = test::call_service(&app, test::TestRequest::get().uri(path).to_request()).await;
            (answer.status().as_u16(), String::from_utf8(test::read_body(answer).await.to_vec()).unwrap())
        };
        assert_eq!(get("/health/ready").await, (200, "ready\n".to_owned()));
        let (status, text) = get("/metrics").await;
        assert!(status == 200 && text.contains("tollbook_pool_connections{state=\"most\"} 24"), "{text}");

        let spool = data.path().join("spool");
        std::fs::rename(&spool, data.path().join("elsewhere")).unwrap();
        let (status, text) = get("/health/ready").await;
        assert!(status == 503 && text.starts_with("the spool cannot be written: "), "{status} {text}");
        assert!(text.contains(&spool.display().to_string()), "it says what cannot be reached: {text}");
        std::fs::rename(data.path().join("elsewhere"), &spool).unwrap();
        assert_eq!(get("/health/ready").await, (200, "ready\n".to_owned()));

        stop.now();
        workers.ended().await;
        assert_eq!(get("/health/ready").await, (503, "a worker has ended\n".to_owned()));
        assert_eq!(get("/health/live").await, (200, "alive\n".to_owned()));
    }
}

//! `GET /api/v1/cdrs`: every change of calls and charges since a record number, in the order of commits.
//!
//! A reader keeps the number after which it goes on (`Tollbook-Next`), and has the latest version of every record that its
//! licence opens. A record that was withdrawn, or that left what the licence opens, is a line that says so, and nothing of
//! where it went. The licence is a bearer token (RFC 6750, 2.1).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::{CACHE_CONTROL, HeaderName, WWW_AUTHENTICATE};
use actix_web::rt::time::sleep;
use actix_web::web::{Data, Query, ServiceConfig, block, get, resource};
use actix_web::{HttpRequest, HttpResponse};
use anyhow::Context;
use cdr_access::{Licence, LicenceAuthenticator, LicenceScope};
use cdr_dialects::{Origins, Services, bearer};
use cdr_mediation::{CdrSource, PortError, chain};
use cdr_model::{CdrField, Directory, Field, NOBODY, Record, RecordKind};
use cdr_query::Cancel;
use cdr_store::{CallChange, Store};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tracing::{Span, error, warn};

use crate::listing::Cell;

/// The header with the number after which to go on.
const NEXT: HeaderName = HeaderName::from_static("tollbook-next");
/// How often a request that waits looks for changes.
const LOOKS: Duration = Duration::from_millis(500);
/// The most pages that one request reads in search of a record that its licence opens.
const PAGES: usize = 20;
const LONGEST_WAIT: u64 = 60;
const LARGEST: usize = 10_000;

/// What the route needs.
pub(crate) struct Changes {
    store: Store,
    licences: LicenceAuthenticator,
    /// The signal that the program stops, for which no request waits any longer.
    stopping: Cancel,
}

impl Changes {
    pub(crate) fn new(store: &Store, services: &Services) -> Changes {
        let Services { licences, stopping, .. } = services;
        Changes { store: store.clone(), licences: licences.clone(), stopping: stopping.clone() }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Ndjson,
    Csv,
}

/// The query of a request.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    #[serde(default)]
    after: i64,
    #[serde(default = "default_limit")]
    limit: usize,
    /// Seconds.
    #[serde(default)]
    wait: u64,
    #[serde(default)]
    format: Format,
}

fn default_limit() -> usize {
    1000
}

/// Mounts the route.
pub(crate) fn mount(config: &mut ServiceConfig) {
    config.service(resource("/api/v1/cdrs").route(get().to(changes)));
}

async fn changes(changes: Data<Changes>, origins: Data<Origins>, request: HttpRequest) -> HttpResponse {
    let asked = match Query::<Asked>::from_query(request.query_string()) {
        Ok(Query(asked)) => asked,
        Err(error) => return refused(&error.to_string()),
    };
    if asked.after < 0 || !(1..=LARGEST).contains(&asked.limit) || asked.wait > LONGEST_WAIT {
        return refused("after is 0 or more, limit is 1 to 10000, and wait is 0 to 60 seconds");
    }
    let text = bearer(&request).unwrap_or_default().to_owned();
    let client = origins.client(&request);
    sleep(changes.licences.delay(&text, client)).await;
    let (given, with) = (text.clone(), changes.clone());
    let admit = move || -> Result<Option<Licence>, PortError> {
        let Some(licence) = with.licences.admit(&given, client)? else { return Ok(None) };
        let directory = with.store.directory()?;
        Ok(Some(licence).filter(|licence| !licence.scope.is_closed(&directory)))
    };
    let licence = match block(admit).await {
        Ok(Ok(Some(licence))) => licence,
        Ok(Ok(None)) => {
            if !text.is_empty() {
                warn!(%client, credential = "licence", "sign-in refused");
            }
            return HttpResponse::Unauthorized()
                .insert_header((WWW_AUTHENTICATE, r#"Bearer realm="cdrs""#))
                .json(json!({ "error": "this needs a licence, as `Authorization: Bearer LICENCE`" }));
        }
        Ok(Err(error)) => return unavailable(&chain(&error).to_string()),
        Err(error) => return unavailable(&error.to_string()),
    };
    Span::current().record("licence", &licence.name);
    let until = Instant::now() + Duration::from_secs(asked.wait);
    let (mut after, licence) = (asked.after, Arc::new(licence));
    loop {
        let (with, with_licence) = (changes.clone(), licence.clone());
        let (limit, format) = (asked.limit, asked.format);
        let page = match block(move || read(&with.store, &with_licence, after, limit, format)).await {
            Ok(Ok(page)) => page,
            Ok(Err(error)) => return unavailable(&format!("{error:#}")),
            Err(error) => return unavailable(&error.to_string()),
        };
        after = page.next;
        if page.records == 0 && Instant::now() < until && !changes.stopping.is_cancelled() {
            sleep(LOOKS.min(until.saturating_duration_since(Instant::now()))).await;
            continue;
        }
        let media_type = match asked.format {
            Format::Ndjson => "application/x-ndjson",
            Format::Csv => "text/csv; charset=utf-8",
        };
        return HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((NEXT, after.to_string()))
            .content_type(media_type)
            .body(page.body);
    }
}

/// Records as a body, and the number after which to go on.
struct Page {
    body: Vec<u8>,
    records: usize,
    next: i64,
}

/// Reads until there is a record that the licence opens.
fn read(store: &Store, licence: &Licence, mut after: i64, limit: usize, format: Format) -> anyhow::Result<Page> {
    let mut lines = Vec::new();
    for _ in 0..PAGES {
        let read = store.changes(after, limit)?;
        let is_end = read.changes.is_empty() || read.next == after;
        after = read.next;
        if !read.changes.is_empty() {
            // After the records, so that it has the names of all of them.
            let directory = store.directory()?;
            let mut customers = licence.scope.customers(&directory);
            if licence.scope == LicenceScope::Everything {
                customers.insert(NOBODY);
            }
            lines.extend(read.changes.iter().filter_map(|change| line(change, &customers, &directory)));
        }
        if is_end || !lines.is_empty() {
            break;
        }
    }
    let body = match format {
        Format::Ndjson => as_ndjson(&lines)?,
        Format::Csv => as_csv(&lines)?,
    };
    Ok(Page { body, records: lines.len(), next: after })
}

/// The line for a change: the record, or its withdrawal. `None` if the licence never opened the record.
fn line(change: &CallChange, customers: &BTreeSet<i64>, directory: &Directory) -> Option<Map<String, Value>> {
    let CallChange { call, before } = change;
    let is_open = customers.contains(&call.customer_id);
    let was_open = before.iter().any(|customer| customers.contains(customer));
    let mut line = Map::new();
    if call.kind == RecordKind::Withdrawn || !is_open {
        if !is_open && !was_open {
            return None;
        }
        line.insert("number".to_owned(), json!(call.number));
        line.insert("id".to_owned(), json!(call.id));
        line.insert("withdrawn".to_owned(), json!(true));
        return Some(line);
    }
    for field in fields() {
        let value = Cell::of(&call.value(field, directory)).json();
        if !value.is_null() {
            line.insert(field.name().to_owned(), value);
        }
    }
    Some(line)
}

/// The fields of a line. The natural key and its digest identify a record at its switch, not here.
fn fields() -> impl Iterator<Item = CdrField> {
    let is_shown = |field: &CdrField| !matches!(field, CdrField::Key | CdrField::Digest) && !field.is_secret();
    CdrField::ALL.iter().copied().filter(is_shown)
}

fn as_ndjson(lines: &[Map<String, Value>]) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut body, line)?;
        body.push(b'\n');
    }
    Ok(body)
}

fn as_csv(lines: &[Map<String, Value>]) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names: Vec<&str> = ["withdrawn"].into_iter().chain(fields().map(|field| field.name())).collect();
    writer.write_record(&names)?;
    for line in lines {
        let cell = |name: &&str| match line.get(*name) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        writer.write_record(names.iter().map(cell))?;
    }
    writer.into_inner().context("the answer could not be written")
}

fn refused(why: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": why }))
}

fn unavailable(why: &str) -> HttpResponse {
    error!(error = why, "the changes cannot be read");
    HttpResponse::ServiceUnavailable().json(json!({ "error": "the changes cannot be read now" }))
}

//! Exports for administrators: `/api/rest/admin/auth` and `/api/rest/admin/cdr-exports`.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse, Scope};
use cdr_mediation::{Caller, EntryPage, ExportEntry, ExportJob, ExportScope, ExportStatus, Mediation, MediationError};
use cdr_model::Value;

use super::caller::sign_in;
use super::wire::{ExportBody, GIVEN, SCHEMA};
use super::{caller, wire};
use crate::serving::serve_receipt;
use crate::yeti::exports::{download as file, receipt as receipts, status};
use crate::yeti::fault::{Fault, Problem, Problems};
use crate::yeti::filter::{Filter, FilterType};
use crate::yeti::name::{ADMIN_NAME, NAME};
use crate::yeti::resource::{resource, segment};
use crate::yeti::state::Inner;
use crate::yeti::wire::{Input, Object, Page, Params, Shape, SortKey, Types, body, document, negotiate};

/// The path of the resources.
pub(in crate::yeti) const PATH: &str = "/api/rest/admin";

/// All types of resources that documents can hold.
static TYPES: Types = &[&SCHEMA];

const FILTERS: &[(&str, FilterType)] = &[
    ("id", FilterType::Number),
    ("status", FilterType::Enum(&["Pending", "Completed", "Failed", "Deleted"])),
    ("created_at", FilterType::Time),
];

/// Filters with lists of values instead of operators.
const PLAIN: &[(&str, FilterType)] = &[("id", FilterType::Number)];

pub(in crate::yeti) fn mount(scope: Scope) -> Scope {
    let exports =
        resource("/cdr-exports").route(web::get().to(index)).route(web::head().to(index)).route(web::post().to(create));
    let one = resource("/cdr-exports/{id}")
        .route(web::get().to(show))
        .route(web::head().to(show))
        .route(web::delete().to(withdraw));
    let file = resource("/cdr-exports/{id}/download").route(web::get().to(download)).route(web::head().to(download));
    let receipt = resource("/cdr-exports/{id}/receipt").route(web::get().to(receipt)).route(web::head().to(receipt));
    let scope = scope.service(receipt);
    scope.service(resource("/auth").route(web::post().to(caller::begin))).service(exports).service(file).service(one)
}

async fn index(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &yeti).await?;
        negotiate::accept(&request)?;
        let params = Params::read(request.query_string());
        let mut problems = Problems::default();
        let shape = problems.take(params.shape(&SCHEMA, TYPES));
        let filters = problems.take(Filter::read_all(&params, FILTERS, PLAIN));
        let sort = problems.take(params.sort(&SCHEMA));
        let page = problems.take(params.page());
        let (Some(shape), Some(filters), Some(sort), Some(page)) = (shape, filters, sort, page) else {
            return Err(problems.into());
        };
        let mediation = yeti.services.mediation.clone();
        let (entries, total) = block(move || list(&mediation, &caller, &filters, &sort, page)).await??;
        let site = site(&request, &yeti);
        let objects = entries.iter().map(|entry| object(entry, &site, &shape)).collect();
        let links = page.links(&format!("{site}/{}", SCHEMA.kind), &params, total);
        Ok(document::many(objects, None, total, links))
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer())
}

async fn create(request: HttpRequest, payload: Payload, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &yeti).await?;
        negotiate::content_type(&request)?;
        negotiate::accept(&request)?;
        let body = body::read(&request, payload).await?;
        let shape = Params::read(request.query_string()).shape(&SCHEMA, TYPES)?;
        let order = ExportBody::read(&Input::read(&body, &SCHEMA, &GIVEN, &[])?)?;
        let mediation = yeti.services.mediation.clone();
        let enter = move || mediation.start_export(&caller, order.entered(&*mediation.directory()?)?);
        let job = block(enter).await??;
        let object = object(&job.entry(), &site(&request, &yeti), &shape);
        let location = object.address().to_owned();
        let mut answer = document::one(StatusCode::CREATED, object, None);
        if let Ok(location) = location.try_into() {
            answer.headers_mut().insert(LOCATION, location);
        }
        Ok(answer)
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer())
}

async fn show(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &yeti).await?;
        negotiate::accept(&request)?;
        let job = find(&request, &yeti, &caller).await?;
        let shape = Params::read(request.query_string()).shape(&SCHEMA, TYPES)?;
        Ok(document::one(StatusCode::OK, object(&job.entry(), &site(&request, &yeti), &shape), None))
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer())
}

async fn download(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &yeti).await?;
        let job = find(&request, &yeti, &caller).await?;
        let (name, receipt) = (file_name(&job), receipts::address(&site(&request, &yeti), job.number));
        file::answer(&request, &yeti, &caller, job, &name, receipt).await
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer())
}

/// Administrators may see all records, so they get the receipt whole.
async fn receipt(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &yeti).await?;
        let job = find(&request, &yeti, &caller).await?;
        let mut receipt = file::receipt_of(&yeti, &caller, &job).await?;
        receipt.file.name = file_name(&job);
        Ok(serve_receipt(&receipt))
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer())
}

/// The name under which the file of an export is saved.
fn file_name(job: &ExportJob) -> String {
    format!("{}.csv.gz", job.number)
}

async fn withdraw(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &yeti).await?;
        negotiate::accept(&request)?;
        let job = find(&request, &yeti, &caller).await?;
        let mediation = yeti.services.mediation.clone();
        block(move || mediation.withdraw_export(&caller, &job)).await??;
        Ok(HttpResponse::NoContent().finish())
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer())
}

/// The export with the number in the path. Exports of other dialects are not found.
async fn find(request: &HttpRequest, yeti: &Inner, caller: &Caller) -> Result<ExportJob, Fault> {
    let text = segment(request);
    let number: i64 = text.parse().map_err(|_| Problem::invalid_field_value(text, "id"))?;
    let (mediation, caller) = (yeti.services.mediation.clone(), caller.clone());
    let found = block(move || mediation.export_numbered(&caller, number)).await??;
    let found = found.filter(|job| [NAME, ADMIN_NAME].contains(&job.order.dialect.as_str()));
    found.ok_or_else(|| Problem::not_found(number).into())
}

/// A page of the exports that pass the filters, and their total number.
fn list(
    mediation: &Mediation,
    caller: &Caller,
    filters: &[Filter],
    sort: &[SortKey],
    page: Page,
) -> Result<(Vec<ExportEntry>, u64), MediationError> {
    let scope = ExportScope { dialects: vec![NAME.to_owned(), ADMIN_NAME.to_owned()], accounts: None };
    // Entries arrive in the order of their numbers. In that order only the page is held in memory.
    let in_order = sort.is_empty();
    if in_order && filters.iter().all(|filter| filter.name == "status") {
        let pass = |it: &ExportStatus| filters.iter().all(|filter| filter.holds(&status(*it).into()));
        let statuses = (!filters.is_empty()).then(|| ExportStatus::ALL.into_iter().filter(pass).collect());
        let page = EntryPage { scope, statuses, newest_first: false, skip: page.skip(), take: page.take() };
        return mediation.export_page(caller, page);
    }
    let (mut entries, mut total) = (Vec::new(), 0);
    mediation.exports(caller, scope, &mut |entry| {
        if filters.iter().all(|filter| filter.holds(&value(&entry, filter.name))) {
            if !in_order || (total >= page.skip() && entries.len() < page.take()) {
                entries.push(entry);
            }
            total += 1;
        }
    })?;
    if in_order {
        return Ok((entries, total));
    }
    // The sort is stable, so entries with equal keys stay in the order of their numbers.
    entries.sort_by(|left, right| {
        let name = |key: &SortKey| key.name.replace('-', "_");
        let by = |key: &SortKey| key.compare(&value(left, &name(key)), &value(right, &name(key)));
        sort.iter().map(by).find(|it| it.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok((page.of(entries), total))
}

/// The value of an export for the name of a filter, or of an attribute with underscores.
fn value<'a>(entry: &'a ExportEntry, name: &str) -> Value<'a> {
    match name {
        "id" => entry.number.into(),
        "status" => status(entry.status).into(),
        "created_at" => entry.created_at.into(),
        "callback_url" => wire::Memo::of(entry).callback.into(),
        _ => Value::Null,
    }
}

fn object(entry: &ExportEntry, site: &str, shape: &Shape) -> Object {
    Object::new(&SCHEMA, entry.number.to_string(), site, wire::attributes(entry), &[], shape)
}

/// The prefix of all addresses of the admin API, for links.
fn site(request: &HttpRequest, yeti: &Inner) -> String {
    yeti.services.origins.base(request) + PATH
}

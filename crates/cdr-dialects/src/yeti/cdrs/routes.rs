//! Calls: `GET /cdrs`, `GET /cdrs/{id}` and `GET /cdrs/{id}/rec`.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, block};
use actix_web::{HttpRequest, HttpResponse, Scope};
use cdr_mediation::MediationError;
use cdr_model::{Cdr, CdrField, Timestamp};
use cdr_query::{Condition, Test};

use super::attributes::SCHEMA;
use super::filters::Filters;
use super::select::Wanted;
use super::{attributes, select};
use crate::bounds::{Entered, Full};
use crate::yeti::accounts;
use crate::yeti::caller::{Signed, answered};
use crate::yeti::fault::{Fault, Problem, Problems};
use crate::yeti::options::YetiOptions;
use crate::yeti::resource::{resource, segment};
use crate::yeti::state::Inner;
use crate::yeti::types::{ACCOUNTS, TYPES};
use crate::yeti::wire::{Linked, Object, Params, Shape, SortKey, document, negotiate};

/// How far a list goes back by default.
const USUAL: i64 = 24 * 3_600_000_000;

pub(in crate::yeti) fn mount(scope: Scope) -> Scope {
    let index = resource("/cdrs").route(web::get().to(index)).route(web::head().to(index));
    let show = resource("/cdrs/{id}").route(web::get().to(show)).route(web::head().to(show));
    let recording = resource("/cdrs/{id}/rec").route(web::get().to(recording)).route(web::head().to(recording));
    let account = resource("/cdrs/{id}/relationships/account");
    let linkage = account.route(web::get().to(linkage)).route(web::head().to(linkage));
    let related = resource("/cdrs/{id}/account").route(web::get().to(related)).route(web::head().to(related));
    scope.service(index).service(recording).service(linkage).service(related).service(show)
}

async fn index(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let params = Params::read(request.query_string());
        let hidden = &yeti.options.hidden_columns;
        let mut problems = Problems::default();
        let shape = problems.take(params.shape(&SCHEMA, TYPES));
        let filters = params.filters().and_then(|asked| Filters::read(asked, &signed.accounts, hidden));
        let filters = problems.take(filters);
        let sort = problems.take(sort(&params, hidden));
        let page = problems.take(params.page());
        let (Some(shape), Some(filters), Some(sort), Some(page)) = (shape, filters, sort, page) else {
            return Err(problems.into());
        };
        let usual = yeti.services.mediation.clock().now().plus_micros(-USUAL);
        let wanted = Wanted::since(if filters.bound_start { Timestamp::MIN } else { usual }, filters)?;
        // A list in another order is sorted in one piece, which would hold a place for long. It has a bound of its own.
        let (sorting, (mediation, _leaves)) = match select::is_by_start(&sort) {
            true => (None, yeti.reading_in_turn(&signed.login.login)),
            false => (Some(enter(&yeti, signed)?), yeti.reading()),
        };
        let caller = signed.caller.clone();
        let read = move || {
            let page = wanted.page(&mediation, &caller, &sort, page);
            drop(sorting);
            page
        };
        let (calls, total) = block(read).await??;
        let site = yeti.site(&request);
        let included = included(calls.iter(), signed, &site, &shape);
        let objects = calls.iter().map(|call| object(call, signed, &yeti, &site, &shape)).collect();
        let links = page.links(&format!("{site}/{}", SCHEMA.kind), &params, total);
        Ok(document::many(objects, included, total, links))
    })
    .await
}

async fn show(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let call = find(&request, &yeti, signed).await?;
        let shape = Params::read(request.query_string()).shape(&SCHEMA, TYPES)?;
        let site = yeti.site(&request);
        let included = included([&call].into_iter(), signed, &site, &shape);
        Ok(document::one(StatusCode::OK, object(&call, signed, &yeti, &site, &shape), included))
    })
    .await
}

/// Recordings are not stored here, so a visible call has none.
async fn recording(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        find(&request, &yeti, signed).await?;
        Err(Fault::Bare(StatusCode::NOT_FOUND))
    })
    .await
}

async fn linkage(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let call = find(&request, &yeti, signed).await?;
        Ok(document::linkage(&SCHEMA, call.id, &yeti.site(&request), linked(&call, signed)))
    })
    .await
}

async fn related(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let call = find(&request, &yeti, signed).await?;
        let account = signed.account(call.account_id).ok_or_else(|| Problem::not_found(call.id))?;
        let shape = Params::read(request.query_string()).shape(&ACCOUNTS, TYPES)?;
        let object = accounts::object(account, &signed.directory, &yeti.site(&request), &shape);
        Ok(document::one(StatusCode::OK, object, None))
    })
    .await
}

/// The call with the number in the path, if the login may see it. Otherwise the answer is that for an unknown call.
async fn find(request: &HttpRequest, yeti: &Inner, signed: &Signed) -> Result<Cdr, Fault> {
    let text = segment(request);
    let id: i64 = text.parse().map_err(|_| Problem::invalid_field_value(text, "id"))?;
    let query = select::last_attempts()?.only(Condition::new(CdrField::Id, Test::Eq(id.into()))?);
    let ((mediation, _leaves), caller) = (yeti.reading(), signed.caller.clone());
    let found = block(move || -> Result<_, MediationError> { mediation.list(&caller, &query, 0, 1) }).await??;
    found.into_iter().next().ok_or_else(|| Problem::not_found(id).into())
}

/// Notes that a list is sorted for a login.
///
/// # Errors
/// 503, when too many are.
fn enter(yeti: &Inner, signed: &Signed) -> Result<Entered, Fault> {
    let YetiOptions { sorted_per_login, sorted, .. } = &yeti.options;
    yeti.sorting.try_enter(&signed.login.login).map_err(|full| {
        Fault::from(match full {
            Full::OfTenant => Problem::too_many_lists(format!(
                "{sorted_per_login} lists of this login in another order than the start are being sorted; \
                 try again when one has been answered."
            )),
            Full::InAll => Problem::too_many_lists(format!(
                "{sorted} lists in another order than the start are being sorted; try again in a moment."
            )),
        })
    })
}

/// The sort keys of a list. Hidden columns are rejected, since the order would reveal them.
fn sort(params: &Params, hidden: &[String]) -> Result<Vec<SortKey>, Vec<Problem>> {
    let keys = params.sort(&SCHEMA)?;
    let is_hidden = |key: &&SortKey| hidden.iter().any(|column| *column == key.name.replace('-', "_"));
    match keys.iter().find(is_hidden) {
        Some(key) => Err(vec![Problem::invalid_sort(key.name, SCHEMA.kind)]),
        None => Ok(keys),
    }
}

fn object(call: &Cdr, signed: &Signed, yeti: &Inner, site: &str, shape: &Shape) -> Object {
    let attributes = attributes::of(call, &signed.login, &yeti.options.hidden_columns);
    Object::new(&SCHEMA, call.id.to_string(), site, attributes, &[linked(call, signed)], shape)
}

fn linked(call: &Cdr, signed: &Signed) -> Linked {
    Linked { name: "account", to: signed.account(call.account_id).map(accounts::identifier) }
}

/// The accounts of calls, each once, if the document includes them.
fn included<'a>(
    calls: impl Iterator<Item = &'a Cdr>,
    signed: &Signed,
    site: &str,
    shape: &Shape,
) -> Option<Vec<Object>> {
    let wanted: BTreeSet<i64> = calls.map(|call| call.account_id).collect();
    let accounts = wanted.into_iter().filter_map(|id| signed.account(id));
    let objects = accounts.map(|account| accounts::object(account, &signed.directory, site, shape));
    shape.includes("account").then(|| objects.collect())
}

//! CDR exports of customers: order, list, status and download.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{self, Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse, Scope};
use cdr_mediation::{EntryPage, ExportEntry, ExportJob, ExportScope, ExportStatus, MediationError, Visibility};
use cdr_model::Account;

use super::from_wire::{ATTRIBUTES, RELATIONSHIPS, Wanted};
use super::list::{FILTERS, Listed, PLAIN};
use super::{download, list, receipt, to_wire};
use crate::serving::serve_receipt;
use crate::yeti::accounts;
use crate::yeti::caller::{Signed, answered};
use crate::yeti::fault::{Fault, Problem, Problems};
use crate::yeti::filter::Filter;
use crate::yeti::name::{ADMIN_NAME, NAME};
use crate::yeti::resource::{id, resource};
use crate::yeti::state::Inner;
use crate::yeti::types::{ACCOUNTS, EXPORTS, TYPES};
use crate::yeti::wire::{Input, Linked, Object, Page, Params, Shape, body, document, negotiate};

pub(in crate::yeti) fn mount(scope: Scope) -> Scope {
    let exports = resource("/cdr-exports").route(web::get().to(index)).route(web::head().to(index));
    let one = resource("/cdr-exports/{id}").route(web::get().to(show)).route(web::head().to(show));
    let file = resource("/cdr-exports/{id}/download").route(web::get().to(file)).route(web::head().to(file));
    let receipt = resource("/cdr-exports/{id}/receipt").route(web::get().to(receipt)).route(web::head().to(receipt));
    let account = resource("/cdr-exports/{id}/account").route(web::get().to(account)).route(web::head().to(account));
    let linkage = resource("/cdr-exports/{id}/relationships/account");
    let linkage = linkage.route(web::get().to(account_linkage)).route(web::head().to(account_linkage));
    let exports = exports.route(web::post().to(create));
    scope.service(exports).service(one).service(file).service(receipt).service(account).service(linkage)
}

async fn index(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let params = Params::read(request.query_string());
        let mut problems = Problems::default();
        let shape = problems.take(params.shape(&EXPORTS, TYPES));
        let filters = problems.take(Filter::read_all(&params, FILTERS, PLAIN));
        let keys = problems.take(params.sort(&EXPORTS));
        let page = problems.take(params.page());
        let (Some(shape), Some(filters), Some(keys), Some(page)) = (shape, filters, keys, page) else {
            return Err(problems.into());
        };
        let (entries, total) = match list::selected(&filters, &signed.accounts).filter(|_| keys.is_empty()) {
            Some((accounts, statuses)) => newest(&yeti, signed, accounts, statuses, page).await?,
            None => {
                let mut exports = all(&yeti, signed).await?;
                exports.retain(|export| export.passes(&filters, signed));
                exports.sort_by(|left, right| left.compare(right, &keys, signed));
                let total = exports.len() as u64;
                (page.of(exports).into_iter().map(|listed| listed.entry).collect(), total)
            }
        };
        let site = yeti.site(&request);
        let (mut objects, mut shown) = (Vec::new(), Vec::new());
        for entry in entries {
            let Some(account) = entry.account_id.and_then(|id| signed.account(id)) else { continue };
            objects.push(to_wire::object(&entry, account, &site, &shape));
            if !shown.iter().any(|it: &&Account| it.id == account.id) {
                shown.push(account);
            }
        }
        let included = included(&shown, signed, &site, &shape);
        let links = page.links(&format!("{site}/{}", EXPORTS.kind), &params, total);
        Ok(document::many(objects, included, total, links))
    })
    .await
}

async fn create(request: HttpRequest, payload: Payload, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::content_type(&request)?;
        negotiate::accept(&request)?;
        let body = body::read(&request, payload).await?;
        let shape = Params::read(request.query_string()).shape(&EXPORTS, TYPES)?;
        let input = Input::read(&body, &EXPORTS, &ATTRIBUTES, &RELATIONSHIPS)?;
        let order = Wanted::read(&input, &signed.accounts)?.order(&yeti.options.hidden_columns)?;
        let (mediation, caller) = (yeti.services.mediation.clone(), signed.caller.clone());
        let job = block(move || mediation.start_export(&caller, order)).await??;
        one(&request, &yeti, signed, &shape, StatusCode::CREATED, &job)
    })
    .await
}

async fn show(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let shape = Params::read(request.query_string()).shape(&EXPORTS, TYPES);
        let job = find(&request, &yeti, signed).await?;
        one(&request, &yeti, signed, &shape?, StatusCode::OK, &job)
    })
    .await
}

async fn file(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        let job = find(&request, &yeti, signed).await?;
        let (name, receipt) = (receipt::file_name(job.id), receipt::address(&yeti.site(&request), job.id));
        download::answer(&request, &yeti, &signed.caller, job, &name, receipt).await
    })
    .await
}

async fn receipt(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        let job = find(&request, &yeti, signed).await?;
        let receipt = download::receipt_of(&yeti, &signed.caller, &job).await?;
        let account = account_of(&job, signed)?;
        Ok(serve_receipt(&receipt::for_customer(receipt, &job, account, &yeti.options.hidden_columns)))
    })
    .await
}

async fn account(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let job = find(&request, &yeti, signed).await?;
        let shape = Params::read(request.query_string()).shape(&ACCOUNTS, TYPES)?;
        let account = account_of(&job, signed)?;
        let object = accounts::object(account, &signed.directory, &yeti.site(&request), &shape);
        Ok(document::one(StatusCode::OK, object, None))
    })
    .await
}

async fn account_linkage(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let job = find(&request, &yeti, signed).await?;
        let to = Some(accounts::identifier(account_of(&job, signed)?));
        Ok(document::linkage(&EXPORTS, job.id, &yeti.site(&request), Linked { name: "account", to }))
    })
    .await
}

/// A page of the exports of these accounts in these states, newest first, and the number of them all.
async fn newest(
    yeti: &Inner,
    signed: &Signed,
    accounts: Vec<i64>,
    statuses: Option<Vec<ExportStatus>>,
    page: Page,
) -> Result<(Vec<ExportEntry>, u64), Fault> {
    let (mediation, caller) = (yeti.services.mediation.clone(), signed.caller.clone());
    let scope = ExportScope { dialects: vec![NAME.to_owned(), ADMIN_NAME.to_owned()], accounts: Some(accounts) };
    let page = EntryPage { scope, statuses, newest_first: true, skip: page.skip(), take: page.take() };
    Ok(block(move || mediation.export_page(&caller, page)).await??)
}

/// The exports that the login may see, oldest first: its own, and those that administrators ordered for its accounts.
/// Only their entries are read, not their queries and receipts.
async fn all(yeti: &Inner, signed: &Signed) -> Result<Vec<Listed>, Fault> {
    let (mediation, caller) = (yeti.services.mediation.clone(), signed.caller.clone());
    let Visibility::Accounts(accounts) = caller.visibility.clone() else { return Ok(Vec::new()) };
    let scope = ExportScope { dialects: vec![NAME.to_owned(), ADMIN_NAME.to_owned()], accounts: Some(accounts) };
    let read = move || -> Result<_, MediationError> {
        let mut exports = Vec::new();
        mediation.exports(&caller, scope, &mut |entry| exports.push(Listed::new(entry)))?;
        Ok(exports)
    };
    Ok(block(read).await??)
}

/// The export that the path names. For a caller that may not see it the answer is that for an unknown export.
async fn find(request: &HttpRequest, yeti: &Inner, signed: &Signed) -> Result<ExportJob, Fault> {
    let id = id(request)?;
    let (mediation, caller) = (yeti.services.mediation.clone(), signed.caller.clone());
    let job = block(move || mediation.export(&caller, id)).await??;
    let ours = |job: &ExportJob| [NAME, ADMIN_NAME].contains(&job.order.dialect.as_str());
    let job = job.filter(|job| ours(job) && account_of(job, signed).is_ok());
    job.ok_or_else(|| Problem::not_found(id).into())
}

fn account_of<'a>(job: &ExportJob, signed: &'a Signed) -> Result<&'a Account, Fault> {
    let account = job.order.account_id.and_then(|id| signed.account(id));
    account.ok_or_else(|| Problem::not_found(job.id).into())
}

fn one(
    request: &HttpRequest,
    yeti: &Inner,
    signed: &Signed,
    shape: &Shape,
    status: StatusCode,
    job: &ExportJob,
) -> Result<HttpResponse, Fault> {
    let (site, account) = (yeti.site(request), account_of(job, signed)?);
    let object = to_wire::object(&job.entry(), account, &site, shape);
    let meta = to_wire::meta(job, account, &site, yeti.services.keep, &yeti.options.hidden_columns);
    let object = object.with_meta(meta);
    let location = object.address().to_owned();
    let included = included(&[account], signed, &site, shape);
    let mut answer = document::one(status, object, included);
    if status == StatusCode::CREATED {
        let location = location.try_into().map_err(std::io::Error::other)?;
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

/// The accounts, if the document includes them.
fn included(accounts: &[&Account], signed: &Signed, site: &str, shape: &Shape) -> Option<Vec<Object>> {
    let objects = || accounts.iter().map(|account| accounts::object(account, &signed.directory, site, shape)).collect();
    shape.includes("account").then(objects)
}

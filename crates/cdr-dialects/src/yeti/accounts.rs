//! Accounts: `GET /accounts` and `GET /accounts/{id}`.
//!
//! Source: yeti-web, the customer API's documentation of `accounts`.

use std::cmp::Ordering;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, block};
use actix_web::{HttpRequest, HttpResponse, Scope};
use cdr_model::{Account, Directory, Value};

use super::caller::{Signed, answered};
use super::fault::{Fault, Problem, Problems};
use super::filter::{Filter, FilterType};
use super::resource::{id, resource};
use super::state::Inner;
use super::to_wire::decimal;
use super::types::{ACCOUNTS, TYPES};
use super::wire::{Identifier, Members, Object, Params, Shape, SortKey, document, negotiate};

const FILTERS: &[(&str, FilterType)] = &[
    ("name", FilterType::Text),
    ("balance", FilterType::Number),
    ("min_balance", FilterType::Number),
    ("max_balance", FilterType::Number),
    ("balance_low_threshold", FilterType::Number),
    ("balance_high_threshold", FilterType::Number),
    ("destination_rate_limit", FilterType::Number),
    ("max_call_duration", FilterType::Number),
    ("external_id", FilterType::Number),
    ("origination_capacity", FilterType::Number),
    ("termination_capacity", FilterType::Number),
    ("total_capacity", FilterType::Number),
    ("uuid", FilterType::Uuid),
];

pub(super) fn mount(scope: Scope) -> Scope {
    let index = resource("/accounts").route(web::get().to(index)).route(web::head().to(index));
    let show = resource("/accounts/{id}").route(web::get().to(show)).route(web::head().to(show));
    scope.service(index).service(show)
}

/// The account as a resource.
pub(super) fn object(account: &Account, directory: &Directory, site: &str, shape: &Shape) -> Object {
    let attributes = Members::default()
        .with("name", account.name.as_str())
        .with("balance", account.balance.map(decimal))
        .with("min-balance", account.min_balance.map(decimal))
        .with("max-balance", account.max_balance.map(decimal))
        .with("destination-rate-limit", account.destination_rate_limit.map(decimal))
        .with("origination-capacity", account.origination_capacity)
        .with("termination-capacity", account.termination_capacity)
        .with("total-capacity", account.total_capacity)
        .with("currency", directory.currency(account.customer_id));
    Object::new(&ACCOUNTS, account.uuid, site, attributes, &[], shape)
}

/// The identifier of an account.
pub(super) fn identifier(account: &Account) -> Identifier {
    Identifier { kind: ACCOUNTS.kind, id: account.uuid.to_string() }
}

async fn index(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let params = Params::read(request.query_string());
        let mut problems = Problems::default();
        let shape = problems.take(params.shape(&ACCOUNTS, TYPES));
        let filters = problems.take(Filter::read_all(&params, FILTERS, &[("id", FilterType::Uuid)]));
        let keys = problems.take(params.sort(&ACCOUNTS));
        let page = problems.take(params.page());
        let (Some(shape), Some(filters), Some(keys), Some(page)) = (shape, filters, keys, page) else {
            return Err(problems.into());
        };
        let directory = &*signed.directory;
        let with_balances = with_balances(&yeti, signed.accounts.clone()).await?;
        let passes =
            |account: &&Account| filters.iter().all(|filter| filter.holds(&value(account, filter.name, directory)));
        let mut accounts: Vec<&Account> = with_balances.iter().filter(passes).collect();
        accounts.sort_by(|left, right| compare(&keys, left, right, directory));
        let total = accounts.len() as u64;
        let site = yeti.site(&request);
        let accounts = page.of(accounts).into_iter().map(|account| object(account, directory, &site, &shape)).collect();
        let links = page.links(&format!("{site}/{}", ACCOUNTS.kind), &params, total);
        Ok(document::many(accounts, None, total, links))
    })
    .await
}

async fn show(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    answered(&request, &yeti, async |signed: &Signed| {
        negotiate::accept(&request)?;
        let id = id(&request)?;
        let shape = Params::read(request.query_string()).shape(&ACCOUNTS, TYPES)?;
        let account = signed.accounts.iter().find(|account| account.uuid == id);
        let account = account.ok_or_else(|| Problem::not_found(id))?;
        let account = with_balances(&yeti, vec![account.clone()]).await?.remove(0);
        Ok(document::one(StatusCode::OK, object(&account, &signed.directory, &yeti.site(&request), &shape), None))
    })
    .await
}

/// The accounts with their current balances.
async fn with_balances(yeti: &Inner, accounts: Vec<Account>) -> Result<Vec<Account>, Fault> {
    if accounts.iter().all(|account| account.balance_at.is_none()) {
        return Ok(accounts);
    }
    let mediation = yeti.services.mediation.clone();
    Ok(block(move || mediation.with_balances(accounts)).await??)
}

/// The value of an account for the name of a filter, or of an attribute with underscores.
fn value<'a>(account: &'a Account, name: &str, directory: &'a Directory) -> Value<'a> {
    match name {
        "uuid" | "id" => account.uuid.into(),
        "name" => account.name.as_str().into(),
        "balance" => account.balance.into(),
        "min_balance" => account.min_balance.into(),
        "max_balance" => account.max_balance.into(),
        "balance_low_threshold" => account.balance_low.into(),
        "balance_high_threshold" => account.balance_high.into(),
        "destination_rate_limit" => account.destination_rate_limit.into(),
        "max_call_duration" => account.max_call_duration.into(),
        // In the original it is a number. Other external ids cannot be filtered by.
        "external_id" => account.external_id.as_ref().and_then(|id| id.parse::<i64>().ok()).into(),
        "origination_capacity" => account.origination_capacity.into(),
        "termination_capacity" => account.termination_capacity.into(),
        "total_capacity" => account.total_capacity.into(),
        "currency" => directory.currency(account.customer_id).into(),
        _ => Value::Null,
    }
}

/// By the requested keys, then by the identifier.
fn compare(keys: &[SortKey], left: &Account, right: &Account, directory: &Directory) -> Ordering {
    let by = |key: &SortKey| {
        let name = key.name.replace('-', "_");
        key.compare(&value(left, &name, directory), &value(right, &name, directory))
    };
    keys.iter().map(by).find(|it| it.is_ne()).unwrap_or_else(|| left.uuid.cmp(&right.uuid))
}

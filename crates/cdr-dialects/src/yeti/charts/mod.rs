//! Charts of an account: `POST /chart-active-calls` and `POST /chart-originated-cps`.
//!
//! Source: yeti-web, the customer API's documentation of both. There the first is drawn from samples of the calls under
//! way, taken every so often; here it is drawn from the calls that were stored, minute by minute, so it knows of a call once
//! it has ended.

mod minutes;
#[cfg(test)]
mod tests;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse, Scope};
use cdr_mediation::{Caller, Mediation, MediationError};
use cdr_model::{Account, Anchor, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};
use uuid::Uuid;

use super::caller::{Signed, answered};
use super::cdrs::each_last_attempt;
use super::json_api::input::is_blank;
use super::json_api::{
    Fault, Input, Json, Linked, Members, Object, Params, Problem, Schema, body, document, negotiate,
};
use super::resource::resource;
use super::state::Inner;
use super::types::{ACTIVE, ORIGINATED, TYPES};
use super::{accounts, values};
use minutes::Minutes;

const DAY: i64 = 24 * 3_600_000_000;
/// The longest span of a chart, in days: a point a minute of it is some 45,000.
const LONGEST: i64 = 31;
const SPAN: [&str; 2] = ["from-time", "to-time"];

/// What a chart is to be of.
struct Order {
    account: i64,
    /// Both bounds belong to it.
    from: Timestamp,
    to: Timestamp,
}

/// The lists of a chart, by their attributes.
type Points = Vec<(&'static str, Vec<Json>)>;

pub(super) fn mount(scope: Scope) -> Scope {
    scope
        .service(resource("/chart-active-calls").route(web::post().to(active)))
        .service(resource("/chart-originated-cps").route(web::post().to(originated)))
}

async fn active(request: HttpRequest, payload: Payload, yeti: Data<Inner>) -> HttpResponse {
    drawn(&request, payload, &yeti, &ACTIVE, active_calls).await
}

async fn originated(request: HttpRequest, payload: Payload, yeti: Data<Inner>) -> HttpResponse {
    drawn(&request, payload, &yeti, &ORIGINATED, originated_cps).await
}

/// Draws a chart, as a resource that is there for as long as its answer.
async fn drawn(
    request: &HttpRequest,
    payload: Payload,
    yeti: &Inner,
    schema: &'static Schema,
    draw: fn(&Mediation, &Caller, &Order) -> Result<Points, MediationError>,
) -> HttpResponse {
    answered(request, yeti, async |signed: &Signed| {
        negotiate::content_type(request)?;
        negotiate::accept(request)?;
        let body = body::read(request, payload).await?;
        let shape = Params::read(request.query_string()).shape(schema, TYPES)?;
        let input = Input::read(&body, schema, &SPAN, &["account"])?;
        let (order, account) = order(&input, signed, yeti.services.mediation.clock().now())?;
        let linked = Linked { name: "account", to: Some(accounts::identifier(account)) };
        let site = yeti.site(request);
        let included = || vec![accounts::object(account, &signed.directory, &site, &shape)];
        let included = shape.includes("account").then(included);
        let mut attributes =
            Members::default().with(SPAN[0], values::time(order.from)).with(SPAN[1], values::time(order.to));
        let id = identity(schema, &order, account);
        let (mediation, caller) = (yeti.services.mediation.clone(), signed.caller.clone());
        for (name, points) in block(move || draw(&mediation, &caller, &order)).await?? {
            attributes.push(name, points);
        }
        let object = Object::new(schema, id, &site, attributes, &[linked], &shape);
        Ok(document::one(StatusCode::CREATED, object, included))
    })
    .await
}

/// Reads what the chart is to be of, and tells everything that is wrong with it: the last 24 hours, unless it is said.
fn order<'a>(input: &Input, signed: &'a Signed, now: Timestamp) -> Result<(Order, &'a Account), Fault> {
    let mut problems = Vec::new();
    let mut read = |name: &str, otherwise: Timestamp| match input.attributes.get(name).filter(|it| !is_blank(it)) {
        None => otherwise,
        Some(given) => given.as_str().and_then(values::read_time).unwrap_or_else(|| {
            problems.push(Problem::invalid("attributes", name, "is not a valid time"));
            otherwise
        }),
    };
    let (from, to) = (read(SPAN[0], now.plus_micros(-DAY)), read(SPAN[1], now));
    if to.micros_since(from) > LONGEST * DAY {
        let message = format!("must be at most {LONGEST} days after from-time");
        problems.push(Problem::invalid("attributes", SPAN[1], &message));
    }
    // Whose account it is, if it is not theirs, they do not learn.
    let wanted = input.linked("account");
    let account = signed.accounts.iter().find(|account| wanted == Some(account.uuid));
    if account.is_none() {
        problems.push(Problem::invalid("relationships", "account", "can't be blank"));
    }
    if from > to {
        // The original's words, which mean the opposite.
        problems.push(Problem::invalid_as_a_whole("from_time must be greater than to_time"));
    }
    match account {
        Some(account) if problems.is_empty() => Ok((Order { account: account.id, from, to }, account)),
        _ => Err(problems.into()),
    }
}

/// The same chart has the same identifier.
fn identity(schema: &Schema, order: &Order, account: &Account) -> String {
    let name = format!("{} {} {}", schema.kind, order.from, order.to);
    Uuid::new_v5(&account.uuid, name.as_bytes()).to_string()
}

/// Calls at once, at every minute. Calls that began more than a day before the span are not looked for.
fn active_calls(mediation: &Mediation, caller: &Caller, order: &Order) -> Result<Points, MediationError> {
    let mut minutes = Minutes::beginning_in(order.from, order.to);
    let since = order.from.plus_micros(-DAY);
    each_last_attempt(mediation, caller, calls(order, since)?, &mut |call| minutes.lasts(&call))?;
    let points = minutes.at_once().map(|(at, calls)| point(at, calls)).collect();
    Ok(vec![("terminated-calls", Vec::new()), ("originated-calls", points)])
}

/// Calls that began, of minutes in which any did, as so many a second.
fn originated_cps(mediation: &Mediation, caller: &Caller, order: &Order) -> Result<Points, MediationError> {
    let mut minutes = Minutes::touching(order.from, order.to);
    each_last_attempt(mediation, caller, calls(order, order.from)?, &mut |call| minutes.begins(&call))?;
    Ok(vec![("cps", minutes.per_second().map(|(at, thousandths)| point(at, rate(thousandths))).collect())])
}

/// The calls of the account that started from an instant to the end of the span.
fn calls(order: &Order, since: Timestamp) -> Result<CdrQuery, MediationError> {
    let window = Window { anchor: Anchor::Start, from: since, until: order.to.plus_micros(1).max(since) };
    let account = Condition::new(CdrField::AccountId, Test::Eq(order.account.into()))?;
    Ok(CdrQuery::over(window).only(account))
}

fn point(at: Timestamp, y: impl Into<Json>) -> Json {
    Members::default().with("y", y).with("x", values::time(at)).into()
}

/// Thousandths as the original prints decimals: `0.1`, `1.0`.
fn rate(thousandths: i64) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

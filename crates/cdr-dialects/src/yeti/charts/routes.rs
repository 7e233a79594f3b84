//! Charts of an account: `POST /chart-active-calls` and `POST /chart-originated-cps`.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse, Scope};
use cdr_mediation::{Caller, Mediation, MediationError};
use cdr_model::{Account, Anchor, CdrField, Direction, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};
use uuid::Uuid;

use super::minutes::Minutes;
use crate::yeti::caller::{Signed, answered};
use crate::yeti::cdrs::each_last_attempt;
use crate::yeti::fault::{Fault, Problem};
use crate::yeti::resource::resource;
use crate::yeti::state::Inner;
use crate::yeti::types::{ACTIVE, ORIGINATED, TYPES};
use crate::yeti::wire::input::is_blank;
use crate::yeti::wire::{Input, Json, Linked, Members, Object, Params, Schema, body, document, negotiate};
use crate::yeti::{accounts, from_wire, to_wire};

const DAY: i64 = 24 * 3_600_000_000;
/// The longest span of a chart in days. With one point per minute it has some 45,000 points.
const LONGEST: i64 = 31;
const SPAN: [&str; 2] = ["from-time", "to-time"];

/// The account and the span of a chart.
struct ChartRequest {
    account: i64,
    /// Both bounds are included.
    from: Timestamp,
    to: Timestamp,
}

/// The lists of a chart, by their attributes.
type Points = Vec<(&'static str, Vec<Json>)>;

pub(in crate::yeti) fn mount(scope: Scope) -> Scope {
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

/// Draws a chart, as a resource that exists only in its answer.
async fn drawn(
    request: &HttpRequest,
    payload: Payload,
    yeti: &Inner,
    schema: &'static Schema,
    draw: fn(&Mediation, &Caller, &ChartRequest) -> Result<Points, MediationError>,
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
            Members::default().with(SPAN[0], to_wire::time(order.from)).with(SPAN[1], to_wire::time(order.to));
        let id = identity(schema, &order, account);
        let ((mediation, _leaves), caller) = (yeti.reading_in_turn(&signed.login.login), signed.caller.clone());
        for (name, points) in block(move || draw(&mediation, &caller, &order)).await?? {
            attributes.push(name, points);
        }
        let object = Object::new(schema, id, &site, attributes, &[linked], &shape);
        Ok(document::one(StatusCode::CREATED, object, included))
    })
    .await
}

/// Reads the account and the span of a chart, and reports all problems together. The default span is the last 24 hours.
fn order<'a>(input: &Input, signed: &'a Signed, now: Timestamp) -> Result<(ChartRequest, &'a Account), Fault> {
    let mut problems = Vec::new();
    let mut read = |name: &str, otherwise: Timestamp| match input.attributes.get(name).filter(|it| !is_blank(it)) {
        None => otherwise,
        Some(given) => given.as_str().and_then(from_wire::read_time).unwrap_or_else(|| {
            problems.push(Problem::invalid("attributes", name, "is not a valid time"));
            otherwise
        }),
    };
    let (from, to) = (read(SPAN[0], now.plus_micros(-DAY)), read(SPAN[1], now));
    if to.micros_since(from) > LONGEST * DAY {
        let message = format!("must be at most {LONGEST} days after from-time");
        problems.push(Problem::invalid("attributes", SPAN[1], &message));
    }
    // An account of another customer gets the same answer as an unknown one.
    let wanted = input.linked("account");
    let account = signed.accounts.iter().find(|account| wanted == Some(account.uuid));
    if account.is_none() {
        problems.push(Problem::invalid("relationships", "account", "can't be blank"));
    }
    if from > to {
        // The message of the original, although it states the opposite.
        problems.push(Problem::invalid_as_a_whole("from_time must be greater than to_time"));
    }
    match account {
        Some(account) if problems.is_empty() => Ok((ChartRequest { account: account.id, from, to }, account)),
        _ => Err(problems.into()),
    }
}

/// The identifier of a chart. The same chart always has the same one.
fn identity(schema: &Schema, order: &ChartRequest, account: &Account) -> String {
    let name = format!("{} {} {}", schema.kind, order.from, order.to);
    Uuid::new_v5(&account.uuid, name.as_bytes()).to_string()
}

/// Concurrent calls at every minute: those that the account received, and all others. Calls that started more than a
/// day before the span are not read.
fn active_calls(mediation: &Mediation, caller: &Caller, order: &ChartRequest) -> Result<Points, MediationError> {
    let (mut terminated, mut originated) =
        (Minutes::beginning_in(order.from, order.to), Minutes::beginning_in(order.from, order.to));
    let since = order.from.plus_micros(-DAY);
    each_last_attempt(mediation, caller, calls(order, since)?, &mut |call| match call.direction {
        Direction::In => terminated.lasts(&call),
        _ => originated.lasts(&call),
    })?;
    let points = |minutes: &Minutes| minutes.at_once().map(|(at, calls)| point(at, calls)).collect();
    Ok(vec![("terminated-calls", points(&terminated)), ("originated-calls", points(&originated))])
}

/// Calls per second in the minutes in which any started.
fn originated_cps(mediation: &Mediation, caller: &Caller, order: &ChartRequest) -> Result<Points, MediationError> {
    let mut minutes = Minutes::touching(order.from, order.to);
    each_last_attempt(mediation, caller, calls(order, order.from)?, &mut |call| minutes.begins(&call))?;
    Ok(vec![("cps", minutes.per_second().map(|(at, thousandths)| point(at, rate(thousandths))).collect())])
}

/// The calls of the account that started from an instant to the end of the span.
fn calls(order: &ChartRequest, since: Timestamp) -> Result<CdrQuery, MediationError> {
    let window = Window { anchor: Anchor::Start, from: since, until: order.to.plus_micros(1).max(since) };
    let account = Condition::new(CdrField::AccountId, Test::Eq(order.account.into()))?;
    Ok(CdrQuery::over(window).only(account).selecting([CdrField::Talk, CdrField::Direction]))
}

fn point(at: Timestamp, y: impl Into<Json>) -> Json {
    Members::default().with("y", y).with("x", to_wire::time(at)).into()
}

/// Thousandths as the original prints decimals: `0.1`, `1.0`.
fn rate(thousandths: i64) -> String {
    let text = format!("{}.{:03}", thousandths / 1000, thousandths % 1000);
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

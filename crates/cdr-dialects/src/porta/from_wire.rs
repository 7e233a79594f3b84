//! Converts a request to the query for its records. The names of members are the original's. The meaning of some is a
//! guess that the options can correct.

use std::collections::BTreeSet;

use cdr_mediation::MediationError;
use cdr_model::{Anchor, BillingPeriod, CdrField, Customer, Directory, LocalZone, RecordKind, Timestamp, VOICE_CALLS};
use cdr_query::{CdrQuery, Condition, Operand, Test, Window};
use chrono::{DateTime, NaiveDateTime};
use thiserror::Error;

use super::options::PortaOptions;
use super::routes::Route;
use super::times;
use super::wire::PortaCdr;

/// The records that a request asks for.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) route: Route,
    pub(super) query: CdrQuery,
    /// The customer of the request or of its account; `None` for charges of all customers.
    pub(super) customer: Option<i64>,
    /// The zone in which `connect_datetime` is printed; for records of earlier terms of the customer, see [`Clocks`].
    pub(super) clocks: Clocks,
}

/// The zones in which `connect_datetime` is printed.
#[derive(Clone, Debug)]
pub(super) struct Clocks {
    /// The zone of the request, or else the customer's present one.
    pub(super) present: LocalZone,
    /// The zones of earlier terms, with the instants before which records have to start, the oldest first.
    earlier: Vec<(Timestamp, LocalZone)>,
}

impl Clocks {
    /// The zone for a record that started at this instant.
    pub(super) fn at(&self, started_at: Timestamp) -> LocalZone {
        self.earlier.iter().find(|(until, _)| started_at < *until).map_or(self.present, |(_, zone)| *zone)
    }
}

/// The context in which a request is read.
pub(super) struct Known<'a> {
    pub(super) directory: &'a Directory,
    /// The customers that the caller may see.
    pub(super) customers: &'a BTreeSet<i64>,
    pub(super) now: Timestamp,
    pub(super) options: &'a PortaOptions,
}

/// Why a request is rejected.
#[derive(Debug, Error)]
pub(super) enum Refusal {
    #[error("{member}: {problem}")]
    Argument { member: &'static str, problem: &'static str },
    #[error("there is no customer with this ICustomer")]
    NoCustomer,
    #[error("there is no account with this IAccount")]
    NoAccount,
    #[error(transparent)]
    Unaskable(#[from] MediationError),
}

impl From<cdr_query::QueryError> for Refusal {
    fn from(error: cdr_query::QueryError) -> Refusal {
        Refusal::Unaskable(error.into())
    }
}

const NO_INSTANT: &str = "not a date such as 2015-06-01 or 2015-06-01 10:20:30";

impl Question {
    /// Reads a request for a route.
    ///
    /// # Errors
    /// When it names a customer or an account that the caller may not see, or a member cannot be read.
    pub(super) fn read(asked: &PortaCdr, route: Route, known: &Known<'_>) -> Result<Question, Refusal> {
        let (customer, account) = subject(asked, route, known)?;
        let clocks = clocks(asked, customer, known)?;
        let (window, ended_since) = window(asked, route, customer, known)?;
        let mut query = CdrQuery::over(window).only(Condition::new(CdrField::Success, Test::Eq(true.into()))?);
        if !known.options.unfinished {
            query = query.only(Condition::new(CdrField::Finished, Test::Eq(true.into()))?);
        }
        if let Some(at) = ended_since {
            query = query.only(Condition::new(CdrField::EndedAt, Test::Gte(at.into()))?);
        }
        if let Some(customer) = customer {
            query = query.only(of_customers(asked, route, customer.id, known)?);
        }
        query = match account {
            Some(account) => query.only(Condition::new(CdrField::AccountId, Test::Eq(account.into()))?),
            None if is_own_only(asked, route) => {
                query.only(Condition::new(CdrField::AccountId, Test::Lt(Operand::Integer(0)))?)
            }
            None => query,
        };
        let service = match route {
            Route::VoiceCalls | Route::Statistics | Route::Connected => i64::from(VOICE_CALLS),
            _ => asked.i_service,
        };
        if service != 0 {
            query = query.only(Condition::new(CdrField::ServiceId, Test::Eq(service.into()))?);
        }
        if asked.get_outgoing_calls {
            query = query.only(Condition::new(CdrField::XdrDirection, Test::Eq("out".into()))?);
        }
        if asked.get_hunt_group_reports && route.is_paged() {
            query = query.only(Condition::new(CdrField::QueueGroup, Test::Present)?);
        }
        if route == Route::DidCharges {
            query = query.only(Condition::of_kinds(&[RecordKind::DidCharge]));
        }
        Ok(Question { route, query, customer: customer.map(|customer| customer.id), clocks })
    }
}

/// The customer that a request is about, and the account if it is about one.
fn subject<'a>(
    asked: &PortaCdr,
    route: Route,
    known: &Known<'a>,
) -> Result<(Option<&'a Customer>, Option<i64>), Refusal> {
    let seen = |id: i64| known.directory.customers.get(&id).filter(|_| known.customers.contains(&id));
    match route {
        Route::DidCharges => Ok((None, None)),
        Route::Account | Route::AccountPages => {
            let account = known.directory.accounts.get(&asked.i_account).ok_or(Refusal::NoAccount)?;
            let customer = seen(account.customer_id).ok_or(Refusal::NoAccount)?;
            Ok((Some(customer), Some(account.id)))
        }
        _ => Ok((Some(seen(asked.i_customer).ok_or(Refusal::NoCustomer)?), None)),
    }
}

/// Whether the request asks only for records booked on the customer itself, not on its accounts.
fn is_own_only(asked: &PortaCdr, route: Route) -> bool {
    match route {
        Route::Reseller | Route::ResellerService => true,
        Route::Account | Route::AccountPages | Route::Statistics | Route::DidCharges => false,
        Route::VoiceCalls | Route::Connected => !asked.include_accounts && !asked.get_account_voice_calls,
        Route::Xdrs => !asked.retail_xdr_info,
        _ => !asked.include_accounts,
    }
}

fn of_customers(asked: &PortaCdr, route: Route, id: i64, known: &Known<'_>) -> Result<Condition, Refusal> {
    let with_those_below = match route {
        Route::Reseller | Route::ResellerService => asked.include_subcustomers,
        Route::ResellerBilling => true,
        _ => false,
    };
    if !with_those_below {
        return Ok(Condition::new(CdrField::CustomerId, Test::Eq(id.into()))?);
    }
    let ids = known.directory.below(id, known.options.levels);
    let ids = ids.into_iter().filter(|id| known.customers.contains(id)).map(Operand::Integer).collect();
    Ok(Condition::new(CdrField::CustomerId, Test::In(ids))?)
}

fn clocks(asked: &PortaCdr, customer: Option<&Customer>, known: &Known<'_>) -> Result<Clocks, Refusal> {
    let zone_of = |name: Option<&str>| {
        let zone = name.and_then(|name| name.parse().ok());
        zone.map_or(known.options.zone, LocalZone::new)
    };
    if let Some(text) = asked.customer_timezone.as_deref().filter(|text| !text.is_empty()) {
        let problem = "not a time zone such as Europe/London, GMT Standard Time or +01:00";
        let zone = times::zone(text).ok_or(Refusal::Argument { member: "Customer_Timezone", problem })?;
        return Ok(Clocks { present: LocalZone::new(zone), earlier: Vec::new() });
    }
    let earlier = customer.iter().flat_map(|customer| &customer.earlier);
    Ok(Clocks {
        present: zone_of(customer.and_then(|customer| customer.zone.as_deref())),
        earlier: earlier.map(|terms| (terms.until, zone_of(terms.zone.as_deref()))).collect(),
    })
}

/// The window, and optionally the earliest end that a record may have.
fn window(
    asked: &PortaCdr,
    route: Route,
    customer: Option<&Customer>,
    known: &Known<'_>,
) -> Result<(Window, Option<Timestamp>), Refusal> {
    let (anchor, ended_since) = match route {
        Route::CustomerBilling => ending(&asked.disconnect_time_filter, "DisconnectTimeFilter", known)?,
        Route::ResellerBilling => {
            ending(&asked.disconnect_time_reseller_filter, "DisconnectTimeResellerFilter", known)?
        }
        Route::Xdrs | Route::DidCharges => (Anchor::Bill, None),
        _ => (known.options.window, None),
    };
    let paged = route.is_paged();
    let (from, until) = match customer.filter(|_| paged && asked.show_current_period) {
        Some(customer) => (period_start(customer, known), known.now),
        None => (bound(&asked.from_date, "FromDate", known)?, bound(&asked.to_date, "ToDate", known)?),
    };
    if until < from {
        return Err(Refusal::Argument { member: "ToDate", problem: "it lies before FromDate" });
    }
    Ok((Window::new(anchor, from, until)?, ended_since))
}

fn bound(text: &Option<String>, member: &'static str, known: &Known<'_>) -> Result<Timestamp, Refusal> {
    let at = text.as_deref().and_then(|text| times::instant(text, &known.options.zone));
    at.ok_or(Refusal::Argument { member, problem: NO_INSTANT })
}

/// The effect of a filter by the disconnect time on a window by the bill time. A date excludes records that ended
/// before it. A word turns the window into one by the disconnect time, or leaves it unchanged.
fn ending(
    text: &Option<String>,
    member: &'static str,
    known: &Known<'_>,
) -> Result<(Anchor, Option<Timestamp>), Refusal> {
    let text = text.as_deref().unwrap_or_default();
    match text.to_ascii_lowercase().as_str() {
        "" | "false" | "0" | "none" | "bill_time" => Ok((Anchor::Bill, None)),
        "true" | "1" | "disconnect_time" => Ok((Anchor::End, None)),
        _ => match times::instant(text, &known.options.zone) {
            Some(at) => Ok((Anchor::Bill, Some(at))),
            None => Err(Refusal::Argument { member, problem: "neither a date nor true, false or none" }),
        },
    }
}

/// The start of a customer's current billing period, in its own zone.
fn period_start(customer: &Customer, known: &Known<'_>) -> Timestamp {
    let zone = customer.zone.as_deref().and_then(|zone| zone.parse().ok()).map_or(known.options.zone, LocalZone::new);
    let period: BillingPeriod = customer.billing_period;
    let begins = |today: NaiveDateTime| period.first_day(today.date()).and_hms_opt(0, 0, 0);
    local(known.now, &zone).and_then(begins).map_or(known.now, |midnight| zone.resolve(midnight).at)
}

/// The local time of an instant in a zone.
pub(super) fn local(at: Timestamp, zone: &LocalZone) -> Option<NaiveDateTime> {
    let micros = at.micros().checked_add(i64::from(zone.offset_at(at)) * 1_000_000)?;
    Some(DateTime::from_timestamp_micros(micros)?.naive_utc())
}

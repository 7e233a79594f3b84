//! A call as a row.

use cdr_model::{Assumed, Cdr, Direction, RecordKind, Timestamp};
use diesel::prelude::*;

use super::columns::KeptAmount;
use super::{narrow, narrow_option};
use crate::schema::cdrs;

/// A call as it is read.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = cdrs, check_for_backend(diesel::sqlite::Sqlite))]
pub(crate) struct CallRow {
    number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    account_id: i64,
    customer_id: i64,
    service_id: i64,
    started_at: i64,
    connected_at: Option<i64>,
    ended_at: Option<i64>,
    billed_at: i64,
    assumed: i64,
    success: bool,
    last_attempt: bool,
    direction: i64,
    talk_us: Option<i64>,
    billed_us: Option<i64>,
    release_cause: Option<i64>,
    release_code: Option<i64>,
    price_text: Option<KeptAmount>,
    calling: Option<String>,
    called: Option<String>,
    call_id: Option<String>,
    /// JSON; read where the call is made, which is another thread than the rows are read on.
    details: String,
    kind: i64,
    destination_id: Option<i64>,
}

impl TryFrom<CallRow> for Cdr {
    type Error = String;

    fn try_from(row: CallRow) -> Result<Cdr, String> {
        let damaged = |what: String| format!("call {}: {what}", row.number);
        Ok(Cdr {
            number: row.number,
            id: row.id,
            replaced_by: row.replaced_by,
            kind: kind(row.kind).map_err(damaged)?,
            source_id: narrow("source_id", row.source_id).map_err(damaged)?,
            account_id: row.account_id,
            customer_id: row.customer_id,
            service_id: narrow("service_id", row.service_id).map_err(damaged)?,
            started_at: Timestamp::from_micros(row.started_at),
            connected_at: row.connected_at.map(Timestamp::from_micros),
            ended_at: row.ended_at.map(Timestamp::from_micros),
            billed_at: Timestamp::from_micros(row.billed_at),
            assumed: Assumed::from_bits(narrow("assumed", row.assumed).map_err(damaged)?),
            success: row.success,
            last_attempt: row.last_attempt,
            direction: Direction::from_code(narrow("direction", row.direction).map_err(damaged)?),
            talk_us: row.talk_us,
            billed_us: row.billed_us,
            release_cause: narrow_option("release_cause", row.release_cause).map_err(damaged)?,
            release_code: narrow_option("release_code", row.release_code).map_err(damaged)?,
            price: row.price_text.map(|kept| kept.0),
            destination_id: row.destination_id,
            details: serde_json::from_str(&row.details).map_err(|error| damaged(format!("details: {error}")))?,
            calling: row.calling,
            called: row.called,
            call_id: row.call_id,
        })
    }
}

/// The kind of a code. One that this program does not know is no call: it must not be taken for one.
pub(crate) fn kind(code: i64) -> Result<RecordKind, String> {
    let known = i16::try_from(code).ok().and_then(RecordKind::from_code);
    known.ok_or_else(|| format!("{code} is no kind of a record"))
}

/// What a call is given when it is taken in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GivenToCall<'a> {
    pub(crate) number: i64,
    pub(crate) id: i64,
    pub(crate) source_id: i64,
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    pub(crate) service_id: i64,
    pub(crate) assumed: Assumed,
    /// The details as JSON.
    pub(crate) details: &'a str,
    /// The price as it is printed.
    pub(crate) price_text: Option<&'a str>,
}

/// A call as it is written.
#[derive(Debug, Insertable)]
#[diesel(table_name = cdrs, treat_none_as_default_value = false)]
pub(crate) struct NewCall<'a> {
    number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    account_id: i64,
    customer_id: i64,
    service_id: i64,
    started_at: i64,
    connected_at: Option<i64>,
    ended_at: Option<i64>,
    billed_at: i64,
    assumed: i64,
    success: bool,
    last_attempt: bool,
    direction: i64,
    talk_us: Option<i64>,
    billed_us: Option<i64>,
    release_cause: Option<i64>,
    release_code: Option<i64>,
    price: Option<i64>,
    price_text: Option<&'a str>,
    calling: Option<&'a str>,
    called: Option<&'a str>,
    call_id: Option<&'a str>,
    details: &'a str,
    kind: i64,
    destination_id: Option<i64>,
}

impl<'a> NewCall<'a> {
    /// The row of a call with what it was given.
    pub(crate) fn new(call: &'a Cdr, given: GivenToCall<'a>) -> NewCall<'a> {
        let Cdr {
            number: _,
            id: _,
            replaced_by: _,
            kind,
            source_id: _,
            account_id: _,
            customer_id: _,
            service_id: _,
            started_at,
            connected_at,
            ended_at,
            billed_at,
            assumed: _,
            success,
            last_attempt,
            direction,
            talk_us,
            billed_us,
            calling,
            called,
            call_id,
            release_cause,
            release_code,
            price,
            destination_id,
            details: _,
        } = call;
        NewCall {
            number: given.number,
            id: given.id,
            replaced_by: None,
            source_id: given.source_id,
            account_id: given.account_id,
            customer_id: given.customer_id,
            service_id: given.service_id,
            started_at: started_at.micros(),
            connected_at: connected_at.map(Timestamp::micros),
            ended_at: ended_at.map(Timestamp::micros),
            billed_at: billed_at.micros(),
            assumed: i64::from(given.assumed.bits()),
            success: *success,
            last_attempt: *last_attempt,
            direction: i64::from(direction.code()),
            talk_us: *talk_us,
            billed_us: *billed_us,
            release_cause: release_cause.map(i64::from),
            release_code: release_code.map(i64::from),
            price: price.map(cdr_model::Money::hundred_millionths),
            price_text: given.price_text,
            calling: calling.as_deref(),
            called: called.as_deref(),
            call_id: call_id.as_deref(),
            details: given.details,
            kind: i64::from(kind.code()),
            destination_id: *destination_id,
        }
    }
}

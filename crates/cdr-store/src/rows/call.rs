//! The row of a call.

use cdr_model::{Assumed, Cdr, CdrField, Details, Direction, RecordKind};
use diesel::prelude::*;

use super::{narrow, narrow_option};
use crate::schema::cdrs;
use crate::types::{At, DetailsBytes, HundredMillionths, KeptAmount, KeptDetails};

/// A call row as read.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = cdrs)]
pub(crate) struct CallRow {
    number: i64,
    id: i64,
    replaced_by: Option<i64>,
    source_id: i64,
    account_id: i64,
    customer_id: i64,
    service_id: i64,
    started_at: At,
    connected_at: Option<At>,
    ended_at: Option<At>,
    billed_at: At,
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
    /// Parsed when the record is built. That happens on another thread than the reading of rows.
    details: DetailsBytes,
    kind: i64,
    destination_id: Option<i64>,
}

impl CallRow {
    /// The call, with its details if they are requested: parsing them takes longer than reading all other columns.
    pub(crate) fn call(self, with_details: bool) -> Result<Cdr, String> {
        let row = self;
        let damaged = |what: String| format!("call {}: {what}", row.number);
        let details = if with_details { Details::read(&row.details.0) } else { Ok(Details::default()) };
        Ok(Cdr {
            number: row.number,
            id: row.id,
            replaced_by: row.replaced_by,
            kind: kind(row.kind).map_err(damaged)?,
            source_id: narrow("source_id", row.source_id).map_err(damaged)?,
            account_id: row.account_id,
            customer_id: row.customer_id,
            service_id: narrow("service_id", row.service_id).map_err(damaged)?,
            started_at: row.started_at.0,
            connected_at: row.connected_at.map(|at| at.0),
            ended_at: row.ended_at.map(|at| at.0),
            billed_at: row.billed_at.0,
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
            details: details.map_err(|error| damaged(format!("details: {error}")))?,
            calling: row.calling,
            called: row.called,
            call_id: row.call_id,
            identity: None,
        })
    }
}

/// Whether a field is read from the details of a call, not from a column.
pub(crate) fn is_detail(field: CdrField) -> bool {
    !matches!(
        field,
        CdrField::Number
            | CdrField::Id
            | CdrField::Kind
            | CdrField::SourceId
            | CdrField::Key
            | CdrField::Digest
            | CdrField::CustomerId
            | CdrField::AccountId
            | CdrField::ServiceId
            | CdrField::Source
            | CdrField::Customer
            | CdrField::Account
            | CdrField::Service
            | CdrField::Currency
            | CdrField::StartedAt
            | CdrField::ConnectedAt
            | CdrField::EndedAt
            | CdrField::BilledAt
            | CdrField::Assumed
            | CdrField::Success
            | CdrField::LastAttempt
            | CdrField::Finished
            | CdrField::Direction
            | CdrField::Talk
            | CdrField::Billed
            | CdrField::ReleaseCause
            | CdrField::ReleaseCode
            | CdrField::Price
            | CdrField::Calling
            | CdrField::Called
            | CdrField::CallId
            | CdrField::DestinationId
    )
}

/// The record kind of a code. An unknown code is an error, so that it is not mistaken for a call.
pub(crate) fn kind(code: i64) -> Result<RecordKind, String> {
    let known = i16::try_from(code).ok().and_then(RecordKind::from_code);
    known.ok_or_else(|| format!("{code} is not a record kind"))
}

/// The values that the intake assigns to a call.
#[derive(Clone, Debug)]
pub(crate) struct GivenToCall {
    pub(crate) number: i64,
    pub(crate) id: i64,
    pub(crate) source_id: i64,
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    pub(crate) service_id: i64,
    pub(crate) assumed: Assumed,
    pub(crate) details: KeptDetails,
    /// The price as printed.
    pub(crate) price_text: Option<String>,
}

/// A call row as written.
#[derive(Debug, Insertable)]
#[diesel(table_name = cdrs, treat_none_as_default_value = false)]
pub(crate) struct NewCall<'a> {
    pub(crate) number: i64,
    pub(crate) id: i64,
    pub(crate) replaced_by: Option<i64>,
    pub(crate) source_id: i64,
    pub(crate) account_id: i64,
    pub(crate) customer_id: i64,
    pub(crate) service_id: i64,
    pub(crate) started_at: At,
    pub(crate) connected_at: Option<At>,
    pub(crate) ended_at: Option<At>,
    pub(crate) billed_at: At,
    pub(crate) assumed: i64,
    pub(crate) success: bool,
    pub(crate) last_attempt: bool,
    pub(crate) direction: i64,
    pub(crate) talk_us: Option<i64>,
    pub(crate) billed_us: Option<i64>,
    pub(crate) release_cause: Option<i64>,
    pub(crate) release_code: Option<i64>,
    pub(crate) price: Option<HundredMillionths>,
    pub(crate) price_text: Option<String>,
    pub(crate) calling: Option<&'a str>,
    pub(crate) called: Option<&'a str>,
    pub(crate) call_id: Option<&'a str>,
    pub(crate) details: KeptDetails,
    pub(crate) kind: i64,
    pub(crate) destination_id: Option<i64>,
}

impl NewCall<'_> {
    /// The start of the call.
    #[cfg(feature = "postgres")]
    pub(crate) fn started_at(&self) -> cdr_model::Timestamp {
        self.started_at.0
    }
}

impl<'a> NewCall<'a> {
    /// The row of a call with its assigned values.
    pub(crate) fn new(call: &'a Cdr, given: GivenToCall) -> NewCall<'a> {
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
            identity: _,
        } = call;
        NewCall {
            number: given.number,
            id: given.id,
            replaced_by: None,
            source_id: given.source_id,
            account_id: given.account_id,
            customer_id: given.customer_id,
            service_id: given.service_id,
            started_at: At(*started_at),
            connected_at: connected_at.map(At),
            ended_at: ended_at.map(At),
            billed_at: At(*billed_at),
            assumed: i64::from(given.assumed.bits()),
            success: *success,
            last_attempt: *last_attempt,
            direction: i64::from(direction.code()),
            talk_us: *talk_us,
            billed_us: *billed_us,
            release_cause: release_cause.map(i64::from),
            release_code: release_code.map(i64::from),
            price: price.map(|price| HundredMillionths(price.hundred_millionths())),
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

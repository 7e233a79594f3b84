//! The columns of calls that are read for some fields, and how a call gets their values.

use cdr_model::{Assumed, CallColumns, CdrField, Direction, TextSpan, WantedFields};
use diesel::deserialize;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::row::Row;
use diesel::sql_types::{BigInt, Bool, Nullable, Untyped};

use super::super::{Db, IDENTITY};
use crate::rows::{kind, narrow, narrow_option};
use crate::schema::cdrs;
use crate::types::{At, Instant};

/// A column of calls whose value a call has itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallColumn {
    Number,
    Id,
    Kind,
    SourceId,
    AccountId,
    CustomerId,
    ServiceId,
    StartedAt,
    ConnectedAt,
    EndedAt,
    BilledAt,
    Assumed,
    Success,
    LastAttempt,
    Direction,
    Talk,
    Billed,
    ReleaseCause,
    ReleaseCode,
    DestinationId,
    Price,
    Calling,
    Called,
    CallId,
    /// The digest and the key, with a space between them. They are in a table of their own, in which a version that was
    /// replaced is not found.
    Identity,
    Details,
}

/// The columns of fields.
const COLUMNS: [(CdrField, CallColumn); 23] = [
    (CdrField::Id, CallColumn::Id),
    (CdrField::Kind, CallColumn::Kind),
    (CdrField::SourceId, CallColumn::SourceId),
    (CdrField::AccountId, CallColumn::AccountId),
    (CdrField::CustomerId, CallColumn::CustomerId),
    (CdrField::ServiceId, CallColumn::ServiceId),
    (CdrField::StartedAt, CallColumn::StartedAt),
    (CdrField::ConnectedAt, CallColumn::ConnectedAt),
    (CdrField::EndedAt, CallColumn::EndedAt),
    (CdrField::BilledAt, CallColumn::BilledAt),
    (CdrField::Assumed, CallColumn::Assumed),
    (CdrField::Success, CallColumn::Success),
    (CdrField::LastAttempt, CallColumn::LastAttempt),
    (CdrField::Direction, CallColumn::Direction),
    (CdrField::Talk, CallColumn::Talk),
    (CdrField::Billed, CallColumn::Billed),
    (CdrField::ReleaseCause, CallColumn::ReleaseCause),
    (CdrField::ReleaseCode, CallColumn::ReleaseCode),
    (CdrField::DestinationId, CallColumn::DestinationId),
    (CdrField::Price, CallColumn::Price),
    (CdrField::Calling, CallColumn::Calling),
    (CdrField::Called, CallColumn::Called),
    (CdrField::CallId, CallColumn::CallId),
];

impl CallColumn {
    /// The name of the column in the table; `None` for one that is read from another table.
    fn name(self) -> Option<&'static str> {
        Some(match self {
            CallColumn::Number => "number",
            CallColumn::Id => "id",
            CallColumn::Kind => "kind",
            CallColumn::SourceId => "source_id",
            CallColumn::AccountId => "account_id",
            CallColumn::CustomerId => "customer_id",
            CallColumn::ServiceId => "service_id",
            CallColumn::StartedAt => "started_at",
            CallColumn::ConnectedAt => "connected_at",
            CallColumn::EndedAt => "ended_at",
            CallColumn::BilledAt => "billed_at",
            CallColumn::Assumed => "assumed",
            CallColumn::Success => "success",
            CallColumn::LastAttempt => "last_attempt",
            CallColumn::Direction => "direction",
            CallColumn::Talk => "talk_us",
            CallColumn::Billed => "billed_us",
            CallColumn::ReleaseCause => "release_cause",
            CallColumn::ReleaseCode => "release_code",
            CallColumn::DestinationId => "destination_id",
            CallColumn::Price => "price_text",
            CallColumn::Calling => "calling",
            CallColumn::Called => "called",
            CallColumn::CallId => "call_id",
            CallColumn::Identity => return None,
            CallColumn::Details => "details",
        })
    }

    /// The columns that the fields follow from, the number first and the details, if they are read, last.
    pub(crate) fn of(wanted: &WantedFields) -> Vec<CallColumn> {
        let fields = COLUMNS.iter().filter(|(field, _)| wanted.needs(*field)).map(|(_, column)| *column);
        let identity = wanted.has_identity().then_some(CallColumn::Identity);
        let details = wanted.needs_details().then_some(CallColumn::Details);
        std::iter::once(CallColumn::Number).chain(fields).chain(identity).chain(details).collect()
    }

    /// Gives a row of a batch the value of the column, which is at an index of the result's row. Texts and details are read apart.
    pub(crate) fn put<'a>(self, call: &mut CallColumns, row: &impl Row<'a, Db>, at: usize) -> deserialize::Result<()> {
        match self {
            CallColumn::Number => call.number = whole(row, at)?,
            CallColumn::Id => call.id = whole(row, at)?,
            CallColumn::Kind => call.kind = kind(whole(row, at)?)?,
            CallColumn::SourceId => call.source_id = narrow("source_id", whole(row, at)?)?,
            CallColumn::AccountId => call.account_id = whole(row, at)?,
            CallColumn::CustomerId => call.customer_id = whole(row, at)?,
            CallColumn::ServiceId => call.service_id = narrow("service_id", whole(row, at)?)?,
            CallColumn::StartedAt => call.started_at = row.get_value::<Instant, At, _>(at)?.0,
            CallColumn::ConnectedAt => call.connected_at = instant(row, at)?,
            CallColumn::EndedAt => call.ended_at = instant(row, at)?,
            CallColumn::BilledAt => call.billed_at = row.get_value::<Instant, At, _>(at)?.0,
            CallColumn::Assumed => call.assumed = Assumed::from_bits(narrow("assumed", whole(row, at)?)?),
            CallColumn::Success => call.success = row.get_value::<Bool, bool, _>(at)?,
            CallColumn::LastAttempt => call.last_attempt = row.get_value::<Bool, bool, _>(at)?,
            CallColumn::Direction => call.direction = Direction::from_code(narrow("direction", whole(row, at)?)?),
            CallColumn::Talk => call.talk_us = maybe(row, at)?,
            CallColumn::Billed => call.billed_us = maybe(row, at)?,
            CallColumn::ReleaseCause => call.release_cause = narrow_option("release_cause", maybe(row, at)?)?,
            CallColumn::ReleaseCode => call.release_code = narrow_option("release_code", maybe(row, at)?)?,
            CallColumn::DestinationId => call.destination_id = maybe(row, at)?,
            // Their text is read by the batch.
            CallColumn::Price
            | CallColumn::Calling
            | CallColumn::Called
            | CallColumn::CallId
            | CallColumn::Identity
            | CallColumn::Details => {}
        }
        Ok(())
    }

    /// Whether the column holds text, which is read apart.
    pub(crate) fn is_text(self) -> bool {
        use CallColumn::{CallId, Called, Calling, Details, Identity, Price};
        matches!(self, Price | Calling | Called | CallId | Identity | Details)
    }

    /// The place of the column's text among those of a call.
    pub(crate) fn text(self, call: &mut CallColumns) -> Option<&mut TextSpan> {
        match self {
            CallColumn::Calling => Some(&mut call.calling),
            CallColumn::Called => Some(&mut call.called),
            CallColumn::CallId => Some(&mut call.call_id),
            _ => None,
        }
    }
}

fn whole<'a>(row: &impl Row<'a, Db>, at: usize) -> deserialize::Result<i64> {
    row.get_value::<BigInt, i64, _>(at)
}

fn maybe<'a>(row: &impl Row<'a, Db>, at: usize) -> deserialize::Result<Option<i64>> {
    row.get_value::<Nullable<BigInt>, Option<i64>, _>(at)
}

fn instant<'a>(row: &impl Row<'a, Db>, at: usize) -> deserialize::Result<Option<cdr_model::Timestamp>> {
    Ok(row.get_value::<Nullable<Instant>, Option<At>, _>(at)?.map(|at| at.0))
}

/// A list of columns in a `SELECT`. Its type leaves open how many there are, so the reader of a row has to know them.
#[derive(Clone, Debug)]
pub(crate) struct ColumnList(pub(crate) Vec<CallColumn>);

impl Expression for ColumnList {
    type SqlType = Untyped;
}

impl<GroupBy> ValidGrouping<GroupBy> for ColumnList {
    type IsAggregate = is_aggregate::No;
}

impl AppearsOnTable<cdrs::table> for ColumnList {}
impl SelectableExpression<cdrs::table> for ColumnList {}

impl QueryId for ColumnList {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Db> for ColumnList {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        for (at, column) in self.0.iter().enumerate() {
            if at > 0 {
                out.push_sql(", ");
            }
            let Some(name) = column.name() else {
                out.push_sql(IDENTITY);
                continue;
            };
            out.push_identifier("cdrs")?;
            out.push_sql(".");
            out.push_identifier(name)?;
        }
        Ok(())
    }
}

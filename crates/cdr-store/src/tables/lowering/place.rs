//! The window, the watermark and the order of a query in SQL: the instants and numbers of calls and conferences.

use cdr_model::{Anchor, Timestamp};
use cdr_query::{CdrQuery, Cursor, SortBy};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};

use super::{Expr, Filter};
use crate::schema::{cdrs, conferences};
use crate::types::{At, Instant};

/// A table of records with a number, versions and instants.
pub(crate) trait Places: Table + 'static {
    /// The record number.
    fn number() -> Expr<Self, BigInt>;
    /// The number of the version that replaced this one.
    fn replaced_by() -> Expr<Self, BigInt>;
    /// The instant of an anchor.
    fn instant(anchor: Anchor) -> Expr<Self, Instant>;
}

impl Places for cdrs::table {
    fn number() -> Expr<Self, BigInt> {
        Box::new(cdrs::number.nullable())
    }

    fn replaced_by() -> Expr<Self, BigInt> {
        Box::new(cdrs::replaced_by)
    }

    fn instant(anchor: Anchor) -> Expr<Self, Instant> {
        match anchor {
            Anchor::Start => Box::new(cdrs::started_at.nullable()),
            Anchor::Connect => Box::new(cdrs::connected_at),
            Anchor::End => Box::new(cdrs::ended_at),
            Anchor::Bill => Box::new(cdrs::billed_at.nullable()),
        }
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The first argument that is not null.
    fn coalesce(first: Nullable<Instant>, second: Instant) -> Instant;
}

impl Places for conferences::table {
    fn number() -> Expr<Self, BigInt> {
        Box::new(conferences::number.nullable())
    }

    fn replaced_by() -> Expr<Self, BigInt> {
        Box::new(conferences::replaced_by)
    }

    /// As in the record: a conference connects when it starts, and is billed when it ends, or at its start if it has no
    /// end.
    fn instant(anchor: Anchor) -> Expr<Self, Instant> {
        match anchor {
            Anchor::Start | Anchor::Connect => Box::new(conferences::started_at.nullable()),
            Anchor::End => Box::new(conferences::ended_at),
            Anchor::Bill => Box::new(coalesce(conferences::ended_at, conferences::started_at).nullable()),
        }
    }
}

/// The conditions of the watermark, the window and the cursor after which to start.
pub(super) fn filters<T: Places>(query: &CdrQuery, after: Option<&Cursor>) -> Vec<Filter<T>> {
    let mut filters = seen::<T>(query.upto);
    let anchor = query.window.anchor;
    let (mut lower, mut upper) = (query.window.from, query.window.until);
    if let Some(cursor) = after {
        match (query.order.by, query.order.descending) {
            (SortBy::Number, false) => filters.push(Box::new(T::number().gt(cursor.number))),
            (SortBy::Number, true) => filters.push(Box::new(T::number().lt(cursor.number))),
            // The cursor replaces the bound of the window: given both, SQLite starts from the wrong one. A cursor
            // outside the window does not replace the bound.
            (SortBy::Anchor, false) if cursor.at >= lower => {
                lower = Timestamp::MIN;
                filters.push(Box::new(T::instant(anchor).ge(At(cursor.at))));
                filters.push(Box::new(T::instant(anchor).gt(At(cursor.at)).or(T::number().gt(cursor.number))));
            }
            (SortBy::Anchor, true) if upper == Timestamp::MAX || cursor.at < upper => {
                upper = Timestamp::MAX;
                filters.push(Box::new(T::instant(anchor).le(At(cursor.at))));
                filters.push(Box::new(T::instant(anchor).lt(At(cursor.at)).or(T::number().lt(cursor.number))));
            }
            (SortBy::Anchor, _) => {}
        }
    }
    if lower > Timestamp::MIN {
        filters.push(Box::new(T::instant(anchor).ge(At(lower))));
    }
    if upper < Timestamp::MAX {
        filters.push(Box::new(T::instant(anchor).lt(At(upper))));
    }
    // A record without the instant is in no window, not even in an unbounded one.
    filters.push(Box::new(T::instant(anchor).is_not_null().nullable()));
    filters
}

/// The conditions of the watermark and the cursor alone.
pub(super) fn after<T: Places>(query: &CdrQuery, cursor: Option<&Cursor>) -> Vec<Filter<T>> {
    let mut filters = seen::<T>(query.upto);
    let Some(cursor) = cursor else { return filters };
    let (instant, at) = (|| T::instant(query.window.anchor), At(cursor.at));
    filters.push(match (query.order.by, query.order.descending) {
        (SortBy::Number, false) => Box::new(T::number().gt(cursor.number)),
        (SortBy::Number, true) => Box::new(T::number().lt(cursor.number)),
        (SortBy::Anchor, false) => Box::new(instant().gt(at).or(instant().ge(at).and(T::number().gt(cursor.number)))),
        (SortBy::Anchor, true) => Box::new(instant().lt(at).or(instant().le(at).and(T::number().lt(cursor.number)))),
    });
    filters
}

/// The versions that existed at the watermark and were not replaced by then.
fn seen<T: Places>(upto: Option<i64>) -> Vec<Filter<T>> {
    match upto {
        None => vec![Box::new(T::replaced_by().is_null().nullable())],
        Some(watermark) => vec![
            Box::new(T::number().le(watermark)),
            Box::new(T::replaced_by().is_null().nullable().or(T::replaced_by().gt(watermark))),
        ],
    }
}

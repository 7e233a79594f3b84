//! Translates the keys of an order into SQL: the terms of ORDER BY, and the condition of what comes after a cursor.
//!
//! Null is greater than every value, as in the definition. SQLite sorts it before every value, so a term of its own
//! decides about null.

use cdr_model::CdrField;
use cdr_query::{CdrQuery, Cursor, Operand, SortBy};
use diesel::expression::expression_types::NotSelectable;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::super::Db;
use super::exact::Exact;
use super::{Expr, Filter, Places, condition};
use crate::schema::cdrs;
use crate::types::{At, HundredMillionths, Instant};

type Calls = cdrs::table;

/// A term of ORDER BY.
pub(crate) type Term = Box<dyn diesel::BoxableExpression<Calls, Db, SqlType = NotSelectable>>;

#[diesel::declare_sql_function]
extern "SQL" {
    /// The number, or another one for null.
    fn coalesce(number: Nullable<BigInt>, other: BigInt) -> BigInt;
}

/// A column of calls that holds the values of a field in the field's own order.
enum SortColumn {
    Whole(fn() -> Expr<Calls, BigInt>),
    Instant(fn() -> Expr<Calls, Instant>),
    Text(fn() -> Expr<Calls, Text>),
    YesNo(fn() -> Expr<Calls, Bool>),
    /// Rounded down. Amounts that are equal so far are compared by their exact text.
    Price,
}

fn column(field: CdrField) -> Option<SortColumn> {
    Some(match field {
        CdrField::Success => SortColumn::YesNo(|| Box::new(cdrs::success.nullable())),
        CdrField::LastAttempt => SortColumn::YesNo(|| Box::new(cdrs::last_attempt.nullable())),
        CdrField::Price => SortColumn::Price,
        // A call without a talk time talked for no time.
        CdrField::Talk => SortColumn::Whole(|| Box::new(coalesce(cdrs::talk_us, 0).nullable())),
        _ => {
            let whole = condition::whole(field).map(SortColumn::Whole);
            let instant = || condition::instant(field).map(SortColumn::Instant);
            return whole.or_else(instant).or_else(|| condition::text(field).map(SortColumn::Text));
        }
    })
}

/// A term of ORDER BY over an expression.
macro_rules! term {
    ($expression:expr, $key:expr) => {
        if $key.descending { Box::new($expression.desc()) as Term } else { Box::new($expression.asc()) as Term }
    };
}

/// The terms of the keys of an order, before those of the instant and the number; `None` if a key is not a column.
pub(crate) fn terms(query: &CdrQuery) -> Option<Vec<Term>> {
    let mut terms = Vec::new();
    for key in &query.order.keys {
        macro_rules! push {
            ($column:expr) => {{
                if is_nullable(key.field) {
                    terms.push(term!($column.is_null(), key));
                }
                terms.push(term!($column, key));
            }};
        }
        match column(key.field)? {
            SortColumn::Whole(column) => push!(column()),
            SortColumn::Instant(column) => push!(column()),
            SortColumn::Text(column) => push!(column()),
            SortColumn::YesNo(column) => push!(column()),
            SortColumn::Price => {
                push!(cdrs::price);
                terms.push(term!(Exact::OfPrice, key));
            }
        }
    }
    Some(terms)
}

/// The condition of what comes after a cursor in an order with keys; `None` if a key is not a column, or if SQL cannot
/// express a value of the cursor.
pub(crate) fn after(query: &CdrQuery, cursor: &Cursor) -> Option<Filter<Calls>> {
    let mut rest = after_place(query, cursor);
    let keys: Vec<_> = query.order.keys.iter().zip(&cursor.keys).collect();
    for (key, place) in keys.into_iter().rev() {
        macro_rules! follow {
            ($column:expr, $value:expr) => {{
                let column = $column;
                match $value {
                    Some(value) => {
                        let equal: Filter<Calls> = Box::new(column().eq(value.clone()));
                        let beyond: Filter<Calls> = match key.descending {
                            true => Box::new(column().lt(value)),
                            false => Box::new(column().gt(value).or(column().is_null().nullable())),
                        };
                        Box::new(beyond.or(equal.and(rest)))
                    }
                    None => {
                        let null: Filter<Calls> = Box::new(column().is_null().nullable().and(rest));
                        match key.descending {
                            true => Box::new(column().is_not_null().nullable().or(null)),
                            false => null,
                        }
                    }
                }
            }};
        }
        rest = match (column(key.field)?, place) {
            (SortColumn::Whole(column), place) => follow!(column, typed(place, condition::number)?),
            (SortColumn::Instant(column), place) => {
                follow!(column, typed(place, condition::number)?.map(|at| At(cdr_model::Timestamp::from_micros(at))))
            }
            (SortColumn::Text(column), place) => follow!(column, typed(place, plain_text)?),
            (SortColumn::YesNo(column), place) => follow!(column, typed(place, yes_or_no)?),
            (SortColumn::Price, None) => follow!(|| cdrs::price, None::<HundredMillionths>),
            (SortColumn::Price, Some(place)) => {
                let amount = condition::amount(place)?;
                let (floor, exact) = (HundredMillionths(amount.hundred_millionths()), amount.to_string());
                let same: Filter<Calls> = Box::new(Exact::OfPrice.eq(Exact::Given(exact.clone())));
                let (beyond, further): (Filter<Calls>, Filter<Calls>) = match key.descending {
                    true => (Box::new(cdrs::price.lt(floor)), Box::new(Exact::OfPrice.lt(Exact::Given(exact)))),
                    false => (
                        Box::new(cdrs::price.gt(floor).or(cdrs::price.is_null().nullable())),
                        Box::new(Exact::OfPrice.gt(Exact::Given(exact))),
                    ),
                };
                let about: Filter<Calls> = Box::new(cdrs::price.eq(floor));
                Box::new(beyond.or(about.and(further.or(same.and(rest)))))
            }
        };
    }
    Some(rest)
}

/// A value of a cursor; `Some(None)` for null, `None` if it is not of the column's type.
fn typed<T>(place: &Option<Operand>, read: fn(&Operand) -> Option<T>) -> Option<Option<T>> {
    match place {
        None => Some(None),
        Some(place) => read(place).map(Some),
    }
}

/// What comes after the instant and the number of a cursor.
fn after_place(query: &CdrQuery, cursor: &Cursor) -> Filter<Calls> {
    let (number, at) = (Calls::number, || Calls::instant(query.window.anchor));
    match (query.order.by, query.order.descending) {
        (SortBy::Number, false) => Box::new(number().gt(cursor.number)),
        (SortBy::Number, true) => Box::new(number().lt(cursor.number)),
        (SortBy::Anchor, false) => {
            Box::new(at().gt(At(cursor.at)).or(at().eq(At(cursor.at)).and(number().gt(cursor.number))))
        }
        (SortBy::Anchor, true) => {
            Box::new(at().lt(At(cursor.at)).or(at().eq(At(cursor.at)).and(number().lt(cursor.number))))
        }
    }
}

/// Text that PostgreSQL accepts.
fn plain_text(operand: &Operand) -> Option<String> {
    condition::text_of(operand).filter(|text| !text.contains('\0'))
}

fn yes_or_no(operand: &Operand) -> Option<bool> {
    match operand {
        Operand::Boolean(yes) => Some(*yes),
        _ => None,
    }
}

/// Whether what stands for a field in an order may be null.
fn is_nullable(field: CdrField) -> bool {
    !matches!(
        field,
        CdrField::Number
            | CdrField::Id
            | CdrField::SourceId
            | CdrField::CustomerId
            | CdrField::AccountId
            | CdrField::ServiceId
            | CdrField::StartedAt
            | CdrField::BilledAt
            | CdrField::Assumed
            | CdrField::Success
            | CdrField::LastAttempt
            | CdrField::Talk
    )
}

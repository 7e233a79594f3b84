//! Translates one condition into SQL.
//!
//! A condition is translated if SQL expresses exactly the same. For any other condition, SQL gets at most a wider one
//! that all matching records pass; the condition is then *residue*, which `CdrQuery::matches` evaluates row by row.

use cdr_model::{Cdr, CdrField, Direction, Money, RecordKind, Timestamp};
use cdr_query::{Condition, Operand, Test, TextPart};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{Expr, Filter, Kinds, Places};
use crate::schema::{cdrs, conferences};
use crate::types::{At, HundredMillionths, Instant};

type Calls = cdrs::table;
type Conferences = conferences::table;

/// The part of a condition that SQL evaluates.
pub(super) struct Narrowed<T> {
    /// Expressions that are true for every record that meets the condition.
    pub(super) filters: Vec<Filter<T>>,
    /// Whether they are true for no other record.
    pub(super) exact: bool,
}

impl<T> Narrowed<T> {
    fn exact(filters: Vec<Filter<T>>) -> Narrowed<T> {
        Narrowed { filters, exact: true }
    }

    fn wider(filters: Vec<Filter<T>>) -> Narrowed<T> {
        Narrowed { filters, exact: false }
    }
}

/// The comparisons with the same semantics in SQL: a missing value meets none of them. `$column` is a closure because
/// each use consumes the column expression.
macro_rules! compare {
    ($table:ty, $column:expr, $test:expr, $operands:expr) => {{
        let (column, operands) = ($column, $operands);
        let first = operands.first().cloned();
        match ($test, first) {
            (Test::Eq(_), Some(one)) => vec![Box::new(column().eq(one)) as Filter<$table>],
            (Test::NotEq(_), Some(one)) => vec![Box::new(column().ne(one)) as Filter<$table>],
            (Test::Lt(_), Some(one)) => vec![Box::new(column().lt(one)) as Filter<$table>],
            (Test::Lte(_), Some(one)) => vec![Box::new(column().le(one)) as Filter<$table>],
            (Test::Gt(_), Some(one)) => vec![Box::new(column().gt(one)) as Filter<$table>],
            (Test::Gte(_), Some(one)) => vec![Box::new(column().ge(one)) as Filter<$table>],
            (Test::In(_), _) => vec![Box::new(column().eq_any(operands)) as Filter<$table>],
            // With an empty list, SQL's NOT IN would be true for NULL.
            (Test::NotIn(_), _) => vec![
                Box::new(column().is_not_null().nullable()) as Filter<$table>,
                Box::new(column().ne_all(operands)) as Filter<$table>,
            ],
            (Test::Missing, _) => vec![Box::new(column().is_null().nullable()) as Filter<$table>],
            _ => vec![Box::new(column().is_not_null().nullable()) as Filter<$table>],
        }
    }};
}

/// Translates a condition on calls. No index is used for the fields in `unindexed`, customers or accounts.
pub(super) fn narrow(condition: &Condition, unindexed: &[CdrField]) -> Narrowed<Calls> {
    let (field, test) = (condition.field(), condition.test());
    match field {
        CdrField::CustomerId if unindexed.contains(&field) => {
            return numbers(|| Box::new((cdrs::customer_id + 0).nullable()), test);
        }
        CdrField::AccountId if unindexed.contains(&field) => {
            return numbers(|| Box::new((cdrs::account_id + 0).nullable()), test);
        }
        _ => (),
    }
    if let Some(column) = whole(field) {
        return numbers(column, test);
    }
    if let Some(column) = instant(field) {
        return instants(column, test);
    }
    if let Some(column) = text(field) {
        return texts(column, test);
    }
    match field {
        CdrField::Price => price(test),
        CdrField::Direction => direction(condition),
        CdrField::Kind => kind(condition),
        CdrField::Success => {
            yes_or_no(condition, |call, yes| call.success = yes, |yes| Box::new(cdrs::success.eq(yes).nullable()))
        }
        CdrField::Finished => yes_or_no(condition, |call, yes| call.ended_at = yes.then_some(Timestamp::MIN), finished),
        CdrField::XdrDirection => known_direction(condition),
        CdrField::LastAttempt => yes_or_no(
            condition,
            |call, yes| call.last_attempt = yes,
            |yes| Box::new(cdrs::last_attempt.eq(yes).nullable()),
        ),
        _ => Narrowed::wider(Vec::new()),
    }
}

/// Translates a condition on conferences.
pub(super) fn narrow_conferences(condition: &Condition, _: &[CdrField]) -> Narrowed<Conferences> {
    match of_conferences(condition.field()) {
        Some(column) => instants(column, condition.test()),
        None => Narrowed::wider(Vec::new()),
    }
}

/// The columns of conferences that conditions can refer to.
pub(super) fn of_conferences(field: CdrField) -> Option<fn() -> Expr<Conferences, Instant>> {
    Some(match field {
        CdrField::StartedAt => || Box::new(conferences::started_at.nullable()),
        CdrField::EndedAt => || Box::new(conferences::ended_at),
        _ => return None,
    })
}

fn numbers<T: Places>(column: fn() -> Expr<T, BigInt>, test: &Test) -> Narrowed<T> {
    let numbers: Vec<i64> = operands(test).iter().filter_map(number).collect();
    let exact = numbers.len() == operands(test).len();
    if exact { Narrowed::exact(compare!(T, column, test, numbers)) } else { Narrowed::wider(Vec::new()) }
}

fn instants<T: Places>(column: fn() -> Expr<T, Instant>, test: &Test) -> Narrowed<T> {
    let instants: Vec<At> = operands(test).iter().filter_map(number).map(|at| At(Timestamp::from_micros(at))).collect();
    let exact = instants.len() == operands(test).len();
    if exact { Narrowed::exact(compare!(T, column, test, instants)) } else { Narrowed::wider(Vec::new()) }
}

/// The columns that hold instants.
pub(super) fn instant(field: CdrField) -> Option<fn() -> Expr<Calls, Instant>> {
    Some(match field {
        CdrField::StartedAt => || Box::new(cdrs::started_at.nullable()),
        CdrField::ConnectedAt => || Box::new(cdrs::connected_at),
        CdrField::EndedAt => || Box::new(cdrs::ended_at),
        CdrField::BilledAt => || Box::new(cdrs::billed_at.nullable()),
        _ => return None,
    })
}

/// The columns that hold numbers and durations.
pub(super) fn whole(field: CdrField) -> Option<fn() -> Expr<Calls, BigInt>> {
    Some(match field {
        CdrField::Number => || Box::new(cdrs::number.nullable()),
        CdrField::Id => || Box::new(cdrs::id.nullable()),
        CdrField::SourceId => || Box::new(cdrs::source_id.nullable()),
        CdrField::CustomerId => || Box::new(cdrs::customer_id.nullable()),
        CdrField::AccountId => || Box::new(cdrs::account_id.nullable()),
        CdrField::ServiceId => || Box::new(cdrs::service_id.nullable()),
        CdrField::Talk => || Box::new(cdrs::talk_us),
        CdrField::Billed => || Box::new(cdrs::billed_us),
        CdrField::ReleaseCause => || Box::new(cdrs::release_cause),
        CdrField::ReleaseCode => || Box::new(cdrs::release_code),
        CdrField::Assumed => || Box::new(cdrs::assumed.nullable()),
        CdrField::DestinationId => || Box::new(cdrs::destination_id),
        _ => return None,
    })
}

/// The columns that hold text, compared by bytes (SQLite's BINARY, PostgreSQL's "C").
pub(super) fn text(field: CdrField) -> Option<fn() -> Expr<Calls, Text>> {
    Some(match field {
        CdrField::Calling => || Box::new(cdrs::calling),
        CdrField::Called => || Box::new(cdrs::called),
        CdrField::CallId => || Box::new(cdrs::call_id),
        CdrField::XdrGroup => || Box::new(cdrs::leg_group),
        _ => return None,
    })
}

fn texts(column: fn() -> Expr<Calls, Text>, test: &Test) -> Narrowed<Calls> {
    match test {
        Test::Text { part: TextPart::Starts, text, fold_case: false } if !text.contains('\0') => {
            let mut filters: Vec<Filter<Calls>> = vec![Box::new(column().ge(text.clone()))];
            if let Some(next) = after_prefix(text) {
                filters.push(Box::new(column().lt(next)));
            }
            Narrowed::exact(filters)
        }
        Test::Text { .. } | Test::Network { .. } => Narrowed::wider(vec![Box::new(column().is_not_null().nullable())]),
        _ => {
            // PostgreSQL rejects a parameter with a NUL, and no stored text contains one. Such a condition becomes
            // residue.
            let texts: Vec<String> =
                operands(test).iter().filter_map(text_of).filter(|text| !text.contains('\0')).collect();
            let exact = texts.len() == operands(test).len();
            if exact { Narrowed::exact(compare!(Calls, column, test, texts)) } else { Narrowed::wider(Vec::new()) }
        }
    }
}

/// The least text that is greater than every text with this prefix, or `None` if there is no such text. The bytes of
/// UTF-8 have the same order as the characters.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut characters: Vec<char> = prefix.chars().collect();
    while let Some(last) = characters.pop() {
        let next = match last {
            '\u{D7FF}' => Some('\u{E000}'),
            _ => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            characters.push(next);
            return Some(characters.into_iter().collect());
        }
    }
    None
}

/// Compares amounts by their hundred-millionths, rounded down. That is exact for `>=` and `<` if the bound is a whole
/// number of hundred-millionths within the range of the column; in every other case it only narrows.
fn price(test: &Test) -> Narrowed<Calls> {
    let amounts: Vec<Money> = operands(test).iter().filter_map(amount).collect();
    let floors: Vec<HundredMillionths> =
        amounts.iter().map(|amount| HundredMillionths(amount.hundred_millionths())).collect();
    let fits = amounts.iter().all(|amount| amount.fits_hundred_millionths());
    let first = floors.first().copied().unwrap_or(HundredMillionths(0));
    match test {
        Test::Missing => Narrowed::exact(vec![Box::new(cdrs::price.is_null().nullable())]),
        Test::Present => Narrowed::exact(vec![Box::new(cdrs::price.is_not_null().nullable())]),
        Test::Gte(_) if fits => Narrowed::exact(vec![Box::new(cdrs::price.ge(first))]),
        Test::Lt(_) if fits => Narrowed::exact(vec![Box::new(cdrs::price.lt(first))]),
        Test::Gte(_) | Test::Gt(_) => Narrowed::wider(vec![Box::new(cdrs::price.ge(first))]),
        Test::Lt(_) | Test::Lte(_) => Narrowed::wider(vec![Box::new(cdrs::price.le(first))]),
        Test::Eq(_) | Test::In(_) => Narrowed::wider(vec![Box::new(cdrs::price.eq_any(floors))]),
        _ => Narrowed::wider(vec![Box::new(cdrs::price.is_not_null().nullable())]),
    }
}

/// A condition names a direction, but the column stores its code. The condition itself is evaluated for each of the
/// four directions. Codes of a newer program count as unknown.
fn direction(condition: &Condition) -> Narrowed<Calls> {
    let meets = |direction: &Direction| condition.matches(&Cdr { direction: *direction, ..Cdr::default() });
    let codes = |wanted: bool| {
        let directions = Direction::ALL.into_iter().filter(|direction| meets(direction) == wanted);
        directions.map(|direction| i64::from(direction.code())).collect::<Vec<i64>>()
    };
    Narrowed::exact(vec![if meets(&Direction::Unknown) {
        Box::new(cdrs::direction.ne_all(codes(false)).nullable())
    } else {
        Box::new(cdrs::direction.eq_any(codes(true)).nullable())
    }])
}

/// A direction may count as unknown, by its details. A record whose column does not meet the condition can then only
/// meet it as unknown.
fn known_direction(condition: &Condition) -> Narrowed<Calls> {
    let named = Condition::new(CdrField::Direction, condition.test().clone());
    let is_met = |call: Cdr| named.as_ref().is_ok_and(|named| named.matches(&call));
    if is_met(Cdr { direction: Direction::Unknown, ..Cdr::default() }) {
        return Narrowed::wider(Vec::new());
    }
    named.map_or_else(|_| Narrowed::wider(Vec::new()), |named| Narrowed::wider(direction(&named).filters))
}

/// Records that are over, or those that are not.
fn finished(yes: bool) -> Filter<Calls> {
    let of_legs =
        |wanted: bool| Kinds(RecordKind::ALL.into_iter().filter(|kind| kind.is_of_a_leg() == wanted).collect());
    if yes {
        Box::new(cdrs::ended_at.is_not_null().nullable().or(of_legs(false)))
    } else {
        Box::new(cdrs::ended_at.is_null().nullable().and(of_legs(true)))
    }
}

/// A condition names a kind, but the column stores its code, as for a direction. Rows of a newer program's kind do not
/// match.
fn kind(condition: &Condition) -> Narrowed<Calls> {
    let meets = |kind: &RecordKind| condition.matches(&Cdr { kind: *kind, ..Cdr::default() });
    let kinds: Vec<RecordKind> = RecordKind::ALL.into_iter().filter(meets).collect();
    let all = kinds.len() == RecordKind::ALL.len();
    Narrowed::exact(if all { Vec::new() } else { vec![Box::new(Kinds(kinds))] })
}

/// Evaluates the condition for `true` and for `false`.
fn yes_or_no(condition: &Condition, put: fn(&mut Cdr, bool), column: fn(bool) -> Filter<Calls>) -> Narrowed<Calls> {
    let meets = |yes: bool| {
        let mut call = Cdr::default();
        put(&mut call, yes);
        condition.matches(&call)
    };
    Narrowed::exact(match (meets(true), meets(false)) {
        (true, true) => Vec::new(),
        (yes, no) if yes != no => vec![column(yes)],
        _ => vec![column(true), column(false)],
    })
}

fn operands(test: &Test) -> &[Operand] {
    match test {
        Test::Eq(one) | Test::NotEq(one) | Test::Lt(one) | Test::Lte(one) | Test::Gt(one) | Test::Gte(one) => {
            std::slice::from_ref(one)
        }
        Test::In(many) | Test::NotIn(many) => many,
        Test::Text { .. } | Test::Network { .. } | Test::AnyOf(_) | Test::Missing | Test::Present => &[],
    }
}

pub(super) fn number(operand: &Operand) -> Option<i64> {
    match operand {
        Operand::Integer(n) | Operand::Duration(n) => Some(*n),
        Operand::Time(at) => Some(at.micros()),
        _ => None,
    }
}

pub(super) fn text_of(operand: &Operand) -> Option<String> {
    match operand {
        Operand::Text(text) => Some(text.clone()),
        _ => None,
    }
}

pub(super) fn amount(operand: &Operand) -> Option<Money> {
    match operand {
        Operand::Money(amount) => Some(*amount),
        _ => None,
    }
}

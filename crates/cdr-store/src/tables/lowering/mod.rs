//! Translates queries into SQL expressions.

mod condition;
mod exact;
mod kinds;
mod literal;
pub(crate) mod order;
mod place;

use super::{CUSTOMERS_BY_START, Db, GOES_ON};
use cdr_model::{Anchor, CdrField};
use cdr_query::{CdrQuery, Condition, Cursor, Test};
use diesel::BoxableExpression;
use diesel::sql_types::{Bool, Nullable};

use crate::schema::{cdrs, conferences};

use condition::Narrowed;
use kinds::Kinds;
use literal::Literal;
pub(crate) use place::Places;

/// An expression over one table.
pub(crate) type Expr<T, Type> = Box<dyn BoxableExpression<T, Db, SqlType = Nullable<Type>>>;
/// A condition on the rows of one table.
pub(crate) type Filter<T> = Expr<T, Bool>;

/// The maximum number of operands that one statement binds. SQLite allows 32,766.
pub(crate) const MOST_OPERANDS: usize = 8_000;
/// The maximum number of conditions in one statement. SQLite limits the depth of expressions to 1,000.
const MOST_CONDITIONS: usize = 200;

/// A query of one table as SQL expressions.
pub(crate) struct Lowered<T> {
    /// Conditions that all have to be true.
    pub(crate) filters: Vec<Filter<T>>,
    /// Whether the query itself has to be evaluated for each remaining row.
    pub(crate) residue: bool,
}

/// Translates the conditions, the window, the watermark, and the cursor after which to start. In an order with keys the
/// cursor is left out; see [`order::after`].
pub(crate) fn lower(query: &CdrQuery, after: Option<&Cursor>) -> Lowered<cdrs::table> {
    gather(query, after.filter(|_| query.order.keys.is_empty()), condition::narrow)
}

/// The same for conferences; `None` if no conference can meet one of the conditions.
pub(crate) fn lower_conferences(query: &CdrQuery, after: Option<&Cursor>) -> Option<Lowered<conferences::table>> {
    let met = |condition: &Condition| condition::of_conferences(condition.field()).is_some();
    query.conditions.iter().all(met).then(|| gather(query, after, condition::narrow_conferences))
}

fn gather<T: Places>(
    query: &CdrQuery,
    after: Option<&Cursor>,
    narrow: fn(&Condition, &[CdrField]) -> Narrowed<T>,
) -> Lowered<T> {
    if let Some(condition) = query.conditions.iter().find(|it| names_groups(it)) {
        // The legs of a call are few. Given further conditions, a planner may start from the index of another one.
        let filters = place::after::<T>(query, after).into_iter().chain(narrow(condition, &[]).filters);
        return Lowered { filters: filters.collect(), residue: true };
    }
    let mut lowered = Lowered { filters: place::filters(query, after), residue: false };
    if let Some(goes_on) = GOES_ON.filter(|_| query.cancel.is_possible()) {
        lowered.filters.push(Box::new(Literal(goes_on)));
    }
    let unindexed = unindexed(query);
    let mut room = MOST_OPERANDS;
    for (at, condition) in query.conditions.iter().enumerate() {
        let size = match condition.test() {
            Test::In(operands) | Test::NotIn(operands) => operands.len(),
            _ => 2,
        };
        if at >= MOST_CONDITIONS || size > room || matches!(condition.test(), Test::AnyOf(_)) {
            lowered.residue = true;
            continue;
        }
        room -= size;
        let narrowed = narrow(condition, unindexed);
        lowered.filters.extend(narrowed.filters);
        lowered.residue |= !narrowed.exact;
    }
    lowered
}

/// The fields whose indexes SQLite must not use: those of the customer if they do not continue with the window's instant,
/// and any if the query names the calls by their numbers. PostgreSQL knows how many calls there are, and decides itself.
fn unindexed(query: &CdrQuery) -> &'static [CdrField] {
    let names_calls = |condition: &Condition| {
        condition.field() == CdrField::Number && matches!(condition.test(), Test::Eq(_) | Test::In(_))
    };
    match query.window.anchor {
        _ if CUSTOMERS_BY_START => &[],
        _ if query.conditions.iter().any(names_calls) => &[CdrField::CustomerId, CdrField::AccountId],
        Anchor::Start | Anchor::End => &[CdrField::CustomerId],
        Anchor::Connect | Anchor::Bill => &[],
    }
}

/// Whether a condition names calls by what their legs share, few enough for one statement.
fn names_groups(condition: &Condition) -> bool {
    condition.field() == CdrField::XdrGroup
        && match condition.test() {
            Test::Eq(_) => true,
            Test::In(operands) => operands.len() <= MOST_OPERANDS,
            _ => false,
        }
}

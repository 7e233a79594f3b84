//! A question in SQL's words: the only place where one becomes expressions.

mod condition;
mod kinds;
mod place;

use super::Db;
use cdr_model::Anchor;
use cdr_query::{CdrQuery, Condition, Cursor, Test};
use diesel::BoxableExpression;
use diesel::sql_types::{Bool, Nullable};

use crate::schema::{cdrs, conferences};

use condition::Narrowed;
use kinds::Kinds;
pub(crate) use place::Places;

/// An expression over one table.
pub(crate) type Expr<T, Type> = Box<dyn BoxableExpression<T, Db, SqlType = Nullable<Type>>>;
/// A condition on the rows of one table.
pub(crate) type Filter<T> = Expr<T, Bool>;

/// Operands that one statement binds at most; SQLite takes 32,766.
pub(crate) const MOST_OPERANDS: usize = 8_000;
/// Conditions that one statement holds at most; SQLite's expressions are 1,000 deep at most.
const MOST_CONDITIONS: usize = 200;

/// A question about one table in SQL's words.
pub(crate) struct Lowered<T> {
    /// Conditions that all have to hold.
    pub(crate) filters: Vec<Filter<T>>,
    /// Whether the query itself has to decide about each row that is left.
    pub(crate) residue: bool,
}

/// The conditions, the window, the watermark, and the place in the order after which to begin.
pub(crate) fn lower(query: &CdrQuery, after: Option<Cursor>) -> Lowered<cdrs::table> {
    gather(query, after, condition::narrow)
}

/// The same for conferences; `None` if there is a condition that no conference meets.
pub(crate) fn lower_conferences(query: &CdrQuery, after: Option<Cursor>) -> Option<Lowered<conferences::table>> {
    let met = |condition: &Condition| condition::of_conferences(condition.field()).is_some();
    query.conditions.iter().all(met).then(|| gather(query, after, condition::narrow_conferences))
}

fn gather<T: Places>(
    query: &CdrQuery,
    after: Option<Cursor>,
    narrow: fn(&Condition, Anchor) -> Narrowed<T>,
) -> Lowered<T> {
    let mut lowered = Lowered { filters: place::filters(query, after), residue: false };
    let mut room = MOST_OPERANDS;
    for (at, condition) in query.conditions.iter().enumerate() {
        let size = match condition.test() {
            Test::In(operands) | Test::NotIn(operands) => operands.len(),
            _ => 2,
        };
        if at >= MOST_CONDITIONS || size > room {
            lowered.residue = true;
            continue;
        }
        room -= size;
        let narrowed = narrow(condition, query.window.anchor);
        lowered.filters.extend(narrowed.filters);
        lowered.residue |= !narrowed.exact;
    }
    lowered
}

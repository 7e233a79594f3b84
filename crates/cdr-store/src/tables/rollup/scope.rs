//! The rows of the rollup that a query selects.

use std::ops::RangeInclusive;

use cdr_model::{Anchor, Cdr, CdrField, RecordKind};
use cdr_query::{CdrQuery, Condition, Operand, Test};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::super::lowering::{Filter, lower};
use super::super::{Conn, Db};
use super::ALL_ACCOUNTS;
use crate::error::TransactionError;
use crate::schema::hourly_counts;

/// The most accounts that a query may name. Each is a range of its own in the index.
const MOST_ACCOUNTS: usize = 1_000;

/// The rows of the rollup that a query selects: the accounts, kinds and last attempts that it admits, and for customers and
/// services a list for each of its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scope {
    anchor: Anchor,
    accounts: Vec<i64>,
    customers: Vec<Vec<i64>>,
    services: Vec<Vec<i64>>,
    kinds: Vec<i64>,
    attempts: Vec<bool>,
}

impl Scope {
    /// The scope of a query; `None` if it has a condition that rows of the rollup cannot be compared with. `accounts_of`
    /// returns the accounts of customers.
    pub(super) fn of(
        query: &CdrQuery,
        accounts_of: impl FnOnce(&[i64]) -> Result<Vec<i64>, TransactionError>,
    ) -> Result<Option<Scope>, TransactionError> {
        if lower(query, None).residue {
            return Ok(None);
        }
        let (mut accounts, mut customers, mut services) = (Vec::new(), Vec::new(), Vec::new());
        let (mut of_kind, mut of_attempt) = (Vec::new(), Vec::new());
        for condition in &query.conditions {
            let values = match condition.field() {
                CdrField::AccountId => &mut accounts,
                CdrField::CustomerId => &mut customers,
                CdrField::ServiceId => &mut services,
                CdrField::Kind => {
                    of_kind.push(condition);
                    continue;
                }
                CdrField::LastAttempt => {
                    of_attempt.push(condition);
                    continue;
                }
                _ => return Ok(None),
            };
            let Some(numbers) = numbers(condition) else { return Ok(None) };
            values.push(numbers);
        }
        let meets = |conditions: &[&Condition], call: &Cdr| conditions.iter().all(|condition| condition.matches(call));
        let kinds = RecordKind::ALL.into_iter().filter(|kind| meets(&of_kind, &Cdr { kind: *kind, ..Cdr::default() }));
        let kinds = kinds.map(|kind| i64::from(kind.code())).collect();
        let is_met = |yes: &bool| meets(&of_attempt, &Cdr { last_attempt: *yes, ..Cdr::default() });
        let attempts = [true, false].into_iter().filter(is_met).collect();
        let accounts = match (accounts.is_empty(), customers.first()) {
            // The number that stands for all accounts is that of none.
            (false, _) => common(accounts).into_iter().filter(|account| *account != ALL_ACCOUNTS).collect(),
            (true, Some(customers)) => accounts_of(customers)?,
            (true, None) => vec![ALL_ACCOUNTS],
        };
        let scope = Scope { anchor: query.window.anchor, accounts, customers, services, kinds, attempts };
        Ok(Some(scope).filter(|scope| scope.accounts.len() <= MOST_ACCOUNTS))
    }

    /// The hours among these that have calls, each with their number, in order.
    pub(super) fn by_hour(&self, conn: &mut Conn, hours: &RangeInclusive<i64>) -> QueryResult<Vec<(i64, u64)>> {
        let groups = hourly_counts::table.group_by(hourly_counts::hour).select((hourly_counts::hour, self.sum()));
        let mut select = groups.into_boxed::<Db>();
        for filter in self.filters(hours) {
            select = select.filter(filter);
        }
        let rows: Vec<(i64, i64)> = select.order(hourly_counts::hour).load(conn)?;
        Ok(rows.into_iter().map(|(hour, calls)| (hour, calls.unsigned_abs())).collect())
    }

    /// The sum of the column of the anchor. A sum in SQL may have a wider type than what is summed.
    fn sum(&self) -> SqlLiteral<BigInt> {
        sql(match self.anchor {
            Anchor::Start => "CAST(coalesce(sum(starts), 0) AS bigint)",
            Anchor::Connect => "CAST(coalesce(sum(connects), 0) AS bigint)",
            Anchor::End => "CAST(coalesce(sum(ends), 0) AS bigint)",
            Anchor::Bill => "CAST(coalesce(sum(bills), 0) AS bigint)",
        })
    }

    fn filters(&self, hours: &RangeInclusive<i64>) -> Vec<Filter<hourly_counts::table>> {
        let accounts = hourly_counts::account_id.eq_any(self.accounts.clone()).nullable();
        let hours = hourly_counts::hour.between(*hours.start(), *hours.end()).nullable();
        let mut filters: Vec<Filter<hourly_counts::table>> = vec![Box::new(accounts), Box::new(hours)];
        for customers in &self.customers {
            filters.push(Box::new(hourly_counts::customer_id.eq_any(customers.clone()).nullable()));
        }
        for services in &self.services {
            filters.push(Box::new(hourly_counts::service_id.eq_any(services.clone()).nullable()));
        }
        if self.kinds.len() < RecordKind::ALL.len() {
            filters.push(Box::new(hourly_counts::kind.eq_any(self.kinds.clone()).nullable()));
        }
        if self.attempts.len() < 2 {
            filters.push(Box::new(hourly_counts::last_attempt.eq_any(self.attempts.clone()).nullable()));
        }
        filters
    }
}

/// The numbers that a condition names.
fn numbers(condition: &Condition) -> Option<Vec<i64>> {
    let operands = match condition.test() {
        Test::Eq(one) => std::slice::from_ref(one),
        Test::In(many) if many.len() <= MOST_ACCOUNTS => many,
        _ => return None,
    };
    let number = |operand: &Operand| if let Operand::Integer(number) = operand { Some(*number) } else { None };
    operands.iter().map(number).collect()
}

/// The numbers that are in all lists.
fn common(mut lists: Vec<Vec<i64>>) -> Vec<i64> {
    let mut first = lists.pop().unwrap_or_default();
    first.retain(|number| lists.iter().all(|list| list.contains(number)));
    first
}

//! Balances of accounts with an opening balance, and the checkpoint before records are removed.
//!
//! Prices are added up exactly: one row for each price, with the number of records that have it.

use std::collections::BTreeMap;

use cdr_mediation::{OpeningBalance, PortError};
use cdr_model::{Account, Money, MoneySum, RecordKind, Timestamp};
use diesel::dsl::count_star;
use diesel::prelude::*;

use super::intake::Counters;
use super::{Conn, Store, snapshot};
use crate::error::TransactionError;
use crate::rows::AccountRow;
use crate::schema::{accounts, cdrs};
use crate::types::{At, KeptAmount};

/// The number of accounts that one statement looks for.
const AT_ONCE: usize = 1_000;

impl Store {
    /// See [`CdrSource::balances`](cdr_mediation::CdrSource::balances). All are of one snapshot.
    pub(super) fn current_balances(&self, ids: &[i64]) -> Result<BTreeMap<i64, Money>, PortError> {
        let found = self.read_records(None, |conn| snapshot(conn, |conn| balances(conn, ids)));
        found.map_err(|error| self.failed("the balances could not be read", error))
    }
}

fn balances(conn: &mut Conn, ids: &[i64]) -> Result<BTreeMap<i64, Money>, TransactionError> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(AT_ONCE) {
        let chosen = accounts::table.filter(accounts::id.eq_any(chunk)).filter(accounts::balance_at.is_not_null());
        for account in chosen.select(AccountRow::as_select()).load(conn)?.into_iter().map(Account::from) {
            let Some(opening) = OpeningBalance::of(&account) else { continue };
            let charged = charged(conn, account.id, opening.at(), None)?;
            found.insert(account.id, opening.without(&charged)?);
        }
    }
    Ok(found)
}

/// Moves opening balances to an instant, before which records are going to be removed: what they charged is taken off, so the
/// balances stay as they are.
pub(super) fn fold_before(conn: &mut Conn, floor: Timestamp) -> Result<(), TransactionError> {
    let earlier = accounts::table.filter(accounts::balance_at.lt(At(floor))).order(accounts::id);
    let rows: Vec<AccountRow> = earlier.select(AccountRow::as_select()).load(conn)?;
    let is_none = rows.is_empty();
    for account in rows.into_iter().map(Account::from) {
        let Some(opening) = OpeningBalance::of(&account) else { continue };
        let charged = charged(conn, account.id, opening.at(), Some(floor))?;
        let balance = opening.without(&charged)?.to_string();
        let moved = (accounts::balance.eq(balance), accounts::balance_at.eq(At(floor)));
        diesel::update(accounts::table.find(account.id)).set(moved).execute(conn)?;
    }
    if !is_none {
        Counters::move_directory(conn)?;
    }
    Ok(())
}

/// The prices of the current records of an account that started in a window.
fn charged(
    conn: &mut Conn,
    account: i64,
    from: Timestamp,
    until: Option<Timestamp>,
) -> Result<MoneySum, TransactionError> {
    let since = cdrs::table.filter(cdrs::account_id.eq(account)).filter(cdrs::started_at.ge(At(from)));
    let withdrawn = i64::from(RecordKind::Withdrawn.code());
    let current = since.filter(cdrs::replaced_by.is_null()).filter(cdrs::kind.ne(withdrawn));
    let prices = current.group_by(cdrs::price_text).select((cdrs::price_text, count_star()));
    let rows: Vec<(Option<KeptAmount>, i64)> = match until {
        Some(until) => prices.filter(cdrs::started_at.lt(At(until))).load(conn)?,
        None => prices.load(conn)?,
    };
    let mut sum = MoneySum::default();
    for (price, records) in rows {
        if let Some(KeptAmount(price)) = price {
            sum.add_times(price, records.unsigned_abs());
        }
    }
    Ok(sum)
}

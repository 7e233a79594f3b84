//! Names the accounts of the customers that a query asks for, in a store that has the calls of an account on one of
//! several nodes. Then only the nodes of these accounts are asked.

use std::borrow::Cow;
use std::collections::BTreeSet;

use cdr_model::{CdrField, Directory};
use cdr_query::{CdrQuery, Condition, Operand, Test};

use super::super::{Store, directory};
use crate::error::TransactionError;

/// The most accounts that are named. More of them are on every node anyway.
const MOST: usize = 1_000;

/// The same query, which names the accounts of its customers if that narrows the search.
pub(super) fn naming_accounts<'q>(store: &Store, query: &'q CdrQuery) -> Result<Cow<'q, CdrQuery>, TransactionError> {
    if !store.0.engine.is_spread() || query.names_accounts() {
        return Ok(Cow::Borrowed(query));
    }
    let Some(customers) = query.conditions.iter().find_map(customers) else { return Ok(Cow::Borrowed(query)) };
    // It is read after the watermark was, so it has the account of every record up to there.
    let known = directory::current(store)?;
    let accounts = accounts(&known, &customers);
    let named = (accounts.len() <= MOST).then(|| {
        let accounts = accounts.into_iter().map(Operand::Integer).collect();
        Condition::new(CdrField::AccountId, Test::In(accounts)).ok()
    });
    Ok(match named.flatten() {
        Some(condition) => Cow::Owned(query.clone().only(condition)),
        None => Cow::Borrowed(query),
    })
}

/// All that records of these customers can be booked on.
pub(crate) fn accounts_of_customers(store: &Store, customers: &[i64]) -> Result<Vec<i64>, TransactionError> {
    Ok(accounts(&*directory::current(store)?, customers))
}

/// The customers that a condition names.
fn customers(condition: &Condition) -> Option<Vec<i64>> {
    let operands = match condition.test() {
        Test::Eq(one) if condition.field() == CdrField::CustomerId => std::slice::from_ref(one),
        Test::In(many) if condition.field() == CdrField::CustomerId => many,
        _ => return None,
    };
    let number = |operand: &Operand| if let Operand::Integer(number) = operand { Some(*number) } else { None };
    operands.iter().map(number).collect()
}

/// All that records of these customers can be booked on: their accounts, and the customers themselves.
fn accounts(directory: &Directory, customers: &[i64]) -> Vec<i64> {
    let customers: BTreeSet<i64> = customers.iter().copied().collect();
    let theirs = directory.accounts.values().filter(|account| customers.contains(&account.customer_id));
    let themselves = customers.iter().map(|customer| customer.saturating_neg());
    let mut accounts: Vec<i64> = theirs.map(|account| account.id).chain(themselves).collect();
    accounts.sort_unstable();
    accounts.dedup();
    accounts
}

#[cfg(test)]
mod tests {
    use cdr_model::{Account, Directory};

    use super::accounts;

    #[test]
    fn a_customer_has_its_accounts_and_itself() {
        let account = |(id, customer_id): (i64, i64)| (id, Account { id, customer_id, ..Account::default() });
        let directory =
            Directory { accounts: [(7, 3), (8, 4), (9, 3), (5, 0)].map(account).into(), ..Directory::default() };
        for (customers, named) in [
            (&[3][..], &[-3, 7, 9][..]),
            (&[4, 3], &[-4, -3, 7, 8, 9]),
            (&[0], &[0, 5]),
            (&[99], &[-99]),
            (&[i64::MIN], &[i64::MAX]),
            (&[], &[]),
        ] {
            assert_eq!(accounts(&directory, customers), named, "{customers:?}");
        }
    }
}

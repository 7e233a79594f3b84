//! Whoever asks, and what they may see.

use std::collections::BTreeSet;

use cdr_model::CdrField;
use cdr_query::{CdrQuery, Condition, Operand, Test};

use crate::error::MediationError;
use crate::job::{ExportJob, ExportScope};

/// Whoever asks. Every door of [`Mediation`](crate::Mediation) takes one first, so that nothing is answered to nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name under which exports are entered in the ledger.
    pub name: String,
    /// What they may see.
    pub sees: Sees,
}

/// What a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sees {
    /// Every call and every conference.
    Everything,
    /// The calls of these accounts, by their numbers in the store; no conferences, which belong to no account.
    Accounts(Vec<i64>),
    /// The records of these customers, whether booked on an account or on the customer itself; no conferences.
    Customers(BTreeSet<i64>),
}

impl Caller {
    /// A caller who may see everything.
    pub fn everything(name: impl Into<String>) -> Caller {
        Caller { name: name.into(), sees: Sees::Everything }
    }

    /// The query, for what this caller may see of its answer.
    ///
    /// # Errors
    /// None today: account numbers are of the right kind.
    pub fn narrow(&self, query: CdrQuery) -> Result<CdrQuery, MediationError> {
        Ok(match &self.sees {
            Sees::Everything => query,
            Sees::Accounts(ids) => {
                let ids = ids.iter().copied().map(Operand::Integer).collect();
                query.only(Condition::new(CdrField::AccountId, Test::In(ids))?)
            }
            Sees::Customers(ids) => narrow_to_customers(query, ids)?,
        })
    }

    /// The exports of a scope that this caller may see in a list: those who see certain accounts get the exports of these.
    pub fn narrow_scope(&self, mut scope: ExportScope) -> ExportScope {
        if let Sees::Customers(_) = &self.sees {
            scope.accounts = Some(Vec::new());
        }
        if let Sees::Accounts(ids) = &self.sees {
            scope.accounts = Some(match scope.accounts {
                None => ids.clone(),
                Some(wanted) => wanted.into_iter().filter(|id| ids.contains(id)).collect(),
            });
        }
        scope
    }

    /// Whether they may follow, collect and withdraw an export: those who see everything any, others those of their
    /// accounts, and of those without an account their own.
    pub fn may_follow(&self, job: &ExportJob) -> bool {
        match (&self.sees, job.order.account_id) {
            (Sees::Everything, _) => true,
            (Sees::Accounts(ids), Some(account)) => ids.contains(&account),
            (Sees::Accounts(_) | Sees::Customers(_), None) => self.name == job.caller,
            (Sees::Customers(_), Some(_)) => false,
        }
    }
}

/// The query, for what there is of these customers. One that names customers who are all among them says enough by itself:
/// thousands of others would only be in the way of finding its rows.
fn narrow_to_customers(query: CdrQuery, ids: &BTreeSet<i64>) -> Result<CdrQuery, MediationError> {
    let is_among = |operand: &Operand| matches!(operand, Operand::Integer(id) if ids.contains(id));
    let says_enough =
        query.conditions.iter().filter(|it| it.field() == CdrField::CustomerId).any(|it| match it.test() {
            Test::Eq(one) => is_among(one),
            Test::In(several) => several.iter().all(is_among),
            _ => false,
        });
    if says_enough {
        return Ok(query);
    }
    let ids = ids.iter().copied().map(Operand::Integer).collect();
    Ok(query.only(Condition::new(CdrField::CustomerId, Test::In(ids))?))
}

#[cfg(test)]
mod tests {
    use cdr_model::{Anchor, Cdr, CdrField, Timestamp};
    use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

    use super::{Caller, Sees};

    #[test]
    fn who_sees_some_customers_sees_no_others_whatever_the_query_names() {
        let seen = [2, 4, 6];
        let caller = Caller { name: "licence".to_owned(), sees: Sees::Customers(seen.into()) };
        let window = Window::new(Anchor::Start, Timestamp::MIN, Timestamp::MAX).unwrap();
        let named = |test| CdrQuery::over(window).only(Condition::new(CdrField::CustomerId, test).unwrap());
        let several = |ids: &[i64]| Test::In(ids.iter().copied().map(Operand::Integer).collect());
        for (query, wanted) in [
            (CdrQuery::over(window), vec![2, 4, 6]),
            (named(Test::Eq(Operand::Integer(4))), vec![4]),
            (named(Test::Eq(Operand::Integer(5))), vec![]),
            (named(several(&[2, 6])), vec![2, 6]),
            (named(several(&[1, 2, 3])), vec![2]),
            (named(Test::NotEq(Operand::Integer(2))), vec![4, 6]),
            (named(several(&[1, 2])).only(Condition::new(CdrField::CustomerId, several(&[2, 3])).unwrap()), vec![2]),
        ] {
            let said = format!("{query:?}");
            let narrowed = caller.narrow(query).unwrap();
            let of = |customer_id| Cdr { number: 1, customer_id, ..Cdr::default() };
            let found: Vec<i64> = (0..8).filter(|id| narrowed.matches(&of(*id))).collect();
            assert_eq!(found, wanted, "{said}");
        }
    }
}

//! The caller of an operation, and the records visible to it.

use std::collections::BTreeSet;

use cdr_model::CdrField;
use cdr_query::{CdrQuery, Condition, Operand, Test};

use crate::error::MediationError;
use crate::job::{ExportJob, ExportScope};

/// The caller of an operation. Operations of [`Mediation`](crate::Mediation) that return records or exports take it as
/// their first argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name under which exports are entered in the ledger.
    pub name: String,
    /// The records that the caller may see.
    pub visibility: Visibility,
}

/// The records that a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Every call and every conference.
    Everything,
    /// The calls of these accounts, by their numbers in the store. No conferences, since they do not belong to an
    /// account.
    Accounts(Vec<i64>),
    /// The records of these customers, whether booked on an account or on the customer itself; no conferences.
    Customers(BTreeSet<i64>),
}

impl Caller {
    /// A caller that may see everything.
    pub fn everything(name: impl Into<String>) -> Caller {
        Caller { name: name.into(), visibility: Visibility::Everything }
    }

    /// Restricts a query to the records that this caller may see.
    ///
    /// # Errors
    /// Currently none, because account and customer numbers always match the kinds of their fields.
    pub fn narrow(&self, query: CdrQuery) -> Result<CdrQuery, MediationError> {
        Ok(match &self.visibility {
            Visibility::Everything => query,
            Visibility::Accounts(ids) => {
                let ids = ids.iter().copied().map(Operand::Integer).collect();
                query.only(Condition::new(CdrField::AccountId, Test::In(ids))?)
            }
            Visibility::Customers(ids) => narrow_to_customers(query, ids)?,
        })
    }

    /// Restricts a scope to the exports that this caller may list. A caller restricted to accounts gets the exports of
    /// these accounts.
    pub fn narrow_scope(&self, mut scope: ExportScope) -> ExportScope {
        if let Visibility::Customers(_) = &self.visibility {
            scope.accounts = Some(Vec::new());
        }
        if let Visibility::Accounts(ids) = &self.visibility {
            scope.accounts = Some(match scope.accounts {
                None => ids.clone(),
                Some(wanted) => wanted.into_iter().filter(|id| ids.contains(id)).collect(),
            });
        }
        scope
    }

    /// Whether the caller may follow, collect and withdraw an export. A caller that may see everything may do so with
    /// any export. Other callers may do so with the exports of their accounts, and with their own exports without an
    /// account.
    pub fn may_follow(&self, job: &ExportJob) -> bool {
        match (&self.visibility, job.order.account_id) {
            (Visibility::Everything, _) => true,
            (Visibility::Accounts(ids), Some(account)) => ids.contains(&account),
            (Visibility::Accounts(_) | Visibility::Customers(_), None) => self.name == job.caller,
            (Visibility::Customers(_), Some(_)) => false,
        }
    }
}

/// Restricts a query to the records of these customers. A query that already names only some of these customers is
/// returned unchanged, because a condition with thousands of customers would slow it down.
fn narrow_to_customers(query: CdrQuery, ids: &BTreeSet<i64>) -> Result<CdrQuery, MediationError> {
    let is_among = |operand: &Operand| matches!(operand, Operand::Integer(id) if ids.contains(id));
    let is_narrow_enough =
        query.conditions.iter().filter(|it| it.field() == CdrField::CustomerId).any(|it| match it.test() {
            Test::Eq(one) => is_among(one),
            Test::In(several) => several.iter().all(is_among),
            _ => false,
        });
    if is_narrow_enough {
        return Ok(query);
    }
    let ids = ids.iter().copied().map(Operand::Integer).collect();
    Ok(query.only(Condition::new(CdrField::CustomerId, Test::In(ids))?))
}

#[cfg(test)]
mod tests {
    use cdr_model::{Anchor, Cdr, CdrField, Timestamp};
    use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

    use super::{Caller, Visibility};

    #[test]
    fn a_caller_restricted_to_customers_sees_no_other_customers() {
        let seen = [2, 4, 6];
        let caller = Caller { name: "licence".to_owned(), visibility: Visibility::Customers(seen.into()) };
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
            let text = format!("{query:?}");
            let narrowed = caller.narrow(query).unwrap();
            let of = |customer_id| Cdr { number: 1, customer_id, ..Cdr::default() };
            let found: Vec<i64> = (0..8).filter(|id| narrowed.matches(&of(*id))).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}

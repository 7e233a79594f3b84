//! Whoever asks, and what they may see.

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
        })
    }

    /// The exports of a scope that this caller may see in a list: those who see certain accounts get the exports of these.
    pub fn narrow_scope(&self, mut scope: ExportScope) -> ExportScope {
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
            (Sees::Accounts(_), None) => self.name == job.caller,
        }
    }
}

//! Queries, and the definition of their results.

use cdr_model::{Cdr, CdrField, ConferenceRecord, Record, RecordKind};
use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::condition::{Condition, Test};
use crate::order::SortOrder;
use crate::projection::Projection;
use crate::window::Window;

/// Which calls to return, and in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CdrQuery {
    /// The window of the records.
    pub window: Window,
    /// Conditions, all of which have to be met.
    pub conditions: Vec<Condition>,
    /// The order of the result.
    pub order: SortOrder,
    /// The watermark: the result as of the moment when this was the highest record number. `None` means now.
    pub upto: Option<i64>,
    /// The fields that are read from the result. It is not stored with a query; the code that runs the query sets it.
    #[serde(skip)]
    pub fields: Projection,
    /// Whether the answer is still wanted. It is not stored with a query; the code that runs the query sets it, and a
    /// source stops soon after the signal.
    #[serde(skip)]
    pub cancel: Cancel,
}

impl CdrQuery {
    /// Everything in a window, oldest first.
    pub fn over(window: Window) -> CdrQuery {
        CdrQuery {
            window,
            conditions: Vec::new(),
            order: SortOrder::default(),
            upto: None,
            fields: Projection::ALL,
            cancel: Cancel::default(),
        }
    }

    /// The same query with one more condition.
    pub fn only(mut self, condition: Condition) -> CdrQuery {
        self.conditions.push(condition);
        self
    }

    /// The same query for calls only: without other charges, and with each leg once, even if several payers are
    /// charged.
    pub fn only_calls(self) -> CdrQuery {
        self.only(Condition::of_kinds(&[RecordKind::Call]))
    }

    /// The same query at a watermark.
    pub fn at(mut self, watermark: i64) -> CdrQuery {
        self.upto = Some(watermark);
        self
    }

    /// The same query for a reader of these fields. A call of the result has its number, its ID, its kind, its
    /// instants, its account, customer and service, and these fields. Others may be missing.
    pub fn selecting(mut self, fields: impl IntoIterator<Item = CdrField>) -> CdrQuery {
        self.fields = Projection::of(fields);
        self
    }

    /// The same query, whose work ends when the signal arrives.
    pub fn until(mut self, cancel: &Cancel) -> CdrQuery {
        self.cancel = cancel.clone();
        self
    }

    /// The same query for a reader of the identities of records too: their keys and digests.
    pub fn with_identity(mut self) -> CdrQuery {
        self.fields = self.fields.with_identity();
        self
    }

    /// Whether a call belongs to the result. This is the definition; every store returns the same.
    pub fn matches(&self, call: &Cdr) -> bool {
        self.is_visible(call)
            && self.window.contains(call)
            && self.conditions.iter().all(|condition| condition.matches(call))
    }

    /// Whether a conference belongs to the result: it lies in the window and meets every condition. A query with a
    /// condition that no conference can meet, such as one on the account, returns no conferences.
    pub fn matches_conference(&self, conference: &ConferenceRecord) -> bool {
        let met = |condition: &Condition| condition.matches_conference(conference);
        self.is_visible(conference) && self.window.contains(conference) && self.conditions.iter().all(met)
    }

    /// Whether a record existed and was not yet replaced at the watermark.
    pub fn is_visible<R: Record>(&self, record: &R) -> bool {
        match self.upto {
            None => record.replaced_by().is_none(),
            Some(watermark) => {
                record.number() <= watermark && record.replaced_by().is_none_or(|number| number > watermark)
            }
        }
    }

    /// Whether the query selects accounts by number. Its rows are then few enough for blocks of one day.
    pub fn names_accounts(&self) -> bool {
        self.conditions.iter().any(|condition| {
            condition.field() == CdrField::AccountId && matches!(condition.test(), Test::Eq(_) | Test::In(_))
        })
    }
}

#[cfg(test)]
mod tests;

//! The question, and the meaning of its answer.

use std::cmp::Ordering;
use std::fmt;

use cdr_model::{Cdr, CdrField, ConferenceRecord, Record, RecordKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Test};
use crate::window::Window;

/// Which calls are wanted, and in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CdrQuery {
    /// Which instant, between which bounds.
    pub window: Window,
    /// Conditions, all of which have to hold.
    pub conditions: Vec<Condition>,
    /// The order of the answer.
    pub order: Order,
    /// The watermark: the answer as of the moment when this was the highest record number. `None` is now.
    pub upto: Option<i64>,
}

/// The order of an answer. The record number breaks every tie, in the same direction, so it is always total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What is ordered by.
    pub by: OrderBy,
    /// Newest (or highest) first.
    pub descending: bool,
}

/// What an answer is ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OrderBy {
    /// The instant of the window's anchor, which every record in the window has.
    #[default]
    Anchor,
    /// The order of arrival.
    Number,
}

impl Order {
    /// The instant that decides a record's place; [`Timestamp::MIN`] for all when the number alone decides.
    pub fn instant<R: Record>(&self, window: &Window, record: &R) -> Timestamp {
        match self.by {
            OrderBy::Anchor => record.instant(window.anchor).unwrap_or(Timestamp::MIN),
            OrderBy::Number => Timestamp::MIN,
        }
    }

    /// Which of two records comes first.
    pub fn compare<R: Record>(&self, window: &Window, left: &R, right: &R) -> Ordering {
        let place = |record: &R| (self.instant(window, record), record.number());
        let ascending = place(left).cmp(&place(right));
        if self.descending { ascending.reverse() } else { ascending }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.by, self.descending) {
            (OrderBy::Anchor, false) => "oldest first, then by number",
            (OrderBy::Anchor, true) => "newest first, then by number",
            (OrderBy::Number, false) => "in the order of arrival",
            (OrderBy::Number, true) => "in the order of arrival, latest first",
        })
    }
}

impl CdrQuery {
    /// Everything in a window, oldest first.
    pub fn over(window: Window) -> CdrQuery {
        CdrQuery { window, conditions: Vec::new(), order: Order::default(), upto: None }
    }

    /// The same query with one more condition.
    pub fn only(mut self, condition: Condition) -> CdrQuery {
        self.conditions.push(condition);
        self
    }

    /// The same query for calls alone: no charge that is none, and each leg once, whoever else pays for it.
    pub fn only_calls(self) -> CdrQuery {
        self.only(Condition::of_kinds(&[RecordKind::Call]))
    }

    /// The same query at a watermark.
    pub fn at(mut self, watermark: i64) -> CdrQuery {
        self.upto = Some(watermark);
        self
    }

    /// Whether a call belongs to the answer. This is the definition: every store answers the same.
    pub fn matches(&self, call: &Cdr) -> bool {
        self.sees(call) && self.window.contains(call) && self.conditions.iter().all(|condition| condition.matches(call))
    }

    /// Whether a conference belongs to the answer: one in the window that meets every condition a conference can meet. A
    /// query with any other condition, say for an account, has none.
    pub fn matches_conference(&self, conference: &ConferenceRecord) -> bool {
        let met = |condition: &Condition| condition.matches_conference(conference);
        self.sees(conference) && self.window.contains(conference) && self.conditions.iter().all(met)
    }

    /// Whether a record was there, and not yet replaced, at the watermark.
    pub fn sees<R: Record>(&self, record: &R) -> bool {
        match self.upto {
            None => record.replaced_by().is_none(),
            Some(watermark) => {
                record.number() <= watermark && record.replaced_by().is_none_or(|number| number > watermark)
            }
        }
    }

    /// Whether it names the accounts it wants, so that its rows are few enough to be cut by the day.
    pub fn names_accounts(&self) -> bool {
        self.conditions.iter().any(|condition| {
            condition.field() == CdrField::AccountId && matches!(condition.test(), Test::Eq(_) | Test::In(_))
        })
    }
}

#[cfg(test)]
mod tests;

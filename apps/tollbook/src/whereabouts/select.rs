//! Whether an export takes a record, and if not, why.

use anyhow::{Context, anyhow};
use cdr_mediation::{ExportJob, JobState};
use cdr_model::{Cdr, Directory, Record, Timestamp};
use cdr_query::CdrQuery;

use crate::listing::Cell;

/// The query of an export, at its watermark.
#[derive(Debug)]
pub(crate) struct Selection(CdrQuery);

/// Why an export has a record or does not.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Verdict {
    /// It has this version.
    Included(i64),
    /// The record arrived after this watermark.
    Late(i64),
    /// The record is outside the window: its instant of the anchor, the bound that it missed and by how many
    /// microseconds, negative before the window. Without it the record has no such instant.
    Outside { anchor: &'static str, at: Option<(Timestamp, Timestamp, i64)> },
    /// A condition that it does not meet, and its value.
    Filtered { condition: String, value: String },
}

impl Selection {
    /// The query of an export.
    ///
    /// # Errors
    /// If this program cannot read its request.
    pub(crate) fn of(job: &ExportJob) -> anyhow::Result<Selection> {
        let request = job.order.request.as_ref().map_err(|why| anyhow!("{why}"));
        let mut query = request.with_context(|| format!("the request of export {}", job.number))?.query.clone();
        if let (None, JobState::Completed(kept)) = (query.upto, &job.state)
            && let Ok(receipt) = &kept.receipt
        {
            query.upto = receipt.watermark;
        }
        Ok(Selection(query))
    }

    /// The verdict about a record, by its versions, of which the last one is the present one.
    pub(super) fn judge(&self, versions: &[Cdr], directory: &Directory) -> Verdict {
        let query = &self.0;
        let Some(version) = versions.iter().find(|version| query.is_visible(*version)) else {
            return Verdict::Late(query.upto.unwrap_or_default());
        };
        let window = query.window;
        let anchor = window.anchor.name();
        let Some(at) = version.instant(window.anchor) else { return Verdict::Outside { anchor, at: None } };
        if !window.covers(at) {
            let bound = if at < window.from { window.from } else { window.until };
            let micros = at.micros().saturating_sub(bound.micros());
            return Verdict::Outside { anchor, at: Some((at, bound, micros)) };
        }
        match query.conditions.iter().find(|condition| !condition.matches(version)) {
            None => Verdict::Included(version.number),
            Some(condition) => {
                let value = Cell::of(&version.value(condition.field(), directory)).plain();
                let value = if value.is_empty() { "no value".to_owned() } else { format!("`{value}`") };
                Verdict::Filtered { condition: condition.to_string(), value }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::{Anchor, Cdr, CdrField, Directory, Timestamp};
    use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

    use super::{Selection, Verdict};

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn an_export_takes_a_record_or_says_why_not() {
        let call = |number, start, replaced_by| Cdr {
            number,
            id: 5,
            started_at: at(start),
            called: Some("49".to_owned()),
            replaced_by,
            ..Cdr::default()
        };
        let query = CdrQuery::over(Window::new(Anchor::Start, at(100), at(200)).unwrap()).at(10);
        let to_49 = Condition::new(CdrField::Called, Test::Eq(Operand::from("49"))).unwrap();
        let to_30 = Condition::new(CdrField::Called, Test::Eq(Operand::from("30"))).unwrap();
        let outside = |seconds, bound, micros| Verdict::Outside {
            anchor: Anchor::Start.name(),
            at: Some((at(seconds), at(bound), micros)),
        };
        for (versions, query, verdict) in [
            (vec![call(5, 100, None)], query.clone().only(to_49), Verdict::Included(5)),
            (vec![call(11, 100, None)], query.clone(), Verdict::Late(10)),
            (vec![call(5, 97, None)], query.clone(), outside(97, 100, -3_000_000)),
            (vec![call(5, 200, None)], query.clone(), outside(200, 200, 0)),
            // The version at the watermark counts, not the present one.
            (vec![call(5, 100, Some(11)), call(11, 300, None)], query.clone(), Verdict::Included(5)),
            (
                vec![call(5, 150, None)],
                query.clone().only(to_30.clone()),
                Verdict::Filtered { condition: to_30.to_string(), value: "`49`".to_owned() },
            ),
            (
                vec![call(5, 150, None)],
                CdrQuery { window: Window::all(Anchor::Connect), ..query.clone() },
                Verdict::Outside { anchor: Anchor::Connect.name(), at: None },
            ),
        ] {
            assert_eq!(Selection(query).judge(&versions, &Directory::default()), verdict, "{versions:?}");
        }
    }
}

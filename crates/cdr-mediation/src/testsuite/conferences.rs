//! The contract of a [`CdrSource`] with conferences: its answers match [`CdrQuery::matches_conference`], in the order of
//! the query, and its pages are consecutive.

use std::io;

use cdr_model::{Anchor, CdrField, ConferenceRecord, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Test, Window};

use super::source::{walked, windowed};
use crate::{CdrSource, PortError};

/// Conferences with equal instants, with instants a microsecond apart, and without an end. They have no numbers yet.
pub fn conferences() -> Vec<ConferenceRecord> {
    let second = |seconds: i64| Timestamp::from_seconds(1_800_000_000 + seconds);
    let conference = |n: i64| ConferenceRecord {
        started_at: second(n / 3 * 60).plus_micros(n % 2),
        ended_at: (n % 4 > 0).then(|| second(n / 2 * 90)),
        room: (n % 5 > 0).then(|| format!("room {n}")),
        participants: Some(n % 3),
        ..ConferenceRecord::default()
    };
    (0..12).map(conference).collect()
}

/// Compares the answers of a source with the definition over the conferences that it holds, including replaced versions.
///
/// # Panics
/// If they differ; the message contains the query.
pub fn agrees(source: &dyn CdrSource, records: &[ConferenceRecord]) {
    for query in queries(records) {
        let mut expected: Vec<ConferenceRecord> =
            records.iter().filter(|record| query.matches_conference(record)).cloned().collect();
        expected.sort_by(|left, right| query.order.compare(&query.window, left, right));
        for limit in [1, 3, expected.len().max(1), expected.len() + 1] {
            let found = walked(&query, limit, |after| source.conference_page(&query, after, limit));
            assert_eq!(found, expected, "pages of {limit}: {query:?}");
        }
        let mut scanned = Vec::new();
        let each = &mut |record| {
            scanned.push(record);
            Ok(())
        };
        source.conferences(&query, each).unwrap();
        assert_eq!(scanned, expected, "a scan: {query:?}");
        assert_eq!(source.count_conferences(&query).unwrap(), expected.len() as u64, "a count: {query:?}");
        if !expected.is_empty() {
            let ended = source.conferences(&query, &mut |_| Err(io::Error::other("enough")));
            assert!(matches!(ended, Err(PortError::PassedOn(_))), "a scan that is ended: {ended:?}");
        }
    }
}

/// Queries with windows, orders and watermarks, with a condition on an end, and with one that no conference can meet.
fn queries(records: &[ConferenceRecord]) -> Vec<CdrQuery> {
    let everything = || CdrQuery::over(Window::all(Anchor::Start));
    let mut queries = windowed(records);
    let tests = [(CdrField::EndedAt, Test::Present), (CdrField::AccountId, Test::Eq(Operand::Integer(1)))];
    queries.extend(
        tests.into_iter().flat_map(|(field, test)| Condition::new(field, test)).map(|it| everything().only(it)),
    );
    let middle = records.get(records.len() / 2).map_or(0, |record| record.number);
    queries.extend([middle, 0].map(|number| everything().at(number)));
    queries
}

//! The contract of a [`CdrSource`]: its answers match the definition, [`CdrQuery::matches`], in the order of
//! [`SortOrder::compare`], and its pages are consecutive by [`CdrQuery::follows`].

use std::io;

use cdr_model::{Anchor, Cdr, CdrField, Details, Directory, Field, Record, Sip, Timestamp};
use cdr_query::{Cancel, CdrQuery, Condition, Cursor, Operand, SortBy, SortKey, SortOrder, Test, Window};

use crate::{CdrSource, PortError};

/// Prices, some of which differ beyond the eighth decimal.
const PRICES: [Option<&str>; 6] =
    [Some("0.01"), None, Some("0.0100000000001"), Some("-0.000000001"), Some("0.010"), Some("-0.000000002")];

/// Calls that are difficult for a source: with equal instants, with missing instants and instants a microsecond apart,
/// and with few distinct values. They have no numbers yet.
pub fn calls() -> Vec<Cdr> {
    let second = |seconds: i64| Timestamp::from_seconds(1_800_000_000 + seconds);
    (0..24_i64)
        .map(|n| Cdr {
            started_at: second(n / 3 * 60).plus_micros(n % 2),
            connected_at: (n % 4 > 0).then(|| second(n / 3 * 60 + 5)),
            ended_at: (n % 5 > 0).then(|| second(n / 4 * 90)),
            billed_at: second(n % 7 * 60),
            success: n % 4 > 0,
            called: Some(format!("+4930{}", n % 6)),
            account_id: n % 3 + 1,
            talk_us: (n % 5 > 1).then_some(n % 3 * 1_000_000),
            price: PRICES[usize::try_from(n % 6).unwrap()].map(|price| price.parse().unwrap()),
            details: Details {
                sip: Sip {
                    user_agent: (n % 4 > 1).then(|| format!("agent {}", n % 3)),
                    peer_ip: (n % 3 > 0).then(|| [10, 0, 0, if n % 2 > 0 { 9 } else { 10 }].into()),
                    ..Sip::default()
                },
                ..Details::default()
            },
            ..Cdr::default()
        })
        .collect()
}

/// Compares the answers of a source with the definition over the records that it holds, including replaced versions.
///
/// # Panics
/// If they differ; the message contains the query.
pub fn agrees(source: &dyn CdrSource, records: &[Cdr]) {
    for query in queries(records) {
        let mut expected: Vec<Cdr> = records.iter().filter(|record| query.matches(record)).cloned().collect();
        expected.sort_by(|left, right| query.order.compare(&query.window, left, right));
        for limit in [1, 3, 7, expected.len().max(1), expected.len() + 1] {
            let found = walked(&query, limit, |after| source.page(&query, after, limit));
            assert_eq!(found, expected, "pages of {limit}: {query:?}");
        }
        assert_eq!(source.page(&query, None, 0).unwrap(), [], "a page of none: {query:?}");
        for (skip, take) in [(0, 0), (0, 5), (3, 4), (expected.len(), 1), (expected.len() / 2, usize::MAX)] {
            let part: Vec<Cdr> = expected.iter().skip(skip).take(take).cloned().collect();
            assert_eq!(source.list(&query, skip as u64, take).unwrap(), part, "{take} after {skip}: {query:?}");
        }
        assert_eq!(source.list(&query, u64::MAX, 5).unwrap(), [], "after the last: {query:?}");
        for skip in [0, 1, expected.len() / 2, expected.len()] {
            let (window, left) = source.jump(&query, skip as u64).unwrap();
            let rest = source.list(&CdrQuery { window, ..query.clone() }, left, usize::MAX).unwrap();
            assert_eq!(rest, expected[skip.min(expected.len())..], "a jump over {skip}: {query:?}");
        }
        cancelled(source, &query);
        if let Some(last) = expected.last() {
            let after = source.page(&query, Some(&Cursor::of(last, &query)), 10).unwrap();
            assert_eq!(after, [], "after the last: {query:?}");
        }
        let printed = || CdrField::ALL.iter().copied().filter(|it| ![CdrField::Key, CdrField::Digest].contains(it));
        for fields in [vec![], vec![CdrField::Called, CdrField::Talk], vec![CdrField::UserAgent], printed().collect()] {
            selects(source, &query, &expected, &fields);
        }
        assert_eq!(scanned(source, &query), expected, "a scan: {query:?}");
        assert_eq!(source.count(&query).unwrap(), expected.len() as u64, "a count: {query:?}");
        let mut services: Vec<(i32, u64)> = Vec::new();
        for record in &expected {
            match services.iter_mut().find(|(service, _)| *service == record.service_id) {
                Some((_, rows)) => *rows += 1,
                None => services.push((record.service_id, 1)),
            }
        }
        assert_eq!(source.services(&query).unwrap(), services, "services: {query:?}");
        if expected.len() > 1 {
            stops(source, &query);
        }
    }
    let highest = records.iter().map(|record| record.number).max().unwrap_or(0);
    assert!(source.watermark().unwrap() >= highest, "the watermark is below the number of a record");
}

/// A query that is no longer wanted is not answered.
fn cancelled(source: &dyn CdrSource, query: &CdrQuery) {
    let cancel = Cancel::new();
    let query = query.clone().until(&cancel);
    cancel.cancel();
    let outcomes = [
        ("a scan", source.scan(&query, &mut |_| Ok(()))),
        ("a list", source.list(&query, 0, 5).map(drop)),
        ("a count", source.count(&query).map(drop)),
        ("the services", source.services(&query).map(drop)),
    ];
    for (what, outcome) in outcomes {
        assert!(matches!(outcome, Err(PortError::Cancelled)), "{what}, no longer wanted: {outcome:?}: {query:?}");
    }
}

/// All pages of at most `limit` records in order.
pub(super) fn walked<R: Record>(
    query: &CdrQuery,
    limit: usize,
    page: impl Fn(Option<&Cursor>) -> Result<Vec<R>, PortError>,
) -> Vec<R> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = page(after.as_ref()).unwrap();
        assert!(page.len() <= limit, "a page of {limit} has {}: {query:?}", page.len());
        let Some(last) = page.last() else { return all };
        after = Some(Cursor::of(last, query));
        all.extend(page);
        assert!(all.len() <= 100_000, "pages of {limit} never end: {query:?}");
    }
}

/// Calls that are read for some fields have these fields, and those that determine the order.
fn selects(source: &dyn CdrSource, query: &CdrQuery, expected: &[Cdr], fields: &[CdrField]) {
    let query = query.clone().selecting(fields.iter().copied());
    let always = [
        CdrField::Number,
        CdrField::Id,
        CdrField::Kind,
        CdrField::AccountId,
        CdrField::CustomerId,
        CdrField::ServiceId,
        CdrField::StartedAt,
        CdrField::ConnectedAt,
        CdrField::EndedAt,
        CdrField::BilledAt,
    ];
    for found in [walked(&query, 7, |after| source.page(&query, after, 7)), scanned(source, &query)] {
        assert_eq!(found.len(), expected.len(), "calls read for {fields:?}: {query:?}");
        for (found, expected) in found.iter().zip(expected) {
            for field in always.iter().chain(fields) {
                let name = field.name();
                let value = |record: &Cdr| Operand::of(record.value(*field, &Directory::EMPTY));
                assert_eq!(value(found), value(expected), "`{name}`, read for {fields:?}: {query:?}");
            }
        }
    }
    let (mut rows, nothing) = (Vec::new(), Directory::default());
    let each = &mut |row| {
        rows.push(row);
        Ok(())
    };
    source.scan_fields(&query, each).unwrap();
    assert_eq!(rows.len(), expected.len(), "rows read for {fields:?}: {query:?}");
    for (row, expected) in rows.iter().zip(expected) {
        for field in fields {
            let (found, expected) = (row.value(*field, &nothing), expected.value(*field, &nothing));
            assert_eq!(found, expected, "`{field}` of a row: {query:?}");
        }
        let anchor = query.window.anchor;
        assert_eq!((row.number(), row.instant(anchor)), (expected.number, expected.instant(anchor)), "{query:?}");
    }
}

fn scanned(source: &dyn CdrSource, query: &CdrQuery) -> Vec<Cdr> {
    let mut all = Vec::new();
    let each = &mut |record| {
        all.push(record);
        Ok(())
    };
    source.scan(query, each).unwrap();
    all
}

/// An error of the callback ends the scan.
fn stops(source: &dyn CdrSource, query: &CdrQuery) {
    let mut seen = 0;
    let ended = source.scan(query, &mut |_| {
        seen += 1;
        Err(io::Error::other("enough"))
    });
    assert!(matches!(ended, Err(PortError::PassedOn(_))), "a scan that is ended: {ended:?}");
    assert_eq!(seen, 1, "a scan that is ended goes on: {query:?}");
}

/// Queries with windows of every anchor and bounds at, before and after records, with both orders and directions.
pub(super) fn windowed(records: &[impl Record]) -> Vec<CdrQuery> {
    let mut queries = Vec::new();
    for anchor in [Anchor::Start, Anchor::Connect, Anchor::End, Anchor::Bill] {
        let mut instants: Vec<Timestamp> = records.iter().filter_map(|record| record.instant(anchor)).collect();
        instants.sort_unstable();
        let mut windows = vec![Window::all(anchor)];
        if let (Some(first), Some(middle), Some(last)) =
            (instants.first(), instants.get(instants.len() / 2), instants.last())
        {
            for (from, until) in [(*first, *last), (*middle, *middle), (*middle, last.plus_micros(1))] {
                windows.extend(Window::new(anchor, from, until));
            }
        }
        for window in windows {
            for (by, descending) in
                [(SortBy::Anchor, false), (SortBy::Anchor, true), (SortBy::Number, false), (SortBy::Number, true)]
            {
                queries.push(CdrQuery { order: SortOrder::new(by, descending), ..CdrQuery::over(window) });
            }
        }
    }
    queries
}

/// Those queries, and others with sort keys, with conditions, and with watermarks.
fn queries(records: &[Cdr]) -> Vec<CdrQuery> {
    let mut queries = windowed(records);
    let everything = || CdrQuery::over(Window::all(Anchor::Start));
    let key = |field, descending| SortKey { field, descending };
    for keys in [
        vec![key(CdrField::ConnectedAt, false)],
        vec![key(CdrField::Called, true), key(CdrField::AccountId, false)],
        vec![key(CdrField::UserAgent, false), key(CdrField::PeerIp, true)],
        vec![key(CdrField::Price, true), key(CdrField::Talk, false)],
        vec![key(CdrField::Success, false), key(CdrField::BilledAt, true)],
    ] {
        for descending in [false, true] {
            let order = SortOrder { keys: keys.clone(), ..SortOrder::new(SortBy::Anchor, descending) };
            queries.push(CdrQuery { order, ..everything() });
        }
    }
    let network = |inside| Test::Network { networks: "10.0.0.8/31".parse().into_iter().collect(), inside };
    let tests = [
        (CdrField::AccountId, Test::Eq(Operand::Integer(records.first().map_or(0, |record| record.account_id)))),
        (CdrField::Success, Test::Eq(Operand::Boolean(true))),
        (CdrField::ConnectedAt, Test::Present),
        (CdrField::Called, Test::starts_with("+4930")),
        (CdrField::AccountId, Test::In(Vec::new())),
        (CdrField::UserAgent, Test::contains("2")),
        (
            CdrField::Called,
            Test::AnyOf(vec![vec![Test::starts_with("+49300")], vec![Test::contains("5"), Test::Present]]),
        ),
        (CdrField::Talk, Test::AnyOf(Vec::new())),
        (CdrField::PeerIp, network(true)),
        (CdrField::PeerIp, network(false)),
    ];
    queries.extend(
        tests.into_iter().flat_map(|(field, test)| Condition::new(field, test)).map(|it| everything().only(it)),
    );
    let mut numbers: Vec<i64> = records.iter().map(|record| record.number).collect();
    numbers.sort_unstable();
    queries.extend(numbers.get(numbers.len() / 2).map(|number| everything().at(*number)));
    queries.push(everything().at(0));
    queries
}

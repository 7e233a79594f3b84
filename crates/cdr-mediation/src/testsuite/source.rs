//! What every [`CdrSource`] promises: its answers are those of the definition, [`CdrQuery::matches`], in the order of
//! [`Order::compare`], and its pages follow one another by [`CdrQuery::follows`].

use std::io;

use cdr_model::{Anchor, Cdr, CdrField, Record, Timestamp};
use cdr_query::{CdrQuery, Condition, Cursor, Operand, Order, OrderBy, Test, Window};

use crate::{CdrSource, PortError};

/// Calls with what is hard for a source: equal instants, instants that are missing or a microsecond apart, and little to
/// tell them by. They have no numbers yet.
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
            ..Cdr::default()
        })
        .collect()
}

/// Compares the answers of a source with the definition over the records that it holds, versions that were replaced included.
///
/// # Panics
/// When they differ, with the question.
pub fn agrees(source: &dyn CdrSource, records: &[Cdr]) {
    for query in questions(records) {
        let mut expected: Vec<Cdr> = records.iter().filter(|record| query.matches(record)).cloned().collect();
        expected.sort_by(|left, right| query.order.compare(&query.window, left, right));
        for limit in [1, 3, 7, expected.len().max(1), expected.len() + 1] {
            assert_eq!(walked(source, &query, limit), expected, "pages of {limit}: {query:?}");
        }
        assert_eq!(source.page(&query, None, 0).unwrap(), [], "a page of none: {query:?}");
        if let Some(last) = expected.last() {
            let after = source.page(&query, Some(Cursor::of(last, &query)), 10).unwrap();
            assert_eq!(after, [], "after the last: {query:?}");
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
    assert!(source.watermark().unwrap() >= highest, "the watermark is below a record that is there");
}

/// Every page, one after the other.
fn walked(source: &dyn CdrSource, query: &CdrQuery, limit: usize) -> Vec<Cdr> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = source.page(query, after, limit).unwrap();
        assert!(page.len() <= limit, "a page of {limit} has {}: {query:?}", page.len());
        let Some(last) = page.last() else { return all };
        after = Some(Cursor::of(last, query));
        all.extend(page);
        assert!(all.len() <= 100_000, "pages of {limit} never end: {query:?}");
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

/// What the one who is given records answers as an error ends the scan.
fn stops(source: &dyn CdrSource, query: &CdrQuery) {
    let mut seen = 0;
    let ended = source.scan(query, &mut |_| {
        seen += 1;
        Err(io::Error::other("enough"))
    });
    assert!(matches!(ended, Err(PortError::PassedOn(_))), "a scan that is ended: {ended:?}");
    assert_eq!(seen, 1, "a scan that is ended goes on: {query:?}");
}

/// Windows on every anchor with bounds at, before and after records; both orders and directions; conditions; watermarks.
fn questions(records: &[Cdr]) -> Vec<CdrQuery> {
    let mut questions = Vec::new();
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
                [(OrderBy::Anchor, false), (OrderBy::Anchor, true), (OrderBy::Number, false), (OrderBy::Number, true)]
            {
                questions.push(CdrQuery { order: Order { by, descending }, ..CdrQuery::over(window) });
            }
        }
    }
    let everything = || CdrQuery::over(Window::all(Anchor::Start));
    let tests = [
        (CdrField::AccountId, Test::Eq(Operand::Integer(records.first().map_or(0, |record| record.account_id)))),
        (CdrField::Success, Test::Eq(Operand::Boolean(true))),
        (CdrField::ConnectedAt, Test::Present),
        (CdrField::Called, Test::starts_with("+4930")),
        (CdrField::AccountId, Test::In(Vec::new())),
    ];
    questions.extend(
        tests.into_iter().flat_map(|(field, test)| Condition::new(field, test)).map(|it| everything().only(it)),
    );
    let mut numbers: Vec<i64> = records.iter().map(|record| record.number).collect();
    numbers.sort_unstable();
    questions.extend(numbers.get(numbers.len() / 2).map(|number| everything().at(*number)));
    questions.push(everything().at(0));
    questions
}

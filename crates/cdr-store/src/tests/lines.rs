//! Kept lines: written with their records, mapped again as new versions, and removed with them.

use cdr_mediation::{
    Batch, CdrSink, CdrSource, Content, CustomerDraft, DirectoryEditor, KeptLines, Loads, Quarantine, RemapReport,
    Remapped, RemappedInto, Remapping,
};
use cdr_model::{CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Test};

use super::rollup::{counted, stored};
use super::support::*;

/// A batch whose lines are kept.
fn lined(contents: impl IntoIterator<Item = Content>) -> Batch {
    Batch { context: Some("head".into()), keep_lines: Some(90), ..batch(contents) }
}

fn call_of(key: &str, start: i64, content: &str) -> Content {
    Content::Call(Box::new(call(key, start, content)))
}

fn remapping() -> Remapping {
    Remapping { source: "pbx".to_owned(), ..Remapping::default() }
}

/// Maps all lines again: calls start so many seconds later, conferences are in another room.
fn remap_all(fixture: &StoreFixture, remapping: &Remapping, later: i64, known: &[Content]) -> RemapReport {
    let (mut report, mut after) = (RemapReport::default(), 0);
    while let Some(chunk) = fixture.store.next_lines("pbx", after).unwrap() {
        assert_eq!((chunk.feed.as_str(), chunk.context.as_deref()), ("native", Some("head")));
        after = chunk.id;
        let records: Vec<Remapped> = chunk
            .lines
            .iter()
            .map(|line| {
                let read = known.iter().find(|content| format!("{content:?}").into_bytes() == line.raw).unwrap();
                let read = match read.clone() {
                    Content::Call(mut draft) => {
                        draft.call.started_at = draft.call.started_at.plus_micros(later * 1_000_000);
                        draft.key = "another".to_owned();
                        Content::Call(draft)
                    }
                    Content::Conference(mut draft) => {
                        draft.conference.room = Some(format!("room {later}"));
                        Content::Conference(draft)
                    }
                    other => other,
                };
                Remapped { number: line.number, into: RemappedInto::Read(vec![read]) }
            })
            .collect();
        report += fixture.store.remap(remapping, Some(chunk.id), &records).unwrap();
    }
    report
}

#[test]
fn records_get_new_versions_and_earlier_watermarks_stay() {
    let fixture = StoreFixture::new();
    let mut known: Vec<Content> = (0..20).map(|n| call_of(&n.to_string(), n * 3_600, "a")).collect();
    known.push(Content::Conference(Box::new(conference("c", 9, "room"))));
    fixture.store.take(&lined(known.clone())).unwrap();
    let with_identity = |query: CdrQuery| scan(&fixture.store, &query.with_identity());
    let (before, numbers) = (with_identity(everything().at(21)), stored(&fixture.store));

    let rehearsed = remap_all(&fixture, &Remapping { is_rehearsal: true, ..remapping() }, 7_200, &known);
    assert_eq!((rehearsed.changed, rehearsed.same), (21, 0));
    assert_eq!((fixture.store.watermark().unwrap(), stored(&fixture.store)), (21, numbers.clone()));

    let report = remap_all(&fixture, &remapping(), 7_200, &known);
    assert_eq!((report.changed, report.same, report.passed, report.refusals()), (21, 0, 0, 0));
    assert_eq!(report.examples.len(), RemapReport::EXAMPLES);
    let (old, new) = &report.examples[0];
    assert_eq!((old.number, new.number, new.id), (1, 22, 1));
    assert_eq!(fixture.store.watermark().unwrap(), 42);
    assert_eq!(stored(&fixture.store), counted(&fixture.store));
    assert_ne!(stored(&fixture.store), numbers);
    let shown = |calls: Vec<cdr_model::Cdr>| {
        calls.into_iter().map(|call| (call.number, call.started_at, call.identity)).collect::<Vec<_>>()
    };
    assert_eq!(shown(with_identity(everything().at(21))), shown(before));
    let now = scan(&fixture.store, &everything().with_identity());
    assert_eq!((now.len(), now[0].id, now[0].started_at), (20, 1, Timestamp::from_seconds(7_200)));
    assert_eq!(now[0].identity.as_ref().unwrap().key, "0", "the key stays");
    assert_eq!(conferences(&fixture.store, &everything())[0].room.as_deref(), Some("room 7200"));

    // Once more the same, and back.
    let report = remap_all(&fixture, &remapping(), 7_200, &known);
    assert_eq!((report.changed, report.same), (0, 21));
    assert_eq!(fixture.store.watermark().unwrap(), 42);
    let report = remap_all(&fixture, &remapping(), 0, &known);
    assert_eq!((report.changed, report.passed), (21, 0));
    assert_eq!(stored(&fixture.store), numbers);
    // The records are known as before.
    let taken = fixture.store.take(&lined(known.clone())).unwrap();
    assert_eq!(counts(&taken), (0, 21, 0));
}

#[test]
fn versions_that_are_not_of_the_line_are_passed_by() {
    let fixture = StoreFixture::new();
    let known = [call_of("a", 10, "old"), call_of("b", 20, "b"), call_of("c", 30, "c")];
    fixture.store.take(&lined(known.clone())).unwrap();
    fixture.store.take(&batch([call_of("a", 10, "new")])).unwrap();
    fixture.store.accept(1).unwrap();
    fixture.store.remove_before(Timestamp::from_seconds(5), &mut |_| {}).unwrap();
    let report = remap_all(&fixture, &remapping(), 60, &known);
    assert_eq!((report.changed, report.passed), (2, 1));
    let called = |content: &str| Condition::new(CdrField::Called, Test::Eq(content.into())).unwrap();
    let accepted = scan(&fixture.store, &everything().only(called("new")));
    assert_eq!(accepted[0].started_at, Timestamp::from_seconds(10));
    // A line that is read as something else, or not at all, changes nothing.
    let number = scan(&fixture.store, &everything().only(called("b")))[0].number;
    let unreadable = Content::Unreadable { reason: "columns", detail: "two".to_owned() };
    for (read, reason) in [(call_of("b", 20, "x"), "line-differs"), (unreadable, "columns")] {
        let records = [Remapped { number, into: RemappedInto::Read(vec![read]) }];
        let report = fixture.store.remap(&remapping(), None, &records).unwrap();
        assert_eq!((report.changed, report.refused.keys().next().unwrap().as_str()), (0, reason));
    }
    // A floor.
    let floored = Remapping { floor: Some(Timestamp::from_seconds(1_000)), ..remapping() };
    let report = remap_all(&fixture, &floored, 0, &known);
    assert_eq!((report.changed, report.refused["before-retention"].0), (0, 2));
}

#[test]
fn calls_without_a_line_are_booked() {
    let fixture = StoreFixture::new();
    let acme = CustomerDraft { name: "Acme".to_owned(), ..CustomerDraft::default() };
    let customer = fixture.store.add_customer(&acme).unwrap();
    fixture.store.take(&batch([call_of("a", 10, "a")])).unwrap();
    assert_eq!(fixture.store.next_lines("pbx", 0).unwrap(), None);
    let into = RemappedInto::Booked { account: "north".to_owned(), customer: None };
    let records = [Remapped { number: 1, into }];
    let to_acme = Remapping { customer: Some("Acme".to_owned()), ..remapping() };
    let report = fixture.store.remap(&to_acme, None, &records).unwrap();
    assert_eq!((report.changed, report.accounts_created.as_slice()), (1, &["Acme/north".to_owned()][..]));
    let now = scan(&fixture.store, &everything());
    assert_eq!((now[0].customer_id, now[0].called.as_deref(), now[0].id), (customer.id, Some("a"), 1));
    assert_eq!(stored(&fixture.store), counted(&fixture.store));
    let report = fixture.store.remap(&to_acme, None, &records).unwrap();
    assert_eq!((report.changed, report.same), (0, 1));
}

#[test]
fn lines_share_small_chunks_and_leave_with_their_records() {
    let fixture = StoreFixture::new();
    let take_lined = |keys: std::ops::Range<i64>, batch: Batch| {
        let records = lined(keys.map(|n| call_of(&n.to_string(), n, "a"))).records;
        fixture.store.take(&Batch { records, ..batch }).unwrap();
    };
    take_lined(0..10, lined([]));
    take_lined(10..20, lined([]));
    take_lined(20..30, Batch { context: Some("other".into()), ..lined([]) });
    take_lined(30..40, Batch { keep_lines: Some(0), ..lined([]) });
    let chunks = || {
        let (mut chunks, mut after) = (Vec::new(), 0);
        while let Some(chunk) = fixture.store.next_lines("pbx", after).unwrap() {
            after = chunk.id;
            chunks.push(chunk.lines.len());
        }
        chunks
    };
    assert_eq!(chunks(), [20, 10]);
    fixture.store.remove_before(Timestamp::from_seconds(15), &mut |_| {}).unwrap();
    assert_eq!(chunks(), [5, 10]);
    fixture.store.remove_before(Timestamp::from_seconds(21), &mut |_| {}).unwrap();
    assert_eq!(chunks(), [9]);
    assert_eq!(fixture.store.forget_lines(Timestamp::from_seconds(NOW)).unwrap(), 0);
    assert_eq!(fixture.store.forget_lines(Timestamp::from_seconds(NOW + 1)).unwrap(), 1);
    assert!(chunks().is_empty());
}

#[test]
fn open_entries_are_counted_up_to_a_limit() {
    let fixture = StoreFixture::new();
    let bad = |n: i64| Content::Unreadable { reason: "columns", detail: n.to_string() };
    fixture.store.take(&batch((0..5).map(bad))).unwrap();
    for (most, expected) in [(1, 1), (4, 4), (5, 5), (6, 5), (u64::MAX, 5)] {
        assert_eq!(fixture.store.open_entries(most).unwrap(), expected, "{most}");
    }
    fixture.store.discard(2).unwrap();
    assert_eq!(fixture.store.open_entries(5).unwrap(), 4);
    assert!(fixture.store.loads(None, None, 1).unwrap().is_empty());
}

//! Loads: noted with what they store, and undone as if they had not been.

use cdr_mediation::{Batch, CdrSink, CdrSource, Content, LoadDraft, LoadEnd, LoadKind, LoadState, Loads, Quarantine};
use cdr_model::{CdrField, RecordKind, Timestamp};
use cdr_query::{CdrQuery, Condition, Operand, Test};

use super::support::*;

fn begin(fixture: &StoreFixture, file: &str) -> i64 {
    let draft = LoadDraft {
        kind: LoadKind::File,
        source: "pbx".to_owned(),
        feed: "native".to_owned(),
        file: file.to_owned(),
        loaded_by: "ada".to_owned(),
        begun_at: Timestamp::from_seconds(1_000),
    };
    fixture.store.begin_load(&draft).unwrap()
}

fn end(fixture: &StoreFixture, id: i64, state: LoadState) {
    let end =
        LoadEnd { state, reason: None, digest: Some([7; 32]), bytes: 9, ended_at: Timestamp::from_seconds(2_000) };
    fixture.store.end_load(id, &end).unwrap();
}

/// Loads records as a part of a load.
fn load(fixture: &StoreFixture, id: i64, contents: impl IntoIterator<Item = Content>) {
    fixture.store.take(&Batch { load: Some(id), ..batch(contents) }).unwrap();
}

fn content(key: &str, start: i64) -> Content {
    Content::Call(Box::new(call(key, start, key)))
}

fn keys(fixture: &StoreFixture, query: &CdrQuery) -> Vec<String> {
    contents(&fixture.store, query).into_iter().map(|(_, key)| key).collect()
}

#[test]
fn a_load_is_noted_with_what_it_stored() {
    let fixture = StoreFixture::new();
    let id = begin(&fixture, "a.csv");
    let bad = Content::Unreadable { reason: "columns", detail: "1 field".to_owned() };
    load(&fixture, id, [content("a", 30), content("b", 10)]);
    load(&fixture, id, [content("a", 30), content("c", 20), bad]);
    let running = fixture.store.load(id).unwrap();
    assert_eq!((running.state, running.loaded, running.known, running.quarantined), (LoadState::Running, 3, 1, 1));
    assert_eq!(running.window, Some((Timestamp::from_seconds(10), Timestamp::from_seconds(30))));
    end(&fixture, id, LoadState::Complete);
    let ended = fixture.store.load(id).unwrap();
    assert_eq!((ended.state, ended.digest, ended.bytes), (LoadState::Complete, Some([7; 32]), Some(9)));
    assert_eq!(ended.ended_at, Some(Timestamp::from_seconds(2_000)));
    // It has ended, whatever is said later.
    end(&fixture, id, LoadState::Refused);
    assert_eq!(fixture.store.load(id).unwrap(), ended);
    let second = begin(&fixture, "b.csv");
    let ids = |source, before| {
        let loads = fixture.store.loads(source, before, 10).unwrap();
        loads.into_iter().map(|load| load.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, None), [second, id]);
    assert_eq!(ids(Some("pbx"), Some(second)), [id]);
    assert_eq!(ids(Some("other"), None), [0; 0]);
    assert_eq!(fixture.store.loads(None, None, 1).unwrap().len(), 1);
    assert!(fixture.store.load(99).unwrap_err().to_string().contains("load"));
    let ended = fixture.store.take(&Batch { load: Some(id), ..batch([content("z", 1)]) });
    assert!(
        ended.unwrap_err().to_string().contains("load 1 is not running"),
        "a batch of no running load is not stored"
    );
    assert_eq!(keys(&fixture, &everything()), ["b", "c", "a"]);
}

#[test]
fn an_undone_load_is_as_if_it_had_not_been() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("before", 5, "before")]);
    let counts = || {
        let all = everything();
        let some = all.clone().only(Condition::new(CdrField::Called, Test::Eq(Operand::from("a"))).unwrap());
        (fixture.store.count(&all).unwrap(), fixture.store.count(&some).unwrap())
    };
    let before = counts();
    let (first, other) = (begin(&fixture, "a.csv"), begin(&fixture, "b.csv"));
    let conference = || Content::Conference(Box::new(conference("k", 10, "r")));
    let bad = || Content::Unreadable { reason: "columns", detail: "1 field".to_owned() };
    load(&fixture, first, [content("a", 10), content("b", 20)]);
    load(&fixture, other, [content("o", 30)]);
    load(&fixture, first, [content("c", 40), conference(), bad()]);
    let watermark = fixture.store.watermark().unwrap();
    let shown = keys(&fixture, &everything());
    let identities = |query: &CdrQuery| {
        let found = scan(&fixture.store, &query.clone().with_identity());
        found.into_iter().map(|call| call.identity.map(|identity| *identity)).collect::<Vec<_>>()
    };
    let identified = identities(&everything());
    assert!(identified.iter().all(Option::is_some));
    assert_eq!(shown, ["before", "a", "b", "o", "c"]);

    let mut seen = Vec::new();
    let undone = fixture.store.undo_load(first, &mut |withdrawn| seen.push(withdrawn)).unwrap();
    assert_eq!((undone.withdrawn, undone.replaced, undone.entries), (4, 0, 1));
    assert!(seen.is_sorted() && seen.last() == Some(&4), "{seen:?}");
    assert_eq!(keys(&fixture, &everything()), ["before", "o"]);
    assert_eq!(counts(), (before.0 + 1, before.1));
    assert!(conferences(&fixture.store, &everything()).is_empty());
    assert!(fixture.store.entries(true, 0, 10).unwrap().is_empty());
    // What was shown at an earlier watermark stays as it was, and nothing shows at a later one.
    assert_eq!(keys(&fixture, &everything().at(watermark)), shown);
    assert_eq!(conferences(&fixture.store, &everything().at(watermark)).len(), 1);
    assert_eq!(identities(&everything().at(watermark)), identified);
    for later in watermark + 1..=fixture.store.watermark().unwrap() {
        let at = everything().at(later);
        assert!(scan(&fixture.store, &at).iter().all(|call| call.kind != RecordKind::Withdrawn), "{later}");
        assert_eq!(fixture.store.count(&at).unwrap(), scan(&fixture.store, &at).len() as u64, "{later}");
    }
    let error = fixture.store.undo_load(first, &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("load 1 is undone already"), "{error}");

    // The same file loads again, with numbers of its own.
    let again = begin(&fixture, "a.csv");
    load(&fixture, again, [content("a", 10), content("b", 20), content("c", 40), conference(), bad()]);
    let load = fixture.store.load(again).unwrap();
    assert_eq!((load.loaded, load.known, load.quarantined), (4, 0, 1));
    assert_eq!(keys(&fixture, &everything()), ["before", "a", "b", "o", "c"]);
    assert_eq!(fixture.store.entries(false, 0, 10).unwrap().len(), 1);
    assert_eq!(counts(), (before.0 + 4, before.1 + 1));
}

#[test]
fn later_versions_of_the_records_of_an_undone_load_stay() {
    let fixture = StoreFixture::new();
    let first = begin(&fixture, "a.csv");
    load(&fixture, first, [content("a", 10), content("b", 20)]);
    let corrected = cdr_mediation::CallDraft { digest: [9; 32], ..call("a", 10, "corrected") };
    take(&fixture.store, [corrected]);
    fixture.store.accept(1).unwrap();
    let undone = fixture.store.undo_load(first, &mut |_| {}).unwrap();
    assert_eq!((undone.withdrawn, undone.replaced), (1, 1));
    assert_eq!(keys(&fixture, &everything()), ["corrected"]);
}

#[test]
fn a_refused_load_cannot_be_undone_and_a_running_one_can() {
    let fixture = StoreFixture::new();
    let refused = begin(&fixture, "a.csv");
    end(&fixture, refused, LoadState::Refused);
    let error = fixture.store.undo_load(refused, &mut |_| {}).unwrap_err().to_string();
    assert!(error.contains("was refused"), "{error}");
    // Its process was killed.
    let running = begin(&fixture, "b.csv");
    load(&fixture, running, [content("a", 10)]);
    assert_eq!(fixture.store.undo_load(running, &mut |_| {}).unwrap().withdrawn, 1);
    assert_eq!(fixture.store.load(running).unwrap().state, LoadState::Undone);
}

/// More records than one transaction withdraws, with those of another load between them.
#[test]
fn a_long_load_is_undone_in_short_transactions() {
    let fixture = StoreFixture::new();
    let (first, other) = (begin(&fixture, "a.csv"), begin(&fixture, "b.csv"));
    for batch in 0..5 {
        load(&fixture, first, (0..900).map(|n| content(&format!("{batch}/{n}"), n)));
        load(&fixture, other, [content(&format!("other {batch}"), batch)]);
    }
    let undone = fixture.store.undo_load(first, &mut |_| {}).unwrap();
    assert_eq!((undone.withdrawn, undone.replaced), (4_500, 0));
    assert_eq!(fixture.store.count(&everything()).unwrap(), 5);
    assert_eq!(scan(&fixture.store, &everything()).len(), 5);
}

/// A load that is undone while it runs stores no more, and nothing is loaded beside an undo that was interrupted.
#[test]
fn a_load_that_is_being_undone_takes_nothing_more() {
    let fixture = StoreFixture::new();
    let running = begin(&fixture, "a.csv");
    load(&fixture, running, [content("a", 10)]);
    fixture.store.undo_load(running, &mut |_| {}).unwrap();
    let more = fixture.store.take(&Batch { load: Some(running), ..batch([content("b", 20)]) });
    assert!(more.unwrap_err().to_string().contains("load 1 is not running"));
    end(&fixture, running, LoadState::Complete);
    assert_eq!(fixture.store.load(running).unwrap().state, LoadState::Undone);
    assert!(keys(&fixture, &everything()).is_empty());

    let second = begin(&fixture, "b.csv");
    load(&fixture, second, (0..2_500).map(|n| content(&format!("{n}"), n)));
    end(&fixture, second, LoadState::Complete);
    let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        fixture.store.undo_load(second, &mut |_| std::panic::resume_unwind(Box::new("stopped")))
    }));
    assert!(broken.is_err());
    assert_eq!(fixture.store.load(second).unwrap().state, LoadState::Undoing);
    let again = fixture.store.take(&batch([content("1", 1)])).unwrap_err().to_string();
    assert!(again.contains("load 2 is being undone; `tollbook loads undo 2` finishes it"), "{again}");
    let other = Batch { source: "sbc".to_owned(), ..batch([content("1", 1)]) };
    let refused = fixture.store.take(&other).is_err();
    assert!(refused, "the load was of the feed native, which may name any source");
    fixture.store.undo_load(second, &mut |_| {}).unwrap();
    assert_eq!(fixture.store.count(&everything()).unwrap(), 0);
    fixture.store.take(&batch([content("1", 1)])).unwrap();
}

//! Loading: new, known and quarantined records; atomic batches; numbers in the order of commits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use cdr_mediation::{Batch, CdrSink, CdrSource, Content, Incoming, PortError, Quarantine, Resolution};
use cdr_model::{Anchor, Assumed, Direction, Telepresence, Timestamp};
use cdr_query::{CdrQuery, Window};
use diesel::connection::SimpleConnection;

use super::support::*;

#[test]
fn a_second_load_adds_nothing() {
    let fixture = StoreFixture::new();
    let file = || vec![call("a", 10, "1"), call("b", 20, "2"), call("a", 10, "1")];
    assert_eq!(counts(&take(&fixture.store, file())), (2, 1, 0), "a repeat within the file");
    assert_eq!(counts(&take(&fixture.again(), file())), (0, 3, 0));
    assert_eq!(contents(&fixture.store, &everything()), [(1, "1".to_owned()), (2, "2".to_owned())]);
    assert_eq!(fixture.store.watermark().unwrap(), 2);
}

#[test]
fn the_same_key_of_another_source_is_another_call() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "1")]);
    let mut other = calls([call("a", 10, "1")]);
    other.source = "sbc".to_owned();
    assert_eq!(counts(&fixture.store.take(&other).unwrap()), (1, 0, 0));
    let uuids: Vec<_> = scan(&fixture.store, &everything()).into_iter().map(|call| call.details.call_uuid).collect();
    assert!(uuids.iter().all(Option::is_some) && uuids[0] != uuids[1], "{uuids:?}");
}

#[test]
fn a_call_without_a_uuid_gets_the_same_one_everywhere() {
    let uuid = |fixture: &StoreFixture| {
        take(&fixture.store, [call("1/2/3", 10, "1")]);
        scan(&fixture.store, &everything())[0].details.call_uuid.unwrap().to_string()
    };
    assert_eq!(uuid(&StoreFixture::new()), "80fc6721-475e-510e-b397-6bc24c9bd7ee");
    assert_eq!(uuid(&StoreFixture::new()), uuid(&StoreFixture::new()));
}

#[test]
fn a_loaded_call_is_read_unchanged() {
    let fixture = StoreFixture::new();
    let mut draft = call("a", 1_800_000_000, "4930");
    let it = &mut draft.call;
    it.connected_at = Some("2027-01-15T08:00:01.000001Z".parse().unwrap());
    it.ended_at = Some("0001-01-01T00:00:00Z".parse().unwrap());
    it.billed_at = "9999-12-31T23:59:59.999999Z".parse().unwrap();
    it.assumed = Assumed::TALK;
    (it.success, it.last_attempt, it.direction) = (true, false, Direction::Forwarded);
    (it.talk_us, it.billed_us) = (Some(1), Some(i64::MAX));
    (it.release_cause, it.release_code) = (Some(16), Some(-1));
    (it.calling, it.call_id) = (Some(String::new()), Some("ü@'\"; DROP".to_owned()));
    it.price = Some("0.0026045833333333333372500000000000000000".parse().unwrap());
    it.details.call_uuid = Some("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1".parse().unwrap());
    it.details.extra.insert("trunk".to_owned(), "\u{1F4DE}".to_owned());
    let mut dma =
        Telepresence { chair_join_time: Some("2027-01-15T08:00:01Z".parse().unwrap()), ..Telepresence::default() };
    dma.texts.insert("user_data_a".to_owned(), "x".to_owned());
    it.details.telepresence = Some(Box::new(dma));
    take(&fixture.store, [draft.clone()]);

    let found = scan(&fixture.store, &everything()).remove(0);
    assert_eq!(found.price.unwrap().to_string(), "0.0026045833333333333372500000000000000000");
    let mut expected = draft.call;
    (expected.number, expected.id, expected.source_id) = (1, 1, 1);
    (expected.account_id, expected.customer_id) = (1, 0);
    expected.assumed.insert(Assumed::ACCOUNT);
    assert_eq!(found, expected);
}

#[test]
fn a_loaded_conference_is_read_unchanged() {
    let fixture = StoreFixture::new();
    let mut draft = conference("c", 50, "4711");
    draft.conference.uuid = Some("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1".parse().unwrap());
    draft.conference.ended_at = Some(Timestamp::from_seconds(60));
    draft.conference.participants = Some(7);
    draft.conference.max_resources = Some("1x".to_owned());
    take(&fixture.store, [call("a", 10, "1")]);
    let records = || [Content::Conference(Box::new(draft.clone()))];
    assert_eq!(counts(&fixture.store.take(&batch(records())).unwrap()), (1, 0, 0));
    assert_eq!(counts(&fixture.store.take(&batch(records())).unwrap()), (0, 1, 0));
    let mut expected = draft.conference.clone();
    (expected.number, expected.id, expected.source_id) = (2, 2, 1);
    assert_eq!(conferences(&fixture.store, &everything()), [expected.clone()]);
    let by_bill = Window::new(Anchor::Bill, Timestamp::from_seconds(60), Timestamp::from_seconds(61)).unwrap();
    assert_eq!(conferences(&fixture.store, &CdrQuery::over(by_bill)), [expected]);
}

#[test]
fn numbers_follow_the_order_of_the_batch_across_both_tables() {
    let fixture = StoreFixture::new();
    let content = |key: &str| Content::Call(Box::new(call(key, 10, key)));
    let records = [content("x"), Content::Conference(Box::new(conference("y", 5, "room"))), content("x"), content("z")];
    assert_eq!(counts(&fixture.store.take(&batch(records)).unwrap()), (3, 1, 0));
    assert_eq!(contents(&fixture.store, &everything()), [(1, "x".to_owned()), (3, "z".to_owned())]);
    assert_eq!(conferences(&fixture.store, &everything())[0].number, 2);
}

#[test]
fn invalid_records_go_to_quarantine_once_and_the_rest_is_loaded() {
    let fixture = StoreFixture::new();
    let mut nul = call("nul", 10, "4\u{0}9");
    nul.call.details.extra.insert("fine".to_owned(), "fine".to_owned());
    let mut deep = call("deep", 10, "1");
    deep.call.details.extra.insert("trunk".to_owned(), "a\u{0}".to_owned());
    let mut service = call("service", 10, "1");
    service.service = Some("Pigeon Post".to_owned());
    let mut customer = call("customer", 10, "1");
    (customer.account, customer.customer) = (Some("7".to_owned()), Some("Nobody & Sons".to_owned()));
    let mut late = call("late", 10, "1");
    late.call.connected_at = Some(Timestamp::MAX);
    let mut records = calls([
        nul,
        deep,
        service,
        customer,
        late,
        call("early", -1, "1"),
        call("far", 253_402_300_800, "1"),
        call("fine", 253_402_300_799, "1"),
        call("k\u{0}", 10, "1"),
    ]);
    let unreadable = Content::Unreadable { reason: "too-few-fields", detail: "3 of 16 fields".to_owned() };
    records.records.extend([incoming(unreadable.clone()), incoming(unreadable)]);
    assert_eq!(counts(&fixture.store.take(&records).unwrap()), (1, 0, 10));
    assert_eq!(counts(&fixture.store.take(&records).unwrap()), (0, 1, 10), "a second load adds nothing");

    let entries = fixture.store.entries(false, 0, 100).unwrap();
    let reasons: Vec<&str> = entries.iter().map(|entry| entry.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "nul-character",
            "nul-character",
            "service-unknown",
            "customer-unknown",
            "time-out-of-range",
            "start-out-of-range",
            "start-out-of-range",
            "nul-character",
            "too-few-fields"
        ]
    );
    assert_eq!(entries[1].detail, "field `extra.trunk` contains the NUL character");
    assert_eq!(entries[2].detail, "there is no service `Pigeon Post`; add it, then load this again");
    let last = &entries[8];
    assert_eq!((last.id, last.source.as_str(), last.feed.as_str()), (9, "pbx", "native"));
    assert_eq!((last.position.as_str(), last.detail.as_str()), ("calls.csv:7", "3 of 16 fields"));
    assert_eq!((last.received_at, last.resolution), (Timestamp::from_seconds(NOW), Resolution::Open));
    assert!(last.key.is_none() && last.version.is_none() && !last.raw.is_empty());
}

#[test]
fn records_before_the_floor_are_refused_and_not_stored() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("known", 10, "1")]);
    let mut file = calls([call("known", 10, "1"), call("old", 99, "1"), call("new", 100, "2")]);
    file.floor = Some(Timestamp::from_seconds(100));
    assert_eq!(counts(&fixture.store.take(&file).unwrap()), (1, 1, 1));
    assert_eq!(counts(&fixture.store.take(&file).unwrap()), (0, 2, 1));
    let entries = fixture.store.entries(true, 0, 10).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].reason.as_str(), entries[0].raw.len()), ("before-retention", 0));
    assert_eq!(
        entries[0].detail,
        "it started at 1970-01-01T00:01:39.000000Z; records that started before 1970-01-01T00:01:40.000000Z are not stored, \
         and neither is this line"
    );
}

#[test]
fn a_batch_is_loaded_whole_or_not_at_all() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "1")]);
    // The third insertion into cdrs fails.
    let (trap, remove) = if over_postgres() {
        ("ALTER TABLE cdrs ADD CONSTRAINT trap CHECK (called <> 'bad')", "ALTER TABLE cdrs DROP CONSTRAINT trap")
    } else {
        let trap = "CREATE TRIGGER trap BEFORE INSERT ON cdrs WHEN new.called = 'bad' \
                    BEGIN SELECT raise(ABORT, 'trapped'); END";
        (trap, "DROP TRIGGER trap")
    };
    spoil(&fixture.store, trap);
    let mut file = calls([call("b", 10, "2"), call("c", 10, "3"), call("d", 10, "bad")]);
    file.source = "sbc".to_owned();
    file.records.insert(0, incoming(Content::Unreadable { reason: "broken", detail: String::new() }));
    let error = fixture.store.take(&file).unwrap_err();
    assert!(matches!(&error, PortError::Failed { what, .. } if what == "the records could not be stored"), "{error:?}");
    assert_eq!(fixture.store.watermark().unwrap(), 1);
    assert_eq!(contents(&fixture.store, &everything()).len(), 1);
    assert!(fixture.store.entries(true, 0, 10).unwrap().is_empty());
    assert_eq!(fixture.store.directory().unwrap().sources.len(), 1);
    spoil(&fixture.store, remove);
    assert_eq!(counts(&fixture.store.take(&file).unwrap()), (3, 0, 1));
    assert_eq!(scan(&fixture.store, &everything())[1].number, 2, "no number was lost");
}

#[test]
fn a_full_disk_is_reported_and_leaves_the_store_intact() {
    let fixture = StoreFixture::sqlite();
    take(&fixture.store, [call("a", 10, "1")]);
    // A file that may not grow causes the same error as a full disk.
    let narrow = |conn: &mut diesel::SqliteConnection| conn.batch_execute("PRAGMA max_page_count = 1");
    let in_a_file = in_a_file(&fixture.store);
    in_a_file.write(crate::sqlite::tables::WriteLock::Records, |conn| Ok(narrow(conn)?)).unwrap();
    let error = fixture.store.take(&calls((0..5_000).map(|n| call(&n.to_string(), n, "49")))).unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.starts_with("no space is left for") && why.ends_with("free some space and try again"), "{why}");
    assert_eq!(contents(&fixture.store, &everything()).len(), 1);
    assert_eq!(counts(&take(&fixture.again(), [call("b", 10, "1")])), (1, 0, 0));
}

#[test]
fn a_reader_cannot_write() {
    let fixture = StoreFixture::sqlite();
    let store = in_a_file(&fixture.store);
    let error = store.reader().unwrap().batch_execute("DELETE FROM sources").unwrap_err();
    let message = store.0.place.sql(&error).to_string();
    assert!(
        message.ends_with("cannot be written; the program needs write permission for this file and its folder"),
        "{message}"
    );
}

#[test]
fn a_reader_of_a_number_sees_all_smaller_ones() {
    let fixture = StoreFixture::new();
    let done = AtomicBool::new(false);
    let load = |store: crate::Store, name: &str| {
        for round in 0..40 {
            let mut file = calls((0..25).map(|n| call(&format!("{round}/{n}"), n, name)));
            file.source = name.to_owned();
            assert_eq!(store.take(&file).unwrap().loaded, 25);
        }
    };
    thread::scope(|scope| {
        let (one, two, reader) = (fixture.again(), fixture.again(), fixture.again());
        let writers = [scope.spawn(move || load(one, "one")), scope.spawn(move || load(two, "two"))];
        let (stop, done) = (Stop(&done), &done);
        let looks = scope.spawn(move || {
            let mut looks = 0;
            while !done.load(Ordering::Relaxed) || looks == 0 {
                let watermark = reader.watermark().unwrap();
                assert_eq!(reader.count(&everything().at(watermark)).unwrap(), watermark.unsigned_abs());
                looks += 1;
            }
            looks
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        drop(stop);
        assert!(looks.join().unwrap() > 0);
    });
    let numbers: Vec<i64> = scan(&fixture.store, &everything()).into_iter().map(|call| call.number).collect();
    let sorted: std::collections::BTreeSet<i64> = numbers.into_iter().collect();
    assert!(sorted.into_iter().eq(1..=2_000));
}

/// Runs a case on an empty store.
fn on_every_sink(case: &dyn Fn(&dyn CdrSink, &dyn CdrSource)) {
    let fixture = StoreFixture::new();
    case(&fixture.store, &fixture.store);
}

/// The contract of every sink.
mod contract {
    cdr_mediation::sink_contract!(super::on_every_sink);
}

#[test]
fn beside_loaders_no_reader_is_short() {
    let fixture = StoreFixture::new();
    std::thread::scope(|scope| {
        let loaders: Vec<_> = (0..3i64)
            .map(|n| {
                let store = fixture.again();
                scope.spawn(move || {
                    for round in 0..10 {
                        take(&store, (0..20).map(|k| call(&format!("{n}/{round}/{k}"), k * 86_400, "x")));
                    }
                })
            })
            .collect();
        let mut last = 0;
        while loaders.iter().any(|loader| !loader.is_finished()) {
            let watermark = fixture.store.watermark().unwrap();
            let rows = contents(&fixture.store, &everything().at(watermark)).len();
            assert!(watermark >= last && usize::try_from(watermark).unwrap() == rows, "{rows} rows up to {watermark}");
            last = watermark;
        }
    });
    assert_eq!((fixture.store.watermark().unwrap(), fixture.store.count(&everything()).unwrap()), (600, 600));
}

#[test]
fn a_rehearsal_counts_as_a_load_and_stores_nothing() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("known", 10, "1")]);
    let mut unfit = call("unfit", 20, "1");
    unfit.service = Some("Pigeon Post".to_owned());
    let bad = Content::Unreadable { reason: "columns", detail: "1 field".to_owned() };
    let mut records = calls([call("known", 10, "1"), call("new", 20, "2"), unfit]);
    records.records.push(incoming(bad));
    for _ in 0..2 {
        let rehearsal = fixture.store.rehearse(&records).unwrap();
        assert_eq!(counts(&rehearsal.report), (1, 1, 2));
        let reasons: Vec<&str> = rehearsal.quarantined.iter().map(|entry| entry.reason.as_str()).collect();
        assert_eq!(reasons, ["service-unknown", "columns"]);
        assert_eq!(contents(&fixture.store, &everything()), [(1, "1".to_owned())]);
        assert_eq!(fixture.store.watermark().unwrap(), 1);
        assert!(fixture.store.entries(true, 0, 10).unwrap().is_empty());
    }
    assert_eq!(counts(&fixture.store.take(&records).unwrap()), (1, 1, 2));
}

/// A switch had not finished a line when it was loaded.
#[test]
fn a_part_of_a_line_in_quarantine_is_settled_by_the_whole_line() {
    let fixture = StoreFixture::new();
    let line = |position: &str, raw: &str, content: Content| Incoming {
        position: position.to_owned(),
        raw: raw.as_bytes().to_vec(),
        content,
    };
    let part = || Content::Unreadable { reason: "columns", detail: "1 field".to_owned() };
    let whole = |key: &str, n: i64| Content::Call(Box::new(call(key, n, "1")));
    let load = |records: Vec<Incoming>| fixture.store.take(&Batch { records, ..calls([]) }).unwrap();
    let parts = [("a/f.csv:2", "x,y"), ("a/f.csv:3", "x,"), ("a/f.csv:4", "q"), ("a/g.csv:2", "x,y,")];
    load(parts.map(|(position, raw)| line(position, raw, part())).into());
    let open = || fixture.store.entries(false, 0, 10).unwrap().into_iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(open(), [1, 2, 3, 4]);
    // The whole line of the first; another line than the third; the second again.
    load(vec![
        line("b/f.csv:2", "x,y,z", whole("x", 10)),
        line("f.csv:4", "r,s", whole("r", 11)),
        line("f.csv:3", "x,", part()),
    ]);
    assert_eq!(open(), [2, 3, 4]);
    assert_eq!(fixture.store.entry(1).unwrap().resolution, Resolution::Accepted(1));
    // A known record settles its part too.
    load(vec![line("f.csv:3", "x,y,z", whole("x", 10))]);
    assert_eq!(open(), [3, 4]);
}

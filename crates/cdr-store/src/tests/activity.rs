//! What sources deliver: counted by the hour of receipt, whatever the outcome.

use cdr_mediation::{Batch, CdrSink, Content, SourceHour, Sources};
use cdr_model::Timestamp;

use super::support::*;
use crate::StoreOptions;

const HOUR: i64 = 3_600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(NOW + seconds)
}

/// Source, seconds since `NOW`, counts, the last receipt and the latest start in seconds since `NOW` or 1970.
fn hours(fixture: &StoreFixture) -> Vec<String> {
    let told = |hour: SourceHour| {
        let SourceHour { source, began_at, loaded, known, quarantined, received_at, latest } = hour;
        let since = |at: Timestamp| if at < Timestamp::from_seconds(NOW / 2) { at.to_string() } else { seconds(at) };
        let latest = latest.map_or("-".to_owned(), |at| (at.micros() / 1_000_000).to_string());
        format!("{source} {} {loaded} {known} {quarantined} {} {latest}", since(began_at), since(received_at))
    };
    fixture.store.source_hours().unwrap().into_iter().map(told).collect()
}

fn seconds(at: Timestamp) -> String {
    ((at.micros() / 1_000_000) - NOW).to_string()
}

#[test]
fn what_sources_deliver_is_counted_by_hours_and_old_hours_are_kept_together() {
    let fixture = StoreFixture::new();
    assert_eq!(NOW % HOUR, 0);
    let content = |key: &str, start: i64| Content::Call(Box::new(call(key, start, key)));
    let bad = Content::Unreadable { reason: "columns", detail: "1 field".to_owned() };
    fixture.store.take(&batch([content("a", 30), content("b", 20), bad.clone()])).unwrap();
    assert_eq!(hours(&fixture), ["pbx 0 2 0 1 0 30"]);
    // A repeat has no start, and an earlier one is not the latest.
    fixture.store.take(&batch([content("a", 30), content("c", 10)])).unwrap();
    fixture.store.take(&batch([bad])).unwrap();
    fixture.store.take(&Batch { source: "other".to_owned(), ..batch([content("a", 5)]) }).unwrap();
    assert_eq!(hours(&fixture), ["other 0 1 0 0 0 5", "pbx 0 3 1 2 0 30"]);
    // Rows of the directory are not records of a switch.
    let customer =
        Content::Customer(Box::new(cdr_mediation::CustomerDraft { name: "Acme".to_owned(), ..Default::default() }));
    fixture.store.take(&Batch { source: "sheet".to_owned(), ..batch([customer]) }).unwrap();
    assert_eq!(hours(&fixture).len(), 2);

    let later = |clock| fixture.again_with(&StoreOptions { clock, ..options() });
    later(|| at(HOUR + 7)).take(&batch([content("d", 40)])).unwrap();
    later(|| at(8 * 24 * HOUR - 1)).take(&batch([content("e", 35)])).unwrap();
    let all = ["other 0 1 0 0 0 5", "pbx 0 3 1 2 0 30", "pbx 3600 1 0 0 3607 40", "pbx 687600 1 0 0 691199 35"];
    assert_eq!(hours(&fixture), all);
    later(|| at(8 * 24 * HOUR + HOUR + 1)).take(&batch([content("a", 30)])).unwrap();
    let folded = "pbx 1970-01-01T00:00:00.000000Z 4 1 2 3607 40";
    let kept = ["other 0 1 0 0 0 5", folded, "pbx 687600 1 0 0 691199 35", "pbx 694800 0 1 0 694801 -"];
    assert_eq!(hours(&fixture), kept);
    later(|| at(17 * 24 * HOUR)).take(&batch([content("a", 30)])).unwrap();
    let folded = "pbx 1970-01-01T00:00:00.000000Z 5 2 2 694801 40";
    assert_eq!(hours(&fixture), ["other 0 1 0 0 0 5", folded, "pbx 1468800 0 1 0 1468800 -"]);
}

#[test]
fn the_newest_keys_are_those_of_the_source() {
    let fixture = StoreFixture::new();
    let content = |key: &str, start: i64| Content::Call(Box::new(call(key, start, key)));
    fixture.store.take(&batch([content("a", 30), content("b", 20)])).unwrap();
    fixture.store.take(&Batch { source: "other".to_owned(), ..batch([content("x", 5)]) }).unwrap();
    fixture.store.take(&batch([content("c", 10)])).unwrap();
    let keys = |source: &str, limit| {
        let keys = fixture.store.newest_keys(source, limit).unwrap();
        keys.into_iter().map(|(key, at)| format!("{key} {}", at.micros() / 1_000_000)).collect::<Vec<_>>()
    };
    assert_eq!(keys("pbx", 2), ["c 10", "b 20"]);
    assert_eq!(keys("pbx", 9), ["c 10", "b 20", "a 30"]);
    assert_eq!(keys("other", 9), ["x 5"]);
    assert_eq!(keys("none", 9), Vec::<String>::new());
}

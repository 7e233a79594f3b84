//! Removal of old records.

use cdr_mediation::{CdrSink, CdrSource, Content, Quarantine};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::support::*;
use crate::schema::intake_keys;

#[test]
fn only_records_before_the_floor_are_removed() {
    let fixture = StoreFixture::new();
    take(&fixture.store, (0..5_000).map(|n| call(&n.to_string(), n, "1")));
    let meetings = [conference("x", 4_499, "old"), conference("y", 4_500, "new")];
    fixture.store.take(&batch(meetings.map(|draft| Content::Conference(Box::new(draft))))).unwrap();
    let mut reported = Vec::new();
    let removed = fixture.store.remove_before(Timestamp::from_seconds(4_500), &mut |rows| reported.push(rows)).unwrap();
    assert_eq!(removed, 4_501);
    assert_eq!(reported, [2_000, 4_000, 4_500, 4_501]);
    let left = scan(&fixture.store, &everything());
    assert_eq!((left.len(), left[0].started_at), (500, Timestamp::from_seconds(4_500)));
    assert_eq!(conferences(&fixture.store, &everything())[0].room.as_deref(), Some("new"));
    let keys: i64 = behind!(&fixture.store, |conn| Ok(intake_keys::table.count().get_result(conn)?)).unwrap();
    assert_eq!(keys, 501);
    assert_eq!(fixture.store.remove_before(Timestamp::from_seconds(4_500), &mut |_| ()).unwrap(), 0);
    assert_eq!(fixture.store.watermark().unwrap(), 5_004, "numbers continue, and the first removal took two");
    assert_eq!(
        counts(&take(&fixture.store, [call("4999", 4_999, "1"), call("9", 9, "1")])),
        (1, 1, 0),
        "without a floor it counts as new"
    );
}

#[test]
fn all_versions_of_an_old_call_are_removed() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "old"), call("a", 20, "new"), call("b", 200, "b")]);
    fixture.store.accept(1).unwrap();
    assert_eq!(fixture.store.remove_before(Timestamp::from_seconds(100), &mut |_| ()).unwrap(), 2);
    assert_eq!(scan(&fixture.store, &everything().at(2)).len(), 1);
}

#[test]
fn old_settled_entries_are_removed_and_open_ones_stay() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "1"), call("a", 10, "2"), call("a", 10, "3"), call("a", 10, "4")]);
    fixture.store.accept(1).unwrap();
    fixture.store.discard(2).unwrap();
    let mut old = calls([call("z", 1, "1")]);
    old.floor = Some(Timestamp::from_seconds(5));
    fixture.store.take(&old).unwrap();
    let ids = || fixture.store.entries(true, 0, 10).unwrap().into_iter().map(|entry| entry.id).collect::<Vec<_>>();
    fixture.store.remove_before(Timestamp::from_seconds(10), &mut |_| ()).unwrap();
    assert_eq!(ids(), [1, 2, 3, 4], "their record is still there");
    fixture.store.remove_before(Timestamp::from_seconds(11), &mut |_| ()).unwrap();
    assert_eq!(ids(), [3, 4], "the settled ones go with their record");
    fixture.store.remove_before(Timestamp::from_seconds(NOW), &mut |_| ()).unwrap();
    assert_eq!(ids(), [3, 4], "it was received exactly at that instant");
    fixture.store.remove_before(Timestamp::from_seconds(NOW + 1), &mut |_| ()).unwrap();
    assert_eq!(ids(), [3]);
    let refused = fixture.store.accept(3).unwrap_err().to_string();
    assert!(refused.contains("the record it conflicts with no longer exists"), "{refused}");
    take(&fixture.store, [call("b", 10, "1"), call("b", 10, "2")]);
    assert_eq!(ids(), [3, 5], "numbers are not assigned twice");
}

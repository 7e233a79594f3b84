//! Natural keys: found by their digest, in stores of today and in those of older programs.

use cdr_mediation::{Batch, CdrSink, CdrSource, Content, Quarantine};
use cdr_model::Timestamp;

use super::support::*;

/// Takes the migrations back that compute the digests of keys, and that came after it.
fn make_older(fixture: &StoreFixture) {
    let back = if over_postgres() {
        [
            ("00000000000017", include_str!("../../migrations/postgres/00000000000017_row_forms/down.sql")),
            ("00000000000012", include_str!("../../migrations/postgres/00000000000012_key_digests/down.sql")),
        ]
    } else {
        [
            ("00000000000021", include_str!("../../migrations/sqlite/00000000000021_row_forms/down.sql")),
            ("00000000000017", include_str!("../../migrations/sqlite/00000000000017_key_digests/down.sql")),
        ]
    };
    for (version, statements) in back {
        spoil(&fixture.store, statements);
        spoil(&fixture.store, &format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'"));
    }
}

/// Keys of all kinds: short and long, of any characters, and such that differ little.
fn keys() -> Vec<String> {
    let mut keys: Vec<String> =
        ["", " ", "a", "A", "a ", "ä", "a\u{308}", "'", "\\", "\\x61", "%", "\u{1F4DE}", "NULL", "1", "01"]
            .map(str::to_owned)
            .to_vec();
    keys.extend((0..1_200).map(|n| format!("{}.{n}/{n}", 1_700_000_000 + n)));
    keys.push("k".repeat(200));
    keys
}

#[test]
fn keys_of_an_older_store_are_found_again() {
    let fixture = StoreFixture::new();
    let (keys, meeting) = (keys(), || batch([Content::Conference(Box::new(conference("meeting", 5, "room")))]));
    let file = |content: &str| calls(keys.iter().zip(0..).map(|(key, n)| call(key, n, content)));
    let all = keys.len() as u64;
    for source in ["pbx", "sbc"] {
        assert_eq!(fixture.store.take(&Batch { source: source.to_owned(), ..file("1") }).unwrap().loaded, all);
    }
    fixture.store.take(&meeting()).unwrap();
    take(&fixture.store, [call("a", 7, "another")]);
    fixture.store.accept(1).unwrap();
    let before = contents(&fixture.store, &everything());
    // Older programs did not keep the key of a version that was replaced.
    let replaced = fixture.store.entry(1).unwrap().known_number.unwrap();
    spoil(&fixture.store, &format!("DELETE FROM intake_keys WHERE number = {replaced}"));

    make_older(&fixture);
    let store = fixture.again();
    assert_eq!(contents(&store, &everything()), before);
    for source in ["pbx", "sbc"] {
        let again = store.take(&Batch { source: source.to_owned(), ..file("1") }).unwrap();
        assert_eq!(counts(&again), (0, all, 0), "{source}");
    }
    assert_eq!(counts(&store.take(&meeting()).unwrap()), (0, 1, 0));
    assert_eq!(counts(&take(&store, [call("a", 7, "another")])), (0, 1, 0), "the version that was accepted");
    assert_eq!(counts(&take(&store, [call("ä", 7, "another")])), (0, 0, 1), "a conflict");
    assert_eq!(counts(&take(&store, [call("new", 7, "another")])), (1, 0, 0));
    store.accept(2).unwrap();
    assert_eq!(counts(&take(&store, [call("ä", 7, "another")])), (0, 1, 0));
    assert!(store.remove_before(Timestamp::from_seconds(1_000), &mut |_| ()).unwrap() > 1_000);
    assert_eq!(counts(&take(&store, [call("01", 14, "1"), call("k", 2_000, "1")])), (2, 0, 0), "the first was removed");
}

#[test]
fn a_key_with_the_digest_of_another_is_refused() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "1")]);
    // No two keys are known to have one digest, so one is made.
    spoil(&fixture.store, "UPDATE intake_keys SET key = 'b'");
    fixture.store.take(&calls([call("a", 10, "1")])).unwrap_err();
    assert_eq!(fixture.store.count(&everything()).unwrap(), 1, "nothing is stored, and nothing is taken for known");
}

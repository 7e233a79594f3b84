//! The versions of parts are noted with every change, and for stores of before.

use cdr_export::Cut;
use cdr_mediation::{CdrSource, MemoryPacks, Quarantine};
use diesel::prelude::*;

use super::super::rollup::stored;
use super::*;
use crate::schema::part_versions;

/// Every part: its account, its number, and the first and last start.
fn parts(store: &Store) -> Vec<(i64, i64, i64, i64)> {
    let columns = (part_versions::account_id, part_versions::part, part_versions::earliest, part_versions::latest);
    let all = part_versions::table.order((part_versions::account_id, part_versions::part)).select(columns);
    behind!(store, |conn| Ok(all.load(conn)?)).unwrap()
}

/// Takes the migration back that introduces the table.
fn make_older(fixture: &StoreFixture) {
    let (version, down) = match fixture.store.is_shared() {
        true => ("00000000000014", include_str!("../../../migrations/postgres/00000000000014_parts/down.sql")),
        false => ("00000000000019", include_str!("../../../migrations/sqlite/00000000000019_parts/down.sql")),
    };
    spoil(&fixture.store, down);
    spoil(&fixture.store, &format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'"));
}

#[test]
fn the_parts_of_an_older_store_are_those_that_a_load_notes() {
    let fixture = with_accounts(StoreFixture::new());
    // The first hour of 1970 too; over the end of an hour and of a day.
    let seconds = [-MIDNIGHT / 1_000_000, 5 - MIDNIGHT / 1_000_000, 0, 3_599, 86_399, 86_400, 200_000];
    let calls = seconds.iter().enumerate();
    take(
        &fixture.store,
        calls.map(|(n, second)| spoken(&n.to_string(), &(n % 2).to_string(), *second, n as i64 * 1_500, "x")),
    );
    take(&fixture.store, [spoken("0", "0", 777_777, 1, "another")]);
    fixture.store.accept(1).unwrap();
    let noted = parts(&fixture.store);
    assert!(noted.len() > 15, "{noted:?}");
    let counts = stored(&fixture.store);
    assert!(counts.len() > 15, "{counts:?}");

    make_older(&fixture);
    let store = fixture.again();
    assert_eq!(parts(&store), noted);
    assert_eq!(stored(&store), counts);
    assert!(!store.has_unnoted_parts().unwrap());
    agree(&store, &MemoryPacks::default(), &native());
}

#[test]
fn nothing_is_kept_of_what_an_older_program_has_written() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..4).map(|n| spoken(&n.to_string(), "1", n * 900, n, "x")));
    agree(store, &packs, &native());
    // A call that an older program loads: it gives a number, and notes no part.
    take(store, [spoken("late", "1", 60, 0, "late")]);
    spoil(store, "UPDATE counters SET last = 4 WHERE name = 'parts'");
    spoil(store, "UPDATE part_versions SET touched_by = 4, mark = 1");
    spoil(store, "UPDATE hourly_counts SET starts = starts - 1");
    for _ in 0..2 {
        assert!(store.has_unnoted_parts().unwrap());
        assert!(store.part_versions(&native().query, Cut::Hour, &(i64::MIN..=i64::MAX)).unwrap().is_none());
        agree(store, &packs, &native());
        assert_eq!(store.count(&everything()).unwrap(), scan(store, &everything()).len() as u64);
        // What this program loads afterwards does not mend it.
        take(store, [spoken("later", "1", 61, 0, "later")]);
    }
    assert!(store.note_parts().unwrap());
    assert!(!store.note_parts().unwrap() && !store.has_unnoted_parts().unwrap());
    assert!(store.part_versions(&native().query, Cut::Hour, &(i64::MIN..=i64::MAX)).unwrap().is_some());
    assert_eq!(store.count(&everything()).unwrap(), scan(store, &everything()).len() as u64);
    agree(store, &packs, &native());
}

/// Numbers are given again after an older copy of the file was put in place. What was kept of the others is not used.
#[test]
fn an_older_copy_of_a_store_is_told_apart() {
    let fixture = with_accounts(StoreFixture::sqlite());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..4).map(|n| spoken(&n.to_string(), "1", n * 900, n, "x")));
    store.backup(&fixture.path("copy.db")).unwrap();
    take(store, [spoken("a", "1", 60, 0, "one")]);
    assert!(contains(&kept(store, &packs, &native()).0, "one"));
    let copy = Store::open(&*fixture.path("copy.db"), &options()).unwrap();
    take(&copy, [spoken("a", "1", 60, 0, "another")]);
    agree(&copy, &packs, &native());
    assert!(contains(&kept(&copy, &packs, &native()).0, "another"));
    agree(store, &packs, &native());
}

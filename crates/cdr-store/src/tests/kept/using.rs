//! Which calls are read again, and which are not.

use std::io;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex};

use cdr_export::{Cut, Package};
use cdr_mediation::{CdrSource, MemoryPacks, PackStore, PartVersions, PortError, Quarantine};
use cdr_model::{Cdr, CdrField, Directory, ScannedCall};
use cdr_query::{CdrQuery, Condition, Cursor, Operand, Test};

use super::*;

/// A store that notes which windows are scanned.
struct Watched<'a> {
    store: &'a Store,
    scanned: Mutex<Vec<Window>>,
}

impl CdrSource for Watched<'_> {
    fn page(&self, query: &CdrQuery, after: Option<&Cursor>, limit: usize) -> Result<Vec<Cdr>, PortError> {
        self.store.page(query, after, limit)
    }

    fn scan_fields(
        &self,
        query: &CdrQuery,
        each: &mut dyn FnMut(ScannedCall) -> io::Result<()>,
    ) -> Result<(), PortError> {
        self.scanned.lock().unwrap().push(query.window);
        self.store.scan_fields(query, each)
    }

    fn part_versions(
        &self,
        query: &CdrQuery,
        cut: Cut,
        parts: &RangeInclusive<i64>,
    ) -> Result<Option<PartVersions>, PortError> {
        self.store.part_versions(query, cut, parts)
    }

    fn watermark(&self) -> Result<i64, PortError> {
        self.store.watermark()
    }

    fn directory(&self) -> Result<Arc<Directory>, PortError> {
        self.store.directory()
    }
}

/// The hours since midnight, in quarters, whose calls an export reads.
fn reads(store: &Store, packs: &MemoryPacks, request: &ExportRequest) -> Vec<(i64, i64)> {
    let watched = Watched { store, scanned: Mutex::default() };
    let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
    write_export_keeping(&watched, Some(&blocks), request, &mut Vec::new(), None).unwrap();
    let quarters = |at: Timestamp| at.micros().saturating_sub(MIDNIGHT).div_euclid(HOUR / 4);
    let scanned = watched.scanned.into_inner().unwrap();
    scanned.into_iter().map(|window| (quarters(window.from), quarters(window.until))).collect()
}

#[test]
fn only_what_has_changed_is_read_again() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..48).map(|n| spoken(&n.to_string(), "1", n * 1_800 + 60, 0, "first")));
    let day = request("native", Package::Zip, hours(Anchor::Start, 0, 24));
    let afternoon = request("native", Package::Zip, hours(Anchor::Start, 12, 18));
    let noon_and_a_quarter = {
        let mut query = hours(Anchor::Start, 12, 16);
        (query.window.from, query.window.until) =
            (query.window.from.plus_micros(HOUR / 4), query.window.until.plus_micros(HOUR / 4));
        request("native", Package::Zip, query)
    };

    assert_eq!(reads(store, &packs, &day), [(0, 96)], "all the first time");
    for (request, read) in [
        (&day, &[][..]),
        (&afternoon, &[]),
        // Its ends lie inside an hour.
        (&noon_and_a_quarter, &[(49, 52), (64, 65)]),
    ] {
        assert_eq!(reads(store, &packs, request), read);
        agree(store, &packs, request);
    }
    // A late call.
    take(store, [spoken("late", "1", 5 * 3_600 + 1, 0, "late")]);
    assert_eq!(reads(store, &packs, &day), [(20, 24)]);
    assert_eq!(reads(store, &packs, &day), []);
    // A correction moves a call to another hour.
    take(store, [spoken("2", "1", 9 * 3_600 + 61, 0, "moved")]);
    store.accept(1).unwrap();
    assert_eq!(reads(store, &packs, &day), [(4, 8), (36, 40)]);
    // As of before the correction.
    let before = ExportRequest { query: day.query.clone().at(49), ..day.clone() };
    assert_eq!(reads(store, &packs, &before), [(4, 8), (36, 40)]);
    agree(store, &packs, &before);
    assert_eq!(reads(store, &packs, &day), []);
    // Another hour is read with the hours around it that have no calls.
    take(store, [spoken("next day", "1", 30 * 3_600, 0, "next")]);
    let two_days = request("native", Package::Zip, hours(Anchor::Start, 0, 48));
    assert_eq!(reads(store, &packs, &two_days), [(96, 192)]);
    assert_eq!(reads(store, &packs, &two_days), []);
}

#[test]
fn what_shapes_the_bytes_is_told_apart() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..40).map(|n| spoken(&n.to_string(), &(n % 3).to_string(), n * 900, n, &n.to_string())));
    let day = |layout, package| request(layout, package, hours(Anchor::Start, 0, 24));
    let first = day("native", Package::Gzip);
    assert_eq!(reads(store, &packs, &first).len(), 1);
    let narrowed = |condition| ExportRequest { query: first.query.clone().only(condition), ..first.clone() };
    let account = |n| Condition::new(CdrField::AccountId, Test::Eq(Operand::Integer(n))).unwrap();
    let others = [
        day("yeti-customer", Package::Gzip),
        day("native", Package::Plain),
        ExportRequest { spec: ExportSpec { zone: "UTC".to_owned(), ..first.spec.clone() }, ..first.clone() },
        ExportRequest { spec: ExportSpec { format: "ndjson".to_owned(), ..first.spec.clone() }, ..first.clone() },
        request("native", Package::Gzip, hours(Anchor::End, 0, 24)),
        narrowed(Condition::new(CdrField::Success, Test::Eq(Operand::Boolean(true))).unwrap()),
        narrowed(account(1)),
        narrowed(account(2)),
        narrowed(account(3)),
    ];
    for other in &others {
        assert_eq!(reads(store, &packs, other).len(), 1, "{:?}", other.query);
        assert_eq!(reads(store, &packs, other).len(), 0, "{:?}", other.query);
        agree(store, &packs, other);
    }
    // A ZIP has the blocks of a gzip file of the same sheets.
    assert_eq!(reads(store, &packs, &day("native", Package::Zip)).len(), 0);
    // A call of another account leaves what names accounts.
    take(store, [spoken("another", "2", 7, 0, "another")]);
    for (other, read) in [(&others[6], 0), (&others[7], 0), (&others[8], 1), (&first, 1)] {
        assert_eq!(reads(store, &packs, other).len(), read, "{:?}", other.query);
        agree(store, &packs, other);
    }
}

/// A file is put together from blocks if all of its calls are in kept ones, and then it has the same tag for as long as it
/// has the same bytes.
#[test]
fn a_file_is_put_together_if_all_of_it_is_kept() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..48).map(|n| spoken(&n.to_string(), "1", n * 1_800 + 60, 0, "first")));
    let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
    let assembled = |request: &ExportRequest| assemble_export(store, &blocks, request).unwrap();
    let day = request("native", Package::Zip, hours(Anchor::Start, 0, 24));
    assert!(assembled(&day).is_none());
    kept(store, &packs, &day);
    let first = assembled(&day).unwrap();
    // Another window of the same calls.
    let more = request("native", Package::Zip, hours(Anchor::Start, -5, 30));
    assert_eq!(assembled(&more).unwrap().tag(), first.tag());
    assert_ne!(assembled(&request("native", Package::Zip, hours(Anchor::Start, 0, 12))).unwrap().tag(), first.tag());
    assert!(assembled(&request("native", Package::Plain, hours(Anchor::Start, 0, 24))).is_none());
    take(store, [spoken("late", "1", 3_600, 0, "late")]);
    assert!(assembled(&day).is_none());
    kept(store, &packs, &day);
    assert_ne!(assembled(&day).unwrap().tag(), first.tag());
    // As of before, one hour is read.
    let before = ExportRequest { query: day.query.clone().at(48), ..day.clone() };
    assert_eq!(assembled(&before).unwrap().size(), fresh(store, &before).0.len() as u64);
    // A few calls at the ends of the window are read too.
    let mut more = day.clone();
    more.query.window.until = more.query.window.until.plus_micros(1_000_000);
    take(store, [spoken("midnight", "1", 86_400, 0, "midnight")]);
    let mut file = assembled(&more).unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    assert!(bytes == fresh(store, &more).0);
    // The packs may go while the file is read.
    let mut file = assembled(&day).unwrap();
    for pack in packs.list().unwrap() {
        packs.remove(&pack.name).unwrap();
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    assert!(bytes == fresh(store, &day).0);
}

#[test]
fn a_name_that_changes_is_printed_anew() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..4).map(|n| spoken(&n.to_string(), "1", n * 900, n, &n.to_string())));
    agree(store, &packs, &native());
    assert_eq!(reads(store, &packs, &native()).len(), 0);
    spoil(store, "UPDATE sources SET name = 'switch' WHERE name = 'pbx'");
    spoil(store, "UPDATE counters SET last = last + 1 WHERE name = 'directory'");
    assert_eq!(reads(store, &packs, &native()).len(), 1);
    let (bytes, _) = kept(store, &packs, &native());
    assert!(contains(&bytes, "switch") && !contains(&bytes, "pbx"));
    // One that no call refers to does not matter.
    spoil(store, "INSERT INTO sources (id, name, feed) VALUES (77, 'other', 'native')");
    spoil(store, "UPDATE counters SET last = last + 1 WHERE name = 'directory'");
    assert_eq!(reads(store, &packs, &native()).len(), 0);

    // A customer of another name with as many letters: the bytes are as many, but others.
    let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
    let assembled = || assemble_export(store, &blocks, &native()).unwrap();
    let before = assembled().unwrap();
    let rename = |from: &str, to: &str| {
        store.change_customer(from, &CustomerDraft { name: to.to_owned(), ..CustomerDraft::default() }).unwrap();
    };
    rename("Acme", "Acne");
    assert!(assembled().is_none(), "nothing is kept under the new name");
    agree(store, &packs, &native());
    let renamed = assembled().unwrap();
    assert_eq!(renamed.size(), before.size());
    assert_ne!(renamed.tag(), before.tag());
    rename("Acne", "Acme");
    agree(store, &packs, &native());
    assert_eq!(assembled().unwrap().tag(), before.tag());
}

#[test]
fn a_damaged_pack_is_made_anew() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    // The second hour has three blocks.
    let calls = |from: i64, calls: i64, step: i64| {
        (0..calls).map(move |n| spoken(&format!("{from} {n}"), "1", from + n * step, 0, "x"))
    };
    take(store, calls(0, 9, 60));
    take(store, calls(3_600, 5_000, 0));
    take(store, calls(3_700, 5_000, 0));
    take(store, calls(7_200, 9, 60));
    let day = request("native", Package::Plain, hours(Anchor::Start, 0, 24));
    agree(store, &packs, &day);
    let name = packs.list().unwrap()[0].name.clone();
    let whole = bytes_of(&packs);
    for at in [0, 1_000, whole.len() / 3, whole.len() / 2, whole.len() - 3_000, whole.len() - 20, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        replace(&packs, &name, &damaged);
        agree(store, &packs, &day);
        replace(&packs, &name, &whole[..at]);
        agree(store, &packs, &day);
    }
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    replace(&packs, &name, &damaged);
    assert_eq!(reads(store, &packs, &day), [(4, 8)], "the hour with the damaged block");
    assert_eq!(reads(store, &packs, &day), [(0, 96)], "the pack was removed");
    assert_eq!(reads(store, &packs, &day), []);
}

#[test]
fn what_was_used_is_kept_longest() {
    let fixture = with_accounts(StoreFixture::new());
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    take(store, (0..96).map(|n| spoken(&n.to_string(), "1", n * 3_600, 0, "x")));
    for day in 0..4 {
        kept(store, &packs, &request("native", Package::Plain, hours(Anchor::Start, day * 24, day * 24 + 24)));
    }
    let all: u64 = packs.list().unwrap().iter().map(|pack| pack.bytes).sum();
    let first = request("native", Package::Plain, hours(Anchor::Start, 0, 24));
    assert_eq!(reads(store, &packs, &first), [], "the first day is used again");
    KeptBlocks::new(Arc::new(packs.clone()), all / 2 + 10).shrink().unwrap();
    assert_eq!(packs.list().unwrap().len(), 2);
    assert_eq!(reads(store, &packs, &first), []);
    KeptBlocks::new(Arc::new(packs.clone()), 0).shrink().unwrap();
    assert_eq!(packs.list().unwrap(), []);
    let off = KeptBlocks::new(Arc::new(packs.clone()), 0);
    write_export_keeping(store, Some(&off), &first, &mut Vec::new(), None).unwrap();
    assert_eq!(packs.list().unwrap(), [], "nothing is kept");
}

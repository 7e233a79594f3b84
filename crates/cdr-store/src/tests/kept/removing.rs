//! Nothing is kept of calls that were removed.

use std::sync::Arc;

use cdr_export::Cut;
use cdr_mediation::{CdrSource, MemoryPacks, PackStore};

use super::*;

/// The floor of a removal: inside an hour of the second day. In PostgreSQL, partitions are removed as a whole.
fn floor(store: &Store) -> Timestamp {
    store.removable_before(Timestamp::from_micros(MIDNIGHT + 40 * 24 * HOUR + HOUR / 2))
}

fn loaded() -> StoreFixture {
    let fixture = with_accounts(StoreFixture::new());
    let days = (0..80).map(|n| spoken(&n.to_string(), "1", n * 86_400 + 600, 5, &format!("called{n:03}")));
    take(&fixture.store, days);
    fixture
}

#[test]
fn nothing_is_left_of_removed_calls() {
    let fixture = loaded();
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
    for anchor in [Anchor::Start, Anchor::End] {
        let query = CdrQuery { window: Window::all(anchor), ..everything() };
        agree(store, &packs, &request("native", cdr_export::Package::Plain, query));
    }
    assert!(contains(&bytes_of(&packs), "called003") && contains(&bytes_of(&packs), "called079"));
    let floor = floor(store);
    assert!(store.remove_before(floor, &mut |_| {}).unwrap() > 0);
    agree(store, &packs, &native());
    assert!(blocks.remove_before(floor).unwrap() > 0);
    assert!(!contains(&bytes_of(&packs), "called003"));
    assert!(contains(&bytes_of(&packs), "called079"));
    assert_eq!(blocks.remove_before(floor).unwrap(), 0);
    agree(store, &packs, &native());
}

/// A part whose calls are being removed has no version, also if the removal was interrupted, until one has ended.
#[test]
fn nothing_is_kept_while_calls_are_removed() {
    let fixture = loaded();
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    let floor = floor(store);
    let all = i64::MIN..=i64::MAX;
    let changing = |store: &Store| {
        let versions = store.part_versions(&native().query, Cut::Hour, &all).unwrap().unwrap();
        versions.parts.values().filter(|version| version.is_none()).count()
    };
    assert_eq!(changing(store), 0);
    let interrupted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.remove_before(floor, &mut |_| {
            let query = CdrQuery { window: Window::all(Anchor::Start), ..everything() };
            kept(store, &packs, &request("native", cdr_export::Package::Plain, query));
            assert!(changing(store) > 0);
            std::panic::resume_unwind(Box::new(()));
        })
    }));
    assert!(interrupted.is_err());
    assert!(changing(&fixture.again()) > 0);
    assert!(!contains(&bytes_of(&packs), "called003"), "it was not kept");
    agree(store, &packs, &native());
    store.remove_before(floor, &mut |_| {}).unwrap();
    assert_eq!(changing(store), 0);
    agree(store, &packs, &native());
}

/// A sink whose file is written while calls are removed.
struct Removing<'a> {
    store: &'a Store,
    written: usize,
}

impl Write for Removing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.written += 1;
        if self.written == 3 {
            self.store.remove_before(floor(self.store), &mut |_| {}).unwrap();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An export that was written while calls were removed keeps nothing.
#[test]
fn an_export_beside_a_removal_keeps_nothing() {
    // In PostgreSQL a reader keeps its partitions from being dropped.
    let fixture = with_accounts(StoreFixture::sqlite());
    let days = (0..80).map(|n| spoken(&n.to_string(), "1", n * 86_400 + 600, 5, &format!("called{n:03}")));
    take(&fixture.store, days);
    let (store, packs) = (&fixture.store, MemoryPacks::default());
    let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
    let query = CdrQuery { window: Window::all(Anchor::Start), ..everything() };
    let request = request("native", cdr_export::Package::Plain, query);
    write_export_keeping(store, Some(&blocks), &request, Removing { store, written: 0 }, None).unwrap();
    assert_eq!(packs.list().unwrap(), []);
    agree(store, &packs, &native());
}

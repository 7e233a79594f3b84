//! Blocks of closed hours are made ahead for what is asked for regularly.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cdr_export::Package;
use cdr_mediation::{MemoryPacks, PackFile, PackStore, PortError, SpoolRead, SpoolWrite};

use super::*;

/// Packs with other times of use.
#[derive(Clone, Default)]
struct Aged {
    packs: MemoryPacks,
    used_at: Arc<Mutex<BTreeMap<String, Timestamp>>>,
}

impl Aged {
    /// Sets the last use of all packs that have none.
    fn used_at(&self, at: Timestamp) {
        for pack in self.packs.list().unwrap() {
            self.used_at.lock().unwrap().entry(pack.name).or_insert(at);
        }
    }
}

impl PackStore for Aged {
    fn begin(&self, name: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        self.packs.begin(name)
    }

    fn open(&self, name: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        self.packs.open(name)
    }

    fn note_use(&self, name: &str) -> Result<(), PortError> {
        self.packs.note_use(name)
    }

    fn remove(&self, name: &str) -> Result<(), PortError> {
        self.packs.remove(name)
    }

    fn list(&self) -> Result<Vec<PackFile>, PortError> {
        let used_at = self.used_at.lock().unwrap();
        let aged =
            |pack: PackFile| PackFile { used_at: used_at.get(&pack.name).copied().unwrap_or(pack.used_at), ..pack };
        Ok(self.packs.list()?.into_iter().map(aged).collect())
    }

    fn clear(&self) -> Result<(), PortError> {
        self.packs.clear()
    }
}

#[test]
fn closed_hours_are_made_ahead_for_what_is_asked_for_regularly() {
    let fixture = with_accounts(StoreFixture::new());
    let store = &fixture.store;
    take(store, (0..72).map(|n| spoken(&n.to_string(), &(n % 4).to_string(), n * 3_600 + 60, 0, "x")));
    let at = |hours: i64| Timestamp::from_micros(MIDNIGHT + hours * HOUR);
    let now = Timestamp::from_micros(MIDNIGHT + 60 * HOUR + HOUR / 2);
    // When the packs of two days were used, and whether the third day is made ahead, and long after those days.
    for (uses, ahead) in [([at(26), at(50)], true), ([at(49), at(50)], false), ([at(-200), at(-40)], false)] {
        let packs = Aged::default();
        let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
        for (day, used_at) in (0..).zip(uses) {
            let request = request("native", Package::Zip, hours(Anchor::Start, day * 24, day * 24 + 24));
            write_export_keeping(store, Some(&blocks), &request, &mut Vec::new(), None).unwrap();
            packs.used_at(used_at);
        }
        let today = request("native", Package::Zip, hours(Anchor::Start, 48, 60));
        blocks.seal(store, now, &|| true).unwrap();
        assert!(assemble_export(store, &blocks, &today).unwrap().is_none(), "there was something else to do");
        blocks.seal(store, now, &|| false).unwrap();
        assert_eq!(assemble_export(store, &blocks, &today).unwrap().is_some(), ahead, "{uses:?}");
        packs.used_at(now);
        let made = packs.packs.list().unwrap().len();
        assert_eq!(made, 2 + usize::from(ahead));
        let more = request("native", Package::Zip, hours(Anchor::Start, 48, 61));
        assert!(assemble_export(store, &blocks, &more).unwrap().is_none(), "the hour that is not over");
        agree(store, &packs.packs, &more);
        agree(store, &packs.packs, &today);
        if ahead {
            // Once they are there, nothing is written again.
            let asked = Cell::new(0);
            blocks
                .seal(store, now, &|| {
                    asked.set(asked.get() + 1);
                    false
                })
                .unwrap();
            assert_eq!(asked.get(), 1, "it was asked for the one export, and not while it was written");
        }
    }
}

/// Somebody who asks for the same past days again and again does not ask for all that came since.
#[test]
fn nothing_is_made_ahead_of_what_is_long_over() {
    let fixture = with_accounts(StoreFixture::new());
    let store = &fixture.store;
    take(store, (0..72).map(|n| spoken(&n.to_string(), "1", n * 3_600 + 60, 0, "x")));
    let packs = Aged::default();
    let blocks = KeptBlocks::new(Arc::new(packs.clone()), u64::MAX);
    let now = Timestamp::from_micros(MIDNIGHT + 300 * HOUR);
    for day in 0..2 {
        let request = request("native", Package::Zip, hours(Anchor::Start, day * 24, day * 24 + 24));
        write_export_keeping(store, Some(&blocks), &request, &mut Vec::new(), None).unwrap();
        packs.used_at(now.plus_micros((day - 1) * 24 * HOUR));
    }
    blocks.seal(store, now, &|| false).unwrap();
    assert_eq!(packs.packs.list().unwrap().len(), 2);
}

//! Kept blocks over a store: an export has the same bytes with and without them.

mod histories;
mod noting;
mod removing;
mod sealing;
mod using;

use std::io::{Read, Seek, SeekFrom, Write};

use cdr_export::{ExportSpec, Layout, Package, Receipt, SheetContent};
use cdr_mediation::{
    AccountDraft, CallDraft, CustomerDraft, DirectoryEditor, ExportRequest, KeptBlocks, MemoryPacks, PackStore,
    assemble_export, write_export, write_export_keeping,
};
use cdr_model::{Anchor, Money, Timestamp};
use cdr_query::{CdrQuery, Window};

use super::support::*;
use crate::Store;

/// The microseconds of an hour.
pub(super) const HOUR: i64 = 3_600_000_000;

/// The beginning of a day.
pub(super) const MIDNIGHT: i64 = 1_795_737_600_000_000;

/// A request for an export of a window.
fn request(layout: &str, package: Package, query: CdrQuery) -> ExportRequest {
    let layout = Layout::named(layout, &[]).unwrap();
    let layout = if package.holds_several() { layout } else { layout.only(|sheet| sheet.rows == SheetContent::Calls) };
    ExportRequest {
        query,
        spec: ExportSpec { layout, format: "csv".to_owned(), package, zone: "Europe/Berlin".to_owned() },
    }
}

/// The native CSV of all calls by their start.
fn native() -> ExportRequest {
    request("native", Package::Plain, everything())
}

/// Calls that start in hours since midnight, by the anchor.
pub(super) fn hours(anchor: Anchor, from: i64, until: i64) -> CdrQuery {
    let at = |hours: i64| Timestamp::from_micros(MIDNIGHT + hours * HOUR);
    CdrQuery::over(Window::new(anchor, at(from), at(until)).unwrap())
}

/// A store with the accounts 0 to 3 of a customer.
pub(super) fn with_accounts(fixture: StoreFixture) -> StoreFixture {
    fixture.store.add_customer(&CustomerDraft { name: "Acme".to_owned(), ..CustomerDraft::default() }).unwrap();
    for number in 0..4 {
        let (customer, number) = ("Acme".to_owned(), number.to_string());
        fixture.store.add_account(&AccountDraft { customer, number, ..AccountDraft::default() }).unwrap();
    }
    fixture
}

/// A call of an account that starts some seconds after midnight, and is answered and ends some time later.
pub(super) fn spoken(key: &str, account: &str, second: i64, talk: i64, content: &str) -> CallDraft {
    let mut draft = call(key, MIDNIGHT / 1_000_000 + second, content);
    let start = draft.call.started_at;
    draft.account = Some(account.to_owned());
    draft.customer = Some("Acme".to_owned());
    draft.call.talk_us = Some(talk * 1_000_000);
    draft.call.connected_at = (talk > 0).then(|| start.plus_micros(7_000_000));
    draft.call.ended_at = (talk != 3).then(|| start.plus_micros(7_000_000 + talk * 1_000_000));
    draft.call.billed_at = start.plus_micros(7_000_000 + talk * 1_000_000);
    draft.call.price = Some(format!("0.{:03}", talk % 1000).parse::<Money>().unwrap());
    draft
}

/// An export that uses and keeps blocks. Its receipt is the same as without them.
fn kept(store: &Store, packs: &MemoryPacks, request: &ExportRequest) -> (Vec<u8>, Receipt) {
    let blocks = KeptBlocks::new(std::sync::Arc::new(packs.clone()), u64::MAX);
    let mut bytes = Vec::new();
    let receipt = write_export_keeping(store, Some(&blocks), request, &mut bytes, None).unwrap();
    (bytes, receipt)
}

/// The same export without kept blocks.
fn fresh(store: &Store, request: &ExportRequest) -> (Vec<u8>, Receipt) {
    let mut bytes = Vec::new();
    let receipt = write_export(store, request, &mut bytes, None).unwrap();
    (bytes, receipt)
}

/// Checks that an export is the same with and without kept blocks.
#[track_caller]
fn agree(store: &Store, packs: &MemoryPacks, request: &ExportRequest) {
    let (kept, fresh) = (kept(store, packs, request), fresh(store, request));
    let about = || format!("{} {:?} {:?}", request.spec.layout.name, request.spec.package, request.query);
    assert_eq!(kept.1, fresh.1, "receipts of {}", about());
    assert!(kept.0 == fresh.0, "bytes of {}", about());
    assembled_agrees(store, packs, request, &fresh.0);
}

/// Checks a file that is put together from kept blocks, if it can be, also from positions inside.
#[track_caller]
fn assembled_agrees(store: &Store, packs: &MemoryPacks, request: &ExportRequest, fresh: &[u8]) {
    let blocks = KeptBlocks::new(std::sync::Arc::new(packs.clone()), u64::MAX);
    let Some(mut file) = assemble_export(store, &blocks, request).unwrap() else { return };
    assert_eq!(file.size(), fresh.len() as u64);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    assert!(bytes == fresh, "bytes put together of {:?}", request.query);
    for place in [0, 1, 3, 7, 10].map(|tenths| fresh.len() * tenths / 10) {
        file.seek(SeekFrom::Start(place as u64)).unwrap();
        bytes.clear();
        file.by_ref().take(1_000).read_to_end(&mut bytes).unwrap();
        assert!(bytes == fresh[place..(place + 1_000).min(fresh.len())], "from {place} of {:?}", request.query);
    }
    let again = assemble_export(store, &blocks, request).unwrap();
    assert_eq!(again.unwrap().tag(), file.tag());
}

/// The bytes of all packs.
fn bytes_of(packs: &MemoryPacks) -> Vec<u8> {
    let mut all = Vec::new();
    for pack in packs.list().unwrap() {
        std::io::copy(&mut packs.open(&pack.name).unwrap(), &mut all).unwrap();
    }
    all
}

/// Replaces the bytes of a pack.
fn replace(packs: &MemoryPacks, name: &str, bytes: &[u8]) {
    let mut file = packs.begin(name).unwrap();
    file.write_all(bytes).unwrap();
    file.publish().unwrap();
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

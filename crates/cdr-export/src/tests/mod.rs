//! Tests of the public interface: whole files, read back with third-party readers.

mod archive;
mod dma;
mod failing;
mod forging;
mod frame;
mod receipts;
mod rows;
mod same_bytes;
mod spreadsheet;
mod values;
mod verifying;
mod windows;

use std::io::{Cursor, Read};
use std::num::NonZeroUsize;

use cdr_model::{Anchor, Cdr, ConferenceRecord, Customer, Directory, Source, Timestamp};

use crate::{
    Counts, Cut, ExportError, ExportFile, ExportSpec, Layout, Package, QueryFacts, Receipt, SheetContent, SheetReceipt,
};

pub(super) fn spec(layout: &str, format: &str, package: Package) -> ExportSpec {
    let layout = Layout::named(layout, &[]).unwrap();
    let layout = if package.holds_several() { layout } else { layout.only(|sheet| sheet.rows == SheetContent::Calls) };
    ExportSpec { layout, format: format.to_owned(), package, zone: "Europe/Berlin".to_owned() }
}

/// A customer billed in euro, and a switch named `exchange`.
pub(super) fn directory() -> Directory {
    let mut directory = Directory::default();
    let name = "Northwind, Ltd".to_owned();
    directory.customers.insert(1, Customer { id: 1, name, currency: "EUR".to_owned(), ..Customer::default() });
    directory.sources.insert(7, Source { id: 7, name: "exchange".to_owned(), feed: "native".to_owned() });
    directory
}

/// Generated calls, one every `gap` seconds from 2026-11-21 on.
pub(super) fn calls(rows: i64, gap: i64) -> Vec<Cdr> {
    let noon: Timestamp = "2026-11-21T10:59:30Z".parse().unwrap();
    (1..=rows)
        .map(|number| {
            let started_at = noon.plus_micros(number * gap * 1_000_000 + number * 997);
            let answered = number % 3 != 0;
            let talk = number * 7_919_191 % 900_000_000;
            Cdr {
                number,
                id: number,
                source_id: 7,
                customer_id: 1,
                started_at,
                connected_at: answered.then(|| started_at.plus_micros(2_500_000)),
                ended_at: Some(started_at.plus_micros(2_500_000 + talk)),
                billed_at: started_at.plus_micros(2_500_000 + talk),
                success: answered,
                talk_us: Some(if answered { talk } else { 0 }),
                calling: Some(format!("+49 30 {:06}", number * 7 % 1_000_000)),
                called: Some(format!("sip:{}@example.org, \"{number}\"", number * 13 % 997)),
                call_id: Some(format!("{:016x}@exchange", number.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64))),
                release_cause: Some(if answered { 16 } else { 17 }),
                release_code: Some(if answered { 200 } else { 486 }),
                price: answered.then(|| format!("0.0{:03}0", number % 1000).parse().unwrap()),
                ..Cdr::default()
            }
        })
        .collect()
}

/// Writes the calls, and the other sheets of the specification: empty conferences, and the counts.
pub(super) fn export(spec: &ExportSpec, calls: &[Cdr], cut: Cut, workers: usize) -> (Vec<u8>, Receipt) {
    let mut file = ExportFile::create(Vec::new(), spec).unwrap().with_workers(NonZeroUsize::new(workers).unwrap());
    let directory = directory();
    let mut sheets: Vec<SheetReceipt> = Vec::new();
    for sheet in &spec.layout.sheets {
        sheets.push(match sheet.rows {
            SheetContent::Counts => {
                let counts = Counts { calls: calls.len() as u64, ..Counts::default() };
                file.counts(sheet, &counts).unwrap()
            }
            SheetContent::Calls => file
                .sheet(sheet, &directory, Anchor::Start, cut, |push| {
                    calls.iter().cloned().try_for_each(&mut *push).map_err(ExportError::from)
                })
                .unwrap(),
            SheetContent::Conferences | SheetContent::Records => file
                .sheet(sheet, &directory, Anchor::Start, cut, |_: &mut dyn FnMut(ConferenceRecord) -> _| {
                    Ok::<(), ExportError>(())
                })
                .unwrap(),
        });
    }
    let (bytes, written) = file.finish().unwrap();
    let receipt = Receipt::new(facts(), spec, sheets, spec.file_name().unwrap(), written);
    (bytes, receipt)
}

pub(super) fn facts() -> QueryFacts {
    QueryFacts {
        anchor: Anchor::Start,
        from: "2026-11-21T00:00:00Z".parse().unwrap(),
        until: Timestamp::MAX,
        conditions: vec!["account is one of 7, 8".to_owned()],
        order: "start, oldest first".to_owned(),
        watermark: Some(4711),
    }
}

/// The text of a sheet, read with third-party readers.
pub(super) fn text_of(package: Package, bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    match package {
        Package::Plain => text = String::from_utf8(bytes.to_vec()).unwrap(),
        Package::Gzip => {
            flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        }
        Package::Zip => {
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        }
    }
    text
}

//! An export that somebody changed and gave new digests: `tollbook verify` finds it, as the sums do not agree. Digests
//! need no key, so anybody can compute them.

use std::fs;
use std::io::{Cursor, Read, Write};

use cdr_export::{FileReceipt, Package, Receipt};
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use flate2::{Compression, Crc};
use ring::digest::{SHA256, digest};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::harness::Tollbook;

/// What somebody does to the rows of a sheet; the heading is not among them.
#[derive(Clone, Copy)]
enum Change {
    Keep,
    Shorter,
    Longer,
    /// The first cell of the column with this heading that is not empty gets this text.
    Cell(&'static str, &'static str),
}

impl Change {
    fn of(self, headings: &[&str], rows: &mut Vec<Vec<String>>) {
        match self {
            Change::Keep => (),
            Change::Shorter => drop(rows.remove(rows.len() / 2)),
            Change::Longer => rows.push(rows[0].clone()),
            Change::Cell(name, text) => {
                let column = headings.iter().position(|heading| *heading == name).expect(name);
                let cell = rows.iter_mut().map(|row| &mut row[column]).find(|cell| !cell.is_empty());
                text.clone_into(cell.expect(name));
            }
        }
    }
}

/// The texts of the sheets of a file.
fn opened(package: Package, file: &[u8]) -> Vec<Vec<u8>> {
    let read = |mut reader: Box<dyn Read + '_>| {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).unwrap();
        text
    };
    match package {
        Package::Gzip => vec![read(Box::new(GzDecoder::new(file)))],
        Package::Zip => {
            let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
            (0..archive.len()).map(|at| read(Box::new(archive.by_index(at).unwrap()))).collect()
        }
        _ => vec![file.to_vec()],
    }
}

/// A file of these texts.
fn packed(package: Package, names: &[String], texts: &[Vec<u8>]) -> Vec<u8> {
    match package {
        Package::Gzip => {
            let mut file = GzEncoder::new(Vec::new(), Compression::fast());
            file.write_all(&texts[0]).unwrap();
            file.finish().unwrap()
        }
        Package::Zip => {
            let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
            for (name, text) in names.iter().zip(texts) {
                archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
                archive.write_all(text).unwrap();
            }
            archive.finish().unwrap().into_inner()
        }
        _ => texts[0].clone(),
    }
}

/// The text with its rows changed.
fn changed(text: &[u8], heading: bool, headings: &[&str], change: Change) -> Vec<u8> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    let mut rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let first = if heading { Some(rows.remove(0)) } else { None };
    change.of(headings, &mut rows);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    first.iter().chain(&rows).for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// Writes a file and its receipt again, with one sheet changed and all digests and sizes computed.
fn forge(tollbook: &Tollbook, name: &str, sheet: usize, change: Change) {
    let beside = format!("{name}.receipt.json");
    let mut receipt = Receipt::from_text(&fs::read_to_string(tollbook.path(&beside)).unwrap()).unwrap();
    let mut texts = opened(receipt.package, &fs::read(tollbook.path(name)).unwrap());
    let layout = receipt.layout_definition.as_ref().unwrap();
    let definition = layout.sheets.iter().find(|it| receipt.sheets[sheet].file.starts_with(&it.name)).unwrap();
    let headings: Vec<&str> = definition.columns.iter().map(|column| column.heading.as_str()).collect();
    texts[sheet] = changed(&texts[sheet], receipt.sheets[sheet].heading, &headings, change);
    for (sheet, text) in receipt.sheets.iter_mut().zip(&texts) {
        let mut crc = Crc::new();
        crc.update(text);
        (sheet.bytes, sheet.crc32) = (text.len() as u64, format!("{:08x}", crc.sum()));
    }
    let names: Vec<String> = receipt.sheets.iter().map(|sheet| sheet.file.clone()).collect();
    let file = packed(receipt.package, &names, &texts);
    let sha256 = digest(&SHA256, &file).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    receipt.file = FileReceipt { name: name.to_owned(), bytes: file.len() as u64, sha256 };
    fs::write(tollbook.path(name), file).unwrap();
    fs::write(tollbook.path(&beside), receipt.to_text()).unwrap();
}

#[test]
fn a_forged_cell_or_row_is_found_in_every_layout_and_package() {
    let tollbook = Tollbook::with_calls(300, 2);
    let cell = Change::Cell;
    let year = cell("started_at", "2031-03-01T10:00:00.000000Z");
    let talk = cell("talk", "7777777777");
    let price = cell("price", "9999.99");
    let yeti_time = cell("Time Connect", "2019-03-01 10:00:00+00");
    let yeti_talk = cell("Duration", "86399");
    let yeti_price = cell("Customer Price", "9999.99");
    let dma_time = cell("startTime", "2019-03-01T10:00:00.000Z");
    let dma_end = cell("endTime", "2019-03-01T10:00:00+00:00");
    let count = cell("calls", "299");
    let native = ["--layout", "native", "--sheet", "calls"];
    for (layout, package, sheet, changes) in [
        (
            &native[..],
            "plain",
            0,
            vec![
                (year, "the total of column `started_at` of"),
                (talk, "the talk time of"),
                (price, "the money of"),
                (Change::Shorter, "the number of rows of"),
                (Change::Longer, "the number of rows of"),
            ],
        ),
        (
            &native,
            "gzip",
            0,
            vec![(year, "the last start of"), (price, "the money of"), (talk, "the total of column `talk` of")],
        ),
        (
            &["--layout", "native"],
            "zip",
            0,
            vec![(talk, "the talk time of"), (Change::Longer, "the total of column `started_at` of")],
        ),
        (&["--layout", "native"], "zip", 1, vec![(Change::Shorter, "the number of rows of conferences.csv")]),
        (
            &["--layout", "yeti-customer"],
            "gzip",
            0,
            vec![
                (yeti_time, "the total of column `Time Connect` of"),
                (yeti_talk, "the talk time of"),
                (yeti_price, "the money of"),
                (Change::Shorter, "the number of rows of"),
            ],
        ),
        (
            &["--layout", "dma-6.1-reconstructed"],
            "zip",
            0,
            vec![(dma_time, "the first start of calls.csv"), (Change::Shorter, "the number of rows of calls.csv")],
        ),
        (&["--layout", "dma-6.1-reconstructed"], "zip", 2, vec![(count, "the column `calls` of counts.txt")]),
        (&["--layout", "dma-5.x", "--sheet", "calls"], "gzip", 0, vec![(dma_end, "the total of column `endTime` of")]),
    ] {
        for (at, (change, expected)) in std::iter::once((Change::Keep, "")).chain(changes).enumerate() {
            let name = format!("calls-{package}-{at}");
            tollbook.ok(&[&["export", "--replace", "--package", package, "--output", &name], layout].concat());
            forge(&tollbook, &name, sheet, change);
            if expected.is_empty() {
                // Another program may have compressed it: only what it holds counts.
                let printed = tollbook.ok(&["verify", &name]);
                assert!(printed.contains("not who made them"), "{printed}");
                continue;
            }
            let printed = tollbook.fails(&["verify", &name]);
            assert!(printed.contains(expected), "{layout:?} in {package}, {expected}: {printed}");
            assert!(printed.lines().all(|line| line.starts_with("tollbook: the ")), "a sentence in a line: {printed}");
        }
    }
}

#[test]
fn verify_says_what_a_layout_cannot_show() {
    let tollbook = Tollbook::with_calls(50, 1);
    tollbook.ok(&["export", "--layout", "dma-6.1-reconstructed", "--output", "dma.zip"]);
    let printed = tollbook.ok(&["verify", "dma.zip"]);
    for expected in [
        "added up   calls.csv: rows, first and last start, the totals of startTime, endTime",
        "counts.txt: calls, conferences",
        "not shown  calls.csv: the talk time, the money",
        "which row of a sheet has which value of a column: an exchange of two keeps the total",
        "the conditions, the order and the watermark of the query",
        "This shows that the file and its receipt are consistent, not who made them: neither is signed.",
    ] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
}

/// Writes these bytes to a file, and their size and digest to its receipt.
fn replace(tollbook: &Tollbook, name: &str, bytes: &[u8]) {
    let beside = tollbook.path(&format!("{name}.receipt.json"));
    let mut receipt = Receipt::from_text(&fs::read_to_string(&beside).unwrap()).unwrap();
    let sha256 = digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    receipt.file = FileReceipt { name: name.to_owned(), bytes: bytes.len() as u64, sha256 };
    fs::write(tollbook.path(name), bytes).unwrap();
    fs::write(beside, receipt.to_text()).unwrap();
}

/// A program that reads an archive from its start would find other rows than those that the directory names.
#[test]
fn an_archive_in_front_of_the_archive_is_refused() {
    let tollbook = Tollbook::with_calls(50, 1);
    tollbook.ok(&["export", "--layout", "dma-6.1-reconstructed", "--output", "dma.zip"]);
    let archive = fs::read(tollbook.path("dma.zip")).unwrap();
    let mut texts = opened(Package::Zip, &archive);
    texts[0] = String::from_utf8(texts.remove(0)).unwrap().replace("CALL", "NONE").into_bytes();
    texts.insert(1, Vec::new());
    let names = ["calls.csv", "conferences.csv", "counts.txt"].map(str::to_owned);
    let other = packed(Package::Zip, &names, &texts);
    for (bytes, expected) in [
        ([other.as_slice(), &archive].concat(), "the directory of dma.zip is not at the place"),
        ([archive.as_slice(), b"evil"].concat(), "dma.zip does not end with the record that ends a ZIP archive"),
    ] {
        replace(&tollbook, "dma.zip", &bytes);
        let printed = tollbook.fails(&["verify", "dma.zip"]);
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    replace(&tollbook, "dma.zip", &archive);
    tollbook.ok(&["verify", "dma.zip"]);
}

/// What is said is said of the file that was given, and of the first of the two that is missing.
#[test]
fn verify_names_the_file_that_was_given() {
    let tollbook = Tollbook::with_calls(50, 1);
    tollbook.ok(&["export", "--output", "calls.zip"]);
    fs::copy(tollbook.path("calls.zip"), tollbook.path("renamed.zip")).unwrap();
    fs::write(tollbook.path("other.txt"), "no export").unwrap();
    let verify = |file: &'static str| ["verify", file, "--receipt", "calls.zip.receipt.json"];
    let printed = tollbook.ok(&verify("renamed.zip"));
    assert!(printed.starts_with("renamed.zip: whole and unchanged"), "{printed}");
    let printed = tollbook.fails(&verify("other.txt"));
    assert!(printed.contains("the size of other.txt is 9, not ") && !printed.contains("of calls.zip"), "{printed}");
    for args in
        [&["verify", "missing.zip"][..], &verify("missing.zip"), &["verify", "missing.zip", "--receipt", "none"]]
    {
        let printed = tollbook.fails(args);
        assert!(printed.contains("the export missing.zip") && !printed.contains("receipt"), "{printed}");
    }
    let printed = tollbook.fails(&["verify", "other.txt"]);
    assert!(printed.contains("the receipt other.txt.receipt.json"), "{printed}");
}

//! The containers: their headers, and reading them with other libraries.

use std::io::{Cursor, Read};

use super::{calls, export, spec, text_of};
use crate::{BLOCK_ROWS, Cut, Package};

#[test]
fn a_gzip_file_has_no_name_time_or_system() {
    let (bytes, _) = export(&spec("native", "csv", Package::Gzip), &calls(3, 1), Cut::Hour, 1);
    assert_eq!(bytes[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    // One member and nothing after it.
    let mut one = flate2::bufread::GzDecoder::new(bytes.as_slice());
    one.read_to_end(&mut Vec::new()).unwrap();
    assert!(one.into_inner().is_empty());
}

#[test]
fn an_archive_holds_the_sheets_by_name_without_time_mode_or_comment() {
    let (bytes, _) = export(&spec("dma-6.1-reconstructed", "csv", Package::Zip), &calls(3, 1), Cut::Hour, 1);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["calls.csv", "conferences.csv", "counts.txt"]);
    for at in 0..archive.len() {
        let member = archive.by_index(at).unwrap();
        let time = member.last_modified().unwrap();
        assert_eq!((time.year(), time.month(), time.day(), time.hour(), time.minute()), (1980, 1, 1, 0, 0));
        assert_eq!(member.unix_mode(), None);
        assert!(member.comment().is_empty());
    }
}

#[test]
fn an_empty_sheet_is_an_empty_file_or_a_heading() {
    for (layout, expected) in [("dma-6.1-reconstructed", 0), ("native", 1)] {
        for package in Package::ALL {
            let (bytes, receipt) = export(&spec(layout, "csv", package), &[], Cut::Hour, 2);
            let text = text_of(package, &bytes, "calls.csv");
            assert_eq!(text.lines().count(), expected, "{layout} {package}");
            assert_eq!((receipt.sheets[0].rows, receipt.sheets[0].heading), (0, expected == 1));
            assert_eq!((receipt.sheets[0].first, &receipt.sheets[0].money), (None, &Some([].into())));
        }
    }
}

/// The number of full flushes (empty stored blocks).
fn flushes(deflated: &[u8]) -> usize {
    deflated.windows(4).filter(|bytes| *bytes == [0, 0, 0xff, 0xff]).count()
}

#[test]
fn rows_are_split_at_the_hour_at_the_day_and_after_4096_rows() {
    let spec = spec("dma-5.x", "csv", Package::Gzip);
    // Ten calls, one every 20 minutes from 10:59:30 on; a full block of calls in one hour; the same and one more call.
    for (calls, cut, blocks) in [
        (calls(10, 1200), Cut::Hour, 4),
        (calls(10, 1200), Cut::Day, 1),
        (calls(60, 1200), Cut::Day, 2),
        (calls(10, 1200), Cut::Rows, 1),
        (calls(BLOCK_ROWS as i64, 0), Cut::Rows, 1),
        (calls(BLOCK_ROWS as i64 + 1, 0), Cut::Rows, 2),
    ] {
        let (bytes, _) = export(&spec, &calls, cut, 2);
        assert_eq!(flushes(&bytes), blocks, "{cut:?}, {} calls", calls.len());
    }
}

#[test]
fn the_bytes_of_a_block_do_not_depend_on_its_neighbours() {
    let spec = spec("dma-5.x", "csv", Package::Gzip);
    let all = calls(9, 1200);
    // Three calls an hour: 11:19, 11:39, 11:59 and so on.
    let (whole, _) = export(&spec, &all, Cut::Hour, 2);
    let parts: Vec<Vec<u8>> = all
        .chunk_by(|left, right| left.started_at.hour() == right.started_at.hour())
        .map(|hour| {
            let (bytes, _) = export(&spec, hour, Cut::Hour, 1);
            bytes[10..bytes.len() - 10].to_vec()
        })
        .collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(whole[10..whole.len() - 10], parts.concat());
}

#[test]
#[ignore = "writes 4.5 GB; run by hand"]
fn a_sheet_of_more_than_four_gibibytes_is_read_back() {
    use cdr_model::{Anchor, Cdr, Directory};

    let spec = spec("native", "csv", Package::Zip);
    let path = std::env::temp_dir().join(format!("cdr-export-{}.zip", std::process::id()));
    let mut file = crate::ExportFile::create(std::fs::File::create(&path).unwrap(), &spec).unwrap();
    let padded = Cdr { calling: Some("0".repeat(1 << 14)), ..Cdr::default() };
    let sheet = &spec.layout.sheets[0];
    let receipt = file
        .sheet(sheet, &Directory::EMPTY, Anchor::Start, Cut::Rows, |push| {
            (0..270_000).try_for_each(|_| push(padded.clone())).map_err(crate::ExportError::from)
        })
        .unwrap();
    let (_, written) = file.finish().unwrap();
    assert!(receipt.bytes > u64::from(u32::MAX));
    let receipt = crate::Receipt::new(super::facts(), &spec, vec![receipt], "big.zip", written);
    let verified = crate::verify(std::fs::File::open(&path).unwrap(), &receipt);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(verified.unwrap().rows, 270_000);
}

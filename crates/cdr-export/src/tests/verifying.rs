//! Verifying files against their receipts.

use std::io::Cursor;

use super::{calls, export, spec};
use crate::{Cut, Package, Receipt, Verified, VerifyError, verify};

fn differences(bytes: &[u8], receipt: &Receipt) -> Vec<String> {
    match verify(Cursor::new(bytes), receipt) {
        Err(VerifyError::Differs(differences)) => differences.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_agrees_with_its_receipt() {
    for format in ["csv", "ndjson"] {
        for layout in ["native", "dma-6.1-reconstructed", "dma-5.x"] {
            for package in Package::ALL {
                let (bytes, receipt) = export(&spec(layout, format, package), &calls(300, 60), Cut::Hour, 2);
                let Verified { sheets, rows, bytes: size, .. } = verify(Cursor::new(&bytes), &receipt).unwrap();
                let counts = u64::from(receipt.sheets.len() == 3);
                let expected = (receipt.sheets.len(), 300 + counts, bytes.len() as u64);
                assert_eq!((sheets, rows, size), expected, "{layout} {format} {package}");
            }
        }
    }
}

#[test]
fn any_flipped_byte_of_a_file_is_detected() {
    for package in Package::ALL {
        let (mut bytes, receipt) =
            export(&spec("dma-6.1-reconstructed", "csv", package), &calls(5, 1500), Cut::Hour, 2);
        for at in 0..bytes.len() {
            for pattern in [0x01, 0x80, 0x20, 0xff] {
                bytes[at] ^= pattern;
                let found = differences(&bytes, &receipt);
                assert!(
                    found.iter().any(|it| it.contains("SHA-256")),
                    "{package}, byte {at} ^ {pattern:#x}: {found:?}"
                );
                bytes[at] ^= pattern;
            }
        }
        verify(Cursor::new(&bytes), &receipt).unwrap();
    }
}

/// Even if the digest of the file in the receipt is forged, the checksum of the sheet detects a changed text.
#[test]
fn a_changed_text_is_detected_by_the_sheet_too() {
    let spec = spec("native", "csv", Package::Zip);
    let (_, receipt) = export(&spec, &calls(5, 1500), Cut::Hour, 1);
    let mut others = calls(5, 1500);
    others[3].calling = Some("+49 30 999999".to_owned());
    let (bytes, other) = export(&spec, &others, Cut::Hour, 1);
    let forged = Receipt { file: other.file, ..receipt };
    let found = differences(&bytes, &forged);
    for what in ["the CRC-32 in the directory of calls.csv is ", "the CRC-32 of calls.csv is "] {
        assert!(found.iter().any(|it| it.starts_with(what)), "{what}: {found:?}");
    }
    assert!(found.iter().all(|it| it.contains(" of calls.csv is ")), "{found:?}");
}

#[test]
fn all_differences_are_listed() {
    let spec = spec("native", "csv", Package::Zip);
    let (bytes, mut receipt) = export(&spec, &calls(5, 1500), Cut::Hour, 1);
    receipt.file.bytes += 1;
    receipt.sheets[0].rows = 6;
    receipt.sheets[0].file = "anrufe.csv".to_owned();
    receipt.sheets[1].bytes = 0;
    let sheet = receipt.sheets[1].clone();
    receipt.sheets.push(sheet);
    let size = bytes.len();
    let heading = text_length(&bytes, "conferences.csv");
    assert_eq!(
        differences(&bytes, &receipt),
        [
            "the number of sheets in the layout of native.zip is 2, not 3 as in the receipt".to_owned(),
            format!("the size of native.zip is {size}, not {} as in the receipt", size + 1),
            "the number of files of native.zip is 2, not 3 as in the receipt".to_owned(),
            "the name of anrufe.csv is calls.csv, not anrufe.csv as in the receipt".to_owned(),
            "the number of rows of anrufe.csv is 5, not 6 as in the receipt".to_owned(),
            format!("the size in the directory of conferences.csv is {heading}, not 0 as in the receipt"),
            format!("the size of conferences.csv is {heading}, not 0 as in the receipt"),
        ]
    );
}

fn text_length(bytes: &[u8], name: &str) -> usize {
    super::text_of(Package::Zip, bytes, name).len()
}

#[test]
fn a_truncated_or_longer_file_is_detected() {
    for package in Package::ALL {
        let (mut bytes, receipt) = export(&spec("native", "csv", package), &calls(5, 1500), Cut::Hour, 1);
        for length in [0, 1, 10, bytes.len() / 2, bytes.len() - 1] {
            differences(&bytes[..length], &receipt);
        }
        bytes.push(b'\n');
        let found = differences(&bytes, &receipt);
        assert!(found[0].starts_with("the size of "), "{found:?}");
        if package == Package::Gzip {
            assert!(found.iter().any(|it| it.contains("end of the gzip member")), "{found:?}");
        }
    }
}

#[test]
fn any_flipped_byte_of_a_receipt_is_detected() {
    let (_, receipt) = export(&spec("dma-6.1-reconstructed", "csv", Package::Zip), &calls(5, 1500), Cut::Hour, 1);
    let text = receipt.to_text();
    assert_eq!(Receipt::from_text(&text).unwrap(), receipt);
    let mut bytes = text.clone().into_bytes();
    for at in 0..bytes.len() {
        for pattern in [0x01, 0x02, 0x08, 0x10, 0x20, 0x80, 0xff] {
            bytes[at] ^= pattern;
            // Bytes that are no longer UTF-8 cannot be read as text.
            if let Ok(altered) = std::str::from_utf8(&bytes) {
                assert!(Receipt::from_text(altered).is_err(), "byte {at} ^ {pattern:#x}");
            }
            bytes[at] ^= pattern;
        }
    }
    for altered in
        [text.replace('\n', "\r\n"), format!("{text}\n"), text.trim_end().to_owned(), text.replacen("  ", " ", 1)]
    {
        assert!(matches!(Receipt::from_text(&altered), Err(VerifyError::Altered { .. })));
    }
}

#[test]
fn the_same_export_gives_the_same_receipt() {
    let spec = spec("dma-5.x", "csv", Package::Zip);
    let texts: Vec<String> = (0..2).map(|_| export(&spec, &calls(50, 300), Cut::Hour, 2).1.to_text()).collect();
    assert_eq!(texts[0], texts[1]);
}

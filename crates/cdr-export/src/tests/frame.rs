//! Archives that other programs wrote, and archives that somebody changed outside of their files.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::forging::{refusal, with_digest_of};
use super::{calls, export, spec, text_of};
use crate::{Cut, Package, Receipt, verify};

/// An archive of three files with data descriptors, and its receipt.
fn ours() -> (Vec<u8>, Receipt) {
    export(&spec("dma-6.1-reconstructed", "csv", Package::Zip), &calls(5, 1500), Cut::Hour, 1)
}

/// The same files in an archive of another program.
fn theirs(bytes: &[u8], receipt: &Receipt, options: SimpleFileOptions) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for sheet in &receipt.sheets {
        archive.start_file(sheet.file.as_str(), options).unwrap();
        archive.write_all(text_of(Package::Zip, bytes, &sheet.file).as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn archives_of_other_programs_are_accepted() {
    let (bytes, receipt) = ours();
    let options = SimpleFileOptions::default();
    for options in [
        options,
        options.compression_method(CompressionMethod::Stored),
        options.large_file(true),
        options.compression_method(CompressionMethod::Stored).large_file(true),
        options.unix_permissions(0o600),
    ] {
        let archive = theirs(&bytes, &receipt, options);
        verify(Cursor::new(&archive), &with_digest_of(&receipt, &archive)).unwrap();
    }
    // Written to a pipe: the sizes follow the data.
    let mut archive = ZipWriter::new_stream(Vec::new());
    for sheet in &receipt.sheets {
        archive.start_file(sheet.file.as_str(), options).unwrap();
        archive.write_all(text_of(Package::Zip, &bytes, &sheet.file).as_bytes()).unwrap();
    }
    let archive = archive.finish().unwrap().into_inner();
    verify(Cursor::new(&archive), &with_digest_of(&receipt, &archive)).unwrap();
}

/// The place of the last occurrence of a record.
fn last(bytes: &[u8], signature: &[u8; 4]) -> usize {
    bytes.windows(4).rposition(|window| window == signature).unwrap()
}

/// Moves every place in the directory.
fn moved(mut bytes: Vec<u8>, by: u32) -> Vec<u8> {
    let end = last(&bytes, b"PK\x05\x06");
    let add = |bytes: &mut [u8], at: usize| {
        let place = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) + by;
        bytes[at..at + 4].copy_from_slice(&place.to_le_bytes());
        place as usize
    };
    let directory = add(&mut bytes, end + 16) - by as usize;
    let entries: Vec<usize> =
        (directory..end).filter(|at| bytes[*at..].starts_with(b"PK\x01\x02")).map(|at| at + 42).collect();
    for entry in entries {
        add(&mut bytes, entry);
    }
    bytes
}

#[test]
fn bytes_of_an_archive_outside_of_its_files_and_directory_are_refused() {
    let (described, receipt) = ours();
    let plain = theirs(&described, &receipt, SimpleFileOptions::default());
    let behind = |bytes: &[u8], tail: &[u8]| [bytes, tail].concat();
    let front = |head: &[u8], bytes: &[u8]| [head, &moved(bytes.to_vec(), head.len() as u32)].concat();
    let set = |bytes: &[u8], at: usize, value: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[at..at + value.len()].copy_from_slice(value);
        bytes
    };
    let other = {
        let mut others = calls(5, 1500);
        others[0].calling = Some("0".to_owned());
        export(&spec("dma-6.1-reconstructed", "csv", Package::Zip), &others, Cut::Hour, 1).0
    };
    let comment = {
        let end = last(&plain, b"PK\x05\x06");
        behind(&set(&plain, end + 20, &[5, 0]), b"hello")
    };
    let descriptor = last(&described, b"PK\x07\x08");
    let (end, directory) = (last(&plain, b"PK\x05\x06"), plain.windows(4).position(|it| it == b"PK\x01\x02").unwrap());
    let (no_end, no_place) = (
        "cdrExport.zip does not end with the record that ends a ZIP archive without a comment",
        "the directory of cdrExport.zip is not at the place that the end of the archive says",
    );
    for (bytes, expected) in [
        (behind(&plain, b"\n"), no_end),
        (comment, no_end),
        (behind(b"#!/bin/sh\n", &plain), no_place),
        (behind(&other, &plain), no_place),
        (behind(&plain, &other), no_place),
        (front(b"#!/bin/sh\n", &plain), "cdrExport.zip does not begin with its first file, but with 10 other bytes"),
        (front(&other, &plain), "cdrExport.zip does not begin with its first file, but with"),
        (set(&plain, 30, b"evil"), "the header of calls.csv in cdrExport.zip has another name for it"),
        (
            set(&plain, 8, &[0]),
            "the header of calls.csv in cdrExport.zip has another method or other flags than the directory",
        ),
        (
            set(&plain, 6, &[8]),
            "the header of calls.csv in cdrExport.zip has another method or other flags than the directory",
        ),
        (
            set(&plain, 14, b"evil"),
            "the header of calls.csv in cdrExport.zip has another CRC-32 or other sizes than the directory",
        ),
        (
            set(&plain, 18, &[1]),
            "the header of calls.csv in cdrExport.zip has another CRC-32 or other sizes than the directory",
        ),
        (
            set(&plain, 22, &[1]),
            "the header of calls.csv in cdrExport.zip has another CRC-32 or other sizes than the directory",
        ),
        (
            set(&described, 14, b"evil"),
            "the header of calls.csv in cdrExport.zip has another CRC-32 or other sizes than the directory",
        ),
        (
            set(&described, descriptor + 4, b"evil"),
            "the descriptor behind counts.txt in cdrExport.zip does not agree with the directory",
        ),
        (
            set(&described, descriptor, b"evil"),
            "the descriptor behind counts.txt in cdrExport.zip does not agree with the directory",
        ),
        (
            set(&plain, directory, b"evil"),
            "the directory of cdrExport.zip holds something that is not an entry of a file",
        ),
        (set(&plain, end + 4, &[1]), "cdrExport.zip is a part of an archive"),
        (set(&plain, end + 8, &[2, 0, 2, 0]), "the directory of cdrExport.zip does not end with its last file"),
    ] {
        let found = refusal(&bytes, &with_digest_of(&receipt, &bytes)).unwrap();
        assert!(found.iter().any(|it| it.starts_with(expected)), "{expected}: {found:?}");
    }
}

/// Bytes between a file and the next, or between the last file and the directory.
#[test]
fn gaps_in_an_archive_are_refused() {
    let (described, receipt) = ours();
    let plain = theirs(&described, &receipt, SimpleFileOptions::default());
    for (name, bytes) in [("described", described), ("plain", plain)] {
        let directory = bytes.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
        for gap in [1usize, 12, 16, 24] {
            let mut wide = [&bytes[..directory], &vec![b'x'; gap], &bytes[directory..]].concat();
            let end = last(&wide, b"PK\x05\x06");
            wide[end + 16..end + 20].copy_from_slice(&((directory + gap) as u32).to_le_bytes());
            let found = refusal(&wide, &with_digest_of(&receipt, &wide)).unwrap();
            assert_eq!(found, ["what follows counts.txt in cdrExport.zip belongs to no file"], "{name} {gap}");
        }
    }
}

/// A reader that starts at the front stops at the end of the deflated data, and not where the directory says.
#[test]
fn bytes_behind_deflated_data_are_refused() {
    let (described, receipt) = ours();
    let plain = theirs(&described, &receipt, SimpleFileOptions::default());
    let header = plain.windows(4).rposition(|it| it == b"PK\x03\x04").unwrap();
    let directory = plain.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let mut wide = [&plain[..directory], b"junk", &plain[directory..]].concat();
    let (entry, end) = (last(&wide, b"PK\x01\x02"), last(&wide, b"PK\x05\x06"));
    for (at, by) in [(header + 18, 4), (entry + 20, 4), (end + 16, 4)] {
        let value = u32::from_le_bytes(wide[at..at + 4].try_into().unwrap()) + by;
        wide[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    let found = refusal(&wide, &with_digest_of(&receipt, &wide)).unwrap();
    assert_eq!(found, ["the deflated data of counts.txt ends before the place that the directory says"]);
}

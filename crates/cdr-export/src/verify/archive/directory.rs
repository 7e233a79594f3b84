//! The end of an archive, and the directory before it.

use std::io::{Read, Seek};

use super::bytes::Bytes;
use super::extra::Extra;
use super::member::{Member, ZipEntry};

const END: u32 = 0x0605_4b50;
const ZIP64_END: u32 = 0x0606_4b50;
const ZIP64_LOCATOR: u32 = 0x0706_4b50;
const ENTRY: u32 = 0x0201_4b50;

/// Where the directory is.
pub(in crate::verify) struct Directory {
    from: u64,
    until: u64,
    /// The number of files in it.
    pub(in crate::verify) files: u64,
}

impl Directory {
    /// Finds the directory from the end of the archive. An error is a sentence.
    pub(in crate::verify) fn find<F: Read + Seek>(bytes: &mut Bytes<'_, F>) -> Result<Directory, String> {
        let name = bytes.name;
        let no_end = || format!("{name} does not end with the record that ends a ZIP archive without a comment");
        let end_at = bytes.length.checked_sub(22).ok_or_else(no_end)?;
        let end = bytes.at(end_at, 22)?;
        if end.u32(0) != END || end.u16(20) != 0 {
            return Err(no_end());
        }
        // The number of this disk, the disk of the directory, the files on this disk and in all, size, place.
        let small = [4, 6, 8, 10].map(|at| u64::from(end.u16(at)));
        let [size, from] = [12, 16].map(|at| u64::from(end.u32(at)));
        let [disk, other_disk, here, files] = small;
        let mut found = ([disk, other_disk, here, files, size, from], end_at);
        if let Some(locator_at) = end_at.checked_sub(20) {
            let locator = bytes.at(locator_at, 20)?;
            if locator.u32(0) == ZIP64_LOCATOR {
                let wide_at = locator.u64(8);
                if wide_at.checked_add(56) != Some(locator_at) {
                    return Err(format!("the records at the end of {name} do not follow each other"));
                }
                let wide = bytes.at(wide_at, 56)?;
                let disks = [16, 20].map(|at| u64::from(wide.u32(at)));
                let [here, files, size, from] = [24, 32, 40, 48].map(|at| wide.u64(at));
                let values = [disks[0], disks[1], here, files, size, from];
                let agrees = |at: usize| {
                    let most = if at < 4 { u64::from(u16::MAX) } else { u64::from(u32::MAX) };
                    found.0[at] == values[at] || found.0[at] == most
                };
                if wide.u32(0) != ZIP64_END || wide.u64(4) != 44 || !(0..6).all(agrees) {
                    return Err(format!("the records at the end of {name} do not agree with each other"));
                }
                found = (values, wide_at);
            }
        }
        let ([disk, other_disk, here, files, size, from], until) = found;
        if (disk, other_disk, here) != (0, 0, files) {
            return Err(format!("{name} is a part of an archive"));
        }
        if from.checked_add(size) != Some(until) {
            return Err(format!("the directory of {name} is not at the place that the end of the archive says"));
        }
        Ok(Directory { from, until, files })
    }

    /// The files of the archive, in the order of its directory and of their data. An error is a sentence.
    pub(in crate::verify) fn members<F: Read + Seek>(&self, bytes: &mut Bytes<'_, F>) -> Result<Vec<Member>, String> {
        let mut entries = Vec::new();
        let mut at = self.from;
        for _ in 0..self.files {
            let (entry, next) = entry(bytes, at)?;
            entries.push(entry);
            at = next;
        }
        let name = bytes.name;
        if at != self.until {
            return Err(format!("the directory of {name} does not end with its last file"));
        }
        let first = entries.first().map_or(self.from, |entry| entry.place);
        if first != 0 {
            return Err(format!("{name} does not begin with its first file, but with {first} other bytes"));
        }
        let nexts: Vec<u64> = entries.iter().skip(1).map(|entry| entry.place).chain([self.from]).collect();
        entries.into_iter().zip(nexts).map(|(entry, next)| entry.member(bytes, next)).collect()
    }
}

/// The entry at a place of the directory, and the place after it.
fn entry<F: Read + Seek>(bytes: &mut Bytes<'_, F>, at: u64) -> Result<(ZipEntry, u64), String> {
    let name = bytes.name;
    let head = bytes.at(at, 46)?;
    if head.u32(0) != ENTRY {
        return Err(format!("the directory of {name} holds something that is not an entry of a file"));
    }
    let [name_size, extra_size, comment_size] = [28, 30, 32].map(|at| usize::from(head.u16(at)));
    let tail = bytes.at(at + 46, name_size + extra_size + comment_size)?.0;
    let (file, tail) = tail.split_at(name_size);
    let extra = Extra(&tail[..extra_size]);
    let (mut packed, mut size, mut place) = (head.u32(20).into(), head.u32(24).into(), head.u32(42).into());
    extra.widen(&mut [&mut size, &mut packed, &mut place]);
    let shown = String::from_utf8_lossy(file).into_owned();
    if comment_size > 0 {
        return Err(format!("the directory of {name} has a comment on {shown}"));
    }
    if extra.renames(file) {
        return Err(format!("the directory of {name} has another name for {shown}"));
    }
    let entry = ZipEntry {
        file: file.to_vec(),
        shown,
        flags: head.u16(8),
        method: head.u16(10),
        crc32: head.u32(16),
        packed,
        size,
        place,
    };
    Ok((entry, at + 46 + (name_size + extra_size) as u64))
}

//! One file of an archive: its header, its data, and the descriptor of the data, if there is one.

use std::io::{Read, Seek};

use super::bytes::{Bytes, Record};
use super::extra::Extra;

const HEADER: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
/// The flags of encrypted files, headers and directories.
const ENCRYPTED: u16 = 0x2041;
/// The flag of a file whose checksum and sizes follow its data.
const DESCRIBED: u16 = 8;

/// What the directory says about a file.
pub(super) struct ZipEntry {
    pub(super) file: Vec<u8>,
    /// The name as text.
    pub(super) shown: String,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    /// The size of its data in bytes.
    pub(super) packed: u64,
    /// The size of its text in bytes.
    pub(super) size: u64,
    pub(super) place: u64,
}

/// A file of the archive on which its header and the directory agree.
pub(in crate::verify) struct Member {
    pub(in crate::verify) name: String,
    /// Whether its data is deflated; otherwise it is stored.
    pub(in crate::verify) deflated: bool,
    pub(in crate::verify) crc32: u32,
    /// The place of its data.
    pub(in crate::verify) data: u64,
    /// The size of its data in bytes.
    pub(in crate::verify) packed: u64,
    /// The size of its text in bytes.
    pub(in crate::verify) size: u64,
}

impl ZipEntry {
    /// Compares the header and the descriptor with the directory. `next` is the place of what follows in the archive.
    pub(super) fn member<F: Read + Seek>(self, bytes: &mut Bytes<'_, F>, next: u64) -> Result<Member, String> {
        let (archive, shown) = (bytes.name, &self.shown);
        let head = bytes.at(self.place, 30)?;
        if head.u32(0) != HEADER {
            return Err(format!("the header of {shown} in {archive} is not where the directory says"));
        }
        let [name_size, extra_size] = [26, 28].map(|at| usize::from(head.u16(at)));
        let tail = bytes.at(self.place + 30, name_size + extra_size)?.0;
        let (file, extra) = tail.split_at(name_size);
        let extra = Extra(extra);
        if file != self.file || extra.renames(file) {
            return Err(format!("the header of {shown} in {archive} has another name for it"));
        }
        let (flags, method) = (head.u16(6), head.u16(8));
        let (known, described) = (ENCRYPTED | DESCRIBED, flags & DESCRIBED != 0);
        if method != self.method || flags & known != self.flags & known {
            return Err(format!(
                "the header of {shown} in {archive} has another method or other flags than the directory"
            ));
        }
        if flags & ENCRYPTED != 0 || !matches!(method, 0 | 8) {
            return Err(format!("{shown} in {archive} is neither stored nor deflated"));
        }
        let (crc32, mut packed, mut size) = (head.u32(14), head.u32(18).into(), head.u32(22).into());
        extra.widen(&mut [&mut size, &mut packed]);
        let later = |value: u64| described && (value == 0 || value == u64::from(u32::MAX));
        let agrees = |value: u64, entry: u64| value == entry || later(value);
        if !agrees(crc32.into(), self.crc32.into()) || !agrees(packed, self.packed) || !agrees(size, self.size) {
            let what = "another CRC-32 or other sizes than the directory";
            return Err(format!("the header of {shown} in {archive} has {what}"));
        }
        let data = self.place + 30 + tail.len() as u64;
        let Some(gap) = data.checked_add(self.packed).and_then(|end| next.checked_sub(end)) else {
            return Err(format!("{shown} in {archive} reaches into what follows it"));
        };
        match gap {
            0 if !described => (),
            12 | 16 | 20 | 24 if described => {
                if !self.is_described(&bytes.at(next - gap, gap as usize)?) {
                    return Err(format!(
                        "the descriptor behind {shown} in {archive} does not agree with the directory"
                    ));
                }
            }
            _ => return Err(format!("what follows {shown} in {archive} belongs to no file")),
        }
        let ZipEntry { shown: name, method, crc32, packed, size, .. } = self;
        Ok(Member { name, deflated: method == 8, crc32, data, packed, size })
    }

    /// Whether a descriptor agrees, which may begin with a signature, and may have sizes of 64 bits.
    fn is_described(&self, descriptor: &Record) -> bool {
        let length = descriptor.0.len();
        let from = if matches!(length, 16 | 24) { 4 } else { 0 };
        let sizes = match length {
            12 | 16 => [4, 8].map(|at| u64::from(descriptor.u32(from + at))),
            _ => [4, 12].map(|at| descriptor.u64(from + at)),
        };
        (from == 0 || descriptor.u32(0) == DESCRIPTOR)
            && (descriptor.u32(from), sizes) == (self.crc32, [self.packed, self.size])
    }
}

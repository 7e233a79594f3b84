//! Packs: files that keep encoded blocks, so that the next export with the same rows need not encode them again.
//!
//! A pack has the blocks of the parts (hours, or days) of one period, for one kind of sheet: everything that shapes their
//! bytes but the calls is in its [`PackKey`]. The calls of a part are known by the [`PartVersion`] of the part. What the
//! blocks print of the directory is in the index as a digest.
//!
//! ```text
//! block, block, …      as they are in an export
//! index                JSON: see index.rs
//! trailer, 24 bytes    length of the index (8 bytes, little-endian), its CRC-32 (4 bytes), 4 zero bytes, "TBPACK01"
//! ```
//!
//! A pack can be removed at any moment. Nothing in it is used without its checksum.

mod basis;
mod index;
mod key;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use basis::Basis;
pub use index::{PackIndex, PartVersion};
pub use key::PackKey;
pub use reader::PackReader;
pub use writer::PackWriter;

/// The end of a pack; the last two bytes are the version of the format.
const MAGIC: &[u8; 8] = b"TBPACK01";

/// The length of the trailer.
const TRAILER: usize = 24;

/// The longest index that is read, in bytes.
const LONGEST_INDEX: u64 = 64 << 20;

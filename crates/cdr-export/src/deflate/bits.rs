//! Bits into bytes, the lowest first.

/// Bits that do not fill a byte yet: at most seven.
#[derive(Clone, Copy, Default)]
pub(super) struct Pending {
    bits: u64,
    count: u32,
}

impl Pending {
    /// Adds three zeros, the heading of a stored block that is not the last, and fills the byte up.
    pub(super) fn stored(&mut self, packed: &mut Vec<u8>) {
        let bytes = (self.count as usize + 3).div_ceil(8);
        packed.extend_from_slice(&self.bits.to_le_bytes()[..bytes]);
        *self = Pending::default();
    }
}

/// The room that a [`BitWriter`] wants beyond what is written.
pub(super) const MARGIN: usize = 16;

/// Writes into a buffer that is large enough for all of it and [`MARGIN`].
pub(super) struct BitWriter<'a> {
    out: &'a mut [u8],
    at: usize,
    bits: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    pub(super) fn new(out: &'a mut [u8], pending: Pending) -> BitWriter<'a> {
        BitWriter { out, at: 0, bits: pending.bits, count: pending.count }
    }

    /// Takes bits, which have to be 0 from `count` on: up to 57 between two flushes.
    #[inline(always)]
    pub(super) fn put(&mut self, bits: u64, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
    }

    /// Writes the whole bytes.
    #[inline(always)]
    pub(super) fn flush(&mut self) {
        // If it does not fit any more, the count of bytes tells.
        if let Some(to) = self.out.get_mut(self.at..self.at + 8) {
            to.copy_from_slice(&self.bits.to_le_bytes());
        }
        self.at += (self.count >> 3) as usize;
        self.bits >>= self.count & !7;
        self.count &= 7;
    }

    /// How many whole bytes there are, and the bits after them.
    pub(super) fn end(mut self) -> (usize, Pending) {
        self.flush();
        (self.at, Pending { bits: self.bits, count: self.count })
    }
}

impl Pending {
    /// How many whole bytes these and so many more bits are, and how many bits are left.
    pub(super) fn and(self, more: u64) -> (usize, u32) {
        let bits = u64::from(self.count) + more;
        ((bits / 8) as usize, (bits % 8) as u32)
    }

    pub(super) fn count(self) -> u32 {
        self.count
    }
}

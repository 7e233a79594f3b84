//! Packs bits into bytes, lowest bit first.

/// The bits of an incomplete byte: at most seven.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pending {
    bits: u64,
    count: u32,
}

impl Pending {
    /// Appends the header of a stored block that is not the last (three zero bits), and pads to a full byte.
    pub(crate) fn stored(&mut self, packed: &mut Vec<u8>) {
        let bytes = (self.count as usize + 3).div_ceil(8);
        packed.extend_from_slice(&self.bits.to_le_bytes()[..bytes]);
        *self = Pending::default();
    }
}

/// The spare bytes that a [`BitWriter`] needs after its output.
pub(crate) const MARGIN: usize = 16;

/// Writes bits into a buffer that has room for the output and [`MARGIN`] more bytes.
pub(crate) struct BitWriter<'a> {
    out: &'a mut [u8],
    at: usize,
    bits: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    pub(crate) fn new(out: &'a mut [u8], pending: Pending) -> BitWriter<'a> {
        BitWriter { out, at: 0, bits: pending.bits, count: pending.count }
    }

    /// Appends the low `count` bits; the higher bits have to be 0. At most 57 bits fit between two flushes.
    #[inline(always)]
    pub(crate) fn put(&mut self, bits: u64, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
    }

    /// Writes the complete bytes.
    #[inline(always)]
    pub(crate) fn flush(&mut self) {
        // A write past the end of the buffer is dropped; the caller detects it by the number of bytes.
        if let Some(to) = self.out.get_mut(self.at..self.at + 8) {
            to.copy_from_slice(&self.bits.to_le_bytes());
        }
        self.at += (self.count >> 3) as usize;
        self.bits >>= self.count & !7;
        self.count &= 7;
    }

    /// Flushes, and returns the number of complete bytes and the pending bits.
    pub(crate) fn end(mut self) -> (usize, Pending) {
        self.flush();
        (self.at, Pending { bits: self.bits, count: self.count })
    }
}

impl Pending {
    /// The number of complete bytes in these bits and `more` further bits, and the number of bits left over.
    pub(crate) fn and(self, more: u64) -> (usize, u32) {
        let bits = u64::from(self.count) + more;
        ((bits / 8) as usize, (bits % 8) as u32)
    }

    pub(crate) fn count(self) -> u32 {
        self.count
    }
}

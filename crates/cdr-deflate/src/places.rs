//! The places where fields and words started before, by their first bytes.

use crate::symbols::WINDOW;

/// The binary logarithm of the number of slots of each table.
const SLOTS: u32 = 12;
/// The number of bytes that a place is looked at for.
const LOOK: usize = 32;
/// The number of bytes compared first.
const FIRST: usize = 16;
/// The most bytes that are found at once. A search behind them finds the rest.
pub(crate) const MOST: usize = 1 << 14;

/// The positions of earlier starts. A position is kept as the lower 16 bits of the offset in the text; any two positions
/// in the window differ in these bits. An unset position is 0, the offset of the first byte. It is harmless, because the
/// bytes are compared anyway, as they are for positions of other keys with the same hash.
pub(crate) struct Places {
    /// The last four positions with the same eight bytes, the last one lowest.
    by_eight: Box<[u64; 1 << SLOTS]>,
    /// The last position with the same four bytes.
    by_four: Box<[u16; 1 << SLOTS]>,
    /// The last position with the same 32 bytes: fields that follow each other are found together.
    by_all: Box<[u16; 1 << SLOTS]>,
}

/// A position with its next bytes.
pub(crate) struct Here {
    at: usize,
    bytes: [u64; LOOK / 8],
}

/// The best match at a position; its length is 0 if there is none.
#[derive(Clone, Copy, Default)]
pub(crate) struct Found {
    pub(crate) length: usize,
    pub(crate) distance: usize,
}

impl Here {
    /// The first eight bytes, the first one lowest.
    #[inline(always)]
    pub(crate) fn first(&self) -> u64 {
        self.bytes[0]
    }

    /// `None` if the text ends within the bytes that are looked at.
    #[inline(always)]
    pub(crate) fn new(text: &[u8], at: usize) -> Option<Here> {
        let (bytes, _) = text.get(at..at + LOOK)?.as_chunks();
        let &[a, b, c, d] = bytes else { return None };
        Some(Here { at, bytes: [a, b, c, d].map(u64::from_le_bytes) })
    }

    /// The distance to a position with the same 32 bytes.
    #[inline(always)]
    fn same_as(&self, text: &[u8], place: u16) -> Option<usize> {
        let (distance, valid) = self.distance(place);
        let from = self.at - (distance & valid as usize);
        let &[a, b, c, d] = text.get(from..from + LOOK)?.as_chunks().0 else { return None };
        let [a, b, c, d] = [a, b, c, d].map(u64::from_le_bytes);
        let [e, f, g, h] = self.bytes;
        let same = (a ^ e | b ^ f | c ^ g | d ^ h) == 0;
        (same & (valid != 0)).then_some(distance)
    }

    /// Compares the first 16 bytes with those at a position. Returns a number that is the greater the more of them are
    /// the same, and for as many the greater `rank` is, of up to 7: eight times the number of bytes, rank, and in the
    /// lower 16 bits the distance. It is 0 if the position is not in the window, or the first eight bytes differ.
    #[inline(always)]
    fn sixteen(&self, text: &[u8], place: u16, rank: u32) -> u32 {
        let (distance, valid) = self.distance(place);
        let from = self.at - (distance & valid as usize);
        let Some(there) = text.get(from..from + FIRST) else { return 0 };
        let &[low, high] = there.as_chunks().0 else { return 0 };
        let eight = u32::from(u64::from_le_bytes(low) == self.bytes[0]).wrapping_neg();
        let alike = (64 + (u64::from_le_bytes(high) ^ self.bytes[1]).trailing_zeros()) & !7;
        ((alike | rank) << 16 | distance as u32) & valid & eight
    }

    /// The same for the first eight bytes, of which not all are the same.
    #[inline(always)]
    fn eight(&self, text: &[u8], place: u16) -> u32 {
        let (distance, valid) = self.distance(place);
        let from = self.at - (distance & valid as usize);
        let there = text.get(from..from + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let alike = (there ^ self.bytes[0]).trailing_zeros() & !7;
        (alike << 16 | distance as u32) & valid
    }

    /// The distance to a position, and a mask: all ones if it is in the window. A mask cannot be compiled to a branch,
    /// which would often be predicted wrongly.
    #[inline(always)]
    fn distance(&self, place: u16) -> (usize, u32) {
        let distance = usize::from((self.at as u16).wrapping_sub(place));
        (distance, u32::from(distance.wrapping_sub(1) < self.at.min(WINDOW)).wrapping_neg())
    }
}

impl Places {
    pub(crate) fn new() -> Places {
        let (by_four, by_all) = (Box::new([0; 1 << SLOTS]), Box::new([0; 1 << SLOTS]));
        Places { by_eight: Box::new([0; 1 << SLOTS]), by_four, by_all }
    }

    pub(crate) fn clear(&mut self) {
        self.by_eight.fill(0);
        self.by_four.fill(0);
        self.by_all.fill(0);
    }

    /// Stores a position within a match, by its first eight bytes alone.
    #[inline(always)]
    pub(crate) fn note(&mut self, here: &Here) {
        let slot = &mut self.by_eight[slot(here.bytes[0])];
        *slot = *slot << 16 | here.at as u64 & 0xffff;
    }

    /// Finds the best match at a position, and stores it.
    #[inline(always)]
    pub(crate) fn find(&mut self, text: &[u8], here: &Here) -> Found {
        let [a, b, c, d] = here.bytes;
        let all = a ^ b.rotate_left(11) ^ c.rotate_left(23) ^ d.rotate_left(37);
        let all = std::mem::replace(&mut self.by_all[slot(all)], here.at as u16);
        let four = std::mem::replace(&mut self.by_four[slot(a << 32)], here.at as u16);
        let eights = self.by_eight[slot(a)];
        self.note(here);

        if let Some(distance) = here.same_as(text, all) {
            return Found { length: same(text, here.at - distance, here.at), distance };
        }
        let found = [
            here.sixteen(text, eights as u16, 4),
            here.sixteen(text, (eights >> 16) as u16, 3),
            here.sixteen(text, (eights >> 32) as u16, 2),
            here.sixteen(text, (eights >> 48) as u16, 1),
        ];
        let [a, b, c, d] = found;
        let best = a.max(b).max(c.max(d)).max(here.eight(text, four));
        let mut best = Found { length: (best >> 19) as usize, distance: (best & 0xffff) as usize };
        if best.length < FIRST {
            return best;
        }
        best.length = same(text, here.at - best.distance, here.at);
        if best.length >= LOOK {
            return best;
        }
        for found in found {
            let distance = (found & 0xffff) as usize;
            // Few of the others reach further.
            let further = text.get(here.at - distance + best.length) == text.get(here.at + best.length);
            if further & (found >> 19 == FIRST as u32) {
                let length = same(text, here.at - distance, here.at);
                if length > best.length {
                    best = Found { length, distance };
                }
            }
        }
        best
    }
}

#[inline(always)]
fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b1_85eb_ca87) >> (u64::BITS - SLOTS)) as usize
}

/// The number of bytes from `here` on that equal those from `there` on, up to [`MOST`]; the first 16 are known to.
#[inline(always)]
fn same(text: &[u8], there: usize, here: usize) -> usize {
    let most = (text.len() - here).min(MOST);
    let (there, here) = (&text[there..there + most], &text[here..here + most]);
    let mut same = FIRST;
    for (one, other) in there[FIRST..].as_chunks().0.iter().zip(here[FIRST..].as_chunks().0) {
        let differ = u128::from_le_bytes(*one) ^ u128::from_le_bytes(*other);
        if differ != 0 {
            return same + (differ.trailing_zeros() / 8) as usize;
        }
        same += FIRST;
    }
    same + there[same..].iter().zip(&here[same..]).take_while(|(one, other)| one == other).count()
}

const _: () = assert!(WINDOW <= 1 << 15);

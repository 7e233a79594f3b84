//! Prefix codes: canonical codes of limited length from symbol frequencies (RFC 1951, 3.2.2).

/// A symbol's code, first bit lowest, and its length in bits.
#[derive(Clone, Copy, Default)]
pub(crate) struct Code {
    pub(crate) bits: u32,
    pub(crate) length: u32,
}

impl Code {
    /// The code followed by `bits` extra bits.
    #[inline(always)]
    pub(crate) fn with(self, more: u32, bits: u8) -> Code {
        Code { bits: self.bits | more << self.length, length: self.length + u32::from(bits) }
    }
}

/// The longest code in deflate.
const LONGEST: usize = 15;

/// Computes code lengths of at most `limit` bits from symbol frequencies. Symbols that do not occur get 0. At least two
/// symbols get a code, because a decoder may require the code to be complete.
pub(crate) fn lengths<const N: usize>(often: &[u32; N], limit: usize) -> [u8; N] {
    let mut lengths = [0; N];
    // The frequency in the upper bits, the symbol in the lower ones: sorts fast, with ties in a fixed order.
    let mut symbols = [0u64; N];
    let mut used = 0;
    let present = (0u64..).zip(often).filter(|(_, often)| **often > 0);
    for (symbol, often) in present {
        symbols[used] = u64::from(*often) << 16 | symbol;
        used += 1;
    }
    let absent = (0u64..).zip(often).filter(|(_, often)| **often == 0);
    for (symbol, _) in absent.take(2usize.saturating_sub(used)) {
        symbols[used] = 1 << 16 | symbol;
        used += 1;
    }
    let symbols = &mut symbols[..used];
    symbols.sort_unstable();
    let counts = limited(depths(symbols), limit);
    let mut rarest_first = symbols.iter();
    for (length, count) in counts.iter().enumerate().rev() {
        for symbol in rarest_first.by_ref().take(*count as usize) {
            lengths[(symbol & 0xffff) as usize] = length as u8;
        }
    }
    lengths
}

/// The number of leaves at each depth of the optimal tree over these sorted symbols. Depths over 31 count as 31.
fn depths(symbols: &[u64]) -> [u32; 32] {
    let leaves = symbols.len();
    // The inner nodes of the tree in the order of creation, which is the order of their weights. Parents follow their
    // children.
    let mut weights = [0u64; 288];
    let mut leaf_parents = [0u16; 288];
    let mut node_parents = [0u16; 288];
    let (mut leaf, mut node) = (0, 0);
    for made in 0..leaves.saturating_sub(1) {
        for _ in 0..2 {
            if leaf < leaves && (node == made || symbols[leaf] >> 16 <= weights[node]) {
                weights[made] += symbols[leaf] >> 16;
                leaf_parents[leaf] = made as u16;
                leaf += 1;
            } else {
                weights[made] += weights[node];
                node_parents[node] = made as u16;
                node += 1;
            }
        }
    }
    let mut counts = [0; 32];
    let mut node_depths = [0u8; 288];
    for node in (0..leaves.saturating_sub(2)).rev() {
        node_depths[node] = (node_depths[node_parents[node] as usize] + 1).min(30);
    }
    for leaf in 0..leaves {
        counts[node_depths[leaf_parents[leaf] as usize] as usize + 1] += 1;
    }
    counts
}

/// Limits all lengths to `limit` bits and keeps the code complete.
fn limited(mut counts: [u32; 32], limit: usize) -> [u32; LONGEST + 1] {
    counts[limit] = counts[limit..].iter().sum();
    let mut taken: u32 = (1..=limit).map(|length| counts[length] << (limit - length)).sum();
    while taken > 1 << limit {
        // Pairs one of the longest codes with a shorter code, which becomes one bit longer.
        counts[limit] -= 1;
        if let Some(shorter) = (1..limit).rev().find(|length| counts[*length] > 0) {
            counts[shorter] -= 1;
            counts[shorter + 1] += 2;
        }
        taken -= 1;
    }
    let mut short = [0; LONGEST + 1];
    short[..=limit].copy_from_slice(&counts[..=limit]);
    short
}

/// The canonical codes of these lengths.
pub(crate) fn codes<const N: usize>(lengths: &[u8; N]) -> [Code; N] {
    let mut next = [0u32; LONGEST + 2];
    for length in lengths {
        next[usize::from(*length).min(LONGEST) + 1] += 1;
    }
    next[1] = 0;
    let mut first = 0;
    for slot in next.iter_mut().skip(1) {
        first = (first + *slot) << 1;
        *slot = first;
    }
    let mut codes = [Code::default(); N];
    for (code, length) in codes.iter_mut().zip(*lengths) {
        if length > 0 {
            let slot = &mut next[usize::from(length).min(LONGEST)];
            let length = u32::from(length);
            *code = Code { bits: slot.reverse_bits() >> (u32::BITS - length), length };
            *slot += 1;
        }
    }
    codes
}

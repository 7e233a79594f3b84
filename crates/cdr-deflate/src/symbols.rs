//! The symbols of literals, lengths and distances (RFC 1951, 3.2.5).

/// The number of symbols for literals, end of block and lengths. The last two are never used, but have fixed codes.
pub(crate) const LITERALS: usize = 288;
/// The number of symbols for distances.
pub(crate) const DISTANCES: usize = 30;
pub(crate) const END_OF_BLOCK: usize = 256;

/// The length of the shortest and of the longest match in bytes.
pub(crate) const SHORTEST: usize = 3;
pub(crate) const LONGEST: usize = 258;
/// The largest distance.
pub(crate) const WINDOW: usize = 1 << 15;

/// A symbol for several lengths or distances: the smallest of them, and the number of extra bits that select one.
#[derive(Clone, Copy)]
pub(crate) struct Symbol {
    pub(crate) symbol: u16,
    pub(crate) least: u16,
    pub(crate) extra: u8,
}

/// The symbols by length; the index and `least` are the length less [`SHORTEST`].
pub(crate) const LENGTHS: [Symbol; 256] = {
    let mut all = [Symbol { symbol: 285, least: 255, extra: 0 }; 256];
    let (mut symbol, mut least) = (257, 0);
    // The last symbol is for the longest length only.
    while symbol < 285 {
        let extra = if symbol < 265 { 0 } else { (symbol - 261) / 4 };
        let mut length = least;
        while length < least + (1 << extra) && length < 255 {
            all[length] = Symbol { symbol, least: least as u16, extra: extra as u8 };
            length += 1;
        }
        least += 1 << extra;
        symbol += 1;
    }
    all
};

/// The distance symbols; `least` is the smallest distance less 1.
pub(crate) const DISTANCE_SYMBOLS: [Symbol; DISTANCES] = {
    let mut all = [Symbol { symbol: 0, least: 0, extra: 0 }; DISTANCES];
    let (mut symbol, mut least) = (0, 0u32);
    while symbol < DISTANCES {
        let extra = if symbol < 4 { 0 } else { symbol / 2 - 1 };
        all[symbol] = Symbol { symbol: symbol as u16, least: least as u16, extra: extra as u8 };
        least += 1 << extra;
        symbol += 1;
    }
    all
};

/// The symbol of a distance; `distance` is the distance less 1.
#[inline(always)]
pub(crate) fn distance_symbol(distance: u16) -> u8 {
    let at = if distance < 256 { distance } else { 256 + (distance >> 7) };
    BY_DISTANCE[usize::from(at) % BY_DISTANCE.len()]
}

/// The symbols by the distance less 1 if that is below 256, else by 256 plus its upper bits.
const BY_DISTANCE: [u8; 512] = {
    let mut all = [0; 512];
    let mut at = 0;
    while at < 512 {
        let distance = if at < 256 { at } else { (at - 256) << 7 };
        let mut symbol = 0;
        while symbol + 1 < DISTANCES && DISTANCE_SYMBOLS[symbol + 1].least as usize <= distance {
            symbol += 1;
        }
        all[at] = symbol as u8;
        at += 1;
    }
    all
};

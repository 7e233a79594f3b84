//! Writes tokens as a deflate block.

use crate::error::DeflateError;

use crate::bits::{BitWriter, MARGIN, Pending};
use crate::heading::Heading;
use crate::huffman::{self, Code};
use crate::symbols::{DISTANCE_SYMBOLS, DISTANCES, END_OF_BLOCK, LENGTHS, LITERALS, SHORTEST};
use crate::tokens::Tokens;

/// Block headers of three bits each: not the last block, and the compression type.
const FIXED: u64 = 0b010;
const DYNAMIC: u64 = 0b100;

/// The maximum length of a stored block's text, and the bytes it takes in addition to its text.
const STORED: usize = 0xffff;
const STORED_MORE: usize = 5;

/// The maximum code length of literals and lengths, so that four codes fit between two flushes.
const LONGEST_LITERAL: usize = 14;
const LONGEST_DISTANCE: usize = 15;

const FIXED_LITERALS: [u8; LITERALS] = {
    let mut lengths = [8; LITERALS];
    let mut symbol = 144;
    while symbol < 280 {
        lengths[symbol] = if symbol < END_OF_BLOCK { 9 } else { 7 };
        symbol += 1;
    }
    lengths
};
const FIXED_DISTANCES: [u8; DISTANCES] = [5; DISTANCES];

/// Writes the text that the tokens encode, as the smallest of a stored, a fixed and a dynamic block.
pub(crate) fn write(
    tokens: &Tokens,
    text: &[u8],
    packed: &mut Vec<u8>,
    pending: &mut Pending,
) -> Result<(), DeflateError> {
    let literals = huffman::lengths(&tokens.literals, LONGEST_LITERAL);
    let distances = huffman::lengths(&tokens.distances, LONGEST_DISTANCE);
    let heading = Heading::new(&literals, &distances);
    let dynamic = 3 + heading.size() + size(tokens, &literals, &distances);
    let fixed = 3 + size(tokens, &FIXED_LITERALS, &FIXED_DISTANCES);
    let stored = 8 * (text.len() + STORED_MORE * text.len().div_ceil(STORED)) as u64;
    if stored <= dynamic.min(fixed) {
        store(text, packed, pending);
        return Ok(());
    }
    let start = packed.len();
    let (bytes, bits) = pending.and(dynamic.min(fixed));
    packed.resize(start + bytes + MARGIN, 0);
    let mut out = BitWriter::new(&mut packed[start..], *pending);
    if fixed <= dynamic {
        out.put(FIXED, 3);
        body(tokens, text, &huffman::codes(&FIXED_LITERALS), &huffman::codes(&FIXED_DISTANCES), &mut out);
    } else {
        out.put(DYNAMIC, 3);
        heading.write(&mut out);
        body(tokens, text, &huffman::codes(&literals), &huffman::codes(&distances), &mut out);
    }
    let (written, left) = out.end();
    packed.truncate(start + bytes);
    *pending = left;
    let (expected, written) = (8 * bytes as u64 + u64::from(bits), 8 * written as u64 + u64::from(left.count()));
    if written == expected { Ok(()) } else { Err(DeflateError { expected, written }) }
}

/// Aligns the output to a byte with an empty stored block.
pub(crate) fn align(packed: &mut Vec<u8>, pending: &mut Pending) {
    pending.stored(packed);
    packed.extend_from_slice(&[0, 0, 0xff, 0xff]);
}

fn store(text: &[u8], packed: &mut Vec<u8>, pending: &mut Pending) {
    for piece in text.chunks(STORED) {
        pending.stored(packed);
        let length = piece.len() as u16;
        packed.extend_from_slice(&length.to_le_bytes());
        packed.extend_from_slice(&(!length).to_le_bytes());
        packed.extend_from_slice(piece);
    }
}

/// The encoded size of the tokens with codes of these lengths, in bits.
fn size(tokens: &Tokens, literals: &[u8; LITERALS], distances: &[u8; DISTANCES]) -> u64 {
    let plain = tokens.literals.iter().zip(literals).map(|(often, length)| u64::from(*often) * u64::from(*length));
    let firsts = LENGTHS.chunk_by(|one, other| one.symbol == other.symbol).map(|same| same[0]);
    let extra = firsts.map(|first| u64::from(tokens.literals[usize::from(first.symbol)]) * u64::from(first.extra));
    let back = tokens.distances.iter().zip(distances).zip(&DISTANCE_SYMBOLS);
    let back = back.map(|((often, length), symbol)| u64::from(*often) * u64::from(length + symbol.extra));
    plain.chain(extra).chain(back).sum()
}

fn body(tokens: &Tokens, text: &[u8], literals: &[Code; LITERALS], distances: &[Code; DISTANCES], out: &mut BitWriter) {
    // The code of each length is combined with its extra bits once per block.
    let mut lengths = [Code::default(); 256];
    for (length, (code, symbol)) in (0..).zip(lengths.iter_mut().zip(&LENGTHS)) {
        *code = literals[usize::from(symbol.symbol)].with(length - u32::from(symbol.least), symbol.extra);
    }
    let mut rest = text;
    for step in &tokens.steps {
        let Some((plain, later)) = rest.split_at_checked(step.literals as usize) else { return };
        put_literals(plain, literals, out);
        let length = lengths[usize::from(step.length)];
        out.put(u64::from(length.bits), length.length);
        let symbol = DISTANCE_SYMBOLS[usize::from(step.symbol) % DISTANCES];
        let distance = distances[usize::from(step.symbol) % DISTANCES];
        let distance = distance.with(u32::from(step.distance - symbol.least), symbol.extra);
        out.put(u64::from(distance.bits), distance.length);
        out.flush();
        let Some((_, later)) = later.split_at_checked(usize::from(step.length) + SHORTEST) else { return };
        rest = later;
    }
    put_literals(rest, literals, out);
    let end = literals[END_OF_BLOCK];
    out.put(u64::from(end.bits), end.length);
}

#[inline(always)]
fn put_literals(plain: &[u8], literals: &[Code; LITERALS], out: &mut BitWriter) {
    let (fours, rest) = plain.as_chunks::<4>();
    for four in fours {
        for byte in four {
            let code = literals[usize::from(*byte)];
            out.put(u64::from(code.bits), code.length);
        }
        out.flush();
    }
    for byte in rest {
        let code = literals[usize::from(*byte)];
        out.put(u64::from(code.bits), code.length);
    }
    out.flush();
}

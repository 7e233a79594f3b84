//! The document of a chunk: the numbers and starts of its records, then their bytes as received, compressed with zlib.

use std::io::{Read, Write};

use cdr_mediation::KeptLine;
use cdr_model::Timestamp;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

/// The version of the form.
const VERSION: u8 = 1;
/// How hard the bytes are compressed, of 9: more makes them little smaller and takes much longer.
const LEVEL: u32 = 4;

/// The document of lines, and its size before compression.
pub(super) fn write(lines: &[KeptLine]) -> std::io::Result<(Vec<u8>, usize)> {
    let mut plain = vec![VERSION];
    put(&mut plain, lines.len() as u64);
    let (mut number, mut start) = (0, 0);
    for line in lines {
        put_signed(&mut plain, line.number.wrapping_sub(number));
        put_signed(&mut plain, line.started_at.micros().wrapping_sub(start));
        put(&mut plain, line.raw.len() as u64);
        (number, start) = (line.number, line.started_at.micros());
    }
    lines.iter().for_each(|line| plain.extend_from_slice(&line.raw));
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(plain.len() / 4), Compression::new(LEVEL));
    encoder.write_all(&plain)?;
    Ok((encoder.finish()?, plain.len()))
}

/// The lines of a document; `None` if it is damaged or of a newer program.
pub(super) fn read(document: &[u8]) -> Option<Vec<KeptLine>> {
    let mut plain = Vec::new();
    ZlibDecoder::new(document).read_to_end(&mut plain).ok()?;
    let mut rest = plain.strip_prefix(&[VERSION])?;
    let lines = take(&mut rest)?;
    let (mut number, mut start) = (0_i64, 0_i64);
    let mut heads = Vec::new();
    for _ in 0..lines {
        number = number.wrapping_add(take_signed(&mut rest)?);
        start = start.wrapping_add(take_signed(&mut rest)?);
        heads.push((number, start, usize::try_from(take(&mut rest)?).ok()?));
    }
    let mut read = Vec::with_capacity(heads.len());
    for (number, start, length) in heads {
        let (raw, after) = rest.split_at_checked(length)?;
        read.push(KeptLine { number, started_at: Timestamp::from_micros(start), raw: raw.to_vec() });
        rest = after;
    }
    rest.is_empty().then_some(read)
}

/// Appends a number in groups of seven bits, the lowest first.
fn put(into: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        into.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn put_signed(into: &mut Vec<u8>, number: i64) {
    put(into, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn take(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take_signed(from: &mut &[u8]) -> Option<i64> {
    let number = take(from)?;
    Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use cdr_mediation::KeptLine;
    use cdr_model::Timestamp;
    use proptest::prelude::*;

    use super::{read, write};

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(26), ..ProptestConfig::default() })]
        #[test]
        fn a_document_has_its_lines(lines: Vec<(i64, i64, Vec<u8>)>) {
            let line = |(number, start, raw)| KeptLine { number, started_at: Timestamp::from_micros(start), raw };
            let lines: Vec<KeptLine> = lines.into_iter().map(line).collect();
            let (document, _) = write(&lines).unwrap();
            prop_assert_eq!(read(&document), Some(lines));
        }
    }

    #[test]
    fn a_damaged_document_is_no_panic() {
        let line = KeptLine { number: 7, started_at: Timestamp::from_micros(9), raw: b"a,b".to_vec() };
        let (document, size) = write(&[line.clone(), line]).unwrap();
        assert_eq!(size, 2 + 2 * 3 + 6);
        for length in 0..document.len() {
            assert_eq!(read(&document[..length]), None, "{length}");
        }
    }
}

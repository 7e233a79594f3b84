//! Compressed text of any kind decompresses to the original.

mod fuzzed;
mod texts;

use std::io::Read;

use flate2::read::DeflateDecoder;
use proptest::collection::vec;
use proptest::prelude::*;

use self::texts::{noise, random_bytes, rows};
use crate::{Deflater, STREAM_END};

fn packed(text: &[u8]) -> Vec<u8> {
    packed_by(&mut Deflater::new(), text)
}

fn packed_by(deflater: &mut Deflater, text: &[u8]) -> Vec<u8> {
    // The existing content of the buffer is preserved and does not affect the appended bytes.
    let mut packed = vec![7; 5];
    deflater.pack(text, &mut packed).unwrap();
    assert!(packed.starts_with(&[7; 5]));
    packed.drain(..5);
    assert!(packed.ends_with(&[0, 0, 0xff, 0xff]), "no full flush");
    assert!(packed.len() <= text.len() + text.len() / 4096 + 16, "{} bytes of {}", packed.len(), text.len());
    packed
}

fn inflated(blocks: &[Vec<u8>]) -> Vec<u8> {
    let stream = [blocks.concat().as_slice(), STREAM_END].concat();
    let mut text = Vec::new();
    let mut decoder = DeflateDecoder::new(stream.as_slice());
    decoder.read_to_end(&mut text).unwrap();
    assert_eq!(decoder.total_in(), stream.len() as u64);
    text
}

#[test]
fn texts_of_every_kind_round_trip() {
    let texts: [(&str, Vec<u8>); 16] = [
        ("empty", Vec::new()),
        ("one byte", b"a".to_vec()),
        ("one separator", b",".to_vec()),
        ("a heading", b"number,id,started_at,ended_at\r\n".to_vec()),
        ("all the same", vec![b'a'; 1_000_000]),
        ("only separators", vec![b','; 300_000]),
        ("only line ends", vec![b'\n'; 70_000]),
        ("only zeros", vec![0; 5_000_000]),
        ("alternating", b"a,".repeat(100_000)),
        ("alternating in long fields", b"abcdefghijklmnopqrstuvw".repeat(9_000)),
        ("one giant field", noise(3).map(|number| b'a' + (number % 26) as u8).take(900_000).collect()),
        ("random", random_bytes(700_000)),
        ("random, and longer than a piece", random_bytes(crate::deflater::PIECE + 70_000)),
        ("random twice, just within the window", random_bytes(32_768).repeat(2)),
        ("bytes of every value", (0..=255).collect::<Vec<u8>>().repeat(300)),
        ("rows and more than a piece", rows(40_000)),
    ];
    for (name, text) in &texts {
        assert!(inflated(&[packed(text)]) == *text, "{name}");
    }
}

#[test]
fn every_match_length_round_trips() {
    for length in (0..600).chain([32_767, 32_768, 32_769, 65_535, 65_536]) {
        let field = random_bytes(length.min(600));
        let gap = vec![b'-'; length.saturating_sub(600)];
        let text = [b",".as_slice(), &field, b",", &gap, b",", &field, b"\n,", &field[..length.min(99)]].concat();
        assert!(inflated(&[packed(&text)]) == text, "{length}");
    }
}

#[test]
fn the_most_uneven_frequencies_round_trip() {
    // The frequencies are Fibonacci numbers: without a limit the longest code would have one bit per distinct byte.
    let (mut text, mut often, mut next) = (Vec::new(), 1, 1);
    for byte in 0..26 {
        text.extend(std::iter::repeat_n(b'A' + byte, often));
        (often, next) = (next, often + next);
    }
    // Shuffled, so that there are few matches.
    for (at, number) in (1..text.len()).rev().zip(noise(1)) {
        text.swap(at, number as usize % (at + 1));
    }
    assert!(inflated(&[packed(&text)]) == text);
}

#[test]
fn rows_compress_well_and_random_bytes_hardly_grow() {
    let rows = rows(2_000);
    assert!(packed(&rows).len() * 4 < rows.len(), "{} of {}", packed(&rows).len(), rows.len());
    assert!(packed(&vec![b'a'; 1 << 20]).len() < 10_000);
    let random = random_bytes(1 << 20);
    assert!(packed(&random).len() < random.len() + 100);
}

/// The tables have a fixed size, and the room for the steps of a block never grows.
#[test]
fn memory_does_not_grow_with_the_text() {
    let mut deflater = Deflater::new();
    let room = deflater.tokens.steps.capacity();
    for text in [rows(40_000), vec![b'a'; 9_000_000], b"ab,c".repeat(1_000_000), b"abcdefghijkl,".repeat(300_000)] {
        packed_by(&mut deflater, &text);
        assert_eq!(deflater.tokens.steps.capacity(), room);
    }
}

proptest! {
    #[test]
    fn any_bytes_round_trip(text in vec(any::<u8>(), 0..4_000)) {
        prop_assert_eq!(inflated(&[packed(&text)]), text);
    }

    #[test]
    fn texts_of_few_different_bytes_round_trip(text in "[ab,\n\":0é]{0,3000}") {
        prop_assert_eq!(inflated(&[packed(text.as_bytes())]), text.as_bytes());
    }

    #[test]
    fn rows_of_words_round_trip(
        words in vec("[a-z0-9@:. -]{0,20}", 1..9), picked in vec((any::<prop::sample::Index>(), 0u8..12), 0..900),
    ) {
        let mut text = String::new();
        for (word, end) in picked {
            text += word.get(words.as_slice()).as_str();
            text.push(if end == 0 { '\n' } else { ',' });
        }
        prop_assert_eq!(inflated(&[packed(text.as_bytes())]), text.as_bytes());
    }

    #[test]
    fn concatenated_blocks_are_concatenated_texts(texts in vec("[a-d,\n]{0,400}", 0..9)) {
        let blocks: Vec<_> = texts.iter().map(|text| packed(text.as_bytes())).collect();
        prop_assert_eq!(inflated(&blocks), texts.concat().into_bytes());
    }

    #[test]
    fn earlier_texts_do_not_affect_the_bytes(before in vec("[a-d,\n]{0,900}", 0..5), text in "[a-d,\n]{0,900}") {
        let mut used = Deflater::new();
        for text in before {
            packed_by(&mut used, text.as_bytes());
        }
        prop_assert_eq!(packed_by(&mut used, text.as_bytes()), packed(text.as_bytes()));
    }
}

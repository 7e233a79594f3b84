// Invariants for any input. The fuzz target and, on stable, `src/tests/fuzzed.rs` include this file.

use std::io::Read;

use cdr_deflate::{Deflater, STREAM_END};

/// Packs the input as several texts, split where its first byte says, and panics if an invariant of the encoder is
/// violated.
fn body(data: &[u8]) {
    let Some((every, data)) = data.split_first() else { return };
    let texts: Vec<&[u8]> = data.chunks(usize::from(*every) * 7 + 1).chain([&[][..]]).collect();
    let (mut deflater, mut stream) = (Deflater::new(), Vec::new());
    for text in &texts {
        let start = stream.len();
        deflater.pack(text, &mut stream).expect("the computed size of a block is its size");
        let packed = &stream[start..];
        assert!(packed.ends_with(&[0, 0, 0xff, 0xff]), "each text ends with a full flush");
        assert!(packed.len() <= text.len() + text.len() / 4096 + 16, "{} bytes of {}", packed.len(), text.len());
        let mut alone = Vec::new();
        Deflater::new().pack(text, &mut alone).expect("the computed size of a block is its size");
        assert_eq!(packed, alone, "the bytes depend on the text alone");
    }
    stream.extend_from_slice(STREAM_END);
    let (mut inflated, mut decoder) = (Vec::new(), flate2::read::DeflateDecoder::new(stream.as_slice()));
    decoder.read_to_end(&mut inflated).expect("the stream is deflate");
    assert_eq!(decoder.total_in(), stream.len() as u64, "the stream ends where it ends");
    assert!(inflated == data, "{} bytes came back as {} other ones", data.len(), inflated.len());
}

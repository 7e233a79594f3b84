//! Digests and natural keys, which identify records.

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest as _, Sha256};

/// The longest key that is stored unchanged, in bytes.
const KEY_BYTES: usize = 200;

/// SHA-256 over several parts. Each part is preceded by its length (64 bits, little endian), so that a different split
/// of the same bytes gives a different digest.
#[derive(Default)]
pub(crate) struct Digest {
    hash: Sha256,
    /// Parts that are to be hashed together: most are shorter than a block of the hash.
    waiting: Vec<u8>,
}

/// The bytes that are hashed together.
const AT_ONCE: usize = 4096;

impl Digest {
    /// The digest of all of these parts.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut digest = Digest { waiting: Vec::with_capacity(AT_ONCE / 2), ..Digest::default() };
        parts.into_iter().for_each(|part| digest.add(part));
        digest.finish()
    }

    fn add(&mut self, part: &[u8]) {
        append(&mut self.waiting, part);
        if self.waiting.len() >= AT_ONCE {
            self.hash.update(&self.waiting);
            self.waiting.clear();
        }
    }

    fn finish(mut self) -> [u8; 32] {
        self.hash.update(&self.waiting);
        self.hash.finalize().into()
    }
}

/// The bytes of which [`Digest::of`] is the digest.
pub(crate) fn digested<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(AT_ONCE / 8);
    parts.into_iter().for_each(|part| append(&mut bytes, part));
    bytes
}

fn append(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
    bytes.extend_from_slice(part);
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}

/// The bytes of 64 hexadecimal digits.
pub(crate) fn unhex(digits: &str) -> Option<[u8; 32]> {
    HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?.try_into().ok()
}

/// A natural key as it is stored. A key over 200 bytes becomes `sha256:` and 64 hexadecimal digits.
pub(crate) fn key(natural: String) -> String {
    if natural.len() <= KEY_BYTES { natural } else { format!("sha256:{}", hex(&Sha256::digest(natural.as_bytes()))) }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::{Digest, digested, hex, key, unhex};

    #[test]
    fn a_different_split_gives_a_different_digest() {
        let digest = |parts: &[&str]| Digest::of(parts.iter().map(|part| part.as_bytes()));
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(digest(&["a", ""]), digest(&["a"]));
        assert_eq!(digest(&["a", "b"]), digest(&["a", "b"]));
    }

    #[test]
    fn parts_of_any_length_are_hashed_in_their_order() {
        let parts: Vec<Vec<u8>> = [0, 1, 63, 4_080, 4_088, 4_096, 10_000, 3].map(|length| vec![b'x'; length]).to_vec();
        let mut whole = Sha256::new();
        for part in &parts {
            whole.update((part.len() as u64).to_le_bytes());
            whole.update(part);
        }
        assert_eq!(Digest::of(parts.iter().map(Vec::as_slice)), <[u8; 32]>::from(whole.finalize()));
        let bytes = digested(parts.iter().map(Vec::as_slice));
        assert_eq!(Digest::of(parts.iter().map(Vec::as_slice)), <[u8; 32]>::from(Sha256::digest(bytes)));
    }

    #[test]
    fn a_key_of_over_200_bytes_becomes_its_digest() {
        assert_eq!(key("k".repeat(200)), "k".repeat(200));
        // printf 'k%.0s' {1..201} | sha256sum
        let long = key("k".repeat(201));
        assert_eq!((long.len(), &long[..7]), (71, "sha256:"));
        assert_ne!(long, key("k".repeat(202)));
        assert_eq!(hex(&[0, 255, 16]), "00ff10");
    }

    #[test]
    fn a_digest_reads_back() {
        let digest: [u8; 32] = std::array::from_fn(|at| at as u8 * 8);
        assert_eq!(unhex(&hex(&digest)), Some(digest));
        for text in ["", "00", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32), &"+1".repeat(32)] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}

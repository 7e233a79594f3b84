//! The digest by which a store finds a natural key.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The first 16 bytes of SHA-256 over the number of the source (8 bytes, the most significant first) and the natural key.
/// Stores hold it, and migrations compute it in SQL: it never changes.
pub(crate) fn key_digest(source_id: i64, key: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::new().chain_update(source_id.to_be_bytes()).chain_update(key).finalize().into();
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::key_digest;

    #[test]
    fn it_is_the_digest_of_the_source_and_the_key() {
        // printf '\0\0\0\0\0\0\0\7%s' 1700000000.12 | sha256sum
        assert_eq!(key_digest(7, "1700000000.12").simple().to_string(), "eb3a295300aa765dad49dd59d63403b4");
        let others = [key_digest(8, "1700000000.12"), key_digest(7, "1700000000.1"), key_digest(7, "")];
        assert!(!others.contains(&key_digest(7, "1700000000.12")));
    }
}

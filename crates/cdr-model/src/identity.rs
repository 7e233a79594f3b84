//! What identifies a record within its source.

/// The natural key and the digest of a record. A store has them apart from the record, and looks them up for readers that
/// ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The natural key, which is unique within the source.
    pub key: String,
    /// SHA-256 of what the switch wrote, in lower-case hexadecimal digits.
    pub digest: String,
}

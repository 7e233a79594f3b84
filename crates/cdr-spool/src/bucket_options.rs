//! Where a bucket is, and what lets us in.

use std::fmt;
use std::time::Duration;

use cdr_mediation::PortError;

/// A bucket that speaks the S3 protocol, and the key that lets the spool into it.
#[derive(Clone)]
#[non_exhaustive]
pub struct BucketOptions {
    /// The bucket's name.
    pub bucket: String,
    /// What the keys of the spool begin with, without a slash at either end; empty for the whole bucket.
    pub prefix: String,
    /// Where the server is, as in `https://minio.example.com:9000`; `None` for Amazon's of the region. One that begins with
    /// `http://` is spoken to without TLS.
    pub endpoint: Option<String>,
    /// The region that requests are signed for. `us-east-1`, which servers without regions take.
    pub region: String,
    /// The name of the key.
    pub access_key: String,
    /// The key itself. It is shown nowhere.
    pub secret_key: String,
    /// Whether the bucket is named in the path, as every server takes it; otherwise in the host name. In the path.
    pub path_style: bool,
    /// How long one request is tried again while the server is busy or cannot be reached. A minute.
    pub patience: Duration,
    /// The limit on one look at a file's state. Five seconds.
    #[cfg(feature = "s3")]
    pub(crate) glance: Duration,
}

impl BucketOptions {
    /// The options of an address such as `s3://bucket/prefix`, on Amazon's servers, without a key.
    ///
    /// # Errors
    /// [`PortError::Refused`] for what is no such address.
    pub fn at(address: &str) -> Result<BucketOptions, PortError> {
        // What was given is not repeated: there may be a password in it.
        let refused =
            |what: &str| PortError::Refused(format!("it is no address of a bucket, as in s3://bucket/prefix: {what}"));
        let rest = address.strip_prefix("s3://").ok_or_else(|| refused("it does not begin with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(is_name) {
            return Err(refused("the name of a bucket has 3 to 63 small letters, digits, `-` and `.`"));
        }
        let prefix = prefix.trim_end_matches('/');
        let is_part = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            !matches!(part, "" | "." | "..") && part.bytes().all(plain)
        };
        if !prefix.is_empty() && !prefix.split('/').all(is_part) {
            return Err(refused("a prefix is made of letters, digits, `-`, `.` and `_`, with single slashes between"));
        }
        Ok(BucketOptions {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            endpoint: None,
            region: "us-east-1".to_owned(),
            access_key: String::new(),
            secret_key: String::new(),
            path_style: true,
            patience: Duration::from_secs(60),
            #[cfg(feature = "s3")]
            glance: Duration::from_secs(5),
        })
    }
}

impl fmt::Debug for BucketOptions {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketOptions")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::BucketOptions;

    #[test]
    fn an_address_is_a_bucket_and_a_prefix() {
        for (address, bucket, prefix) in [
            ("s3://cdr-exports", "cdr-exports", ""),
            ("s3://cdr-exports/", "cdr-exports", ""),
            ("s3://cdr.exports/tollbook", "cdr.exports", "tollbook"),
            ("s3://abc/a/b_c/", "abc", "a/b_c"),
        ] {
            let options = BucketOptions::at(address).unwrap();
            assert_eq!((&*options.bucket, &*options.prefix), (bucket, prefix), "{address}");
        }
        for address in
            ["", "s3:/abc", "S3://abc", "s3://", "s3://ab", "s3://Abc", "s3://abc//a", "s3://abc/../a", "s3://abc/a b"]
        {
            let said = BucketOptions::at(address).unwrap_err().to_string();
            assert!(said.contains("is no address of a bucket"), "{said}");
        }
    }

    #[test]
    fn the_key_is_shown_nowhere() {
        let mut options = BucketOptions::at("s3://abc").unwrap();
        options.secret_key = "wonderful".into();
        assert!(!format!("{options:?}").contains("wonderful"));
        for address in ["https://user:wonderful@minio/abc", "s3://user:wonderful@minio/abc", "s3://abc/user:wonderful"]
        {
            let said = BucketOptions::at(address).unwrap_err().to_string();
            assert!(!said.contains("wonderful"), "{said}");
        }
    }
}

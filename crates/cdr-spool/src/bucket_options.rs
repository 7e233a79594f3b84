//! The address and the credentials of a bucket.

use std::fmt;
use std::time::Duration;

use cdr_mediation::PortError;

/// A bucket with the S3 protocol, and the credentials for it.
#[derive(Clone)]
#[non_exhaustive]
pub struct BucketOptions {
    /// The bucket's name.
    pub bucket: String,
    /// The prefix of all object keys of the spool, without a slash at either end; empty for the whole bucket.
    pub prefix: String,
    /// The address of the server, as in `https://minio.example.com:9000`; `None` for Amazon's server of the region. An
    /// address that starts with `http://` is used without TLS.
    pub endpoint: Option<String>,
    /// The region in request signatures. The default is `us-east-1`, which servers without regions accept.
    pub region: String,
    /// The access key ID.
    pub access_key: String,
    /// The secret key. It is never printed.
    pub secret_key: String,
    /// Whether the bucket is named in the path, which every server accepts, or in the host name. The default is the
    /// path.
    pub path_style: bool,
    /// How long a request is retried while the server is busy or unreachable. The default is one minute.
    pub patience: Duration,
    /// The time limit of one query of a file's state. The default is five seconds.
    #[cfg(feature = "s3")]
    pub(crate) glance: Duration,
}

impl BucketOptions {
    /// The options for an address such as `s3://bucket/prefix` on Amazon's servers, without credentials.
    ///
    /// # Errors
    /// [`PortError::Refused`] if the address is invalid.
    pub fn at(address: &str) -> Result<BucketOptions, PortError> {
        // The message does not repeat the address, which may contain a password.
        let refused =
            |what: &str| PortError::Refused(format!("it is not a bucket address such as s3://bucket/prefix: {what}"));
        let rest = address.strip_prefix("s3://").ok_or_else(|| refused("it does not start with s3://"))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(is_name) {
            return Err(refused("a bucket name has 3 to 63 lower-case letters, digits, `-` and `.`"));
        }
        let prefix = prefix.trim_end_matches('/');
        let is_part = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            !matches!(part, "" | "." | "..") && part.bytes().all(plain)
        };
        if !prefix.is_empty() && !prefix.split('/').all(is_part) {
            return Err(refused("a prefix has letters, digits, `-`, `.` and `_`, with single slashes in between"));
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
    /// Omits the credentials.
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
            let error = BucketOptions::at(address).unwrap_err().to_string();
            assert!(error.contains("is not a bucket address"), "{error}");
        }
    }

    #[test]
    fn the_secret_key_is_never_printed() {
        let mut options = BucketOptions::at("s3://abc").unwrap();
        options.secret_key = "wonderful".into();
        assert!(!format!("{options:?}").contains("wonderful"));
        for address in ["https://user:wonderful@minio/abc", "s3://user:wonderful@minio/abc", "s3://abc/user:wonderful"]
        {
            let error = BucketOptions::at(address).unwrap_err().to_string();
            assert!(!error.contains("wonderful"), "{error}");
        }
    }
}

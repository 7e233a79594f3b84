//! The client for the bucket.

use std::sync::Arc;
use std::time::Duration;

use cdr_mediation::PortError;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::client::{HttpClient, HttpConnector};
use object_store::{BackoffConfig, ClientOptions, RetryConfig};
use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::refusal::Listening;
use crate::BucketOptions;

/// Timeouts and retries of requests to the bucket.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    /// The timeout for connecting.
    connect: Duration,
    /// How long the server may send nothing. A part has to be uploaded and accepted within this time.
    silence: Duration,
    /// How often a request is retried, and for how long.
    retries: usize,
    patience: Duration,
}

/// The delay before the first retry, which doubles with each retry up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Waiting {
    /// For writing, reading, listing and removing files.
    pub(super) fn long(options: &BucketOptions) -> Waiting {
        // Only `patience` limits the retries.
        let (retries, patience) = (usize::MAX, options.patience);
        Waiting { connect: Duration::from_secs(10), silence: Duration::from_secs(60), retries, patience }
    }

    /// For querying the state of a file. There may be hundreds of queries at the same time, and each blocks a shared
    /// thread.
    pub(super) fn short(options: &BucketOptions) -> Waiting {
        let most = options.glance;
        Waiting { connect: most, silence: most, retries: 2, patience: most.min(options.patience) }
    }
}

/// A client for the bucket, and the bucket's name for error messages.
///
/// # Errors
/// [`PortError::Refused`] for invalid options.
pub(super) fn connect(
    options: &BucketOptions,
    roots: RootCertStore,
    waiting: Waiting,
) -> Result<(AmazonS3, String), PortError> {
    let BucketOptions {
        bucket,
        prefix: _,
        endpoint,
        region,
        access_key,
        secret_key,
        path_style,
        patience: _,
        glance: _,
    } = options;
    if access_key.is_empty() || secret_key.is_empty() {
        return Err(PortError::Refused("a bucket needs an access key and its secret key".into()));
    }
    let retry = RetryConfig {
        backoff: BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, base: 2.0 },
        max_retries: waiting.retries,
        retry_timeout: waiting.patience,
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region)
        .with_access_key_id(access_key)
        .with_secret_access_key(secret_key)
        .with_virtual_hosted_style_request(!path_style)
        // Not every server supports bulk deletion.
        .with_disable_bulk_delete(true)
        .with_retry(retry)
        .with_http_connector(Connector { roots, waiting });
    let mut name = format!("bucket `{bucket}`");
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(checked(endpoint, bucket, *path_style)?).with_allow_http(true);
        name += &format!(" at {endpoint}");
    }
    let store = builder.build().map_err(|error| PortError::Refused(format!("the {name} cannot be used: {error}")))?;
    Ok((store, name))
}

/// The endpoint, with the bucket in the host name unless `path_style` is set.
fn checked(endpoint: &str, bucket: &str, path_style: bool) -> Result<String, PortError> {
    let endpoint = endpoint.trim_end_matches('/');
    let parts = endpoint.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
    let parts = parts.filter(|(_, host)| {
        !host.is_empty()
            && host.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'.' | b':' | b'[' | b']'))
    });
    match parts {
        // The message does not repeat the endpoint, which may contain a password.
        None => Err(PortError::Refused(
            "the endpoint is not an address of an S3 server such as https://minio.example.com:9000".into(),
        )),
        Some(_) if path_style => Ok(endpoint.to_owned()),
        Some((scheme, host)) => Ok(format!("{scheme}://{bucket}.{host}")),
    }
}

/// The certificates that the machine trusts.
pub(super) fn trusted() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // Certificates that cannot be read are ignored.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

/// Connections with TLS that trust these root certificates, or without TLS for an `http://` endpoint.
#[derive(Debug)]
struct Connector {
    roots: RootCertStore,
    waiting: Waiting,
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let failed = |error: Box<dyn std::error::Error + Send + Sync>| object_store::Error::Generic {
            store: "S3",
            source: error,
        };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failed(error.into()))?
            .with_root_certificates(self.roots.clone())
            .with_no_client_auth();
        let builder = reqwest::Client::builder();
        // The test server runs on this machine, so a proxy in the environment does not apply.
        let builder = if cfg!(test) { builder.no_proxy() } else { builder };
        let client = builder
            .tls_backend_preconfigured(tls)
            .http1_only()
            // Redirects are not followed, so that files are never sent to another server.
            .redirect(Policy::none())
            .connect_timeout(self.waiting.connect)
            .read_timeout(self.waiting.silence)
            .build()
            .map_err(|error| failed(error.into()))?;
        Ok(HttpClient::new(Listening(client)))
    }
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn the_bucket_is_in_the_path_or_in_the_host_name() {
        for (endpoint, path_style, expected) in [
            ("http://127.0.0.1:9000", true, Some("http://127.0.0.1:9000")),
            ("https://s3.example.com/", true, Some("https://s3.example.com")),
            ("https://s3.example.com:9000", false, Some("https://cdr.s3.example.com:9000")),
            ("s3.example.com", true, None),
            ("ftp://s3.example.com", true, None),
            ("https://", true, None),
            ("https://key:secret@s3.example.com", true, None),
            ("https://s3.example.com/path", true, None),
        ] {
            assert_eq!(checked(endpoint, "cdr", path_style).ok().as_deref(), expected, "{endpoint}");
        }
    }

    #[test]
    fn a_password_in_an_endpoint_is_not_repeated() {
        let error = checked("https://key:wonderful@s3.example.com", "cdr", true).unwrap_err().to_string();
        assert!(!error.contains("wonderful"), "{error}");
    }
}

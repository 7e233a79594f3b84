//! What the listener with TLS speaks: TLS 1.2 and 1.3.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};

use super::reload::Reloading;
use super::self_signed;
use crate::config::TlsConfig;

/// How often to look whether the certificate changed.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// TLS with a certificate: the one that is given, or the one in `DATA/tls`, which is made if there is none.
pub(crate) struct Tls {
    pub(crate) config: ServerConfig,
    certificate: Arc<Reloading>,
}

impl Tls {
    /// Reads or makes the certificate.
    ///
    /// # Errors
    /// When it cannot be read or made.
    pub(crate) fn new(config: &TlsConfig, data: &Path) -> anyhow::Result<Tls> {
        let files = match &config.files {
            Some(files) => files.clone(),
            None => self_signed::certificate_in(&data.join("tls"))?,
        };
        let certificate = Arc::new(Reloading::new(files)?);
        // The library for ciphers is named, so that what else is built in makes no difference.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(certificate.clone());
        Ok(Tls { config, certificate })
    }

    /// Looks for a new certificate every few seconds, for ever.
    pub(crate) fn keep_fresh(&self) -> impl Future<Output = ()> + use<> {
        let certificate = self.certificate.clone();
        async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                certificate.look();
            }
        }
    }
}

//! The configuration of the TLS listener: TLS 1.2 and 1.3.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::version::{TLS12, TLS13};

use super::reload::Reloading;
use super::self_signed;
use crate::config::TlsConfig;

/// How often the certificate files are checked for changes.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// TLS with a certificate: the configured one, or the one in `DATA/tls`, which is created if it does not exist.
pub(crate) struct Tls {
    pub(crate) config: ServerConfig,
    certificate: Arc<Reloading>,
}

impl Tls {
    /// Reads or creates the certificate.
    ///
    /// # Errors
    /// When it cannot be read or created.
    pub(crate) fn new(config: &TlsConfig, data: &Path) -> anyhow::Result<Tls> {
        let files = match &config.files {
            Some(files) => files.clone(),
            None => self_signed::certificate_in(&data.join("tls"))?,
        };
        let certificate = Arc::new(Reloading::new(files)?);
        // The provider is explicit, so that other providers in the build have no effect.
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(certificate.clone());
        Ok(Tls { config, certificate })
    }

    /// Checks for a new certificate every few seconds. Never returns.
    pub(crate) fn reload_periodically(&self) -> impl Future<Output = ()> + use<> {
        let certificate = self.certificate.clone();
        async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                certificate.check();
            }
        }
    }
}

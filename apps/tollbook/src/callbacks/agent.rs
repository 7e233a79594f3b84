//! The HTTP client for callbacks: its trusted certificates, timeouts and permitted addresses.

use std::sync::Arc;

use rustls::crypto::ring;
use tracing::warn;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use super::CallbackOptions;
use super::address::is_public;

/// The maximum size of the head of a response, in bytes.
const HEAD: usize = 16 * 1024;

/// A client that keeps no connections, uses no proxy and follows no redirects.
pub(super) fn new(options: CallbackOptions) -> Agent {
    let config = Agent::config_builder()
        .tls_config(tls())
        .timeout_global(Some(options.within))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .max_response_header_size(HEAD)
        .max_idle_connections(0)
        .user_agent(concat!("tollbook/", env!("CARGO_PKG_VERSION")))
        .build();
    if options.allow_private {
        return Agent::with_parts(config, DefaultConnector::new(), DefaultResolver::default());
    }
    Agent::with_parts(config, DefaultConnector::new(), PublicOnly(DefaultResolver::default()))
}

/// Resolves names, and returns the public addresses only. The client connects to a returned address without another
/// lookup, so the name cannot resolve to another address in between.
#[derive(Debug)]
struct PublicOnly(DefaultResolver);

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            return Err(Error::Other("the host has no public address (callbacks.allow_private)".into()));
        }
        Ok(public)
    }
}

/// The certificate authorities that the machine trusts.
fn tls() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        warn!("this machine trusts no certificate authority, so callbacks over https will fail");
    }
    let certificates: Vec<Certificate<'static>> =
        found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build()
}

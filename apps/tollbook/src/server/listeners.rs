//! The listeners and their addresses.

use std::net::{SocketAddr, TcpListener};

use anyhow::{Context, ensure};

use crate::config::ServerConfig;

/// The bound listeners: clients that connect wait until the server answers.
#[derive(Debug)]
pub(crate) struct Listeners {
    pub(crate) plain: Option<TcpListener>,
    pub(crate) tls: Option<TcpListener>,
}

/// The bound addresses, with the actual port where port 0 was configured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses {
    pub(crate) plain: Option<SocketAddr>,
    pub(crate) tls: Option<SocketAddr>,
}

impl Listeners {
    /// Binds the configured addresses.
    ///
    /// # Errors
    /// When no listener is configured, the plain one is not on loopback without permission, or an address is in use.
    pub(crate) fn bind(config: &ServerConfig) -> anyhow::Result<Listeners> {
        ensure!(
            config.listen.is_some() || config.tls.listen.is_some(),
            "no listener is configured: set listen, tls.listen or both to an address"
        );
        if let Some(plain) = config.listen {
            ensure!(
                config.beyond_loopback || is_loopback(plain),
                "the plain listener {plain} is not on loopback, and passwords would be sent unencrypted; use \
                 tls.listen, or set listen_beyond_loopback = true if the network is protected by other means"
            );
        }
        Ok(Listeners { plain: config.listen.map(bind).transpose()?, tls: config.tls.listen.map(bind).transpose()? })
    }

    /// The bound addresses.
    ///
    /// # Errors
    /// When the system does not return them.
    pub(crate) fn addresses(&self) -> anyhow::Result<Addresses> {
        let address = |listener: &Option<TcpListener>| listener.as_ref().map(TcpListener::local_addr).transpose();
        Ok(Addresses { plain: address(&self.plain)?, tls: address(&self.tls)? })
    }
}

impl Addresses {
    /// The base URLs of all listeners.
    pub(crate) fn urls(&self) -> impl Iterator<Item = String> {
        self.http().into_iter().chain(self.https())
    }

    /// The base URL of the plain listener.
    pub(crate) fn http(&self) -> Option<String> {
        self.plain.map(|address| format!("http://{address}"))
    }

    /// The base URL of the TLS listener.
    pub(crate) fn https(&self) -> Option<String> {
        self.tls.map(|address| format!("https://{address}"))
    }
}

/// Whether only this machine can reach the address.
pub(crate) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))
}

#[cfg(test)]
mod tests {
    use super::Listeners;
    use crate::config::{Config, Layers};

    fn bind(plain: &str, beyond: &str) -> anyhow::Result<Listeners> {
        let layers = Layers::default().flag("--set", "listen_beyond_loopback", beyond)?;
        let layers = layers.flag("--listen", "listen", plain)?.flag("--tls-listen", "tls.listen", "")?;
        Listeners::bind(&Config::read(&layers)?.server)
    }

    #[test]
    fn a_plain_listener_beyond_loopback_needs_the_setting() {
        for (plain, beyond, fine) in [
            ("127.0.0.1:0", "false", true),
            ("127.8.9.1:0", "false", true),
            ("0.0.0.0:0", "false", false),
            ("[::]:0", "false", false),
            ("192.0.2.1:0", "false", false),
            ("0.0.0.0:0", "true", true),
        ] {
            let bound = bind(plain, beyond);
            assert_eq!(bound.is_ok(), fine, "{plain} {beyond}");
            if let Err(error) = bound {
                assert!(error.to_string().contains("listen_beyond_loopback = true"), "{error}");
            }
        }
    }

    #[test]
    fn the_actual_port_is_returned() {
        let addresses = bind("127.0.0.1:0", "false").unwrap().addresses().unwrap();
        assert_ne!(addresses.plain.unwrap().port(), 0);
        assert_eq!(addresses.tls, None);
    }

    #[test]
    fn a_server_without_listeners_is_refused() {
        assert!(bind("", "false").unwrap_err().to_string().contains("no listener is configured"));
    }
}

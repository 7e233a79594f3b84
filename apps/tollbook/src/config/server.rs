//! The settings of the server and its workers, read and checked.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{anyhow, bail, ensure};
use cdr_mediation::WorkerOptions;

use super::{Layers, list, parse};

/// What `tollbook serve` and `tollbook worker` were told.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The plain listener.
    pub listen: Option<SocketAddr>,
    /// Whether the plain listener may be reached from other machines.
    pub beyond_loopback: bool,
    /// What absolute links begin with, without a slash at the end.
    pub public_url: Option<String>,
    /// Proxies whose forwarded headers count.
    pub proxies: Vec<IpAddr>,
    /// How long requests and exports may take to end when the program is told to stop.
    pub shutdown: Duration,
    /// What is logged.
    pub log: LogConfig,
    /// The listener with TLS.
    pub tls: TlsConfig,
    /// Workers of this process.
    pub threads: usize,
    /// How they work.
    pub worker: WorkerOptions,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug)]
pub struct LogConfig {
    /// Objects instead of lines for people.
    pub json: bool,
    /// Nothing that matters less.
    pub level: tracing::Level,
}

/// The listener with TLS.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// Its address.
    pub listen: Option<SocketAddr>,
    /// A certificate and its key, as PEM files; without them one is made.
    pub files: Option<PemFiles>,
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemFiles {
    /// The certificate, and those that lead from it to one that clients trust.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl ServerConfig {
    /// Reads and checks every setting.
    pub(super) fn read(layers: &Layers) -> anyhow::Result<ServerConfig> {
        let seconds = |name: &str| parse::<u32>(layers, name, "a number of seconds");
        let lease = seconds("worker.lease_seconds")?;
        ensure!(lease > 0, "{}: a lease takes a second or more", layers.origin("worker.lease_seconds"));
        let poll = seconds("worker.poll_seconds")?;
        ensure!(
            poll > 0,
            "{}: a worker that never waits leaves nobody else in peace",
            layers.origin("worker.poll_seconds")
        );
        let keep: u32 = parse(layers, "worker.keep_hours", "a number of hours")?;
        let worker = WorkerOptions {
            lease: Duration::from_secs(lease.into()),
            keep: Duration::from_secs(u64::from(keep) * 3600),
            tidy_every: Duration::from_secs(seconds("worker.tidy_seconds")?.into()),
            poll: Duration::from_secs(poll.into()),
            per_customer: per_customer(layers)?,
            ..WorkerOptions::default()
        };
        let threads: usize = parse(layers, "worker.threads", "a number from 0 to 64")?;
        ensure!(threads <= 64, "{}: {threads} is more than 64", layers.origin("worker.threads"));
        let proxy = |text: String| text.parse().map_err(|_| not_one(layers, "proxies", &text, "an IP address"));
        Ok(ServerConfig {
            listen: address(layers, "listen")?,
            beyond_loopback: parse(layers, "listen_beyond_loopback", "true or false")?,
            public_url: public_url(layers)?,
            proxies: list(layers.value("proxies")).into_iter().map(proxy).collect::<anyhow::Result<_>>()?,
            shutdown: Duration::from_secs(seconds("shutdown_seconds")?.into()),
            log: log(layers)?,
            tls: TlsConfig { listen: address(layers, "tls.listen")?, files: pem_files(layers)? },
            threads,
            worker,
        })
    }
}

/// How many exports of one customer may run at the same time; `None` for any number.
fn per_customer(layers: &Layers) -> anyhow::Result<Option<u32>> {
    let running: u32 = parse(layers, "yeti.running_per_customer", "a number, zero or more")?;
    Ok((running > 0).then_some(running))
}

fn not_one(layers: &Layers, name: &str, text: &str, wanted: &str) -> anyhow::Error {
    anyhow!("{}: `{text}` is not {wanted}", layers.origin(name))
}

fn address(layers: &Layers, name: &str) -> anyhow::Result<Option<SocketAddr>> {
    if layers.value(name).is_empty() {
        return Ok(None);
    }
    parse(layers, name, "an IP address with a port, as in 127.0.0.1:8080 or [::1]:8080").map(Some)
}

fn public_url(layers: &Layers) -> anyhow::Result<Option<String>> {
    let url = layers.value("public_url").trim_end_matches('/');
    if url.is_empty() {
        return Ok(None);
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['/', '?', '#', '@', ' '])) {
        bail!(not_one(layers, "public_url", url, "a scheme and a host, as in https://cdr.example.com:8443"));
    }
    Ok(Some(url.to_owned()))
}

fn log(layers: &Layers) -> anyhow::Result<LogConfig> {
    let json = match layers.value("log.format") {
        "text" => false,
        "json" => true,
        other => bail!(not_one(layers, "log.format", other, "text or json")),
    };
    Ok(LogConfig { json, level: parse(layers, "log.level", "error, warn, info, debug or trace")? })
}

fn pem_files(layers: &Layers) -> anyhow::Result<Option<PemFiles>> {
    match (layers.value("tls.certificate"), layers.value("tls.key")) {
        ("", "") => Ok(None),
        (certificate, "") => bail!("tls.certificate is {certificate}, but tls.key names no key for it"),
        ("", key) => bail!("tls.key is {key}, but tls.certificate names no certificate for it"),
        (certificate, key) => Ok(Some(PemFiles { certificate: certificate.into(), key: key.into() })),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Layers};

    #[test]
    fn what_is_wrong_with_a_setting_is_said() {
        for (name, value, said) in [
            ("listen", "8080", "`8080` is not an IP address with a port"),
            ("listen", "localhost:8080", "as in 127.0.0.1:8080"),
            ("listen_beyond_loopback", "yes", "`yes` is not true or false"),
            ("public_url", "cdr.example.com", "not a scheme and a host"),
            ("public_url", "https://cdr.example.com/tollbook", "not a scheme and a host"),
            ("proxies", "10.0.0.1,proxy", "`proxy` is not an IP address"),
            ("log.level", "loud", "error, warn, info, debug or trace"),
            ("log.format", "xml", "text or json"),
            ("tls.key", "key.pem", "tls.certificate names no certificate"),
            ("worker.threads", "65", "more than 64"),
            ("worker.lease_seconds", "0", "a second or more"),
            ("dma.end", "open", "inclusive or exclusive"),
            ("dma.anchor", "bill", "start or end"),
            ("dma.lane", "two", "one or caller"),
            ("dma.zone", "Berlin", "dma.zone"),
            ("dma.live", "0", "one or more"),
            ("yeti.token_seconds", "ten", "`ten` is not a number of seconds"),
            ("yeti.jwt_key", "short", "32 characters or more"),
            ("yeti.hidden_columns", "auth_orig_ip,price", "`price` is no column"),
            ("yeti.x_accel", "x-redirect", "`x-redirect` is not a path"),
            ("yeti.cors", "portal.example.com", "`portal.example.com` is not an origin"),
            ("yeti.running_per_customer", "many", "`many` is not a number"),
            ("callbacks.allow_private", "1", "`1` is not true or false"),
        ] {
            let layers = Layers::default().flag("--set", name, value).unwrap();
            let error = format!("{:#}", Config::read(&layers).unwrap_err());
            assert!(error.contains(said) && error.contains(name), "{name}={value}: {error}");
        }
    }

    #[test]
    fn an_empty_address_is_no_listener() {
        let layers = Layers::default().flag("--listen", "listen", "").unwrap();
        let server = Config::read(&layers).unwrap().server;
        assert_eq!(server.listen, None);
        assert_eq!(server.tls.listen, Some("0.0.0.0:8443".parse().unwrap()));
    }

    #[test]
    fn a_slash_at_the_end_of_the_public_url_is_no_part_of_it() {
        let layers = Layers::default().flag("--set", "public_url", "https://cdr.example.com:8443/").unwrap();
        assert_eq!(Config::read(&layers).unwrap().server.public_url.as_deref(), Some("https://cdr.example.com:8443"));
    }
}

//! The settings of the server and its workers, read and checked.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use cdr_dialects::ProxyHeader;
use cdr_mediation::{ExportLimits, WorkerOptions};
use cdr_settings::{Row, Setting, ValueError, ValueKind, Values, YES_OR_NO, comma_separated};

static LISTEN: Setting<SocketAddr> = Setting {
    name: "listen",
    default: "127.0.0.1:8080",
    kind: SOCKET,
    meaning: "the address of the plain listener, with health and metrics; empty disables it, port 0 takes a free port",
    ..Setting::PLAIN
};
static BEYOND_LOOPBACK: Setting<bool> = Setting {
    name: "listen_beyond_loopback",
    default: "false",
    kind: YES_OR_NO,
    meaning: "whether the plain listener may be reached from other machines; passwords are then sent unencrypted",
    ..Setting::PLAIN
};
static PUBLIC_URL: Setting<String> = Setting {
    name: "public_url",
    kind: ValueKind::Form { takes: "a scheme and a host, as in https://cdr.example.com:8443", read: public_url },
    meaning: "the base of absolute links; if empty, the address that the request was sent to",
    ..Setting::PLAIN
};
static PROXIES: Setting<Vec<IpAddr>> = Setting {
    name: "proxies",
    kind: ValueKind::Form { takes: "a list of IP addresses", read: proxies },
    meaning: "addresses of proxies that are trusted to name the client and the address it used, separated by commas",
    ..Setting::PLAIN
};
static PROXY_HEADER: Setting<ProxyHeader> = Setting {
    name: "proxy_header",
    default: "x-forwarded-for",
    kind: ValueKind::Choice(&[
        ("x-forwarded-for", ProxyHeader::XForwardedFor),
        ("x-real-ip", ProxyHeader::XRealIp),
        ("forwarded", ProxyHeader::Forwarded),
    ]),
    meaning: "the header in which these proxies name the client in every request; the other two are ignored, since they may \
              be the client's own",
    ..Setting::PLAIN
};
static SHUTDOWN: Setting<Duration> = Setting {
    name: "shutdown_seconds",
    default: "30",
    kind: ValueKind::seconds(0),
    meaning: "how long running requests and exports may take to end after a signal to stop; exports that take longer \
              are handed back",
    ..Setting::PLAIN
};
static LOG_FORMAT: Setting<bool> = Setting {
    name: "log.format",
    default: "text",
    kind: ValueKind::Choice(&[("text", false), ("json", true)]),
    meaning: "the format of the log: text, or json with one object per line",
    ..Setting::PLAIN
};
static LOG_LEVEL: Setting<tracing::Level> = Setting {
    name: "log.level",
    default: "info",
    // In any case, and also as a number from 1 (error) to 5 (trace).
    kind: ValueKind::Form {
        takes: "error, warn, info, debug or trace",
        read: |text| text.parse().map_err(|_| ValueError::Format),
    },
    meaning: "the least severe level that is logged",
    ..Setting::PLAIN
};
static TLS_LISTEN: Setting<SocketAddr> = Setting {
    name: "tls.listen",
    default: "0.0.0.0:8443",
    kind: SOCKET,
    meaning: "the address of the TLS listener; empty disables it, port 0 takes a free port",
    ..Setting::PLAIN
};
static TLS_CERTIFICATE: Setting<PathBuf> = Setting {
    name: "tls.certificate",
    kind: ValueKind::Form { takes: "a file", read: |text| Ok(PathBuf::from(text)) },
    meaning: "a PEM file with the certificate and its chain of intermediate certificates; if empty, a self-signed \
              certificate is created in the data folder",
    ..Setting::PLAIN
};
static TLS_KEY: Setting<PathBuf> = Setting {
    name: "tls.key",
    kind: ValueKind::Form { takes: "a file", read: |text| Ok(PathBuf::from(text)) },
    meaning: "a PEM file with the private key of the certificate",
    ..Setting::PLAIN
};
static THREADS: Setting<usize> = Setting {
    name: "worker.threads",
    default: "2",
    kind: ValueKind::count(0, 64),
    meaning: "the number of exports written at the same time; with 0, `tollbook serve` leaves all exports to \
              `tollbook worker`, which writes at least one",
    ..Setting::PLAIN
};
static LEASE: Setting<Duration> = Setting {
    name: "worker.lease_seconds",
    default: "30",
    kind: ValueKind::seconds(1),
    meaning: "how long a worker's heartbeat may stay unchanged before another worker takes over its export; the same \
              for all processes on a store",
    ..Setting::PLAIN
};
static KEEP: Setting<Duration> = Setting {
    name: "worker.keep_hours",
    default: "72",
    kind: ValueKind::Whole {
        min: 0,
        max: u32::MAX as i64,
        unit: "hours",
        make: |hours| Duration::from_secs(hours.unsigned_abs() * 3600),
    },
    meaning: "how long finished exports can be collected",
    ..Setting::PLAIN
};
static TIDY: Setting<Duration> = Setting {
    name: "worker.tidy_seconds",
    default: "60",
    kind: ValueKind::seconds(0),
    meaning: "how often files that no export needs any more are removed from the spool",
    ..Setting::PLAIN
};
static POLL: Setting<Duration> = Setting {
    name: "worker.poll_seconds",
    default: "1",
    kind: ValueKind::seconds(1),
    meaning: "how often an idle worker polls for exports, including those of dead workers; new exports of its own \
              process wake it, and over PostgreSQL new exports of all processes",
    ..Setting::PLAIN
};
static PER_CUSTOMER: Setting<Option<u32>> = Setting {
    name: "worker.running_per_customer",
    former: &["yeti.running_per_customer"],
    default: "1",
    kind: ValueKind::Whole {
        min: 0,
        max: u32::MAX as i64,
        unit: "",
        make: |running| u32::try_from(running).ok().filter(|running| *running > 0),
    },
    meaning: "how many exports of one customer are written at the same time; further ones wait; 0 for no limit",
    ..Setting::PLAIN
};

static PENDING: Setting<Option<u64>> = Setting {
    name: "exports.pending",
    default: "10000",
    kind: COUNT_OR_UNLIMITED,
    meaning: "how many exports may be pending or running; further orders are refused; 0 for no limit",
    ..Setting::PLAIN
};
static PENDING_PER_CUSTOMER: Setting<Option<u64>> = Setting {
    name: "exports.pending_per_customer",
    default: "1000",
    kind: COUNT_OR_UNLIMITED,
    meaning: "the same for the exports of one customer",
    ..Setting::PLAIN
};
static SPOOL_MEBIBYTES: Setting<Option<u64>> = Setting {
    name: "exports.spool_mebibytes",
    default: "1048576",
    kind: MEBIBYTES_OR_UNLIMITED,
    meaning: "the size of finished files in the spool at which further orders are refused until files expire; 0 for no \
              limit",
    ..Setting::PLAIN
};
static SPOOL_MEBIBYTES_PER_CUSTOMER: Setting<Option<u64>> = Setting {
    name: "exports.spool_mebibytes_per_customer",
    default: "102400",
    kind: MEBIBYTES_OR_UNLIMITED,
    meaning: "the same for the files of one customer",
    ..Setting::PLAIN
};
static HSTS: Setting<Option<Duration>> = Setting {
    name: "tls.hsts_seconds",
    default: "0",
    kind: ValueKind::SECONDS_OR_UNLIMITED,
    meaning: "how long browsers that used the TLS listener use only TLS for this host, on every port; sent in \
              `Strict-Transport-Security` with each of its answers; 0 sends nothing",
    ..Setting::PLAIN
};

const COUNT_OR_UNLIMITED: ValueKind<Option<u64>> = ValueKind::Whole {
    min: 0,
    max: u32::MAX as i64,
    unit: "",
    make: |count| Some(count.unsigned_abs()).filter(|count| *count > 0),
};
const MEBIBYTES_OR_UNLIMITED: ValueKind<Option<u64>> = ValueKind::Whole {
    min: 0,
    max: u32::MAX as i64,
    unit: "mebibytes",
    make: |size| Some(size.unsigned_abs() << 20).filter(|bytes| *bytes > 0),
};
const SOCKET: ValueKind<SocketAddr> = ValueKind::Form {
    takes: "an IP address with a port, as in 127.0.0.1:8080 or [::1]:8080",
    read: |text| text.parse().map_err(|_| ValueError::Format),
};

pub(super) static SETTINGS: &[&dyn Row] = &[
    &LISTEN,
    &BEYOND_LOOPBACK,
    &PUBLIC_URL,
    &PROXIES,
    &PROXY_HEADER,
    &SHUTDOWN,
    &LOG_FORMAT,
    &LOG_LEVEL,
    &TLS_LISTEN,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &HSTS,
    &THREADS,
    &LEASE,
    &KEEP,
    &TIDY,
    &POLL,
    &PER_CUSTOMER,
    &PENDING,
    &PENDING_PER_CUSTOMER,
    &SPOOL_MEBIBYTES,
    &SPOOL_MEBIBYTES_PER_CUSTOMER,
];

/// The configuration of `tollbook serve` and `tollbook worker`.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// The plain listener.
    pub listen: Option<SocketAddr>,
    /// Whether the plain listener may be reached from other machines.
    pub beyond_loopback: bool,
    /// The base of absolute links, without a slash at the end.
    pub public_url: Option<String>,
    /// Proxies whose forwarded headers are trusted.
    pub proxies: Vec<IpAddr>,
    /// The header in which they name the client.
    pub proxy_header: ProxyHeader,
    /// How long running requests and exports may take to end after a signal to stop.
    pub shutdown: Duration,
    /// The log.
    pub log: LogConfig,
    /// The TLS listener.
    pub tls: TlsConfig,
    /// The number of workers of this process.
    pub threads: usize,
    /// The options of the workers.
    pub worker: WorkerOptions,
    /// The limits of exports.
    pub limits: ExportLimits,
}

/// The format and the level of the log.
#[derive(Clone, Copy, Debug)]
pub struct LogConfig {
    /// JSON objects instead of text.
    pub json: bool,
    /// The least severe level that is logged.
    pub level: tracing::Level,
}

/// The TLS listener.
#[derive(Clone, Debug)]
pub struct TlsConfig {
    /// Its address.
    pub listen: Option<SocketAddr>,
    /// A certificate and its key, as PEM files; if `None`, a self-signed certificate is created.
    pub files: Option<PemFiles>,
    /// How long browsers use only TLS for this host (RFC 6797); `None` if they are not told to.
    pub hsts: Option<Duration>,
}

/// A certificate and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemFiles {
    /// The certificate and its chain of intermediate certificates.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl ServerConfig {
    /// Reads and checks every setting.
    pub(super) fn read(values: &dyn Values) -> anyhow::Result<ServerConfig> {
        let worker = WorkerOptions {
            lease: LEASE.read(values)?,
            keep: KEEP.read(values)?,
            tidy_every: TIDY.read(values)?,
            poll: POLL.read(values)?,
            per_customer: PER_CUSTOMER.read(values)?,
            ..WorkerOptions::default()
        };
        Ok(ServerConfig {
            listen: LISTEN.read_some(values)?,
            beyond_loopback: BEYOND_LOOPBACK.read(values)?,
            public_url: PUBLIC_URL.read_some(values)?,
            proxies: PROXIES.read(values)?,
            proxy_header: PROXY_HEADER.read(values)?,
            shutdown: SHUTDOWN.read(values)?,
            log: LogConfig { json: LOG_FORMAT.read(values)?, level: LOG_LEVEL.read(values)? },
            tls: TlsConfig {
                listen: TLS_LISTEN.read_some(values)?,
                files: pem_files(values)?,
                hsts: HSTS.read(values)?,
            },
            threads: THREADS.read(values)?,
            worker,
            limits: ExportLimits {
                pending_per_customer: PENDING_PER_CUSTOMER.read(values)?,
                pending: PENDING.read(values)?,
                bytes_per_customer: SPOOL_MEBIBYTES_PER_CUSTOMER.read(values)?,
                bytes: SPOOL_MEBIBYTES.read(values)?,
            },
        })
    }
}

fn public_url(text: &str) -> Result<String, ValueError> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ']) => Ok(url.to_owned()),
        _ => Err(ValueError::Format),
    }
}

fn proxies(text: &str) -> Result<Vec<IpAddr>, ValueError> {
    let one = |text: String| text.parse().map_err(|_| ValueError::Reason(format!("`{text}` is not an IP address")));
    comma_separated(text).into_iter().map(one).collect()
}

fn pem_files(values: &dyn Values) -> anyhow::Result<Option<PemFiles>> {
    match (TLS_CERTIFICATE.read_some(values)?, TLS_KEY.read_some(values)?) {
        (None, None) => Ok(None),
        (Some(certificate), None) => {
            bail!("tls.certificate is {}, but tls.key names no key for it", certificate.display())
        }
        (None, Some(key)) => bail!("tls.key is {}, but tls.certificate names no certificate for it", key.display()),
        (Some(certificate), Some(key)) => Ok(Some(PemFiles { certificate, key })),
    }
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Layers};

    #[test]
    fn invalid_settings_are_reported() {
        for (name, value, message) in [
            ("listen", "8080", "`8080` is not an IP address with a port"),
            ("listen", "localhost:8080", "as in 127.0.0.1:8080"),
            ("listen_beyond_loopback", "yes", "`yes` is not true or false"),
            ("public_url", "cdr.example.com", "not a scheme and a host"),
            ("public_url", "https://cdr.example.com/tollbook", "not a scheme and a host"),
            ("proxies", "10.0.0.1,proxy", "`proxy` is not an IP address"),
            ("proxy_header", "via", "x-forwarded-for, x-real-ip or forwarded"),
            ("log.level", "loud", "error, warn, info, debug or trace"),
            ("log.format", "xml", "text or json"),
            ("tls.key", "key.pem", "tls.certificate names no certificate"),
            ("worker.threads", "65", "a number from 0 to 64"),
            ("worker.lease_seconds", "0", "1 or more"),
            ("dma.end", "open", "inclusive or exclusive"),
            ("dma.anchor", "bill", "start or end"),
            ("dma.lane", "two", "one or caller"),
            ("dma.zone", "Berlin", "dma.zone"),
            ("dma.live", "0", "1 or more"),
            ("yeti.token_seconds", "ten", "`ten` is not a number of seconds"),
            ("yeti.jwt_key", "short", "32 characters or more"),
            ("yeti.hidden_columns", "auth_orig_ip,price", "`price` is not a column"),
            ("yeti.x_accel", "x-redirect", "`x-redirect` is not a path"),
            ("yeti.cors", "portal.example.com", "`portal.example.com` is not an origin"),
            ("worker.running_per_customer", "many", "`many` is not a number"),
            ("exports.pending", "-1", "`-1` is not a number, zero or more"),
            ("exports.spool_mebibytes", "10 GB", "`10 GB` is not a number of mebibytes"),
            ("tls.hsts_seconds", "year", "`year` is not a number of seconds"),
            ("callbacks.allow_private", "1", "`1` is not true or false"),
        ] {
            let layers = Layers::default().flag("--set", name, value).unwrap();
            let error = format!("{:#}", Config::read(&layers).unwrap_err());
            assert!(error.contains(message) && error.contains(name), "{name}={value}: {error}");
        }
    }

    #[test]
    fn limits_of_exports_are_in_mebibytes_and_0_is_no_limit() {
        let limits = |values: &[(&str, &str)]| {
            let set = |layers: Layers, (name, value): &(&str, &str)| layers.flag("--set", name, value).unwrap();
            Config::read(&values.iter().fold(Layers::default(), set)).unwrap().server.limits
        };
        let usual = limits(&[]);
        assert_eq!((usual.pending, usual.pending_per_customer), (Some(10_000), Some(1_000)));
        assert_eq!((usual.bytes, usual.bytes_per_customer), (Some(1 << 40), Some(100 << 30)));
        let set = limits(&[("exports.pending", "0"), ("exports.spool_mebibytes_per_customer", "3")]);
        assert_eq!((set.pending, set.bytes_per_customer), (None, Some(3 << 20)));
    }

    #[test]
    fn an_empty_address_disables_a_listener() {
        let layers = Layers::default().flag("--listen", "listen", "").unwrap();
        let server = Config::read(&layers).unwrap().server;
        assert_eq!(server.listen, None);
        assert_eq!(server.tls.listen, Some("0.0.0.0:8443".parse().unwrap()));
    }

    #[test]
    fn a_slash_at_the_end_of_the_public_url_is_removed() {
        let layers = Layers::default().flag("--set", "public_url", "https://cdr.example.com:8443/").unwrap();
        assert_eq!(Config::read(&layers).unwrap().server.public_url.as_deref(), Some("https://cdr.example.com:8443"));
    }
}

//! The settings of the spool, where finished exports wait to be collected: read and checked.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use cdr_settings::{Row, Setting, ValueError, ValueKind, Values, YES_OR_NO};
use cdr_spool::BucketOptions;

static ADDRESS: Setting<String> = Setting {
    name: "spool.address",
    kind: ValueKind::TEXT,
    meaning: "where finished exports wait to be collected: a folder of its own, or s3://bucket/prefix for a bucket; if \
              empty, the folder `spool` in the data folder; the same for all processes on a store",
    ..Setting::PLAIN
};
static ENDPOINT: Setting<String> = Setting {
    name: "spool.endpoint",
    kind: ValueKind::Form { takes: "a scheme and a host, as in https://minio.example.com:9000", read: endpoint },
    meaning: "the server of the bucket; if empty, Amazon's server of the region. With http://, requests are sent \
              without TLS",
    is_secret: true,
    ..Setting::PLAIN
};
static REGION: Setting<String> = Setting {
    name: "spool.region",
    default: "us-east-1",
    kind: ValueKind::TEXT,
    meaning: "the region in the signature of requests to the bucket; servers without regions accept any",
    ..Setting::PLAIN
};
static ACCESS_KEY: Setting<String> = Setting {
    name: "spool.access_key",
    kind: ValueKind::TEXT,
    meaning: "the access key ID for the bucket",
    ..Setting::PLAIN
};
static SECRET_KEY: Setting<String> = Setting {
    name: "spool.secret_key",
    kind: ValueKind::TEXT,
    meaning: "the secret access key for the bucket, which is never shown; set it in the environment, not on a command \
              line",
    is_secret: true,
    ..Setting::PLAIN
};
static PATH_STYLE: Setting<bool> = Setting {
    name: "spool.path_style",
    default: "true",
    kind: YES_OR_NO,
    meaning: "whether addresses have the bucket in the path, which every server accepts; false for the host name",
    ..Setting::PLAIN
};
static REDIRECT: Setting<bool> = Setting {
    name: "spool.redirect",
    default: "false",
    kind: YES_OR_NO,
    meaning: "whether downloads of the Yeti API are redirected to an address in the bucket that is valid for five \
              minutes; clients must be able to reach the bucket's server",
    ..Setting::PLAIN
};

static KEPT: Setting<u64> = Setting {
    name: "spool.kept_mebibytes",
    default: "2048",
    kind: ValueKind::Whole {
        min: 0,
        max: u32::MAX as i64,
        unit: "mebibytes",
        make: |mebibytes| mebibytes.unsigned_abs().saturating_mul(1 << 20),
    },
    meaning: "how much room encoded blocks of exports may take beside the finished files, so that the next export with the \
              same rows need not encode them again; 0 keeps none",
    ..Setting::PLAIN
};

pub(super) static SETTINGS: &[&dyn Row] =
    &[&ADDRESS, &ENDPOINT, &REGION, &ACCESS_KEY, &SECRET_KEY, &PATH_STYLE, &REDIRECT, &KEPT];

/// How many bytes kept blocks may take; 0 for none.
pub(super) fn kept_bytes(values: &dyn Values) -> anyhow::Result<u64> {
    Ok(KEPT.read(values)?)
}

/// The scheme of the address of a bucket.
const S3: &str = "s3://";
/// Settings that apply to a bucket only.
static OF_A_BUCKET: [&Setting<String>; 3] = [&ENDPOINT, &ACCESS_KEY, &SECRET_KEY];

/// Where finished exports wait to be collected.
#[derive(Clone, Debug)]
pub enum SpoolConfig {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket.
    Bucket {
        /// Its address and credentials.
        options: BucketOptions,
        /// Whether downloads are redirected to the bucket.
        redirect: bool,
    },
}

impl SpoolConfig {
    /// Reads and checks every setting.
    pub(super) fn read(values: &dyn Values, data: &Path) -> anyhow::Result<SpoolConfig> {
        let (address, redirect) = (ADDRESS.read(values)?, REDIRECT.read(values)?);
        let path_style = PATH_STYLE.read(values)?;
        if !address.starts_with(S3) {
            for setting in OF_A_BUCKET {
                let is_unset = values.text(setting).is_empty();
                ensure!(is_unset, "{}: it applies to a bucket, and spool.address names none", values.origin(setting));
            }
            let origin = values.origin(&REDIRECT);
            ensure!(!redirect, "{origin}: it applies to a bucket, and spool.address names none");
            // The value is not quoted: it may contain a password.
            ensure!(
                !address.contains("://"),
                "{}: it is neither a folder nor a bucket, as in s3://bucket/prefix",
                values.origin(&ADDRESS)
            );
            let folder = if address.is_empty() { data.join("spool") } else { PathBuf::from(address) };
            return Ok(SpoolConfig::Folder(folder));
        }
        let mut options = BucketOptions::at(&address).with_context(|| values.origin(&ADDRESS))?;
        for setting in [&ACCESS_KEY, &SECRET_KEY, &REGION] {
            ensure!(!values.text(setting).is_empty(), "{}: a bucket requires it", values.origin(setting));
        }
        options.endpoint = ENDPOINT.read_some(values)?;
        options.region = REGION.read(values)?;
        options.access_key = ACCESS_KEY.read(values)?;
        options.secret_key = SECRET_KEY.read(values)?;
        options.path_style = path_style;
        Ok(SpoolConfig::Bucket { options, redirect })
    }

    /// Whether downloads are redirected to the bucket.
    pub fn redirect(&self) -> bool {
        matches!(self, SpoolConfig::Bucket { redirect: true, .. })
    }
}

fn endpoint(text: &str) -> Result<String, ValueError> {
    let endpoint = text.trim_end_matches('/');
    let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']) => Ok(endpoint.to_owned()),
        _ => Err(ValueError::Format),
    }
}

impl fmt::Display for SpoolConfig {
    /// The folder or the bucket, for messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SpoolConfig::Folder(folder) => write!(f, "{}", folder.display()),
            SpoolConfig::Bucket { options, .. } => write!(f, "{S3}{}/{}", options.bucket, options.prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SpoolConfig;
    use crate::config::{Config, Layers};

    const BUCKET: [(&str, &str); 3] = [
        ("spool.address", "s3://cdr-exports/eu/"),
        ("spool.access_key", "tollbook"),
        ("spool.secret_key", "wonderful"),
    ];

    fn read(settings: &[&[(&str, &str)]]) -> anyhow::Result<SpoolConfig> {
        let lay = |layers: Layers, (name, value): &(&str, &str)| layers.flag("--set", name, value).unwrap();
        let layers = settings.concat().iter().fold(Layers::default(), lay);
        Ok(Config::read(&layers)?.spool)
    }

    #[test]
    fn a_spool_is_a_folder_by_default() {
        for (settings, place) in [
            (&[][..], "./tollbook-data/spool"),
            (&[("data", "/var/lib/tollbook")], "/var/lib/tollbook/spool"),
            (&[("spool.address", "/srv/spool")], "/srv/spool"),
            (&BUCKET, "s3://cdr-exports/eu"),
        ] {
            assert_eq!(read(&[settings]).unwrap().to_string(), place);
        }
    }

    #[test]
    fn the_settings_of_a_bucket_are_read() {
        let more = [
            ("spool.endpoint", "http://127.0.0.1:9000/"),
            ("spool.region", "eu-central-1"),
            ("spool.path_style", "false"),
            ("spool.redirect", "true"),
        ];
        let config = read(&[&BUCKET, &more]).unwrap();
        assert!(config.redirect());
        let SpoolConfig::Bucket { options, .. } = &config else { panic!("{config:?}") };
        assert_eq!((&*options.bucket, &*options.prefix, &*options.region), ("cdr-exports", "eu", "eu-central-1"));
        assert_eq!(options.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
        assert_eq!((&*options.access_key, &*options.secret_key, options.path_style), ("tollbook", "wonderful", false));
        assert!(!format!("{config:?} {config}").contains("wonderful"), "the key is not shown");
    }

    #[test]
    fn contradicting_settings_are_reported() {
        for (settings, more, message) in [
            (&BUCKET[..2], &[][..], "the setting spool.secret_key, given by the default: a bucket requires it"),
            (&BUCKET[..1], &[], "spool.access_key"),
            (&[], &BUCKET[1..2], "spool.address names none"),
            (&[], &BUCKET[2..], "spool.address names none"),
            (&[], &[("spool.redirect", "true")], "spool.address names none"),
            (&[], &[("spool.address", "gs://bucket")], "neither a folder nor a bucket"),
            (&[], &[("spool.address", "https://tollbook:wonderful@minio/cdr")], "neither a folder nor a bucket"),
            (&BUCKET, &[("spool.address", "s3://B")], "3 to 63 lower-case letters"),
            (&BUCKET, &[("spool.address", "s3://tollbook:wonderful@minio/cdr")], "3 to 63 lower-case letters"),
            (&BUCKET, &[("spool.region", "")], "spool.region"),
            (&BUCKET, &[("spool.endpoint", "minio:9000")], "not a scheme and a host"),
            (&BUCKET, &[("spool.endpoint", "https://a@minio")], "not a scheme and a host"),
            (&BUCKET, &[("spool.path_style", "no")], "`no` is not true or false"),
        ] {
            let error = format!("{:#}", read(&[settings, more]).unwrap_err());
            assert!(error.contains(message) && !error.contains("wonderful"), "{error}");
        }
    }
}

//! Where finished exports wait, read and checked.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use cdr_spool::BucketOptions;

use super::{Layers, parse};

/// How the address of a bucket begins.
const S3: &str = "s3://";
/// What makes sense for a bucket alone.
const OF_A_BUCKET: [&str; 3] = ["spool.endpoint", "spool.access_key", "spool.secret_key"];

/// Where finished exports wait to be collected.
#[derive(Clone, Debug)]
pub enum SpoolConfig {
    /// In a folder.
    Folder(PathBuf),
    /// In a bucket.
    Bucket {
        /// Where it is, and what lets us in.
        options: BucketOptions,
        /// Whether clients may fetch files from there themselves.
        redirect: bool,
    },
}

impl SpoolConfig {
    /// Reads and checks every setting.
    pub(super) fn read(layers: &Layers, data: &Path) -> anyhow::Result<SpoolConfig> {
        let address = layers.value("spool.address");
        let redirect: bool = parse(layers, "spool.redirect", "true or false")?;
        let path_style: bool = parse(layers, "spool.path_style", "true or false")?;
        if !address.starts_with(S3) {
            for name in OF_A_BUCKET {
                let is_unset = layers.value(name).is_empty();
                ensure!(is_unset, "{}: it is for a bucket, and spool.address names none", layers.origin(name));
            }
            let origin = layers.origin("spool.redirect");
            ensure!(!redirect, "{origin}: it is for a bucket, and spool.address names none");
            // What was given is not repeated: there may be a password in it.
            ensure!(
                !address.contains("://"),
                "{}: it is neither a folder nor a bucket, as in s3://bucket/prefix",
                layers.origin("spool.address")
            );
            let folder = if address.is_empty() { data.join("spool") } else { PathBuf::from(address) };
            return Ok(SpoolConfig::Folder(folder));
        }
        let mut options = BucketOptions::at(address).with_context(|| layers.origin("spool.address"))?;
        for name in ["spool.access_key", "spool.secret_key", "spool.region"] {
            ensure!(!layers.value(name).is_empty(), "{}: a bucket needs one", layers.origin(name));
        }
        let endpoint = layers.value("spool.endpoint").trim_end_matches('/');
        let host = endpoint.strip_prefix("https://").or_else(|| endpoint.strip_prefix("http://"));
        ensure!(
            endpoint.is_empty()
                || host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' '])),
            "{}: it is not a scheme and a host, as in https://minio.example.com:9000",
            layers.origin("spool.endpoint")
        );
        let x_accel = layers.value("yeti.x_accel");
        ensure!(
            !redirect || x_accel.is_empty(),
            "{}: downloads are answered with an address of the bucket or by a proxy (yeti.x_accel), not both",
            layers.origin("spool.redirect")
        );
        options.endpoint = (!endpoint.is_empty()).then(|| endpoint.to_owned());
        options.region = layers.value("spool.region").to_owned();
        options.access_key = layers.value("spool.access_key").to_owned();
        options.secret_key = layers.value("spool.secret_key").to_owned();
        options.path_style = path_style;
        Ok(SpoolConfig::Bucket { options, redirect })
    }

    /// Whether clients may fetch files themselves.
    pub fn redirect(&self) -> bool {
        matches!(self, SpoolConfig::Bucket { redirect: true, .. })
    }
}

impl fmt::Display for SpoolConfig {
    /// The place, for a log.
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
    fn a_spool_is_a_folder_unless_it_is_a_bucket() {
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
    fn a_bucket_is_read_as_it_is_meant() {
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
    fn what_does_not_fit_together_is_said() {
        for (settings, more, said) in [
            (&BUCKET[..2], &[][..], "the setting spool.secret_key, given by the default: a bucket needs one"),
            (&BUCKET[..1], &[], "spool.access_key"),
            (&[], &BUCKET[1..2], "spool.address names none"),
            (&[], &BUCKET[2..], "spool.address names none"),
            (&[], &[("spool.redirect", "true")], "spool.address names none"),
            (&[], &[("spool.address", "gs://bucket")], "neither a folder nor a bucket"),
            (&[], &[("spool.address", "https://tollbook:wonderful@minio/cdr")], "neither a folder nor a bucket"),
            (&BUCKET, &[("spool.address", "s3://B")], "3 to 63 small letters"),
            (&BUCKET, &[("spool.address", "s3://tollbook:wonderful@minio/cdr")], "3 to 63 small letters"),
            (&BUCKET, &[("spool.region", "")], "spool.region"),
            (&BUCKET, &[("spool.endpoint", "minio:9000")], "not a scheme and a host"),
            (&BUCKET, &[("spool.endpoint", "https://a@minio")], "not a scheme and a host"),
            (&BUCKET, &[("spool.path_style", "no")], "`no` is not true or false"),
            (&BUCKET, &[("spool.redirect", "true"), ("yeti.x_accel", "/x")], "not both"),
        ] {
            let error = format!("{:#}", read(&[settings, more]).unwrap_err());
            assert!(error.contains(said) && !error.contains("wonderful"), "{error}");
        }
    }
}

//! Reloads the certificate when its files change, while the server runs.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use anyhow::{Context, ensure};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::PemFiles;

/// A certificate and its key, read again when their files change.
#[derive(Debug)]
pub(crate) struct Reloading {
    files: PemFiles,
    current: RwLock<Arc<CertifiedKey>>,
    seen: Mutex<Stamps>,
}

/// The stamps of the two files; `None` for a file without metadata.
type Stamps = [Option<Stamp>; 2];

/// Inode, length and modification time (seconds and nanoseconds): at least one of them changes with the file.
type Stamp = (u64, u64, i64, i64);

impl Reloading {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// When they cannot be read, or are not a certificate and its key.
    pub(crate) fn new(files: PemFiles) -> anyhow::Result<Reloading> {
        // The stamps are taken before the content is read: a change in between is detected later.
        let seen = Mutex::new(stamps(&files));
        let current = RwLock::new(Arc::new(read(&files)?));
        Ok(Reloading { files, current, seen })
    }

    /// Checks whether the files changed, and loads them if so. If they are invalid, logs an error once and keeps the
    /// old certificate.
    pub(crate) fn check(&self) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamps(&self.files);
        if *seen == now {
            return;
        }
        *seen = now;
        match read(&self.files) {
            Ok(key) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(key);
                tracing::info!("loaded the new certificate");
            }
            Err(error) => tracing::error!(error = format!("{error:#}"), "the old certificate stays in use"),
        }
    }

    fn current(&self) -> Arc<CertifiedKey> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Reloading {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn stamps(files: &PemFiles) -> Stamps {
    [&files.certificate, &files.key].map(|path| {
        let file = fs::metadata(path).ok()?;
        Some((file.ino(), file.len(), file.mtime(), file.mtime_nsec()))
    })
}

fn read(files: &PemFiles) -> anyhow::Result<CertifiedKey> {
    let what = |path: &Path| format!("reading {}", path.display());
    let chain = CertificateDer::pem_file_iter(&files.certificate).with_context(|| what(&files.certificate))?;
    let chain: Vec<CertificateDer<'static>> =
        chain.collect::<Result<_, _>>().with_context(|| what(&files.certificate))?;
    ensure!(!chain.is_empty(), "{} holds no certificate in PEM", files.certificate.display());
    let key = PrivateKeyDer::from_pem_file(&files.key).with_context(|| what(&files.key))?;
    CertifiedKey::from_der(chain, key, &ring::default_provider()).with_context(|| {
        format!("{} and {} are not a certificate and its key", files.certificate.display(), files.key.display())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{PemFiles, Reloading};
    use crate::server::self_signed::certificate_in;

    #[test]
    fn a_new_certificate_is_loaded_and_an_invalid_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let given = PemFiles { certificate: folder.path().join("c.pem"), key: folder.path().join("k.pem") };
        let give = |from: &PemFiles| {
            fs::copy(&from.certificate, &given.certificate).unwrap();
            fs::copy(&from.key, &given.key).unwrap();
        };
        let first = certificate_in(&folder.path().join("first")).unwrap();
        let second = certificate_in(&folder.path().join("second")).unwrap();
        give(&first);
        let reloading = Reloading::new(given.clone()).unwrap();
        let shown = || reloading.current().cert[0].clone();
        let old = shown();
        reloading.check();
        assert_eq!(shown(), old, "nothing changed");

        // Between the two copies, the files are the new certificate and the old key.
        fs::copy(&second.certificate, &given.certificate).unwrap();
        reloading.check();
        assert_eq!(shown(), old);
        fs::write(&given.key, "no key at all").unwrap();
        reloading.check();
        assert_eq!(shown(), old);
        fs::remove_file(&given.key).unwrap();
        reloading.check();
        assert_eq!(shown(), old);

        give(&second);
        reloading.check();
        assert_ne!(shown(), old);
    }

    #[test]
    fn an_invalid_certificate_is_refused_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let made = certificate_in(&folder.path().join("made")).unwrap();
        let empty = folder.path().join("empty.pem");
        fs::write(&empty, "").unwrap();
        for (certificate, key, message) in [
            (&empty, &made.key, "holds no certificate"),
            (&made.key, &made.key, "holds no certificate"),
            (&made.certificate, &empty, "reading"),
            (&folder.path().join("gone.pem"), &made.key, "gone.pem"),
        ] {
            let files = PemFiles { certificate: certificate.clone(), key: key.clone() };
            let error = format!("{:#}", Reloading::new(files).unwrap_err());
            assert!(error.contains(message), "{error}");
        }
    }
}

//! A self-signed certificate, created at the first start, for servers without a configured one.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};
use cdr_files::{FOLDER_MODE, close_with_warning, create_private_file};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};

use crate::config::PemFiles;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// The validity of the certificate: long, as clients have to be configured to trust it.
const YEARS: u32 = 10;

/// The certificate in a folder, created if it does not exist. It is valid for `localhost`, the loopback addresses and
/// the host name of this machine.
///
/// # Errors
/// When it cannot be created, or one of the two files is missing.
pub(crate) fn certificate_in(folder: &Path) -> anyhow::Result<PemFiles> {
    let files = PemFiles { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    match (files.certificate.exists(), files.key.exists()) {
        (true, true) => {
            [&files.key, &files.certificate].into_iter().for_each(|file| close_with_warning(file));
            close_with_warning(folder);
            Ok(files)
        }
        (false, false) => {
            make(folder, &files).with_context(|| format!("a certificate cannot be created in {}", folder.display()))?;
            tracing::info!(certificate = %files.certificate.display(), "created a self-signed certificate");
            Ok(files)
        }
        (true, false) => bail!("{} has no key; remove it, and both are created again", files.certificate.display()),
        (false, true) => bail!("{} has no certificate; remove it, and both are created again", files.key.display()),
    }
}

/// Renames a folder with both files into place: two processes that start concurrently use the same pair.
fn make(folder: &Path, files: &PemFiles) -> anyhow::Result<()> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let passing = tempfile::Builder::new().prefix(".tls-").tempdir_in(parent)?;
    // The umask may have removed permissions of the owner.
    fs::set_permissions(passing.path(), Permissions::from_mode(FOLDER_MODE))?;
    let (certificate, key) = pair()?;
    for (file, text) in [(&files.certificate, certificate), (&files.key, key)] {
        let mut file = create_private_file(&passing.path().join(file.file_name().unwrap_or_default()))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
    }
    match fs::rename(passing.path(), folder) {
        Err(_) if files.certificate.exists() && files.key.exists() => Ok(()),
        renamed => Ok(renamed?),
    }
}

/// A certificate and its key, as PEM.
fn pair() -> anyhow::Result<(String, String)> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    names.extend(host_name());
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Tollbook");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let now = SystemTime::now();
    params.not_before = (now - DAY).into();
    params.not_after = (now + DAY * 365 * YEARS).into();
    let key = KeyPair::generate()?;
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}

/// The host name of this machine, if it is valid in a certificate.
fn host_name() -> Option<String> {
    let system = rustix::system::uname();
    let name = system.nodename().to_str().ok()?;
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.');
    (fits && !name.is_empty() && name != "localhost").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use super::certificate_in;
    use crate::server::reload::Reloading;

    #[test]
    fn a_certificate_is_created_once() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("tls");
        let files = certificate_in(&folder).unwrap();
        let made = fs::read(&files.certificate).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&files.key), mode(&files.certificate)), (0o700, 0o600, 0o600));
        fs::set_permissions(&files.key, fs::Permissions::from_mode(0o644)).unwrap();
        certificate_in(&folder).unwrap();
        assert_eq!(mode(&files.key), 0o600, "a key that is open is closed");
        assert!(Reloading::new(files.clone()).is_ok(), "the two belong together");
        assert_eq!(certificate_in(&folder).unwrap(), files);
        assert_eq!(fs::read(&files.certificate).unwrap(), made);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn concurrent_processes_use_the_same_certificate() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("tls");
        let read = || fs::read(certificate_in(&folder).unwrap().certificate).unwrap();
        std::thread::scope(|scope| {
            let all: Vec<_> = (0..4).map(|_| scope.spawn(read)).collect();
            let all: Vec<Vec<u8>> = all.into_iter().map(|one| one.join().unwrap()).collect();
            assert!(all.iter().all(|one| *one == all[0]));
        });
    }

    #[test]
    fn a_missing_file_of_the_pair_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("tls");
        fs::remove_file(certificate_in(&folder).unwrap().key).unwrap();
        assert!(certificate_in(&folder).unwrap_err().to_string().contains("has no key"));
    }
}

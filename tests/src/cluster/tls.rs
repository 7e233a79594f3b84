//! Certificates of a server and of its authority.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::user::User;

/// Writes `server.crt` and `server.key` for `localhost` into a folder, and returns the path of the authority's
/// certificate.
pub(super) fn make(folder: &Path, user: User) -> PathBuf {
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.distinguished_name.push(DnType::CommonName, "an authority for tests");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let self_signed = authority.self_signed(&authority_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let issuer = Issuer::new(authority, authority_key);
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let trusted = folder.join("authority.crt");
    for (path, text, mode) in [
        (folder.join("server.crt"), certificate.pem(), 0o644),
        (folder.join("server.key"), key.serialize_pem(), 0o600),
        (trusted.clone(), self_signed.pem(), 0o644),
    ] {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        user.owns(&path);
    }
    trusted
}

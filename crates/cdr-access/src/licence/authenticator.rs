//! The authenticator of licences: finds a licence by its text, and delays requests after failures.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cdr_model::{Clock, PortError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Licence, LicenceScope, LicenceText, Licences};
use crate::gate::Gate;
use crate::remembered::Key;
use crate::secret::Secrets;
use crate::throttle::site;

/// The name of the secret for hashing texts.
const KEY: &str = "licences";
/// How long a licence is cached for an address: 25 hours, for programs that run once a day.
const REMEMBER: Duration = Duration::from_secs(25 * 60 * 60);

/// Authenticates programs by licence, and adds licences. It is cheap to clone, and all clones share their state.
///
/// A dialect calls [`delay`](LicenceAuthenticator::delay) and waits for that time. It then calls
/// [`admit`](LicenceAuthenticator::admit) on a thread that may block. The licence is looked up for each request, so a
/// removed or rotated licence is refused immediately. The secret is read for each request as well, so that a store
/// restored with another secret still finds its licences. Texts are never logged.
#[derive(Clone)]
pub struct LicenceAuthenticator(Arc<Inner>);

struct Inner {
    licences: Arc<dyn Licences>,
    secrets: Arc<dyn Secrets>,
    gate: Gate<()>,
}

impl LicenceAuthenticator {
    /// An authenticator for these licences, which are hashed with one of these secrets.
    pub fn new(licences: Arc<dyn Licences>, secrets: Arc<dyn Secrets>, clock: Arc<dyn Clock>) -> LicenceAuthenticator {
        LicenceAuthenticator(Arc::new(Inner { licences, secrets, gate: Gate::new(clock, REMEMBER) }))
    }

    /// How long a request has to wait: not at all after up to two recent failures of this text or this address, then
    /// 100 ms, doubling up to 2 s. One failure expires every 15 s. IPv6 addresses are counted by their /64. A licence
    /// that was verified from this address within a day does not wait, so that a program with an outdated licence does
    /// not delay others at the same address.
    pub fn delay(&self, licence: &str, address: IpAddr) -> Duration {
        match self.0.gate.find(&self.key(licence, address)) {
            Some(()) => Duration::ZERO,
            None => self.0.gate.delay(licence, address),
        }
    }

    /// The licence with this text, if it exists. It is looked up by the keyed hash of the text, so the time of the
    /// look-up reveals nothing about similar texts. The hash is then compared in constant time.
    ///
    /// # Errors
    /// If the secret or the licences cannot be read. This does not count as a failed attempt.
    pub fn admit(&self, licence: &str, address: IpAddr) -> Result<Option<Licence>, PortError> {
        let (gate, key) = (&self.0.gate, self.key(licence, address));
        let admitted = gate.admit(licence, address, || self.look_up(licence))?;
        match &admitted {
            Some(_) => gate.remember(key, (), gate.forgotten()),
            None => gate.forget(&key),
        }
        Ok(admitted)
    }

    /// Adds a licence.
    ///
    /// # Errors
    /// [`PortError::Exists`] if the name is in use, [`PortError::Refused`] if the text is in use; other errors if the
    /// licence cannot be stored.
    pub fn add(&self, name: &str, text: &LicenceText, scope: LicenceScope) -> Result<Licence, PortError> {
        let digest = self.digest(text)?;
        self.0.licences.add_licence(&Licence { id: 0, name: name.to_owned(), digest, scope })
    }

    /// Replaces the text of the licence of this name. The old text is refused from then on.
    ///
    /// # Errors
    /// [`PortError::NotFound`], and [`PortError::Refused`] if the text is in use by any licence, including this one;
    /// other errors if it cannot be stored.
    pub fn rotate(&self, name: &str, text: &LicenceText) -> Result<(), PortError> {
        self.0.licences.change_digest(name, &self.digest(text)?)
    }

    fn digest(&self, text: &LicenceText) -> Result<[u8; 32], PortError> {
        Ok(self.mac(text.reveal())?.finalize().into_bytes().into())
    }

    fn mac(&self, text: &str) -> Result<Hmac<Sha256>, PortError> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0.secrets.secret(KEY)?);
        let mut mac = mac.map_err(|error| PortError::failed("the secret of the licences cannot be used", error))?;
        mac.update(text.as_bytes());
        Ok(mac)
    }

    fn look_up(&self, licence: &str) -> Result<Option<Licence>, PortError> {
        let mac = self.mac(licence)?;
        let digest = mac.clone().finalize().into_bytes().into();
        let found = self.0.licences.licence_by_digest(&digest)?;
        Ok(found.filter(|found| mac.verify_slice(&found.digest).is_ok()))
    }

    /// The cache key. It includes the address, so that the missing delay of a valid licence reveals nothing to other
    /// addresses.
    fn key(&self, licence: &str, address: IpAddr) -> Key {
        self.0.gate.key(licence.as_bytes(), site(address).to_string().as_bytes())
    }
}

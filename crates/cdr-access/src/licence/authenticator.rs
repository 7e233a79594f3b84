//! The authenticator of licences: which one is it, by its text, and how long a guess delays the next.

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

/// The name of the secret that texts are hashed with.
const KEY: &str = "licences";
/// How long a licence is remembered at an address: a day and an hour, for programs that come once a day.
const REMEMBER: Duration = Duration::from_secs(25 * 60 * 60);

/// Authenticates programs by licence, and makes licences. Cheap to clone; every clone is the same.
///
/// A dialect asks [`delay`](LicenceAuthenticator::delay) first, and waits for so long; then
/// [`admit`](LicenceAuthenticator::admit), on a thread that may block. Licences are looked up each time, so one that is
/// removed or rotated is refused at once, and the secret too, so that a store which was restored with another secret knows
/// its licences. Nothing here logs a text.
#[derive(Clone)]
pub struct LicenceAuthenticator(Arc<Inner>);

struct Inner {
    licences: Arc<dyn Licences>,
    secrets: Arc<dyn Secrets>,
    gate: Gate<()>,
}

impl LicenceAuthenticator {
    /// For these licences, hashed with one of these secrets, by this clock.
    pub fn new(licences: Arc<dyn Licences>, secrets: Arc<dyn Secrets>, clock: Arc<dyn Clock>) -> LicenceAuthenticator {
        LicenceAuthenticator(Arc::new(Inner { licences, secrets, gate: Gate::new(clock, REMEMBER) }))
    }

    /// How long a request has to wait: nothing after up to two recent failures of this text or this address, then 100 ms,
    /// doubling up to 2 s. One failure is forgotten every 15 s; IPv6 addresses are counted by their /64. A licence that was
    /// right at this address within a day does not wait: one program with an old licence slows no other beside it.
    pub fn delay(&self, licence: &str, address: IpAddr) -> Duration {
        match self.0.gate.find(&self.key(licence, address)) {
            Some(()) => Duration::ZERO,
            None => self.0.gate.delay(licence, address),
        }
    }

    /// The licence with this text, if there is one. It is found by the hash of the text under a secret, so how long that
    /// takes says nothing about texts that are nearly right; the hash is then compared in constant time.
    ///
    /// # Errors
    /// When the secret or the licences cannot be read. This is no failed attempt.
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
    /// [`PortError::Exists`] when the name is taken, [`PortError::Refused`] when the text is; and when it cannot be kept.
    pub fn add(&self, name: &str, text: &LicenceText, scope: LicenceScope) -> Result<Licence, PortError> {
        let digest = self.digest(text)?;
        self.0.licences.add_licence(&Licence { id: 0, name: name.to_owned(), digest, scope })
    }

    /// Gives the licence of this name another text. The one it had is refused from then on.
    ///
    /// # Errors
    /// [`PortError::NotFound`], and [`PortError::Refused`] when the text is a licence already, be it this one; and when it
    /// cannot be kept.
    pub fn rotate(&self, name: &str, text: &LicenceText) -> Result<(), PortError> {
        self.0.licences.change_digest(name, &self.digest(text)?)
    }

    fn digest(&self, text: &LicenceText) -> Result<[u8; 32], PortError> {
        Ok(self.mac(text.reveal())?.finalize().into_bytes().into())
    }

    fn mac(&self, text: &str) -> Result<Hmac<Sha256>, PortError> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0.secrets.secret(KEY)?);
        let mut mac = mac.map_err(|error| PortError::failed("the secret of the licences is of no use", error))?;
        mac.update(text.as_bytes());
        Ok(mac)
    }

    fn look_up(&self, licence: &str) -> Result<Option<Licence>, PortError> {
        let mac = self.mac(licence)?;
        let digest = mac.clone().finalize().into_bytes().into();
        let found = self.0.licences.licence_by_digest(&digest)?;
        Ok(found.filter(|found| mac.verify_slice(&found.digest).is_ok()))
    }

    /// The address is part of it: a licence that does not wait tells a program nothing that its neighbour did not know.
    fn key(&self, licence: &str, address: IpAddr) -> Key {
        self.0.gate.key(licence.as_bytes(), site(address).to_string().as_bytes())
    }
}

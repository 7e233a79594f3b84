//! Licences in memory, and an authenticator with a manual clock.

use std::sync::Arc;

use crate::licence::{LicenceAuthenticator, LicenceScope, LicenceText};
use crate::memory::{MemoryLicences, MemorySecrets};
use crate::testing::{HandClock, ip};

/// The fixture of a test.
pub(super) struct LicenceFixture {
    pub(super) clock: Arc<HandClock>,
    pub(super) licences: Arc<MemoryLicences>,
    pub(super) authenticator: LicenceAuthenticator,
}

impl LicenceFixture {
    /// A fixture with licences for environment 1, by name and text.
    pub(super) fn of<const N: usize>(licences: [(&str, &str); N]) -> LicenceFixture {
        let (clock, kept) = (Arc::<HandClock>::default(), Arc::<MemoryLicences>::default());
        let authenticator = LicenceAuthenticator::new(kept.clone(), Arc::new(MemorySecrets::default()), clock.clone());
        for (name, licence) in licences {
            authenticator.add(name, &text(licence), LicenceScope::Environment(1)).unwrap();
        }
        LicenceFixture { clock, licences: kept, authenticator }
    }

    /// The name of the admitted licence.
    pub(super) fn admits(&self, licence: &str, address: &str) -> Option<String> {
        self.authenticator.admit(licence, ip(address)).unwrap().map(|licence| licence.name)
    }

    /// How long a request has to wait, in milliseconds.
    pub(super) fn delay(&self, licence: &str, address: &str) -> u128 {
        self.authenticator.delay(licence, ip(address)).as_millis()
    }
}

pub(super) fn text(licence: &str) -> LicenceText {
    LicenceText::given(licence).unwrap()
}

//! Logins in memory, and an authenticator with a manual clock.

use std::sync::Arc;

use crate::login::{Login, LoginAuthenticator};
use crate::memory::MemoryLogins;
use crate::password::hash_password;
use crate::testing::{HandClock, ip};

/// The fixture of a test.
pub(super) struct LoginFixture {
    pub(super) clock: Arc<HandClock>,
    pub(super) logins: Arc<MemoryLogins>,
    pub(super) authenticator: LoginAuthenticator,
}

impl LoginFixture {
    pub(super) fn of(logins: impl IntoIterator<Item = Login>) -> LoginFixture {
        let (clock, logins) = (Arc::<HandClock>::default(), Arc::new(MemoryLogins::of(logins)));
        let authenticator = LoginAuthenticator::new(logins.clone(), clock.clone());
        LoginFixture { clock, logins, authenticator }
    }

    /// Whether an attempt is admitted.
    pub(super) fn admits(&self, login: &str, password: &str, address: &str) -> bool {
        let admitted = self.authenticator.admit(login, password, ip(address)).unwrap();
        assert!(admitted.as_ref().is_none_or(|admitted| admitted.login == login));
        admitted.is_some()
    }

    /// How long an attempt has to wait, in milliseconds.
    pub(super) fn delay(&self, login: &str, address: &str) -> u128 {
        self.authenticator.delay(login, ip(address)).as_millis()
    }
}

/// A login with an argon2id hash.
pub(super) fn login(name: &str, password: &str) -> Login {
    Login::new(name, hash_password(password).unwrap(), 7)
}

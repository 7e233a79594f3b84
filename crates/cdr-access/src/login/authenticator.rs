//! The authenticator of logins: verifies name, password and address, and delays attempts after failures.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cdr_model::{Clock, PortError, chain};
use tracing::warn;

use super::{Login, Logins};
use crate::gate::Gate;
use crate::password::{Bcrypt, DUMMY_HASH, PasswordError, hash_password, verify_password};
use crate::permits::Permits;

/// How long the highest cost of the bcrypt hashes among the logins is cached.
const REMEMBER_COST: Duration = Duration::from_secs(60);

/// Authenticates logins by name and password. It is cheap to clone, and all clones share their state.
///
/// A dialect calls [`delay`](LoginAuthenticator::delay) and waits for that time. It then calls
/// [`admit`](LoginAuthenticator::admit) on a thread that may block. Unlike the
/// [`UserAuthenticator`](crate::UserAuthenticator) it does not cache verified credentials, since customers get tokens,
/// and it never refuses an attempt: each failed attempt increases the delay of the next one.
#[derive(Clone)]
pub struct LoginAuthenticator(Arc<Inner>);

struct Inner {
    logins: Arc<dyn Logins>,
    gate: Gate<()>,
    permits: Permits,
    cost: Mutex<Option<KnownCost>>,
}

/// The highest cost of the bcrypt hashes among the logins, and when it was determined. The cost is `None` if no login
/// has a bcrypt hash.
#[derive(Clone, Copy)]
struct KnownCost {
    cost: Option<u32>,
    at: Duration,
}

impl LoginAuthenticator {
    /// An authenticator for these logins.
    pub fn new(logins: Arc<dyn Logins>, clock: Arc<dyn Clock>) -> LoginAuthenticator {
        let gate = Gate::new(clock, Duration::ZERO);
        LoginAuthenticator(Arc::new(Inner {
            logins,
            gate,
            permits: Permits::one_for_each_core(),
            cost: Mutex::default(),
        }))
    }

    /// How long an attempt has to wait: not at all after up to two recent failures of this login or this address, then
    /// 100 ms, doubling up to 2 s. One failure expires every 15 s. Logins are counted as typed, whether they exist or
    /// not. IPv6 addresses are counted by their /64.
    pub fn delay(&self, login: &str, address: IpAddr) -> Duration {
        self.0.gate.delay(login, address)
    }

    /// The login, if it exists and is not closed, the password is correct, and it may sign in from this address. The duration does not
    /// reveal the reason of a failure: it is some hundredths of a second, plus the time of the most expensive bcrypt
    /// hash if any login has one. A verified bcrypt hash is replaced by an argon2id hash.
    ///
    /// # Errors
    /// If the logins cannot be read, or the stored password is not a hash. This does not count as a failed attempt.
    pub fn admit(&self, login: &str, password: &str, address: IpAddr) -> Result<Option<Login>, PortError> {
        self.0.gate.admit(login, address, || self.look_up(login, password, address))
    }

    fn look_up(&self, name: &str, password: &str, address: IpAddr) -> Result<Option<Login>, PortError> {
        // Each hash takes 19 MiB of memory, so the number of concurrent attempts is limited.
        let _permit = self.0.permits.take();
        let login = self.0.logins.login_named(name)?;
        let known = login.as_ref().map(|login| login.password.as_str());
        let right = verify(password, known, self.bcrypt_cost()?);
        let right =
            right.map_err(|error| PortError::failed(format!("the password of `{name}` cannot be checked"), error))?;
        let admitted = login.filter(|login| right && login.closed_at.is_none() && login.is_allowed_from(address));
        Ok(admitted.map(|login| self.renewed(login, password)))
    }

    /// The login with an argon2id hash. If the hash cannot be stored, the next sign-in tries again.
    fn renewed(&self, login: Login, password: &str) -> Login {
        if !Bcrypt::is_meant(&login.password) {
            return login;
        }
        let renewed = hash_password(password)
            .map_err(|error| PortError::failed("the password could not be hashed again", error))
            .and_then(|hash| Ok(self.0.logins.renew_password(&login, &hash)?.then_some(hash)));
        match renewed {
            Ok(Some(hash)) => Login { password: hash, ..login },
            Ok(None) => login,
            Err(error) => {
                warn!(login.id, error = %chain(&error), "a bcrypt hash could not be replaced");
                login
            }
        }
    }

    /// The highest cost of the bcrypt hashes among the logins, from the cache if it is recent.
    fn bcrypt_cost(&self) -> Result<Option<u32>, PortError> {
        let now = self.0.gate.ticks();
        let mut known = self.0.cost.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(KnownCost { cost, at }) = *known
            && now.saturating_sub(at) < REMEMBER_COST
        {
            return Ok(cost);
        }
        let logins = self.0.logins.logins()?;
        let costs = logins.iter().filter_map(|login| Bcrypt::read(&login.password).ok());
        let cost = costs.map(|hash| hash.cost()).max();
        *known = Some(KnownCost { cost, at: now });
        Ok(cost)
    }
}

/// Whether a password matches a hash. As long as any login has a bcrypt hash, each attempt is verified against one hash
/// of each kind, either the login's own hash or a dummy hash, so that all attempts take the same time.
fn verify(password: &str, hash: Option<&str>, bcrypt_cost: Option<u32>) -> Result<bool, PasswordError> {
    match hash {
        Some(hash) if Bcrypt::is_meant(hash) => {
            let right = Bcrypt::read(hash)?.verify(password)?;
            verify_password(password, DUMMY_HASH)?;
            Ok(right)
        }
        _ => {
            if let Some(cost) = bcrypt_cost {
                Bcrypt::imitate(password, cost);
            }
            // Without a login, the dummy hash is verified and the result is always false.
            Ok(verify_password(password, hash.unwrap_or(DUMMY_HASH))? && hash.is_some())
        }
    }
}

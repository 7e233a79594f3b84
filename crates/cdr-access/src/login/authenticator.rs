//! The authenticator of logins: which one is it, by name, password and address, and how long a failed attempt delays the next.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cdr_model::{Clock, PortError, chain};
use tracing::warn;

use super::{Login, Logins};
use crate::gate::Gate;
use crate::password::{Bcrypt, NOBODYS_HASH, PasswordError, hash_password, verify_password};
use crate::turns::Turns;

/// How long it is remembered what the bcrypt hashes among the logins cost.
const REMEMBER_COST: Duration = Duration::from_secs(60);

/// Authenticates logins by name and password. Cheap to clone; every clone is the same.
///
/// A dialect asks [`delay`](LoginAuthenticator::delay) first, and waits for so long; then
/// [`admit`](LoginAuthenticator::admit), on a thread that may block. Unlike the
/// [`UserAuthenticator`](crate::UserAuthenticator) it remembers nobody, as customers get tokens, and turns nobody away: each
/// failed attempt makes the next one wait longer.
#[derive(Clone)]
pub struct LoginAuthenticator(Arc<Inner>);

struct Inner {
    logins: Arc<dyn Logins>,
    gate: Gate<()>,
    turns: Turns,
    cost: Mutex<Option<KnownCost>>,
}

/// What the bcrypt hashes among the logins cost at most, and when that was looked up; nothing, if there are none.
#[derive(Clone, Copy)]
struct KnownCost {
    cost: Option<u32>,
    at: Duration,
}

impl LoginAuthenticator {
    /// For these logins, by this clock.
    pub fn new(logins: Arc<dyn Logins>, clock: Arc<dyn Clock>) -> LoginAuthenticator {
        let gate = Gate::new(clock, Duration::ZERO);
        LoginAuthenticator(Arc::new(Inner { logins, gate, turns: Turns::one_for_each_core(), cost: Mutex::default() }))
    }

    /// How long an attempt has to wait: nothing after up to two recent failures of this login or this address, then 100 ms,
    /// doubling up to 2 s. One failure is forgotten every 15 s. Logins are counted as they were typed, whether there are
    /// such or not; IPv6 addresses by their /64.
    pub fn delay(&self, login: &str, address: IpAddr) -> Duration {
        self.0.gate.delay(login, address)
    }

    /// The login, if there is one of this name, the password is its own, and it may sign in from this address. What is
    /// wrong cannot be told from how long it takes: some hundredths of a second, and as long as the bcrypt hashes say
    /// while there are such. A bcrypt hash that was right is replaced by an argon2id one.
    ///
    /// # Errors
    /// When the logins cannot be read, or the stored password is not a hash. This is no failed attempt.
    pub fn admit(&self, login: &str, password: &str, address: IpAddr) -> Result<Option<Login>, PortError> {
        self.0.gate.admit(login, address, || self.look_up(login, password, address))
    }

    fn look_up(&self, name: &str, password: &str, address: IpAddr) -> Result<Option<Login>, PortError> {
        // Each hash takes 19 MiB, so a flood has to queue.
        let _turn = self.0.turns.take();
        let login = self.0.logins.login_named(name)?;
        let known = login.as_ref().map(|login| login.password.as_str());
        let right = verify(password, known, self.bcrypt_cost()?);
        let right =
            right.map_err(|error| PortError::failed(format!("the password of `{name}` cannot be checked"), error))?;
        let admitted = login.filter(|login| right && login.is_allowed_from(address));
        Ok(admitted.map(|login| self.renewed(login, password)))
    }

    /// The login with an argon2id hash. If that cannot be kept now, it will be another time.
    fn renewed(&self, login: Login, password: &str) -> Login {
        if !Bcrypt::is_meant(&login.password) {
            return login;
        }
        let renewed = hash_password(password)
            .map_err(|error| PortError::failed("the password could not be hashed anew", error))
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

    /// What the bcrypt hashes among the logins cost at most, looked up now and then.
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

/// Whether a password is the one that was hashed. Each attempt is held against a hash of either kind, as long as there are
/// logins of either kind: their own, or one that nobody has.
fn verify(password: &str, hash: Option<&str>, bcrypt_cost: Option<u32>) -> Result<bool, PasswordError> {
    match hash {
        Some(hash) if Bcrypt::is_meant(hash) => {
            let right = Bcrypt::read(hash)?.verify(password)?;
            verify_password(password, NOBODYS_HASH)?;
            Ok(right)
        }
        _ => {
            if let Some(cost) = bcrypt_cost {
                Bcrypt::imitate(password, cost);
            }
            // Nobody has this one.
            Ok(verify_password(password, hash.unwrap_or(NOBODYS_HASH))? && hash.is_some())
        }
    }
}

//! The keeper of logins: who is it, by login, password and address, and how long has who fails to wait.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::warn;

use super::{Login, Logins};
use crate::clock::Clock;
use crate::error::{PortError, chain};
use crate::signing_in::{Bcrypt, NOBODYS_HASH, PasswordError, Throttle, Turns, hash_password, verify_password};

/// How long it is remembered what the bcrypt hashes among the logins cost.
const REMEMBER_COST: Duration = Duration::from_secs(60);

/// Lets customers sign in by login and password. Cheap to clone; every clone is the same.
///
/// A dialect asks [`delay`](LoginKeeper::delay) first, and waits for so long; then [`admit`](LoginKeeper::admit), on a
/// thread that may block. Unlike the [`Doorkeeper`](crate::Doorkeeper) of operators it remembers nobody, as customers get
/// tokens, and turns nobody away: whoever fails waits longer and longer.
#[derive(Clone)]
pub struct LoginKeeper(Arc<Lodge>);

struct Lodge {
    logins: Arc<dyn Logins>,
    clock: Arc<dyn Clock>,
    turns: Turns,
    throttle: Mutex<Throttle>,
    cost: Mutex<Option<KnownCost>>,
}

/// What the bcrypt hashes among the logins cost at most, and when that was looked up; nothing, if there are none.
#[derive(Clone, Copy)]
struct KnownCost {
    cost: Option<u32>,
    at: Duration,
}

impl LoginKeeper {
    /// For these logins, by this clock.
    pub fn new(logins: Arc<dyn Logins>, clock: Arc<dyn Clock>) -> LoginKeeper {
        let (throttle, cost) = (Mutex::default(), Mutex::default());
        LoginKeeper(Arc::new(Lodge { logins, clock, turns: Turns::one_for_each_core(), throttle, cost }))
    }

    /// How long an attempt has to wait: nothing after up to two recent failures of this login or this address, then 100 ms,
    /// doubling up to 2 s. One failure is forgotten every 15 s. Logins are counted as they were typed, whether there are
    /// such or not; IPv6 addresses by their /64.
    pub fn delay(&self, login: &str, address: IpAddr) -> Duration {
        self.throttle().delay(login, address, self.0.clock.ticks())
    }

    /// The login, if there is one of this name, the password is its own, and it may sign in from this address. What is
    /// wrong cannot be told from how long it takes: some hundredths of a second, and as long as the bcrypt hashes say
    /// while there are such. A bcrypt hash that was right is replaced by an argon2id one.
    ///
    /// # Errors
    /// When the logins cannot be read, or what is kept as the password is none. This is no failed attempt.
    pub fn admit(&self, login: &str, password: &str, address: IpAddr) -> Result<Option<Login>, PortError> {
        let admitted = self.look_up(login, password, address)?;
        let now = self.0.clock.ticks();
        match &admitted {
            Some(_) => self.throttle().succeeded(login, address, now),
            None => self.throttle().failed(login, address, now),
        }
        Ok(admitted)
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
        let now = self.0.clock.ticks();
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

    fn throttle(&self) -> MutexGuard<'_, Throttle> {
        self.0.throttle.lock().unwrap_or_else(PoisonError::into_inner)
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

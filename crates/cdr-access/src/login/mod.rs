//! Logins: what customers sign in with.

mod authenticator;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use cdr_model::PortError;

pub use authenticator::LoginAuthenticator;

/// What somebody signs in with for a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Its number, which is never given to another.
    pub id: i64,
    /// Its name; capitals count.
    pub login: String,
    /// Its password, hashed: a PHC string (argon2id), or a bcrypt hash (`$2…`) that was brought along from another system.
    pub password: String,
    /// Whose calls it sees.
    pub customer_id: i64,
    /// The accounts whose calls it sees; all of the customer, if there are none here.
    pub accounts: BTreeSet<i64>,
    /// Where it may sign in from. From nowhere, if there are none here.
    pub allowed_ips: Vec<IpNet>,
    /// Whether it may listen to recordings.
    pub allow_recordings: bool,
}

impl Login {
    /// A login of a customer for all its accounts, from anywhere, without recordings. It gets its number when it is added.
    pub fn new(login: impl Into<String>, password: impl Into<String>, customer_id: i64) -> Login {
        Login {
            id: 0,
            login: login.into(),
            password: password.into(),
            customer_id,
            accounts: BTreeSet::new(),
            allowed_ips: vec![IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())],
            allow_recordings: false,
        }
    }

    /// Whether it may sign in from this address. An IPv4 address in the clothes of IPv6 counts as what it is.
    pub fn is_allowed_from(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed_ips.iter().any(|net| net.contains(&address))
    }
}

/// Logins, kept.
pub trait Logins: Send + Sync {
    /// The login with this number.
    ///
    /// # Errors
    /// When it cannot be read.
    fn login(&self, id: i64) -> Result<Option<Login>, PortError>;

    /// The login of this name.
    ///
    /// # Errors
    /// When it cannot be read.
    fn login_named(&self, login: &str) -> Result<Option<Login>, PortError>;

    /// All of them, by number.
    ///
    /// # Errors
    /// When they cannot be read.
    fn logins(&self) -> Result<Vec<Login>, PortError>;

    /// Adds one, and returns it as it is kept: number 0 stands for the next that was never given, since tokens are known by
    /// it.
    ///
    /// # Errors
    /// [`PortError::Exists`] when the name or the number is taken.
    fn add_login(&self, login: &Login) -> Result<Login, PortError>;

    /// Makes the login with this number what is given here.
    ///
    /// # Errors
    /// [`PortError::NotFound`], and [`PortError::Exists`] when another has the name.
    fn change_login(&self, login: &Login) -> Result<(), PortError>;

    /// Gives a login another hash, if it is still kept with the one it has here. `false` if somebody was faster.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn renew_password(&self, login: &Login, password: &str) -> Result<bool, PortError>;

    /// Removes the login of this name.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_login(&self, login: &str) -> Result<(), PortError>;
}

//! Logins: the credentials of customers.

mod authenticator;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use cdr_model::{PortError, Timestamp};

pub use authenticator::LoginAuthenticator;

/// A login of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Its number, which is never reused.
    pub id: i64,
    /// Its name, case-sensitive.
    pub login: String,
    /// The hash of its password: a PHC string (argon2id), or a bcrypt hash (`$2…`) imported from another system.
    pub password: String,
    /// The customer whose calls it may read.
    pub customer_id: i64,
    /// The accounts whose calls it may read. An empty set means all accounts of the customer.
    pub accounts: BTreeSet<i64>,
    /// The networks it may sign in from. An empty list means that it cannot sign in.
    pub allowed_ips: Vec<IpNet>,
    /// Whether it may access recordings.
    pub allow_recordings: bool,
    /// When it was closed. A closed login cannot sign in, and its tokens are refused.
    pub closed_at: Option<Timestamp>,
}

impl Login {
    /// A login of a customer for all accounts, from any address, without recordings. Its number is assigned when it is
    /// added.
    pub fn new(login: impl Into<String>, password: impl Into<String>, customer_id: i64) -> Login {
        Login {
            id: 0,
            login: login.into(),
            password: password.into(),
            customer_id,
            accounts: BTreeSet::new(),
            allowed_ips: vec![IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())],
            allow_recordings: false,
            closed_at: None,
        }
    }

    /// Whether it may sign in from this address. An IPv4-mapped IPv6 address counts as the IPv4 address.
    pub fn is_allowed_from(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed_ips.iter().any(|net| net.contains(&address))
    }
}

/// A store of logins.
pub trait Logins: Send + Sync {
    /// The login with this number.
    ///
    /// # Errors
    /// If it cannot be read.
    fn login(&self, id: i64) -> Result<Option<Login>, PortError>;

    /// The login of this name.
    ///
    /// # Errors
    /// If it cannot be read.
    fn login_named(&self, login: &str) -> Result<Option<Login>, PortError>;

    /// All logins, ordered by number.
    ///
    /// # Errors
    /// If they cannot be read.
    fn logins(&self) -> Result<Vec<Login>, PortError>;

    /// Adds a login and returns it as stored. Number 0 is replaced by the next number that was never used, since tokens
    /// refer to the number.
    ///
    /// # Errors
    /// [`PortError::Exists`] if the name or the number is in use.
    fn add_login(&self, login: &Login) -> Result<Login, PortError>;

    /// Replaces the login with this number.
    ///
    /// # Errors
    /// [`PortError::NotFound`], and [`PortError::Exists`] if another login has the name.
    fn change_login(&self, login: &Login) -> Result<(), PortError>;

    /// Replaces the hash of a login, if the stored hash is still the one given here. `false` if it was changed in the
    /// meantime.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn renew_password(&self, login: &Login, password: &str) -> Result<bool, PortError>;

    /// Removes the login of this name.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn remove_login(&self, login: &str) -> Result<(), PortError>;
}

//! Who may read, and how they prove it.
//!
//! Three kinds of credentials are kept behind ports: a [`User`] signs in with a name and a password and has [roles](Role), a
//! [`Login`] belongs to a customer and sees that customer's accounts, a [`Licence`] is a secret text that a program sends
//! with each request. An authenticator for each kind ([`UserAuthenticator`], [`LoginAuthenticator`],
//! [`LicenceAuthenticator`]) verifies them, delays whoever guesses, and remembers what was right.
//!
//! ```
//! use std::net::IpAddr;
//! use std::sync::Arc;
//!
//! use cdr_access::{MemoryUsers, Role, User, UserAuthenticator, UserAuthenticatorOptions};
//! use cdr_model::SystemClock;
//!
//! let alice = User::new("alice", "through the glass", [Role::Auditor])?;
//! let users = Arc::new(MemoryUsers::of([alice]));
//! let options = UserAuthenticatorOptions::default();
//! let authenticator = UserAuthenticator::new(users, Arc::new(SystemClock::default()), options);
//! let address = IpAddr::from([192, 0, 2, 1]);
//! let delay = authenticator.delay("alice", address)?;
//! assert!(delay.is_zero());
//! assert!(authenticator.admit("alice", "through the grass", address)?.is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate knows no calls, no HTTP and no SQL, and is synchronous.

mod access;
mod failures;
mod gate;
mod licence;
mod login;
mod memory;
mod password;
mod remembered;
mod secret;
#[cfg(test)]
mod testing;
mod throttle;
mod turns;
mod user;

pub use access::Access;
pub use licence::{Licence, LicenceAuthenticator, LicenceScope, LicenceText, LicenceTextError, Licences};
pub use login::{Login, LoginAuthenticator, Logins};
pub use memory::{MemoryLicences, MemoryLogins, MemorySecrets, MemoryUsers};
pub use password::{PasswordError, hash_password, verify_password};
pub use secret::{Secrets, new_secret};
pub use throttle::TooManyAttempts;
pub use user::{Role, RoleError, User, UserAuthenticator, UserAuthenticatorOptions, UserError, Users};

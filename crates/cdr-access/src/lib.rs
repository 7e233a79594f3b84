#![doc = include_str!("../README.md")]

mod access;
mod failures;
mod gate;
mod licence;
mod login;
mod memory;
mod password;
mod permits;
mod remembered;
mod secret;
#[cfg(test)]
mod testing;
mod throttle;
mod user;

pub use access::Access;
pub use licence::{Licence, LicenceAuthenticator, LicenceScope, LicenceText, LicenceTextError, Licences};
pub use login::{Login, LoginAuthenticator, Logins};
pub use memory::{MemoryLicences, MemoryLogins, MemorySecrets, MemoryUsers};
pub use password::{PasswordError, hash_password, verify_password};
pub use secret::{Secrets, new_secret};
pub use throttle::TooManyAttempts;
pub use user::{Role, RoleError, SignInError, User, UserAuthenticator, UserAuthenticatorOptions, UserError, Users};

//! Implementations of the ports in memory, for tests, examples and small embedding applications.

mod licences;
mod logins;
mod secrets;
mod users;

pub use licences::MemoryLicences;
pub use logins::MemoryLogins;
pub use secrets::MemorySecrets;
pub use users::MemoryUsers;

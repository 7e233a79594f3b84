//! What everybody who signs in with a name and a password has in common: hashes, and the price of guessing.

mod bcrypt;
mod password;
mod recent;
mod throttle;
mod turns;

pub(crate) use bcrypt::Bcrypt;
pub(crate) use password::NOBODYS_HASH;
pub use password::{PasswordError, hash_password, verify_password};
#[cfg(test)]
pub(crate) use recent::CAPACITY;
pub(crate) use recent::make_room;
pub use throttle::TooManyAttempts;
pub(crate) use throttle::{Throttle, place};
pub(crate) use turns::Turns;

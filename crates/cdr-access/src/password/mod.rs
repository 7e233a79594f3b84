//! Passwords as hashes: argon2id for our own, bcrypt for those that were brought along from another system.

mod argon2;
mod bcrypt;

pub(crate) use argon2::NOBODYS_HASH;
pub use argon2::{PasswordError, hash_password, verify_password};
pub(crate) use bcrypt::Bcrypt;

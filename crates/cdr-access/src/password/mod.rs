//! Password hashes: argon2id for new passwords, bcrypt for imported ones.

mod argon2;
mod bcrypt;

pub(crate) use argon2::DUMMY_HASH;
pub use argon2::{PasswordError, hash_password, verify_password};
pub(crate) use bcrypt::Bcrypt;

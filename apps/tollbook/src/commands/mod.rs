//! The commands, one file for each.

pub(crate) mod account;
pub(crate) mod backup;
pub(crate) mod calls;
pub(crate) mod catalogue;
pub(crate) mod compact;
pub(crate) mod customer;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod exports;
pub(crate) mod generate;
pub(crate) mod layout;
pub(crate) mod licence;
pub(crate) mod load;
pub(crate) mod login;
pub(crate) mod migrate;
#[cfg(feature = "postgres")]
pub(crate) mod moving;
pub(crate) mod quarantine;
pub(crate) mod reference;
pub(crate) mod restore;
pub(crate) mod retention;
pub(crate) mod serve;
pub(crate) mod user;
pub(crate) mod verify;
pub(crate) mod worker;

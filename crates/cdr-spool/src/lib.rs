//! Finished files, kept in a folder.
//!
//! [`FolderSpool`] is mediation's spool over one folder, which any number of processes may share. Under it lies
//! [`Delivery`], for any file that has to appear whole or not at all.

mod delivery;
mod error;
mod folder;
mod key;
#[cfg(test)]
mod tests;

pub use delivery::Delivery;
pub use error::DeliveryError;
pub use folder::FolderSpool;

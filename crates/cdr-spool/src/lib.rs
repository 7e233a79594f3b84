#![doc = include_str!("../README.md")]

#[cfg(feature = "s3")]
mod bucket;
mod bucket_options;
mod delivery;
mod error;
mod folder;
mod folder_packs;
#[cfg(test)]
mod tests;

#[cfg(feature = "s3")]
pub use bucket::{BucketPacks, BucketSpool};
pub use bucket_options::BucketOptions;
pub use delivery::Delivery;
pub use error::DeliveryError;
pub use folder::FolderSpool;
pub use folder_packs::FolderPacks;

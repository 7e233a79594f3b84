//! Finished files, kept in a folder or in a bucket.
//!
//! [`FolderSpool`] is mediation's spool over one folder, which any number of processes may share. Under it lies
//! [`Delivery`], for any file that has to appear whole or not at all. With the feature `s3` there is `BucketSpool` as well,
//! over a bucket that speaks the S3 protocol.

#[cfg(feature = "s3")]
mod bucket;
mod bucket_options;
mod delivery;
mod error;
mod folder;
#[cfg(test)]
mod tests;

#[cfg(feature = "s3")]
pub use bucket::BucketSpool;
pub use bucket_options::BucketOptions;
pub use delivery::Delivery;
pub use error::DeliveryError;
pub use folder::FolderSpool;

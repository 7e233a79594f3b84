//! Tests of atomic files, and of the folder or bucket that stores them.

#[cfg(feature = "s3")]
mod bucket;
mod contract;
mod delivery;
#[cfg(feature = "s3")]
mod failures;
mod folder;
#[cfg(feature = "s3")]
mod redirect;
#[cfg(feature = "s3")]
mod tls;
#[cfg(feature = "s3")]
mod waiting;

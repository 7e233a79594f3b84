//! Tests of atomic files, and of the folder or bucket that stores them.

#[cfg(feature = "s3")]
mod bucket;
mod contract;
mod delivery;
mod folder;
#[cfg(feature = "s3")]
mod redirect;
#[cfg(feature = "s3")]
mod tls;
#[cfg(feature = "s3")]
mod trouble;
#[cfg(feature = "s3")]
mod waiting;

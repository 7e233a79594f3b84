#![doc = include_str!("../README.md")]

mod delimited;
mod digest;
mod error;
mod fault;
mod feed;
mod lines;
mod load;
mod report;
mod rows;
mod text;

#[cfg(test)]
mod testing;

pub use error::IntakeError;
pub use feed::{FEEDS, Feed, FeedSettings, InputSheet, Origin, Records, feed_named};
pub use feed::{asterisk_csv, dma_csv, native};
pub use load::{LoadOptions, load};
pub use report::LoadReport;

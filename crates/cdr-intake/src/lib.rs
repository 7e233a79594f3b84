//! How calls come in: a feed reads what a switch wrote, and a load takes it to a store.
//!
//! [`FEEDS`] are the formats that can be read: [`native`] (CSV with a header, and NDJSON), [`asterisk_csv`]
//! (`Master.csv`) and [`dma_csv`] (the CSV files or the export ZIP of a RealPresence DMA). [`load()`] reads a file with one
//! of them and hands it to a [`CdrSink`](cdr_mediation::CdrSink) in batches. Loading a file twice adds nothing: every
//! record has a natural key within its source, and a digest of what the switch wrote.
//!
//! A line that cannot be read costs itself only: it goes to quarantine with its place and the reason, and the next good
//! line is loaded.
//!
//! ```
//! use cdr_intake::{FeedSettings, LoadOptions, feed_named, load};
//! use cdr_mediation::{Batch, CdrSink, PortError, Taken};
//!
//! /// Takes everything and keeps nothing.
//! struct Nowhere;
//!
//! impl CdrSink for Nowhere {
//!     fn take(&self, batch: &Batch) -> Result<Taken, PortError> {
//!         Ok(Taken { loaded: batch.records.len() as u64, ..Taken::default() })
//!     }
//! }
//!
//! let file = "started_at,calling,called\n2026-11-21T10:00:00Z,555-0100,555-0199\n";
//! let (feed, settings, options) = (feed_named("native")?, FeedSettings::default(), LoadOptions::from_source("demo"));
//! let report = load(feed, file.as_bytes(), "demo.csv", &settings, &options, &Nowhere, &mut |_| {})?;
//! assert_eq!(report.to_string(), "1 record read: 1 loaded, 0 already known, 0 quarantined");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate does no I/O but the `Read` it is given (and an anonymous temporary file for a ZIP archive, which has to be
//! read from its end).

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
pub use feed::{FEEDS, Feed, FeedSettings, Origin, Records, Sheet, feed_named};
pub use feed::{asterisk_csv, dma_csv, native};
pub use load::{LoadOptions, load};
pub use report::LoadReport;

//! How many calls there are, by hour: a rollup, from which counts and page jumps follow without reading calls.
//!
//! It counts the current versions. Every transaction that adds a call or replaces a version changes it, so it is that of
//! the calls at any moment. While calls are being removed, the hours that they are in are not used; once they are gone,
//! these hours are counted anew. An hour that has changed since a watermark is not used for it either. The calls of hours
//! that are not used, and of hours that the window has only a part of, are counted themselves.

mod cache;
mod changes;
mod count;
mod jump;
mod pieces;
mod recount;
mod scope;

pub(crate) use cache::RollupCache;
pub(crate) use changes::HourChanges;
pub(crate) use count::count;
pub(crate) use jump::jump;
pub(crate) use recount::recount;

use super::parts::ALL_ACCOUNTS;

/// The microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

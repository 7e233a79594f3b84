//! The rollup: the number of calls by hour, from which counts and page jumps follow without reading calls.
//!
//! It counts current versions. A transaction that adds a call or replaces a version also changes the rollup, so the two always
//! agree. While calls are being removed, their hours are not looked up; once they are gone, these hours are counted again. An
//! hour that has changed since the watermark of a query is not looked up for that query either. For such hours, and for those
//! that lie only partly in the window, the calls are counted in their own table.

mod cache;
mod changes;
mod count;
mod jump;
mod page_starts;
mod pieces;
mod recount;
mod scope;

pub(crate) use cache::RollupCache;
pub(crate) use changes::HourChanges;
pub(crate) use count::count;
pub(crate) use jump::{Jumped, jump};
pub(crate) use page_starts::{PageStart, PageStarts, of_page};
pub(crate) use recount::recount;

use super::parts::ALL_ACCOUNTS;

/// The microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

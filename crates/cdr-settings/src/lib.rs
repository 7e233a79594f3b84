//! Settings that are written once.
//!
//! A [`Setting`] is a constant: its name, what it takes, its default and its meaning. Reading, error messages, help and
//! documentation follow from it. Where the text of a setting comes from (a file, the environment, a flag) is behind
//! [`Values`].
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use cdr_settings::{Kind, Row, Setting, Values};
//!
//! const LIVE: Setting<usize> = Setting {
//!     name: "dma.live",
//!     default: "4",
//!     kind: Kind::count(1, 1000),
//!     meaning: "how many answers are written at the same time",
//!     ..Setting::PLAIN
//! };
//!
//! struct Given(BTreeMap<&'static str, &'static str>);
//!
//! impl Values for Given {
//!     fn text(&self, row: &dyn Row) -> &str {
//!         self.0.get(row.name()).copied().unwrap_or(row.default())
//!     }
//!
//!     fn origin(&self, row: &dyn Row) -> String {
//!         format!("the setting {}", row.name())
//!     }
//! }
//!
//! assert_eq!(LIVE.read(&Given(BTreeMap::new()))?, 4);
//! let error = LIVE.read(&Given(BTreeMap::from([("dma.live", "many")]))).unwrap_err();
//! assert_eq!(error.to_string(), "the setting dma.live: `many` is not a number from 1 to 1000");
//! # Ok::<(), cdr_settings::SettingError>(())
//! ```
//!
//! This crate knows no calls, no files and no environment.

mod kind;
mod row;
mod setting;
#[cfg(test)]
mod tests;

pub use kind::{Kind, YES_OR_NO, comma_separated};
pub use row::{Row, Values};
pub use setting::{Setting, SettingError};

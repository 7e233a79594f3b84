#![doc = include_str!("../README.md")]

mod kind;
mod row;
mod setting;
#[cfg(test)]
mod tests;

pub use kind::{ValueError, ValueKind, YES_OR_NO, comma_separated};
pub use row::{NoValues, Row, Values};
pub use setting::{Setting, SettingError};

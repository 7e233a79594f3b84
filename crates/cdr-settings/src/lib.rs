#![doc = include_str!("../README.md")]

mod kind;
mod row;
mod setting;
#[cfg(test)]
mod tests;

pub use kind::{Kind, YES_OR_NO, comma_separated};
pub use row::{Row, Values};
pub use setting::{Setting, SettingError};

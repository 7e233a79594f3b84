#![doc = include_str!("../README.md")]

mod condition;
mod cursor;
mod error;
pub mod grammar;
mod operand;
mod query;
mod window;

pub use condition::{Condition, Test, TextPart};
pub use cursor::Cursor;
pub use error::QueryError;
pub use operand::Operand;
pub use query::{CdrQuery, Order, OrderBy};
pub use window::Window;

#![doc = include_str!("../README.md")]

mod cancel;
mod condition;
mod cursor;
mod error;
pub mod grammar;
mod network;
mod operand;
mod order;
mod projection;
mod query;
mod window;

pub use cancel::{Cancel, CancelOnDrop, OnCancel};
pub use condition::{Condition, Test, TextPart};
pub use cursor::Cursor;
pub use error::QueryError;
pub use network::{Network, NetworkError};
pub use operand::Operand;
pub use order::{SortBy, SortKey, SortOrder};
pub use projection::Projection;
pub use query::CdrQuery;
pub use window::Window;

//! Which calls are wanted, and the published grammars people ask in.
//!
//! A [`CdrQuery`] is a window over one of a call's instants, conditions on its fields, an order and a watermark.
//! [`CdrQuery::matches`] is the definition of its answer: every store has to give the same.
//!
//! ```
//! use cdr_model::{Anchor, Cdr, CdrField};
//! use cdr_query::{CdrQuery, Condition, Test, Window};
//!
//! let evening = Window::new(Anchor::Start, "2026-11-21T18:00:00Z".parse()?, "2026-11-22T00:00:00Z".parse()?)?;
//! let query = CdrQuery::over(evening).only(Condition::new(CdrField::Called, Test::starts_with("49151"))?);
//!
//! let call = Cdr {
//!     number: 1,
//!     started_at: "2026-11-21T23:59:59.999999Z".parse()?,
//!     called: Some("4915123456".to_owned()),
//!     ..Cdr::default()
//! };
//! assert!(query.matches(&call));
//! assert!(!query.matches(&Cdr { started_at: "2026-11-22T00:00:00Z".parse()?, ..call }), "the end is not in the window");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate does no I/O.

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

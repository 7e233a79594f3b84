//! The ports of `cdr-mediation` kept in a SQL database: SQLite, in one file, or PostgreSQL.
//!
//! A [`Store`] is a source and a sink of records, keeps the quarantine, the directory, the ledger of exports, users,
//! logins, licences and secrets, and can be saved and brought back while it is in use.
//!
//! ```
//! use cdr_mediation::{Batch, CallDraft, CdrSink, CdrSource, Content, Incoming};
//! use cdr_model::{Anchor, Cdr};
//! use cdr_query::{CdrQuery, Window};
//! use cdr_store::{Opened, Store, StoreOptions};
//!
//! let folder = tempfile::tempdir()?;
//! let (store, opened) = Store::create_or_open(&folder.path().join("tollbook.db"), &StoreOptions::default())?;
//! assert_eq!(opened, Opened::Created);
//!
//! let call = Cdr { started_at: "2026-11-21T10:00:00Z".parse()?, ..Cdr::default() };
//! let draft = CallDraft { key: "1".to_owned(), digest: [7; 32], account: None, customer: None, service: None, call };
//! let content = Content::Call(Box::new(draft));
//! let records = vec![Incoming { position: "line 1".to_owned(), raw: Vec::new(), content }];
//! let batch = Batch { source: "pbx".to_owned(), feed: "native".to_owned(), records, ..Batch::default() };
//! assert_eq!(store.take(&batch)?.loaded, 1);
//! assert_eq!(store.take(&batch)?.known, 1, "a second load adds nothing");
//!
//! assert_eq!(store.count(&CdrQuery::over(Window::all(Anchor::Start)))?, 1);
//! store.backup(&folder.path().join("saved.db"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This is the only crate that speaks SQL; its rows never leave it.
//!
//! The feature `sqlite` is on by default; `postgres` is not, for it builds libpq and OpenSSL. At least one of them is needed.
#![cfg_attr(
    all(feature = "sqlite", feature = "postgres"),
    expect(
        clippy::duplicate_mod,
        reason = "`tables` is compiled once for each database: Diesel's expressions have its type, and generic code over both would \
                  need a bound for every one of them"
    )
)]
#[cfg(not(any(feature = "sqlite", feature = "postgres")))]
compile_error!("cdr-store needs the feature `sqlite` or `postgres`");

mod address;
mod error;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
mod moving;
mod pool_state;
mod ports;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod schema;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;
mod types;

#[cfg(test)]
mod tests;

pub use address::StoreAddress;
pub use error::StoreError;
#[cfg(all(feature = "sqlite", feature = "postgres"))]
pub use moving::{MoveReport, move_store};
pub use pool_state::PoolState;
#[cfg(feature = "postgres")]
pub use postgres::{Maintained, Maintainer, Notices};
#[cfg(feature = "sqlite")]
pub use sqlite::{BackupReport, RestoreReport};
pub use store::{Opened, Partitions, Store, StoreOptions};

//! The reading APIs of other systems, over mediation: one folder and one cargo feature each.
//!
//! * `dma`: the billing API of a Poly RealPresence DMA ([`dma`]).
//! * `porta`: the PortaCDR web service of Porta Plus 2 ([`porta`]).
//! * `yeti`: the customer API of a Yeti switch, and its administrators' exports ([`yeti`]).
//!
//! A dialect is mounted on any actix-web app. It sees [`Mediation`](cdr_mediation::Mediation) and nothing behind it, so
//! whatever implements its ports can be read through it:
//!
//! ```
//! use std::sync::Arc;
//!
//! use actix_web::{App, HttpServer};
//! use cdr_access::Access;
//! use cdr_dialects::Services;
//! use cdr_dialects::dma::{Dma, DmaOptions};
//! use cdr_mediation::{Mediation, Memory, MemoryLedger, MemorySpool, SystemClock};
//!
//! let (calls, ledger) = (Arc::new(Memory::default()), Arc::new(MemoryLedger::default()));
//! let clock = Arc::new(SystemClock::default());
//! let mediation = Mediation::new(calls, ledger, Arc::new(MemorySpool::default()), clock);
//! let services = Services::new(mediation, Access::default());
//!
//! let dma = Dma::new(&services, DmaOptions::default())?;
//! let server = HttpServer::new(move || App::new().configure(|config| dma.mount(config)));
//! # drop(server);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program that mounts what its configuration names goes through [`DIALECTS`], and names none of them.
//!
//! Exports are written by a [`Worker`](cdr_mediation::Worker), in this process or another one.

mod dialect;
#[cfg(any(feature = "dma", feature = "yeti"))]
mod handing_over;
mod origin;
mod pattern;
#[cfg(any(feature = "dma", feature = "porta"))]
mod pipe;
mod services;
#[cfg(test)]
mod testing;

#[cfg(feature = "dma")]
pub mod dma;
#[cfg(feature = "porta")]
pub mod porta;
#[cfg(feature = "yeti")]
pub mod yeti;

pub use dialect::{ConfigureResult, Configured, Defaults, Dialect, DialectError, DialectRow};
pub use origin::Origins;
pub use pattern::Pattern;
pub use services::Services;

/// All dialects, in the order in which they are mounted: the one that takes whatever paths are left is the last.
pub static DIALECTS: &[&DialectRow] = &[
    #[cfg(feature = "dma")]
    &dma::DIALECT,
    #[cfg(feature = "yeti")]
    &yeti::DIALECT,
    #[cfg(feature = "porta")]
    &porta::DIALECT,
];

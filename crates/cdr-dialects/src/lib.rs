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
//! use cdr_access::{MemoryUsers, UserAuthenticator, UserAuthenticatorOptions};
//! use cdr_dialects::dma::{Dma, DmaOptions};
//! use cdr_mediation::{Mediation, Memory, MemoryLedger, MemorySpool, SystemClock};
//!
//! let clock = Arc::new(SystemClock::default());
//! let (calls, ledger) = (Arc::new(Memory::default()), Arc::new(MemoryLedger::default()));
//! let mediation = Mediation::new(calls, ledger, Arc::new(MemorySpool::default()), clock.clone());
//! let users = Arc::new(MemoryUsers::default());
//! let authenticator = UserAuthenticator::new(users, clock, UserAuthenticatorOptions::default());
//!
//! let dma = Dma::new(mediation, authenticator, DmaOptions::default());
//! let server = HttpServer::new(move || App::new().configure(|config| dma.mount(config)));
//! # drop(server);
//! ```
//!
//! Exports are written by a [`Worker`](cdr_mediation::Worker), in this process or another one.

#[cfg(any(feature = "dma", feature = "yeti"))]
mod handing_over;
mod origin;
mod pattern;
#[cfg(any(feature = "dma", feature = "porta"))]
mod pipe;
#[cfg(test)]
mod testing;

#[cfg(feature = "dma")]
pub mod dma;
#[cfg(feature = "porta")]
pub mod porta;
#[cfg(feature = "yeti")]
pub mod yeti;

pub use origin::Origins;
pub use pattern::Pattern;

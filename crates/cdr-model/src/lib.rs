//! What a switch writes down about one call, and about one conference.
//!
//! A [`Cdr`] is one leg of a call as its switch recorded it and its rater priced it for one account. Its fields have
//! names ([`CdrField`]) by which queries, layouts and feeds speak of them, times are UTC microseconds ([`Timestamp`]),
//! money is exact and keeps the digits it was printed with ([`Money`]).
//!
//! ```
//! use cdr_model::{Anchor, Cdr, CdrField, Directory, Record, Timestamp, Value};
//!
//! let call = Cdr {
//!     started_at: "2026-11-21T23:59:50Z".parse()?,
//!     connected_at: Some("2026-11-22T00:00:02.5Z".parse()?),
//!     price: Some("0.0190".parse()?),
//!     ..Cdr::default()
//! };
//! assert_eq!(call.instant(Anchor::Connect), Some("2026-11-22T00:00:02.500Z".parse::<Timestamp>()?));
//! assert_eq!(call.price.unwrap().to_string(), "0.0190");
//! assert_eq!(call.value(CdrField::EndedAt, &Directory::default()), Value::Null);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! This crate depends on nothing else of the workspace and knows neither SQL nor HTTP.

mod account;
mod billing;
mod cdr;
mod conference;
mod conference_field;
mod details;
mod error;
mod field;
mod kind;
mod money;
mod port;
mod printable;
mod record;
mod time;
mod value;

pub use account::{
    Account, Customer, Destination, Directory, Level, NO_CURRENCY, NOBODY, Product, SUBSCRIPTIONS, Service, Source,
    VOICE_CALLS,
};
pub use billing::BillingPeriod;
pub use cdr::{Assumed, Cdr, Direction};
pub use conference::ConferenceRecord;
pub use conference_field::ConferenceField;
pub use details::{Details, Queue, Rating, Recording, Sip, Telepresence, Xdr};
pub use error::{BillingPeriodError, FieldError, LevelError, MoneyError, TimestampError, ZoneError};
pub use field::CdrField;
pub use kind::RecordKind;
pub use money::{Money, MoneySum};
pub use port::{PortError, chain};
pub use printable::{is_printable, printable};
pub use record::{Anchor, Field, Record};
pub use time::{Certainty, Clock, GapPolicy, LocalZone, OverlapPolicy, Resolved, SystemClock, Timestamp, Zone};
pub use value::{FieldKind, Value};

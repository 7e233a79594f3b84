#![doc = include_str!("../README.md")]

mod account;
mod batch;
mod billing;
mod catalogue;
mod cdr;
mod conference;
mod conference_field;
mod details;
mod document;
mod error;
mod field;
mod identity;
mod kind;
mod money;
mod port;
mod printable;
mod record;
mod time;
mod value;

pub use account::{
    Account, Customer, Destination, Directory, EarlierTerms, Level, NO_CURRENCY, NOBODY, Product, SUBSCRIPTIONS,
    Service, Source, VOICE_CALLS,
};
pub use batch::{CallBatch, CallColumns, ScannedCall, TextSpan, WantedFields};
pub use billing::BillingPeriod;
pub use cdr::{Assumed, Cdr, Direction};
pub use conference::ConferenceRecord;
pub use conference_field::ConferenceField;
pub use details::{Details, Queue, Rating, Recording, Sip, Telepresence, Xdr};
pub use document::DocumentError;
pub use error::{BillingPeriodError, LevelError, TimestampError, ZoneError};
pub use field::CdrField;
pub use identity::Identity;
pub use kind::RecordKind;
pub use money::{Money, MoneyError, MoneySum};
pub use port::{PortError, chain};
pub use printable::{is_printable, printable};
pub use record::{Anchor, AnchorError, Field, NamedIds, Record};
pub use time::{
    Certainty, Clock, GapPolicy, LocalZone, OverlapPolicy, Resolved, SystemClock, Timestamp, ZONE_DATA, Zone,
};
pub use value::{FieldError, FieldKind, Value};

//! The call detail record.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::account::{Directory, NOBODY, VOICE_CALLS};
use crate::details::{Details, Queue, Rating, Telepresence, Xdr};
use crate::field::CdrField;
use crate::identity::Identity;
use crate::kind::RecordKind;
use crate::money::Money;
use crate::record::{Anchor, NamedIds, Record};
use crate::time::Timestamp;
use crate::value::Value;

/// One leg of a call: one attempt of one party to reach another, as one switch recorded it, priced for one account.
///
/// A record never changes. A correction is a new version with a new [`number`](Cdr::number) and the same
/// [`id`](Cdr::id). The old version then holds the number of the new one in [`replaced_by`](Cdr::replaced_by).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cdr {
    /// Its position in the order of arrival, from 1; zero before it is stored.
    pub number: i64,
    /// The number of its first version. It never changes, and is the number that clients see.
    pub id: i64,
    /// The number of the version that replaced this one.
    pub replaced_by: Option<i64>,
    /// The kind of record.
    pub kind: RecordKind,
    /// The switch that wrote it.
    pub source_id: i32,
    /// The account it is booked on: positive for an account, minus the customer's number for a record that is booked on
    /// the customer itself.
    pub account_id: i64,
    /// The account's customer at the time the record arrived.
    pub customer_id: i64,
    /// The service that was sold.
    pub service_id: i32,
    /// When signalling arrived.
    pub started_at: Timestamp,
    /// When it was answered.
    pub connected_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it was charged.
    pub billed_at: Timestamp,
    /// The fields that were assumed because the feed did not provide them.
    pub assumed: Assumed,
    /// Whether the call succeeded, according to the switch.
    pub success: bool,
    /// Whether this is the last attempt of its call.
    pub last_attempt: bool,
    /// The direction of the call, seen from the account.
    pub direction: Direction,
    /// Microseconds the parties talked; `None` if the feed does not provide it.
    pub talk_us: Option<i64>,
    /// Microseconds that were charged; `None` if not rated.
    pub billed_us: Option<i64>,
    /// The calling party, as received.
    pub calling: Option<String>,
    /// The called party, as received.
    pub called: Option<String>,
    /// The SIP Call-ID or session id of the incoming leg.
    pub call_id: Option<String>,
    /// Why it ended, as an ITU-T Q.850 cause.
    pub release_cause: Option<i16>,
    /// Why it ended, as a SIP status code.
    pub release_code: Option<i16>,
    /// What it costs the payer; `None` if not rated, which is not zero.
    pub price: Option<Money>,
    /// The destination that rating found.
    pub destination_id: Option<i64>,
    /// Members that only some feeds provide.
    pub details: Details,
    /// Its identity within its source, if the reader asked for it.
    #[serde(skip)]
    pub identity: Option<Box<Identity>>,
}

impl Default for Cdr {
    fn default() -> Cdr {
        Cdr {
            number: 0,
            id: 0,
            replaced_by: None,
            kind: RecordKind::Call,
            source_id: 0,
            account_id: 0,
            customer_id: NOBODY,
            service_id: VOICE_CALLS,
            started_at: Timestamp::default(),
            connected_at: None,
            ended_at: None,
            billed_at: Timestamp::default(),
            assumed: Assumed::default(),
            success: false,
            last_attempt: true,
            direction: Direction::Unknown,
            talk_us: None,
            billed_us: None,
            calling: None,
            called: None,
            call_id: None,
            release_cause: None,
            release_code: None,
            price: None,
            destination_id: None,
            details: Details::default(),
            identity: None,
        }
    }
}

impl Cdr {
    /// Whether it is over. Only a leg of a call without the instant of its end is not: a charge has no end to wait for.
    pub fn is_finished(&self) -> bool {
        self.ended_at.is_some() || !self.kind.is_of_a_leg()
    }

    /// Its direction. A direction that was only assumed counts as unknown if the record has flags of a billing system,
    /// since these show the direction of every call that has one.
    pub fn known_direction(&self) -> Direction {
        let has_flags = || self.details.xdr.as_ref().is_some_and(|xdr| xdr.bit_flags.is_some());
        if self.assumed.contains(Assumed::DIRECTION) && has_flags() { Direction::Unknown } else { self.direction }
    }

    /// The telepresence part of the details, created if it is absent.
    pub fn telepresence_mut(&mut self) -> &mut Telepresence {
        self.details.telepresence.get_or_insert_default()
    }

    /// The rating part of the details, created if it is absent.
    pub fn rating_mut(&mut self) -> &mut Rating {
        self.details.rating.get_or_insert_default()
    }

    /// The xDR part of the details, created if it is absent.
    pub fn xdr_mut(&mut self) -> &mut Xdr {
        self.details.xdr.get_or_insert_default()
    }

    /// The queue part of the details, created if it is absent.
    pub fn queue_mut(&mut self) -> &mut Queue {
        self.details.queue.get_or_insert_default()
    }
}

impl Record for Cdr {
    type Field = CdrField;

    fn number(&self) -> i64 {
        self.number
    }

    fn replaced_by(&self) -> Option<i64> {
        self.replaced_by
    }

    fn instant(&self, anchor: Anchor) -> Option<Timestamp> {
        match anchor {
            Anchor::Start => Some(self.started_at),
            Anchor::Connect => self.connected_at,
            Anchor::End => self.ended_at,
            Anchor::Bill => Some(self.billed_at),
        }
    }

    fn value<'a>(&'a self, field: CdrField, directory: &'a Directory) -> Value<'a> {
        field.of(self, directory)
    }

    fn talk_us(&self) -> i64 {
        self.talk_us.unwrap_or(0)
    }

    fn customer_id(&self) -> i64 {
        self.customer_id
    }

    fn price(&self) -> Option<Money> {
        self.price
    }

    fn named_ids(&self) -> NamedIds {
        NamedIds {
            customer: self.customer_id,
            account: self.account_id,
            service: self.service_id.into(),
            source: self.source_id.into(),
        }
    }

    fn printed(&self, heading: &str) -> Option<&str> {
        self.details.telepresence.as_ref()?.printed.get(heading).map(String::as_str)
    }
}

/// The direction of a call, seen from the account that pays for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The feed does not provide it.
    #[default]
    Unknown,
    /// The account called.
    Out,
    /// The account was called.
    In,
    /// The account was called and forwarded the call.
    Forwarded,
}

impl Direction {
    /// All directions, in the order of their codes from 0.
    pub const ALL: [Direction; 4] = [Direction::Unknown, Direction::Out, Direction::In, Direction::Forwarded];

    /// The code it is stored as.
    pub const fn code(self) -> i16 {
        self as i16
    }

    /// The direction stored as this code; unknown codes are [`Direction::Unknown`].
    pub fn from_code(code: i16) -> Direction {
        Direction::ALL.into_iter().find(|direction| direction.code() == code).unwrap_or_default()
    }

    /// Its bits in the flags of an xDR: 4 for outgoing, 8 for incoming, both for forwarded (PortaOne's phone adapter).
    pub const fn bit_flags(self) -> i64 {
        match self {
            Direction::Unknown => 0,
            Direction::Out => 4,
            Direction::In => 8,
            Direction::Forwarded => 12,
        }
    }

    /// The direction in the flags of an xDR.
    pub fn from_bit_flags(flags: i64) -> Direction {
        let matches = |direction: &Direction| direction.bit_flags() == flags & Direction::Forwarded.bit_flags();
        Direction::ALL.into_iter().find(matches).unwrap_or_default()
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Direction::Unknown => "unknown",
            Direction::Out => "out",
            Direction::In => "in",
            Direction::Forwarded => "forwarded",
        }
    }

    /// The direction of this name.
    pub fn named(name: &str) -> Option<Direction> {
        Direction::ALL.into_iter().find(|direction| direction.name() == name)
    }
}

/// The fields of a record that were assumed because its feed did not provide them: a set of bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Assumed(u16);

impl Assumed {
    /// The start: copied from another instant.
    pub const START: Assumed = Assumed(1);
    /// The bill instant: copied from another instant.
    pub const BILL: Assumed = Assumed(2);
    /// A local time that was ambiguous or did not exist on that day: resolved to the earlier instant, or to the one
    /// after the gap.
    pub const LOCAL_TIME: Assumed = Assumed(4);
    /// The direction.
    pub const DIRECTION: Assumed = Assumed(8);
    /// The talk time: computed from the instants.
    pub const TALK: Assumed = Assumed(16);
    /// The account: found by a fall-back rule.
    pub const ACCOUNT: Assumed = Assumed(32);

    /// From the bits it is stored as.
    pub const fn from_bits(bits: u16) -> Assumed {
        Assumed(bits)
    }

    /// The bits it is stored as.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Adds another assumption.
    pub fn insert(&mut self, other: Assumed) {
        self.0 |= other.0;
    }

    /// Whether all of `other` was assumed.
    pub const fn contains(self, other: Assumed) -> bool {
        self.0 & other.0 == other.0
    }
}

impl fmt::Debug for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assumed({:#b})", self.0)
    }
}

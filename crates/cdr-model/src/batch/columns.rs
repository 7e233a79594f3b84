//! The values of a call that are columns of their own.

use super::text_span::TextSpan;
use crate::account::{Directory, NOBODY, VOICE_CALLS};
use crate::cdr::{Assumed, Cdr, Direction};
use crate::field::CdrField;
use crate::identity::Identity;
use crate::kind::RecordKind;
use crate::money::Money;
use crate::record::Anchor;
use crate::time::Timestamp;
use crate::value::Value;

/// What a [`Cdr`] has beside its details, with its texts in the buffer of a [`CallBatch`](super::CallBatch).
#[derive(Clone, Debug)]
pub struct CallColumns {
    /// As [`Cdr::number`].
    pub number: i64,
    /// As [`Cdr::id`].
    pub id: i64,
    /// As [`Cdr::kind`].
    pub kind: RecordKind,
    /// As [`Cdr::source_id`].
    pub source_id: i32,
    /// As [`Cdr::account_id`].
    pub account_id: i64,
    /// As [`Cdr::customer_id`].
    pub customer_id: i64,
    /// As [`Cdr::service_id`].
    pub service_id: i32,
    /// As [`Cdr::started_at`].
    pub started_at: Timestamp,
    /// As [`Cdr::connected_at`].
    pub connected_at: Option<Timestamp>,
    /// As [`Cdr::ended_at`].
    pub ended_at: Option<Timestamp>,
    /// As [`Cdr::billed_at`].
    pub billed_at: Timestamp,
    /// As [`Cdr::assumed`].
    pub assumed: Assumed,
    /// As [`Cdr::success`].
    pub success: bool,
    /// As [`Cdr::last_attempt`].
    pub last_attempt: bool,
    /// As [`Cdr::direction`].
    pub direction: Direction,
    /// As [`Cdr::talk_us`].
    pub talk_us: Option<i64>,
    /// As [`Cdr::billed_us`].
    pub billed_us: Option<i64>,
    /// As [`Cdr::release_cause`].
    pub release_cause: Option<i16>,
    /// As [`Cdr::release_code`].
    pub release_code: Option<i16>,
    /// As [`Cdr::price`].
    pub price: Option<Money>,
    /// As [`Cdr::destination_id`].
    pub destination_id: Option<i64>,
    /// As [`Cdr::calling`].
    pub calling: TextSpan,
    /// As [`Cdr::called`].
    pub called: TextSpan,
    /// As [`Cdr::call_id`].
    pub call_id: TextSpan,
    /// As [`Identity::key`].
    pub key: TextSpan,
    /// As [`Identity::digest`].
    pub digest: TextSpan,
}

impl Default for CallColumns {
    /// Those of [`Cdr::default`].
    fn default() -> CallColumns {
        CallColumns {
            number: 0,
            id: 0,
            kind: RecordKind::Call,
            source_id: 0,
            account_id: 0,
            customer_id: NOBODY,
            service_id: VOICE_CALLS,
            started_at: Timestamp::from_micros(0),
            connected_at: None,
            ended_at: None,
            billed_at: Timestamp::from_micros(0),
            assumed: Assumed::from_bits(0),
            success: false,
            last_attempt: true,
            direction: Direction::Unknown,
            talk_us: None,
            billed_us: None,
            release_cause: None,
            release_code: None,
            price: None,
            destination_id: None,
            calling: TextSpan::NONE,
            called: TextSpan::NONE,
            call_id: TextSpan::NONE,
            key: TextSpan::NONE,
            digest: TextSpan::NONE,
        }
    }
}

impl CallColumns {
    /// The instant of an anchor.
    pub(super) fn instant(&self, anchor: Anchor) -> Option<Timestamp> {
        match anchor {
            Anchor::Start => Some(self.started_at),
            Anchor::Connect => self.connected_at,
            Anchor::End => self.ended_at,
            Anchor::Bill => Some(self.billed_at),
        }
    }

    /// The value of a field that follows from the columns; null for fields of the details.
    pub(super) fn value<'a>(&self, field: CdrField, buffer: &'a str, directory: &'a Directory) -> Value<'a> {
        match field {
            CdrField::Number => self.number.into(),
            CdrField::Id => self.id.into(),
            CdrField::Key => self.key.of(buffer).into(),
            CdrField::Digest => self.digest.of(buffer).into(),
            CdrField::Kind => self.kind.name().into(),
            CdrField::Source => directory.sources.get(&self.source_id).map(|it| &it.name).into(),
            CdrField::SourceId => i64::from(self.source_id).into(),
            CdrField::Customer => directory.customers.get(&self.customer_id).map(|it| &it.name).into(),
            CdrField::CustomerId => self.customer_id.into(),
            CdrField::Currency => directory.currency_at(self.customer_id, self.started_at).into(),
            CdrField::Account => directory.accounts.get(&self.account_id).map(|it| &it.number).into(),
            CdrField::AccountId => self.account_id.into(),
            CdrField::Service => directory.services.get(&self.service_id).map(|it| &it.name).into(),
            CdrField::ServiceId => i64::from(self.service_id).into(),
            CdrField::StartedAt => self.started_at.into(),
            CdrField::ConnectedAt => self.connected_at.into(),
            CdrField::EndedAt => self.ended_at.into(),
            CdrField::BilledAt => self.billed_at.into(),
            CdrField::Talk => self.talk_us.map_or(Value::Null, Value::Duration),
            CdrField::Billed => self.billed_us.map_or(Value::Null, Value::Duration),
            CdrField::Success => self.success.into(),
            CdrField::LastAttempt => self.last_attempt.into(),
            CdrField::Direction => self.direction.name().into(),
            CdrField::Dialin => (self.direction == Direction::Out).into(),
            CdrField::Calling | CdrField::CallingRouted => self.calling.of(buffer).into(),
            CdrField::Called | CdrField::CalledRouted => self.called.of(buffer).into(),
            CdrField::CallId => self.call_id.of(buffer).into(),
            CdrField::ReleaseCause => self.release_cause.map(i64::from).into(),
            CdrField::ReleaseCode => self.release_code.map(i64::from).into(),
            CdrField::Price => self.price.into(),
            CdrField::DestinationId => self.destination_id.into(),
            CdrField::Assumed => i64::from(self.assumed.bits()).into(),
            _ => Value::Null,
        }
    }

    /// A call of the columns, without details.
    pub(super) fn to_call(&self, buffer: &str) -> Cdr {
        let text = |span: TextSpan| span.of(buffer).map(str::to_owned);
        let identity = text(self.key).zip(text(self.digest)).map(|(key, digest)| Identity { key, digest });
        Cdr {
            number: self.number,
            id: self.id,
            kind: self.kind,
            source_id: self.source_id,
            account_id: self.account_id,
            customer_id: self.customer_id,
            service_id: self.service_id,
            started_at: self.started_at,
            connected_at: self.connected_at,
            ended_at: self.ended_at,
            billed_at: self.billed_at,
            assumed: self.assumed,
            success: self.success,
            last_attempt: self.last_attempt,
            direction: self.direction,
            talk_us: self.talk_us,
            billed_us: self.billed_us,
            release_cause: self.release_cause,
            release_code: self.release_code,
            price: self.price,
            destination_id: self.destination_id,
            calling: text(self.calling),
            called: text(self.called),
            call_id: text(self.call_id),
            identity: identity.map(Box::new),
            ..Cdr::default()
        }
    }
}

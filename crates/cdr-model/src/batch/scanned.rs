//! A call that was read for some of its fields.

use std::sync::Arc;

use super::rows::{BatchRow, CallBatch};
use crate::account::Directory;
use crate::cdr::Cdr;
use crate::field::CdrField;
use crate::money::Money;
use crate::record::{Anchor, Record};
use crate::time::Timestamp;
use crate::value::Value;

/// A call that was read for some of its fields. It prints as the whole call does, as far as its fields go.
#[derive(Clone, Debug)]
pub enum ScannedCall {
    /// A call with all that its source has read of it.
    Whole(Box<Cdr>),
    /// A row of a batch.
    Row {
        /// The batch.
        batch: Arc<CallBatch>,
        /// The index of the row.
        at: usize,
    },
}

impl ScannedCall {
    /// The rows of a batch in order.
    pub fn rows_of(batch: CallBatch) -> impl Iterator<Item = ScannedCall> {
        let batch = Arc::new(batch);
        (0..batch.len()).map(move |at| ScannedCall::Row { batch: Arc::clone(&batch), at })
    }

    /// The call, as far as it is not in a buffer of texts or in members.
    fn call(&self) -> &Cdr {
        match self {
            ScannedCall::Whole(call) => call,
            ScannedCall::Row { batch, at } => &batch.rows[*at].call,
        }
    }
}

impl From<Cdr> for ScannedCall {
    fn from(call: Cdr) -> ScannedCall {
        ScannedCall::Whole(Box::new(call))
    }
}

impl Record for ScannedCall {
    type Field = CdrField;

    fn number(&self) -> i64 {
        self.call().number
    }

    fn replaced_by(&self) -> Option<i64> {
        self.call().replaced_by
    }

    fn instant(&self, anchor: Anchor) -> Option<Timestamp> {
        self.call().instant(anchor)
    }

    fn value<'a>(&'a self, field: CdrField, directory: &'a Directory) -> Value<'a> {
        match self {
            ScannedCall::Row { batch, at } if !batch.rows[*at].is_whole => in_batch(batch, *at, field, directory),
            _ => self.call().value(field, directory),
        }
    }

    fn talk_us(&self) -> i64 {
        Record::talk_us(self.call())
    }

    fn customer_id(&self) -> i64 {
        self.call().customer_id
    }

    fn price(&self) -> Option<Money> {
        self.call().price
    }

    fn printed(&self, heading: &str) -> Option<&str> {
        self.call().printed(heading)
    }
}

/// The value of a field of a row that is not whole.
fn in_batch<'a>(batch: &'a CallBatch, at: usize, field: CdrField, directory: &'a Directory) -> Value<'a> {
    let BatchRow { call, texts, .. } = &batch.rows[at];
    let buffer = &batch.buffer;
    let member = |field| batch.member(at, field).map_or(Value::Null, |member| member.value(buffer));
    let or = |value: Value<'a>, otherwise: Option<&'a str>| {
        if value == Value::Null { otherwise.into() } else { value }
    };
    match field {
        CdrField::Calling => texts.calling.of(buffer).into(),
        CdrField::Called => texts.called.of(buffer).into(),
        CdrField::CallId => texts.call_id.of(buffer).into(),
        CdrField::CallingRouted => or(member(field), texts.calling.of(buffer)),
        CdrField::CalledRouted => or(member(field), texts.called.of(buffer)),
        CdrField::Failure => {
            let code = call.release_code.filter(|_| !call.success);
            let reason = member(CdrField::ReleaseReason);
            let reason = if let Value::Text(reason) = &reason { reason } else { "" };
            code.map(|code| format!("{code}:{}", reason.to_ascii_uppercase())).into()
        }
        _ => match batch.member(at, field) {
            Some(member) => member.value(buffer),
            None => field.of(call, directory),
        },
    }
}

//! A call that was read for some of its fields.

use std::sync::Arc;

use super::rows::{BatchRow, CallBatch};
use crate::account::Directory;
use crate::cdr::Cdr;
use crate::field::CdrField;
use crate::money::Money;
use crate::record::{Anchor, NamedIds, Record};
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

    fn row(&self) -> Result<&BatchRow, &Cdr> {
        match self {
            ScannedCall::Whole(call) => Err(call),
            ScannedCall::Row { batch, at } => Ok(&batch.rows[*at]),
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
        self.row().map_or_else(|call| call.number, |row| row.columns.number)
    }

    /// The version that replaced it, if the call is whole. Rows of batches do not have it.
    fn replaced_by(&self) -> Option<i64> {
        self.row().err().and_then(|call| call.replaced_by)
    }

    fn instant(&self, anchor: Anchor) -> Option<Timestamp> {
        self.row().map_or_else(|call| call.instant(anchor), |row| row.columns.instant(anchor))
    }

    fn value<'a>(&'a self, field: CdrField, directory: &'a Directory) -> Value<'a> {
        match self {
            ScannedCall::Whole(call) => call.value(field, directory),
            ScannedCall::Row { batch, at } => match &batch.rows[*at] {
                BatchRow { whole: Some(call), .. } => call.value(field, directory),
                row => in_batch(batch, row, field, directory),
            },
        }
    }

    fn lacks(&self, field: CdrField) -> bool {
        match self {
            ScannedCall::Whole(_) => false,
            ScannedCall::Row { batch, at } => batch.lacks(&batch.rows[*at], field),
        }
    }

    fn talk_us(&self) -> i64 {
        self.row().map_or_else(|call| call.talk_us, |row| row.columns.talk_us).unwrap_or(0)
    }

    fn customer_id(&self) -> i64 {
        self.row().map_or_else(|call| call.customer_id, |row| row.columns.customer_id)
    }

    fn price(&self) -> Option<Money> {
        self.row().map_or_else(|call| call.price, |row| row.columns.price)
    }

    fn named_ids(&self) -> NamedIds {
        self.row().map_or_else(Cdr::named_ids, |BatchRow { columns, .. }| NamedIds {
            customer: columns.customer_id,
            account: columns.account_id,
            service: columns.service_id.into(),
            source: columns.source_id.into(),
        })
    }

    fn printed(&self, heading: &str) -> Option<&str> {
        match self.row() {
            Err(call) => call.printed(heading),
            Ok(row) => row.whole.as_ref()?.printed(heading),
        }
    }
}

/// The value of a field of a row that is not whole.
fn in_batch<'a>(batch: &'a CallBatch, row: &'a BatchRow, field: CdrField, directory: &'a Directory) -> Value<'a> {
    let columns = &row.columns;
    let member = |field| batch.member(row, field).map(|member| member.value(&batch.buffer));
    if field == CdrField::Failure {
        let code = columns.release_code.filter(|_| !columns.success);
        let reason = member(CdrField::ReleaseReason);
        let reason = if let Some(Value::Text(reason)) = &reason { reason } else { "" };
        return code.map(|code| format!("{code}:{}", reason.to_ascii_uppercase())).into();
    }
    match member(field) {
        Some(value) if value != Value::Null => value,
        _ => columns.value(field, &batch.buffer, directory),
    }
}

//! Rows that a switch wrote before with more or fewer columns, and so under another key.

use std::collections::HashMap;

use cdr_mediation::{CallDraft, Content, Incoming, RowForm};
use cdr_model::{Cdr, Timestamp};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::super::Conn;
use super::keys::KnownKey;
use crate::schema::{cdrs, intake_keys};
use crate::types::At;

/// The number of values that one statement names. SQLite binds at most 32,766 values.
const AT_ONCE: usize = 1_000;
/// The bits of a stored form that have a digest.
const DIGEST_BITS: u32 = 56;

/// What the store has of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OtherForm {
    /// Nothing, or only rows of the same form.
    Unknown,
    /// The same call: the number of its record.
    Same(i64),
    /// A record that may be the same call.
    Unclear(i64),
}

/// The records of a source that started when a call of the batch did.
#[derive(Debug, Default)]
pub(super) struct Forms {
    records: HashMap<Timestamp, Vec<Candidate>>,
}

#[derive(Debug)]
struct Candidate {
    number: i64,
    digest: Vec<u8>,
    /// The number of columns and the shared digest; `None` for a row that an earlier program stored.
    form: Option<i64>,
    call_id: Option<String>,
    /// The key of the row of this batch that is the same call.
    taken_by: Option<String>,
}

impl Forms {
    /// Reads what the store has. Rows that are known with their content are not looked for.
    pub(super) fn of(
        conn: &mut Conn,
        source_id: i64,
        records: &[Incoming],
        known: &HashMap<&str, KnownKey>,
    ) -> QueryResult<Forms> {
        let is_known = |draft: &CallDraft| {
            known.get(draft.key.as_str()).is_some_and(|known| known.digest.as_slice() == draft.digest.as_slice())
        };
        let starts = records.iter().filter_map(|incoming| match &incoming.content {
            Content::Call(draft) if draft.form.is_some() && !is_known(draft) => Some(draft.call.started_at),
            _ => None,
        });
        let mut starts: Vec<Timestamp> = starts.collect();
        starts.sort_unstable();
        starts.dedup();
        let mut forms = Forms::default();
        for chunk in starts.chunks(AT_ONCE) {
            // Two statements, as calls and keys are distributed by different columns.
            let calls: Vec<(i64, At, Option<String>)> = cdrs::table
                .filter(cdrs::started_at.eq_any(chunk.iter().map(|start| At(*start))))
                .filter(cdrs::source_id.eq(source_id))
                .filter(cdrs::replaced_by.is_null())
                .select((cdrs::number, cdrs::started_at, cdrs::call_id))
                .load(conn)?;
            let numbers: Vec<i64> = calls.iter().map(|(number, ..)| *number).collect();
            let mut keys = HashMap::with_capacity(numbers.len());
            for numbers in numbers.chunks(AT_ONCE) {
                let rows: Vec<(i64, Vec<u8>, Option<i64>)> = intake_keys::table
                    .filter(intake_keys::number.eq_any(numbers))
                    .select((intake_keys::number, intake_keys::digest, intake_keys::form))
                    .load(conn)?;
                keys.extend(rows.into_iter().map(|(number, digest, form)| (number, (digest, form))));
            }
            for (number, At(start), call_id) in calls {
                let Some((digest, form)) = keys.remove(&number) else { continue };
                forms.add(start, Candidate { number, digest, form, call_id, taken_by: None });
            }
        }
        Ok(forms)
    }

    /// Notes a record of this batch.
    pub(super) fn note(&mut self, draft: &CallDraft, number: i64) {
        let Some(form) = draft.form.as_deref() else { return };
        let candidate = Candidate {
            number,
            digest: draft.digest.to_vec(),
            form: Some(code(form, &draft.call)),
            call_id: draft.call.call_id.clone(),
            taken_by: None,
        };
        self.add(draft.call.started_at, candidate);
    }

    /// What the store has of this call in another form.
    pub(super) fn find(&mut self, draft: &CallDraft) -> OtherForm {
        let Some(form) = draft.form.as_deref() else { return OtherForm::Unknown };
        let Some(candidates) = self.records.get_mut(&draft.call.started_at) else { return OtherForm::Unknown };
        let code = code(form, &draft.call);
        let mut found = OtherForm::Unknown;
        for candidate in candidates.iter_mut().filter(|candidate| candidate.is_in_another(form, code)) {
            let (id, other) = (draft.call.call_id.as_ref(), candidate.call_id.as_ref());
            if id.is_some() && other.is_some() && id != other {
                continue;
            }
            let is_taken = candidate.taken_by.as_ref().is_some_and(|key| *key != draft.key);
            if id.is_none() || other.is_none() || is_taken {
                found = OtherForm::Unclear(candidate.number);
                continue;
            }
            candidate.taken_by = Some(draft.key.clone());
            return OtherForm::Same(candidate.number);
        }
        found
    }

    fn add(&mut self, start: Timestamp, candidate: Candidate) {
        self.records.entry(start).or_default().push(candidate);
    }
}

impl Candidate {
    /// Whether it has the shared columns of a row, and more or fewer other columns.
    fn is_in_another(&self, form: &RowForm, code: i64) -> bool {
        match self.form {
            Some(own) => own != code && digest_of(own) == digest_of(code),
            None => form.narrower.iter().any(|rest| self.digest == digest_of_both(&form.shared, rest)),
        }
    }
}

/// A form as it is stored: in the highest byte the columns, and whether one of them is a call ID; and the beginning of the
/// digest.
pub(super) fn code(form: &RowForm, call: &Cdr) -> i64 {
    let mut bytes = [0; 8];
    bytes[0] = (form.columns & 0x3f) << 1 | u8::from(call.call_id.is_some());
    bytes[1..].copy_from_slice(&Sha256::digest(&form.shared)[..7]);
    i64::from_be_bytes(bytes)
}

/// The beginning of the digest in a stored form.
fn digest_of(code: i64) -> i64 {
    code & ((1 << DIGEST_BITS) - 1)
}

fn digest_of_both(first: &[u8], rest: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(first).chain_update(rest).finalize().into()
}

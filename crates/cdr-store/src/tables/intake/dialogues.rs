//! Joins the transactions of dialogues to calls. The table `transactions` keeps every transaction, so that what is known of a
//! dialogue depends neither on the order of its transactions nor on the loads and posts that brought them.
//!
//! A transaction that comes again is known. A dialogue is joined anew whenever a transaction of it comes, and once it is
//! overdue: the newest transaction of its source is later by the join time, and the store has had it for that long.

use std::collections::{BTreeMap, HashMap, HashSet};

use cdr_mediation::{Batch, CallDraft, Content, Incoming, Joined, Transaction, join};
use cdr_model::Timestamp;
use diesel::prelude::*;
use uuid::Uuid;

use super::super::Conn;
use super::held::shown;
use crate::error::TransactionError;
use crate::key_digest::key_digest;
use crate::schema::{intake_keys, transactions};
use crate::types::{At, KeptUuid, OpaqueText};

/// The version of the documents of transactions.
const VERSION: i64 = 1;
/// The values that one statement names. SQLite binds at most 32,766 values.
const AT_ONCE: usize = 1_000;
/// The overdue transactions that are looked at with one batch.
const OVERDUE: i64 = 1_000;

/// The stored state of transactions whose dialogue is to be joined again, because a load was undone.
const AGAIN: i64 = 3;

/// What became of a dialogue, as the stored state of its transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum DialogueEnd {
    /// It waits for other transactions.
    #[default]
    Open = 0,
    /// Its call is stored.
    Joined = 1,
    /// It went to quarantine.
    Held = 2,
}

/// The dialogues that a batch changes, in the order of their digests.
#[derive(Debug, Default)]
pub(super) struct Dialogues {
    pub(super) all: BTreeMap<Uuid, Dialogue>,
    /// The digests of the transactions that are new in the store, by their dialogues.
    new: HashSet<(Uuid, [u8; 32])>,
}

/// A dialogue, and what its transactions are.
#[derive(Debug)]
pub(super) struct Dialogue {
    pub(super) outcome: Outcome,
    transactions: Vec<Kept>,
}

/// What the transactions of a dialogue are.
#[derive(Debug)]
pub(super) enum Outcome {
    Open,
    /// A call, and where it came from.
    Call {
        draft: Box<CallDraft>,
        incoming: Incoming,
    },
    /// The end of a call that is not known otherwise, and its dialogue and digest.
    Orphan {
        key: String,
        digest: [u8; 32],
        incoming: Incoming,
    },
}

/// A transaction in the store.
#[derive(Debug)]
struct Kept {
    number: i64,
    transaction: Transaction,
    received_at: Timestamp,
    state: i64,
    position: String,
    raw: Vec<u8>,
}

type Row = (i64, KeptUuid, At, i64, String, Vec<u8>, OpaqueText);

impl Dialogues {
    /// Stores the transactions of a batch, and joins their dialogues and those that are overdue.
    pub(super) fn of(
        conn: &mut Conn,
        source_id: i64,
        batch: &Batch,
        now: Timestamp,
    ) -> Result<Dialogues, TransactionError> {
        let mut dialogues = Dialogues::default();
        let given: Vec<(Uuid, &Incoming, &Transaction)> = batch
            .records
            .iter()
            .filter_map(|incoming| match &incoming.content {
                Content::Transaction(one) if is_stored(batch, one) => {
                    Some((key_digest(source_id, &one.draft.key), incoming, &**one))
                }
                _ => None,
            })
            .collect();
        if given.is_empty() {
            return Ok(dialogues);
        }
        let mut kept = read(conn, given.iter().map(|(dialogue, ..)| *dialogue))?;
        dialogues.insert(conn, (source_id, batch.load, now), &given, &mut kept)?;
        let newest: Option<At> = transactions::table
            .filter(transactions::source_id.eq(source_id))
            .select(diesel::dsl::max(transactions::at))
            .first(conn)?;
        let due = batch.join.before(newest.map_or(now, |newest| newest.0));
        let received = batch.join.before(now);
        let others = overdue(conn, source_id, due, received)?.into_iter().filter(|one| !kept.contains_key(one));
        let others = read(conn, others.collect::<Vec<_>>())?;
        for (dialogue, transactions) in kept.into_iter().chain(others) {
            let is_overdue = transactions.iter().all(|one| one.transaction.at <= due && one.received_at <= received);
            let outcome = outcome(&transactions, is_overdue);
            dialogues.all.insert(dialogue, Dialogue { outcome, transactions });
        }
        Ok(dialogues)
    }

    /// Stores the transactions that are not known.
    fn insert(
        &mut self,
        conn: &mut Conn,
        (source_id, load, now): (i64, Option<i64>, Timestamp),
        given: &[(Uuid, &Incoming, &Transaction)],
        kept: &mut HashMap<Uuid, Vec<Kept>>,
    ) -> Result<(), TransactionError> {
        let highest = transactions::table.select(diesel::dsl::max(transactions::number));
        let mut number = highest.first::<Option<i64>>(conn)?.unwrap_or(0);
        for (dialogue, incoming, transaction) in given {
            let known = kept.entry(*dialogue).or_default();
            if known.iter().any(|one| one.transaction.draft.digest == transaction.draft.digest) {
                continue;
            }
            number += 1;
            let document = serde_json::to_string(transaction)
                .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
            let position = shown(&incoming.position);
            diesel::insert_into(transactions::table)
                .values((
                    transactions::number.eq(number),
                    transactions::key_digest.eq(KeptUuid(*dialogue)),
                    transactions::digest.eq(transaction.draft.digest.as_slice()),
                    transactions::source_id.eq(source_id),
                    transactions::at.eq(At(transaction.at)),
                    transactions::received_at.eq(At(now)),
                    transactions::state.eq(DialogueEnd::Open as i64),
                    transactions::load_id.eq(load),
                    transactions::position.eq(&position),
                    transactions::raw.eq(&incoming.raw),
                    transactions::document.eq(OpaqueText(document)),
                    transactions::document_version.eq(VERSION),
                ))
                .execute(conn)?;
            self.new.insert((*dialogue, transaction.draft.digest));
            let transaction = (*transaction).clone();
            known.push(Kept { number, transaction, received_at: now, state: 0, position, raw: incoming.raw.clone() });
        }
        Ok(())
    }

    /// The keys of the calls.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.all.values().filter_map(|dialogue| match &dialogue.outcome {
            Outcome::Call { draft, .. } => Some(draft.key.as_str()),
            Outcome::Open | Outcome::Orphan { .. } => None,
        })
    }

    /// Whether a transaction of the batch is new in the store.
    pub(super) fn is_new(&self, dialogue: Uuid, digest: [u8; 32]) -> bool {
        self.new.contains(&(dialogue, digest))
    }

    /// Writes the states of the transactions, by their dialogues.
    pub(super) fn finish(&self, conn: &mut Conn, ends: &HashMap<Uuid, DialogueEnd>) -> QueryResult<()> {
        for end in [DialogueEnd::Open, DialogueEnd::Joined, DialogueEnd::Held] {
            let state = end as i64;
            let is_it = |dialogue: &Uuid| ends.get(dialogue).copied().unwrap_or_default() == end;
            let moved = self.all.iter().filter(|(dialogue, _)| is_it(dialogue));
            let moved = moved.flat_map(|(_, dialogue)| &dialogue.transactions).filter(|one| one.state != state);
            let numbers: Vec<i64> = moved.map(|one| one.number).collect();
            for numbers in numbers.chunks(AT_ONCE) {
                diesel::update(transactions::table.filter(transactions::number.eq_any(numbers)))
                    .set(transactions::state.eq(state))
                    .execute(conn)?;
            }
        }
        Ok(())
    }
}

impl Dialogue {
    /// Whether a part of it went to quarantine before.
    pub(super) fn was_held(&self) -> bool {
        self.transactions.iter().any(|one| one.state == DialogueEnd::Held as i64)
    }
}

/// Whether a transaction is young enough to be stored.
pub(super) fn is_stored(batch: &Batch, transaction: &Transaction) -> bool {
    batch.floor.is_none_or(|floor| transaction.at >= floor)
}

/// The dialogues of transactions that waited long enough, and of those that are to be joined again.
fn overdue(conn: &mut Conn, source_id: i64, due: Timestamp, received: Timestamp) -> QueryResult<Vec<Uuid>> {
    let waiting = transactions::table.filter(transactions::source_id.eq(source_id)).order(transactions::at);
    let waiting = waiting.select(transactions::key_digest).limit(OVERDUE);
    let late = waiting.filter(transactions::state.eq(DialogueEnd::Open as i64)).filter(transactions::at.le(At(due)));
    let mut found: Vec<KeptUuid> = late.filter(transactions::received_at.le(At(received))).load(conn)?;
    found.extend(waiting.filter(transactions::state.eq(AGAIN)).load::<KeptUuid>(conn)?);
    let mut found: Vec<Uuid> = found.into_iter().map(|one| one.0).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The transactions of dialogues, in the order of their arrival.
fn read(conn: &mut Conn, of: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, Vec<Kept>>, TransactionError> {
    let mut dialogues: Vec<Uuid> = of.into_iter().collect();
    dialogues.sort_unstable();
    dialogues.dedup();
    let mut kept: HashMap<Uuid, Vec<Kept>> = HashMap::with_capacity(dialogues.len());
    for chunk in dialogues.chunks(AT_ONCE) {
        let rows: Vec<Row> = transactions::table
            .filter(transactions::key_digest.eq_any(chunk.iter().copied().map(KeptUuid)))
            .order(transactions::number)
            .select((
                transactions::number,
                transactions::key_digest,
                transactions::received_at,
                transactions::state,
                transactions::position,
                transactions::raw,
                transactions::document,
            ))
            .load(conn)?;
        for (number, dialogue, received_at, state, position, raw, document) in rows {
            let transaction = serde_json::from_str(&document.0)
                .map_err(|error| diesel::result::Error::DeserializationError(error.into()))?;
            let one = Kept { number, transaction, received_at: received_at.0, state, position, raw };
            kept.entry(dialogue.0).or_default().push(one);
        }
    }
    Ok(kept)
}

/// What transactions are, and the lines that they came in.
fn outcome(kept: &[Kept], is_overdue: bool) -> Outcome {
    let transactions: Vec<Transaction> = kept.iter().map(|one| one.transaction.clone()).collect();
    let lines: Vec<&[u8]> = kept.iter().map(|one| one.raw.trim_ascii_end()).collect();
    let position = kept.last().map(|one| one.position.clone()).unwrap_or_default();
    let incoming = |content| Incoming { position, raw: [&lines.join(&b"\n"[..])[..], b"\n"].concat(), content };
    match (join(&transactions, is_overdue), transactions.last()) {
        (Joined::Call(draft), _) => {
            let incoming = incoming(Content::Call(draft.clone()));
            Outcome::Call { draft, incoming }
        }
        (Joined::Orphan, Some(last)) => {
            let (key, digest) = (last.draft.key.clone(), last.draft.digest);
            Outcome::Orphan { key, digest, incoming: incoming(Content::Transaction(Box::new(last.clone()))) }
        }
        (Joined::Open | Joined::Orphan, _) => Outcome::Open,
    }
}

/// Removes the transactions of a load, at most so many. Returns how many there were, and the numbers of the records that
/// were joined from them; the rest of their dialogues is joined again.
pub(crate) fn forget_of_load(conn: &mut Conn, load: i64, most: i64) -> QueryResult<(usize, Vec<i64>)> {
    let of_load = transactions::table.filter(transactions::load_id.eq(load)).order(transactions::number).limit(most);
    let rows: Vec<(i64, KeptUuid)> = of_load.select((transactions::number, transactions::key_digest)).load(conn)?;
    let (numbers, dialogues): (Vec<i64>, Vec<KeptUuid>) = rows.into_iter().unzip();
    for numbers in numbers.chunks(AT_ONCE) {
        diesel::delete(transactions::table.filter(transactions::number.eq_any(numbers))).execute(conn)?;
    }
    let mut records = Vec::new();
    for dialogues in dialogues.chunks(AT_ONCE) {
        let keys = intake_keys::table.filter(intake_keys::key_digest.eq_any(dialogues));
        records.extend(keys.select(intake_keys::number).load::<i64>(conn)?);
        join_again(conn, dialogues)?;
    }
    records.sort_unstable();
    records.dedup();
    Ok((numbers.len(), records))
}

/// Has dialogues joined again with the next transactions of their source.
pub(crate) fn join_again(conn: &mut Conn, dialogues: &[KeptUuid]) -> QueryResult<()> {
    for dialogues in dialogues.chunks(AT_ONCE) {
        diesel::update(transactions::table.filter(transactions::key_digest.eq_any(dialogues)))
            .set(transactions::state.eq(AGAIN))
            .execute(conn)?;
    }
    Ok(())
}

/// Removes the oldest transactions that ended before an instant, at most so many.
pub(crate) fn forget_before(conn: &mut Conn, floor: At, most: i64) -> QueryResult<usize> {
    let old = transactions::table.filter(transactions::at.lt(floor)).order(transactions::at).limit(most);
    let numbers: Vec<i64> = old.select(transactions::number).load(conn)?;
    for numbers in numbers.chunks(AT_ONCE) {
        diesel::delete(transactions::table.filter(transactions::number.eq_any(numbers))).execute(conn)?;
    }
    Ok(numbers.len())
}

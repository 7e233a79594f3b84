//! Maps records again: where a record differs from its present version, a new version replaces that. Keys stay.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use cdr_mediation::{CallDraft, ConferenceDraft, Content, PortError, RemapReport, Remapped, RemappedInto, Remapping};
use cdr_model::{Assumed, Cdr, ConferenceRecord, NOBODY};
use diesel::prelude::*;
use diesel::result::Error::RollbackTransaction;

use super::super::intake::{
    Accounts, Arrival, Booked, Counters, KnownKey, Prepared, RecordTable, keep_conference, keep_prepared, prepare_call,
};
use super::super::loads::{check_undoing, note_counts};
use super::super::versions::AT_ONCE;
use super::super::{Conn, Store};
use super::chunk;
use super::row::replace;
use crate::error::TransactionError;
use crate::rows::{CallRow, ConferenceRow};
use crate::schema::{cdrs, conferences, intake_keys, kept_lines, sources};
use crate::types::At;

/// Maps records again in one transaction, which is rolled back if it is a rehearsal.
pub(super) fn remap(
    store: &Store,
    remapping: &Remapping,
    chunk: Option<i64>,
    records: &[Remapped],
) -> Result<RemapReport, TransactionError> {
    if !remapping.is_rehearsal {
        return store.write_records(|conn| run(store, conn, remapping, chunk, records));
    }
    let done = Cell::new(None);
    let rolled_back = store.write_records(|conn| -> Result<(), TransactionError> {
        done.set(Some(run(store, conn, remapping, None, records)?));
        Err(RollbackTransaction.into())
    });
    match (done.take(), rolled_back) {
        (Some(report), Err(TransactionError::Sql(RollbackTransaction))) => Ok(report),
        (_, Err(error)) => Err(error),
        (_, Ok(())) => Err(RollbackTransaction.into()),
    }
}

/// A call that is mapped again.
struct Call {
    known: KnownKey,
    present: Cdr,
    draft: CallDraft,
}

/// A conference that is mapped again.
struct Conference {
    known: KnownKey,
    present: ConferenceRecord,
    draft: ConferenceDraft,
}

/// The records that are mapped again.
#[derive(Default)]
struct Chosen {
    calls: Vec<Call>,
    meetings: Vec<Conference>,
    /// The numbers of their present versions by the numbers that were given.
    matched: HashMap<i64, i64>,
}

/// A present version.
enum Version {
    Call(Box<Cdr>),
    Conference(Box<ConferenceRecord>),
}

fn run(
    store: &Store,
    conn: &mut Conn,
    remapping: &Remapping,
    chunk: Option<i64>,
    records: &[Remapped],
) -> Result<RemapReport, TransactionError> {
    let Remapping { source, customer, unknown_accounts, floor, load, is_rehearsal: _ } = remapping;
    check_undoing(conn, source)?;
    let named = sources::table.filter(sources::name.eq(source)).select(sources::id);
    let missing = || PortError::NotFound { what: "source", name: source.clone() };
    let source_id: i64 = named.first(conn).optional()?.ok_or_else(missing)?;
    let mut report = RemapReport::default();
    let numbers: Vec<i64> = records.iter().map(|record| record.number).collect();
    let present = present_numbers(conn, &numbers)?;
    let Chosen { calls, meetings, matched } = chosen(store, conn, source_id, &present, records, &mut report)?;

    let mut arrival = Arrival {
        pending: Default::default(),
        source_id,
        source,
        counters: Counters::read(conn)?,
        accounts: Accounts::of(conn, source, customer.as_deref(), *unknown_accounts, (store.0.clock)())?,
        services: HashMap::new(),
        touched: Default::default(),
        counts: Default::default(),
    };
    // The numbers and starts of versions by the numbers that they replace.
    let mut moved = HashMap::new();
    for Call { known, present, draft } in &calls {
        if floor.is_some_and(|floor| draft.call.started_at < floor) {
            let detail = format!("record {} would start before the retention period", present.id);
            report.refuse("before-retention", &detail);
            continue;
        }
        let prepared = match prepare_call(conn, &mut arrival, draft) {
            Ok(prepared) => keeping_booking(prepared, present),
            Err(error) => {
                let (reason, detail) = error.rejection()?.reason_and_detail();
                report.refuse(reason, &detail);
                continue;
            }
        };
        let after = mapped(draft, &prepared, present);
        if after == *present {
            report.same += 1;
            continue;
        }
        let kept = keep_prepared(conn, &mut arrival, draft, prepared, Some(known))?;
        moved.insert(present.number, (kept.known.number, draft.call.started_at));
        report.changed += 1;
        if report.examples.len() < RemapReport::EXAMPLES {
            report.examples.push((present.clone(), Cdr { number: kept.known.number, ..after }));
        }
    }
    for Conference { known, present, draft } in &meetings {
        let ConferenceRecord { number, id, replaced_by, source_id, .. } = *present;
        let after = ConferenceRecord { number, id, replaced_by, source_id, ..draft.conference.clone() };
        if after == *present {
            report.same += 1;
            continue;
        }
        match keep_conference(conn, &mut arrival, draft, Some(known)) {
            Ok(kept) => {
                moved.insert(number, (kept.known.number, draft.conference.started_at));
                report.changed += 1;
            }
            Err(error) => {
                let (reason, detail) = error.rejection()?.reason_and_detail();
                report.refuse(reason, &detail);
            }
        }
    }
    report.accounts_created = std::mem::take(&mut arrival.accounts.made);
    if let Some(load) = load {
        note_counts(conn, *load, report.changed, report.same, report.refusals())?;
    }
    arrival.finish(conn, &store.0.engine)?;
    if let Some(id) = chunk {
        follow(conn, id, &matched, &moved)?;
    }
    Ok(report)
}

/// The present versions by the numbers of versions. A version that is withdrawn or removed has none.
fn present_numbers(conn: &mut Conn, numbers: &[i64]) -> QueryResult<HashMap<i64, i64>> {
    let mut present: HashMap<i64, i64> = numbers.iter().map(|number| (*number, *number)).collect();
    let mut open: Vec<i64> = numbers.to_vec();
    while !open.is_empty() {
        open.sort_unstable();
        open.dedup();
        let mut next: HashMap<i64, Option<i64>> = HashMap::new();
        for numbers in open.chunks(AT_ONCE) {
            let calls = cdrs::table.filter(cdrs::number.eq_any(numbers)).select((cdrs::number, cdrs::replaced_by));
            next.extend(calls.load::<(i64, Option<i64>)>(conn)?);
            let meetings = conferences::table.filter(conferences::number.eq_any(numbers));
            let meetings = meetings.select((conferences::number, conferences::replaced_by));
            next.extend(meetings.load::<(i64, Option<i64>)>(conn)?);
        }
        let asked: HashSet<i64> = open.drain(..).collect();
        present.retain(|_, at| {
            if !asked.contains(at) {
                return true;
            }
            match next.get(at) {
                // What is withdrawn is replaced by itself.
                None => false,
                Some(Some(by)) if by == at => false,
                Some(None) => true,
                Some(Some(by)) => {
                    *at = *by;
                    open.push(*by);
                    true
                }
            }
        });
    }
    Ok(present)
}

/// The records with their present versions and what they become.
fn chosen(
    store: &Store,
    conn: &mut Conn,
    source_id: i64,
    present: &HashMap<i64, i64>,
    records: &[Remapped],
    report: &mut RemapReport,
) -> Result<Chosen, TransactionError> {
    let numbers: Vec<i64> = present.values().copied().collect::<HashSet<i64>>().into_iter().collect();
    let mut versions = versions(store, conn, &numbers)?;
    let mut keys = keys(conn, source_id, &numbers)?;
    let mut chosen = Chosen::default();
    for record in records {
        let Some(number) = present.get(&record.number) else {
            report.passed += 1;
            continue;
        };
        // Of two lines of one record, the one with the digest of the present version counts.
        let Some((key, known)) = keys.get(number) else {
            report.passed += 1;
            continue;
        };
        let into = match &record.into {
            RemappedInto::Booked { account, customer } => match versions.get(number) {
                Some(Version::Call(call)) => booked(call, known, account, customer.as_deref()),
                _ => None,
            },
            RemappedInto::Read(contents) => match read(contents, key, known) {
                Some(content) => Some(content),
                None => {
                    let (reason, detail) = why_not(contents, record.number == *number);
                    match reason {
                        Some(reason) => {
                            report.present.push(*number);
                            report.refuse(reason, &detail);
                        }
                        None => report.passed += 1,
                    }
                    None
                }
            },
        };
        let Some(into) = into else { continue };
        let Some((key, known)) = keys.remove(number) else { continue };
        report.present.push(*number);
        chosen.matched.insert(record.number, *number);
        match (into, versions.remove(number)) {
            (Content::Call(draft), Some(Version::Call(present))) => {
                chosen.calls.push(Call { known, present: *present, draft: CallDraft { key, ..*draft } });
            }
            (Content::Conference(draft), Some(Version::Conference(present))) => {
                chosen.meetings.push(Conference { known, present: *present, draft: ConferenceDraft { key, ..*draft } });
            }
            _ => report.refuse("line-differs", "the line is now a record of another kind"),
        }
    }
    Ok(chosen)
}

/// The reading of a line whose digest is that of the present version.
fn read(contents: &[Content], key: &str, known: &KnownKey) -> Option<Content> {
    let identity = |content: &Content| match content {
        Content::Call(draft) => known.is(RecordTable::Calls, draft.identity()).then(|| draft.key == key),
        Content::Conference(draft) => known.is(RecordTable::Conferences, draft.identity()).then(|| draft.key == key),
        _ => None,
    };
    let by_key = contents.iter().find(|content| identity(content) == Some(true));
    by_key.or_else(|| contents.iter().find(|content| identity(content).is_some())).cloned()
}

/// Why a line has no reading of the present version; without a reason if it is the line of another version.
fn why_not(contents: &[Content], is_own: bool) -> (Option<&'static str>, String) {
    let unreadable = contents.iter().find_map(|content| match content {
        Content::Unreadable { reason, detail } => Some((*reason, detail.clone())),
        _ => None,
    });
    match unreadable {
        Some((reason, detail)) => (Some(reason), detail),
        None if contents.is_empty() => (Some("line-differs"), "the line is no record now".to_owned()),
        None => (is_own.then_some("line-differs"), "the line is now another record".to_owned()),
    }
}

/// The same call on another account.
fn booked(call: &Cdr, known: &KnownKey, account: &str, customer: Option<&str>) -> Option<Content> {
    let assumed = Assumed::from_bits(call.assumed.bits() & !Assumed::ACCOUNT.bits());
    Some(Content::Call(Box::new(CallDraft {
        digest: known.digest.as_slice().try_into().ok()?,
        account: Some(account.to_owned()),
        customer: customer.map(str::to_owned),
        call: Cdr { assumed, ..call.clone() },
        ..CallDraft::default()
    })))
}

fn versions(store: &Store, conn: &mut Conn, numbers: &[i64]) -> Result<HashMap<i64, Version>, TransactionError> {
    let damaged = |what: String| store.damaged(what);
    let mut versions = HashMap::with_capacity(numbers.len());
    for numbers in numbers.chunks(AT_ONCE) {
        let rows = cdrs::table.filter(cdrs::number.eq_any(numbers)).select(CallRow::as_select());
        for row in rows.load::<CallRow>(conn)? {
            let call = row.call(true).map_err(damaged)?;
            versions.insert(call.number, Version::Call(Box::new(call)));
        }
        let rows = conferences::table.filter(conferences::number.eq_any(numbers)).select(ConferenceRow::as_select());
        for row in rows.load::<ConferenceRow>(conn)? {
            let meeting = ConferenceRecord::try_from(row).map_err(damaged)?;
            versions.insert(meeting.number, Version::Conference(Box::new(meeting)));
        }
    }
    Ok(versions)
}

/// The keys of present versions of a source, by their numbers.
fn keys(conn: &mut Conn, source_id: i64, numbers: &[i64]) -> QueryResult<HashMap<i64, (String, KnownKey)>> {
    type Columns = (String, i64, i64, i64, At, Vec<u8>, i64);
    let mut keys = HashMap::with_capacity(numbers.len());
    for numbers in numbers.chunks(AT_ONCE) {
        let rows: Vec<Columns> = intake_keys::table
            .filter(intake_keys::number.eq_any(numbers))
            .filter(intake_keys::source_id.eq(source_id))
            .select((
                intake_keys::key,
                intake_keys::number,
                intake_keys::first_number,
                intake_keys::account_id,
                intake_keys::started_at,
                intake_keys::digest,
                intake_keys::sheet,
            ))
            .load(conn)?;
        keys.extend(rows.into_iter().map(|(key, number, first_number, account_id, started_at, digest, sheet)| {
            (number, (key, KnownKey { number, first_number, account_id, started_at, digest, sheet }))
        }));
    }
    Ok(keys)
}

/// A call that has an account does not lose it: it may have been booked there by hand.
fn keeping_booking(prepared: Prepared, present: &Cdr) -> Prepared {
    let given = present.details.account_given.clone();
    if prepared.booked.unassigned && present.customer_id != NOBODY {
        let booked = Booked { account_id: present.account_id, customer_id: present.customer_id, unassigned: false };
        let assumed = Assumed::from_bits(prepared.assumed.bits() & !Assumed::ACCOUNT.bits());
        return Prepared { booked, assumed, account_given: given, ..prepared };
    }
    // The code by which an account has adopted the call stays with it.
    Prepared { account_given: prepared.account_given.or(given), ..prepared }
}

/// A call as it would be stored.
fn mapped(draft: &CallDraft, prepared: &Prepared, present: &Cdr) -> Cdr {
    let Prepared { booked, service_id, assumed, call_uuid, account_given } = prepared;
    let mut details = draft.call.details.clone();
    details.call_uuid = details.call_uuid.or(*call_uuid);
    details.account_given = details.account_given.or_else(|| account_given.clone());
    Cdr {
        number: present.number,
        id: present.id,
        replaced_by: present.replaced_by,
        source_id: present.source_id,
        account_id: booked.account_id,
        customer_id: booked.customer_id,
        service_id: i32::try_from(*service_id).unwrap_or(present.service_id),
        assumed: *assumed,
        details,
        identity: None,
        ..draft.call.clone()
    }
}

/// Lets the lines of a chunk follow their records.
fn follow(
    conn: &mut Conn,
    id: i64,
    matched: &HashMap<i64, i64>,
    moved: &HashMap<i64, (i64, cdr_model::Timestamp)>,
) -> Result<(), TransactionError> {
    let document = kept_lines::table.find(id).select(kept_lines::document).first::<Vec<u8>>(conn).optional()?;
    let Some(mut lines) = document.and_then(|document| chunk::read(&document)) else { return Ok(()) };
    let mut has_changed = false;
    for line in &mut lines {
        let Some(number) = matched.get(&line.number) else { continue };
        let (number, start) = moved.get(number).copied().unwrap_or((*number, line.started_at));
        has_changed |= (line.number, line.started_at) != (number, start);
        (line.number, line.started_at) = (number, start);
    }
    if has_changed {
        replace(conn, id, &lines)?;
    }
    Ok(())
}

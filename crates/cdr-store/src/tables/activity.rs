//! What sources delivered, and when.

use cdr_mediation::{BatchReport, PortError, SourceHour};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::{Conn, Store};
use crate::key_digest::key_digest;
use crate::schema::{counters, intake_keys, source_hours, sources};
use crate::types::{At, KeptUuid};

const HOUR_US: i64 = 3_600_000_000;
/// How many hours have a row of their own.
const HOURS: i64 = 8 * 24;
/// The newest records among which those of one source are sought.
const SOUGHT: i64 = 10_000;

/// Adds what a batch did to the hour of its receipt. `latest` is the start of its latest new record.
pub(super) fn note(
    conn: &mut Conn,
    source_id: i64,
    now: Timestamp,
    report: &BatchReport,
    latest: Option<Timestamp>,
) -> QueryResult<()> {
    let hour = now.micros().div_euclid(HOUR_US).max(1);
    if add(conn, (source_id, hour), now, report, latest)? {
        return Ok(());
    }
    let old: Vec<HourRow> = source_hours::table
        .filter(source_hours::source_id.eq(source_id))
        .filter(source_hours::hour.le(hour - HOURS))
        .select(HourRow::as_select())
        .load(conn)?;
    if let Some(sum) = old.into_iter().reduce(HourRow::plus) {
        let of_source = source_hours::table.filter(source_hours::source_id.eq(source_id));
        diesel::delete(of_source.filter(source_hours::hour.le(hour - HOURS))).execute(conn)?;
        diesel::insert_into(source_hours::table).values(HourRow { hour: 0, ..sum }).execute(conn)?;
    }
    let row = HourRow {
        source_id,
        hour,
        loaded: signed(report.loaded),
        known: signed(report.known),
        quarantined: signed(report.quarantined),
        received_at: At(now),
        latest: latest.map(At),
    };
    diesel::insert_into(source_hours::table).values(row).execute(conn).map(drop)
}

/// Adds to the row of an hour; `false` if there is none yet.
fn add(
    conn: &mut Conn,
    of: (i64, i64),
    now: Timestamp,
    report: &BatchReport,
    latest: Option<Timestamp>,
) -> QueryResult<bool> {
    let set = (
        source_hours::loaded.eq(source_hours::loaded + signed(report.loaded)),
        source_hours::known.eq(source_hours::known + signed(report.known)),
        source_hours::quarantined.eq(source_hours::quarantined + signed(report.quarantined)),
        source_hours::received_at.eq(At(now)),
    );
    let is_there = diesel::update(source_hours::table.find(of)).set(set).execute(conn)? > 0;
    if let Some(latest) = latest.filter(|_| is_there) {
        let earlier = source_hours::latest.is_null().or(source_hours::latest.lt(At(latest)).assume_not_null());
        let row = source_hours::table.find(of).filter(earlier);
        diesel::update(row).set(source_hours::latest.eq(At(latest))).execute(conn)?;
    }
    Ok(is_there)
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = source_hours, check_for_backend(super::Db))]
struct HourRow {
    source_id: i64,
    hour: i64,
    loaded: i64,
    known: i64,
    quarantined: i64,
    received_at: At,
    latest: Option<At>,
}

impl HourRow {
    fn plus(self, other: HourRow) -> HourRow {
        HourRow {
            loaded: self.loaded + other.loaded,
            known: self.known + other.known,
            quarantined: self.quarantined + other.quarantined,
            received_at: At(self.received_at.0.max(other.received_at.0)),
            latest: self.latest.map(|at| at.0).max(other.latest.map(|at| at.0)).map(At),
            ..self
        }
    }
}

impl Store {
    pub(super) fn read_source_hours(&self) -> Result<Vec<SourceHour>, PortError> {
        let read = self.read(|conn| {
            let rows: Vec<(String, HourRow)> = source_hours::table
                .inner_join(sources::table)
                .order((sources::name, source_hours::hour))
                .select((sources::name, HourRow::as_select()))
                .load(conn)?;
            let hour = |(source, row): (String, HourRow)| SourceHour {
                source,
                began_at: Timestamp::from_micros(row.hour.saturating_mul(HOUR_US)),
                loaded: row.loaded.unsigned_abs(),
                known: row.known.unsigned_abs(),
                quarantined: row.quarantined.unsigned_abs(),
                received_at: row.received_at.0,
                latest: row.latest.map(|at| at.0),
            };
            Ok(rows.into_iter().map(hour).collect())
        });
        read.map_err(|error| self.failed("the activity of the sources could not be read", error))
    }

    pub(super) fn read_newest_keys(&self, source: &str, limit: usize) -> Result<Vec<(String, Timestamp)>, PortError> {
        let read = self.read(|conn| {
            let last: i64 = counters::table.find("record").select(counters::last).first(conn)?;
            let named = sources::table.filter(sources::name.eq(source)).select(sources::id);
            let Some(id) = named.first::<i64>(conn).optional()? else { return Ok(Vec::new()) };
            let (mut keys, mut below) = (Vec::new(), i64::MAX);
            while keys.len() < limit {
                let page: Vec<(i64, KeptUuid, String, At)> = intake_keys::table
                    .filter(intake_keys::number.gt(last - SOUGHT))
                    .filter(intake_keys::number.lt(below))
                    .filter(intake_keys::source_id.eq(id))
                    .order(intake_keys::number.desc())
                    .limit(i64::try_from(limit).unwrap_or(i64::MAX))
                    .select((intake_keys::number, intake_keys::key_digest, intake_keys::key, intake_keys::started_at))
                    .load(conn)?;
                let Some(lowest) = page.last() else { break };
                below = lowest.0;
                // The key of a record that was withdrawn has another digest.
                let present = page.into_iter().filter(|(_, digest, key, _)| digest.0 == key_digest(id, key));
                keys.extend(present.map(|(_, _, key, at)| (key, at.0)));
            }
            keys.truncate(limit);
            Ok(keys)
        });
        read.map_err(|error| self.failed("the newest records could not be read", error))
    }
}

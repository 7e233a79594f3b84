//! Walks through lists, which all processes on a store share.

use cdr_mediation::{NewWalk, PortError, Walk, WalkLimits, Walks};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::{Conn, Store, WriteLock};
use crate::error::TransactionError;
use crate::schema::{counters, walks};
use crate::types::{At, OpaqueText};

impl Walks for Store {
    fn begin(&self, walk: &NewWalk<'_>, limits: &WalkLimits, now: Timestamp) -> Result<(), PortError> {
        let begun = self.write(WriteLock::Walks, |conn| {
            diesel::delete(walks::table.filter(walks::expires_at.le(At(now)))).execute(conn)?;
            let last = counters::table.find("walk");
            let number = last.select(counters::last).first::<i64>(conn)? + 1;
            diesel::update(last).set(counters::last.eq(number)).execute(conn)?;
            let keep = i64::try_from(limits.keep.as_micros()).unwrap_or(i64::MAX);
            let row = (
                walks::number.eq(number),
                walks::owner.eq(walk.owner),
                walks::question.eq(walk.question.as_slice()),
                walks::expires_at.eq(At(now.plus_micros(keep))),
                walks::given.eq(Some(whole(walk.given))),
                walks::bytes.eq(whole(walk.document.len() as u64)),
                walks::document.eq(OpaqueText(walk.document.to_owned())),
            );
            diesel::insert_into(walks::table).values(row).execute(conn)?;
            drop_beyond(conn, walk.owner, limits)
        });
        begun.map_err(|error| self.failed("the walk could not be stored", error))
    }

    fn join(&self, owner: &str, question: &[u8; 32], offset: u64, now: Timestamp) -> Result<Option<Walk>, PortError> {
        let found = self.read(|conn| {
            let of_it = walks::table.filter(walks::owner.eq(owner)).filter(walks::question.eq(question.as_slice()));
            let newest = of_it.filter(walks::expires_at.gt(At(now))).order(walks::number.desc());
            let known: Vec<(i64, Option<i64>)> = newest.select((walks::number, walks::given)).load(conn)?;
            let gave_out = |(_, given): &&(i64, Option<i64>)| given.is_some_and(|given| given >= whole(offset));
            let Some((number, _)) = known.iter().find(gave_out).or(known.first()) else { return Ok(None) };
            let row = walks::table.find(number).select((walks::given, walks::expires_at, walks::document));
            let row = row.first::<(Option<i64>, At, OpaqueText)>(conn).optional()?;
            Ok(row.map(|(given, At(expires_at), OpaqueText(document))| Walk {
                number: *number,
                given: given.map(i64::unsigned_abs),
                expires_at,
                document,
            }))
        });
        found.map_err(|error| self.failed("the walks could not be read", error))
    }

    fn give(&self, number: i64, offset: Option<u64>, expires_at: Timestamp) -> Result<(), PortError> {
        let given = self.write(WriteLock::Walks, |conn| {
            let walk = walks::table.find(number);
            let known = walk.select((walks::given, walks::expires_at)).first::<(Option<i64>, At)>(conn).optional()?;
            let Some((given, At(until))) = known else { return Ok(()) };
            let given = given.zip(offset).map(|(given, offset)| given.max(whole(offset)));
            let change = (walks::given.eq(given), walks::expires_at.eq(At(until.max(expires_at))));
            diesel::update(walk).set(change).execute(conn)?;
            Ok(())
        });
        given.map_err(|error| self.failed("the walk could not be stored", error))
    }
}

/// Drops the oldest walks of an owner beyond the limits.
fn drop_beyond(conn: &mut Conn, owner: &str, limits: &WalkLimits) -> Result<(), TransactionError> {
    let all = walks::table.filter(walks::owner.eq(owner)).order(walks::number.desc());
    let all: Vec<(i64, i64)> = all.select((walks::number, walks::bytes)).load(conn)?;
    let mut bytes = 0;
    let fits = |(at, (_, length)): &(usize, &(i64, i64))| {
        bytes += length;
        *at == 0 || (*at < limits.most && bytes <= whole(limits.bytes as u64))
    };
    let kept = all.iter().enumerate().take_while(fits).count();
    if let Some((newest_dropped, _)) = all.get(kept) {
        let dropped = walks::table.filter(walks::owner.eq(owner)).filter(walks::number.le(newest_dropped));
        diesel::delete(dropped).execute(conn)?;
    }
    Ok(())
}

fn whole(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

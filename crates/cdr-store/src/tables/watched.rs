//! How far watched files were read.

use cdr_mediation::{PortError, WatchedFile, WatchedFiles};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::{Store, WriteLock};
use crate::schema::watched_files;
use crate::types::{At, OpaqueText};

impl WatchedFiles for Store {
    fn watched_files(&self, source: &str) -> Result<Vec<WatchedFile>, PortError> {
        let read = self.read(|conn| {
            let rows: Vec<(i64, At, OpaqueText)> = watched_files::table
                .filter(watched_files::source.eq(source))
                .order(watched_files::number)
                .select((watched_files::number, watched_files::seen_at, watched_files::document))
                .load(conn)?;
            let file = |(number, seen_at, document): (i64, At, OpaqueText)| WatchedFile {
                number,
                seen_at: seen_at.0,
                document: document.0,
            };
            Ok(rows.into_iter().map(file).collect())
        });
        read.map_err(|error| self.failed("the watched files could not be read", error))
    }

    fn keep_watched_file(
        &self,
        source: &str,
        number: Option<i64>,
        seen_at: Timestamp,
        document: &str,
    ) -> Result<i64, PortError> {
        let kept = self.write(WriteLock::Records, |conn| {
            let number = match number {
                Some(number) => number,
                None => {
                    let highest = watched_files::table.select(diesel::dsl::max(watched_files::number));
                    highest.first::<Option<i64>>(conn)?.unwrap_or(0) + 1
                }
            };
            let set =
                (watched_files::seen_at.eq(At(seen_at)), watched_files::document.eq(OpaqueText(document.to_owned())));
            if diesel::update(watched_files::table.find(number)).set(set.clone()).execute(conn)? == 0 {
                let row = (watched_files::number.eq(number), watched_files::source.eq(source), set);
                diesel::insert_into(watched_files::table).values(row).execute(conn)?;
            }
            Ok(number)
        });
        kept.map_err(|error| self.failed("the position in a watched file could not be stored", error))
    }

    fn forget_watched_file(&self, number: i64) -> Result<(), PortError> {
        let forgotten =
            self.write(WriteLock::Records, |conn| Ok(diesel::delete(watched_files::table.find(number)).execute(conn)?));
        forgotten.map(drop).map_err(|error| self.failed("the position in a watched file could not be removed", error))
    }
}

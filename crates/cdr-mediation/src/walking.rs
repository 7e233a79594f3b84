//! The operations of mediation for walks.

use cdr_model::Cdr;
use cdr_query::{CdrQuery, Cursor};

use crate::caller::Caller;
use crate::error::MediationError;
use crate::listing;
use crate::mediation::Mediation;
use crate::walk::{NewWalk, Walk, WalkLimits, micros};

impl Mediation {
    /// Keeps a walk.
    ///
    /// # Errors
    /// If it cannot be stored.
    pub fn begin_walk(&self, walk: &NewWalk<'_>, limits: &WalkLimits) -> Result<(), MediationError> {
        Ok(self.walks.begin(walk, limits, self.clock.now())?)
    }

    /// The walk of an owner that an offset belongs to, as [`Walks::join`](crate::Walks::join).
    ///
    /// # Errors
    /// If the walks cannot be read.
    pub fn join_walk(&self, owner: &str, question: &[u8; 32], offset: u64) -> Result<Option<Walk>, MediationError> {
        Ok(self.walks.join(owner, question, offset, self.clock.now())?)
    }

    /// Notes that a walk gave out an offset, or with `None` its last page, unless that is known already. Keeps the walk
    /// longer once a quarter of its time has passed.
    ///
    /// # Errors
    /// If it cannot be stored.
    pub fn give_out(&self, walk: &Walk, offset: Option<u64>, limits: &WalkLimits) -> Result<(), MediationError> {
        let keep = micros(limits.keep);
        let now = self.clock.now();
        let is_aging = walk.expires_at.micros_since(now) < keep - keep / 4;
        let is_news = walk.given.is_some_and(|given| offset.is_none_or(|offset| given < offset));
        if is_aging || is_news {
            self.walks.give(walk.number, offset, now.plus_micros(keep))?;
        }
        Ok(())
    }

    /// Up to `take` calls that the caller may see, in the query's order, starting after a cursor. They are read page by
    /// page, as by [`Mediation::list`].
    ///
    /// # Errors
    /// If the calls cannot be read.
    pub fn list_after(
        &self,
        caller: &Caller,
        query: &CdrQuery,
        after: Option<&Cursor>,
        take: usize,
    ) -> Result<Vec<Cdr>, MediationError> {
        let page = &|query: &CdrQuery, after: Option<&Cursor>, limit| self.source.page(query, after, limit);
        Ok(listing::in_order(page, &self.narrowed(caller, query)?, after.cloned(), 0, take)?)
    }
}

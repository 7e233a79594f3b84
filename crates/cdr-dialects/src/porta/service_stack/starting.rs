//! The places in which answers of a tenant start, until the beginning of each has been read. They bound the threads of a
//! tenant.
//!
//! Nobody knows how long a start takes: rows may have to be counted, or the pages of a walk found. One that takes longer
//! than [`PATIENCE`] moves to a place for slow starts as soon as one is free, so that short answers do not wait for it.

use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::timeout;

use crate::bounds::{Bounds, Entered, Full};

/// How long a start may take before it moves.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a start waits for a place for slow starts: longer than any start takes.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

/// The places of all tenants.
pub(super) struct Starting {
    quick: Arc<Bounds>,
    slow: Arc<Bounds>,
    patience: Duration,
}

/// The place of a start. Clones are the same place.
#[derive(Clone)]
pub(super) struct StartingPlace(Arc<Mutex<Option<Entered>>>);

impl Starting {
    /// With this many quick and slow places for each tenant.
    pub(super) fn new(quick: usize, slow: usize) -> Starting {
        Starting { quick: Bounds::of_each(quick), slow: Bounds::of_each(slow), patience: PATIENCE }
    }

    /// Runs the start of an answer once there is a place, for which it waits at most for a time.
    ///
    /// # Errors
    /// If there is none within that time.
    pub(super) async fn run<T, F: Future<Output = T>>(
        &self,
        tenant: &str,
        within: Duration,
        start: impl FnOnce(StartingPlace) -> F,
    ) -> Result<T, Full> {
        let place = StartingPlace(Arc::new(Mutex::new(Some(self.quick.enter(tenant, within).await?))));
        let mut started = pin!(start(place.clone()));
        if let Ok(done) = timeout(self.patience, &mut started).await {
            return Ok(done);
        }
        if place.is_released() {
            return Ok(started.await);
        }
        match select(&mut started, pin!(self.slow.enter(tenant, LONG))).await {
            Either::Left((done, _)) => Ok(done),
            Either::Right((entered, _)) => {
                if let Ok(entered) = entered {
                    place.move_to(entered);
                }
                Ok(started.await)
            }
        }
    }

    /// The number of places of a tenant that are taken.
    #[cfg(test)]
    fn under_way(&self, tenant: &str) -> usize {
        self.quick.under_way(tenant) + self.slow.under_way(tenant)
    }
}

impl StartingPlace {
    /// Gives the place back: the answer reads nothing now.
    pub(super) fn release(&self) {
        drop(self.held().take());
    }

    /// Swaps the place for another one. If the place was released meanwhile, the other one is freed too.
    fn move_to(&self, other: Entered) {
        let mut held = self.held();
        let left = if held.is_some() { held.replace(other) } else { Some(other) };
        drop(held);
        drop(left);
    }

    fn is_released(&self) -> bool {
        self.held().is_none()
    }

    fn held(&self) -> MutexGuard<'_, Option<Entered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::{join, join_all};
    use tokio::sync::oneshot;

    use super::Starting;

    /// Only a test that has failed waits so long.
    const LONG: Duration = Duration::from_secs(120);

    /// Starts that do not end take all places of a tenant. A quick one passes them, as long as they find others.
    #[actix_web::test]
    async fn a_quick_start_does_not_wait_for_slow_ones() {
        for (quick, slow, held, passes) in [(1, 1, 1, true), (4, 8, 4, true), (4, 8, 11, true), (4, 8, 12, false)] {
            let starting = Starting { patience: Duration::ZERO, ..Starting::new(quick, slow) };
            let (ends, ended): (Vec<_>, Vec<_>) = (0..held).map(|_| oneshot::channel::<usize>()).unzip();
            let starts = ended.into_iter().map(|end| starting.run("a", LONG, |_| async { end.await.unwrap() }));
            let others = async {
                while starting.under_way("a") < held {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let alone = starting.run("b", LONG, |_| async { 7 }).await;
                let within = if passes { LONG } else { Duration::from_millis(20) };
                let beside = starting.run("a", within, |_| async { 7 }).await;
                for (number, end) in ends.into_iter().enumerate() {
                    end.send(number).unwrap();
                }
                (alone, beside)
            };
            let (all, (alone, beside)) = join(join_all(starts), others).await;
            assert_eq!((alone.ok(), beside.is_ok()), (Some(7), passes), "{quick}, {slow}, {held}");
            let all: Result<Vec<usize>, _> = all.into_iter().collect();
            assert_eq!(all.unwrap(), (0..held).collect::<Vec<_>>());
            assert_eq!(starting.under_way("a"), 0, "all places are free again");
        }
    }

    /// An answer that waits to be sent has given its place back, and takes no other: before it has moved, after that, or
    /// while it waits for a slow place, which `others` have.
    #[actix_web::test]
    async fn a_start_that_reads_nothing_has_no_place() {
        for (patience, others, after_moving) in
            [(LONG, 0, false), (Duration::ZERO, 0, true), (Duration::ZERO, 1, false)]
        {
            let starting = Starting { patience, ..Starting::new(1, 1) };
            let _held: Vec<_> = (0..others).map(|_| starting.slow.try_enter("a").unwrap()).collect();
            let (release, released) = oneshot::channel::<()>();
            let (end, ended) = oneshot::channel::<usize>();
            let waits = starting.run("a", LONG, |place| async move {
                released.await.unwrap();
                place.release();
                ended.await.unwrap()
            });
            let beside = async {
                while after_moving && (starting.slow.under_way("a"), starting.quick.under_way("a")) != (1, 0) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
                release.send(()).unwrap();
                while starting.under_way("a") != others {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                let quick = starting.run("a", LONG, |_| async { 7 }).await;
                let under_way = starting.under_way("a");
                end.send(8).unwrap();
                (quick, under_way)
            };
            let (waited, (quick, under_way)) = join(waits, beside).await;
            assert_eq!((waited.ok(), quick.ok(), under_way), (Some(8), Some(7), others), "{patience:?}, {others}");
            assert_eq!(starting.under_way("a"), others);
        }
    }
}

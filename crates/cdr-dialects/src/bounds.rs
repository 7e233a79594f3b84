//! Bounds on what is under way at the same time, by tenant and in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "porta")]
use std::time::Duration;

use tokio::sync::oneshot;

/// The number of things under way, by tenant (a login or a licence, by its name) and in all.
#[derive(Debug)]
pub(crate) struct Bounds {
    per_tenant: usize,
    in_all: usize,
    /// How many of a tenant may wait.
    waiting: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    in_all: usize,
    of: HashMap<Arc<str>, usize>,
    /// Those that wait, in the order of their arrival.
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    tenant: Arc<str>,
    enter: oneshot::Sender<Entered>,
}

/// Something under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Entered {
    bounds: Arc<Bounds>,
    tenant: Arc<str>,
}

/// Which bound is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// That of the tenant.
    OfTenant,
    /// That of all tenants.
    InAll,
}

impl Bounds {
    /// These bounds. At most as many of a tenant wait as may be under way, and as many in all.
    pub(crate) fn new(per_tenant: usize, in_all: usize) -> Arc<Bounds> {
        Arc::new(Bounds { per_tenant, in_all, waiting: per_tenant, state: Mutex::default() })
    }

    /// A bound of each tenant, of whom any number waits.
    #[cfg(feature = "porta")]
    pub(crate) fn of_each(per_tenant: usize) -> Arc<Bounds> {
        Arc::new(Bounds { per_tenant, in_all: usize::MAX, waiting: usize::MAX, state: Mutex::default() })
    }

    /// Enters, if no bound is reached.
    ///
    /// # Errors
    /// With the bound that is reached.
    pub(crate) fn try_enter(self: &Arc<Bounds>, tenant: &str) -> Result<Entered, Full> {
        let (tenant, mut state) = (Arc::<str>::from(tenant), self.lock());
        match self.reached(&state, &tenant) {
            Some(full) => Err(full),
            None => Ok(self.enter_now(&mut state, tenant)),
        }
    }

    /// Enters, and waits for that if a bound is reached, at most for a time. A place that becomes free goes to the tenant
    /// with the fewest, and within a tenant to the first that came.
    ///
    /// # Errors
    /// With the bound that is reached, after the time; immediately if too many of the tenant wait already.
    #[cfg(feature = "porta")]
    pub(crate) async fn enter(self: &Arc<Bounds>, tenant: &str, within: Duration) -> Result<Entered, Full> {
        let tenant = Arc::<str>::from(tenant);
        let entered = {
            let mut state = self.lock();
            let Some(full) = self.reached(&state, &tenant) else { return Ok(self.enter_now(&mut state, tenant)) };
            state.waiting.retain(|waiting| !waiting.enter.is_closed());
            let of_tenant = state.waiting.iter().filter(|waiting| waiting.tenant == tenant).count();
            if of_tenant >= self.waiting || state.waiting.len() >= self.in_all {
                return Err(full);
            }
            let (enter, entered) = oneshot::channel();
            state.waiting.push(Waiting { tenant: tenant.clone(), enter });
            entered
        };
        match tokio::time::timeout(within, entered).await {
            Ok(Ok(entered)) => Ok(entered),
            _ => Err(self.reached(&self.lock(), &tenant).unwrap_or(Full::InAll)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reached(&self, state: &State, tenant: &Arc<str>) -> Option<Full> {
        if state.of.get(tenant).copied().unwrap_or(0) >= self.per_tenant {
            return Some(Full::OfTenant);
        }
        (state.in_all >= self.in_all).then_some(Full::InAll)
    }

    fn enter_now(self: &Arc<Bounds>, state: &mut State, tenant: Arc<str>) -> Entered {
        state.in_all += 1;
        *state.of.entry(tenant.clone()).or_default() += 1;
        Entered { bounds: self.clone(), tenant }
    }

    /// The number of things under way of a tenant.
    #[cfg(all(test, feature = "porta"))]
    pub(crate) fn under_way(&self, tenant: &str) -> usize {
        self.lock().of.get(tenant).copied().unwrap_or(0)
    }

    /// Lets those in that wait and may enter now.
    fn let_in(self: &Arc<Bounds>) {
        loop {
            let (waiting, entered) = {
                let mut state = self.lock();
                state.waiting.retain(|waiting| !waiting.enter.is_closed());
                let may = state.waiting.iter().enumerate().filter(|(_, it)| self.reached(&state, &it.tenant).is_none());
                let of = |it: &Waiting| state.of.get(&it.tenant).copied().unwrap_or(0);
                let Some((at, _)) = may.min_by_key(|(at, it)| (of(it), *at)) else { return };
                let waiting = state.waiting.remove(at);
                let entered = self.enter_now(&mut state, waiting.tenant.clone());
                (waiting, entered)
            };
            // The lock is free here. What cannot be handed over is dropped, takes the lock and lets in the next.
            drop(waiting.enter.send(entered));
        }
    }

    fn left(&self, tenant: &Arc<str>) {
        let mut state = self.lock();
        state.in_all -= 1;
        if let Some(of) = state.of.get_mut(tenant) {
            *of -= 1;
            if *of == 0 {
                state.of.remove(tenant);
            }
        }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.bounds.left(&self.tenant);
        self.bounds.let_in();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Bounds, Full};

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn a_tenant_has_its_bound_and_all_have_one() {
        let bounds = Bounds::new(2, 3);
        let held: Vec<_> = ["a", "a", "b"].map(|tenant| bounds.try_enter(tenant).unwrap()).into();
        assert_eq!(bounds.try_enter("a").unwrap_err(), Full::OfTenant);
        assert_eq!(bounds.try_enter("c").unwrap_err(), Full::InAll);
        drop(held);
        assert!(bounds.lock().of.is_empty() && bounds.try_enter("c").is_ok());
    }

    #[actix_web::rt::test(system = "crate::testing::Runner")]
    async fn those_that_wait_enter_the_tenant_with_the_fewest_first() {
        let bounds = Bounds::new(2, 3);
        let of = |tenant: &str| bounds.lock().of.get(tenant).copied().unwrap_or(0);
        let mut held: Vec<_> = ["a", "a", "b"].map(|tenant| bounds.try_enter(tenant).unwrap()).into();
        let (of_b, of_a, of_c) = (bounds.enter("b", LONG), bounds.enter("a", LONG), bounds.enter("c", LONG));
        let mut waiting = Box::pin(async { futures_util::join!(of_b, of_a, of_c) });
        assert!(futures_util::poll!(&mut waiting).is_pending());
        // One of A leaves: C has none, B and A have one each.
        held.remove(0);
        assert_eq!(of("c"), 1);
        // Another leaves: A has none now, and comes before B.
        held.remove(0);
        assert_eq!((of("a"), of("b")), (1, 1));
        held.clear();
        let (b, a, c) = waiting.await;
        assert!(b.is_ok() && a.is_ok() && c.is_ok());
    }

    #[actix_web::rt::test(system = "crate::testing::Runner")]
    async fn waiting_ends_after_a_time_and_leaves_nothing_behind() {
        let bounds = Bounds::new(1, 1);
        let held = bounds.try_enter("a").unwrap();
        assert_eq!(bounds.enter("a", Duration::from_millis(1)).await.unwrap_err(), Full::OfTenant);
        assert_eq!(bounds.enter("b", Duration::from_millis(1)).await.unwrap_err(), Full::InAll);
        // As many of a tenant wait as may be under way.
        let mut first = Box::pin(bounds.enter("a", LONG));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert_eq!(bounds.enter("a", LONG).await.unwrap_err(), Full::OfTenant);
        drop(first);
        drop(held);
        assert_eq!(bounds.lock().in_all, 0);
        assert!(bounds.enter("b", LONG).await.is_ok());
    }
}

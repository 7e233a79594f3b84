//! A bound on the bytes that wait to be sent, by tenant and in all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::bounds::Full;

/// The bytes of answers that wait to be sent, by tenant (a login or a licence, by its name) and in all.
#[derive(Debug)]
pub(crate) struct Buffers {
    per_tenant: usize,
    in_all: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    in_all: usize,
    of: HashMap<Arc<str>, usize>,
}

/// The bytes of one answer, until it is dropped.
#[derive(Debug)]
pub(crate) struct Buffered {
    buffers: Arc<Buffers>,
    tenant: Arc<str>,
    /// Those that count, with those that are reserved.
    bytes: usize,
    reserved: usize,
}

impl Buffers {
    /// These bounds, in bytes.
    pub(crate) fn new(per_tenant: usize, in_all: usize) -> Arc<Buffers> {
        Arc::new(Buffers { per_tenant, in_all, state: Mutex::default() })
    }

    /// An answer that holds nothing yet.
    pub(crate) fn begin(self: &Arc<Buffers>, tenant: &str) -> Buffered {
        Buffered { buffers: self.clone(), tenant: tenant.into(), bytes: 0, reserved: 0 }
    }

    /// The bytes that all answers hold.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.lock().in_all
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffered {
    /// Reserves bytes for what will be added, if no bound is exceeded.
    ///
    /// # Errors
    /// With the bound that would be exceeded.
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<(), Full> {
        self.count(bytes)?;
        self.reserved += bytes;
        Ok(())
    }

    /// Gives back what is still reserved.
    pub(crate) fn release(&mut self) {
        let reserved = std::mem::take(&mut self.reserved);
        self.shrink(reserved);
    }

    /// Adds bytes, if they were reserved or no bound is exceeded.
    ///
    /// # Errors
    /// With the bound that would be exceeded.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Full> {
        let reserved = self.reserved.min(bytes);
        self.count(bytes - reserved)?;
        self.reserved -= reserved;
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> Result<(), Full> {
        let Buffers { per_tenant, in_all, .. } = *self.buffers;
        let mut state = self.buffers.lock();
        if state.of.get(&self.tenant).copied().unwrap_or(0).saturating_add(bytes) > per_tenant {
            return Err(Full::OfTenant);
        }
        if state.in_all.saturating_add(bytes) > in_all {
            return Err(Full::InAll);
        }
        state.in_all += bytes;
        *state.of.entry(self.tenant.clone()).or_default() += bytes;
        self.bytes += bytes;
        Ok(())
    }

    /// Removes bytes that were sent. Those that were not added count for nothing.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.bytes);
        if bytes == 0 {
            return;
        }
        self.bytes -= bytes;
        let mut state = self.buffers.lock();
        state.in_all -= bytes;
        if let Some(of) = state.of.get_mut(&self.tenant) {
            *of -= bytes;
            if *of == 0 {
                state.of.remove(&self.tenant);
            }
        }
    }
}

impl Drop for Buffered {
    fn drop(&mut self) {
        self.shrink(self.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::Buffers;
    use crate::bounds::Full;

    #[test]
    fn a_tenant_has_its_bound_and_all_have_one() {
        let buffers = Buffers::new(100, 150);
        let (mut first, mut second, mut other) = (buffers.begin("a"), buffers.begin("a"), buffers.begin("b"));
        first.grow(60).unwrap();
        second.grow(40).unwrap();
        assert_eq!(second.grow(1), Err(Full::OfTenant));
        other.grow(50).unwrap();
        assert_eq!(other.grow(1), Err(Full::InAll));
        first.shrink(10);
        assert_eq!(buffers.held(), 140);
        second.grow(10).unwrap();
        // What is reserved counts, and is not counted again when it is used.
        second.shrink(30);
        assert_eq!(first.reserve(40), Err(Full::OfTenant));
        first.reserve(20).unwrap();
        assert_eq!((other.grow(11), buffers.held()), (Err(Full::InAll), 140));
        first.grow(15).unwrap();
        assert_eq!((first.grow(16), buffers.held()), (Err(Full::OfTenant), 140), "more than is left of it");
        first.release();
        assert_eq!(buffers.held(), 135);
        // What was sent beyond what is held counts for nothing.
        other.shrink(1_000);
        assert_eq!(buffers.held(), 85);
        drop((first, second, other));
        assert_eq!((buffers.held(), buffers.lock().of.len()), (0, 0));
    }
}

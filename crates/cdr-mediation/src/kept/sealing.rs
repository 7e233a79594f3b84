//! Makes blocks of closed hours ahead, for exports that are asked for regularly.

use std::collections::BTreeMap;
use std::io::{self, Write};

use cdr_export::PackKey;
use cdr_model::{Timestamp, chain};
use cdr_query::Window;

use super::plan::{Scale, open};
use super::{KeptBlocks, PackFile};
use crate::error::MediationError;
use crate::export::keep_blocks;
use crate::ports::CdrSource;
use crate::request::{ExportRequest, cut_of};

const HOUR: i64 = 3_600_000_000;

/// An export is asked for regularly if its packs were used or written over at least this time, the last one recently.
const OVER: i64 = 20 * HOUR;
/// How long ago something recent may be.
const RECENT: i64 = 72 * HOUR;

impl KeptBlocks {
    /// Makes the blocks of the parts that have ended since the newest pack of each export that is asked for regularly. Ends
    /// early if `is_enough`.
    ///
    /// # Errors
    /// If the packs cannot be listed, or the source cannot be read.
    pub fn seal(
        &self,
        source: &dyn CdrSource,
        now: Timestamp,
        is_enough: &dyn Fn() -> bool,
    ) -> Result<(), MediationError> {
        if self.most == 0 {
            return Ok(());
        }
        for (period, name) in regular(&self.packs.list()?, now) {
            if is_enough() {
                return Ok(());
            }
            let Some(request) = self.recipe(&name) else { continue };
            let Some(window) = closed(&request, period, now) else { continue };
            let mut request = request;
            request.query.window = window;
            match keep_blocks(source, self, &request, Until { is_enough }) {
                Ok(()) => {}
                Err(_) if is_enough() => return Ok(()),
                Err(error) => tracing::warn!(error = %chain(&error), "blocks could not be made ahead"),
            }
        }
        Ok(())
    }

    /// The export whose blocks a pack has, without a window.
    fn recipe(&self, name: &str) -> Option<ExportRequest> {
        serde_json::from_str(open(self, name)?.index().recipe()).ok()
    }
}

/// The newest pack of each key that was used regularly: its period and its name.
fn regular(packs: &[PackFile], now: Timestamp) -> Vec<(i64, String)> {
    let mut keys: BTreeMap<&str, Vec<(i64, &PackFile)>> = BTreeMap::new();
    for pack in packs {
        if let Some((key, period)) = PackKey::split(&pack.name) {
            keys.entry(key).or_default().push((period, pack));
        }
    }
    let is_regular = |packs: &[(i64, &PackFile)]| {
        let used = packs.iter().map(|(_, pack)| pack.used_at.micros());
        let (first, last) = (used.clone().min().unwrap_or(0), used.max().unwrap_or(0));
        last - first >= OVER && now.micros() - last <= RECENT
    };
    let regular = keys.into_values().filter(|packs| is_regular(packs));
    let newest = regular.filter_map(|packs| packs.into_iter().max_by_key(|(period, _)| *period));
    newest.map(|(period, pack)| (period, pack.name.clone())).collect()
}

/// The window of all parts that have ended since the start of a period. `None` if the period is not recent: an export of an old
/// month does not mean that every month since will be exported.
fn closed(request: &ExportRequest, period: i64, now: Timestamp) -> Option<Window> {
    let scale = Scale::of(cut_of(&request.query))?;
    let (from, until) = (scale.start(scale.first_of(period)), scale.start(scale.part(now)));
    let end = scale.start(scale.first_of(period.saturating_add(1)));
    (from < until && now.micros_since(end) <= RECENT).then_some(Window {
        anchor: request.query.window.anchor,
        from,
        until,
    })
}

/// Takes a file that nobody needs, for as long as there is nothing else to do.
struct Until<'a> {
    is_enough: &'a dyn Fn() -> bool,
}

impl Write for Until<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if (self.is_enough)() { Err(io::Error::other("there is something else to do")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

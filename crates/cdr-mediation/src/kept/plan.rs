//! Which parts of a sheet are kept, and which windows have to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cdr_export::{Cut, ExportSpec, PackIndex, PackKey, PackReader, PartVersion, Sheet};
use cdr_model::{Directory, Timestamp, chain};
use cdr_query::{CdrQuery, SortBy, Window};

use super::KeptBlocks;
use crate::error::MediationError;
use crate::ports::{CdrSource, PartVersions};
use crate::request::ExportRequest;
use crate::{PortError, SpoolRead};

/// A pack that is being read.
pub(super) type OpenPack = PackReader<Box<dyn SpoolRead>>;

/// The number of packs that stay open between the plan and its execution.
const MOST_OPEN: usize = 16;

/// The microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// How the calls of a sheet are divided into parts, and parts into the periods of packs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// The length of a part in microseconds.
    unit: i64,
    /// The number of parts in a period.
    period: i64,
}

/// A step of writing a sheet.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    /// The blocks of this part are kept.
    Kept(i64),
    /// The calls of a window are read. These of its parts may be kept afterwards, in the order of the query.
    Read(Window, Vec<(i64, PartVersion)>),
}

/// How a sheet is written from kept blocks and from calls.
pub(crate) struct Plan {
    pub(super) key: PackKey,
    /// The export without its window, as JSON.
    pub(super) recipe: String,
    pub(super) cut: Cut,
    pub(super) scale: Scale,
    pub(super) versions: PartVersions,
    pub(super) steps: Vec<Step>,
    /// The packs that were found, by their periods.
    pub(super) found: BTreeMap<i64, Found>,
    /// The parts that this export uses or keeps.
    pub(super) covered: BTreeSet<i64>,
    /// The periods whose packs get further parts.
    pub(super) growing: BTreeSet<i64>,
}

/// A pack that was found.
pub(super) struct Found {
    pub(super) index: Arc<PackIndex>,
    /// The pack itself, unless too many are open.
    pub(super) reader: Option<OpenPack>,
}

impl Scale {
    /// The scale of a cut; `None` if its blocks are of no part.
    pub(super) fn of(cut: Cut) -> Option<Scale> {
        match cut {
            Cut::Hour => Some(Scale { unit: HOUR, period: 24 }),
            Cut::Day => Some(Scale { unit: 24 * HOUR, period: 32 }),
            Cut::Rows => None,
        }
    }

    pub(super) fn period(self, part: i64) -> i64 {
        part.div_euclid(self.period)
    }

    /// The first part of a period.
    pub(super) fn first_of(self, period: i64) -> i64 {
        period.saturating_mul(self.period)
    }

    pub(super) fn part(self, at: Timestamp) -> i64 {
        at.micros().div_euclid(self.unit)
    }

    pub(super) fn start(self, part: i64) -> Timestamp {
        Timestamp::from_micros(part.saturating_mul(self.unit))
    }

    fn end(self, part: i64) -> Timestamp {
        self.start(part.saturating_add(1))
    }

    /// The window of a part within another window.
    pub(super) fn within(self, window: Window, part: i64) -> Window {
        let until = if self.end(part) >= window.until { window.until } else { self.end(part) };
        Window { from: self.start(part).max(window.from), until, ..window }
    }

    /// Whether a window contains the whole part.
    fn is_in(self, part: i64, window: Window) -> bool {
        let begins = window.from == Timestamp::MIN || self.start(part) >= window.from;
        let ends = window.until == Timestamp::MAX || self.end(part) <= window.until;
        begins && ends
    }
}

impl Plan {
    /// The plan for a query at its watermark; `None` if nothing can be kept of it.
    ///
    /// # Errors
    /// If the source cannot be read. Packs that cannot be read are not used.
    pub(crate) fn new(
        kept: &KeptBlocks,
        source: &dyn CdrSource,
        query: &CdrQuery,
        (request, sheet, cut): (&ExportRequest, &Sheet, Cut),
        directory: &Directory,
    ) -> Result<Option<Plan>, MediationError> {
        let (Some(scale), Some(upto)) = (Scale::of(cut), query.upto) else { return Ok(None) };
        let window = query.window;
        let is_empty = window.from >= window.until && window.until != Timestamp::MAX;
        if kept.most == 0 || query.order.by != SortBy::Anchor || !query.order.keys.is_empty() || is_empty {
            return Ok(None);
        }
        let (first, last) = (scale.part(window.from), scale.part(last_instant(window)));
        // Of whole periods, because packs are.
        let all = scale.period(first) * scale.period..=scale.period(last) * scale.period + (scale.period - 1);
        let Some(versions) = source.part_versions(query, cut, &all)? else { return Ok(None) };
        let shape = (window.anchor, &query.order, &query.conditions);
        let Ok(key) = PackKey::new(&request.spec, sheet, cut, &shape) else { return Ok(None) };
        let Ok(recipe) = recipe(request, sheet) else { return Ok(None) };

        let keepable = |part: i64, version: &Option<PartVersion>| {
            version.filter(|version| version.number <= upto && scale.is_in(part, window))
        };
        let parts: Vec<(i64, Option<PartVersion>)> =
            versions.parts.range(first..=last).map(|(part, version)| (*part, keepable(*part, version))).collect();
        let covered: BTreeSet<i64> =
            parts.iter().filter(|(_, version)| version.is_some()).map(|(part, _)| *part).collect();
        let periods: BTreeSet<i64> = covered.iter().map(|part| scale.period(*part)).collect();
        let mut found = BTreeMap::new();
        for period in periods {
            if let Some(reader) = find(kept, &key, period, directory) {
                let index = Arc::clone(reader.index());
                let reader = Some(reader).filter(|_| found.len() < MOST_OPEN);
                found.insert(period, Found { index, reader });
            }
        }
        let is_kept = |part: i64, version: Option<PartVersion>| {
            let found: Option<PartVersion> =
                found.get(&scale.period(part)).and_then(|found: &Found| found.index.version(part));
            version.is_some() && found == version
        };
        let growing = parts
            .iter()
            .filter(|(part, version)| version.is_some() && !is_kept(*part, *version))
            .map(|(part, _)| scale.period(*part))
            .collect();
        let steps = steps(window, query.order.descending, scale, &parts, &is_kept);
        Ok(Some(Plan { key, recipe, cut, scale, versions, steps, found, covered, growing }))
    }

    /// The windows that have to be read at the ends of the window; `None` if others have to be read too.
    pub(crate) fn ends(&self) -> Option<Vec<Window>> {
        let mut ends = Vec::new();
        for step in &self.steps {
            match step {
                Step::Kept(_) => {}
                Step::Read(window, parts) if parts.is_empty() => ends.push(*window),
                Step::Read(..) => return None,
            }
        }
        Some(ends).filter(|ends| ends.len() < self.steps.len())
    }

    /// The number of rows that the sheet will have.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub(crate) fn expected(&self, source: &dyn CdrSource, query: &CdrQuery) -> Result<u64, PortError> {
        let rows = self.steps.iter().map(|step| match step {
            Step::Kept(part) => {
                Ok(self.found.get(&self.scale.period(*part)).map_or(0, |found| found.index.rows(*part)))
            }
            Step::Read(window, _) => source.count(&CdrQuery { window: *window, ..query.clone() }),
        });
        rows.sum()
    }
}

/// The steps of a sheet: parts in a row that are not kept are read at once, with everything around them that has no calls.
fn steps(
    window: Window,
    descending: bool,
    scale: Scale,
    parts: &[(i64, Option<PartVersion>)],
    is_kept: &dyn Fn(i64, Option<PartVersion>) -> bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    // What is left of the window, and the parts in it so far that have to be read.
    let (mut left, mut to_read) = (window, Vec::new());
    let read = |steps: &mut Vec<Step>, window: Window, parts: &mut Vec<(i64, Option<PartVersion>)>| {
        if !parts.is_empty() {
            let parts = std::mem::take(parts).into_iter().filter_map(|(part, version)| Some((part, version?)));
            steps.push(Step::Read(window, parts.collect()));
        }
    };
    let in_order: Box<dyn Iterator<Item = &(i64, Option<PartVersion>)>> =
        if descending { Box::new(parts.iter().rev()) } else { Box::new(parts.iter()) };
    for &(part, version) in in_order {
        if !is_kept(part, version) {
            to_read.push((part, version));
        } else if descending {
            read(&mut steps, Window { from: scale.end(part), ..left }, &mut to_read);
            steps.push(Step::Kept(part));
            left.until = scale.start(part);
        } else {
            read(&mut steps, Window { until: scale.start(part), ..left }, &mut to_read);
            steps.push(Step::Kept(part));
            left.from = scale.end(part);
        }
    }
    // Without anything kept, the window is read as it is.
    if steps.is_empty() && to_read.is_empty() {
        return vec![Step::Read(window, Vec::new())];
    }
    read(&mut steps, left, &mut to_read);
    steps
}

/// The export of one sheet without its window, as JSON.
fn recipe(request: &ExportRequest, sheet: &Sheet) -> serde_json::Result<String> {
    let window = Window::all(request.query.window.anchor);
    let layout = request.spec.layout.clone().only(|other| other.name == sheet.name);
    serde_json::to_string(&ExportRequest {
        query: CdrQuery { window, upto: None, ..request.query.clone() },
        spec: ExportSpec { layout, ..request.spec.clone() },
    })
}

/// The last instant in a window that is not empty.
fn last_instant(window: Window) -> Timestamp {
    if window.until == Timestamp::MAX { Timestamp::MAX } else { window.until.plus_micros(-1) }
}

/// The pack of a period, if it is there, complete, and of the directory as it is now.
fn find(kept: &KeptBlocks, key: &PackKey, period: i64, directory: &Directory) -> Option<OpenPack> {
    open(kept, &key.name(period)).filter(|reader| reader.is_of(key, period, directory))
}

/// Opens a pack.
pub(super) fn open(kept: &KeptBlocks, name: &str) -> Option<OpenPack> {
    let file = match kept.packs.open(name) {
        Ok(file) => file,
        Err(PortError::NotFound { .. }) => return None,
        Err(error) => {
            tracing::warn!(pack = name, error = %chain(&error), "kept blocks could not be read");
            return None;
        }
    };
    PackReader::open(file)
        .inspect_err(|error| tracing::warn!(pack = name, %error, "kept blocks could not be read"))
        .ok()
}

#[cfg(test)]
mod tests;

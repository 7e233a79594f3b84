//! What can be chosen about the dialect.

use std::time::Duration;

use cdr_export::Layout;
use cdr_model::{Anchor, LocalZone};
use cdr_query::grammar::XsdVersion;

use crate::origin::Origins;

/// What can be chosen. The default is what the public documents say, in UTC.
#[derive(Clone, Debug)]
pub struct DmaOptions {
    /// The server's zone: of bounds that name none, of "midnight today", and of all times that are printed.
    pub zone: LocalZone,
    /// By which edition of XML Schema bounds are read.
    pub xsd: XsdVersion,
    /// Which instant of a record the bounds are about: the start, as the API reference has it, or the end, as the
    /// operations guide has it.
    pub anchor: Anchor,
    /// Whether a record at `to-date` belongs to the window.
    pub end: EndBound,
    /// The sheets and columns of the files.
    pub layout: Layout,
    /// How many generations there may be at a time.
    pub lane: LaneRule,
    /// Where clients reach this server.
    pub origins: Origins,
    /// Live answers at once, over all threads; one more is refused with 503. Four.
    pub live: usize,
    /// How long a live answer waits for a client that takes nothing, and a request for a body that does not come. Sixty
    /// seconds.
    pub stall: Duration,
}

/// Whether a record at the end bound belongs to the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EndBound {
    /// It does, as the API reference has it.
    #[default]
    Inclusive,
    /// It does not: adjoining windows share no record.
    Exclusive,
}

/// How many generations there may be at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LaneRule {
    /// One for all callers, as in the original.
    #[default]
    One,
    /// One for each caller, who sees only theirs.
    Caller,
}

impl Default for DmaOptions {
    fn default() -> DmaOptions {
        let layout = match Layout::named("dma-6.1-reconstructed", &[]) {
            Ok(layout) => layout,
            Err(problem) => unreachable!("the built-in layouts can be read: {problem}"),
        };
        DmaOptions {
            zone: LocalZone::UTC,
            xsd: XsdVersion::default(),
            anchor: Anchor::Start,
            end: EndBound::default(),
            layout,
            lane: LaneRule::default(),
            origins: Origins::default(),
            live: 4,
            stall: Duration::from_secs(60),
        }
    }
}

impl DmaOptions {
    /// The lane of a caller.
    pub(super) fn lane_of(&self, caller: &str) -> String {
        match self.lane {
            LaneRule::One => super::NAME.to_owned(),
            LaneRule::Caller => format!("{}/{caller}", super::NAME),
        }
    }
}

//! The settings of the DMA dialect, read and checked.

use std::time::Duration;

use anyhow::{anyhow, ensure};
use cdr_dialects::dma::{EndBound, LaneRule};
use cdr_model::{Anchor, LocalZone};

use super::{Layers, parse, read_zone};

/// How the DMA dialect answers.
#[derive(Clone, Debug)]
pub struct DmaConfig {
    /// Where its bounds and times lie.
    pub zone: LocalZone,
    /// Which instant of a call its bounds are about.
    pub anchor: Anchor,
    /// Whether `to-date` belongs to the window.
    pub end: EndBound,
    /// The name of its layout.
    pub layout: String,
    /// Who shares a lane.
    pub lane: LaneRule,
    /// Live answers at once.
    pub live: usize,
    /// How long a live answer waits for a client that takes nothing.
    pub stall: Duration,
}

impl DmaConfig {
    /// Reads and checks every setting; `None` if the dialect is not wanted.
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Option<DmaConfig>> {
        let wrong =
            |name: &str, wanted: &str| anyhow!("{}: `{}` is not {wanted}", layers.origin(name), layers.value(name));
        let zone = if layers.value("dma.zone").is_empty() { "zone" } else { "dma.zone" };
        let live: usize = parse(layers, "dma.live", "a number, one or more")?;
        ensure!(live > 0, "{}: it takes one or more", layers.origin("dma.live"));
        let stall: u32 = parse(layers, "dma.stall_seconds", "a number of seconds")?;
        let config = DmaConfig {
            zone: LocalZone::new(read_zone(layers, zone)?),
            anchor: match layers.value("dma.anchor") {
                "start" => Anchor::Start,
                "end" => Anchor::End,
                _ => return Err(wrong("dma.anchor", "start or end")),
            },
            end: match layers.value("dma.end") {
                "inclusive" => EndBound::Inclusive,
                "exclusive" => EndBound::Exclusive,
                _ => return Err(wrong("dma.end", "inclusive or exclusive")),
            },
            layout: layers.value("dma.layout").to_owned(),
            lane: match layers.value("dma.lane") {
                "one" => LaneRule::One,
                "caller" => LaneRule::Caller,
                _ => return Err(wrong("dma.lane", "one or caller")),
            },
            live,
            stall: Duration::from_secs(stall.into()),
        };
        let wanted: bool = parse(layers, "dma.enabled", "true or false")?;
        Ok(wanted.then_some(config))
    }
}

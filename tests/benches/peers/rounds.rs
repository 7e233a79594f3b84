//! Ways to do the same, measured in turn.

use tollbook_tests::measure::statistics::{median, spread};

/// One measurement of one way.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sample {
    pub(crate) wall_seconds: f64,
    /// Of the program or tool and what it started.
    pub(crate) client_seconds: f64,
    /// Of the database server.
    pub(crate) server_seconds: f64,
    /// Of the largest process, without the database server's.
    pub(crate) peak_kib: u64,
    /// Of what was written, if it was counted.
    pub(crate) bytes: u64,
}

/// A way to do something.
pub(crate) struct Way<'a> {
    pub(crate) name: String,
    measure: Box<dyn FnMut() -> Sample + 'a>,
}

/// The medians of a way.
#[derive(Clone, Debug)]
pub(crate) struct Medians {
    pub(crate) name: String,
    /// CPU seconds of client and server together.
    pub(crate) cpu: f64,
    pub(crate) client: f64,
    pub(crate) server: f64,
    pub(crate) wall: f64,
    pub(crate) peak_mib: f64,
    /// The largest number seen.
    pub(crate) bytes: u64,
    /// How far the CPU seconds lie apart, as a part of their median.
    pub(crate) spread: f64,
}

impl<'a> Way<'a> {
    pub(crate) fn new(name: impl Into<String>, measure: impl FnMut() -> Sample + 'a) -> Way<'a> {
        Way { name: name.into(), measure: Box::new(measure) }
    }
}

/// Measures all ways in turn, a number of rounds, and returns their medians in the same order.
pub(crate) fn in_turn(rounds: usize, mut ways: Vec<Way<'_>>) -> Vec<Medians> {
    let mut samples: Vec<Vec<Sample>> = vec![Vec::new(); ways.len()];
    for round in 1..=rounds {
        for (way, samples) in ways.iter_mut().zip(&mut samples) {
            let sample = (way.measure)();
            let cpu = sample.client_seconds + sample.server_seconds;
            eprintln!("   {round}/{rounds}  {:<58} {cpu:>9.4} CPU s  {:>9.4} s", way.name, sample.wall_seconds);
            samples.push(sample);
        }
    }
    ways.into_iter().zip(samples).map(|(way, samples)| medians(way.name, &samples)).collect()
}

/// The way with this name.
///
/// # Panics
/// If it was not measured.
pub(crate) fn named<'a>(ways: &'a [Medians], name: &str) -> &'a Medians {
    ways.iter().find(|way| way.name == name).unwrap_or_else(|| panic!("`{name}` was not measured"))
}

fn medians(name: String, samples: &[Sample]) -> Medians {
    let all = |value: fn(&Sample) -> f64| samples.iter().map(value).collect::<Vec<f64>>();
    let cpu = all(|sample| sample.client_seconds + sample.server_seconds);
    Medians {
        name,
        cpu: median(&cpu),
        client: median(&all(|sample| sample.client_seconds)),
        server: median(&all(|sample| sample.server_seconds)),
        wall: median(&all(|sample| sample.wall_seconds)),
        peak_mib: median(&all(|sample| sample.peak_kib as f64 / 1024.0)),
        bytes: samples.iter().map(|sample| sample.bytes).max().unwrap_or_default(),
        spread: spread(&cpu),
    }
}

//! What the groups of a run share.

use std::cell::OnceCell;

use crate::bench::Bench;
use crate::options::Options;
use crate::texts::Texts;

/// A run of the benchmark.
pub(crate) struct Run {
    pub(crate) bench: Bench,
    texts: OnceCell<Texts>,
}

impl Run {
    pub(crate) fn new(options: Options) -> Run {
        Run { bench: Bench::set_up(options), texts: OnceCell::new() }
    }

    /// The plain tables of the other tools.
    pub(crate) fn texts(&self) -> &Texts {
        self.texts.get_or_init(|| Texts::load(&self.bench))
    }
}

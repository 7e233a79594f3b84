//! What the environment asks for.

use std::env;
use std::path::PathBuf;

/// The options of a run.
pub(crate) struct Options {
    /// The number of calls in each store.
    pub(crate) calls: u64,
    /// How often each way is measured.
    pub(crate) rounds: usize,
    /// The targets to measure; empty for all.
    only: Vec<String>,
    /// A program that is built already.
    pub(crate) program: Option<PathBuf>,
}

impl Options {
    /// From `CALLS`, `ROUNDS`, `ONLY` and `TOLLBOOK`.
    ///
    /// # Panics
    /// If one of them cannot be read, or if `ONLY` names a target that is not `known`.
    pub(crate) fn from_environment(known: &[&str]) -> Options {
        let only = env::var("ONLY").unwrap_or_default();
        let only: Vec<String> =
            only.split(',').map(|id| id.trim().to_uppercase()).filter(|id| !id.is_empty()).collect();
        if let Some(unknown) = only.iter().find(|id| !known.contains(&id.as_str())) {
            panic!("ONLY={unknown}: the targets are {}", known.join(", "));
        }
        Options {
            calls: number("CALLS", 2_000_000).max(1_000),
            rounds: usize::try_from(number("ROUNDS", 5)).unwrap_or(usize::MAX).max(1),
            only,
            program: env::var_os("TOLLBOOK").map(PathBuf::from),
        }
    }

    /// Whether a target is to be measured.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == id)
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    let Ok(text) = env::var(name) else { return otherwise };
    text.replace('_', "").parse().unwrap_or_else(|_| panic!("{name}={text} is not a whole number"))
}

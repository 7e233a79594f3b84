//! The program beside other tools: exports, answers over HTTP, pages and bulk loads, against their targets.
//!
//! `cargo bench -p tollbook-tests --bench peers` sets everything up by itself and prints two tables in Markdown;
//! docs/PERFORMANCE.md says what is measured and how, and has the last result.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its results and its progress")]

mod bench;
mod child;
mod group_accounts;
mod group_days;
mod group_feeds;
mod group_growth;
mod group_live;
mod group_loads;
mod group_memory;
mod group_pages;
mod group_sizes;
mod group_whole;
mod machine;
mod options;
mod postgres;
mod program;
mod python;
mod report;
mod rounds;
mod run;
mod serving;
mod texts;
mod tools;

use options::Options;
use report::Report;
use run::Run;

/// A group: the targets that it measures, and how.
type Group = (&'static [&'static str], fn(&Run, &mut Report<'_>));

/// In the order in which they run.
const GROUPS: &[Group] = &[
    (group_whole::IDS, group_whole::run),
    (group_growth::IDS, group_growth::run),
    (group_days::IDS, group_days::run),
    (group_accounts::IDS, group_accounts::run),
    (group_sizes::IDS, group_sizes::run),
    (group_live::IDS, group_live::run),
    (group_memory::IDS, group_memory::run),
    (group_pages::IDS, group_pages::run),
    (group_loads::IDS, group_loads::run),
    (group_feeds::IDS, group_feeds::run),
];

fn main() {
    if child::was_asked_for() {
        return;
    }
    let known: Vec<&str> = GROUPS.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
    let options = Options::from_environment(&known);
    let run = Run::new(options);
    let mut report = Report::new(&run.bench);
    for (ids, measure) in GROUPS {
        if ids.iter().any(|id| run.bench.options.wants(id)) {
            eprintln!("== {}", ids.join(", "));
            measure(&run, &mut report);
        }
    }
    println!("{report}");
    report.write_json(&run.bench.target);
}

//! The result of a run: two tables in Markdown, and a file in JSON.

use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tollbook_tests::measure::table::{Table, figure};
use tollbook_tests::measure::target::Target;

use crate::bench::Bench;
use crate::options::Options;
use crate::rounds::{Medians, named};
use crate::{machine, program};

/// What was measured so far.
pub(crate) struct Report<'a> {
    head: Vec<(&'static str, String)>,
    options: &'a Options,
    targets: Vec<Row>,
    ways: Vec<(&'static str, Medians)>,
}

/// A figure and its target.
struct Row {
    id: &'static str,
    what: String,
    against: String,
    figure: f64,
    unit: &'static str,
    target: Target,
}

impl<'a> Report<'a> {
    pub(crate) fn new(bench: &'a Bench) -> Report<'a> {
        let options = &bench.options;
        Report {
            head: vec![
                ("calls", options.calls.to_string()),
                ("rounds", options.rounds.to_string()),
                ("program", program::version(&bench.program)),
                ("machine", machine::described()),
                ("load before the run", machine::load()),
                ("tools", bench.tools.versions().join(", ")),
            ],
            options,
            targets: Vec::new(),
            ways: Vec::new(),
        }
    }

    /// Adds the medians of ways that do the same.
    pub(crate) fn ways(&mut self, group: &'static str, ways: &[Medians]) {
        self.ways.extend(ways.iter().map(|way| (group, way.clone())));
    }

    /// Adds a figure, if it is wanted.
    pub(crate) fn figure(
        &mut self,
        id: &'static str,
        what: impl Into<String>,
        against: impl Into<String>,
        (figure, unit): (f64, &'static str),
        target: Target,
    ) {
        if self.options.wants(id) {
            self.targets.push(Row { id, what: what.into(), against: against.into(), figure, unit, target });
        }
    }

    /// Adds how many times the CPU seconds of one way those of another are.
    pub(crate) fn times(&mut self, id: &'static str, ways: &[Medians], ours: &str, theirs: &str, target: Target) {
        let times = named(ways, theirs).cpu / named(ways, ours).cpu;
        self.figure(id, ours, theirs, (times, "×"), target);
    }

    /// Writes everything to `peers.json` in a folder.
    pub(crate) fn write_json(&self, folder: &Path) {
        let file = folder.join("peers.json");
        let text = serde_json::to_string_pretty(&self.json()).expect("JSON");
        fs::write(&file, text + "\n").expect("the file of the results");
        eprintln!("all medians are in {}", file.display());
    }

    fn json(&self) -> Value {
        let head: serde_json::Map<String, Value> =
            self.head.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
        let target = |row: &Row| {
            let (must, aim) = row.target.bounds();
            json!({
                "id": row.id, "what": row.what, "against": row.against, "figure": row.figure, "unit": row.unit,
                "bound": row.target.sign(), "must": must, "aim": aim,
                "result": row.target.verdict(row.figure).to_string(),
            })
        };
        let way = |(group, way): &(&str, Medians)| {
            json!({
                "group": group, "way": way.name, "cpu_seconds": way.cpu, "client_cpu_seconds": way.client,
                "server_cpu_seconds": way.server, "cpu_spread": way.spread, "wall_seconds": way.wall,
                "peak_mib": way.peak_mib, "bytes": way.bytes,
            })
        };
        json!({
            "run": head,
            "targets": self.targets.iter().map(target).collect::<Vec<Value>>(),
            "ways": self.ways.iter().map(way).collect::<Vec<Value>>(),
        })
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, text) in &self.head {
            writeln!(out, "- {name}: {text}")?;
        }
        let mut targets = Table::new(&["#", "what", "against", "measured:", "must:", "aim:", "result"]);
        for row in &self.targets {
            let (must, aim) = row.target.bounds();
            let bound = |bound: f64| format!("{} {bound}", row.target.sign());
            targets.row(vec![
                row.id.to_owned(),
                row.what.clone(),
                row.against.clone(),
                format!("{} {}", figure(row.figure), row.unit).trim_end().to_owned(),
                bound(must),
                bound(aim),
                row.target.verdict(row.figure).to_string(),
            ]);
        }
        let mut ways = Table::new(&["group", "way", "CPU s:", "server:", "wall s:", "MiB:", "bytes:", "spread:"]);
        for (group, way) in &self.ways {
            let unless_zero = |value: f64| if value == 0.0 { String::new() } else { figure(value) };
            ways.row(vec![
                (*group).to_owned(),
                way.name.clone(),
                unless_zero(way.cpu),
                unless_zero(way.server),
                figure(way.wall),
                unless_zero(way.peak_mib),
                unless_zero(way.bytes as f64),
                if way.spread.is_finite() { format!("{:.0} %", 100.0 * way.spread) } else { String::new() },
            ]);
        }
        for table in [targets, ways].iter().filter(|table| !table.is_empty()) {
            write!(out, "\n{table}")?;
        }
        Ok(())
    }
}

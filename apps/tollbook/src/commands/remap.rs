//! `tollbook remap`: maps the records of a source again, from the lines that its switch wrote.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use anyhow::anyhow;
use cdr_mediation::{CdrSource, KeptLines, LoadKind, RemapReport, Remapped, RemappedInto, Remapping};
use cdr_model::{Anchor, Cdr, CdrField, Directory, Field, NOBODY, Record, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};
use cdr_store::Store;

use crate::cli::{ListFormat, LoadArgs, RemapArgs};
use crate::config::Config;
use crate::listing::{Cell, local_time, print};
use crate::loading::{Again, Noted};
use crate::question::bounds;
use crate::retention::floor;
use crate::terminal::{bar, safe, say};

/// The records without a line that one transaction books.
const BOOKED: usize = 1_000;

/// Maps records again, or says what that would change. `zone` is the one of the command line.
pub(crate) fn run(config: &Config, args: &RemapArgs, zone: Option<&str>) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let window = bounds(Anchor::Start, [&args.from, &args.until], config)?;
    let directory = CdrSource::directory(&store)?;
    let source = directory.sources.values().find(|source| source.name == args.source);
    let source = source.ok_or_else(|| anyhow!("no record of a source `{}` is stored", safe(&args.source)))?;
    let options = LoadArgs {
        source: Some(args.source.clone()),
        customer: args.customer.clone(),
        mapping: args.mapping.clone(),
        ..LoadArgs::default()
    };
    let again = Again::of(config, &store, options, Some(&source.feed), zone.is_some())?;
    let what = [("--zone", zone), ("--customer", args.customer.as_deref())];
    let what: String = what.iter().filter_map(|(name, value)| Some(format!(" {name} {}", (*value)?))).collect();
    let noted = (!args.dry_run)
        .then(|| Noted::of_records(&store, &again.plan, LoadKind::Remap, format!("remap{what}")))
        .transpose()?;
    let remap = Remap {
        store: &store,
        source_id: source.id,
        window,
        watermark: store.watermark()?,
        remapping: Remapping {
            source: args.source.clone(),
            customer: again.plan.options.customer.clone(),
            unknown_accounts: again.plan.options.unknown_accounts,
            floor: floor(config)?,
            is_rehearsal: args.dry_run,
            load: noted.as_ref().map(Noted::number),
        },
        again: &again,
    };
    let done = remap.run();
    noted.map_or(Ok(()), |noted| noted.end_records(&done))?;
    let (lined, without) = done?;
    tell(config, args.dry_run, &lined, &without)?;
    if args.dry_run {
        let directory = CdrSource::directory(&store)?;
        let rows = [&lined, &without.report].into_iter().flat_map(|report| examples(report, &directory));
        let rows: Vec<[Cell; 4]> = rows.collect();
        if !rows.is_empty() {
            say("\nthe first calls that would change:")?;
            print(ListFormat::Table, &["id", "field", "now", "then"], &config.place.zone, rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a remap needs.
struct Remap<'a> {
    store: &'a Store,
    source_id: i32,
    window: Window,
    /// The highest record number when it began.
    watermark: i64,
    remapping: Remapping,
    again: &'a Again,
}

/// The records without a line.
#[derive(Default)]
struct Without {
    records: u64,
    /// The first and the last start of them.
    starts: Option<(Timestamp, Timestamp)>,
    /// Those for which a rule asks for trunks.
    unknown_trunks: u64,
    report: RemapReport,
}

impl Remap<'_> {
    fn run(&self) -> anyhow::Result<(RemapReport, Without)> {
        let (mut report, mut present, mut after) = (RemapReport::default(), Numbers::default(), 0);
        let bar = bar(None, "records");
        while let Some(chunk) = self.store.next_lines(&self.remapping.source, after)? {
            after = chunk.id;
            let is_meant = |at: &Timestamp| self.window.from <= *at && *at < self.window.until;
            let lines: Vec<_> = chunk.lines.iter().filter(|line| is_meant(&line.started_at)).collect();
            if lines.is_empty() {
                continue;
            }
            let raw: Vec<&[u8]> = lines.iter().map(|line| line.raw.as_slice()).collect();
            let context = chunk.context.as_deref();
            let read = self.again.read(&chunk.feed, context, &raw)?;
            let records: Vec<Remapped> = lines
                .iter()
                .zip(read)
                .map(|(line, contents)| Remapped { number: line.number, into: RemappedInto::Read(contents) })
                .collect();
            let remapping = Remapping { customer: self.again.customer(context), ..self.remapping.clone() };
            let mut done = self.store.remap(&remapping, Some(chunk.id), &records)?;
            present.add(std::mem::take(&mut done.present));
            report += done;
            bar.set_position(report.changed + report.same);
        }
        bar.finish_and_clear();
        present.merge();
        let without = self.without_lines(&present)?;
        Ok((report, without))
    }

    /// Applies the rules that need no line to the records that have none.
    fn without_lines(&self, present: &Numbers) -> anyhow::Result<Without> {
        let of_source = Condition::new(CdrField::SourceId, Test::Eq(i64::from(self.source_id).into()))?;
        let query = CdrQuery::over(self.window).only(of_source).at(self.watermark);
        let (mut without, mut records) = (Without::default(), Vec::new());
        self.store.scan(&query, &mut |call| {
            if present.have(call.number) {
                return Ok(());
            }
            without.records += 1;
            let (first, last) = without.starts.unwrap_or((call.started_at, call.started_at));
            without.starts = Some((first.min(call.started_at), last.max(call.started_at)));
            match self.booking(&call) {
                Ok(into) => records.extend(into.map(|into| Remapped { number: call.number, into })),
                Err(_) => without.unknown_trunks += 1,
            }
            if records.len() >= BOOKED {
                without.report +=
                    self.store.remap(&self.remapping, None, &std::mem::take(&mut records)).map_err(io::Error::other)?;
            }
            Ok(())
        })?;
        if !records.is_empty() {
            without.report += self.store.remap(&self.remapping, None, &records)?;
        }
        Ok(without)
    }

    /// Where a call without a line is booked by the rules, if they say so. A call that has an account keeps it unless it
    /// meets a rule.
    fn booking(&self, call: &Cdr) -> Result<Option<RemappedInto>, cdr_intake::UnknownTrunks> {
        let code = call.details.account_given.as_deref();
        let met = self.again.plan.options.accounts.of_stored(code, call)?;
        let booked = match (met, code) {
            (Some(rule), _) => Some((rule.account.clone(), rule.customer.clone())),
            (None, Some(code)) if call.customer_id == NOBODY => Some((code.to_owned(), None)),
            _ => None,
        };
        Ok(booked.map(|(account, customer)| RemappedInto::Booked { account, customer }))
    }
}

/// Numbers of records, as ranges: 16 bytes for each run of consecutive numbers.
#[derive(Default)]
struct Numbers(BTreeMap<i64, i64>);

impl Numbers {
    fn add(&mut self, mut numbers: Vec<i64>) {
        numbers.sort_unstable();
        let mut range: Option<(i64, i64)> = None;
        for number in numbers {
            match &mut range {
                Some((_, last)) if number <= *last + 1 => *last = number,
                _ => {
                    self.0.extend(range);
                    range = Some((number, number));
                }
            }
        }
        self.0.extend(range);
    }

    /// Joins the ranges that adjoin.
    fn merge(&mut self) {
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (first, last) in std::mem::take(&mut self.0) {
            match merged.last_mut() {
                Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        self.0 = merged.into_iter().collect();
    }

    fn have(&self, number: i64) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, last)| number <= *last)
    }
}

/// Says what changed.
fn tell(config: &Config, is_dry: bool, lined: &RemapReport, without: &Without) -> anyhow::Result<()> {
    let begin = if is_dry { "dry run, nothing was changed: " } else { "" };
    let records = lined.changed + lined.same + lined.refusals();
    say(format!(
        "{begin}{records} records mapped again: {} changed, {} the same, {} cannot be mapped",
        lined.changed,
        lined.same,
        lined.refusals()
    ))?;
    for (reason, (records, detail)) in lined.refused.iter().chain(&without.report.refused) {
        say(format!("note: {records} records stay as they are: {}: {}", safe(reason), safe(detail)))?;
    }
    if lined.passed > 0 {
        say(format!("note: {} lines are of earlier versions, or of records that were removed", lined.passed))?;
    }
    if let Some((first, last)) = without.starts {
        let (first, last) = (local_time(first, &config.place.zone), local_time(last, &config.place.zone));
        say(format!(
            "note: {} records, which started from {first} to {last}, have no line: only the rules of accounts that need none \
             were applied, which changed {}",
            without.records, without.report.changed
        ))?;
    }
    if without.unknown_trunks > 0 {
        say(format!(
            "note: for {} of them a rule asks for the trunk, which only their line had",
            without.unknown_trunks
        ))?;
    }
    let made = lined.accounts_created.iter().chain(&without.report.accounts_created);
    let mut made: Vec<&String> = made.collect();
    made.sort_unstable();
    made.dedup();
    if !made.is_empty() {
        let names: Vec<_> = made.iter().take(10).map(|name| safe(name)).collect();
        let more = if made.len() > names.len() { ", …" } else { "" };
        let what = if is_dry { "would be created" } else { "created" };
        say(format!("{} accounts {what}: {}{more}", made.len(), names.join(", ")))?;
    }
    Ok(())
}

/// The fields in which the examples of a report differ.
fn examples<'a>(report: &'a RemapReport, directory: &'a Directory) -> impl Iterator<Item = [Cell; 4]> + 'a {
    let is_shown = |field: CdrField| {
        let is_named = matches!(field, CdrField::Account | CdrField::Customer | CdrField::Service);
        (field.is_given() || is_named) && field != CdrField::DmaChairPasscode
    };
    report.examples.iter().flat_map(move |(before, after)| {
        CdrField::ALL.iter().filter(move |field| is_shown(**field)).filter_map(move |field| {
            let (left, right) = (before.value(*field, directory), after.value(*field, directory));
            let row = || [before.id.into(), field.name().into(), Cell::of(&left), Cell::of(&right)];
            (left != right).then(row)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::Numbers;

    #[test]
    fn ranges_have_the_numbers_that_were_added() {
        let mut numbers = Numbers::default();
        for added in [vec![7, 5, 6], vec![1, 2, 2], vec![3], vec![20]] {
            numbers.add(added);
        }
        numbers.merge();
        assert_eq!(
            numbers.0.iter().map(|(first, last)| (*first, *last)).collect::<Vec<_>>(),
            [(1, 3), (5, 7), (20, 20)]
        );
        let had: Vec<i64> = (0..22).filter(|number| numbers.have(*number)).collect();
        assert_eq!(had, [1, 2, 3, 5, 6, 7, 20]);
    }
}

//! `tollbook generate`: sample calls, into the store or into files.

mod made;
mod parties;
mod sheets;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use cdr_export::{Cut, ExportError, ExportFile, ExportSpec, Package, SheetContent};
use cdr_intake::{InputSheet, LoadReport};
use cdr_mediation::{Batch, CallDraft, CdrSink, Clock, ConferenceDraft, Content, Incoming, PortError, SystemClock};
use cdr_model::{Anchor, Cdr, ConferenceRecord, LocalZone, Timestamp};
use cdr_query::grammar::{Rounding, XsdVersion, read_bound};
use cdr_samples::{Sample, SampleCall, SampleCharge, SampleOptions, Samples};
use cdr_spool::Delivery;
use cdr_store::Store;

use self::made::Made;
use crate::cli::GenerateArgs;
use crate::config::Config;
use crate::layouts;
use crate::terminal::{bar, say, shown};

/// The name of the source and of the feed of sample records.
const SAMPLE: &str = "sample";

const DAY_US: i64 = 86_400_000_000;

/// The samples to generate.
struct Sampling {
    options: SampleOptions,
    /// Samples that end later are left out.
    until: Option<Timestamp>,
}

/// Generates samples.
pub(crate) fn run(config: &Config, args: &GenerateArgs) -> anyhow::Result<ExitCode> {
    let (from, until) = if args.until_now {
        let now = SystemClock::default().now();
        (now.plus_micros(-DAY_US * (i64::from(args.days) - 1)), Some(now))
    } else {
        let from = read_bound(&args.first, &LocalZone::UTC, XsdVersion::V1_0, Rounding::Down);
        (from.with_context(|| format!("--first {}", args.first))?, None)
    };
    let options = SampleOptions { seed: args.seed, calls: args.calls, days: args.days, from, accounts: args.accounts };
    let sampling = Sampling { options, until };
    match &args.output {
        None => {
            let (store, _) = crate::open_or_create(config)?;
            let (mut report, mut made) = (LoadReport::default(), Made::default());
            if let Err(error) = fill(&store, &sampling, config.store.batch, &mut report, &mut made) {
                // Whole batches are stored, and they stay. The batch that failed is not counted.
                say(&report)?;
                let kept = "stopped after these records, which are stored; the same command again adds the others, and \
                            none twice";
                return Err(anyhow::Error::from(error).context(kept));
            }
            say(format!("{report}\n{made}"))?;
        }
        Some(path) => write(config, &sampling, path, args)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Sampling {
    /// Calls, conferences and charges that have ended by `until`.
    fn samples(&self) -> impl Iterator<Item = Sample> {
        let until = self.until.unwrap_or(Timestamp::MAX);
        Samples::new(&self.options).filter(move |sample| has_ended(sample, until))
    }
}

/// Whether a sample has ended by an instant. A sample without an end must have started. A charge must have been billed:
/// it may be paid in advance.
fn has_ended(sample: &Sample, by: Timestamp) -> bool {
    match sample {
        Sample::Call(SampleCall { call, .. }) => call_has_ended(call, by),
        Sample::Charge(SampleCharge { charge, .. }) if !charge.kind.is_of_a_leg() => charge.billed_at <= by,
        Sample::Charge(SampleCharge { charge, .. }) => call_has_ended(charge, by),
        Sample::Conference(conference) => conference.ended_at.unwrap_or(conference.started_at) <= by,
    }
}

fn call_has_ended(call: &Cdr, by: Timestamp) -> bool {
    let all = [Some(call.started_at), call.connected_at, call.ended_at, Some(call.billed_at)];
    all.into_iter().flatten().all(|at| at <= by)
}

/// Loads sample services, products, destinations, customers, accounts, calls, charges and conferences into the store.
/// The same samples again add nothing. After an error, `report` has what was stored before it.
fn fill(
    store: &Store,
    sampling: &Sampling,
    rows: usize,
    report: &mut LoadReport,
    made: &mut Made,
) -> Result<(), PortError> {
    let bar = bar(Some(sampling.options.calls), "calls");
    let mut take = |records: Vec<Incoming>| {
        let batch = Batch { source: SAMPLE.to_owned(), feed: SAMPLE.to_owned(), records, ..Batch::default() };
        let taken = store.take(&batch)?;
        bar.inc(batch.records.len() as u64);
        report.merge(LoadReport {
            read: batch.records.len() as u64,
            loaded: taken.loaded,
            known: taken.known,
            quarantined: taken.quarantined,
            unassigned: taken.unassigned,
            accounts_created: taken.accounts_created,
            ..LoadReport::default()
        });
        Ok::<(), PortError>(())
    };
    let parties = parties::incoming(&sampling.options);
    made.entries = parties.len() as u64;
    take(parties)?;
    let mut records = Vec::with_capacity(rows);
    for sample in sampling.samples() {
        made.add(&sample);
        records.push(incoming(sample));
        if records.len() == rows {
            take(std::mem::replace(&mut records, Vec::with_capacity(rows)))?;
        }
    }
    take(records)?;
    bar.finish_and_clear();
    Ok(())
}

/// A sample as a record of the intake. The digest is the UUID of the sample: the same options always generate the same
/// content.
fn incoming(sample: Sample) -> Incoming {
    let key = sample.key().into_owned();
    let mut digest = [0; 32];
    let content = match sample {
        Sample::Call(SampleCall { account, call, .. }) => {
            digest[..16].copy_from_slice(call.details.call_uuid.unwrap_or_default().as_bytes());
            let draft = CallDraft { key: key.clone(), digest, account: Some(account), call, ..CallDraft::default() };
            Content::Call(Box::new(draft))
        }
        Sample::Charge(SampleCharge { account, customer, service, charge, .. }) => {
            digest[..16].copy_from_slice(charge.details.call_uuid.unwrap_or_default().as_bytes());
            // Account codes are unique over all customers; a charge without an account is booked on its customer.
            let customer = account.is_none().then(|| customer.to_owned());
            let (key, service) = (key.clone(), Some(service.to_owned()));
            Content::Call(Box::new(CallDraft {
                key,
                digest,
                account,
                customer,
                service,
                call: charge,
                ..CallDraft::default()
            }))
        }
        Sample::Conference(conference) => {
            digest[..16].copy_from_slice(conference.uuid.unwrap_or_default().as_bytes());
            Content::Conference(Box::new(ConferenceDraft { key: key.clone(), digest, exported: None, conference }))
        }
    };
    Incoming { position: key.clone(), raw: key.into_bytes(), content }
}

/// Writes one sheet as the feed `native` reads it.
fn write(config: &Config, sampling: &Sampling, path: &Path, args: &GenerateArgs) -> anyhow::Result<()> {
    let format = match path.extension().and_then(|extension| extension.to_str()) {
        Some("ndjson") => "ndjson",
        Some("csv") => "csv",
        None if path == Path::new("-") => "csv",
        _ => bail!("{} ends neither in .csv nor in .ndjson", path.display()),
    };
    let kind = match args.sheet {
        InputSheet::Calls => SheetContent::Calls,
        InputSheet::Conferences => SheetContent::Conferences,
        sheet => return sheets::write(&sampling.options, sheet, path, format, args.replace),
    };
    let layout = layouts::named("native", config.place.layouts.as_deref())?.only(|sheet| sheet.rows == kind);
    let spec = ExportSpec { layout, format: format.to_owned(), package: Package::Plain, zone: "UTC".to_owned() };
    if path == Path::new("-") {
        let mut out = ExportFile::create(io::stdout().lock(), &spec)?;
        rows(&mut out, &spec, sampling, args.charges)?;
        drop(out.finish()?);
        return Ok(());
    }
    let mut delivery = Delivery::begin(path, args.replace)?;
    let mut out = ExportFile::create(delivery.writer(), &spec)?;
    let written =
        rows(&mut out, &spec, sampling, args.charges).with_context(|| format!("writing {}", path.display()))?;
    out.finish().with_context(|| format!("writing {}", path.display()))?;
    delivery.publish(None)?;
    say(format!("{}: {written} {}", shown(path), args.sheet))
}

fn rows<W: Write>(
    out: &mut ExportFile<W>,
    spec: &ExportSpec,
    sampling: &Sampling,
    charges: bool,
) -> Result<u64, ExportError> {
    let names = parties::Names::of(&sampling.options);
    let bar = bar(None, "rows");
    let mut written = 0;
    for sheet in &spec.layout.sheets {
        let receipt = if sheet.rows == SheetContent::Conferences {
            out.sheet(sheet, &names.directory, Anchor::Start, Cut::Rows, |push| {
                sampling.samples().filter_map(conference).try_for_each(push).map_err(ExportError::from)
            })?
        } else {
            out.sheet(sheet, &names.directory, Anchor::Start, Cut::Hour, |push| {
                let calls = sampling.samples().filter(|sample| charges || !matches!(sample, Sample::Charge(_)));
                let calls = calls.filter_map(|sample| names.record(sample));
                calls.inspect(|_| bar.inc(1)).try_for_each(push).map_err(ExportError::from)
            })?
        };
        written += receipt.rows;
    }
    bar.finish_and_clear();
    Ok(written)
}

fn conference(sample: Sample) -> Option<ConferenceRecord> {
    match sample {
        Sample::Conference(conference) => Some(conference),
        Sample::Call(_) | Sample::Charge(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::{Anchor, Record, Timestamp};
    use cdr_samples::{Sample, SampleOptions};

    use super::Sampling;

    fn last(record: &impl Record) -> Option<Timestamp> {
        let anchors = [Anchor::Start, Anchor::Connect, Anchor::End, Anchor::Bill];
        anchors.into_iter().filter_map(|anchor| record.instant(anchor)).max()
    }

    fn latest(sample: Sample) -> Option<Timestamp> {
        match &sample {
            Sample::Call(sample) => last(&sample.call),
            // A charge paid in advance ends later.
            Sample::Charge(sample) if !sample.charge.kind.is_of_a_leg() => Some(sample.charge.billed_at),
            Sample::Charge(sample) => last(&sample.charge),
            Sample::Conference(conference) => last(conference),
        }
    }

    #[test]
    fn samples_end_by_now() {
        let now: Timestamp = "2026-11-25T12:34:56Z".parse().unwrap();
        let options =
            SampleOptions { seed: 1, calls: 5000, days: 2, from: now.plus_micros(-super::DAY_US), accounts: 40 };
        let whole = Sampling { options, until: None }.samples().count();
        let made: Vec<Timestamp> = Sampling { options, until: Some(now) }.samples().filter_map(latest).collect();
        assert!(made.iter().all(|at| *at <= now));
        assert!(made.len() > whole / 2 && made.len() < whole, "{} of {whole}", made.len());
        assert!(made.iter().max().unwrap().micros() > now.micros() - 3_600_000_000, "they continue until now");
    }
}

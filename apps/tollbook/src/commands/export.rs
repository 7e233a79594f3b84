//! `tollbook export`: an export file and its receipt.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use cdr_export::{ExportSpec, Package, Receipt};
use cdr_mediation::{CdrSource, ExportRequest, Progress, write_export_keeping};
use cdr_spool::Delivery;

use crate::cli::{ExportArgs, PackageName};
use crate::commands::verify::receipt_of;
use crate::config::Config;
use crate::terminal::{bar, say, say_aside, shown};
use crate::{kept, layouts, question};

/// Writes the export and prints its receipt.
pub(crate) fn run(config: &Config, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let store = crate::open(config)?;
    let receipt = export(config, &store, args)?;
    if args.output == Path::new("-") {
        say_aside(receipt.describe().trim_end())?;
    } else {
        say(format!("{}\n{}", shown(&args.output), receipt.describe().trim_end()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the export and its receipt.
pub(crate) fn export(config: &Config, source: &dyn CdrSource, args: &ExportArgs) -> anyhow::Result<Receipt> {
    let request = ExportRequest {
        query: question::read(&args.question, args.newest_first, config, source)?,
        spec: spec(config, args)?,
    };
    let kept = if config.kept_bytes > 0 { kept::of_command(config)? } else { None };
    let bar = bar(Some(0), "rows");
    let mut progress = |progress: Progress| {
        bar.set_length(progress.expected);
        bar.set_position(progress.rows);
    };
    // Counting beforehand costs a pass over the window, so it is done only if the bar is visible.
    let watched: Option<&mut dyn FnMut(Progress)> = if bar.is_hidden() { None } else { Some(&mut progress) };
    let receipt = if args.output == Path::new("-") {
        write_export_keeping(source, kept.as_ref(), &request, io::stdout().lock(), watched)?
    } else {
        let mut delivery = Delivery::begin_beside(&args.output, &receipt_of(&args.output), args.replace)?;
        let mut receipt = write_export_keeping(source, kept.as_ref(), &request, delivery.writer(), watched)
            .with_context(|| format!("writing {}", args.output.display()))?;
        receipt.file.name = args.output.file_name().unwrap_or_default().to_string_lossy().into_owned();
        delivery.publish(Some((&receipt_of(&args.output), &receipt.to_text())))?;
        receipt
    };
    bar.finish_and_clear();
    Ok(receipt)
}

fn spec(config: &Config, args: &ExportArgs) -> anyhow::Result<ExportSpec> {
    let mut layout = layouts::named(&args.layout, config.place.layouts.as_deref())?;
    for name in &args.sheet {
        let names: Vec<&str> = layout.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
        ensure!(
            layout.sheet(name).is_some(),
            "layout {} has no sheet `{name}`; it has {}",
            layout.name,
            names.join(", ")
        );
    }
    if !args.sheet.is_empty() {
        layout = layout.only(|sheet| args.sheet.contains(&sheet.name));
    }
    let package = match args.package {
        PackageName::Plain => Package::Plain,
        PackageName::Gzip => Package::Gzip,
        PackageName::Zip => Package::Zip,
    };
    Ok(ExportSpec { layout, format: args.format.clone(), package, zone: config.place.zone.zone.to_string() })
}

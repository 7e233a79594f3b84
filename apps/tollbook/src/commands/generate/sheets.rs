//! Sheets of sample customers, accounts, services, products and destinations, as the feed `native` reads them.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use cdr_intake::InputSheet;
use cdr_mediation::{AccountDraft, Content, CustomerDraft, DestinationDraft, ProductDraft, ServiceDraft};
use cdr_samples::SampleOptions;
use cdr_spool::Delivery;

use super::parties::incoming;
use crate::terminal::{say, shown};

/// Writes one sheet of the directory as the feed `native` reads it.
pub(super) fn write(
    options: &SampleOptions,
    sheet: InputSheet,
    path: &Path,
    format: &str,
    replace: bool,
) -> anyhow::Result<()> {
    let rows = rows(options, sheet);
    let count = rows.len();
    if path == Path::new("-") {
        return put(io::stdout().lock(), format, rows).context("standard output");
    }
    let mut delivery = Delivery::begin(path, replace)?;
    put(delivery.writer(), format, rows).with_context(|| format!("writing {}", path.display()))?;
    delivery.publish(None)?;
    say(format!("{}: {count} {sheet}", shown(path)))
}

/// The cells of a row with their headings, which are the same in all rows.
type SheetCells = Vec<(&'static str, String)>;

fn rows(options: &SampleOptions, sheet: InputSheet) -> Vec<SheetCells> {
    let or_blank = |text: Option<String>| text.unwrap_or_default();
    let drafts = incoming(options).into_iter().filter_map(|incoming| match (sheet, incoming.content) {
        (InputSheet::Services, Content::Service(ServiceDraft { name, kind, .. })) => {
            Some(vec![("name", name), ("kind", or_blank(kind.map(|kind| kind.name().to_owned())))])
        }
        (InputSheet::Products, Content::Product(ProductDraft { id, name, .. })) => {
            Some(vec![("id", or_blank(id.map(|id| id.to_string()))), ("name", name)])
        }
        (InputSheet::Destinations, Content::Destination(draft)) => {
            let DestinationDraft { id, prefix, country, iso3, subdivision, description, closed: _ } = *draft;
            Some(vec![
                ("id", or_blank(id.map(|id| id.to_string()))),
                ("prefix", prefix),
                ("country", or_blank(country)),
                ("iso3", or_blank(iso3)),
                ("subdivision", or_blank(subdivision)),
                ("description", or_blank(description)),
            ])
        }
        (InputSheet::Customers, Content::Customer(draft)) => {
            let CustomerDraft { name, reseller, currency, level, environment, zone, billing_period, .. } = *draft;
            Some(vec![
                ("name", name),
                ("reseller", or_blank(reseller)),
                ("currency", or_blank(currency)),
                ("level", or_blank(level.map(|level| level.to_string()))),
                ("environment", or_blank(environment.map(|number| number.to_string()))),
                ("zone", or_blank(zone)),
                ("billing_period", or_blank(billing_period.map(|period| period.to_string()))),
            ])
        }
        (InputSheet::Accounts, Content::Account(draft)) => Some(account_cells(&draft)),
        _ => None,
    });
    drafts.collect()
}

fn account_cells(draft: &AccountDraft) -> SheetCells {
    fn or_blank(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    vec![
        ("customer", draft.customer.clone()),
        ("number", draft.number.clone()),
        ("name", or_blank(draft.name.as_ref())),
        ("uuid", or_blank(draft.uuid)),
        ("balance", or_blank(draft.balance)),
        ("min_balance", or_blank(draft.min_balance)),
        ("max_balance", or_blank(draft.max_balance)),
        ("balance_low", or_blank(draft.balance_low)),
        ("balance_high", or_blank(draft.balance_high)),
        ("destination_rate_limit", or_blank(draft.destination_rate_limit)),
        ("max_call_duration", or_blank(draft.max_call_duration)),
        ("origination_capacity", or_blank(draft.origination_capacity)),
        ("termination_capacity", or_blank(draft.termination_capacity)),
        ("total_capacity", or_blank(draft.total_capacity)),
        ("product_id", or_blank(draft.product_id)),
    ]
}

/// Writes rows as CSV with a header, or as NDJSON without blank cells.
fn put(mut out: impl Write, format: &str, rows: Vec<SheetCells>) -> anyhow::Result<()> {
    if format == "ndjson" {
        for row in rows {
            let given = row.into_iter().filter(|(_, cell)| !cell.is_empty());
            let object: serde_json::Map<String, serde_json::Value> =
                given.map(|(heading, cell)| (heading.to_owned(), cell.into())).collect();
            serde_json::to_writer(&mut out, &object)?;
            out.write_all(b"\n")?;
        }
    } else {
        let mut csv = csv::Writer::from_writer(&mut out);
        for (at, row) in rows.into_iter().enumerate() {
            let (headings, cells): (Vec<&str>, Vec<String>) = row.into_iter().unzip();
            if at == 0 {
                csv.write_record(headings)?;
            }
            csv.write_record(cells)?;
        }
        csv.flush()?;
    }
    Ok(out.flush()?)
}

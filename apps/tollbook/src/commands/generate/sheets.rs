//! Sheets of made-up customers, accounts, services, products and destinations, as the feed `native` reads them.

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

/// The cells of a row under their headings, which are the same in all rows.
type Row = Vec<(&'static str, String)>;

fn rows(options: &SampleOptions, sheet: InputSheet) -> Vec<Row> {
    let told = |text: Option<String>| text.unwrap_or_default();
    let drafts = incoming(options).into_iter().filter_map(|incoming| match (sheet, incoming.content) {
        (InputSheet::Services, Content::Service(ServiceDraft { id: _, name, kind, flags: _ })) => {
            Some(vec![("name", name), ("kind", told(kind.map(|kind| kind.name().to_owned())))])
        }
        (InputSheet::Products, Content::Product(ProductDraft { id, name })) => {
            Some(vec![("id", told(id.map(|id| id.to_string()))), ("name", name)])
        }
        (InputSheet::Destinations, Content::Destination(draft)) => {
            let DestinationDraft { id, prefix, country, iso3, subdivision, description } = *draft;
            Some(vec![
                ("id", told(id.map(|id| id.to_string()))),
                ("prefix", prefix),
                ("country", told(country)),
                ("iso3", told(iso3)),
                ("subdivision", told(subdivision)),
                ("description", told(description)),
            ])
        }
        (InputSheet::Customers, Content::Customer(draft)) => {
            let CustomerDraft { name, reseller, currency, level, environment, zone, billing_period, .. } = draft;
            Some(vec![
                ("name", name),
                ("reseller", told(reseller)),
                ("currency", told(currency)),
                ("level", told(level.map(|level| level.to_string()))),
                ("environment", told(environment.map(|number| number.to_string()))),
                ("zone", told(zone)),
                ("billing_period", told(billing_period.map(|period| period.to_string()))),
            ])
        }
        (InputSheet::Accounts, Content::Account(draft)) => Some(account_cells(&draft)),
        _ => None,
    });
    drafts.collect()
}

fn account_cells(draft: &AccountDraft) -> Row {
    fn told(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    vec![
        ("customer", draft.customer.clone()),
        ("number", draft.number.clone()),
        ("name", told(draft.name.as_ref())),
        ("uuid", told(draft.uuid)),
        ("balance", told(draft.balance)),
        ("min_balance", told(draft.min_balance)),
        ("max_balance", told(draft.max_balance)),
        ("balance_low", told(draft.balance_low)),
        ("balance_high", told(draft.balance_high)),
        ("destination_rate_limit", told(draft.destination_rate_limit)),
        ("max_call_duration", told(draft.max_call_duration)),
        ("origination_capacity", told(draft.origination_capacity)),
        ("termination_capacity", told(draft.termination_capacity)),
        ("total_capacity", told(draft.total_capacity)),
        ("product_id", told(draft.product_id)),
    ]
}

/// Writes rows as CSV with a heading, or an object a line without what is blank.
fn put(mut out: impl Write, format: &str, rows: Vec<Row>) -> anyhow::Result<()> {
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

//! The receipt of an export for its customer: the same file and its digests, without what the customer may not see.

use std::fmt::Display;

use cdr_export::{ColumnContent, Layout, Receipt};
use cdr_mediation::ExportJob;
use cdr_model::{Account, CdrField, Directory, Field, printable};
use cdr_query::Condition;
use serde_json::{Map, Value};

use super::memo::Memo;
use crate::yeti::order_filters::{By, CUSTOMER_KEYS, Filters};
use crate::yeti::types::EXPORTS;

/// Stands for conditions that the customer may not see.
const FURTHER: &str = "further conditions, which are not shown";

/// The name under which the file of an export is saved.
pub(super) fn file_name(entry: impl Display) -> String {
    format!("{entry}.csv.gz")
}

/// The address of the receipt of an export. `site` is the prefix of all addresses of the API.
pub(in crate::yeti) fn address(site: &str, id: impl Display) -> String {
    format!("{site}/{}/{id}/receipt", EXPORTS.kind)
}

/// The receipt of an export for its customer. The sums and instants of columns that are not in the file are left out,
/// and so is the watermark, which counts the records of all customers. The account is named as in the API, not by its
/// internal number. Of the other conditions only those are given that the export's `filters` show, unless their column
/// is hidden.
pub(super) fn for_customer(mut receipt: Receipt, job: &ExportJob, account: &Account, hidden: &[String]) -> Receipt {
    receipt.file.name = file_name(job.id);
    receipt.watermark = None;
    receipt.conditions = conditions(&receipt.conditions, job, account, hidden);
    let [talk, price, start] =
        [CdrField::Talk, CdrField::Price, CdrField::StartedAt].map(|field| shows(&receipt, job, field));
    for sheet in &mut receipt.sheets {
        if !talk {
            sheet.talk_seconds = None;
        }
        if !price {
            sheet.money = None;
        }
        if !start {
            (sheet.first, sheet.last) = (None, None);
        }
    }
    receipt
}

/// Whether the file of an export has a column of this field.
pub(super) fn shows(receipt: &Receipt, job: &ExportJob, field: CdrField) -> bool {
    let ordered = job.order.request.as_ref().ok().map(|request| &request.spec.layout);
    let Some(layout) = receipt.layout_definition.as_ref().or(ordered) else { return false };
    column_of(layout, field).is_some()
}

/// The conditions of an export, as its customer may see them.
fn conditions(all: &[String], job: &ExportJob, account: &Account, hidden: &[String]) -> Vec<String> {
    let of_account = |condition: &Condition| condition.field() == CdrField::AccountId;
    let known = job.order.request.as_ref().map_or(&[][..], |request| &request.query.conditions);
    let accounts: Vec<String> = known.iter().filter(|it| of_account(it)).map(ToString::to_string).collect();
    let shown = filtered(job, hidden);
    let mut seen = vec![format!("account={}", printable(&account.name))];
    seen.extend(all.iter().filter(|condition| shown.contains(condition)).cloned());
    if all.iter().any(|condition| !shown.contains(condition) && !accounts.contains(condition)) {
        seen.push(FURTHER.to_owned());
    }
    seen
}

/// The conditions of the filters that customers are shown, without those on hidden columns.
fn filtered(job: &ExportJob, hidden: &[String]) -> Vec<String> {
    let Memo { filters, .. } = Memo::of(&job.entry());
    let shown = CUSTOMER_KEYS.into_iter().filter_map(|key| Some((key.to_owned(), filters.get(key)?.clone())));
    let shown = Value::Object(shown.collect::<Map<_, _>>());
    let query = Filters::read(Some(&shown), By::Customer).ok().map(|it| it.query(&Directory::EMPTY, |at| at));
    let Some(Ok(query)) = query else { return Vec::new() };
    let layout = Layout::named("yeti-customer", &[]).ok();
    let is_hidden = |field| {
        let column = layout.as_ref().and_then(|layout| column_of(layout, field));
        column.is_some_and(|column| hidden.iter().any(|it| it == column))
    };
    query.conditions.iter().filter(|it| !is_hidden(it.field())).map(ToString::to_string).collect()
}

/// The name of the column that prints a field.
fn column_of(layout: &Layout, field: CdrField) -> Option<&str> {
    let columns = layout.sheets.iter().flat_map(|sheet| &sheet.columns);
    let prints =
        |content: &ColumnContent| matches!(content, ColumnContent::Field { field: it, .. } if it == field.name());
    columns.filter(|column| prints(&column.content)).map(|column| column.called()).next()
}

//! Exports of administrators: their attributes, and their orders.

use cdr_export::{Column, ExportSpec, Layout, Package};
use cdr_mediation::{ExportEntry, ExportOrder, ExportRequest, MediationError};
use cdr_model::Directory;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::columns::column;
use crate::yeti::exports::status;
use crate::yeti::fault::Problem;
use crate::yeti::name::ADMIN_NAME;
use crate::yeti::order_filters::{By, Filters};
use crate::yeti::to_wire;
use crate::yeti::wire::input::{is_blank, shown};
use crate::yeti::wire::{Input, Json, Members, Schema};

/// Exports: type and attributes.
pub(super) static SCHEMA: Schema = Schema {
    kind: "cdr-exports",
    attributes: &["fields", "filters", "status", "created-at", "callback-url", "export-type"],
    unsortable: &["fields", "filters", "export-type"],
    relationships: &[],
};

/// The attributes that a client may set.
pub(super) const GIVEN: [&str; 4] = ["fields", "filters", "callback-url", "export-type"];

/// The only type.
const BASE: &str = "Base";

/// The memo that the ledger stores with an order of an administrator.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memo {
    pub(super) fields: Vec<String>,
    pub(super) filters: Map<String, Value>,
    pub(super) callback: Option<String>,
}

/// The order of an administrator.
pub(super) struct ExportBody {
    memo: Memo,
    filters: Filters,
    columns: Vec<Column>,
}

impl Memo {
    /// The version of the memo.
    const VERSION: u32 = 1;

    /// The memo of an export; empty if a newer program wrote it. In the memo of a customer, columns and filters have
    /// the same names.
    pub(super) fn of(entry: &ExportEntry) -> Memo {
        if entry.memo_version > Memo::VERSION {
            return Memo::default();
        }
        serde_json::from_str(&entry.memo).unwrap_or_default()
    }
}

impl ExportBody {
    /// Reads an order, and reports all problems together.
    ///
    /// # Errors
    /// Codes 100 and 103.
    pub(super) fn read(input: &Input) -> Result<ExportBody, Vec<Problem>> {
        let filters = Filters::read(input.attributes.get("filters"), By::Administrator).map_err(|it| vec![it])?;
        let invalid = |name: &str, message: &str| Problem::invalid("attributes", name, message);
        let mut problems = Vec::new();
        let fields = fields(input.attributes.get("fields")).map_err(|message| {
            problems.push(invalid("fields", &message));
        });
        let messages = filters.messages("time_start_lteq").into_iter().chain(filters.refusal());
        problems.extend(messages.map(|message| invalid("filters", &message)));
        let callback = match input.attributes.get("callback-url").filter(|it| !is_blank(it)) {
            None => None,
            Some(Value::String(url)) if is_address(url.trim()) => Some(url.trim().to_owned()),
            Some(_) => {
                problems.push(invalid("callback-url", "is not an http or https address"));
                None
            }
        };
        if input.attributes.get("export-type").is_some_and(|kind| !is_blank(kind) && kind != BASE) {
            problems.push(invalid("export-type", "is not included in the list"));
        }
        match fields {
            Ok((fields, columns)) if problems.is_empty() => {
                let memo = Memo { fields, filters: filters.given.clone(), callback };
                Ok(ExportBody { memo, filters, columns })
            }
            _ => Err(problems),
        }
    }

    /// The order for the ledger.
    ///
    /// # Errors
    /// None that a client can cause.
    pub(super) fn entered(self, directory: &Directory) -> Result<ExportOrder, MediationError> {
        let mut layout = Layout::named("yeti-customer", &[])?;
        layout.name = ADMIN_NAME.to_owned();
        layout.summary = "calls in columns that an administrator chose".to_owned();
        for sheet in &mut layout.sheets {
            sheet.columns.clone_from(&self.columns);
        }
        let spec = ExportSpec { layout, format: "csv".to_owned(), package: Package::Gzip, zone: "UTC".to_owned() };
        Ok(ExportOrder {
            dialect: ADMIN_NAME.to_owned(),
            lane: None,
            request: ExportRequest { query: self.filters.query(directory, |at| at)?, spec },
            // Serializing texts and lists of them cannot fail.
            memo: serde_json::to_string(&self.memo).unwrap_or_default(),
            memo_version: Memo::VERSION,
            account_id: None,
            customer_id: None,
            callback: self.memo.callback,
        })
    }
}

/// The attributes of an export. The export of a customer is shown as if an administrator had ordered it.
pub(super) fn attributes(entry: &ExportEntry) -> Members {
    let Memo { fields, mut filters, callback } = Memo::of(entry);
    if entry.dialect != ADMIN_NAME {
        filters.extend(entry.account_id.map(|id| ("customer_acc_id_eq".to_owned(), id.into())));
    }
    let fields: Vec<Json> = fields.into_iter().map(Json::from).collect();
    Members::default()
        .with("fields", fields)
        .with("filters", Value::Object(filters))
        .with("status", status(entry.status))
        .with("created-at", to_wire::time(entry.created_at))
        .with("callback-url", callback)
        .with("export-type", BASE)
}

/// The names of columns, and the columns.
fn fields(given: Option<&Value>) -> Result<(Vec<String>, Vec<Column>), String> {
    let names: Vec<String> = match given {
        Some(Value::Array(names)) => names.iter().filter(|name| !is_blank(name)).map(shown).collect(),
        _ => Vec::new(),
    };
    if names.is_empty() {
        return Err("can't be blank".to_owned());
    }
    let (mut columns, mut refused) = (Vec::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        match column(name) {
            Some(_) if names[..at].contains(name) => return Err(format!("{name} given twice")),
            Some(column) => columns.push(column),
            None => refused.push(name.as_str()),
        }
    }
    if refused.is_empty() { Ok((names, columns)) } else { Err(format!("{} not allowed", refused.join(", "))) }
}

/// Whether a callback can be sent to the address.
fn is_address(url: &str) -> bool {
    let uri = url.parse::<actix_web::http::Uri>().ok();
    uri.is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|it| !it.is_empty())
    })
}

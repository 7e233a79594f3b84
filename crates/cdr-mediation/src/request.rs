//! Requests for exports.

use cdr_export::{Cut, ExportSpec};
use cdr_model::{CdrField, Field};
use cdr_query::{CdrQuery, SortBy, Test};
use serde::{Deserialize, Serialize};

/// A request for an export: plain data with everything that the writer needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportRequest {
    /// The query for the records.
    pub query: CdrQuery,
    /// The specification of the file.
    #[serde(rename = "plan")]
    pub spec: ExportSpec,
}

impl ExportRequest {
    /// The version of the JSON document of a request. It is raised by changes that older programs cannot read or would
    /// misread. Older programs leave such requests to newer ones.
    pub const VERSION: u32 = 3;

    /// The version that this request needs: 3 if a test is [`Test::Network`] or it names a field that older programs do
    /// not know, 2 if its order has keys or a test is [`Test::AnyOf`], else 1.
    pub fn version(&self) -> u32 {
        let of_conditions = self.query.conditions.iter().map(|condition| version_of(condition.test()));
        let of_order = if self.query.order.keys.is_empty() { 1 } else { 2 };
        let of_fields =
            if self.fields().any(|name| FIELDS_OF_3.iter().any(|field| field.name() == name)) { 3 } else { 1 };
        of_conditions.chain([of_order, of_fields]).max().unwrap_or(1)
    }

    /// The names of the fields that it prints, compares and sorts by.
    fn fields(&self) -> impl Iterator<Item = &str> {
        let columns = self.spec.layout.sheets.iter().flat_map(|sheet| &sheet.columns);
        let compared = self.query.conditions.iter().map(|condition| condition.field().name());
        let sorted = self.query.order.keys.iter().map(|key| key.field.name());
        columns.flat_map(|column| column.field_names()).chain(compared).chain(sorted)
    }
}

/// The fields that were added with version 3.
const FIELDS_OF_3: [CdrField; 5] =
    [CdrField::Key, CdrField::Digest, CdrField::Finished, CdrField::XdrDirection, CdrField::XdrGroup];

/// The version that a test needs.
fn version_of(test: &Test) -> u32 {
    match test {
        Test::Network { .. } => 3,
        Test::AnyOf(groups) => groups.iter().flatten().map(version_of).max().unwrap_or(2).max(2),
        _ => 1,
    }
}

/// Where the blocks of a query are cut.
pub(crate) fn cut_of(query: &CdrQuery) -> Cut {
    match query.order.by {
        SortBy::Number => Cut::Rows,
        SortBy::Anchor if query.names_accounts() => Cut::Day,
        SortBy::Anchor => Cut::Hour,
    }
}

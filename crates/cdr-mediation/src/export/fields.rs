//! The fields that a sheet of an export needs.

use cdr_export::{Layout, Sheet};
use cdr_model::{CdrField, Field};
use cdr_query::CdrQuery;

/// The query for the fields that a sheet prints and its receipt adds up, and for the identities of the records if the
/// sheet prints them.
pub(super) fn for_sheet(query: CdrQuery, layout: &Layout, sheet: &Sheet) -> CdrQuery {
    let names = sheet.columns.iter().flat_map(|column| column.field_names());
    let printed = names.filter_map(|name| CdrField::named(name).ok());
    let verbatim = layout.verbatim.then_some(CdrField::DmaPrinted);
    let added_up = [CdrField::Talk, CdrField::Price, CdrField::CustomerId, CdrField::StartedAt];
    let instant = CdrField::of_anchor(query.window.anchor);
    query.selecting(printed.chain(verbatim).chain(added_up).chain([instant]))
}

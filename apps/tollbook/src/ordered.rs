//! Exports that clients ordered, by their numbers or identifiers.

use anyhow::anyhow;
use cdr_mediation::{ExportJob, JobLedger};
use cdr_store::Store;

use crate::terminal::safe;

/// The export with this number or identifier, if there is one.
///
/// # Errors
/// If the text is neither, or the store cannot be read.
pub(crate) fn find(store: &Store, export: &str) -> anyhow::Result<Option<ExportJob>> {
    if let Ok(number) = export.parse() {
        return Ok(store.numbered(number)?);
    }
    match export.parse() {
        Ok(id) => Ok(JobLedger::find(store, id)?),
        Err(_) => Err(anyhow!("`{}` is neither the number nor the identifier of an export", safe(export))),
    }
}

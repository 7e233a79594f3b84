//! Edits the settings of sources that name what was renamed.

use super::super::Conn;
use cdr_mediation::{PortError, SourceSettings};
use diesel::prelude::*;

use crate::error::TransactionError;
use crate::schema::sources;
use crate::types::JsonText;

/// Edits the settings of all sources that the store has.
pub(super) fn edit_settings(conn: &mut Conn, edit: impl Fn(&mut SourceSettings)) -> Result<(), TransactionError> {
    let configured = sources::table.filter(sources::settings.is_not_null()).select((sources::id, sources::settings));
    for (id, json) in configured.load::<(i64, Option<JsonText>)>(conn)? {
        // Settings that this version cannot read stay as they are; reading them reports the error.
        let json = json.map(|json| json.0).unwrap_or_default();
        let Ok(present) = serde_json::from_str::<SourceSettings>(&json) else { continue };
        let mut settings = present.clone();
        edit(&mut settings);
        if settings == present {
            continue;
        }
        let json = serde_json::to_string(&settings)
            .map_err(|error| PortError::failed("the settings cannot be written as JSON", error))?;
        let set = sources::settings.eq(Some(JsonText(json)));
        diesel::update(sources::table.find(id)).set(set).execute(conn)?;
    }
    Ok(())
}

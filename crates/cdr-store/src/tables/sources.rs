//! The settings of sources.

use cdr_mediation::{ConfiguredSource, PortError, SourceHour, SourceSettings, Sources};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::intake::people::customer_named;
use super::intake::{Counters, has_nul};
use super::{Store, WriteLock};
use crate::schema::sources;
use crate::types::JsonText;

impl Sources for Store {
    fn configured_sources(&self) -> Result<Vec<ConfiguredSource>, PortError> {
        let read = self.read(|conn| {
            let rows: Vec<(String, Option<JsonText>)> = sources::table
                .filter(sources::settings.is_not_null())
                .order(sources::name)
                .select((sources::name, sources::settings))
                .load(conn)?;
            let settings = |name: &str, json: Option<JsonText>| {
                let json = json.map(|json| json.0).unwrap_or_default();
                serde_json::from_str::<SourceSettings>(&json)
                    .map_err(|error| self.damaged(format!("the settings of the source {name}: {error}")))
            };
            let sources = rows.into_iter().map(|(name, json)| Ok((settings(&name, json)?, name)));
            sources.map(|row| row.map(|(settings, name)| ConfiguredSource { name, settings })).collect()
        });
        read.map_err(|error| self.failed("the sources could not be read", error))
    }

    fn configure_source(&self, source: &ConfiguredSource) -> Result<(), PortError> {
        let ConfiguredSource { name, settings } = source;
        let json = serde_json::to_string(settings)
            .map_err(|error| PortError::failed("the settings cannot be written as JSON", error))?;
        if has_nul(name) || json.contains("\\u0000") {
            return Err(PortError::Refused("a NUL character in the settings of a source".to_owned()));
        }
        let configured = self.write(WriteLock::Records, |conn| {
            if let Some(customer) = &settings.customer
                && customer_named(conn, customer)?.is_none()
            {
                return Err(PortError::NotFound { what: "customer", name: customer.clone() }.into());
            }
            let json = Some(JsonText(json));
            let named = sources::table.filter(sources::name.eq(name));
            let set = (sources::feed.eq(&settings.feed), sources::settings.eq(&json));
            if diesel::update(named).set(set).execute(conn)? == 0 {
                let highest = sources::table.select(diesel::dsl::max(sources::id)).first::<Option<i64>>(conn)?;
                let id = sources::id.eq(highest.unwrap_or(0) + 1);
                diesel::insert_into(sources::table).values((id, sources::name.eq(name), set)).execute(conn)?;
            }
            Ok(Counters::move_directory(conn)?)
        });
        configured.map_err(|error| self.failed("the source could not be configured", error))
    }

    fn forget_source(&self, name: &str) -> Result<(), PortError> {
        let forgotten = self.write(WriteLock::Records, |conn| {
            let named = sources::table.filter(sources::name.eq(name)).filter(sources::settings.is_not_null());
            let none: Option<JsonText> = None;
            if diesel::update(named).set(sources::settings.eq(none)).execute(conn)? == 0 {
                return Err(PortError::NotFound { what: "configured source", name: name.to_owned() }.into());
            }
            Ok(())
        });
        forgotten.map_err(|error| self.failed("the source could not be changed", error))
    }

    fn source_hours(&self) -> Result<Vec<SourceHour>, PortError> {
        self.read_source_hours()
    }

    fn newest_keys(&self, source: &str, limit: usize) -> Result<Vec<(String, Timestamp)>, PortError> {
        self.read_newest_keys(source, limit)
    }
}

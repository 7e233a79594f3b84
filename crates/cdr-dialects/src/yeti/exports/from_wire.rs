//! Reads the resource that a customer creates into an order, and reports all problems together.

use cdr_export::{ExportSpec, Layout, Package};
use cdr_mediation::{ExportOrder, ExportRequest, MediationError};
use cdr_model::{Account, CdrField, Directory, GapPolicy, LocalZone, OverlapPolicy, Timestamp, Zone};
use cdr_query::{CdrQuery, Condition, Test};
use serde_json::Value;

use super::memo::{Memo, TimeFormat};
use crate::yeti::fault::Problem;
use crate::yeti::order_filters::{By, Filters};
use crate::yeti::wire::Input;
use crate::yeti::wire::input::{is_blank, shown};

/// The attributes that a client may set.
pub(super) const ATTRIBUTES: [&str; 3] = ["filters", "time-format", "time-zone-name"];
/// The relationships that a client must set.
pub(super) const RELATIONSHIPS: [&str; 1] = ["account"];

/// The export that a customer orders.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    filters: Filters,
    account: &'a Account,
    time_format: TimeFormat,
    time_zone_name: Option<String>,
    zone: Zone,
}

impl<'a> Wanted<'a> {
    /// Reads it, for a customer with these accounts.
    ///
    /// # Errors
    /// Code 100 for everything that is invalid, in the order of the original; code 103 for filters that are not an
    /// object.
    pub(super) fn read(input: &Input, accounts: &'a [Account]) -> Result<Wanted<'a>, Vec<Problem>> {
        let filters = Filters::read(input.attributes.get("filters"), By::Customer).map_err(|problem| vec![problem])?;
        let mut messages = Messages::default();
        filters.messages("time_start_lt").into_iter().for_each(|message| messages.add("filters", message));
        let time_zone_name = input.attributes.get("time-zone-name").filter(|it| !it.is_null()).map(shown);
        let zone = time_zone_name.as_deref().map_or(Some(Zone::UTC), zone);
        if zone.is_none() {
            messages.add("time-zone-name", "is not included in the list");
        }
        let id = input.linked("account");
        let account = id.and_then(|id| accounts.iter().find(|account| account.uuid == id));
        match (id, account) {
            (None, _) => messages.add("account", "can't be blank"),
            (Some(_), None) => messages.add("account", "is invalid"),
            (Some(_), Some(_)) => (),
        }
        filters.refusal().into_iter().for_each(|message| messages.add("filters", message));
        let time_format = time_format(input.attributes.get("time-format"), &mut messages);
        match (account, zone, time_format) {
            (Some(account), Some(zone), Some(time_format)) if messages.is_empty() => {
                Ok(Wanted { filters, account, time_format, time_zone_name, zone })
            }
            _ => Err(messages.problems()),
        }
    }

    /// The same as an order for the ledger, without hidden columns.
    ///
    /// # Errors
    /// None that a client can cause.
    pub(super) fn order(&self, hidden: &[String]) -> Result<ExportOrder, MediationError> {
        let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
        let layout = Layout::named("yeti-customer", &[])?;
        let layout = layout.with_time_style(self.time_format.style()).without_columns(&hidden);
        let fields = layout.sheets.iter().flat_map(|sheet| &sheet.columns).map(|column| column.called().to_owned());
        let memo = Memo {
            fields: fields.collect(),
            filters: self.filters.given.clone(),
            time_format: self.time_format,
            time_zone_name: self.time_zone_name.clone(),
        };
        let spec = ExportSpec { layout, format: "csv".to_owned(), package: Package::Gzip, zone: self.zone.to_string() };
        Ok(ExportOrder {
            dialect: crate::yeti::name::NAME.to_owned(),
            lane: None,
            request: ExportRequest { query: self.query()?, spec },
            // Serializing texts and numbers cannot fail.
            memo: serde_json::to_string(&memo).unwrap_or_default(),
            memo_version: Memo::VERSION,
            account_id: Some(self.account.id),
            customer_id: Some(self.account.customer_id),
            callback: None,
        })
    }

    /// The calls of the account in the window, newest first.
    fn query(&self) -> Result<CdrQuery, MediationError> {
        // Customers cannot filter by numbers of external systems, so the query needs no directory.
        let query = self.filters.query(&Directory::EMPTY, |at| self.local(at))?;
        Ok(query.only(Condition::new(CdrField::AccountId, Test::Eq(self.account.id.into()))?))
    }

    /// The instant whose local time in the zone has the same digits as this instant in UTC. The original passes only
    /// the digits to the database, which reads them in the zone of the export. As there, a skipped time is shifted
    /// forward, and a repeated time is the later one.
    fn local(&self, at: Timestamp) -> Timestamp {
        let zone = LocalZone { zone: self.zone, gap: GapPolicy::Forward, overlap: OverlapPolicy::Later };
        at.to_utc().map_or(at, |time| zone.resolve(time.naive_utc()).at)
    }
}

/// Messages about attributes and relationships.
#[derive(Debug, Default)]
struct Messages(Vec<(&'static str, String)>);

impl Messages {
    fn add(&mut self, name: &'static str, message: impl Into<String>) {
        self.0.push((name, message.into()));
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All messages, grouped by member, in the order in which the members first occurred.
    fn problems(mut self) -> Vec<Problem> {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        self.0.sort_by_key(|(name, _)| names.iter().position(|it| it == name));
        let place = |name| if RELATIONSHIPS.contains(&name) { "relationships" } else { "attributes" };
        self.0.iter().map(|(name, message)| Problem::invalid(place(name), name, message)).collect()
    }
}

/// The requested format, or the default.
fn time_format(sent: Option<&Value>, messages: &mut Messages) -> Option<TimeFormat> {
    let Some(sent) = sent else { return Some(TimeFormat::default()) };
    let format = TimeFormat::named(&shown(sent));
    if format.is_none() {
        if is_blank(sent) {
            messages.add("time-format", "can't be blank");
        }
        messages.add("time-format", format!("is not included in the list: {}", TimeFormat::NAMES.join(", ")));
    }
    format
}

/// The zone of this name; UTC for an empty name. Offsets are rejected, although [`Zone`] can parse them.
fn zone(name: &str) -> Option<Zone> {
    match name {
        "" => Some(Zone::UTC),
        "Z" => None,
        _ if name.starts_with(['+', '-']) => None,
        _ => name.parse().ok(),
    }
}

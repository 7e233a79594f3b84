//! From the resource a customer wants to be created to an order: everything that is wrong with it at once.

use cdr_export::{ExportPlan, Layout, Package};
use cdr_mediation::{ExportOrder, ExportRequest, MediationError};
use cdr_model::{Account, CdrField, Directory, GapPolicy, LocalZone, OverlapPolicy, Timestamp, Zone};
use cdr_query::{CdrQuery, Condition, Test};
use serde_json::Value;

use super::memo::{Memo, TimeFormat};
use crate::yeti::json_api::input::{is_blank, shown};
use crate::yeti::json_api::{Input, Problem};
use crate::yeti::order_filters::{By, Filters};

/// The attributes that a client may give.
pub(super) const ATTRIBUTES: [&str; 3] = ["filters", "time-format", "time-zone-name"];
/// The relationships that a client has to give.
pub(super) const RELATIONSHIPS: [&str; 1] = ["account"];

/// What a customer wants.
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
    /// Code 100 for everything that makes no sense, in the order of the original; code 103 for filters that are no object.
    pub(super) fn read(input: &Input, accounts: &'a [Account]) -> Result<Wanted<'a>, Vec<Problem>> {
        let filters = Filters::read(input.attributes.get("filters"), By::Customer).map_err(|problem| vec![problem])?;
        let mut said = Messages::default();
        filters.messages("time_start_lt").into_iter().for_each(|message| said.add("filters", message));
        let time_zone_name = input.attributes.get("time-zone-name").filter(|it| !it.is_null()).map(shown);
        let zone = time_zone_name.as_deref().map_or(Some(Zone::UTC), zone);
        if zone.is_none() {
            said.add("time-zone-name", "is not included in the list");
        }
        let id = input.linked("account");
        let account = id.and_then(|id| accounts.iter().find(|account| account.uuid == id));
        match (id, account) {
            (None, _) => said.add("account", "can't be blank"),
            (Some(_), None) => said.add("account", "is invalid"),
            (Some(_), Some(_)) => (),
        }
        filters.refusal().into_iter().for_each(|message| said.add("filters", message));
        let time_format = time_format(input.attributes.get("time-format"), &mut said);
        match (account, zone, time_format) {
            (Some(account), Some(zone), Some(time_format)) if said.is_empty() => {
                Ok(Wanted { filters, account, time_format, time_zone_name, zone })
            }
            _ => Err(said.problems()),
        }
    }

    /// The same as an order for the ledger, without the columns that are hidden.
    ///
    /// # Errors
    /// None that a client could cause.
    pub(super) fn order(&self, hidden: &[String]) -> Result<ExportOrder, MediationError> {
        let hidden: Vec<&str> = hidden.iter().map(String::as_str).collect();
        let layout = Layout::named("yeti-customer", &[])?;
        let layout = layout.with_time_style(self.time_format.style()).without_columns(&hidden);
        let fields = layout.sheets.iter().flat_map(|sheet| &sheet.columns).map(|column| column.called().to_owned());
        let memo = Memo {
            fields: fields.collect(),
            filters: self.filters.said.clone(),
            time_format: self.time_format,
            time_zone_name: self.time_zone_name.clone(),
        };
        let plan = ExportPlan { layout, format: "csv".to_owned(), package: Package::Gzip, zone: self.zone.to_string() };
        Ok(ExportOrder {
            dialect: crate::yeti::name::NAME.to_owned(),
            lane: None,
            request: ExportRequest { query: self.query()?, plan },
            // Texts and numbers: that cannot fail.
            memo: serde_json::to_string(&memo).unwrap_or_default(),
            memo_version: Memo::VERSION,
            account_id: Some(self.account.id),
            customer_id: Some(self.account.customer_id),
            callback: None,
        })
    }

    /// The calls of the account in the window, newest first.
    fn query(&self) -> Result<CdrQuery, MediationError> {
        // Customers cannot ask by the numbers of systems outside, for which alone others are to be known.
        let query = self.filters.query(&Directory::EMPTY, |at| self.local(at))?;
        Ok(query.only(Condition::new(CdrField::AccountId, Test::Eq(self.account.id.into()))?))
    }

    /// The instant at which clocks in the zone show what clocks in UTC show at this one: the original hands the database
    /// the digits alone, which then stand for a time in the zone of the export. As there, a time that was skipped is
    /// shifted forward, and of one that came twice it is the later.
    fn local(&self, at: Timestamp) -> Timestamp {
        let zone = LocalZone { zone: self.zone, gap: GapPolicy::Forward, overlap: OverlapPolicy::Later };
        at.to_utc().map_or(at, |time| zone.resolve(time.naive_utc()).at)
    }
}

/// What is said about attributes and relationships.
#[derive(Debug, Default)]
struct Messages(Vec<(&'static str, String)>);

impl Messages {
    fn add(&mut self, name: &'static str, message: impl Into<String>) {
        self.0.push((name, message.into()));
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of it, by what it is about, in the order in which that came up.
    fn problems(mut self) -> Vec<Problem> {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        self.0.sort_by_key(|(name, _)| names.iter().position(|it| it == name));
        let place = |name| if RELATIONSHIPS.contains(&name) { "relationships" } else { "attributes" };
        self.0.iter().map(|(name, message)| Problem::invalid(place(name), name, message)).collect()
    }
}

/// The format that was asked for, or the usual one.
fn time_format(sent: Option<&Value>, said: &mut Messages) -> Option<TimeFormat> {
    let Some(sent) = sent else { return Some(TimeFormat::default()) };
    let format = TimeFormat::named(&shown(sent));
    if format.is_none() {
        if is_blank(sent) {
            said.add("time-format", "can't be blank");
        }
        said.add("time-format", format!("is not included in the list: {}", TimeFormat::NAMES.join(", ")));
    }
    format
}

/// The zone of this name, UTC without one. Offsets are zones here, but no names of such.
fn zone(name: &str) -> Option<Zone> {
    match name {
        "" => Some(Zone::UTC),
        "Z" => None,
        _ if name.starts_with(['+', '-']) => None,
        _ => name.parse().ok(),
    }
}

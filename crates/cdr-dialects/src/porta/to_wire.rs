//! Converts records to the rows of an answer.

use std::sync::Arc;

use cdr_model::{Account, Cdr, Direction, Directory, Money, Timestamp};

use super::from_wire::{Clocks, local};
use super::options::{CallType, PortaOptions};
use super::service_stack::{Date, Decimal, plain};
use super::wire::{
    ConnectedCallDataRecord, PortaAccountCdr, PortaCustomerAccountCdr, PortaCustomerCdr, PortaResellerSubscription,
    XdrInfo,
};

/// The bit of `BitFlags` for a call with a recording.
const RECORDED: i64 = 64;

/// Prints records.
#[derive(Clone)]
pub(super) struct Printer {
    pub(super) directory: Arc<Directory>,
    pub(super) options: Arc<PortaOptions>,
    /// The zones in which `connect_datetime` is printed.
    pub(super) clocks: Clocks,
}

impl Printer {
    pub(super) fn customer(&self, cdr: Cdr) -> PortaCustomerCdr {
        PortaCustomerCdr {
            id: cdr.id,
            i_env: self.environment(&cdr),
            connect_time: self.date(cdr.connected_at),
            disconnect_time: self.date(cdr.ended_at),
            bill_time: self.date(Some(cdr.billed_at)),
            i_customer: cdr.customer_id,
            i_dest: cdr.destination_id.unwrap_or(0),
            charged_quantity: charged(&cdr),
            charged_amount: amount(cdr.price),
            i_service: cdr.service_id.into(),
            bit_flags: bit_flags(&cdr),
            cli: party(cdr.calling, cdr.kind.is_of_a_leg()),
            cld: party(cdr.called, cdr.kind.is_of_a_leg()),
            call_id: cdr.call_id,
        }
    }

    pub(super) fn account(&self, cdr: Cdr) -> PortaAccountCdr {
        let xdr = cdr.details.xdr.as_deref();
        PortaAccountCdr {
            id: cdr.id,
            i_env: self.environment(&cdr),
            account_id: self.account_number(&cdr),
            connect_time: self.date(cdr.connected_at),
            disconnect_time: self.date(cdr.ended_at),
            bill_time: self.date(Some(cdr.billed_at)),
            i_customer: cdr.customer_id,
            i_dest: cdr.destination_id.unwrap_or(0),
            charged_quantity: charged(&cdr),
            charged_amount: amount(cdr.price),
            i_account: cdr.account_id.max(0),
            i_service: cdr.service_id.into(),
            bit_flags: bit_flags(&cdr),
            ratting_pattern: xdr.and_then(|xdr| xdr.rating_pattern.clone()),
            call_type: self.call_type(&cdr),
            h323_conf_id: xdr.and_then(|xdr| xdr.conf_id.clone()),
            used_quantity: used(&cdr),
            failed: !cdr.success,
            cli: party(cdr.calling, cdr.kind.is_of_a_leg()),
            cld: party(cdr.called, cdr.kind.is_of_a_leg()),
            call_id: cdr.call_id,
        }
    }

    /// A row for a customer or one of its accounts, with its rank in the answer. The hunt group is filled in if
    /// `hunt_groups` is set.
    pub(super) fn merged(&self, cdr: Cdr, rank: u64, hunt_groups: bool) -> PortaCustomerAccountCdr {
        let (i_env, bit_flags, account_id) = (self.environment(&cdr), bit_flags(&cdr), self.account_number(&cdr));
        let (charged_quantity, used_quantity, call_type) = (charged(&cdr), used(&cdr), self.call_type(&cdr));
        let service_flags = self.service_flags(&cdr);
        let queue = cdr.details.queue.filter(|_| hunt_groups).map(|queue| *queue).unwrap_or_default();
        let xdr = cdr.details.xdr.map(|xdr| *xdr).unwrap_or_default();
        PortaCustomerAccountCdr {
            rank: i64::try_from(rank).unwrap_or(i64::MAX),
            h323_conf_id: xdr.conf_id,
            h323_incoming_conf_id: xdr.incoming_conf_id,
            id: cdr.id,
            i_env,
            cli: party(cdr.calling, cdr.kind.is_of_a_leg()),
            cld: party(cdr.called, cdr.kind.is_of_a_leg()),
            account_id,
            connect_time: self.date(cdr.connected_at),
            disconnect_time: self.date(cdr.ended_at),
            connect_datetime: self.known_time(cdr.connected_at, cdr.started_at),
            disconnect_datetime: self.known_time(cdr.ended_at, cdr.started_at),
            bill_time: self.date(Some(cdr.billed_at)),
            i_customer: cdr.customer_id,
            i_dest: cdr.destination_id.unwrap_or(0),
            charged_quantity,
            charged_amount: amount(cdr.price),
            call_id: cdr.call_id,
            i_account: cdr.account_id.max(0),
            service_name: self.service_name(cdr.service_id),
            bit_flags,
            disconnect_cause: cdr.release_cause.unwrap_or(0).into(),
            service_flags,
            history: xdr.history,
            i_service: cdr.service_id.into(),
            call_type,
            rating_pattern: xdr.rating_pattern,
            used_quantity,
            hunt_group_name: queue.group,
            agent_extension: queue.agent,
            call_time: seconds(queue.talk_us.unwrap_or(0)),
            hold_time: queue.hold_us.map(|hold| {
                let seconds = seconds(hold);
                format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
            }),
        }
    }

    /// Fees of one name; `cdr` is the first of them.
    pub(super) fn subscription(&self, cdr: Cdr, count: u64, total: Decimal) -> PortaResellerSubscription {
        let row = self.merged(cdr, 0, false);
        let customer = self.directory.customers.get(&row.i_customer);
        PortaResellerSubscription {
            id: row.id,
            i_env: row.i_env,
            cli: row.cli,
            subscription_name: row.cld.clone(),
            cld: row.cld,
            account_id: row.account_id,
            connect_time: row.connect_time,
            disconnect_time: row.disconnect_time,
            bill_time: row.bill_time,
            i_customer: row.i_customer,
            i_dest: row.i_dest,
            charged_quantity: row.charged_quantity,
            used_quantity: row.used_quantity,
            charged_amount: row.charged_amount,
            call_id: row.call_id,
            i_account: row.i_account,
            service_name: row.service_name,
            bit_flags: row.bit_flags,
            disconnect_cause: row.disconnect_cause,
            service_flags: row.service_flags,
            history: row.history,
            i_service: row.i_service,
            count: i64::try_from(count).unwrap_or(i64::MAX),
            total_charged_amount: total,
            i_parent: customer.and_then(|customer| customer.reseller_id).unwrap_or(0),
        }
    }

    /// A leg of a call, without its place among the other legs.
    pub(super) fn leg(&self, cdr: Cdr) -> ConnectedCallDataRecord {
        let (bit_flags, account_id) = (bit_flags(&cdr), self.account_number(&cdr));
        let xdr = cdr.details.xdr.map(|xdr| *xdr).unwrap_or_default();
        ConnectedCallDataRecord {
            groupid: 0,
            rank: 0,
            h323_conf_id: xdr.conf_id,
            h323_incoming_conf_id: xdr.incoming_conf_id,
            account_id,
            cli: party(cdr.calling, cdr.kind.is_of_a_leg()),
            cld: party(cdr.called, cdr.kind.is_of_a_leg()),
            call_id: cdr.call_id,
            call_id_1: None,
            bit_flags,
            connect_time: self.date(cdr.connected_at),
            disconnect_time: self.date(cdr.ended_at),
            bill_time: self.date(Some(cdr.billed_at)),
            service_name: self.service_name(cdr.service_id),
        }
    }

    pub(super) fn xdr(&self, cdr: Cdr) -> XdrInfo {
        let destination = cdr.destination_id.and_then(|id| self.directory.destinations.get(&id));
        let (bit_flags, account_id, quantity) = (bit_flags(&cdr), self.account_number(&cdr), charged(&cdr));
        let rate = cdr.details.rating.as_deref().and_then(|rating| rating.rate_id);
        let is_charged = cdr.billed_us.is_some() || cdr.details.xdr.as_ref().is_some_and(|xdr| xdr.quantity.is_some());
        let xdr = cdr.details.xdr.map(|xdr| *xdr).unwrap_or_default();
        let first = xdr.recordings.first();
        let of = |at: Option<Timestamp>| at.map_or(0, |at| at.micros().div_euclid(1_000_000));
        XdrInfo {
            i_xdr: cdr.id,
            i_xdr_specified: true,
            i_service: cdr.service_id.into(),
            i_service_specified: true,
            i_dest: cdr.destination_id.unwrap_or(0),
            i_dest_specified: cdr.destination_id.is_some(),
            account_id,
            cli: party(cdr.calling, cdr.kind.is_of_a_leg()),
            cld: party(cdr.called, cdr.kind.is_of_a_leg()),
            charged_amount: amount(cdr.price),
            charged_amount_specified: cdr.price.is_some(),
            charged_quantity: quantity,
            charged_quantity_specified: is_charged,
            country: destination.and_then(|it| it.country.clone()),
            subdivision: destination.and_then(|it| it.subdivision.clone()),
            description: destination.and_then(|it| it.description.clone()),
            disconnect_cause: cdr.release_cause.map(|cause| cause.to_string()),
            bill_status: xdr.bill_status,
            disconnect_reason: cdr.details.sip.release_reason,
            connect_time: self.date(cdr.connected_at),
            connect_time_specified: cdr.connected_at.is_some(),
            unix_connect_time: of(cdr.connected_at),
            unix_connect_time_specified: cdr.connected_at.is_some(),
            disconnect_time: self.date(cdr.ended_at),
            disconnect_time_specified: cdr.ended_at.is_some(),
            unix_disconnect_time: of(cdr.ended_at),
            unix_disconnect_time_specified: cdr.ended_at.is_some(),
            bill_time: self.date(Some(cdr.billed_at)),
            bill_time_specified: true,
            bit_flags,
            bit_flags_specified: true,
            call_recording_url: first.map(|recording| recording.url.clone()),
            call_recording_server_url: first.and_then(|recording| recording.server_url.clone()),
            cr_download_links: first
                .is_some()
                .then(|| xdr.recordings.iter().map(|recording| recording.url.clone()).collect()),
            h323_conf_id: xdr.conf_id,
            h323_incoming_conf_id: xdr.incoming_conf_id,
            xdr_type: Some(if cdr.account_id > 0 { "account" } else { "customer" }.to_owned()),
            service: self.service_name(cdr.service_id),
            destination: destination.map(|it| it.prefix.clone()),
            iso_3166_1_a3: destination.and_then(|it| it.iso3.clone()),
            i_rate: rate.unwrap_or(0),
            i_rate_specified: rate.is_some(),
        }
    }

    pub(super) fn date(&self, at: Option<Timestamp>) -> Date {
        Date::of(at, &self.options.zone)
    }

    /// An instant as text, in the customer's zone for a record that started at another one.
    pub(super) fn known_time(&self, at: Option<Timestamp>, started_at: Timestamp) -> Option<String> {
        at.and_then(|at| local(at, &self.clocks.at(started_at))).map(|local| plain(&local))
    }

    /// The name of a service; its number if it has no name.
    pub(super) fn service_name(&self, id: i32) -> Option<String> {
        Some(self.directory.services.get(&id).map_or_else(|| id.to_string(), |service| service.name.clone()))
    }

    fn service_flags(&self, cdr: &Cdr) -> Option<String> {
        let own = cdr.details.xdr.as_ref().and_then(|xdr| xdr.service_flags.clone());
        own.or_else(|| self.directory.services.get(&cdr.service_id)?.flags.clone())
    }

    fn environment(&self, cdr: &Cdr) -> i64 {
        self.directory.customers.get(&cdr.customer_id).map_or(0, |customer| customer.environment.into())
    }

    /// The number of the record's account, or the account as received.
    fn account_number(&self, cdr: &Cdr) -> Option<String> {
        let account: Option<&Account> = self.directory.accounts.get(&cdr.account_id);
        account.map(|account| account.number.clone()).or_else(|| cdr.details.account_given.clone())
    }

    /// The direction of a call; `None` for a record that is not a leg of a call.
    fn call_type(&self, cdr: &Cdr) -> Option<String> {
        let direction = cdr.known_direction();
        let words = match direction {
            Direction::Out => "Outgoing",
            Direction::In => "Incoming",
            Direction::Forwarded => "Forwarded",
            Direction::Unknown => "Unknown",
        };
        cdr.kind.is_of_a_leg().then(|| match self.options.call_type {
            CallType::Bits => direction.bit_flags().to_string(),
            CallType::Words => words.to_owned(),
        })
    }
}

/// The flags received with a record, or those derived from it. Those of a leg of a call show its direction.
fn bit_flags(cdr: &Cdr) -> i64 {
    let recorded = if cdr.details.recorded == Some(true) { RECORDED } else { 0 };
    let given = cdr.details.xdr.as_ref().and_then(|xdr| xdr.bit_flags).unwrap_or(recorded);
    if cdr.kind.is_of_a_leg() {
        given & !Direction::Forwarded.bit_flags() | cdr.known_direction().bit_flags()
    } else {
        given
    }
}

/// A party of a call: an empty text if it is not known, since clients expect the member. A charge without a party has
/// no member.
fn party(number: Option<String>, is_of_a_leg: bool) -> Option<String> {
    number.or_else(|| is_of_a_leg.then(String::new))
}

/// The charged quantity: as received, or else the billed seconds; 0 if neither is known.
fn charged(cdr: &Cdr) -> Decimal {
    let quantity = cdr.details.xdr.as_ref().and_then(|xdr| xdr.quantity);
    quantity.map_or_else(|| Decimal::Whole(seconds(cdr.billed_us.unwrap_or(0))), Decimal::from)
}

/// The used quantity: as received, or else the seconds of talk.
fn used(cdr: &Cdr) -> Decimal {
    let quantity = cdr.details.xdr.as_ref().and_then(|xdr| xdr.used_quantity);
    quantity.map_or_else(|| Decimal::Whole(seconds(cdr.talk_us.unwrap_or(0))), Decimal::from)
}

/// The price; 0 for a record that is not rated, since the member cannot be null.
fn amount(price: Option<Money>) -> Decimal {
    price.map_or_else(Decimal::default, Decimal::from)
}

/// Whole seconds, rounded down.
pub(super) fn seconds(micros: i64) -> i64 {
    micros.div_euclid(1_000_000)
}

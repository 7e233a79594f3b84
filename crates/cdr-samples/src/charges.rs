//! Charges other than calls: subscriptions, fees, numbers, messages, payments and credits.

use chrono::{Datelike, Months, NaiveDate};

use cdr_model::{Cdr, Money, RecordKind, Timestamp};

use super::amount::money;
use super::numbers;
use super::parties::{self, Company, Profile};
use super::random::{Random, mixed};
use super::reference::{self, CREDITS, FEES, MESSAGES, NUMBERS, PAYMENTS, PRODUCTS, SUBSCRIPTIONS, SampleService};
use super::text::push_decimal;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// The time of day at which subscriptions and numbers are renewed: two in the morning.
const RENEWED: i64 = 2 * 3600 * SECOND;
/// Charges are generated for the busiest accounts only, so that they remain few compared with the calls.
const MOST_CHARGED: u32 = 1_000;

/// A charge that is not stored yet: its numbers, its source, its account and its customer are not set.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleCharge {
    /// The natural key, with the same prefix as those of calls.
    pub key: String,
    /// The code of its account; `None` if it is booked on the customer itself.
    pub account: Option<String>,
    /// The name of the customer that pays.
    pub customer: &'static str,
    /// The name of its service.
    pub service: &'static str,
    /// The record.
    pub charge: Cdr,
}

/// The charges that start on a day, ordered by start. They depend on the seed, the day and the number of accounts.
pub(super) fn of_day(keys: &str, seed: u64, begin: Timestamp, nth: u64, accounts: u32) -> Vec<SampleCharge> {
    let mut day = Day { begin, random: Random::new(mixed(mixed(seed, nth), 6)), charges: Vec::new() };
    let date = begin.to_utc().map_or(NaiveDate::default(), |at| at.date_naive());
    let renewed = nth == 0 || date.day() == 1;
    for (place, company) in parties::companies().enumerate() {
        let position = nth + place as u64;
        if renewed {
            day.subscription(Payer::Customer(company), plan(company), until_next_month(begin, date));
        }
        if position.is_multiple_of(7) {
            let amount = -100 * day.random.between(5, 90);
            day.charge(Payer::Customer(company), PAYMENTS, "Bank transfer, thank you", money(amount, 2));
        }
        if position.is_multiple_of(11) {
            let amount = -day.random.between(50, 999);
            day.charge(Payer::Customer(company), CREDITS, "Goodwill credit", money(amount, 2));
        }
    }
    for k in 1..=accounts.min(MOST_CHARGED) {
        let profile = Profile::new(k);
        if renewed {
            let (_, name, price) = PRODUCTS[profile.product()];
            day.subscription(Payer::Account(profile), (name, price), until_next_month(begin, date));
            if k % 2 == 1 {
                day.number(profile, until_next_month(begin, date));
            }
        }
        if nth == 0 && k.is_multiple_of(3) {
            day.charge(Payer::Account(profile), FEES, "Activation", money(1_500, 2));
        }
        if day.random.one_in(3) {
            for _ in 0..=day.random.below(3) {
                day.message(profile);
            }
        }
    }
    // A stable sort, as everywhere in this crate.
    day.charges.sort_by_key(|charge| charge.charge.started_at);
    for (charge, place) in day.charges.iter_mut().zip(1..) {
        charge.key = [keys, "charge/"].concat();
        push_decimal(&mut charge.key, nth, 1);
        charge.key.push('/');
        push_decimal(&mut charge.key, place, 1);
    }
    day.charges
}

/// The monthly subscription of a customer, and its price in hundredths.
fn plan(company: &Company) -> (&'static str, i64) {
    if company.resells() { ("Reseller platform", 49_900) } else { ("Support plan", 4_900) }
}

fn until_next_month(begin: Timestamp, date: NaiveDate) -> Timestamp {
    let next = date.with_day(1).and_then(|first| first.checked_add_months(Months::new(1)));
    begin.plus_micros(next.map_or(30, |next| next.signed_duration_since(date).num_days()) * DAY)
}

/// The payer of a charge.
#[derive(Clone, Copy)]
enum Payer {
    Account(Profile),
    Customer(&'static Company),
}

/// The charges of a day so far.
struct Day {
    begin: Timestamp,
    random: Random,
    charges: Vec<SampleCharge>,
}

impl Day {
    /// A fee for the period until an instant, charged in advance.
    fn subscription(&mut self, payer: Payer, (name, price): (&str, i64), until: Timestamp) {
        let price = money(price, 2);
        self.renew(payer, SUBSCRIPTIONS, Some(name.to_owned()), price, until);
    }

    /// The fee for a telephone number. For some accounts it is booked on the customer.
    fn number(&mut self, profile: Profile, until: Timestamp) {
        let payer = if profile.k % 4 == 1 { Payer::Customer(profile.company) } else { Payer::Account(profile) };
        let line = numbers::own_line(&profile, 0);
        self.renew(payer, NUMBERS, Some(line), money(150, 2), until);
    }

    fn renew(&mut self, payer: Payer, service: SampleService, called: Option<String>, price: Money, until: Timestamp) {
        let begin = self.begin;
        let charged = begin.plus_micros(RENEWED + self.random.between(0, 900) * SECOND);
        self.put(payer, service, Cdr { called, ended_at: Some(until), billed_at: charged, ..at(begin, price) });
    }

    /// A one-off charge at a random time of the day.
    fn charge(&mut self, payer: Payer, service: SampleService, what: &str, price: Money) {
        let now = self.some_time();
        self.put(payer, service, Cdr { called: Some(what.to_owned()), ..at(now, price) });
    }

    fn message(&mut self, profile: Profile) {
        let now = self.some_time();
        let bits = self.random.bits();
        let mut message = at(now, money(500, 4));
        message.calling = Some(numbers::own_line(&profile, bits));
        message.called = Some(numbers::subscriber(bits));
        self.put(Payer::Account(profile), MESSAGES, message);
    }

    fn some_time(&mut self) -> Timestamp {
        self.begin.plus_micros(self.random.between(0, DAY / 1000 - 1) * 1000)
    }

    fn put(&mut self, payer: Payer, service: SampleService, mut charge: Cdr) {
        charge.kind = service.kind;
        charge.service_id = service.id;
        charge.details.call_uuid = Some(self.random.uuid());
        if matches!(service.kind, RecordKind::Usage | RecordKind::Subscription | RecordKind::DidCharge) {
            let one = Some(money(1, 0));
            charge.xdr_mut().quantity = one;
            charge.xdr_mut().used_quantity = one;
        }
        let (account, company) = match payer {
            Payer::Account(profile) => (Some(profile.code()), profile.company),
            Payer::Customer(company) => (None, company),
        };
        let (key, customer, service) = (String::new(), company.name, service.name);
        self.charges.push(SampleCharge { key, account, customer, service, charge });
    }
}

/// A charge of a price at an instant.
fn at(now: Timestamp, price: Money) -> Cdr {
    Cdr {
        started_at: now,
        connected_at: Some(now),
        ended_at: Some(now),
        billed_at: now,
        success: true,
        price: Some(price),
        ..Cdr::default()
    }
}

/// The charge of a reseller for an answered and rated call of one of its customers.
pub(super) fn resale(key: &str, profile: &Profile, call: &Cdr) -> Option<SampleCharge> {
    let reseller = profile.company.above()?;
    let price = call.price.filter(|_| call.success)?;
    let mut charge = call.clone();
    charge.kind = RecordKind::Resale;
    // The reseller's markup replaces the customer's; both are in hundredths of the list price.
    let fraction =
        i128::from(price.hundred_millionths()) * i128::from(reseller.markup) / i128::from(profile.company.markup);
    charge.price = Some(money((fraction / 1000) as i64, 5));
    let uuid = call.details.call_uuid.map_or(0, |uuid| uuid.as_u64_pair().1);
    charge.details = Default::default();
    charge.details.call_uuid = Some(Random::new(mixed(uuid, 5)).uuid());
    charge.details.group.clone_from(&call.details.group);
    if let Some(xdr) = call.details.xdr.as_deref() {
        charge.xdr_mut().conf_id.clone_from(&xdr.conf_id);
        charge.xdr_mut().incoming_conf_id.clone_from(&xdr.incoming_conf_id);
    }
    let (key, service) = ([key, "/resale"].concat(), reference::VOICE.name);
    Some(SampleCharge { key, account: None, customer: reseller.name, service, charge })
}

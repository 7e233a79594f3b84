//! A small known day: a reseller, a customer below it with two accounts, and an unrelated customer.

use actix_web::App;
use actix_web::test::{TestRequest, call_service, init_service};
use cdr_access::{Access, LicenceScope, LicenceText};
use cdr_mediation::Memory;
use cdr_mediation::testsuite::Fixture;
use cdr_model::{
    Account, Cdr, Customer, Destination, Direction, Directory, Level, Product, Queue, Rating, RecordKind, Recording,
    Service, Timestamp, Xdr,
};
use serde_json::Value;

use crate::Services;
use crate::porta::{Porta, PortaOptions};
use crate::testing::Answer;

/// Grants access to the environment of the reseller and its customer.
pub(super) const LICENCE: &str = "LICENCE-1";
/// Grants access to the unrelated customer.
pub(super) const FOREIGN: &str = "LICENCE-2";

pub(super) const RESELLER: i64 = 1;
pub(super) const CAFE: i64 = 2;
pub(super) const STRANGER: i64 = 3;
pub(super) const BAR: i64 = 11;
pub(super) const KITCHEN: i64 = 12;
pub(super) const STRANGERS: i64 = 31;

const CONF_A: &str = "062BDBD0 7366C3AD 6ED2EA7A 66D2F473";
const CONF_B: &str = "17AC0001 7366C3AD 6ED2EA7A 00000001";
const CONF_C: &str = "17AC0002 7366C3AD 6ED2EA7A 00000002";

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The service over these records.
pub(super) fn porta(records: Vec<Cdr>, options: PortaOptions) -> Porta {
    over(&fixture(records), options)
}

/// Mediation over these records and the directory.
pub(super) fn fixture(records: Vec<Cdr>) -> Fixture {
    Fixture::over(Memory::of(records).with_directory(directory()), at("2015-06-10T12:00:00Z"))
}

/// The service over a fixture.
pub(super) fn over(fixture: &Fixture, options: PortaOptions) -> Porta {
    let services = Services::new(fixture.mediation.clone(), Access::default());
    let add = |name, text: &str, scope| services.licences.add(name, &LicenceText::given(text).unwrap(), scope).unwrap();
    add("reader", LICENCE, LicenceScope::Environment(1));
    add("stranger", FOREIGN, LicenceScope::Customers([STRANGER].into()));
    Porta::new(&services, options)
}

/// Requests a path.
pub(super) async fn get(porta: &Porta, path: &str) -> Answer {
    let app = init_service(App::new().configure(|config| porta.mount(config))).await;
    Answer::read(call_service(&app, TestRequest::get().uri(path).to_request()).await).await
}

/// The answer of a path in JSON.
pub(super) async fn json(porta: &Porta, path: &str) -> Value {
    let mark = if path.contains('?') { '&' } else { '?' };
    let answer = get(porta, &format!("{path}{mark}format=json")).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

pub(super) fn directory() -> Directory {
    let mut directory = Directory::default();
    let customer =
        |id, name: &str| Customer { id, name: name.to_owned(), currency: "EUR".to_owned(), ..Customer::default() };
    for it in [
        Customer { level: Level::Reseller, ..customer(RESELLER, "Wholesale") },
        Customer { reseller_id: Some(RESELLER), zone: Some("Europe/London".to_owned()), ..customer(CAFE, "Café") },
        Customer { environment: 2, ..customer(STRANGER, "Stranger") },
    ] {
        directory.customers.insert(it.id, it);
    }
    for (id, customer_id, number, product_id) in [
        (BAR, CAFE, "100@pbx", Some(5)),
        (KITCHEN, CAFE, "441133505030", Some(6)),
        (13, CAFE, "idle", Some(5)),
        (STRANGERS, STRANGER, "100@pbx", None),
    ] {
        let number = number.to_owned();
        let account = Account { id, customer_id, name: number.clone(), number, product_id, ..Account::default() };
        directory.accounts.insert(id, account);
    }
    for (id, name, kind, flags) in [
        (3, "Voice Calls", RecordKind::Call, Some("F")),
        (4, "Subscriptions", RecordKind::Subscription, None),
        (5, "Messaging Service", RecordKind::Usage, None),
        (6, "DID", RecordKind::DidCharge, None),
        (7, "Payments", RecordKind::Payment, None),
    ] {
        let service = Service { id, name: name.to_owned(), kind, flags: flags.map(str::to_owned), closed_at: None };
        directory.services.insert(id, service);
    }
    for (id, name) in [(5, "Talk"), (6, "Trunk")] {
        directory.products.insert(id, Product { id, name: name.to_owned(), closed_at: None });
    }
    directory.destinations.insert(
        12,
        Destination {
            id: 12,
            prefix: "4420".to_owned(),
            country: Some("United Kingdom".to_owned()),
            iso3: Some("GBR".to_owned()),
            subdivision: Some("England".to_owned()),
            description: Some("London, proper".to_owned()),
            closed_at: None,
        },
    );
    directory
}

/// A call of five minutes that an account made.
pub(super) fn call(account_id: i64, started_at: &str) -> Cdr {
    let started_at = at(started_at);
    let (connected_at, ended_at) = (started_at.plus_micros(5_000_000), started_at.plus_micros(305_000_000));
    Cdr {
        account_id,
        customer_id: CAFE,
        started_at,
        connected_at: Some(connected_at),
        ended_at: Some(ended_at),
        billed_at: ended_at,
        success: true,
        direction: Direction::Out,
        talk_us: Some(300_000_000),
        billed_us: Some(300_000_000),
        calling: Some("441133505030".to_owned()),
        called: Some("44,20".to_owned()),
        call_id: Some("abc@10.0.0.1:5060".to_owned()),
        release_cause: Some(16),
        price: Some("0.01250".parse().unwrap()),
        ..Cdr::default()
    }
}

/// A charge booked on a customer itself.
pub(super) fn charge(customer_id: i64, kind: RecordKind, service_id: i32, name: &str, price: &str) -> Cdr {
    let (from, until) = (at("2015-06-01T00:00:00Z"), at("2015-07-01T00:00:00Z"));
    Cdr {
        kind,
        service_id,
        account_id: -customer_id,
        customer_id,
        started_at: from,
        connected_at: Some(from),
        ended_at: Some(until),
        billed_at: at("2015-06-01T06:00:00Z"),
        success: true,
        called: Some(name.to_owned()),
        price: Some(price.parse().unwrap()),
        ..Cdr::default()
    }
}

/// All records of the day.
pub(super) fn day() -> Vec<Cdr> {
    let xdr = |conf: &str, incoming: Option<&str>| Xdr {
        conf_id: Some(conf.to_owned()),
        incoming_conf_id: incoming.map(str::to_owned),
        ..Xdr::default()
    };
    let mut out = call(BAR, "2015-06-01T10:20:25Z");
    out.destination_id = Some(12);
    out.details.rating = Some(Box::new(Rating { rate_id: Some(77), ..Rating::default() }));
    out.details.xdr = Some(Box::new(Xdr {
        rating_pattern: Some("30+6".to_owned()),
        history: Some("rounded {up}".to_owned()),
        ..xdr(CONF_A, None)
    }));

    let mut into = call(KITCHEN, "2015-06-01T11:00:00.5Z");
    (into.direction, into.call_id) = (Direction::In, Some("leg-1".to_owned()));
    into.calling = Some("\"Bob\" <100>".to_owned());
    into.details.recorded = Some(true);
    into.details.queue = Some(Box::new(Queue {
        group: Some("Reservations".to_owned()),
        agent: Some("104".to_owned()),
        talk_us: Some(290_000_000),
        hold_us: Some(3_725_000_000),
    }));
    into.details.xdr = Some(Box::new(Xdr {
        recordings: vec![Recording {
            url: "https://pbx.example/a?b=c&d=[1]".to_owned(),
            server_url: Some("https://pbx.example".to_owned()),
        }],
        bill_status: Some("O".to_owned()),
        ..xdr(CONF_B, None)
    }));

    let mut forwarded = call(BAR, "2015-06-01T11:00:20Z");
    (forwarded.direction, forwarded.call_id) = (Direction::Forwarded, Some("leg-2".to_owned()));
    forwarded.details.xdr = Some(Box::new(xdr(CONF_C, Some(CONF_B))));

    let failed = Cdr { success: false, connected_at: None, ..call(BAR, "2015-06-01T12:00:00Z") };
    let resale = Cdr {
        kind: RecordKind::Resale,
        account_id: -RESELLER,
        customer_id: RESELLER,
        price: Some("0.00800".parse().unwrap()),
        ..out.clone()
    };
    let mut message = charge(CAFE, RecordKind::Usage, 5, "SMS", "0.05");
    message.account_id = BAR;
    message.details.xdr = Some(Box::new(Xdr {
        quantity: Some("2".parse().unwrap()),
        used_quantity: Some("1.5".parse().unwrap()),
        ..Xdr::default()
    }));
    let mut did = charge(CAFE, RecordKind::DidCharge, 6, "441133505030", "1.99");
    did.account_id = KITCHEN;
    let stranger = Cdr { customer_id: STRANGER, ..call(STRANGERS, "2015-06-01T10:00:00Z") };
    vec![
        out,
        into,
        forwarded,
        failed,
        resale,
        charge(CAFE, RecordKind::Subscription, 4, "Line rental", "10.00"),
        charge(RESELLER, RecordKind::Subscription, 4, "Platform", "100.00"),
        charge(RESELLER, RecordKind::Subscription, 4, "Platform", "50.5"),
        did,
        charge(CAFE, RecordKind::Payment, 7, "By card", "-25.00"),
        message,
        stranger,
        call(KITCHEN, "2015-06-02T09:00:00Z"),
    ]
}

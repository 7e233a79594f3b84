//! Tests of conditions.

use cdr_model::{Account, Cdr, Customer, Details, Directory, LocalZone, Service, Source, Timestamp};
use cdr_query::Condition;
use cdr_query::grammar::XsdVersion;

use super::Reader;

fn directory() -> Directory {
    let mut directory = Directory::default();
    for (id, name, currency) in [(1, "acme", "EUR"), (2, "bolt", "EUR"), (3, "a,b", "USD")] {
        let customer = Customer { id, name: name.to_owned(), currency: currency.to_owned(), ..Customer::default() };
        directory.customers.insert(id, customer);
    }
    for (id, customer_id, number) in [(10, 1, "100"), (11, 1, "101"), (20, 2, "100")] {
        directory.accounts.insert(id, Account { id, customer_id, number: number.to_owned(), ..Account::default() });
    }
    for (id, name) in [(1, "pbx1"), (2, "pbx2")] {
        directory.sources.insert(id, Source { id, name: name.to_owned(), feed: "native".to_owned() });
    }
    directory.services.insert(3, Service { id: 3, name: "Voice Calls".to_owned(), ..Service::default() });
    directory
}

fn call() -> Cdr {
    let mut details = Details::default();
    details.sip.peer_ip = Some("192.0.2.7".parse().unwrap());
    Cdr {
        called: Some("4915123456".to_owned()),
        talk_us: Some(61_000_000),
        release_code: Some(486),
        started_at: "2026-03-01T22:30:00Z".parse::<Timestamp>().unwrap(),
        account_id: 20,
        customer_id: 2,
        source_id: 1,
        details,
        ..Cdr::default()
    }
}

fn read(text: &str) -> anyhow::Result<Vec<Condition>> {
    let zone: LocalZone = "Europe/Berlin".parse().unwrap();
    Reader { zone: &zone, xsd: XsdVersion::V1_0, directory: &directory() }.read(text)
}

#[test]
fn conditions_are_read_and_evaluated() {
    for (text, expected) in [
        ("called=4915123456", true),
        ("called!=4915123456", false),
        ("called=\"4915123456\"", true),
        ("called=\"49,15\",4915123456", true),
        ("called=1,\"4915123456\"", true),
        ("called=\"1\"\",2\",4915123456", true),
        ("called=\"1\"\",4915123456\"", false),
        // A quote that is not closed is an ordinary character.
        ("called=\",4915123456", true),
        ("called=\"1\"2,4915123456", true),
        ("customer!=\"a,b\"", true),
        ("customer=\"a,b\",bolt", true),
        ("customer=\"a,b\"", false),
        ("called^=49151", true),
        ("called$=456", true),
        ("called~=512", true),
        ("called~=513", false),
        ("talk>=61s", true),
        ("talk<1m", false),
        ("talk>61s", false),
        ("talk=61s", true),
        ("talk=61000ms,1h", true),
        ("talk<=61000000us", true),
        ("release_code=486,487", true),
        ("release_code!=486,487", false),
        ("release_cause!=16", false),
        ("release_cause!", true),
        ("release_code?", true),
        ("success=false", true),
        // The local time of the call is 23:30 on the first of March.
        ("started_at<1970-01-01T00:00:01Z", false),
        ("started_at>=2026-03-01", true),
        ("started_at>=2026-03-02", false),
        ("started_at>2026-03-01", false),
        ("started_at>2026-02-28", true),
        ("started_at<=2026-03-01", true),
        ("started_at<2026-03-01", false),
        ("started_at<2026-03-02", true),
        ("started_at=2026-03-01", true),
        ("started_at=2026-02-28,2026-03-01", true),
        ("started_at=2026-02-27,2026-02-28", false),
        ("started_at!=2026-03-01", false),
        ("started_at!=2026-02-28,2026-03-02", true),
        ("started_at=2026-03-01T23:30:00", true),
        ("started_at=2026-03-01T22:30:00Z", true),
        ("started_at!=2026-03-01T22:30:00Z", false),
        ("started_at=2026-02-28,2026-03-01T22:30:00Z", true),
        ("started_at>2026-03-01T22:29:59.9999999Z", true),
        ("started_at>=2026-03-01T22:30:00.0000001Z", false),
        ("connected_at!=2026-03-01", false),
        ("peer_ip=192.0.2.7", true),
        ("peer_ip=192.0.2.0/24", true),
        ("peer_ip=10.0.0.0/8,192.0.2.7", true),
        ("peer_ip!=192.0.2.0/24", false),
        ("peer_ip!=10.0.0.0/8", true),
        ("peer_ip=::/0", false),
        ("peer_ip^=192.", true),
        ("customer=bolt", true),
        ("customer=acme", false),
        ("customer=acme,bolt", true),
        ("customer!=acme", true),
        ("customer^=bo", true),
        ("customer~=x", false),
        ("customer?", true),
        ("customer!", false),
        ("customer>b", true),
        ("account=100", true),
        ("account=101", false),
        ("account!=101", true),
        ("account?", true),
        ("source=pbx1", true),
        ("source!=pbx1", false),
        ("currency=EUR", true),
        ("currency=USD", false),
        ("service=Voice Calls", true),
    ] {
        let conditions = read(text).unwrap();
        assert_eq!(conditions.iter().all(|it| it.matches(&call())), expected, "{text}: {conditions:?}");
    }
    let of_nobody = Cdr { customer_id: 0, ..call() };
    for (text, expected) in
        [("customer!", true), ("customer!=acme", false), ("customer?", false), ("currency=XXX", true)]
    {
        assert_eq!(read(text).unwrap().iter().all(|it| it.matches(&of_nobody)), expected, "{text}");
    }
    let on_customer = Cdr { account_id: -2, ..call() };
    for (text, expected) in [("account!", true), ("account?", false), ("account!=100", false), ("customer=bolt", true)]
    {
        assert_eq!(read(text).unwrap().iter().all(|it| it.matches(&on_customer)), expected, "{text}");
    }
}

#[test]
fn a_printed_condition_reads_back() {
    for text in ["talk>=60s", "talk<61000001us", "called^=49", "release_code=486,487", "peer_ip!=10.0.0.0/8,::1/128"] {
        let conditions = read(text).unwrap();
        assert_eq!(conditions.iter().map(ToString::to_string).collect::<Vec<_>>(), [text]);
    }
}

#[test]
fn invalid_conditions_are_reported() {
    for (text, message) in [
        ("called", "no operator found"),
        ("caled=1", "there is no field `caled`"),
        ("talk>60", "60 of what? write 60s"),
        ("talk=60s,90", "90 of what? write 90s"),
        ("billed<0", "0 of what? write 0s"),
        ("queue.talk!=5", "5 of what? write 5s"),
        ("talk>=soon", "field `talk` takes a length of time such as 90s, 5m or 1h, not `soon`"),
        ("talk>=s", "takes a length of time"),
        ("talk>=-5s", "takes a length of time"),
        ("talk>=9999999999999h", "out of range"),
        ("talk~=1", "cannot be compared with a part of a text"),
        ("started_at>=March", "a bound is a date such as 2026-11-21"),
        ("started_at>=2026-02-30", "day 30 at character 9, expected 01 to 28"),
        ("customer=nobody", "there is no customer `nobody`"),
        ("customer!=acme,nobody", "there is no customer `nobody`"),
        ("account=1234", "there is no account `1234`"),
        ("source=pbx", "there is no source `pbx`"),
        ("currency=EURO", "there is no currency `EURO`, did you mean `EUR`?"),
        ("currency=eur", "there is no currency `eur`, did you mean `EUR`?"),
        ("customer=Acme", "there is no customer `Acme`, did you mean `acme`?"),
        ("peer_ip=192.0.2.0/33", "`192.0.2.0/33` is not a network"),
        ("peer_ip>=192.0.2.0/24", "a network is compared with = or !="),
    ] {
        let error = format!("{:#}", read(text).unwrap_err());
        assert!(error.contains(message), "{text}: {error}");
    }
}

//! Charges other than calls, and the sheets that they need.

use cdr_mediation::{CustomerDraft, DestinationDraft, ProductDraft, ServiceDraft};
use cdr_model::{Assumed, Direction, Level, RecordKind};

use super::{Native, Sink, loaded, of, one};
use crate::InputSheet;

#[test]
fn a_charge_has_no_talk_time_and_no_direction() {
    let rest = "started_at,connected_at,ended_at";
    let times = "2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z";
    let month = 30 * 86_400_000_000;
    for (kind, direction, talk, assumed) in [
        ("", Direction::Out, Some(month), Assumed::BILL.bits() | Assumed::DIRECTION.bits() | Assumed::TALK.bits()),
        ("call", Direction::Out, Some(month), Assumed::BILL.bits() | Assumed::DIRECTION.bits() | Assumed::TALK.bits()),
        (
            "resale",
            Direction::Out,
            Some(month),
            Assumed::BILL.bits() | Assumed::DIRECTION.bits() | Assumed::TALK.bits(),
        ),
        ("usage", Direction::Unknown, None, Assumed::BILL.bits()),
        ("subscription", Direction::Unknown, None, Assumed::BILL.bits()),
        ("did-charge", Direction::Unknown, None, Assumed::BILL.bits()),
        ("payment", Direction::Unknown, None, Assumed::BILL.bits()),
    ] {
        let draft = one(&format!("kind,{rest}\n{kind},{times}\n"));
        let call = &draft.call;
        let expected = RecordKind::named(kind).unwrap_or_default();
        assert_eq!((call.kind, call.success), (expected, true), "{kind}");
        assert_eq!((call.direction, call.talk_us, call.assumed.bits()), (direction, talk, assumed), "{kind}");
    }
    let bare = one("kind,started_at\nfee,2026-11-01T00:00:00Z\n").call;
    assert!(bare.success, "a charge without a connect succeeds");
    assert_eq!(bare.connected_at, Some(bare.started_at), "the period starts with the charge");
    for (flags, direction, assumed) in [
        ("4", Direction::Out, false),
        ("72", Direction::In, false),
        ("12", Direction::Forwarded, false),
        ("64", Direction::Out, true),
    ] {
        let call = one(&format!("started_at,xdr.bit_flags\n2026-11-01T00:00:00Z,{flags}\n")).call;
        assert_eq!((call.direction, call.assumed.contains(Assumed::DIRECTION)), (direction, assumed), "{flags}");
    }
    assert!(!one("kind,started_at,success\nfee,2026-11-01T00:00:00Z,false\n").call.success);
    assert!(!one("kind,started_at\nresale,2026-11-01T00:00:00Z\n").call.success);
}

#[test]
fn the_kind_call_is_the_default() {
    let explicit = one("kind,started_at\ncall,2026-11-01T00:00:00Z\n");
    assert_eq!(explicit, one("started_at\n2026-11-01T00:00:00Z\n"), "the digests are equal, too");
    let bad = loaded(b"kind,started_at\nbribe,2026-11-01T00:00:00Z\n").1;
    assert_eq!(bad, [("field-unreadable".to_owned(), "field `kind` takes text, not `bribe`".to_owned())]);
}

#[test]
fn a_charge_has_the_fields_of_a_billing_system() {
    let call = one(
        "{\"kind\":\"usage\",\"started_at\":\"2026-11-01T00:00:00Z\",\"customer\":\"Acme\",\"service\":\"Data\",\
          \"destination_id\":70,\"rate_id\":7,\"xdr.quantity\":1.50,\"xdr.used_quantity\":\"1.4142\",\
          \"xdr.bit_flags\":68,\"xdr.conf_id\":\"062BDBD0 7366C3AD 6ED2EA7A 66D2F473\",\"xdr.history\":\"peak\",\
          \"xdr.recordings\":\"[{\\\"url\\\":\\\"https://pbx.example/1\\\"}]\",\"queue.group\":\"Sales\",\"queue.hold\":5000000}",
    );
    assert_eq!(
        (call.account.as_deref(), call.customer.as_deref(), call.service.as_deref()),
        (None, Some("Acme"), Some("Data"))
    );
    let details = &call.call.details;
    let (xdr, queue) = (details.xdr.as_deref().unwrap(), details.queue.as_deref().unwrap());
    let text = |amount: Option<cdr_model::Money>| amount.unwrap().to_string();
    assert_eq!(
        (text(xdr.quantity), text(xdr.used_quantity), xdr.bit_flags),
        ("1.50".into(), "1.4142".into(), Some(68))
    );
    assert_eq!((xdr.recordings[0].url.as_str(), &xdr.recordings[0].server_url), ("https://pbx.example/1", &None));
    assert_eq!((queue.group.as_deref(), queue.hold_us, queue.talk_us), (Some("Sales"), Some(5_000_000), None));
    assert_eq!((call.call.destination_id, details.rating.as_deref().unwrap().rate_id), (Some(70), Some(7)));
}

#[test]
fn customers_services_products_and_destinations_have_the_fields_that_charges_need() {
    let read = |file: &str, sheet: InputSheet| {
        let sink = Sink::default();
        sink.load(&Native, file.as_bytes(), &of(sheet)).unwrap();
        let kept = sink.kept();
        (kept.directory.clone(), kept.quarantine.iter().map(|entry| entry.2.clone()).collect::<Vec<_>>())
    };
    let acme = CustomerDraft {
        name: "Acme".to_owned(),
        level: Some(Level::Distributor),
        environment: Some(2),
        zone: Some("Europe/Rome".to_owned()),
        billing_period: Some("week:5".parse().unwrap()),
        ..CustomerDraft::default()
    };
    let data = ServiceDraft {
        id: Some(7),
        name: "Data".to_owned(),
        kind: Some(RecordKind::Usage),
        flags: Some("F".to_owned()),
        closed: None,
    };
    let trunk = ProductDraft { name: "Trunk".to_owned(), ..ProductDraft::default() };
    let berlin = DestinationDraft {
        id: Some(70),
        prefix: "4930".to_owned(),
        country: Some("Germany".to_owned()),
        iso3: Some("DEU".to_owned()),
        subdivision: Some("Berlin".to_owned()),
        description: Some("Proper".to_owned()),
        closed: None,
    };
    for (sheet, file, draft) in [
        (
            InputSheet::Customers,
            "name,level,environment,zone,billing_period\nAcme,distributor,2,Europe/Rome,week:5\n",
            format!("{acme:?}"),
        ),
        (InputSheet::Services, "name,id,kind,flags\nData,7,usage,F\n", format!("{data:?}")),
        (InputSheet::Products, "id,name\n,Trunk\n", format!("{trunk:?}")),
        (
            InputSheet::Destinations,
            "prefix,id,country,iso3,subdivision,description\n4930,70,Germany,DEU,Berlin,Proper\n",
            format!("{berlin:?}"),
        ),
    ] {
        assert_eq!(read(file, sheet), (vec![draft], vec![]));
    }
    for (sheet, file, detail) in [
        (
            InputSheet::Customers,
            "name,level\nA,Retail\n",
            "`level` is `Retail`, expected retail, reseller or distributor",
        ),
        (InputSheet::Customers, "name,environment\nA,0\n", "`environment` is `0`, expected a whole number from 1"),
        (
            InputSheet::Customers,
            "name,zone\nA,europe/rome\n",
            "`zone`: there is no time zone \"europe/rome\", did you mean \"Europe/Rome\"?",
        ),
        (
            InputSheet::Customers,
            "name,billing_period\nA,monthly\n",
            "`billing_period` is `monthly`, expected day, week:1, half-month, month:1 or days:14:2026-01-01",
        ),
        (
            InputSheet::Accounts,
            "customer,number,product_id\nA,1,0\n",
            "`product_id` is `0`, expected a whole number from 1",
        ),
        (
            InputSheet::Services,
            "name,kind\nA,Usage\n",
            "`kind` is `Usage`, expected call, resale, usage, subscription, fee, did-charge, payment, adjustment",
        ),
        (InputSheet::Products, "name\n\"\"\n", "`name` is not given"),
        (InputSheet::Destinations, "prefix\n+49\n", "`prefix` is `+49`, expected digits such as 4930"),
        (
            InputSheet::Destinations,
            "prefix,iso3\n49,DE\n",
            "`iso3` is `DE`, expected three capital letters such as DEU",
        ),
    ] {
        assert_eq!(read(file, sheet), (vec![], vec![detail.to_owned()]));
    }
}

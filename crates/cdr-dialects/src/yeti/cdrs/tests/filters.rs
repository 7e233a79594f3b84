//! L26: every filter with every operator.

use cdr_model::{Cdr, CdrField, Field, FieldKind, Rating};

use super::super::CDR_COLUMNS;
use super::world::{self, OURS, call};
use crate::yeti::tests::support::YetiFixture;

/// A field of a filter, and how its values are written.
type Row = (&'static str, &'static [CdrField], Kind);

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Number,
    Decimal,
    Text,
}

const NUMBERS: [Row; 14] = [
    ("duration", &[CdrField::Talk], Kind::Number),
    ("customer_duration", &[CdrField::Billed], Kind::Number),
    ("destination_initial_interval", &[CdrField::InitialInterval], Kind::Number),
    ("destination_next_interval", &[CdrField::NextInterval], Kind::Number),
    ("lega_disconnect_code", &[CdrField::ReleaseCode], Kind::Number),
    ("auth_orig_transport_protocol_id", &[CdrField::PeerTransport], Kind::Number),
    ("auth_orig_port", &[CdrField::PeerPort], Kind::Number),
    ("destination_initial_rate", &[CdrField::InitialRate], Kind::Decimal),
    ("destination_next_rate", &[CdrField::NextRate], Kind::Decimal),
    ("destination_fee", &[CdrField::Fee], Kind::Decimal),
    ("customer_acc_vat", &[CdrField::Vat], Kind::Decimal),
    ("customer_price", &[CdrField::Price], Kind::Decimal),
    ("customer_price_no_vat", &[CdrField::PriceNoVat], Kind::Decimal),
    ("id", &[], Kind::Number),
];

const TEXTS: [Row; 19] = [
    ("destination_prefix", &[CdrField::RatePrefix], Kind::Text),
    ("dst_prefix_in", &[CdrField::Called], Kind::Text),
    ("src_prefix_in", &[CdrField::Calling], Kind::Text),
    ("src_name_in", &[CdrField::CallingName], Kind::Text),
    ("src_prefix_routing", &[CdrField::CallingRouted], Kind::Text),
    ("dst_prefix_routing", &[CdrField::CalledRouted], Kind::Text),
    ("diversion_in", &[CdrField::Diversion], Kind::Text),
    ("orig_call_id", &[CdrField::CallId], Kind::Text),
    ("local_tag", &[CdrField::LocalTag], Kind::Text),
    ("lega_disconnect_reason", &[CdrField::ReleaseReason], Kind::Text),
    ("lega_user_agent", &[CdrField::UserAgent], Kind::Text),
    ("pai_in", &[CdrField::Pai], Kind::Text),
    ("ppi_in", &[CdrField::Ppi], Kind::Text),
    ("privacy_in", &[CdrField::Privacy], Kind::Text),
    ("rpid_in", &[CdrField::Rpid], Kind::Text),
    ("rpid_privacy_in", &[CdrField::RpidPrivacy], Kind::Text),
    ("ruri_domain", &[CdrField::RuriDomain], Kind::Text),
    ("to_domain", &[CdrField::ToDomain], Kind::Text),
    ("from_domain", &[CdrField::FromDomain], Kind::Text),
];

/// One call for each value, and one without a value, listed in this order.
fn world(fields: &[CdrField], values: &[&str]) -> YetiFixture {
    let some = values.iter().zip(1..).map(|(value, minutes)| {
        let mut call = call(OURS[0], minutes);
        for field in fields {
            let text = match field.kind() {
                FieldKind::Duration => format!("{value}900000"),
                _ => (*value).to_owned(),
            };
            let value = field.kind().read(field.name(), &text).unwrap();
            field.put(&mut call, value).unwrap();
        }
        call
    });
    world::of(some.chain([call(OURS[0], 59)]).collect::<Vec<Cdr>>())
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l26_numbers() {
    for (name, fields, kind) in NUMBERS {
        // Without fields, the number is that of the call itself.
        let (low, middle, high) = if fields.is_empty() {
            ("1", "2", "3")
        } else if kind == Kind::Decimal {
            ("0.5", "1", "1.25")
        } else {
            ("5", "6", "7")
        };
        let world = world(fields, &[low, middle, high]);
        let last: &[i64] = if fields.is_empty() { &[4] } else { &[] };
        for (asked, expected) in [
            (format!("eq]={middle}"), &[2][..]),
            (format!("not_eq]={middle}"), &[1, 3]),
            (format!("lt]={middle}"), &[1]),
            (format!("lteq]={middle}"), &[1, 2]),
            (format!("gt]={middle}"), &[3]),
            (format!("gteq]={middle}"), &[2, 3]),
            (format!("in]={low},{high}"), &[1, 3]),
            (format!("not_in]={low},{high}"), &[2]),
            (format!("in]={middle}"), &[2]),
        ] {
            let beyond = asked.starts_with('g') || asked.starts_with("not");
            // The last call has no talk time: its duration is 0.
            let is_zero = name == "duration" && (asked.starts_with('l') || asked.starts_with("not"));
            let expected = [expected, if beyond { last } else { &[] }, if is_zero { &[4] } else { &[] }].concat();
            assert_eq!(world.numbers(&format!("/cdrs?filter[{name}_{asked}")).await, expected, "{name}_{asked}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l26_texts() {
    for (name, fields, _) in TEXTS {
        let world = world(fields, &["Alpha", "beta", "alphabet", ""]);
        for (asked, expected) in [
            ("eq]=Alpha", &[1][..]),
            ("eq]=alpha", &[]),
            ("not_eq]=Alpha", &[2, 3, 4]),
            ("start]=ALPHA", &[1, 3]),
            ("end]=Beta", &[2]),
            ("cont]=bet", &[2, 3]),
            ("in]=Alpha,beta", &[1, 2]),
            ("not_in]=Alpha,beta", &[3, 4]),
            ("cont_any]=LPHA,t", &[1, 2, 3]),
            ("cont_any]=PHAB", &[3]),
        ] {
            assert_eq!(world.numbers(&format!("/cdrs?filter[{name}_{asked}")).await, expected, "{name}_{asked}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l26_times() {
    let at = |minute: u32| format!("2026-11-25T11:{minute:02}:00Z");
    for (name, field) in
        [("time_start", CdrField::StartedAt), ("time_connect", CdrField::ConnectedAt), ("time_end", CdrField::EndedAt)]
    {
        let calls = [10, 20, 30].map(|minute| {
            let mut call = call(OURS[0], i64::from(60 - minute));
            field.put(&mut call, field.kind().read("", &at(minute)).unwrap()).unwrap();
            call
        });
        let world = world::of(calls);
        let [low, middle, high] = [10, 20, 30].map(at);
        for (asked, expected) in [
            (format!("eq]={middle}"), &[2][..]),
            (format!("not_eq]={middle}"), &[3, 1]),
            (format!("lt]={middle}"), &[1]),
            (format!("lteq]={middle}"), &[2, 1]),
            (format!("gt]={middle}"), &[3]),
            (format!("gteq]={middle}"), &[3, 2]),
            (format!("in]={low},{high}"), &[3, 1]),
            (format!("not_in]={low},{high}"), &[2]),
        ] {
            assert_eq!(world.numbers(&format!("/cdrs?filter[{name}_{asked}")).await, expected, "{name}_{asked}");
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l26_booleans_and_plain_identifiers() {
    let yes = Cdr { success: true, ..call(OURS[0], 1) };
    let mut reverse = call(OURS[0], 2);
    reverse.details.rating = Some(Box::new(Rating { reverse_billing: Some(true), ..Rating::default() }));
    let mut not_reverse = reverse.clone();
    not_reverse.details.rating = Some(Box::new(Rating { reverse_billing: Some(false), ..Rating::default() }));
    not_reverse.started_at = call(OURS[0], 3).started_at;
    let world = world::of([yes, reverse, not_reverse]);
    for (asked, expected) in [
        ("id]=3,1,99", &[1, 3][..]),
        ("success_eq]=true", &[1]),
        ("success_not_eq]=true", &[2, 3]),
        ("success_eq]=false", &[2, 3]),
        ("destination_reverse_billing_eq]=true", &[2]),
        ("destination_reverse_billing_not_eq]=true", &[3]),
    ] {
        assert_eq!(world.numbers(&format!("/cdrs?filter[{asked}")).await, expected, "{asked}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l26_addresses() {
    let world = world(&[CdrField::PeerIp], &["192.0.2.1", "192.0.2.10", "2001:db8::1"]);
    for (asked, expected) in [
        ("eq]=192.0.2.1", &[1][..]),
        ("eq]=2001:0DB8:0::1", &[3]),
        ("not_eq]=192.0.2.1", &[2, 3]),
        ("in]=192.0.2.1,2001:db8::1", &[1, 3]),
        ("not_in]=192.0.2.1,2001:db8::1", &[2]),
    ] {
        assert_eq!(world.numbers(&format!("/cdrs?filter[auth_orig_ip_{asked}")).await, expected, "{asked}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn invalid_filters_are_rejected_by_name() {
    let world = world::of([]);
    for (asked, name) in [
        ("foo_eq", "foo_eq"),
        ("success_gt", "success_gt"),
        ("success", "success"),
        ("local_tag_gteq", "local_tag_gteq"),
        ("authOrigIpCont", "auth_orig_ip_cont"),
        ("customer_id_eq", "customer_id_eq"),
        ("is_last_cdr_eq", "is_last_cdr_eq"),
    ] {
        let answer = world.get(&format!("/cdrs?filter[{asked}]=1")).await;
        assert_eq!((answer.status, answer.details()), (400, vec![format!("{name} is not allowed.")]), "{asked}");
    }
    for (asked, value) in [
        ("duration_eq", "1,2"),
        ("duration_eq", "x"),
        ("time_start_gteq", "yesterday"),
        ("success_eq", "maybe"),
        ("auth_orig_ip_eq", "300.1.1.1"),
        ("customer_price_gt", "1 EUR"),
    ] {
        let answer = world.get(&format!("/cdrs?filter[{asked}]={}", value.replace(' ', "%20"))).await;
        let detail = format!("{value} is not a valid value for {asked}.");
        assert_eq!((answer.status, answer.details()), (400, vec![detail]), "{asked}={value}");
    }
}

#[test]
fn every_column_can_be_filtered() {
    let tested = NUMBERS.iter().chain(&TEXTS).map(|(name, ..)| *name);
    let others = ["time_start", "time_connect", "time_end", "success", "auth_orig_ip"];
    let tested: Vec<&str> = tested.chain(others).collect();
    for column in CDR_COLUMNS {
        assert!(tested.contains(&column), "{column}");
    }
}

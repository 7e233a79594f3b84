//! Tests of conditions.

use cdr_model::{Cdr, CdrField, Details, Timestamp};

use super::{Condition, Test, TextPart};
use crate::operand::Operand;

fn call() -> Cdr {
    let mut details = Details::default();
    // Mapped to IPv6, as a listener for both families reports it.
    details.sip.peer_ip = Some("::ffff:192.0.2.7".parse().unwrap());
    Cdr {
        details,
        called: Some("Straße 7".to_owned()),
        release_code: Some(486),
        price: Some("0.0190".parse().unwrap()),
        talk_us: Some(61_000_000),
        started_at: Timestamp::from_seconds(10),
        ..Cdr::default()
    }
}

fn text(part: TextPart, text: &str, fold_case: bool) -> Test {
    Test::Text { part, text: text.to_owned(), fold_case }
}

#[test]
fn each_test_matches_its_values_only() {
    use CdrField::{Called, Calling, PeerIp, Price, ReleaseCause, ReleaseCode, StartedAt, Success, Talk};
    let network = |networks: &[&str], inside: bool| Test::Network {
        networks: networks.iter().map(|network| network.parse().unwrap()).collect(),
        inside,
    };
    let money = |text: &str| Operand::Money(text.parse().unwrap());
    for (field, test, expected) in [
        (ReleaseCode, Test::Eq(486.into()), true),
        (ReleaseCode, Test::NotEq(486.into()), false),
        (ReleaseCode, Test::Lt(487.into()), true),
        (ReleaseCode, Test::Lte(485.into()), false),
        (ReleaseCode, Test::Gt(486.into()), false),
        (ReleaseCode, Test::Gte(486.into()), true),
        (ReleaseCode, Test::In(vec![480.into(), 486.into()]), true),
        (ReleaseCode, Test::In(vec![]), false),
        (ReleaseCode, Test::NotIn(vec![480.into()]), true),
        (ReleaseCode, Test::NotIn(vec![]), true),
        (Price, Test::Eq(money("0.019")), true),
        (Price, Test::Gt(money("0.01899999999999999999")), true),
        (Talk, Test::Gte(Operand::Duration(61_000_000)), true),
        (StartedAt, Test::Lt(Timestamp::from_seconds(10).into()), false),
        (Success, Test::Lt(true.into()), true),
        (Called, Test::Gt("Strasz".into()), true),
        (Called, text(TextPart::Starts, "Str", false), true),
        (Called, text(TextPart::Starts, "STR", false), false),
        (Called, text(TextPart::Starts, "STR", true), true),
        (Called, text(TextPart::Contains, "ASSE", true), false),
        (Called, text(TextPart::Ends, " 7", false), true),
        (Called, Test::Present, true),
        (PeerIp, network(&["192.0.2.0/24"], true), true),
        (PeerIp, network(&["192.0.2.0/24"], false), false),
        (PeerIp, network(&["10.0.0.0/8", "192.0.2.128/25"], true), false),
        (PeerIp, network(&["10.0.0.0/8", "192.0.2.128/25"], false), true),
        (PeerIp, network(&["192.0.2.7/32", "2001:db8::/32"], true), true),
        (PeerIp, network(&["::/0"], true), false),
        (PeerIp, network(&[], true), false),
        (PeerIp, network(&[], false), true),
        // Text that is not an address is in no network.
        (Called, network(&["0.0.0.0/0"], true), false),
        (Called, network(&["0.0.0.0/0"], false), true),
        (Calling, network(&["0.0.0.0/0"], false), false),
        // A null value fails every comparison.
        (ReleaseCause, Test::NotEq(16.into()), false),
        (ReleaseCause, Test::NotIn(vec![]), false),
        (ReleaseCause, Test::Lt(99.into()), false),
        (Calling, text(TextPart::Starts, "", false), false),
        (Calling, Test::Missing, true),
        (Calling, Test::Present, false),
    ] {
        let condition = Condition::new(field, test).unwrap();
        assert_eq!(condition.matches(&call()), expected, "{condition}");
    }
}

#[test]
fn comparisons_with_another_kind_are_refused() {
    let message = |field, test| Condition::new(field, test).unwrap_err().to_string();
    assert!(message(CdrField::ReleaseCode, Test::Eq("486".into())).contains("`release_code` holds a whole number"));
    assert!(message(CdrField::Talk, Test::contains("1")).contains("a part of a text"));
    assert!(message(CdrField::Account, Test::Eq("100".into())).contains("use `account_id`"));
}

#[test]
fn conditions_are_serialized_as_plain_data() {
    let condition = Condition::new(CdrField::Price, Test::In(vec![Operand::Money("0.0190".parse().unwrap())])).unwrap();
    let text = serde_json::to_string(&condition).unwrap();
    assert_eq!(text, r#"{"field":"price","test":{"in":[{"money":"0.0190"}]}}"#);
    assert_eq!(serde_json::from_str::<Condition>(&text).unwrap(), condition);
}

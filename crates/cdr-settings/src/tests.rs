//! Tests of accepted values, and of error messages for others.

use std::time::Duration;

use crate::{Row, Setting, ValueKind, Values, YES_OR_NO};

/// The same text for every setting.
struct Given(&'static str);

impl Values for Given {
    fn text(&self, _: &dyn Row) -> &str {
        self.0
    }

    fn origin(&self, row: &dyn Row) -> String {
        format!("the setting {}, given by a test", row.name())
    }
}

fn setting<T: Sync>(kind: ValueKind<T>) -> Setting<T> {
    Setting { name: "a.setting", kind, ..Setting::PLAIN }
}

/// The error message for a text; empty if the setting accepts it.
fn message<T: Clone + Sync>(kind: ValueKind<T>, text: &'static str) -> String {
    setting(kind).read(&Given(text)).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn error_messages_describe_accepted_values() {
    let origin = "the setting a.setting, given by a test: ";
    let addresses = || ValueKind::<std::net::IpAddr>::parsed("an IP address");
    for (found, expected) in [
        (message(YES_OR_NO, "true"), ""),
        (message(YES_OR_NO, "yes"), "`yes` is not true or false"),
        (message(ValueKind::Choice(&[("a", 1), ("b", 2), ("c", 3)]), "d"), "`d` is not a, b or c"),
        (message(ValueKind::count(1, 64), "64"), ""),
        (message(ValueKind::count(1, 64), "65"), "`65` is not a number from 1 to 64"),
        (message(ValueKind::count(1, i64::MAX), "0"), "`0` is not a number, 1 or more"),
        (message(ValueKind::seconds(0), "-1"), "`-1` is not a number of seconds, zero or more"),
        (message(ValueKind::count(1, i64::MAX), "18446744073709551615"), ""),
        (
            message(ValueKind::count(1, i64::MAX), "-18446744073709551615"),
            "`-18446744073709551615` is not a number, 1 or more",
        ),
        (message(ValueKind::seconds(1), "ten"), "`ten` is not a number of seconds, 1 or more"),
        (
            message(ValueKind::seconds(1), "99999999999999999999"),
            "`99999999999999999999` is not a number of seconds, 1 or more",
        ),
        (message(addresses(), "10.0.0.1"), ""),
        (message(addresses(), "proxy"), "invalid IP address syntax"),
        (message(ValueKind::TEXT, ""), ""),
    ] {
        let expected = if expected.is_empty() { String::new() } else { format!("{origin}{expected}") };
        assert_eq!(found, expected);
    }
}

#[test]
fn a_secret_is_not_repeated() {
    let key = Setting { is_secret: true, ..setting(ValueKind::count(1, 9)) };
    let error = key.read(&Given("wonderful")).unwrap_err().to_string();
    assert_eq!(error, "the setting a.setting, given by a test: it is not a number from 1 to 9");
}

#[test]
fn empty_texts_have_no_value() {
    assert_eq!(setting(ValueKind::seconds(1)).read_some(&Given("")), Ok(None));
    assert_eq!(setting(ValueKind::seconds(1)).read_some(&Given("5")), Ok(Some(Duration::from_secs(5))));
    assert!(setting(ValueKind::seconds(1)).read_some(&Given("0")).is_err());
    assert_eq!(setting(ValueKind::SECONDS_OR_UNLIMITED).read(&Given("0")), Ok(None));
}

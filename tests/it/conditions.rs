//! Conditions (`--where`) say what a reader expects, in any store.

use std::fs;

use crate::harness::Tollbook;

const CALLS: &str = "\
key,started_at,customer,account,talk,peer_ip,called
1,2026-03-01T00:00:00Z,acme,100,60000000,192.0.2.7,+4930
2,2026-03-01T23:30:00Z,acme,101,61000000,192.0.2.200,+4931
3,2026-03-02T00:00:00Z,bolt,100,0,2001:db8::7,+4932
4,2026-02-28T23:30:00Z,bolt,100,3600000000,198.51.100.1,+4933
5,2026-03-05T00:00:00Z,,,,,
";

fn store() -> Tollbook {
    let tollbook = Tollbook::new();
    for (customer, currency, accounts) in [("acme", "EUR", &["100", "101"][..]), ("bolt", "USD", &["100"])] {
        tollbook.ok(&["customer", "add", customer, "--currency", currency]);
        accounts.iter().for_each(|number| drop(tollbook.ok(&["account", "add", customer, number])));
    }
    fs::write(tollbook.path("calls.csv"), CALLS).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "pbx1", "calls.csv"]);
    fs::write(tollbook.path("more.csv"), "key,started_at\n1,2026-03-07T00:00:00Z\n").unwrap();
    tollbook.ok(&["load", "--feed", "native", "--source", "pbx2", "more.csv"]);
    tollbook
}

#[test]
fn conditions_select_calls() {
    let tollbook = store();
    for (conditions, calls) in [
        (&["customer=acme"][..], 2),
        // The others have no customer, and a missing value meets no comparison.
        (&["customer!=acme"], 2),
        (&["customer!"], 2),
        (&["customer=acme,bolt"], 4),
        (&["customer^=a", "account=100"], 1),
        (&["account=100"], 3),
        (&["account=100", "currency=USD"], 2),
        (&["source=pbx1"], 5),
        (&["source!=pbx1"], 1),
        (&["currency=EUR"], 2),
        (&["peer_ip=192.0.2.0/24"], 2),
        (&["peer_ip=192.0.2.0/25"], 1),
        (&["peer_ip=192.0.2.7"], 1),
        (&["peer_ip=192.0.2.0/25,2001:db8::/32"], 2),
        (&["peer_ip=2001:0DB8::7"], 1),
        (&["peer_ip!=192.0.2.0/24"], 2),
        (&["peer_ip!"], 2),
        (&["talk>60s"], 2),
        (&["talk>=1m"], 3),
        (&["talk=60s,1h"], 2),
        (&["started_at>=2026-03-01"], 5),
        (&["started_at=2026-03-01"], 2),
        (&["started_at!=2026-03-01"], 4),
        (&["started_at<=2026-03-01"], 3),
        (&["started_at>2026-03-01"], 3),
        (&["started_at=2026-03-01,2026-03-05"], 3),
        (&["started_at>=2026-03-01T23:30:00"], 4),
    ] {
        let flags: Vec<&str> = conditions.iter().flat_map(|condition| ["--where", condition]).collect();
        assert_eq!(tollbook.count(&flags), calls, "{conditions:?}");
    }
    // The calls of 23:30 and of midnight move into other days.
    for (zone, calls) in [("UTC", 1), ("Europe/Berlin", 2), ("+00:15", 1), ("+00:30", 2), ("-00:15", 0)] {
        let of_day = ["--zone", zone, "--where", "started_at=2026-03-02"];
        assert_eq!(tollbook.count(&of_day), calls, "{zone}");
    }
    for (condition, message) in [
        ("talk>60", "60 of what? write 60s"),
        ("customer=nobody", "there is no customer `nobody`"),
        ("peer_ip=192.0.2.0/240", "is not a network"),
        ("started_at>=soon", "a bound is a date such as"),
    ] {
        let error = tollbook.fails(&["calls", "--where", condition]);
        assert!(error.contains(message), "{condition}: {error}");
    }
}

#[test]
fn a_receipt_names_conditions_that_can_be_given_again() {
    let tollbook = store();
    let export = ["export", "--where", "talk>60s", "--where", "peer_ip=192.0.2.0/24", "--output", "some.zip"];
    let printed = tollbook.ok(&export);
    assert!(printed.contains("talk>60s") && printed.contains("peer_ip=192.0.2.0/24"), "{printed}");
    tollbook.ok(&["verify", "some.zip"]);
}

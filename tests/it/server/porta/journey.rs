//! The records that a client of the original gets, and the life cycle of its licence.

use super::support::{LICENCE, json, rows};
use crate::harness::Tollbook;

const ALWAYS: &str = "2026-01-01/2027-01-01";

#[test]
fn a_customer_gets_all_of_its_records_and_no_others() {
    let tollbook = Tollbook::with_calls(3000, 30);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (account, customer) = tollbook.numbers_of("hls-0001");
    let server = tollbook.serve(&[]);
    let answer = json(&server, &format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/{ALWAYS}/true"));
    let (id, connected) = (customer.to_string(), ["--where", "connected_at?", "--where", "success=true"]);
    let stored = |more: &[&str]| {
        let by_connect = ["--all-kinds", "--anchor", "connect", "--from", "2026-01-01", "--until", "2027-01-01"];
        let all = [&by_connect[..], &connected, more].concat();
        // Calls that have not ended are left out, but charges have no end.
        let running = ["--where", "ended_at!", "--where", "kind=call,resale"];
        tollbook.count(&all) - tollbook.count(&[&all[..], &running].concat())
    };
    let of_customer = format!("customer_id={id}");
    let expected = stored(&["--where", &of_customer]);
    assert!(expected > 300, "{expected}");
    assert_eq!(answer["TotalCalls"], expected);
    let dictionary = &answer["DictPortaCustomerAccountCDRS"];
    assert_eq!(rows(dictionary).len() as u64, expected);
    let calls = dictionary["Voice Calls"].as_array().unwrap();
    let other = calls.iter().find(|call| call["ICustomer"] != customer || !call["CallType"].is_string());
    assert_eq!(other, None, "a call of another customer, or without a type");
    let services: Vec<&String> = dictionary.as_object().unwrap().keys().collect();
    assert!(services.len() > 2, "there are charges too: {services:?}");

    // One account, in pages.
    let mut seen = Vec::new();
    let mut offset = 0;
    loop {
        let path =
            format!("/getAccountCDRSWithOffset/{LICENCE}/{account}/{ALWAYS}/true/false/true/{offset}/false/UTC/false");
        let page = json(&server, &path);
        let found = page["lstPortaCustomerAccountCDRS"].as_array().unwrap();
        seen.extend(found.iter().map(|row| row["ID"].as_i64().unwrap()));
        assert_eq!(page["TotalCalls"], stored(&["--account", "hls-0001"]));
        offset = page["NextOffset"].as_i64().unwrap();
        if offset == 0 {
            break;
        }
    }
    let ids: std::collections::BTreeSet<i64> = seen.iter().copied().collect();
    assert_eq!((seen.len() as u64, ids.len()), (stored(&["--account", "hls-0001"]), seen.len()));

    // The charges for numbers (DIDs) of all customers.
    let charges = json(&server, &format!("/getcustomerdidcharges/{LICENCE}/{ALWAYS}"));
    assert!(charges["TotalCalls"].as_u64().unwrap() > 0, "{charges}");
    let without = charges["XDRSInfo"].as_array().unwrap().iter().find(|row| row["i_xdrSpecified"] != true);
    assert_eq!(without, None, "a charge without its number");
}

#[test]
fn a_licence_admits_to_its_scope_until_it_is_rotated_or_removed() {
    let tollbook = Tollbook::with_calls(500, 7);
    tollbook.licence("reader", LICENCE, &["--customer", "Harbour Lights Shipping"]);
    let (_, customer) = tollbook.numbers_of("hls-0001");
    let (_, other) = tollbook.numbers_of("llc-0005");
    let server = tollbook.serve(&[]);
    let answers = |licence: &str, customer: i64, wanted: u16| {
        let path = format!("/getCustomerAccountCDRS/{licence}/{customer}/{ALWAYS}/true.json");
        let answer = server.ask("", "GET", &path, &[]);
        assert_eq!(answer.status, wanted, "{licence}, customer {customer}: {}", answer.text());
    };
    answers(LICENCE, customer, 200);
    answers(LICENCE, other, 404);
    answers("another-licence", customer, 403);
    tollbook.licence("second", "another-licence", &["--environment", "1"]);
    answers("another-licence", customer, 200);
    answers("another-licence", other, 200);
    tollbook.ok(&["licence", "rotate", "reader"]);
    answers(LICENCE, customer, 403);
    tollbook.ok(&["licence", "remove", "second"]);
    answers("another-licence", customer, 403);
}

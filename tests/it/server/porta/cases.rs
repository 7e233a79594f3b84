//! Small inputs with which answers went wrong, over the real program and its store.

use std::fs;

use serde_json::Value;

use super::support::{LICENCE, json};
use crate::harness::Tollbook;
use crate::server::support::Server;

const HEADING: &str = "key,account,customer,kind,started_at,connected_at,ended_at,calling,called,call_id,price,\
                       xdr.bit_flags,xdr.conf_id,xdr.incoming_conf_id\n";

impl Tollbook {
    /// Loads lines of the feed `native`. Their accounts are those of Acme.
    fn loads(&self, lines: &[String]) {
        self.loads_of("Acme", lines);
    }

    fn loads_of(&self, customer: &str, lines: &[String]) {
        fs::write(self.path("more.csv"), format!("{HEADING}{}\n", lines.join("\n"))).unwrap();
        self.ok(&["load", "--feed", "native", "--customer", customer, "more.csv"]);
    }
}

/// A store with a licence for everything.
fn with_licence() -> Tollbook {
    let tollbook = Tollbook::new();
    for name in ["Acme", "Other"] {
        tollbook.ok(&["customer", "add", name]);
    }
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    tollbook
}

/// A call of the account 100 that is connected at a second of 16 November 2026.
fn call(key: &str, second: u32) -> String {
    let at = |second: u32| format!("2026-11-16T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60);
    let (connected, ended) = (at(second), at(second + 60));
    format!("{key},100,Acme,call,{connected},{connected},{ended},1,2,{key},0.50,,,")
}

fn ids(page: &Value, list: &str) -> Vec<i64> {
    page[list].as_array().unwrap().iter().map(|row| row["ID"].as_i64().unwrap()).collect()
}

fn page(server: &Server, account: i64, offset: i64) -> Value {
    let tail = format!("true/false/true/{offset}/false/UTC/false");
    json(server, &format!("/getAccountCDRSWithOffset/{LICENCE}/{account}/2026-11-16/2026-11-17/{tail}"))
}

#[test]
fn a_walk_has_each_call_of_its_first_page_once_on_every_server() {
    let tollbook = with_licence();
    tollbook.loads(&(0..59).map(|n| call(&format!("first{n}"), 40_000 + n)).collect::<Vec<_>>());
    let (account, _) = tollbook.numbers_of("100");
    fs::write(tollbook.path("tollbook.toml"), "[porta]\npage_size = 10\n").unwrap();
    let (one, other) = (tollbook.serve(&[]), tollbook.serve(&[]));
    let (mut seen, mut offset) = (Vec::new(), 0);
    for (at, server) in [&one, &other].into_iter().cycle().enumerate() {
        let page = page(server, account, offset);
        assert_eq!(page["TotalCalls"], 59);
        seen.extend(ids(&page, "lstPortaCustomerAccountCDRS"));
        if at == 1 {
            tollbook.loads(&(0..6).map(|n| call(&format!("late{n}"), 30_000 + n)).collect::<Vec<_>>());
        }
        offset = page["NextOffset"].as_i64().unwrap();
        if offset == 0 {
            break;
        }
    }
    let distinct: std::collections::BTreeSet<i64> = seen.iter().copied().collect();
    assert_eq!((seen.len(), distinct.len()), (59, 59));
    let next = page(&other, account, 0);
    assert_eq!(next["TotalCalls"], 65);
}

#[test]
fn a_call_over_midnight_belongs_to_the_day_of_its_first_leg() {
    let tollbook = with_licence();
    tollbook.loads(&[
        "1,100,Acme,call,2026-11-16T23:58:00Z,2026-11-16T23:59:00Z,2026-11-17T00:03:00Z,1,2,one,0.1,8,GRP1,".to_owned(),
        "2,200,Acme,call,2026-11-17T00:00:30Z,2026-11-17T00:01:00Z,2026-11-17T00:03:00Z,1,3,two,0.1,4,GRP2,GRP1"
            .to_owned(),
    ]);
    let other =
        "3,300,Other,call,2026-11-17T00:00:30Z,2026-11-17T00:01:00Z,2026-11-17T00:03:00Z,1,3,three,0.1,4,GRP3,GRP1"
            .to_owned();
    tollbook.loads_of("Other", &[other]);
    tollbook.licence("narrow", "another-licence", &["--customer", "Acme"]);
    let (_, customer) = tollbook.numbers_of("100");
    let server = tollbook.serve(&[]);
    let legs = |licence: &str, window: &str| -> Vec<String> {
        let path =
            format!("/getCustomerAccountConnectedVoiceCalls/{licence}/{customer}/{window}/true/false/true/UTC/true");
        let answer = json(&server, &path);
        let legs = answer["ConnectedCallDataRecords"]["Voice Calls"].as_array().cloned().unwrap_or_default();
        legs.iter().map(|leg| leg["CallId"].as_str().unwrap().to_owned()).collect()
    };
    for (window, narrow, wide) in [
        ("2026-11-16/2026-11-17", vec!["one", "two"], vec!["one", "two", "three"]),
        ("2026-11-17/2026-11-18", vec![], vec![]),
        ("2026-11-16/2026-11-18", vec!["one", "two"], vec!["one", "two", "three"]),
    ] {
        assert_eq!(legs("another-licence", window), narrow, "{window}");
        assert_eq!(legs(LICENCE, window), wide, "{window}");
    }
}

#[test]
fn a_call_is_given_out_once_its_end_has_come() {
    let tollbook = with_licence();
    let running = "1,100,Acme,call,2026-11-16T10:00:00Z,2026-11-16T10:00:05Z,,1,2,one,,,,";
    tollbook.loads(&[running.to_owned(), call("2", 40_000)]);
    let (account, customer) = tollbook.numbers_of("100");
    let server = tollbook.serve(&[]);
    let path = format!("/getCDRS/Account/{LICENCE}/{account}/2026-11-16/2026-11-17");
    assert_eq!(ids(&json(&server, &path), "PortaAccountCDRS"), [2]);
    tollbook.loads(&[
        "1,100,Acme,call,2026-11-16T10:00:00Z,2026-11-16T10:00:05Z,2026-11-16T10:05:05Z,1,2,one,0.75,,,".to_owned()
    ]);
    tollbook.ok(&["quarantine", "accept", "1"]);
    let answer = json(&server, &path);
    assert_eq!(ids(&answer, "PortaAccountCDRS"), [1, 2]);
    assert_eq!(answer["PortaAccountCDRS"][0]["Charged_Amount"], 0.75);
    let all = json(&server, &format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/2026-11-16/2026-11-17/true"));
    assert_eq!(all["TotalCalls"], 2);
}

#[test]
fn parties_and_directions_that_are_not_known() {
    let tollbook = with_licence();
    let line = |key: u32, flags: &str| {
        format!(
            "{key},100,Acme,call,2026-11-16T10:00:00Z,2026-11-16T10:00:05Z,2026-11-16T10:01:05Z,,2,c{key},0.1,{flags},,"
        )
    };
    tollbook.loads(&[line(1, "0"), line(2, "64"), line(3, "4"), line(4, "")]);
    let (account, customer) = tollbook.numbers_of("100");
    let server = tollbook.serve(&[]);
    let outgoing = json(&server, &format!("/getOutgoingCDRS/{LICENCE}/{account}/2026-11-16/2026-11-17/true"));
    assert_eq!(ids(&outgoing, "PortaAccountCDRS"), [3, 4]);
    let path = format!("/GetAccountCDRStatistics/{LICENCE}/{customer}/2026-11-16/2026-11-17/true/false/true/true/all");
    assert_eq!(json(&server, &path)["AccountStatisticsSummary"]["100"][0]["outgoing_count"], 2);
    let all = json(&server, &format!("/getCDRS/Account/{LICENCE}/{account}/2026-11-16/2026-11-17"));
    for row in all["PortaAccountCDRS"].as_array().unwrap() {
        assert_eq!((&row["CLI"], &row["CLD"]), (&Value::from(""), &Value::from("2")));
    }
}

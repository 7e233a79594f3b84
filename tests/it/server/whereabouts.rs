//! "Why is this call missing?": the command and the route say the same.

use std::fs;

use serde_json::{Value, json};

use super::support::{NAME, Server};
use crate::harness::Tollbook;

/// A call of 2026-11-21 that starts at this minute and second after ten.
fn call(key: &str, start: &str, calling: &str, called: &str, account: &str) -> String {
    let mut call = json!({
        "key": key, "started_at": format!("2026-11-21T10:{start}Z"), "ended_at": format!("2026-11-21T10:{start}Z"),
        "calling": calling, "called": called,
    });
    if account.is_empty() {
        call["account"] = json!("nobody");
    } else {
        (call["customer"], call["account"]) = (json!("Acme"), json!(account));
    }
    format!("{call}\n")
}

/// Loads lines as the file of a source.
fn load(tollbook: &Tollbook, source: &str, lines: &[String]) {
    fs::write(tollbook.path("calls.json"), lines.concat()).unwrap();
    tollbook.run(&["load", "--feed", "native", "--source", source, "calls.json"]);
}

/// What the command and the route answer: state, source, record and sentence of each finding, in lines.
fn answer(tollbook: &Tollbook, server: &Server, question: &[(&str, &str)]) -> String {
    let args = question.iter().flat_map(|(name, value)| [format!("--{name}"), (*value).to_owned()]);
    let args: Vec<String> = args.collect();
    let mut command = vec!["whereabouts", "--format", "json"];
    command.extend(args.iter().map(String::as_str));
    let said: Value = serde_json::from_str(&tollbook.ok(&command)).unwrap();
    let answered = server.get(&path(question));
    assert_eq!(answered.status, 200, "{}", answered.text());
    let findings = answered.json()["findings"].clone();
    let told = |findings: &Value| {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let line = |it: &Value| ["state", "source", "record", "says"].map(|name| text(&it[name])).join(" | ");
        findings.as_array().unwrap().iter().map(line).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(told(&said), told(&findings), "{question:?}");
    told(&findings).replace(&format!("{}/", tollbook.path("").display().to_string().trim_end_matches('/')), "")
}

fn path(question: &[(&str, &str)]) -> String {
    let encoded = |value: &str| value.replace('+', "%2B").replace(' ', "%20");
    let query: Vec<String> = question.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    format!("/api/v1/whereabouts?{}", query.join("&"))
}

#[test]
fn it_says_what_became_of_a_call() {
    let tollbook = Tollbook::new();
    tollbook.user(NAME, "administrator");
    tollbook.user("reader", "auditor");
    tollbook.ok(&["customer", "add", "Acme"]);
    tollbook.ok(&["account", "add", "Acme", "1000"]);
    let first = call("k/1", "00:00", "+49 30 555-0100", "100", "1000");
    let changed = call("k/1", "00:00", "+49 30 555-0100", "101", "1000");
    let unread = "{\"key\": \"k/4\", \"called\": \"300\", \"started_at\": \"nonsense\"}\n".to_owned();
    load(&tollbook, "pbx", &[first.clone(), call("k/2", "05:00", "1", "200", ""), changed, unread]);
    load(&tollbook, "old", &[call("k/5", "09:00", "1", "500", "1000")]);
    tollbook.ok(&["loads", "undo", "2"]);
    let server = tollbook.serve(&[]);
    server.generates("/api/rest/billing/generate-cdrs?from-date=2026-11-21T10:00:03Z&to-date=2026-11-21T11:00:00Z");
    load(&tollbook, "pbx", &[call("k/6", "30:00", "1", "600", "1000")]);

    let ten = ("time", "2026-11-21T10:00:00Z");
    let duplicate =
        "duplicate | pbx | null | calls.json:3 has the key of record 1 and other content, and waits in the quarantine";
    let present = "present | pbx | 1 | record 1 is there: load 1 stored it from calls.json";
    let both = format!("{present}\n{duplicate}");
    let unassigned = "unassigned | pbx | 2 | record 2 is there, but its account is unknown, so no customer sees it: load 1 \
                      stored it from calls.json. `tollbook account add --adopt` gives it an account";
    let nowhere = "not-received | old | null | not received; this source has no records within a day of it\n\
                   not-received | pbx | null | not received; the records of this source around it started at \
                   2026-11-21T10:05:00.000000Z and 2026-11-21T10:30:00.000000Z";
    for (question, expected) in [
        (&[("key", "k/1")][..], &both[..]),
        (&[("number", "030 5550100"), ten], &both),
        (&[("key", "k/1"), ("number", "5550100"), ten, ("source", "pbx")], &both),
        (&[("key", "k/2")], unassigned),
        (&[("number", "200"), ten], unassigned),
        (
            &[("key", "k/5"), ten],
            "withdrawn | old | 4 | record 3 is withdrawn: load 2 stored it from calls.json, and that load was undone",
        ),
        (&[("number", "999"), ("time", "2026-11-21T10:17:00Z")], nowhere),
        (
            &[("number", "999"), ("time", "2026-11-21T11:00:00Z"), ("source", "pbx")],
            "not-received | pbx | null | not received; the last record of this source before it started at \
             2026-11-21T10:30:00.000000Z",
        ),
        // A key that is not whole is not searched without a time.
        (
            &[("key", "6")],
            "not-searched | null | null | no record has this key as its whole natural key; with the time of the call, parts \
             of keys and call IDs are searched too",
        ),
        (
            &[("key", "6"), ("time", "2026-11-21T10:30:00Z")],
            "present | pbx | 5 | record 5 is there: load 3 stored it from calls.json",
        ),
        (
            &[("key", "k/6"), ("export", "1")],
            "late | pbx | 5 | record 5 arrived after the export was made, which has the records up to 4",
        ),
        (
            &[("number", "5550100"), ten, ("within", "0"), ("export", "1")],
            &format!(
                "outside-window | pbx | 1 | its start 2026-11-21T10:00:00.000000Z is 3 s before the window begins \
                 (2026-11-21T10:00:03.000000Z)\n{duplicate}"
            ),
        ),
        (&[("key", "k/2"), ("export", "1")], "included | pbx | 2 | the export has it, as record 2"),
    ] {
        assert_eq!(answer(&tollbook, &server, question), expected, "{question:?}");
    }
    let quarantined = answer(&tollbook, &server, &[("number", "300"), ten]);
    assert!(
        quarantined.starts_with("quarantined | pbx | null | calls.json:4 waits in the quarantine ("),
        "{quarantined}"
    );
    tollbook.ok(&["quarantine", "drop", "2"]);
    let dropped = answer(&tollbook, &server, &[("number", "300"), ten]);
    assert!(dropped.starts_with("dropped | pbx | null | calls.json:4 was in the quarantine ("), "{dropped}");
    let kept = ["--set", "store.retention_days=1"];
    let old = ["whereabouts", "--number", "999", "--time", "2020-01-01T00:00:00Z", "--format", "json"];
    assert!(tollbook.ok(&[&old[..], &kept].concat()).contains("\"expired\""));

    for (question, words) in [
        (&[][..], "a key or a number is needed"),
        (&[("number", "5550100")], "a number needs the time"),
        (&[("number", "0012"), ten], "has fewer than 3 digits"),
        (&[("number", "5550100"), ("time", "yesterday")], "the time `yesterday`"),
        (&[("key", "k/1"), ("source", "pbx9")], "there is no source `pbx9`"),
        (&[("key", "k/1"), ("export", "99")], "there is no export `99`"),
        (&[("key", "k/1"), ("export", "x")], "neither the number nor the identifier"),
        (&[("key", "")], "the key is empty"),
        (&[("key", "k/1"), ("within", "9999999")], "within is at most"),
    ] {
        let args = question.iter().flat_map(|(name, value)| [format!("--{name}"), (*value).to_owned()]);
        let args: Vec<String> = args.collect();
        let said =
            tollbook.fails(&["whereabouts"].into_iter().chain(args.iter().map(String::as_str)).collect::<Vec<_>>());
        assert!(said.contains(words), "{question:?}: {said}");
        let answered = server.get(&path(question));
        assert_eq!(answered.status, 400, "{question:?}: {}", answered.text());
        assert!(answered.json()["error"].as_str().unwrap().contains(words), "{question:?}: {}", answered.text());
    }
    assert_eq!(server.get("/api/v1/whereabouts?key=k%2F1&colour=red").status, 400);
    for name in ["", "reader"] {
        let answered = server.ask(name, "GET", "/api/v1/whereabouts?key=k%2F1", &[]);
        assert_eq!((answered.status, answered.header("WWW-Authenticate").starts_with("Basic")), (401, true), "{name}");
    }
}

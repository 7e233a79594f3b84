//! Output for people is printable: text from a record, an argument, a file or a request cannot control the terminal,
//! forge a line, or change the direction of the surrounding text.

use std::fs;

use cdr_model::is_printable;
use serde_json::json;

use crate::harness::Tollbook;
use crate::server::client::send;
use crate::server::porta::support::LICENCE;
use crate::server::support::NAME;
use crate::server::yeti::portal::{ADMIN, CUSTOMER, JSON_API, Portal, SUPPORT};

/// Escape, a C1 control, DEL, a character that reverses the direction of text, a line separator, and a new line.
const HOSTILE: &str = "0\u{1b}[31m\u{9b}2J\u{7f}\u{202e}gpj\u{2028}z\t\r\nFORGED";

/// Fails if a text contains unprintable characters or a forged line.
fn shows(what: &str, text: &[u8]) {
    let text = String::from_utf8(text.to_vec()).unwrap_or_else(|_| panic!("{what} prints what is not UTF-8"));
    let raw: String = text.replace("\r\n", "\n").chars().filter(|c| *c != '\n' && !is_printable(*c)).collect();
    assert!(raw.is_empty(), "{what} contains {raw:?} unescaped: {text:?}");
    assert!(!text.lines().any(|line| line.starts_with("FORGED")), "{what} contains a forged line: {text:?}");
}

/// Runs a command, which may fail, and checks all its output.
fn run(tollbook: &Tollbook, args: &[&str]) -> String {
    // To a pipe, `calls` writes CSV, which is for programs.
    let table: &[&str] =
        if args.contains(&"calls") && !args.contains(&"--count") { &["--format", "table"] } else { &[] };
    let output = tollbook.run(&[args, table].concat());
    shows(&format!("{args:?}"), &output.stdout);
    shows(&format!("{args:?}"), &output.stderr);
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

/// A store with hostile records of every feed.
fn loaded() -> Tollbook {
    let tollbook = Tollbook::new();
    let native = format!(
        "key,started_at,account,calling,called,call_id,price\n\
         A,2026-03-01T10:00:00Z,\"acc{HOSTILE}\",\"{HOSTILE}\",2,\"{HOSTILE}\",0.10\n\
         \"{HOSTILE}\",2026-03-01T10:00:00Z,,1,2,3,0.10\nB,2026-03-01T10:00:00Z,,1,2,3,\"{HOSTILE}\"\n\
         C,\"{HOSTILE}\",,1,2,3,0.10\nD,2026-03-01T10:00:00Z,,1,2,\"{HOSTILE}\"\n"
    );
    let asterisk = format!(
        "\"{HOSTILE}\",\"1\",\"{HOSTILE}\",\"{HOSTILE}\",\"{HOSTILE}\",\"x\",\"y\",\"a\",\"b\",\"2026-03-01 10:00:00\",\
         \"2026-03-01 10:00:01\",\"2026-03-01 10:00:09\",\"9\",\"8\",\"{HOSTILE}\",\"{HOSTILE}\",\"{HOSTILE}\",\"{HOSTILE}\"\n"
    );
    let name = format!("calls{HOSTILE}.csv");
    for (feed, text) in [("native", &native), ("asterisk-csv", &asterisk), ("dma-csv", &native), (HOSTILE, &native)] {
        fs::write(tollbook.path(&name), text).unwrap();
        run(&tollbook, &["customer", "add", "Acme"]);
        for more in [&["--customer", "Acme"][..], &["--source", HOSTILE], &["--customer", HOSTILE]] {
            run(&tollbook, &[&["load", "--set", "intake.max_bad=1", "--feed", feed, &name], more].concat());
        }
    }
    assert!(run(&tollbook, &["calls", "--count"]).trim() != "0", "no call was loaded");
    assert!(run(&tollbook, &["quarantine", "list"]).contains("\\u{7f}"), "no escaped text is listed");
    tollbook
}

#[test]
fn commands_print_no_control_characters_and_no_forged_lines() {
    let tollbook = loaded();
    let own = format!("name = \"own{HOSTILE}\"\n{HOSTILE} = 1\n");
    fs::create_dir(tollbook.path("layouts")).unwrap();
    fs::write(tollbook.path("layouts/own.toml"), &own).unwrap();
    fs::write(tollbook.path("hostile.toml"), &own).unwrap();
    tollbook.ok(&["export", "--output", "calls.zip"]);
    let receipt = fs::read_to_string(tollbook.path("calls.zip.receipt.json")).unwrap();
    fs::write(tollbook.path("forged.json"), receipt.replace("calls", HOSTILE)).unwrap();
    fs::write(tollbook.path("broken.json"), HOSTILE).unwrap();
    for args in [
        &["quarantine", "list", "--all"][..],
        &["quarantine", "show", "1"],
        &["quarantine", "show", "2"],
        &["quarantine", "accept", "1"],
        &["quarantine", "accept", "2"],
        &["quarantine", "show", HOSTILE],
        &["calls"],
        &["calls", "--fields", "account,calling,called,call_id"],
        &["calls", "--fields", HOSTILE],
        &["calls", "--where", &format!("price={HOSTILE}")],
        &["calls", "--where", &format!("{HOSTILE}=1")],
        &["calls", "--where", &format!("calling={HOSTILE}")],
        &["calls", "--from", HOSTILE],
        &["calls", "--account", HOSTILE],
        &["calls", "--zone", HOSTILE],
        &["calls", &format!("--{HOSTILE}")],
        &["calls", "one\ntwo"],
        &[HOSTILE],
        &["account", "list"],
        &["account", "add", HOSTILE, "--customer", "Acme"],
        &["account", "add", "a", "--customer", HOSTILE],
        &["customer", "add", HOSTILE],
        &["customer", "list"],
        &["customer", "add", "x", "--currency", HOSTILE],
        &["user", "remove", HOSTILE],
        &["user", "add", "x", "--role", HOSTILE],
        &["login", "remove", HOSTILE],
        &["licence", "remove", HOSTILE],
        &["exports", "show", HOSTILE],
        &["layout", "show", HOSTILE],
        &["--set", "layouts=layouts", "layout", "list"],
        &["--set", &format!("layouts={HOSTILE}"), "layout", "list"],
        &["--set", &format!("{HOSTILE}=1"), "calls"],
        &["--set", &format!("zone={HOSTILE}"), "calls"],
        &["--set", &format!("porta.zone={HOSTILE}"), "calls"],
        &["--config", HOSTILE, "calls"],
        &["--config", "hostile.toml", "calls"],
        &["--data", HOSTILE, "calls"],
        &["--set", &format!("database_url=postgres://localhost:1/{HOSTILE}"), "calls"],
        &["export", "--output", &format!("{HOSTILE}.zip")],
        &["export", "--layout", HOSTILE, "--output", "x.zip"],
        &["export", "--format", HOSTILE, "--output", "x.zip"],
        &["export", "--sheet", HOSTILE, "--output", "x.zip"],
        &["verify", &format!("{HOSTILE}.zip")],
        &["verify", HOSTILE],
        &["verify", "calls.zip", "--receipt", "forged.json"],
        &["verify", "calls.zip", "--receipt", "broken.json"],
        &["generate", "--calls", "3", "--days", "1", "--output", &format!("{HOSTILE}.csv")],
        &["backup", &format!("{HOSTILE}.db")],
        &["backup", &format!("{HOSTILE}.db")],
        &["restore", &format!("{HOSTILE}.db")],
        &["restore", HOSTILE],
        &["load", "--feed", "native", HOSTILE],
        &["move", "--from", HOSTILE, "--to", HOSTILE],
    ] {
        run(&tollbook, args);
    }
}

#[test]
fn error_responses_contain_only_printable_characters() {
    let tollbook = loaded();
    tollbook.ok(&["generate", "--calls", "200", "--days", "3", "--accounts", "4"]);
    tollbook.user(NAME, "administrator");
    tollbook.login("quill", SUPPORT, &[]);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "quill");
    let hostile: String = HOSTILE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for path in [
        format!("/cdr-exports?filter[{hostile}]=1"),
        format!("/cdr-exports?filter[rows_count_gt]={hostile}"),
        format!("/cdr-exports?sort={hostile}"),
        format!("/cdr-exports?include={hostile}"),
        format!("/cdr-exports?fields[{hostile}]=1"),
        format!("/cdr-exports/{hostile}"),
        format!("/cdrs/{hostile}"),
        format!("/{hostile}"),
    ] {
        let answer = portal.get(&path);
        assert!((400..500).contains(&answer.status), "{path}: {}", answer.text());
        shows(&path, &answer.body);
    }
    let token = ("Authorization", portal.token.as_str());
    for body in [
        json!({"data": {"type": HOSTILE}}),
        json!({"data": {"type": "cdr-exports", "attributes": {HOSTILE: 1}}}),
        json!({"data": {"type": "cdr-exports", "attributes": {"time-format": HOSTILE, "filters": {HOSTILE: HOSTILE}}}}),
        json!({HOSTILE: HOSTILE}),
    ] {
        let url = format!("{}{CUSTOMER}/cdr-exports", server.http);
        let answer = send("POST", &url, &[token, ("Content-Type", JSON_API)], body.to_string().as_bytes());
        shows(&body.to_string(), &answer.body);
    }
    let admin = Portal::sign_in_as_administrator(&server, NAME);
    let attributes = json!({"fields": [HOSTILE], "filters": {HOSTILE: HOSTILE}});
    let body = json!({"data": {"type": "cdr-exports", "attributes": attributes}});
    let answer = admin.ask("POST", "/cdr-exports", Some(&body));
    assert_eq!(answer.status, 422, "{ADMIN}: {}", answer.text());
    shows("an administrator's order", &answer.body);

    let (_, customer) = tollbook.numbers_of(SUPPORT.number);
    for format in ["json", "jsv", "xml", "csv", "html"] {
        for path in [
            format!("/{format}/reply/PortaCDR?License={LICENCE}&CustomerId={hostile}"),
            format!("/{format}/reply/PortaCDR?License={LICENCE}&StartDate={hostile}"),
            format!("/{format}/reply/{hostile}"),
            format!("/{hostile}?format={format}"),
            format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/{hostile}/2027-01-01/true.{format}"),
        ] {
            let answer = server.ask("", "GET", &path, &[]);
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.text());
            shows(&path, &answer.body);
        }
    }
    for path in [
        format!("/api/rest/billing?from-date={hostile}"),
        format!("/api/rest/billing/generate-cdrs?to-date={hostile}"),
        format!("/api/rest/billing/{hostile}"),
    ] {
        for accept in ["application/json", "application/xml"] {
            let method = if path.contains("generate") { "POST" } else { "GET" };
            let answer = server.ask(NAME, method, &path, &[("Accept", accept)]);
            assert!((400..500).contains(&answer.status), "{path}: {}", answer.text());
            shows(&path, &answer.body);
        }
    }
    drop(server);
    shows("the log", tollbook.logged().as_bytes());
}

#[test]
fn an_html_page_escapes_unprintable_characters() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme"]);
    let call = format!(
        "key,started_at,connected_at,ended_at,success,account,calling,called,call_id\n\
         A,2026-03-01T10:00:00Z,2026-03-01T10:00:01Z,2026-03-01T10:00:09Z,true,a1,\"{HOSTILE}\",2,\"{HOSTILE}\"\n"
    );
    fs::write(tollbook.path("calls.csv"), call).unwrap();
    tollbook.ok(&["load", "--feed", "native", "--customer", "Acme", "calls.csv"]);
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (_, customer) = tollbook.numbers_of("a1");
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let path = format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/2026-01-01/2027-01-01/true.html");
    let answer = server.ask("", "GET", &path, &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(
        answer.text().contains("\\u{202e}"),
        "the page does not contain the escaped number of the call: {}",
        answer.text()
    );
    shows(&path, &answer.body);
}

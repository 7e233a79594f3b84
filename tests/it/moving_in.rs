//! The stories of `docs/MOVING.md`, with files that the systems of before would have written: clients find what they know.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Tollbook, fixture, root};
use crate::server::client::send;
use crate::server::support::PASSWORD;

/// The commands of the first block of a section that are run before the server.
fn commands(section: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/MOVING.md")).unwrap();
    let (_, rest) = text.split_once(&format!("## {section}")).unwrap();
    let block = rest.split("```sh\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let commands = block.lines().map(|line| line.strip_prefix("tollbook ").expect(line));
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect();
    commands.filter(|line| !line.starts_with("serve")).map(words).collect()
}

/// Runs the commands of a section on these files.
fn moved(section: &str, files: &[(&str, Vec<u8>)]) -> Tollbook {
    let tollbook = Tollbook::without_store();
    for (name, bytes) in files {
        fs::write(tollbook.path(name), bytes).unwrap();
    }
    for command in commands(section) {
        let said = tollbook.ok(&command.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!said.contains("records read: 0 loaded"), "{command:?}: {said}");
    }
    tollbook
}

#[test]
fn a_client_of_a_dma_finds_its_calls() {
    let files = [
        ("password.txt", PASSWORD.as_bytes().to_vec()),
        ("cdrExport.zip", fs::read(fixture("dma/cdrExport.zip")).unwrap()),
    ];
    let tollbook = moved("I had a RealPresence DMA", &files);
    let server = tollbook.serve(&[]);
    let window = "from-date=2000-01-01T00:00:00Z&to-date=2100-01-01T00:00:00Z";
    let ordered = server.ask("billing", "POST", &format!("/api/rest/billing/generate-cdrs?{window}"), &[]);
    assert_eq!(ordered.status, 202, "{}", ordered.text());
    let status = server.finished("billing");
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{status}");
}

#[test]
fn a_client_of_a_yeti_finds_its_accounts_and_calls() {
    let password = "$2a$04$FcPK.1LhWgQ8WKjl5hX8ieNjWIyqlmPBT6N/yI7ukZJSu8GdiA6jG";
    let cdrs = fs::read(fixture("yeti/cdr.csv")).unwrap();
    let account = "2b0c7b0e-6a3a-4d57-9f7c-0d8a3f1c2b11";
    let files = [
        ("customers.csv", b"id,name,external_id\n3,Acme,ext-3\n".to_vec()),
        (
            "accounts.csv",
            format!("id,number,name,customer,external_id,uuid,balance,min_balance,max_balance\n17,17,main,Acme,,{account},1.50,0,100\n")
                .into_bytes(),
        ),
        ("logins.csv", format!("login,password_digest,customer,account_ids,allowed_ips,id\nacme,{password},Acme,{{}},{{0.0.0.0/0}},5\n").into_bytes()),
        ("cdr.csv", cdrs),
    ];
    let tollbook = moved("I had a Yeti", &files);
    let listed: Value = serde_json::from_str(&tollbook.ok(&["login", "list", "--format", "json"])).unwrap();
    assert_eq!((&listed[0]["id"], &listed[0]["login"]), (&json!(5), &json!("acme")), "{listed}");
    let server = tollbook.serve(&[]);
    let body = json!({ "auth": { "login": "acme", "password": "correct horse" } }).to_string();
    let sign_in = format!("{}/api/rest/customer/v1/auth", server.http);
    let token = send("POST", &sign_in, &[("Content-Type", "application/json")], body.as_bytes());
    assert_eq!(token.status, 201, "{}", token.text());
    let token = token.json()["jwt"].as_str().unwrap().to_owned();
    let accounts = format!("{}/api/rest/customer/v1/accounts/{account}", server.http);
    let found = send("GET", &accounts, &[("Authorization", &token)], b"");
    assert_eq!((found.status, &found.json()["data"]["attributes"]["name"]), (200, &json!("main")), "{}", found.text());
    let of_account = tollbook.count(&["--where", "account=17"]);
    assert_eq!(of_account, 3, "the attempts of the account");
    assert_eq!(tollbook.count(&["--where", "customer=Acme"]), of_account);
}

#[test]
fn a_client_of_portacdr_finds_its_records_by_its_licence() {
    let files = [
        ("customers.csv", b"id,name,environment\n101,Acme,1\n".to_vec()),
        ("accounts.csv", b"id,number,customer\n7001,493023125001,Acme\n".to_vec()),
        ("services.csv", b"id,name,kind\n5,Payments,payment\n".to_vec()),
        ("licence.txt", b"0123-4567-89ab-cdef".to_vec()),
        ("xdrs.csv", fs::read(fixture("porta/xdrs.csv")).unwrap()),
    ];
    let tollbook = moved("I had a PortaSwitch with PortaCDR", &files);
    let server = tollbook.serve(&[]);
    let ask = |licence: &str| {
        let path = format!("/getCDRS/Account/{licence}/7001/2026-11-01/2026-12-01?format=json");
        send("GET", &format!("{}{path}", server.http), &[], b"")
    };
    let answer = ask("0123-4567-89ab-cdef");
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("493023125014"), "{}", answer.text());
    assert_eq!(ask("another-licence").status, 403);
}

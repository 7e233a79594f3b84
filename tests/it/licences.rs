//! Licences on the command line: their texts are shown once and stored nowhere.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::harness::{self, Tollbook};

const GUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A store with two customers.
fn store() -> Tollbook {
    let tollbook = Tollbook::new();
    for name in ["Acme", "Bolt"] {
        tollbook.ok(&["customer", "add", name, "--currency", "EUR"]);
    }
    tollbook
}

/// The generated text in the output of a command: the line that consists of it.
fn made(printed: &str) -> String {
    let is_text = |line: &&str| line.len() == 64 && line.bytes().all(|c| c.is_ascii_hexdigit());
    let mut found = printed.lines().filter(is_text);
    let text = found.next().unwrap_or_else(|| panic!("there is no licence text in {printed}"));
    assert_eq!(found.next(), None, "{printed}");
    text.to_owned()
}

/// The rows of the list, with one space between columns.
fn listed(tollbook: &Tollbook) -> Vec<String> {
    let list = tollbook.ok(&["licence", "list"]);
    list.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Whether the store or a file in its folder contains a text.
fn is_kept(tollbook: &Tollbook, text: &str) -> bool {
    let kept = [vec![tollbook.kept()], files(&tollbook.path("tollbook-data"))].concat();
    assert!(!kept[0].is_empty(), "the store is empty");
    kept.iter().any(|bytes| bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())))
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![fs::read(path).unwrap()] }).collect()
}

#[test]
fn a_generated_licence_is_shown_once_and_stored_nowhere() {
    let tollbook = store();
    let printed = tollbook.ok(&["licence", "add", "portal", "--environment", "1"]);
    assert!(
        printed.starts_with("added licence 1 `portal`: environment 1\n") && printed.contains("not shown again"),
        "{printed}"
    );
    let first = made(&printed);
    let printed = tollbook.ok(&["licence", "add", "billing", "--customer", "Bolt", "--customer", "Acme"]);
    assert!(printed.starts_with("added licence 2 `billing`: Acme, Bolt\n"), "{printed}");
    let second = made(&printed);
    let printed = tollbook.ok(&["licence", "rotate", "portal"]);
    assert!(printed.starts_with("licence `portal` has a new text; the old one is refused\n"), "{printed}");
    let third = made(&printed);
    let texts = [first, second, third];
    assert_eq!(BTreeSet::from(texts.each_ref()).len(), 3, "{texts:?}");
    assert_eq!(listed(&tollbook), ["1 portal environment 1", "2 billing Acme, Bolt"]);
    for text in texts {
        assert!(!is_kept(&tollbook, &text), "{text} is kept");
    }
    assert_eq!(tollbook.ok(&["licence", "remove", "portal"]), "removed licence `portal`\n");
    assert_eq!(listed(&tollbook), ["2 billing Acme, Bolt"]);
}

#[test]
fn a_given_licence_is_read_from_a_file_or_a_pipe_and_not_shown() {
    let tollbook = store();
    fs::write(tollbook.path("licence"), format!("{GUID}\nmore\n")).unwrap();
    let printed = tollbook.ok(&["licence", "add", "portal", "--environment", "1", "--licence-file", "licence"]);
    assert_eq!(printed, "added licence 1 `portal`: environment 1\n");

    let mut child = tollbook
        .command(&["licence", "rotate", "portal", "--licence-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"BROUGHT-LICENCE\r\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", harness::outcome(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "licence `portal` has a new text; the old one is refused\n");
    for text in [GUID, "BROUGHT-LICENCE"] {
        assert!(!is_kept(&tollbook, text), "{text} is kept");
    }

    let printed = tollbook.ok(&["licence", "add", "again", "--environment", "2", "--licence-file", "licence"]);
    assert_eq!(printed, "added licence 2 `again`: environment 2\n", "the old text is free again");
}

#[test]
fn an_invalid_licence_is_explained_without_its_text() {
    let tollbook = store();
    fs::write(tollbook.path("taken"), GUID).unwrap();
    tollbook.ok(&["licence", "add", "portal", "--environment", "1", "--licence-file", "taken"]);
    for (text, message) in [
        (GUID, "this text is already in use; choose another"),
        ("SECRET7", "a licence has 8 to 256 characters, this one has 7"),
        (&"SECRET7".repeat(37), "a licence has 8 to 256 characters, this one has 259"),
        ("SECRET/licence", "must have no `/`"),
        ("SECRET\tlicence", "no control characters"),
        ("SECRET licence ", "must not start or end with a blank"),
        ("", "the licence of `bolt`, in brought: the first line is empty"),
    ] {
        fs::write(tollbook.path("brought"), text).unwrap();
        let add = ["licence", "add", "bolt", "--customer", "Bolt", "--licence-file", "brought"];
        let error = tollbook.fails(&add);
        assert!(error.contains(message) && !error.contains("SECRET") && !error.contains(GUID), "{error}");
    }
    assert_eq!(listed(&tollbook), ["1 portal environment 1"]);
}

#[test]
fn invalid_names_and_scopes_are_refused() {
    let tollbook = store();
    tollbook.ok(&["licence", "add", "portal", "--environment", "1"]);
    for (args, message) in [
        (&["add", "portal", "--environment", "2"][..], "the licence `portal` already exists"),
        (&["add", "", "--environment", "2"], "1 to 128 characters"),
        (&["add", "a\tb", "--environment", "2"], "no control characters"),
        (&["add", "bolt"], "--environment <NUMBER>|--customer <NAME>"),
        (&["add", "bolt", "--environment", "1", "--customer", "Bolt"], "cannot be used with"),
        (&["add", "bolt", "--environment", "0"], "invalid value '0'"),
        (&["add", "bolt", "--customer", "Nobody"], "there is no customer `Nobody`"),
        (&["add", "bolt", "--environment", "1", "--licence-file", "nothing"], "reading nothing"),
        (&["rotate", "bolt"], "there is no licence `bolt`"),
        (&["remove", "bolt"], "there is no licence `bolt`"),
    ] {
        let error = tollbook.fails(&[&["licence"], args].concat());
        assert!(error.contains(message), "{args:?}: {error}");
    }
    assert_eq!(listed(&tollbook), ["1 portal environment 1"]);
    let error = Tollbook::without_store().fails(&["licence", "list"]);
    assert!(error.contains("no store at") || error.contains("does not have its tables"), "{error}");
}

//! Licences on the command line: their texts are told once, and kept nowhere.

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

/// The text that a command made: the line that is nothing else.
fn made(said: &str) -> String {
    let is_text = |line: &&str| line.len() == 64 && line.bytes().all(|c| c.is_ascii_hexdigit());
    let mut found = said.lines().filter(is_text);
    let text = found.next().unwrap_or_else(|| panic!("there is no text in {said}"));
    assert_eq!(found.next(), None, "{said}");
    text.to_owned()
}

/// The rows of the list, with one blank between columns.
fn listed(tollbook: &Tollbook) -> Vec<String> {
    let list = tollbook.ok(&["licence", "list"]);
    list.lines().skip(2).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// Whether the store holds a text, or a file beside it does.
fn is_kept(tollbook: &Tollbook, text: &str) -> bool {
    let kept = [vec![tollbook.kept()], files(&tollbook.path("tollbook-data"))].concat();
    assert!(!kept[0].is_empty(), "nothing at all is kept");
    kept.iter().any(|bytes| bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())))
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![fs::read(path).unwrap()] }).collect()
}

#[test]
fn a_licence_that_is_made_is_shown_once_and_kept_nowhere() {
    let tollbook = store();
    let said = tollbook.ok(&["licence", "add", "portal", "--environment", "1"]);
    assert!(
        said.starts_with("added licence 1 `portal`: environment 1\n") && said.contains("not shown again"),
        "{said}"
    );
    let first = made(&said);
    let said = tollbook.ok(&["licence", "add", "billing", "--customer", "Bolt", "--customer", "Acme"]);
    assert!(said.starts_with("added licence 2 `billing`: Acme, Bolt\n"), "{said}");
    let second = made(&said);
    let said = tollbook.ok(&["licence", "rotate", "portal"]);
    assert!(said.starts_with("licence `portal` has another text; the old one is refused\n"), "{said}");
    let third = made(&said);
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
fn a_licence_that_is_brought_comes_from_a_file_or_a_pipe_and_is_not_shown() {
    let tollbook = store();
    fs::write(tollbook.path("licence"), format!("{GUID}\nmore\n")).unwrap();
    let said = tollbook.ok(&["licence", "add", "portal", "--environment", "1", "--licence-file", "licence"]);
    assert_eq!(said, "added licence 1 `portal`: environment 1\n");

    let mut child = tollbook
        .command(&["licence", "rotate", "portal", "--licence-file", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"BROUGHT-LICENCE\r\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", harness::said(&output));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "licence `portal` has another text; the old one is refused\n");
    for text in [GUID, "BROUGHT-LICENCE"] {
        assert!(!is_kept(&tollbook, text), "{text} is kept");
    }

    let said = tollbook.ok(&["licence", "add", "again", "--environment", "2", "--licence-file", "licence"]);
    assert_eq!(said, "added licence 2 `again`: environment 2\n", "nobody has the old text any more");
}

#[test]
fn what_cannot_be_a_licence_is_explained_without_its_text() {
    let tollbook = store();
    fs::write(tollbook.path("taken"), GUID).unwrap();
    tollbook.ok(&["licence", "add", "portal", "--environment", "1", "--licence-file", "taken"]);
    for (text, said) in [
        (GUID, "this text is a licence already; take another"),
        ("SECRET7", "a licence has 8 to 256 characters, this one has 7"),
        (&"SECRET7".repeat(37), "a licence has 8 to 256 characters, this one has 259"),
        ("SECRET/licence", "holds no `/`"),
        ("SECRET\tlicence", "no control characters"),
        ("SECRET licence ", "neither begins nor ends with a blank"),
        ("", "the licence of `bolt`, in brought: the first line is empty"),
    ] {
        fs::write(tollbook.path("brought"), text).unwrap();
        let add = ["licence", "add", "bolt", "--customer", "Bolt", "--licence-file", "brought"];
        let error = tollbook.fails(&add);
        assert!(error.contains(said) && !error.contains("SECRET") && !error.contains(GUID), "{error}");
    }
    assert_eq!(listed(&tollbook), ["1 portal environment 1"]);
}

#[test]
fn names_and_scopes_that_are_none_are_refused() {
    let tollbook = store();
    tollbook.ok(&["licence", "add", "portal", "--environment", "1"]);
    for (args, said) in [
        (&["add", "portal", "--environment", "2"][..], "the licence `portal` is there already"),
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
        assert!(error.contains(said), "{args:?}: {error}");
    }
    assert_eq!(listed(&tollbook), ["1 portal environment 1"]);
    let error = Tollbook::new().fails(&["licence", "list"]);
    assert!(error.contains("there is no store") || error.contains("has no tables of ours"), "{error}");
}

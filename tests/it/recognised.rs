//! Loads of files as they are found: packed, of another feed, cut, with a wrong clock.

use std::fs;

use crate::harness::{Tollbook, fixture, outcome};

/// Loads a sample, and returns the exit code and what was printed.
fn load(tollbook: &Tollbook, args: &[&str], name: &str) -> (i32, String) {
    let file = fixture(&format!("intake/{name}"));
    let output = tollbook.run(&[&["load"], args, &[file.as_str()]].concat());
    (output.status.code().unwrap(), outcome(&output))
}

#[test]
fn a_refused_file_has_exit_code_3_and_leaves_nothing() {
    let tollbook = Tollbook::new();
    for (args, name, words) in [
        (&["--feed", "asterisk-csv"][..], "wrong-feed.csv", "--feed native"),
        (&["--feed", "asterisk-csv"], "semicolon.csv", "semicolons"),
        (&["--feed", "asterisk-csv", "--zone", "+03:00"], "cdr_custom.csv", "--feed asterisk-table"),
        (&["--feed", "asterisk-csv"], "wrongzone.csv", "--zone +01:00"),
        (&["--feed", "native"], "bom.csv", "--feed asterisk-csv"),
        (&["--feed", "native", "--sheet", "accounts"], "wrong-feed.csv", "these are the columns of calls"),
    ] {
        let (code, said) = load(&tollbook, args, name);
        assert_eq!(code, 3, "{name}: {said}");
        assert!(said.contains(words), "{name}: {said}");
    }
    assert_eq!(tollbook.count(&[]), 0);
    assert!(tollbook.ok(&["quarantine", "list", "--all"]).contains("the quarantine is empty"));
}

#[test]
fn files_are_loaded_with_the_settings_that_they_need() {
    for (args, name, calls) in [
        (&["--feed", "asterisk-csv"][..], "Master.csv.gz", 2),
        (&["--feed", "asterisk-csv"], "utf16le.csv", 3),
        (&["--feed", "asterisk-csv"], "header.csv", 1),
        (&["--feed", "asterisk-table", "--zone", "+03:00"], "cdr_custom.csv", 4),
        (&["--feed", "asterisk-csv", "--zone", "+01:00"], "wrongzone.csv", 1),
        (&["--feed", "asterisk-csv", "--trust-zone"], "wrongzone.csv", 1),
        (&["--feed", "asterisk-csv", "--quoting", "tolerant"], "unescaped.csv", 2),
        (&["--feed", "asterisk-csv"], "nul.csv", 1),
        (&["--feed", "native"], "zero_connect.csv", 2),
    ] {
        let tollbook = Tollbook::new();
        let (code, said) = load(&tollbook, args, name);
        assert_eq!(code, 0, "{name}: {said}");
        assert_eq!(tollbook.count(&[]), calls, "{name}: {said}");
    }
}

#[test]
fn a_last_line_without_a_line_end_waits() {
    let whole = String::from_utf8(fs::read(fixture("intake/cut-21-columns.csv")).unwrap()).unwrap() + ".2\",2\n";
    let tollbook = Tollbook::new();
    let load = |text: &str, more: &[&str]| {
        fs::write(tollbook.path("Master.csv"), text).unwrap();
        tollbook.ok(&[&["load", "--feed", "asterisk-csv"], more, &["Master.csv"]].concat())
    };
    let cut = whole.trim_end();
    let said = load(cut, &[]);
    assert!(said.contains("1 record read: 1 loaded"), "{said}");
    assert!(said.contains("note: Master.csv:2: the last line has no line end and waits"), "{said}");
    let said = load(cut, &["--final"]);
    assert!(said.contains("2 records read: 1 loaded, 1 already known"), "{said}");
    let said = load(&whole, &[]);
    assert!(said.contains("2 records read: 0 loaded, 2 already known"), "{said}");
    // What comes through a pipe is complete.
    let piped = Tollbook::new();
    fs::write(piped.path("Master.csv"), cut).unwrap();
    let file = fs::File::open(piped.path("Master.csv")).unwrap();
    let output = piped.command(&["load", "--feed", "asterisk-csv", "-"]).stdin(file).output().unwrap();
    assert!(output.status.success(), "{}", outcome(&output));
    assert_eq!(piped.count(&[]), 2);
}

#[test]
fn a_dry_run_says_what_a_load_would_do() {
    let tollbook = Tollbook::new();
    tollbook.ok(&["customer", "add", "Acme", "--currency", "EUR"]);
    tollbook.ok(&["account", "add", "Acme", "acc"]);
    let text = "started_at,key,account,calling\n2026-11-21T10:00:00Z,a,acc,1\n2026-11-22T10:00:00Z,b,other,2\nx,c,acc,3\n2026-11-21T10:00:00Z,a,acc,1\n";
    fs::write(tollbook.path("calls.csv"), text).unwrap();
    let said = tollbook.ok(&["load", "--feed", "native", "--dry-run", "calls.csv"]);
    let expected = "dry run, nothing was loaded: 4 records read: 2 loaded, 1 already known, 1 quarantined; 1 loaded without an account\n\
                    calls that started from 2026-11-21T10:00:00Z to 2026-11-22T10:00:00Z\n\
                    1 known accounts: acc\n\
                    1 unknown accounts: other\n\
                    2 calls in EUR, 1 calls of nobody\n\
                    calls.csv:4: field-unreadable: field `started_at` takes an instant such as 2026-11-21T10:00:00.000000Z, not `x`\n    \
                    x,c,acc,3\n";
    assert_eq!(said, expected);
    assert_eq!(tollbook.count(&[]), 0);
    assert!(
        tollbook
            .ok(&["load", "--feed", "native", "calls.csv"])
            .contains("4 records read: 2 loaded, 1 already known, 1 quarantined")
    );
}

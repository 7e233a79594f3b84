//! Files that are read by a mapping: of the command line, of a source, and of the built-in feeds.

use std::fs;

use crate::harness::{Tollbook, fixture, outcome, same};

#[test]
fn a_guessed_mapping_loads_the_file_that_it_was_guessed_from() {
    let tollbook = Tollbook::new();
    let file = fixture("table/carrier.csv");
    let guess = ["feed", "guess", "--encoding", "windows-1252", "--zone", "Europe/Berlin", &file];
    let mapping = tollbook.ok(&guess);
    assert!(mapping.contains("# It reads 7 of the first 8 records."), "{mapping}");
    fs::write(tollbook.path("guessed.toml"), mapping).unwrap();
    let load = ["load", "--feed", "table", "--mapping", "guessed.toml", "--encoding", "windows-1252", "--zone"];
    let said = tollbook.ok(&[&load[..], &["Europe/Berlin", &file]].concat());
    assert!(said.contains("8 records read: 7 loaded, 0 already known, 1 quarantined"), "{said}");
    assert_eq!(tollbook.count(&["--where", "calling_name=Jörg Beispiel"]), 1);
    let said = tollbook.ok(&["feed", "guess", &fixture("asterisk/freepbx.csv")]);
    assert!(said.lines().next().unwrap().ends_with("--feed asterisk-table"), "{said}");
}

/// A source in the configuration file names the file of its mapping; one in the store has the mapping itself.
#[test]
fn a_source_has_its_mapping() {
    let (file, mapping) = (fixture("table/carrier.csv"), fixture("table/carrier.toml"));
    let text = fs::read_to_string(&mapping).unwrap();
    for in_file in [true, false] {
        let tollbook = Tollbook::new();
        fs::write(tollbook.path("carrier.toml"), &text).unwrap();
        if in_file {
            let settings =
                "[sources.carrier]\nfeed = \"table\"\nmapping = \"carrier.toml\"\nzone = \"Europe/Berlin\"\n";
            fs::write(tollbook.path("tollbook.toml"), settings).unwrap();
        } else {
            let add = ["source", "add", "carrier", "--feed", "table", "--mapping", "carrier.toml", "--zone"];
            tollbook.ok(&[&add[..], &["Europe/Berlin"]].concat());
            fs::remove_file(tollbook.path("carrier.toml")).unwrap();
        }
        let said = tollbook.ok(&["load", "--source", "carrier", &file]);
        assert!(said.contains("7 loaded"), "{in_file}: {said}");
        assert_eq!(tollbook.count(&["--where", "started_at=2026-11-21T09:00:00Z"]), 1);
        // What is shown is what a configuration file may have.
        let shown = tollbook.ok(&["source", "show", "carrier"]);
        fs::write(tollbook.path("tollbook.toml"), shown).unwrap();
        let said = tollbook.ok(&["load", "--source", "carrier", &file]);
        assert!(said.contains("0 loaded, 7 already known"), "{in_file}: {said}");
    }
}

#[test]
fn a_mapping_that_is_missing_or_wrong_is_refused() {
    let tollbook = Tollbook::new();
    fs::write(tollbook.path("wrong.toml"), "[fields]\nstarted_at = 1\nprise = 2\n").unwrap();
    fs::write(tollbook.path("other.toml"), "[fields]\nstarted_at = \"Begin\"\n").unwrap();
    let file = fixture("table/carrier.csv");
    for (args, words) in [
        (&["source", "add", "a", "--feed", "table"][..], "the feed `table` reads files by a mapping"),
        (&["source", "add", "a", "--feed", "table", "--mapping", "none.toml"], "none.toml"),
        (&["source", "add", "a", "--feed", "table", "--mapping", "wrong.toml"], "line 3: calls have no field `prise`"),
        (&["source", "add", "a", "--feed", "native", "--mapping", "other.toml"], "takes no mapping"),
        (&["load", "--feed", "table", &file], "the feed `table` reads files by a mapping"),
        (&["load", "--feed", "native", "--mapping", "other.toml", &file], "takes no mapping"),
        (&["feed", "guess", "none.csv"], "none.csv"),
    ] {
        let said = tollbook.fails(args);
        assert!(said.contains(words), "{args:?}: {said}");
    }
    let refused = tollbook.run(&["load", "--feed", "table", "--mapping", "other.toml", &file]);
    assert_eq!(refused.status.code(), Some(3), "{}", outcome(&refused));
    assert!(outcome(&refused).contains("the heading has no column `Begin`"), "{}", outcome(&refused));
    for text in ["mapping = \"wrong.toml\"", ""] {
        let settings = format!("[sources.a]\nfeed = \"table\"\n{text}\n");
        fs::write(tollbook.path("tollbook.toml"), settings).unwrap();
        assert!(tollbook.fails(&["source", "list"]).contains("sources.a"));
    }
}

/// An export of Yeti's layout is loaded into another store, which then writes the same one.
#[test]
fn an_export_of_yeti_is_loaded_back_the_same() {
    let (one, other) = (Tollbook::with_calls(500, 3), Tollbook::new());
    let export = ["export", "--layout", "yeti-customer", "--package", "gzip", "--output"];
    one.ok(&[&export[..], &["calls.csv.gz"]].concat());
    let file = one.path("calls.csv.gz");
    let said = other.ok(&["load", "--feed", "yeti-csv", file.to_str().unwrap()]);
    assert!(said.contains("500 records read: 500 loaded, 0 already known, 0 quarantined"), "{said}");
    other.ok(&[&export[..], &["calls.csv.gz"]].concat());
    let read = |tollbook: &Tollbook| fs::read(tollbook.path("calls.csv.gz")).unwrap();
    same("the export, and that of the store that loaded it", &read(&one), &read(&other));
    let again = other.ok(&["load", "--feed", "yeti-csv", file.to_str().unwrap()]);
    assert!(again.contains("0 loaded, 500 already known"), "{again}");
}

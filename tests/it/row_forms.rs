//! A call that Asterisk wrote with other columns: `cdr.conf` was changed, or the file was copied from another place.

use std::fs;

use crate::harness::Tollbook;

/// What Asterisk adds to the 16 columns that all rows have.
const FORMS: [(&str, &[&str]); 7] = [
    ("16", &[]),
    ("17", &["uniqueid"]),
    ("17 with a userfield", &["userfield"]),
    ("18", &["uniqueid", "userfield"]),
    ("19", &["peeraccount", "linkedid", "sequence"]),
    ("20", &["uniqueid", "peeraccount", "linkedid", "sequence"]),
    ("21", &["uniqueid", "userfield", "peeraccount", "linkedid", "sequence"]),
];

/// Three calls: two that a queue rang at the same time, and one with a user field and an account of its peer.
fn file(columns: &[&str]) -> String {
    let row = |n: usize, channel: &str, called: &str, userfield: &str| {
        let optional = columns.iter().map(|column| match *column {
            "uniqueid" => ",\"1795255200.1\"".to_owned(),
            "userfield" => format!(",\"{userfield}\""),
            "peeraccount" => format!(",\"{userfield}\""),
            "linkedid" => ",\"1795255200.0\"".to_owned(),
            _ => format!(",{n}"),
        });
        format!(
            "\"acc\",\"100\",\"{called}\",\"ctx\",\"\"\"Ada\"\" <100>\",\"PJSIP/a-1\",\"{channel}\",\"Queue\",\"q\",\"2026-11-21 \
             10:00:00\",,\"2026-11-21 10:00:10\",10,0,\"NO ANSWER\",\"DOCUMENTATION\"{}\n",
            optional.collect::<String>()
        )
    };
    [row(4, "PJSIP/b-2", "200", ""), row(5, "PJSIP/c-3", "200", ""), row(6, "PJSIP/d-4", "201", "rec-1")].concat()
}

fn load(tollbook: &Tollbook, text: &str) -> String {
    fs::write(tollbook.path("Master.csv"), text).unwrap();
    tollbook.ok(&["load", "--feed", "asterisk-csv", "--source", "pbx", "Master.csv"])
}

#[test]
fn a_call_is_one_record_in_every_form() {
    for (before, of_first) in FORMS {
        let tollbook = Tollbook::new();
        load(&tollbook, &file(of_first));
        for (after, of_second) in FORMS {
            let said = load(&tollbook, &file(of_second));
            let have_ids = of_first.contains(&"uniqueid") && of_second.contains(&"uniqueid");
            let expected = match before == after || have_ids {
                true => "3 records read: 0 loaded, 3 already known, 0 quarantined",
                false => "3 records read: 0 loaded, 0 already known, 3 quarantined",
            };
            assert!(said.contains(expected), "{before}, then {after}: {said}");
            assert_eq!(tollbook.count(&[]), 3, "{before}, then {after}");
        }
        let reasons = tollbook.ok(&["quarantine", "summary"]);
        assert!(reasons.contains("form-unclear"), "{before}: {reasons}");
    }
}

#[test]
fn forms_may_alternate_in_a_file() {
    let [(_, seventeen), (_, twenty_one)] = [FORMS[1], FORMS[6]];
    for text in [file(seventeen) + &file(twenty_one), file(twenty_one) + &file(seventeen)] {
        let tollbook = Tollbook::new();
        let said = load(&tollbook, &text);
        assert!(said.contains("6 records read: 3 loaded, 3 already known"), "{said}");
        let said = load(&tollbook, &text);
        assert!(said.contains("6 records read: 0 loaded, 6 already known"), "{said}");
    }
}

#[test]
fn rows_that_an_earlier_program_stored_are_known_with_more_columns() {
    for (before, of_first) in &FORMS[1..4] {
        let tollbook = Tollbook::new();
        load(&tollbook, &file(of_first));
        tollbook.sql("UPDATE intake_keys SET form = NULL");
        let said = load(&tollbook, &file(FORMS[6].1));
        let expected = if of_first.contains(&"uniqueid") { "3 already known" } else { "3 quarantined" };
        assert!(said.contains(expected), "{before}: {said}");
    }
}

#[test]
fn two_rows_are_not_both_the_one_that_is_stored() {
    let [(_, seventeen), (_, twenty_one)] = [FORMS[1], FORMS[6]];
    let tollbook = Tollbook::new();
    load(&tollbook, &file(seventeen));
    let rows = file(twenty_one).replacen(",5\n", ",7\n", 1).replacen("PJSIP/c-3", "PJSIP/b-2", 1);
    let said = load(&tollbook, &rows);
    assert!(said.contains("3 records read: 0 loaded, 2 already known, 1 quarantined"), "{said}");
}

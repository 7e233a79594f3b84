use proptest::prelude::*;

use super::guess_mapping;
use crate::feed::table::{Table, TableMapping};
use crate::testing::{Sink, fixture};
use crate::{FeedSettings, IntakeError};

fn guessed(file: &[u8]) -> Result<String, IntakeError> {
    guess_mapping(file, "calls.csv", &FeedSettings::default())
}

/// The lines of a guess that have these words, and the calls that are loaded by it.
fn check(file: &str, lines: &[&str], loads: u64) {
    let text = guessed(file.as_bytes()).unwrap();
    for line in lines {
        assert!(text.lines().any(|known| known == *line), "no line `{line}` in\n{text}");
    }
    let mapping: TableMapping = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let settings = FeedSettings { mapping: Some(mapping), ..FeedSettings::default() };
    let sink = Sink::default();
    let report = sink.load(&Table, file.as_bytes(), &settings).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!((report.loaded, report.quarantined), (loads, 0), "{:?}\n{text}", sink.kept().quarantine);
}

#[test]
fn a_heading_and_values_say_what_columns_are() {
    check(
        "Title of the report\nCall ID;Start Time;Answer Time;End Time;Caller;Called Number;Seconds;Talk;Cost;Direction;Status;Site\n\
         c-1;21.11.2026 10:00:00;21.11.2026 10:00:05;21.11.2026 10:01:05;201;+49301;65;60;0,0190;Outbound;Answered;north\n\
         c-2;21.11.2026 11:00:00;;21.11.2026 11:00:20;202;+49302;20;0;;Inbound;Busy;north\n\
         c-3;21.11.2026 12:00:00;21.11.2026 12:00:05;21.11.2026 12:00:10;203;+49303;10;5;1.234,5;Outbound;Answered;\n",
        &[
            "delimiter = \";\"",
            "skip = 1                  # lines before the table",
            "decimal = \",\"",
            "thousands = \".\"",
            "times = [\"%d.%m.%Y %H:%M:%S%.f\"]",
            "key = \"Call ID\"",
            "started_at = \"Start Time\"",
            "connected_at = \"Answer Time\"",
            "ended_at = \"End Time\"",
            "duration = { from = \"Seconds\", unit = \"s\" }",
            "talk = { from = \"Talk\", unit = \"s\" }",
            "price = \"Cost\"",
            "calling = \"Caller\"",
            "called = \"Called Number\"",
            "direction = { from = \"Direction\", values = { \"Inbound\" = \"in\", \"Outbound\" = \"out\" }, otherwise = \"unknown\" }",
            "success = { from = \"Status\", values = { \"Answered\" = true }, otherwise = false }",
            "# \"extra.Site\" = \"Site\"  # such as `north`",
            "# It reads 3 of the first 3 records.",
        ],
        3,
    );
    check(
        "date,time,src,dst,minutes\n11/05/2026,10:00:00,201,202,1.5\n11/06/2026,11:00:00,201,203,0\n",
        &[
            "started_at = { join = [\"date\", \"time\"] }",
            "times = [\"%d/%m/%Y %H:%M:%S%.f\"]",
            "# No day is above 12, so it may as well be \"%m/%d/%Y\"",
            "talk = { from = \"minutes\", unit = \"min\" }",
            "duration = { from = \"minutes\", unit = \"min\" }",
        ],
        2,
    );
    check(
        "# written by a switch\n1795255200|1795255265|0305550100|0305550150|65|x\n1795255300|1795255310|0305550101|0305550151|10|x\n",
        &[
            "delimiter = \"|\"",
            "heading = false           # columns are named by their places, from 1",
            "comment = \"#\"",
            "started_at = 1",
            "ended_at = 2",
            "calling = 3",
            "called = 4",
            "duration = { from = 5, unit = \"s\" }",
        ],
        2,
    );
    check(
        "{\"id\":\"a\",\"call\":{\"start\":1795255200123,\"from\":\"201\",\"to\":\"202\"}}\n\
         {\"id\":\"b\",\"call\":{\"start\":1795255200124,\"from\":\"201\",\"to\":\"202\"}}\n",
        &["form = \"json-lines\"", "key = \"id\"", "started_at = \"call.start\"", "calling = \"call.from\""],
        2,
    );
    check(
        "start,success,status\n2026-11-21 10:00:00,true,ok\n2026-11-21 11:00:00,false,busy\n",
        &["success = \"success\"", "release_reason = \"status\""],
        2,
    );
    check(
        "start,name,uuid,name\n2026-11-21 10:00:00,\"the \"Boss\" x\",6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1,y\n",
        &["quoting = \"tolerant\"      # quotes in fields are not doubled", "key = \"uuid\"", "call_uuid = \"uuid\""],
        1,
    );
}

#[test]
fn a_file_of_a_built_in_feed_is_named_first_and_read_nonetheless() {
    for (name, feed, calls) in [
        ("asterisk/freepbx.csv", "asterisk-table", 3),
        ("native/calls.csv", "native", 6),
        ("yeti/export.csv", "yeti-csv", 4),
        ("yeti/cdr.csv", "yeti-cdr", 4),
        ("intake/cdr_custom.csv", "asterisk-table", 4),
    ] {
        let file = fixture(name);
        let text = guessed(&file).unwrap();
        let first = text.lines().next().unwrap();
        assert!(first.starts_with("# This looks like ") && first.ends_with(&format!("--feed {feed}")), "{first}");
        let settings = FeedSettings {
            mapping: Some(text.parse().unwrap_or_else(|error| panic!("{name}: {error}\n{text}"))),
            ..FeedSettings::default()
        };
        let report = Sink::default().load(&Table, &file, &settings).unwrap();
        assert_eq!(report.loaded, calls, "{name}:\n{text}");
    }
    let carrier = fixture("table/carrier.csv");
    let text = guessed(&carrier).unwrap();
    let settings = FeedSettings { mapping: Some(text.parse().unwrap()), ..FeedSettings::default() };
    let report = Sink::default().load(&Table, &carrier, &settings).unwrap();
    assert_eq!((report.loaded, report.quarantined), (7, 1), "{text}");
    let lines = [
        "key = \"Call No\"",
        "trunks = [\"Trunk\"]",
        "calling = \"From\"",
        "calling_name = \"Caller\"",
        "price = \"Price EUR\"",
    ];
    for line in lines {
        assert!(text.lines().any(|known| known == line), "no line `{line}` in\n{text}");
    }
}

#[test]
fn what_gives_no_call_says_so() {
    let text = guessed(b"a,b\nx,y\n").unwrap();
    assert!(text.contains("# IT IS NOT COMPLETE") && text.contains("# started_at = "), "{text}");
    assert!(text.parse::<TableMapping>().unwrap_err().to_string().contains("started_at"));
    assert!(guessed(b"").unwrap_err().to_string().contains("there is no line in it"));
}

proptest! {
    /// Whatever the file, a guess is a mapping, or lacks nothing but the start.
    #[test]
    fn every_guess_is_a_mapping(
        rows in proptest::collection::vec(proptest::collection::vec(cell(), 1..7), 1..6),
        delimiter in proptest::sample::select(vec![",", ";", "\t", "|"]),
    ) {
        let file = rows.iter().map(|row| row.join(delimiter) + "\n").collect::<String>();
        let Ok(text) = guessed(file.as_bytes()) else { return Ok(()) };
        if let Err(error) = text.parse::<TableMapping>() {
            prop_assert!(error.to_string().contains("`started_at` is not in `fields`"), "{}\n{}", error, text);
        }
    }

    #[test]
    fn any_bytes_give_a_guess_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(guessed(&bytes));
    }
}

/// A cell as files have them.
fn cell() -> impl Strategy<Value = String> {
    let usual = vec![
        "",
        "start",
        "Start Time",
        "date",
        "time",
        "src",
        "dst",
        "duration",
        "price",
        "direction",
        "status",
        "uuid",
        "success",
        "result",
        "true",
        "\"a\"\"b\"",
        "2026-11-21 10:00:00",
        "21.11.2026 10:00",
        "1795255200",
        "10:00:00",
        "2026-11-21",
        "65",
        "0,5",
        "0.5",
        "1.234,5",
        "in",
        "ANSWERED",
        "+4930",
        "192.0.2.1",
        "x\u{7f}y",
        "x\\y",
        "6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1",
    ];
    prop_oneof![
        4 => proptest::sample::select(usual).prop_map(str::to_owned),
        1 => "[ -~äé\u{7f}]{0,8}",
    ]
}

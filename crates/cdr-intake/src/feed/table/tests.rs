use cdr_model::{CdrField, Directory, Record, Value};

use super::{Table, TableMapping};
use crate::testing::{Sink, fixture, in_berlin, mapping, settings_of};
use crate::{FeedSettings, FileEnd, LoadOptions, Quoting, load};

/// The settings with a mapping.
fn by(mapping: &str) -> FeedSettings {
    FeedSettings { mapping: Some(mapping.parse().unwrap()), ..FeedSettings::default() }
}

/// The values of fields of each call, and what was said about the rows that are not calls.
fn loaded(file: &[u8], settings: &FeedSettings, fields: &[&str]) -> (Vec<String>, Vec<String>) {
    let sink = Sink::default();
    sink.load(&Table, file, settings).unwrap();
    let kept = sink.kept();
    let text = |value: Value<'_>| match value {
        Value::Null => "-".to_owned(),
        Value::Time(at) => at.to_string()[11..19].to_owned(),
        Value::Duration(micros) => (micros as f64 / 1e6).to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => format!("'{text}'"),
        Value::Boolean(yes) => yes.to_string(),
        Value::Money(amount) => amount.to_string(),
        Value::Uuid(uuid) => uuid.to_string(),
    };
    let directory = Directory::default();
    let line = |draft: &cdr_mediation::CallDraft| {
        let value = |name: &&str| text(draft.call.value(name.parse::<CdrField>().unwrap(), &directory));
        fields.iter().map(value).collect::<Vec<_>>().join(" ")
    };
    let calls = kept.calls().into_iter().map(line).collect();
    (calls, kept.quarantine.iter().map(|(at, reason, detail, _)| format!("{at}: {reason}: {detail}")).collect())
}

const USUAL: &[&str] = &["started_at", "connected_at", "ended_at", "talk", "success"];

#[test]
fn a_carrier_with_commas_in_numbers_is_read() {
    let fields = ["started_at", "connected_at", "ended_at", "talk", "price", "calling_name", "direction", "success"];
    let settings = settings_of(&Table);
    let (calls, bad) = loaded(&fixture("table/carrier.csv"), &settings, &fields);
    let expected = [
        "09:00:00 09:00:05 09:01:05 60 0.0190 'Jörg Beispiel' 'out' true",
        "09:05:00 - 09:05:20 0 - - 'in' false",
        "22:59:50 23:00:10 00:00:10 3600 1234.5600 'Example; Ada' 'out' true",
        "00:50:00 00:50:10 01:10:10 1200 0.3800 - 'out' true",
        "10:00:00 - 10:00:01 0 0.0000 'Bea Beispiel' 'forwarded' false",
        "11:00:00 11:00:05 11:00:15 10 0.0031 - 'out' true",
        "11:00:00 11:00:05 11:00:15 10 0.0031 - 'out' true",
    ];
    assert_eq!(calls, expected);
    assert_eq!(
        bad,
        ["file:9: time-unreadable: started_at is `31.02.2026 12:00:00`, expected a time of the form %d.%m.%Y %H:%M:%S"]
    );
    let sink = Sink::default();
    sink.load(&Table, &fixture("table/carrier.csv"), &settings).unwrap();
    let kept = sink.kept();
    let drafts = kept.calls();
    assert_eq!((drafts[0].key.as_str(), drafts[0].account.as_deref()), ("1001", Some("west-1")));
    assert_eq!(
        (drafts[0].service.as_deref(), &drafts[0].trunks[..]),
        (Some("Voice Calls"), &["trunk-a".to_owned()][..])
    );
    assert_eq!(drafts[0].call.details.extra["tariff"], "Local");
    // Rows without a number are counted among equal ones.
    let (digest, ordinal) = drafts[6].key.split_once('/').unwrap();
    assert_eq!((digest.len(), ordinal, drafts[5].key.ends_with("/1")), (64, "2", true));
    // An hour of 25 October occurred twice, and a length without an end says nothing about it.
    let is_assumed = |draft: &&cdr_mediation::CallDraft| draft.call.assumed.contains(cdr_model::Assumed::LOCAL_TIME);
    assert_eq!(drafts.iter().map(is_assumed).collect::<Vec<_>>(), [false, false, false, true, false, false, false]);
}

#[test]
fn objects_are_read_by_the_paths_of_their_members() {
    let settings = FeedSettings { mapping: Some(mapping("table/events.toml")), ..FeedSettings::default() };
    let fields = [USUAL, &["calling", "called", "peer_ip", "price", "call_id"]].concat();
    let (calls, bad) = loaded(&fixture("table/events.ndjson"), &settings, &fields);
    assert_eq!(
        calls,
        [
            "10:00:00 10:00:05 10:01:05 60 true '201' '5550150' '192.0.2.10' 0.0190 'a1'",
            "10:01:40 - 10:01:50 0 false '202' '5550151' '192.0.2.11' - 'a2'",
        ]
    );
    assert_eq!(bad, ["file:3: time-unreadable: started_at is `soon`, expected milliseconds since 1970"]);
    let odd =
        "{\"times\":{\"start\":1,\"start\":2}}\n[1]\n{\"times\":{\"start\":[1]}}\n{\"times.start\":1795255200123}\n";
    let (calls, bad) = loaded(odd.as_bytes(), &settings, &["started_at"]);
    assert_eq!(calls, ["10:00:00"]);
    assert!(bad[0].contains("field-twice: the object names `start` twice"), "{bad:?}");
    assert!(bad[1].contains("not-json"), "{bad:?}");
    assert!(bad[2].contains("times.start is `[1]`, expected a string"), "{bad:?}");
}

/// The instants of a call that was answered and of one that was not, by what the mapping has.
#[test]
fn missing_times_follow_from_those_that_are_there() {
    let file = "s,a,e,d,t,r\n2026-11-21 10:00:00,2026-11-21 10:00:05,2026-11-21 10:01:05,65,60,yes\n\
                2026-11-21 11:00:00,,2026-11-21 11:00:20,20,0,no\n";
    for (fields, answered, other) in [
        ("connected_at = 'a'\nended_at = 'e'", "10:00:00 10:00:05 10:01:05 60 true", "11:00:00 - 11:00:20 - false"),
        ("ended_at = 'e'\ntalk = 't'", "10:00:00 10:00:05 10:01:05 60 true", "11:00:00 - 11:00:20 0 false"),
        ("duration = 'd'\ntalk = 't'", "10:00:00 10:00:05 10:01:05 60 true", "11:00:00 - 11:00:20 0 false"),
        ("duration = 't'\ntalk = 't'", "10:00:00 10:00:00 10:01:00 60 true", "11:00:00 - 11:00:00 0 false"),
        ("connected_at = 'a'\ntalk = 't'", "10:00:00 10:00:05 10:01:05 60 true", "11:00:00 - - 0 false"),
        (
            "duration = 'd'\ntalk = 't'\nsuccess = 'r'",
            "10:00:00 10:00:05 10:01:05 60 true",
            "11:00:00 - 11:00:20 0 false",
        ),
        ("duration = 'd'", "10:00:00 - 10:01:05 - false", "11:00:00 - 11:00:20 - false"),
        ("talk = 't'", "10:00:00 - - 60 true", "11:00:00 - - 0 false"),
    ] {
        let (calls, bad) = loaded(file.as_bytes(), &by(&format!("[fields]\nstarted_at = 's'\n{fields}")), USUAL);
        assert_eq!((calls, bad), (vec![answered.to_owned(), other.to_owned()], Vec::new()), "{fields}");
    }
}

#[test]
fn the_order_of_columns_and_other_columns_change_nothing() {
    let mapping = by("[fields]\nstarted_at = 'Start'\ncalling = ['Ani', 'From']\ncalled = 'To'");
    let keys = |file: &str| {
        let sink = Sink::default();
        sink.load(&Table, file.as_bytes(), &mapping).unwrap();
        let kept = sink.kept();
        kept.keys.clone()
    };
    let one = keys("Start,From,To,Ani\n2026-11-21 10:00:00,201,202,\n");
    assert_eq!(one.len(), 1);
    assert_eq!(keys("x,TO , from,start\n7,202,201,2026-11-21 10:00:00\n"), one);
    assert_ne!(keys("Start,From,To,Ani\n2026-11-21 10:00:00,,202,201\n"), one);
}

#[test]
fn a_file_without_a_heading_is_read_by_places_or_by_given_names() {
    let file = "title\n# a comment\n2026-11-21 10:00:00;201;202;60;\n\n# another\n2026-11-21 11:00:00;201;203;0\n1;2\n1;2;3;4;5\n";
    let form = "delimiter = ';'\nheading = false\nskip = 1\ncomment = '#'\n";
    let fields = ["started_at", "called", "talk"];
    let expected = ["10:00:00 '202' 60", "11:00:00 '203' 0"];
    let (calls, bad) =
        loaded(file.as_bytes(), &by(&format!("{form}[fields]\nstarted_at = 1\ncalled = 3\ntalk = 4")), &fields);
    assert_eq!(calls, expected);
    assert_eq!(bad[0], "file:7: columns: 2 fields, the table has 4");
    let by_names = "[fields]\nstarted_at = 'a'\ncalled = 'c'\ntalk = 'D'";
    let (calls, bad) =
        loaded(file.as_bytes(), &by(&format!("{form}columns = ['A', 'b', 'c', 'd']\n{by_names}")), &fields);
    assert_eq!(calls, expected);
    assert_eq!(bad[1], "file:8: columns: 5 fields, the table has 4");
    let columns = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    let settings = FeedSettings { columns, ..by(&format!("{form}{by_names}")) };
    assert_eq!(loaded(file.as_bytes(), &settings, &fields).0, expected);
}

#[test]
fn values_are_read_as_the_mapping_says() {
    let start = "Start\n2026-11-21 10:00:00";
    for (form, rule, cell, field, expected) in [
        ("", "price = 'X'", "1.50", "price", "1.50"),
        ("decimal = ','\n", "price = 'X'", "\"1,50\"", "price", "1.50"),
        ("nulls = ['none']\n", "price = 'X'", "none", "price", "-"),
        ("", "calling = 'X'", " 201 ", "calling", "'201'"),
        ("trim = false\n", "calling = 'X'", " 201 ", "calling", "' 201 '"),
        ("", "calling = 'X'", "\"\"", "calling", "-"),
        ("empty-text = 'quoted'\n", "calling = 'X'", "\"\"", "calling", "''"),
        ("", "recorded = 'X'", "Yes", "recorded", "true"),
        ("", "release_code = 'X'", "486", "release_code", "486"),
        ("", "release_code = { from = 'X', values = { BUSY = 486 }, otherwise = 500 }", "busy", "release_code", "486"),
        ("", "release_code = { from = 'X', values = { BUSY = 486 }, otherwise = 500 }", "lost", "release_code", "500"),
        ("", "direction = { from = 'X', values = { '' = 'in', O = 'out' } }", "", "direction", "'in'"),
        ("", "kind = { value = 'fee' }", "", "kind", "'fee'"),
        ("", "billed = { from = 'X', unit = 'min' }", "1.5", "billed", "90"),
        ("", "billed_at = { from = 'X', time = 'epoch' }", "1795255260", "billed_at", "10:01:00"),
        ("", "group = 'X'", "g-1", "group", "'src:pbx:g-1'"),
        ("", "calling_name = { join = ['X', 'Y'] }", "Ada", "calling_name", "'Ada Example'"),
        ("quoting = 'tolerant'\n", "calling = 'X'", "\"the \"Boss\" x\"", "calling", "'the \"Boss\" x'"),
    ] {
        let mapping = format!("{form}[fields]\nstarted_at = 'Start'\n{rule}");
        let file = format!("{},X,Y\n{},{cell},Example\n", start.split('\n').next().unwrap(), "2026-11-21 10:00:00");
        let (calls, bad) = loaded(file.as_bytes(), &by(&mapping), &[field]);
        assert_eq!((calls, bad), (vec![expected.to_owned()], Vec::new()), "{rule} of {cell}");
    }
}

#[test]
fn a_value_that_cannot_be_read_says_why() {
    for (rule, cell, said) in [
        ("price = 'X'", "1.2.3", "amount-unreadable: price is `1.2.3`, expected a decimal amount such as 0.0190"),
        ("price = 'X'", "€ 1", "amount-unreadable: price is `€ 1`, expected a decimal amount such as 0.0190"),
        ("price = 'X'", "1e30", "amount-out-of-range: field `price`: `1e30` lies outside ±92233720368.54775807"),
        ("talk = 'X'", "-1", "field-unreadable: talk is `-1`, expected seconds, zero or more"),
        ("success = 'X'", "maybe", "field-unreadable: success is `maybe`, expected true or false"),
        (
            "success = { from = 'X', values = { ok = true } }",
            "bad",
            "field-unreadable: success is `bad`, expected one of `ok`",
        ),
        ("release_code = 'X'", "7x", "field-unreadable: field `release_code` takes a whole number, not `7x`"),
        (
            "connected_at = 'X'",
            "x",
            "time-unreadable: connected_at is `x`, expected a time such as 2026-11-21 10:00:00",
        ),
    ] {
        let mapping = format!("[fields]\nstarted_at = 'Start'\n{rule}");
        let file = format!("Start,X\n2026-11-21 10:00:00,\n2026-11-21 10:00:00,{cell}\n");
        let (calls, bad) = loaded(file.as_bytes(), &by(&mapping), &[]);
        assert_eq!((calls.len(), bad), (1, vec![format!("file:3: {said}")]), "{rule} of {cell}");
    }
    let settings = by("[fields]\nstarted_at = 'Start'\ncalled = 'X'");
    let (_, bad) = loaded(b"Start,X\n,1\n0000-00-00 00:00:00,2\n2026-11-21 10:00:00,3\n", &settings, &[]);
    assert_eq!(
        bad,
        [
            "file:2: field-missing: `started_at` is not given",
            "file:3: time-unreadable: started_at is the zero time `0000-00-00 00:00:00`, expected a time"
        ]
    );
}

#[test]
fn a_mapping_that_is_wrong_is_refused_with_its_line() {
    for (text, said) in [
        ("[fields]\ncalling = 'a'", "`started_at` is not in `fields`, and every call has a start"),
        ("form = 'xml'\n[fields]\nstarted_at = 1", "line 1, column 8: unknown variant `xml`"),
        ("delimeter = ';'\n[fields]\nstarted_at = 1", "line 1, column 1: unknown field `delimeter`"),
        ("delimiter = '0'\n[fields]\nstarted_at = 1", "line 1: `delimiter` is one character"),
        ("decimal = ';'\n[fields]\nstarted_at = 1", "line 1: `decimal` is a point or a comma"),
        ("thousands = '.'\n[fields]\nstarted_at = 1", "line 1: `thousands` is a mark"),
        ("encoding = 'klingon'\n[fields]\nstarted_at = 1", "line 1: `klingon` is not an encoding"),
        ("times = ['%d.%m']\n[fields]\nstarted_at = 1", "line 1: `%d.%m` is not enough for a time"),
        ("comment = ''\n[fields]\nstarted_at = 1", "line 1: `comment`"),
        ("heading = true\ncolumns = ['a']\n[fields]\nstarted_at = 'a'", "line 1: `columns` name"),
        ("[fields]\nstarted_at = 1\ncaling = 2", "line 3: calls have no field `caling`, did you mean `calling`?"),
        ("[fields]\nstarted_at = 1\nnumber = 2", "line 3: `number` is set by the store"),
        ("[fields]\nstarted_at = 1\nkey = 2", "line 3: the key of a record does not stand in `fields`"),
        ("[fields]\nstarted_at = 1\ndigest = 2", "line 3: `digest` is only of an export"),
        ("[fields]\nstarted_at = 0", "the place of a column is counted from 1"),
        ("[fields]\nstarted_at = []", "line 2: `started_at` takes one of from, join and value"),
        ("[fields]\nstarted_at = { value = 'now' }", "line 2: `started_at` is a time, which only columns can give"),
        ("[fields]\nstarted_at = { from = 1, join = [1, 2] }", "line 2: `started_at` takes one of"),
        ("[fields]\nstarted_at = { form = 1 }", "line 2, column 16: unknown field `form`"),
        ("[fields]\nstarted_at = 1\nprice = { from = 2, unit = 's' }", "line 3: `unit` is for lengths of time"),
        ("[fields]\nstarted_at = 1\nprice = { from = 2, time = 'iso' }", "line 3: `time` is for times"),
        ("[fields]\nstarted_at = 1\nsuccess = { value = 'perhaps' }", "line 3: success is `perhaps`"),
        (
            "[fields]\nstarted_at = 1\ndirection = { from = 2, values = { a = 'sideways' } }",
            "line 3: field `direction` takes text, not `sideways`",
        ),
        ("[fields]\nstarted_at = 1\ntalk = { from = 2, unit = 'h' }", "unknown variant `h`"),
        ("[fields]\nstarted_at = 1\nsuccess = { from = 2, otherwise = true }", "line 3: `otherwise` is what"),
        ("[fields]\nstarted_at = 1\nsuccess = { from = 2, values = { a = true, A = false } }", "twice"),
        ("key = { value = 'x' }\n[fields]\nstarted_at = 1", "line 1: `key` takes columns"),
        ("form = 'json-lines'\n[fields]\nstarted_at = 1", "line 3: the members of an object have names"),
        ("[fields]\nstarted_at = 1\nstarted_at = 2", "line 3"),
        ("form = 'json-lines'\nheading = true\n[fields]\nstarted_at = 's'", "`heading` is for the form delimited"),
    ] {
        let error = text.parse::<TableMapping>().unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[test]
fn a_file_that_lacks_a_column_is_refused() {
    for (mapping, file, said) in [
        ("", "Start,Y\n", "file:1: the heading has no column `X`, which `calling` needs"),
        ("required = ['Start']\n", "Y\n", "file:1: the heading has no column `Start`, which the mapping needs"),
        ("", "Start,X,x\n", "file:1: the heading has `x` twice"),
        (
            "",
            "Start,\"X\n",
            "file:1: the heading cannot be read: the quote that opens field 2 is not closed when the file ends",
        ),
    ] {
        let settings = by(&format!("{mapping}[fields]\nstarted_at = 'Start'\ncalling = 'X'"));
        let error = Sink::default().load(&Table, file.as_bytes(), &settings).unwrap_err();
        assert_eq!(error.to_string(), said, "{file}");
        assert!(error.is_refusal(), "{file}");
    }
    let error = Sink::default().load(&Table, b"a\n1\n", &FeedSettings::default()).unwrap_err();
    assert!(error.to_string().contains("`tollbook feed guess FILE`"), "{error}");
}

/// The mapping, and not what another feed recognises, says how a file is read.
#[test]
fn a_file_of_another_feed_is_read_by_the_mapping() {
    let settings = FeedSettings {
        mapping: Some("[fields]\nstarted_at = 'calldate'\ncalled = 'dst'\ntalk = 'billsec'".parse().unwrap()),
        ..in_berlin()
    };
    let options = LoadOptions::from_source("pbx");
    let file = fixture("asterisk/freepbx.csv");
    let report = load(&Table, &file[..], "f.csv", &settings, &options, &Sink::default(), &mut |_| {}).unwrap();
    assert_eq!(report.loaded, 3);
}

#[test]
fn flags_win_over_the_mapping() {
    let tolerant = by("quoting = 'tolerant'\nencoding = 'windows-1252'\n[fields]\nstarted_at = 'Start'\ncalling = 'X'");
    let file = "Start,X\n2026-11-21 10:00:00,\"a \"b\" c\"\n".as_bytes();
    assert_eq!(loaded(file, &tolerant, &["calling"]).0, ["'a \"b\" c'"]);
    let strict = FeedSettings { quoting: Some(Quoting::Strict), ..tolerant.clone() };
    assert!(loaded(file, &strict, &["calling"]).1[0].contains("quoting-malformed"));
    let file = "Start,X\n2026-11-21 10:00:00,\u{20ac}\n".as_bytes();
    assert_eq!(loaded(file, &tolerant, &["calling"]).0, ["'â‚¬'"]);
    let utf8 = FeedSettings { encoding: Some("utf-8".parse().unwrap()), ..tolerant };
    assert_eq!(loaded(file, &utf8, &["calling"]).0, ["'€'"]);
}

#[test]
fn columns_without_a_field_are_kept_if_the_settings_name_them() {
    let settings = FeedSettings { extra: vec!["trunk".to_owned()], ..by("[fields]\nstarted_at = 'Start'") };
    let sink = Sink::default();
    sink.load(&Table, b"Start,Trunk,Other\n2026-11-21 10:00:00,a,b\n", &settings).unwrap();
    let kept = sink.kept();
    let extra = &kept.calls()[0].call.details.extra;
    assert_eq!((extra.len(), extra["trunk"].as_str()), (1, "a"));
}

#[test]
fn times_that_the_clocks_skipped_are_noted_and_an_unfinished_line_waits() {
    let settings =
        FeedSettings { end: FileEnd::Growing, mapping: by("[fields]\nstarted_at = 'Start'").mapping, ..in_berlin() };
    let report = Sink::default().load(&Table, b"Start\n2026-03-29 02:30:00\n2026-03-29 03:", &settings).unwrap();
    assert_eq!(report.read, 1);
    assert!(report.warnings[0].contains("which the clocks of Europe/Berlin skipped"), "{:?}", report.warnings);
    assert!(report.warnings[1].contains("waits for the next load"), "{:?}", report.warnings);
}

/// The example of the documentation is the mapping of the sample, and complete.
#[test]
fn the_example_of_the_documentation_is_read() {
    let docs = std::fs::read_to_string(format!("{}/../../docs/FEEDS.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let section = docs.split("\n## `table`\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let examples: Vec<&str> =
        section.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(examples.len(), 2);
    for (example, file) in examples.iter().zip(["table/carrier.toml", "table/events.toml"]) {
        assert_eq!(example.as_bytes(), fixture(file), "{file}");
        example.parse::<TableMapping>().unwrap();
    }
}

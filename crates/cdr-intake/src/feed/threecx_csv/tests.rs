use cdr_mediation::CallDraft;
use proptest::prelude::*;

use super::ThreecxCsv;
use super::length::length;
use crate::testing::{Sink, fixture, in_berlin};
use crate::{FEEDS, FeedSettings, FileSample, Likeness};

/// The first 20 columns of an answered call.
const CALL: &str = "Call 152,00000175196381E2_549,00:01:00,2026/11/21 11:00:00,2026/11/21 11:00:05,2026/11/21 11:01:05,\
                    TerminatedBySrc,Ext.141,+493023125001,141,10001,0493023125001,,,,**sales,0.0190,0.02,national,\
                    Chain: Ext.141;+493023125001;";

fn with_columns(columns: &str) -> FeedSettings {
    FeedSettings { columns: columns.split(',').map(str::to_owned).collect(), ..in_berlin() }
}

/// The calls of a file, the bad lines, and the warnings.
fn loaded(file: &str, settings: &FeedSettings) -> (Vec<CallDraft>, Vec<String>, Vec<String>) {
    let sink = Sink::default();
    let report = sink.load(&ThreecxCsv, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().cloned().collect(), bad.collect(), report.warnings)
}

/// The only call of a line.
fn one(line: &str) -> CallDraft {
    let (mut calls, bad, _) = loaded(&format!("{line}\r\n"), &in_berlin());
    assert_eq!((calls.len(), &bad[..]), (1, &[][..]), "{line}");
    calls.remove(0)
}

/// The call with other values in some columns, by their places.
fn changed(changes: &[(usize, &str)]) -> String {
    let mut cells: Vec<&str> = CALL.split(',').collect();
    changes.iter().for_each(|(place, text)| cells[*place] = text);
    cells.join(",")
}

#[test]
fn a_line_becomes_a_call() {
    let draft = one(CALL);
    let (call, details) = (&draft.call, &draft.call.details);
    let natural = "Call 152/00000175196381E2_549/2026/11/21 11:00:00/";
    assert!(draft.key.starts_with(natural) && draft.key.len() == natural.len() + 64, "{}", draft.key);
    assert_eq!((draft.account.as_deref(), &draft.trunks[..]), (Some("**sales"), &["141".into(), "10001".into()][..]));
    assert_eq!(call.started_at.to_string(), "2026-11-21T10:00:00.000000Z");
    assert_eq!(call.connected_at.unwrap().to_string(), "2026-11-21T10:00:05.000000Z");
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-21T10:01:05.000000Z");
    assert_eq!((call.talk_us, call.success, call.direction.name()), (Some(60_000_000), true, "out"));
    assert_eq!((call.calling.as_deref(), call.called.as_deref()), (Some("141"), Some("0493023125001")));
    assert_eq!(details.called_routed.as_deref(), Some("+493023125001"));
    assert_eq!(call.call_id.as_deref(), Some("00000175196381E2_549"));
    assert_eq!(
        (details.source_ref.as_deref(), details.group.as_deref()),
        (Some("152"), Some("src:pbx:00000175196381E2_549"))
    );
    assert_eq!(details.sip.release_reason.as_deref(), Some("TerminatedBySrc"));
    let rating = details.rating.as_ref().unwrap();
    let amounts = [call.price, rating.initial_rate, rating.next_rate].map(|amount| amount.unwrap().to_string());
    assert_eq!(amounts, ["0.02", "0.0190", "0.0190"]);
    assert_eq!(call.assumed.bits(), 2);
}

#[test]
fn columns_become_fields() {
    for (changes, expected) in [
        (&[(4, ""), (2, "00:00:00")][..], "None false Some(0) out 141 +493023125001 2"),
        // The time of ringing is not talk.
        (&[(4, ""), (2, "00:00:12")], "None false Some(0) out 141 +493023125001 2"),
        (&[(2, "")], "Some true Some(60000000) out 141 +493023125001 18"),
        (&[(2, "26:00:01")], "Some true Some(93601000000) out 141 +493023125001 2"),
        (&[(7, "+493023125002"), (8, "Ext.800"), (11, "")], "Some true Some(60000000) in +493023125002 None 2"),
        (
            &[(7, "+493023125002"), (8, "Ext.800"), (11, ""), (13, "Ext.801")],
            "Some true Some(60000000) in +493023125002 801 2",
        ),
        (&[(7, "10000"), (8, "10001")], "Some true Some(60000000) out 10000 10001 10"),
        (&[(16, ""), (17, "")], "Some true Some(60000000) out 141 +493023125001 2"),
    ] {
        let draft = one(&changed(changes));
        let call = &draft.call;
        let connected = if call.connected_at.is_some() { "Some" } else { "None" };
        let (calling, routed) =
            (call.calling.as_deref().unwrap(), call.details.called_routed.as_deref().unwrap_or("None"));
        let text = format!(
            "{connected} {} {:?} {} {calling} {routed} {}",
            call.success,
            call.talk_us,
            call.direction.name(),
            call.assumed.bits()
        );
        assert_eq!(text, expected, "{changes:?}");
    }
}

#[test]
fn the_number_of_columns_and_the_types_show_which_they_are() {
    let names = |line: &str| {
        let draft = one(line);
        let details = &draft.call.details;
        let group = details.queue.as_ref().and_then(|queue| queue.group.clone());
        (details.sip.calling_name.clone(), group)
    };
    let name = Some("Ada Example".to_owned());
    for (more, group) in [
        ("Extension,external_line,,Ada Example,Line 1,", None),
        ("Extension,external_line,,Ada Example,Line 1,,", None),
        ("Extension,Queue,,Ada Example,Sales,,Ext.101;Ext.102;", Some("+493023125001".to_owned())),
        // The other order of 27 columns.
        (",Ada Example,Line 1,,Extension,external_line,", None),
        ("Ext.101,Ada Example,Sales,,extension,ring_group,", Some("+493023125001".to_owned())),
    ] {
        assert_eq!(names(&format!("{CALL},{more}")), (name.clone(), group), "{more}");
    }
    assert_eq!(names(CALL), (None, None));
}

#[test]
fn commas_in_names_are_read_if_it_is_certain_whose_they_are() {
    let ada = || Some("Example, Ada".to_owned());
    for (more, name) in [
        ("Extension,Line,,Example, Ada,Line 1,", ada()),
        ("Extension,Line,,Example, Ada,Line 1,,", ada()),
        ("Extension,Line,,Bea,Line, the first,", Some("Bea".to_owned())),
        ("Extension,Line,,Example, Ada,Line, the first,", ada()),
        (",Example, Ada,Line 1,,Extension,Line,", ada()),
        ("Extension,Queue,,Example, Ada,Sales,,Ext.101;", ada()),
    ] {
        let (calls, bad, warnings) = loaded(&format!("{CALL},{more}\r\n"), &in_berlin());
        assert!(bad.is_empty(), "{more}: {bad:?}");
        assert_eq!(calls[0].call.details.sip.calling_name, name, "{more}");
        let note = if more.contains("first") && !more.contains("Ada") { "Line, the first" } else { "Example, Ada" };
        let expected = format!("file:1: the name `{note}` has a comma: the fields that it separates are read as one");
        assert_eq!(warnings, [expected], "{more}");
    }
    // The name of a rate, before the chain.
    let draft = one(&CALL.replace("national", "national, fixed"));
    assert_eq!(draft.call.price.unwrap().to_string(), "0.02");

    let undecided = "it cannot be decided whether a name has a comma, and which one";
    let known = "expected 20, 26 or 27";
    for (line, said) in [
        // Which name it was, and whether it is one of 27 columns.
        (format!("{CALL},Extension,Line,,Example,Ada,Line 1,"), format!("27 fields, {known}; {undecided}")),
        (format!("{CALL},Extension,Line,,Example,Ada,Line 1,,"), format!("28 fields, {known}; {undecided}")),
        (format!("{CALL},x"), format!("21 fields, {known}; name the columns with --columns if there are others")),
        ("1,2".to_owned(), format!("2 fields, {known}; name the columns with --columns if there are others")),
        (
            changed(&[(3, "")]),
            "time-start is ``, which is no value of it; name the columns with --columns if there are others".to_owned(),
        ),
        (
            changed(&[(19, "x")]),
            "chain is `x`, which is no value of it; name the columns with --columns if there are others".to_owned(),
        ),
    ] {
        let (calls, bad, _) = loaded(&format!("{line}\r\n{CALL}\r\n"), &in_berlin());
        assert_eq!((calls.len(), bad), (1, vec![format!("file:1: columns: {said}")]), "{line}");
    }
}

#[test]
fn the_settings_or_a_heading_name_other_columns() {
    let line = "2026/11/21 11:00:05,Ext.141,+493023125001,2026/11/21 11:00:00,Example,Ada,00:01:00,A7";
    let columns = "time_answered,from-no,To-No,time-start,from-dispname,duration,callid";
    let expected = Some("Example,Ada".to_owned());
    for (file, settings) in [
        (format!("{line}\n"), with_columns(columns)),
        (format!("{columns}\n{line}\n"), in_berlin()),
        (format!("\"{}\"\n{line}\n", columns.replace(',', "\",\"")), in_berlin()),
    ] {
        let (calls, bad, _) = loaded(&file, &settings);
        assert_eq!((calls.len(), &bad[..]), (1, &[][..]), "{file}");
        assert_eq!(calls[0].call.details.sip.calling_name, expected);
        assert_eq!((calls[0].call.call_id.as_deref(), calls[0].call.ended_at), (Some("A7"), None));
    }
    for columns in ["callid,duration", "time-start,duration"] {
        let error = Sink::default().load(&ThreecxCsv, CALL.as_bytes(), &with_columns(columns)).unwrap_err().to_string();
        assert_eq!(
            error, "file: the columns that the settings name lack `time-start`, or both `historyid` and `callid`",
            "{columns}"
        );
    }
    let settings = FeedSettings { extra: vec!["colour".to_owned()], ..in_berlin() };
    let error = Sink::default().load(&ThreecxCsv, CALL.as_bytes(), &settings).unwrap_err().to_string();
    assert!(error.starts_with("feed `3cx-csv` has no field `colour` for `extra`; it accepts historyid"), "{error}");
}

#[test]
fn lines_of_one_call_have_keys_of_their_own() {
    let second = changed(&[(8, "Ext.142"), (12, "ReplacedDst")]);
    let (calls, ..) = loaded(&format!("{CALL}\r\n\r\n{second}\r\n{CALL}\r\n"), &in_berlin());
    assert_eq!(calls.len(), 2, "a repeated line is known");
    assert_eq!(calls[0].call.details.group, calls[1].call.details.group);
}

#[test]
fn a_line_that_cannot_be_read_says_why() {
    for (line, said) in [
        (
            changed(&[(2, "00:60:00")]),
            "columns: duration is `00:60:00`, which is no value of it; name the columns with --columns if there are others",
        ),
        (
            changed(&[(17, "1.2.3")]),
            "amount-unreadable: bill-cost: field `price`: `1.2.3` is not a decimal amount such as 0.0190",
        ),
        (changed(&[(6, "a\0b")]), "nul-character: a NUL character, which text cannot contain"),
    ] {
        let (calls, bad, _) = loaded(&format!("{line}\r\n{CALL}\r\n"), &in_berlin());
        assert_eq!((calls.len(), bad), (1, vec![format!("file:1: {said}")]), "{line}");
    }
}

#[test]
fn a_name_may_begin_with_a_blank() {
    let draft = one(&format!("{CALL},Extension,Line,, Ada,Line 1,"));
    assert_eq!(draft.call.details.sip.calling_name.as_deref(), Some(" Ada"));
}

/// Berlin, 25 October 2026: 02:00 to 03:00 occurred twice. The length of the call decides.
#[test]
fn a_local_time_that_occurred_twice_agrees_with_the_duration() {
    let line =
        changed(&[(2, "01:25:00"), (3, "2026/10/25 01:59:00"), (4, "2026/10/25 01:59:30"), (5, "2026/10/25 02:24:30")]);
    let call = one(&line).call;
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-10-25T01:24:30.000000Z");
    assert_eq!(call.assumed.bits(), 2);
}

#[test]
fn its_files_are_recognised() {
    let with_names = format!("{CALL},Extension,Line,,Example, Ada,Line 1,\r\n");
    for file in [format!("{CALL}\r\n\r\n{CALL}\r\n"), with_names, "historyid,callid,time-start\n".to_owned()] {
        let sample = FileSample::of(file.as_bytes(), true);
        for feed in FEEDS {
            assert_eq!(
                feed.likeness(&sample) == Likeness::Certain,
                feed.name() == "3cx-csv",
                "{}: {file}",
                feed.name()
            );
        }
    }
}

#[test]
fn the_sample_file_is_read() {
    let sink = Sink::default();
    let report = sink.load(&ThreecxCsv, &fixture("3cx/cdr.log"), &in_berlin()).unwrap();
    assert_eq!(report.to_string(), "6 records read: 6 loaded, 0 already known, 0 quarantined");
    let talk: i64 = sink.kept().calls().iter().filter_map(|draft| draft.call.talk_us).sum();
    assert_eq!(talk, (62 + 15 + 118 + 90_061 + 41) * 1_000_000);
}

proptest! {
    #[test]
    fn lengths_are_read_as_they_are_written(hours in 0i64..999_999, minutes in 0i64..60, seconds in 0i64..60) {
        let expected = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
        prop_assert_eq!(length(&format!("{hours:02}:{minutes:02}:{seconds:02}")), Some(expected));
    }

    #[test]
    fn no_text_is_a_length_by_chance(text in "[0-9:. x-]{0,10}") {
        if let Some(micros) = length(&text) {
            let seconds = micros / 1_000_000;
            let parts: Vec<i64> = text.split(':').map(|part| part.parse().unwrap()).collect();
            prop_assert_eq!(parts, [seconds / 3600, seconds / 60 % 60, seconds % 60]);
        }
    }

    /// Whatever the names are, a record is read with exactly these names, or not at all.
    #[test]
    fn names_are_never_mixed_up(
        from in "[A-Z][a-z]{1,4}(,? [A-Z][a-z]{1,4}){0,2}",
        to in "([A-Z][a-z]{1,4}(,? [A-Z][a-z]{1,4}){0,2})?",
        missed in "(Ext\\.1[0-9]{2};){0,2}",
        has_missed: bool,
    ) {
        let missed = if has_missed { format!(",{missed}") } else { String::new() };
        let line = format!("{CALL},Extension,Queue,,{from},{to},{missed}\r\n");
        let (calls, bad, _) = loaded(&line, &in_berlin());
        prop_assert_eq!(calls.len() + bad.len(), 1);
        if let Some(draft) = calls.first() {
            prop_assert_eq!(draft.call.details.sip.calling_name.as_deref(), Some(from.as_str()), "{}", line);
        }
    }
}

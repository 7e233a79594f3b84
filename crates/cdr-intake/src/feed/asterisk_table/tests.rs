use super::AsteriskTable;
use crate::FeedSettings;
use crate::testing::{Sink, fixture, in_berlin};

/// The start, answer and end of each call, its talk time in seconds, and its key.
fn loaded(file: &[u8], settings: &FeedSettings) -> Vec<String> {
    let sink = Sink::default();
    let report = sink.load(&AsteriskTable, file, settings).unwrap();
    assert_eq!((report.quarantined, report.warnings), (0, Vec::new()));
    let clock = |at: Option<cdr_model::Timestamp>| at.map_or("-".to_owned(), |at| at.to_string()[11..].to_owned());
    let kept = sink.kept();
    let line = |draft: &cdr_mediation::CallDraft| {
        let call = &draft.call;
        let times = [Some(call.started_at), call.connected_at, call.ended_at].map(clock).join(" ");
        let talk = call.talk_us.unwrap() as f64 / 1e6;
        let names = [call.calling.as_deref(), call.called.as_deref(), draft.account.as_deref()];
        format!("{times} {talk} {} {}", names.map(|name| name.unwrap_or("-")).join(" "), draft.key)
    };
    kept.calls().into_iter().map(line).collect()
}

#[test]
fn a_table_without_answer_and_end_has_them_by_its_durations() {
    let expected = [
        "09:00:00.000000Z 09:00:05.000000Z 09:01:05.000000Z 60 201 555-0150 west-1 1795251600.1/1/2026-11-21 10:00:00",
        "09:05:00.000000Z - 09:05:20.000000Z 0 202 555-0151 west-1 1795251900.2/2/2026-11-21 10:05:00",
        "09:10:30.250000Z 09:10:35.500000Z 09:10:42.750000Z 7.25 555-0190 201 - 1795252230.3/3/2026-11-21 10:10:30.250",
    ];
    assert_eq!(loaded(&fixture("asterisk/freepbx.csv"), &in_berlin()), expected);
}

#[test]
fn any_separator_that_the_heading_shows_is_read() {
    let file = "dst,START, billsec,disposition\n1,2026-11-21 10:00:00,\"5\",ANSWERED\n";
    let expected = loaded(file.as_bytes(), &FeedSettings::default());
    assert_eq!(expected.len(), 1);
    for separator in [";", "\t", "|"] {
        let other = loaded(file.replace(',', separator).as_bytes(), &FeedSettings::default());
        assert_eq!(other, expected, "{separator}");
    }
}

#[test]
fn a_file_without_a_heading_has_the_columns_of_the_settings_or_of_cdr_custom() {
    let east = FeedSettings { zone: "+03:00".parse().unwrap(), ..FeedSettings::default() };
    let calls = loaded(&fixture("intake/cdr_custom.csv"), &east);
    assert_eq!(calls.len(), 4);
    assert!(calls[0].starts_with("06:11:30.000000Z 06:11:42.000000Z 06:12:23.000000Z 41 701 811 - "), "{}", calls[0]);
    let columns = ["start", "dst", "billsec", "disposition"].map(str::to_owned).to_vec();
    let settings = FeedSettings { columns, ..FeedSettings::default() };
    let calls = loaded(b"2026-11-21 10:00:00|1|5|ANSWERED\n", &settings);
    assert!(calls[0].starts_with("10:00:00.000000Z - - 5 - 1 - "), "{}", calls[0]);
    let settings = FeedSettings { columns: vec!["start".to_owned()], ..FeedSettings::default() };
    let error = Sink::default().load(&AsteriskTable, b"2026-11-21 10:00:00\n", &settings).unwrap_err();
    assert_eq!(error.to_string(), "file: the columns that the settings name lack `start`, `dst` or `billsec`");
}

/// A Grandstream UCM writes `lastdata` without quotes.
#[test]
fn commas_in_the_lastdata_of_a_grandstream_separate_nothing() {
    let heading =
        "AcctId,accountcode,src,dst,lastapp,lastdata,start,answer,end,duration,billsec,disposition,uniqueid\n";
    let row =
        "7,acc,201,202,Dial,PJSIP/202,60,tT,2026-11-21 10:00:00,,2026-11-21 10:00:20,20,0,NO ANSWER,1795255200.1\n";
    let calls = loaded(format!("{heading}{row}").as_bytes(), &FeedSettings::default());
    assert!(calls[0].starts_with("10:00:00.000000Z - 10:00:20.000000Z 0 201 202 acc "), "{}", calls[0]);
    let sink = Sink::default();
    let extra = vec!["lastdata".to_owned()];
    let settings = FeedSettings { extra, ..FeedSettings::default() };
    sink.load(&AsteriskTable, format!("{heading}{row}").as_bytes(), &settings).unwrap();
    assert_eq!(sink.kept().calls()[0].call.details.extra["lastdata"], "PJSIP/202,60,tT");
    let sink = Sink::default();
    let file = format!("{heading}{row}").replace("AcctId", "Id") + &row.replace("PJSIP/202,60,tT", "x");
    let report = sink.load(&AsteriskTable, file.as_bytes(), &FeedSettings::default()).unwrap();
    assert_eq!((report.loaded, report.quarantined), (1, 1));
    assert_eq!(sink.kept().quarantine[0].2, "15 fields, the table has 13");
}

/// Exports of the same table with other columns, in another order, have the same records.
#[test]
fn the_order_of_the_columns_and_further_ones_change_no_record() {
    let sink = Sink::default();
    for file in [
        "calldate,dst,billsec,disposition,uniqueid\n2026-11-21 10:00:00,1,5,ANSWERED,1795255200.1\n",
        "dst,start,billsec,disposition,uniqueid,did\n1,2026-11-21 10:00:00,5,ANSWERED,1795255200.1,7\n",
        "uniqueid|dst|userfield|calldate|billsec|disposition\n1795255200.1|1|\\N|2026-11-21 10:00:00|5|ANSWERED\n",
        "accountcode,src,dst,dcontext,clid,channel,dstchannel,lastapp,lastdata,start,answer,end,duration,billsec,\
         disposition,amaflags,uniqueid\n,,1,,,,,,,2026-11-21 10:00:00,,,,5,ANSWERED,,1795255200.1\n",
    ] {
        let report = sink.load(&AsteriskTable, file.as_bytes(), &FeedSettings::default()).unwrap();
        assert_eq!((report.read, report.quarantined), (1, 0), "{file}");
    }
    assert_eq!(sink.kept().keys.len(), 1);
}

#[test]
fn a_column_of_its_own_is_stored_in_extra() {
    let extra = vec!["recordingfile".to_owned(), "did".to_owned()];
    let sink = Sink::default();
    sink.load(&AsteriskTable, &fixture("asterisk/freepbx.csv"), &FeedSettings { extra, ..in_berlin() }).unwrap();
    let kept = sink.kept();
    let calls = kept.calls();
    assert!(calls[0].call.details.extra.is_empty());
    assert_eq!(calls[2].call.details.extra["recordingfile"], "in-555-0100-1795252230.3.wav");
    assert_eq!(calls[2].call.details.extra["did"], "555-0100");
}

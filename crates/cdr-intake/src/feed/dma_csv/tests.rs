use std::io::Write;

use cdr_export::{Cut, ExportError, ExportFile, ExportSpec, Layout, Package, SheetContent};
use cdr_mediation::{CallDraft, ConferenceDraft};
use cdr_model::{Anchor, Assumed, Directory, Record};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::DmaCsv;
use crate::testing::{Sink, fixture};
use crate::{FeedSettings, IntakeError, LoadReport};

fn loaded(file: &[u8], settings: &FeedSettings) -> (Vec<CallDraft>, Vec<ConferenceDraft>, Vec<(String, String)>) {
    let sink = Sink::default();
    sink.load(&DmaCsv, file, settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(_, reason, detail, _)| (reason.clone(), detail.clone())).collect();
    (kept.calls().into_iter().cloned().collect(), kept.conferences().into_iter().cloned().collect(), bad)
}

fn calls() -> Vec<CallDraft> {
    let (calls, _, bad) = loaded(&fixture("dma/calls.csv"), &FeedSettings::default());
    assert_eq!((calls.len(), bad), (9, Vec::new()));
    calls
}

fn row(replace: &[(usize, &str)], columns: usize) -> String {
    let mut fields = vec![String::new(); columns];
    let given =
        [(0, "1"), (1, "CALL"), (2, "PT-PT"), (3, "00000000-0000-4000-8000-000000000001"), (5, "2026-11-21T10:00:00Z")];
    for (index, text) in given.iter().chain(replace) {
        fields[*index] = (*text).to_owned();
    }
    fields.join(",") + "\n"
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (index, (name, bytes)) in members.iter().enumerate() {
        let method = if index % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn load(file: &[u8]) -> Result<LoadReport, IntakeError> {
    Sink::default().load(&DmaCsv, file, &FeedSettings::default())
}

#[test]
fn a_call_is_read() {
    let draft = &calls()[0];
    assert_eq!(draft.key, "CALL/00000000-0000-4000-8000-000000000001/2026-11-20T09:00:01.250+01:00");
    let call = &draft.call;
    assert_eq!(call.started_at.to_string(), "2026-11-20T08:00:01.250000Z");
    assert_eq!(call.ended_at.unwrap().to_string(), "2026-11-20T08:12:44.000000Z");
    assert_eq!((call.connected_at, call.talk_us, call.success), (None, None, true));
    assert_eq!(Some(call.billed_at), call.ended_at);
    assert_eq!(call.assumed.bits(), Assumed::BILL.bits() | Assumed::DIRECTION.bits());
    assert_eq!((call.calling.as_deref(), call.called.as_deref()), (Some("Ada Example"), Some("555-0104")));
    assert_eq!(call.call_id.as_deref(), Some("a1@192.0.2.10"));
    assert_eq!(call.details.sip.out_call_id.as_deref(), Some("b1@192.0.2.20"));
    assert_eq!(call.details.sip.from_header.as_deref(), Some("\"Ada Example\" <sip:ada@example.invalid>;tag=a1"));
    assert_eq!(call.details.group.as_deref(), Some("src:pbx:00000000-0000-4000-8000-000000000001"));
    let dma = call.details.telepresence.as_ref().unwrap();
    assert_eq!((dma.call_type.as_deref(), dma.dialin), (Some("PT-PT"), Some(true)));
    assert_eq!(dma.texts["bit_rate"], "1920");
    assert!(dma.printed.is_empty() && !dma.texts.contains_key("cause_source"));
}

#[test]
fn a_failure_code_makes_a_failed_call() {
    let call = &calls()[1].call;
    assert_eq!((call.success, call.release_code), (false, Some(486)));
    assert_eq!(call.details.sip.release_reason.as_deref(), Some("BUSY HERE"));
    assert_eq!(call.details.telepresence.as_ref().unwrap().texts["failure_signaling_code"], "486:BUSY HERE");
    assert_eq!(call.calling.as_deref(), Some("Björn, Muster"));
}

#[test]
fn segments_of_a_forwarded_call_share_a_group() {
    let segments: Vec<_> = calls().into_iter().filter(|draft| draft.key.contains("-000000000005/")).collect();
    assert_eq!(segments.len(), 2);
    assert_eq!(segments[0].call.details.group, segments[1].call.details.group);
}

#[test]
fn a_telepresence_row_is_stored_as_printed_and_its_fields_get_the_first_list_values() {
    let draft = calls().pop().unwrap();
    assert_eq!(draft.key, "CALL/00000000-0000-4000-8000-000000000011/2026-11-20T12:00:00.000+01:00");
    assert_eq!(draft.call.calling.as_deref(), Some("suite-left"));
    assert_eq!(draft.call.call_id, None, "the first value of a list may be blank");
    let dma = draft.call.details.telepresence.unwrap();
    assert_eq!(dma.texts["displays"], "3");
    assert_eq!(dma.printed.len(), 43);
    assert_eq!(dma.printed["origEndpoint"], "suite-left,suite-middle,suite-right");
    assert_eq!(dma.printed["destCallId"], ",,");
    assert_eq!(dma.printed["type"], "CALL");
    // A comma in a name does not indicate a telepresence room.
    assert!(calls()[1].call.details.telepresence.as_ref().unwrap().printed.is_empty());
}

#[test]
fn conferences_are_read() {
    let (_, conferences, _) = loaded(&fixture("dma/conferences.csv"), &FeedSettings::default());
    assert_eq!(conferences.len(), 3);
    assert_eq!(conferences[0].key, "CONF/00000000-0000-4000-8000-000000000101/2026-11-20T10:00:00.500+01:00");
    let conference = &conferences[0].conference;
    assert_eq!(conference.kind.as_deref(), Some("AD-HOC"));
    assert_eq!(conference.owner.as_deref(), Some("LOCAL\\chloe"));
    assert_eq!((conference.participants, conference.max_resources.as_deref()), (Some(2), Some("video: 2 voice: 0")));
    assert_eq!(conferences[2].conference.ended_at, None);
}

#[test]
fn the_export_zip_gives_the_same_records_as_its_files() {
    let settings = FeedSettings::default();
    let (calls, conferences, bad) = loaded(&fixture("dma/cdrExport.zip"), &settings);
    assert_eq!(calls, loaded(&fixture("dma/calls.csv"), &settings).0);
    assert_eq!(conferences, loaded(&fixture("dma/conferences.csv"), &settings).1);
    assert_eq!(bad, []);
    assert_eq!(load(&fixture("dma/cdrExport.zip")).unwrap().warnings, Vec::<String>::new());
}

#[test]
fn counts_that_differ_from_the_rows_give_a_warning() {
    let (calls, conferences) = (fixture("dma/calls.csv"), fixture("dma/conferences.csv"));
    let file = archive(&[("n.txt", b"10,3,a,\n"), ("c.csv", &calls), ("folder/d.csv", &conferences)]);
    let report = load(&file).unwrap();
    assert_eq!((report.read, report.quarantined), (12, 0));
    assert_eq!(report.warnings, ["file/n.txt counts 10 calls, the archive holds 9"]);
}

#[test]
fn positions_name_the_member() {
    let sink = Sink::default();
    let file = archive(&[("calls.csv", b"1,CALL,short\n")]);
    sink.load(&DmaCsv, &file, &FeedSettings::default()).unwrap();
    assert_eq!(sink.kept().quarantine[0].0, "file/calls.csv:1");
}

#[test]
fn a_damaged_archive_is_an_error() {
    let whole = archive(&[("calls.csv", &fixture("dma/calls.csv"))]);
    let error = load(&whole[..whole.len() - 30]).unwrap_err();
    assert_eq!(error.to_string(), "file: not a readable ZIP archive");
    // Deflate or the checksum detects a flipped byte in the data.
    let mut detected = 0;
    for at in (60..500).step_by(7) {
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        detected += u32::from(matches!(load(&flipped), Err(IntakeError::Ended { .. } | IntakeError::Input { .. })));
    }
    assert_eq!(detected, 63);
    let empty = archive(&[]);
    assert_eq!(load(&empty).unwrap().read, 0);
}

#[test]
fn the_number_of_fields_selects_the_layout() {
    let five = "1,CALL,VMR,00000000-0000-4000-8000-000000000009,2026-11-21T10:00:00+01:00,2026-11-21T10:05:00+01:00,Ada,7001,7001,,,,,,,,,,,,,a,b,c,d,e,participant,TRUE\n";
    let (calls, _, bad) = loaded(five.as_bytes(), &FeedSettings::default());
    assert_eq!(bad, []);
    let dma = calls[0].call.details.telepresence.as_ref().unwrap();
    assert_eq!(
        (dma.dialin, dma.texts["user_data_e"].as_str(), dma.texts["user_role"].as_str()),
        (Some(true), "e", "participant")
    );
    assert!(calls[0].call.success, "this layout has no failure code");
    let (_, _, bad) = loaded(format!("{five}1,CALL,x\n1,CONF,x\n1,CALL\n").as_bytes(), &FeedSettings::default());
    let bad: Vec<_> = bad.iter().map(|(reason, detail)| (reason.as_str(), detail.as_str())).collect();
    assert_eq!(
        bad,
        [
            ("columns", "3 fields, the layouts expect 28 or 43 for CALL"),
            ("columns", "3 fields, the layouts expect 15 for CONF"),
            ("columns", "2 fields, the layouts expect 28 or 43 for CALL"),
        ]
    );
}

#[test]
fn a_custom_layout_maps_the_columns() {
    let layout = cdr_export::Layout::read(
        r#"
        name = "own"
        summary = "ours"
        [[sheets]]
        name = "calls"
        rows = "calls"
        columns = [
            { heading = "version", constant = "3" },
            { heading = "type", constant = "CALL" },
            { heading = "callUuid", field = "call_uuid" },
            { heading = "startTime", field = "started_at" },
            { heading = "mystery", constant = "" },
            { heading = "account", field = "account_given" },
            { heading = "seconds", field = "talk", style = "seconds" },
        ]
        "#,
    )
    .unwrap();
    let settings = FeedSettings { layouts: vec![layout], extra: vec!["mystery".to_owned()], ..FeedSettings::default() };
    let (calls, _, bad) = loaded(
        b"version,type,callUuid\n7,CALL,00000000-0000-4000-8000-000000000001,2026-11-21T10:00:00Z,what,acc-1,61\n",
        &settings,
    );
    assert_eq!(bad, []);
    let call = &calls[0].call;
    assert_eq!(
        (call.details.extra["mystery"].as_str(), call.details.account_given.as_deref()),
        ("what", Some("acc-1"))
    );
    assert_eq!(call.talk_us, Some(61_000_000));
}

#[test]
fn times_without_an_offset_are_in_the_zone_of_the_settings() {
    let settings = FeedSettings { zone: "Europe/Berlin".parse().unwrap(), ..FeedSettings::default() };
    let (calls, _, _) = loaded(row(&[(5, "2026-10-25T02:30:00.123456789")], 43).as_bytes(), &settings);
    assert_eq!(calls[0].call.started_at.to_string(), "2026-10-25T00:30:00.123456Z");
    assert!(calls[0].call.assumed.contains(Assumed::LOCAL_TIME));
    assert_eq!((calls[0].call.ended_at, calls[0].call.billed_at), (None, calls[0].call.started_at));
}

#[test]
fn an_invalid_row_is_reported_with_its_value_and_what_was_expected() {
    let cases = [
        (row(&[(1, "call")], 43), "record-type", "the second field is `call`, expected CALL or CONF"),
        (row(&[(3, "7")], 43), "field-unreadable", "callUuid: field `call_uuid` takes a UUID, not `7`"),
        (row(&[(4, "yes")], 43), "field-unreadable", "dialin is `yes`, expected TRUE or FALSE"),
        (
            row(&[(5, "2026-13-21T10:00:00Z")], 43),
            "time-unreadable",
            "startTime is `2026-13-21T10:00:00Z`: month 13 at character 6, expected 01 to 12",
        ),
        (row(&[(5, "")], 43), "field-missing", "startTime is blank"),
        (
            row(&[(6, "-0001-01-01T00:00:00Z")], 43),
            "time-out-of-range",
            "its end is -0001-01-01T00:00:00.000000Z, expected a time in the years 1970 to 9999",
        ),
    ];
    for (file, reason, detail) in cases {
        let (calls, _, bad) = loaded((file.clone() + &row(&[(4, "true")], 43)).as_bytes(), &FeedSettings::default());
        assert_eq!(bad, [(reason.to_owned(), detail.to_owned())], "{file}");
        assert_eq!((calls.len(), calls[0].call.details.telepresence.as_ref().unwrap().dialin), (1, Some(true)));
    }
}

/// The records as printed by the DMA's layout.
fn exported<R: Record + Clone>(rows: SheetContent, records: &[R]) -> Vec<u8> {
    let layout = Layout::named("dma-6.1-reconstructed", &[]).unwrap().only(|sheet| sheet.rows == rows);
    let sheet = layout.sheets[0].clone();
    let spec =
        ExportSpec { layout, format: "csv".to_owned(), package: Package::Plain, zone: "Europe/Berlin".to_owned() };
    let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
    let push_all = |push: &mut dyn FnMut(R) -> std::io::Result<()>| {
        records.iter().cloned().try_for_each(push).map_err(ExportError::from)
    };
    file.sheet(&sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, push_all).unwrap();
    file.finish().unwrap().0
}

#[test]
fn exported_samples_load_as_the_same_records() {
    let settings = FeedSettings::default();
    let calls: Vec<_> = calls().into_iter().map(|draft| draft.call).collect();
    let again: Vec<_> =
        loaded(&exported(SheetContent::Calls, &calls), &settings).0.into_iter().map(|draft| draft.call).collect();
    assert_eq!(again, calls);
    let read = |file: &[u8]| loaded(file, &settings).1.into_iter().map(|draft| draft.conference).collect::<Vec<_>>();
    let conferences = read(&fixture("dma/conferences.csv"));
    assert_eq!(read(&exported(SheetContent::Conferences, &conferences)), conferences);
}

/// A field that a DMA may print: blank, or some text.
fn printed() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ -~äöü\r\n\t]{1,12}"]
}

proptest! {
    #[test]
    fn a_call_printed_by_the_layout_reads_back_the_same(
        texts in proptest::collection::vec(printed(), 43),
        flags in proptest::array::uniform3(any::<bool>()),
        times in proptest::array::uniform3(0..4_000_000_000_000i64),
        failure in proptest::option::of((300..700u16, "[A-Z ]{0,12}")),
    ) {
        let time = |millis: i64| cdr_model::Timestamp::from_micros(millis * 1000).to_string();
        let flag = |yes: bool| if yes { "TRUE" } else { "FALSE" }.to_owned();
        let mut fields = texts;
        fields[0] = "1".to_owned();
        fields[1] = "CALL".to_owned();
        fields[3] = "00000000-0000-4000-8000-000000000001".to_owned();
        (fields[4], fields[40], fields[41]) = (flag(flags[0]), flag(flags[1]), flag(flags[2]));
        (fields[5], fields[6], fields[42]) = (time(times[0]), time(times[1]), time(times[2]));
        fields[28] = failure.map(|(code, reason)| format!("{code}:{reason}")).unwrap_or_default();
        let mut row = csv::Writer::from_writer(Vec::new());
        row.write_record(&fields).unwrap();
        let first = loaded(&row.into_inner().unwrap(), &FeedSettings::default());
        prop_assert_eq!(&first.2, &[]);
        let call = first.0[0].call.clone();
        let again = loaded(&exported(SheetContent::Calls, std::slice::from_ref(&call)), &FeedSettings::default());
        prop_assert_eq!(&again.0[0].call, &call);
    }
}

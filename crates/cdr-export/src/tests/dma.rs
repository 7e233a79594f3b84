//! The output of the DMA layouts.

use cdr_model::{Anchor, Cdr, ConferenceRecord, Directory, Record, Timestamp};

use super::spec;
use crate::{Counts, Cut, ExportError, ExportFile, ExportSpec, Package, Sheet, SheetContent, SheetReceipt};

fn sheet_text<R: Record>(spec: &ExportSpec, rows: SheetContent, record: R) -> String {
    sheet_of(spec, rows, |file, sheet| {
        file.sheet(sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| Ok::<(), ExportError>(push(record)?))
    })
}

fn sheet_of(
    spec: &ExportSpec,
    rows: SheetContent,
    write: impl FnOnce(&mut ExportFile<Vec<u8>>, &Sheet) -> Result<SheetReceipt, ExportError>,
) -> String {
    let layout = spec.layout.clone().only(|sheet| sheet.rows == rows);
    let spec = ExportSpec { layout, package: Package::Plain, ..spec.clone() };
    let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
    write(&mut file, &spec.layout.sheets[0]).unwrap();
    String::from_utf8(file.finish().unwrap().0).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A call as an ordinary switch records it.
fn ordinary() -> Cdr {
    let mut call = Cdr {
        started_at: at("2026-07-01T09:59:59.9999Z"),
        ended_at: Some(at("2026-11-21T10:00:00.5Z")),
        success: false,
        calling: Some("4930123".to_owned()),
        called: Some("00441632,960".to_owned()),
        call_id: Some("a84b4c76e66710".to_owned()),
        release_cause: Some(17),
        release_code: Some(486),
        ..Cdr::default()
    };
    call.details.call_uuid = Some("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1".parse().unwrap());
    call.details.sip.release_reason = Some("Busy here".to_owned());
    call
}

#[test]
fn a_call_of_another_switch_is_printed_with_its_known_fields() {
    assert_eq!(
        sheet_text(&spec("dma-6.1-reconstructed", "csv", Package::Zip), SheetContent::Calls, ordinary()),
        "1,CALL,PT-PT,6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1,FALSE,2026-07-01T11:59:59.999+02:00,\
         2026-11-21T11:00:00.500+01:00,4930123,\"00441632,960\",\"00441632,960\",,,,,17,,,,,,,,,,,,,,486:BUSY HERE,,,,,1,,,,\
         a84b4c76e66710,,,,,\n"
    );
    assert_eq!(
        sheet_text(&spec("dma-5.x", "csv", Package::Zip), SheetContent::Calls, ordinary()),
        "1,CALL,PT-PT,6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1,2026-07-01T11:59:59+02:00,2026-11-21T11:00:00+01:00,4930123,\
         \"00441632,960\",\"00441632,960\",,,,,17,,,,,,,,,,,,,,FALSE\n"
    );
}

#[test]
fn a_zero_offset_is_a_z_since_6_1_and_a_number_before() {
    for (layout, expected) in
        [("dma-6.1-reconstructed", "2026-07-01T09:59:59.999Z"), ("dma-5.x", "2026-07-01T09:59:59+00:00")]
    {
        let spec = ExportSpec { zone: "UTC".to_owned(), ..spec(layout, "csv", Package::Zip) };
        let text = sheet_text(&spec, SheetContent::Calls, ordinary());
        assert!(text.contains(&format!(",{expected},")), "{text}");
    }
}

#[test]
fn a_call_of_a_dma_is_printed_as_received() {
    let mut call = ordinary();
    call.success = true;
    let dma = call.telepresence_mut();
    dma.call_type = Some("VMR".to_owned());
    dma.dialin = Some(true);
    dma.conf_requires_chair = Some(true);
    dma.chair_join_time = Some(at("2026-07-01T10:00:01Z"));
    for (name, text) in [
        ("orig_endpoint", "Room 4 "),
        // An empty text is not null: the `or` fields are not tried.
        ("dial_string", ""),
        ("cause", "40"),
        ("displays", "3"),
        ("user_data_c", "said \"hello\""),
        ("max_video_resolution", "1080"),
        ("chair_passcode", "1234"),
    ] {
        dma.texts.insert(name.to_owned(), text.to_owned());
    }
    assert_eq!(
        sheet_text(&spec("dma-6.1-reconstructed", "csv", Package::Zip), SheetContent::Calls, call),
        "1,CALL,VMR,6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1,TRUE,2026-07-01T11:59:59.999+02:00,\
         2026-11-21T11:00:00.500+01:00,\"Room 4 \",,\"00441632,960\",,,,,40,,,,,,,,,,,\"said \"\"hello\"\"\",,,,,,,,3,,1080,,\
         a84b4c76e66710,,1234,TRUE,,2026-07-01T12:00:01.000+02:00\n"
    );
}

#[test]
fn a_telepresence_room_is_printed_as_received_if_the_layout_is_verbatim() {
    let mut call = ordinary();
    let printed = &mut call.telepresence_mut().printed;
    printed.insert("startTime".to_owned(), "2014-06-01T10:00:00.000Z,2014-06-01T10:00:01.000Z".to_owned());
    printed.insert("origEndpoint".to_owned(), "left,centre,right".to_owned());
    // The version is the layout's own.
    printed.insert("version".to_owned(), "9".to_owned());
    let mut spec = spec("dma-6.1-reconstructed", "csv", Package::Zip);
    let text = sheet_text(&spec, SheetContent::Calls, call.clone());
    assert!(text.starts_with("1,CALL,PT-PT,"), "{text}");
    assert!(text.contains(",FALSE,\"2014-06-01T10:00:00.000Z,2014-06-01T10:00:01.000Z\",2026-"), "{text}");
    assert!(text.contains(",\"left,centre,right\","), "{text}");
    spec.layout.verbatim = false;
    let text = sheet_text(&spec, SheetContent::Calls, call);
    assert!(text.contains(",2026-07-01T11:59:59.999+02:00,2026-11-21T11:00:00.500+01:00,4930123,"), "{text}");
}

#[test]
fn a_conference_is_printed_in_the_order_of_the_guide() {
    let conference = ConferenceRecord {
        uuid: Some("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1".parse().unwrap()),
        started_at: at("2026-11-21T10:00:00Z"),
        ended_at: None,
        kind: Some("AD-HOC".to_owned()),
        cluster: Some("Europe".to_owned()),
        owner: Some("LOCAL\\anna".to_owned()),
        room: Some("1001".to_owned()),
        participants: Some(12),
        service_class: Some("Gold".to_owned()),
        max_resources: Some("video: 3 voice: 9".to_owned()),
        ..ConferenceRecord::default()
    };
    assert_eq!(
        sheet_text(&spec("dma-6.1-reconstructed", "csv", Package::Zip), SheetContent::Conferences, conference),
        "1,CONF,AD-HOC,Europe,6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1,2026-11-21T11:00:00.000+01:00,,LOCAL\\anna,1001,12,Gold,\
         ,,,video: 3 voice: 9\n"
    );
}

#[test]
fn counts_are_one_line() {
    let counts = Counts {
        calls: 12,
        conferences: 3,
        sources_included: vec!["Europe".to_owned(), "Asia".to_owned()],
        sources_excluded: vec!["Mars, north".to_owned()],
    };
    let none = Counts::default();
    for (layout, format, counts, expected) in [
        ("dma-6.1-reconstructed", "csv", &counts, "12,3,Europe;Asia,\"Mars, north\"\n"),
        ("dma-6.1-reconstructed", "csv", &none, "0,0,,\n"),
        ("dma-5.x", "csv", &counts, "12,3,Europe;Asia\n"),
        (
            "dma-6.1-reconstructed",
            "ndjson",
            &counts,
            "{\"calls\":12,\"conferences\":3,\"clustersIncluded\":\"Europe;Asia\",\"clustersExcluded\":\"Mars, north\"}\n",
        ),
    ] {
        let mut spec = spec(layout, format, Package::Zip);
        // Counts are one line even if the layout has headings.
        spec.layout.csv.heading = true;
        assert_eq!(
            sheet_of(&spec, SheetContent::Counts, |file, sheet| file.counts(sheet, counts)),
            expected,
            "{layout}"
        );
    }
}

//! The status of an export in each of its states.

use std::time::Duration;

use cdr_export::{FileReceipt, Layout, Package, QueryFacts, Receipt, SheetReceipt};
use cdr_mediation::{Entered, ExportJob, Finished, JobLedger, JobState, MemoryLedger, Progress, Step};
use cdr_model::{Anchor, LocalZone, Timestamp};

use crate::dma::from_wire::Named;
use crate::dma::to_wire::{printed, status};
use crate::dma::wire::{BillingStatus, Encoding, PlcmError};
use crate::dma::{DmaOptions, LaneRule};

const BASE: &str = "https://dma.example:8443";

fn bangkok() -> LocalZone {
    "Asia/Bangkok".parse().unwrap()
}

fn job(state: JobState) -> ExportJob {
    let options = DmaOptions { zone: bangkok(), ..DmaOptions::default() };
    let now: Timestamp = "2017-10-17T03:52:25.001999Z".parse().unwrap();
    let bounds = Named::read("", &options).unwrap().or_today(now, &options).unwrap();
    let order = bounds.order("dma".to_owned(), &options, &Layout::named(&options.layout, &[]).unwrap()).unwrap();
    let rows = matches!(state, JobState::Completed(_)).then(|| finished().rows(&order.request.spec));
    match MemoryLedger::default().enter("alice", &order, now).unwrap() {
        Entered::Pending(job) => ExportJob { rows, state, ..*job },
        refused => unreachable!("the lane is free: {refused:?}"),
    }
}

fn finished() -> Finished {
    let sheet = |file: &str, rows| SheetReceipt {
        file: file.to_owned(),
        heading: false,
        rows,
        bytes: 0,
        crc32: String::new(),
        talk_seconds: Some(String::new()),
        money: Some(Default::default()),
        first: None,
        last: None,
        without_anchor: None,
        totals: Vec::new(),
    };
    let spec = job(JobState::Pending).order.request.unwrap().spec;
    assert_eq!(spec.package, Package::Zip);
    let facts = QueryFacts {
        anchor: Anchor::Start,
        from: Timestamp::MIN,
        until: Timestamp::MAX,
        conditions: vec![],
        order: String::new(),
        watermark: None,
    };
    let sheets = vec![sheet("calls.csv", 10), sheet("conferences.csv", 2), sheet("counts.txt", 1)];
    let file = FileReceipt { name: String::new(), bytes: 1, sha256: String::new() };
    let receipt = Receipt::new(facts, &spec, sheets, "cdrExport.zip", file);
    Finished { receipt, file: "key".to_owned(), tag: 1_508_212_345, at: Timestamp::default() }
}

fn xml(status: &BillingStatus) -> String {
    String::from_utf8(Encoding::Xml.write(status)).unwrap()
}

fn json(status: &BillingStatus) -> serde_json::Value {
    serde_json::from_slice(&Encoding::Json.write(status)).unwrap()
}

#[test]
fn a_finished_generation_in_xml() {
    let job = job(JobState::Completed(Box::new(finished().into())));
    assert_eq!(
        xml(&status(Some(&job), BASE, &bangkok())),
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ns2:plcm-billing-status xmlns="http://www.w3.org/2005/Atom" xmlns:ns2="urn:com:polycom:api:rest:plcm-billing-status"><link href="https://dma.example:8443/api/rest/billing/status" rel="self" type="application/vnd.plcm.plcm-billing-status" title="Self Relationship"/><ns2:total-number-cdr-records>12</ns2:total-number-cdr-records><ns2:number-cdr-records-processed>12</ns2:number-cdr-records-processed><ns2:estimated-time-remaining-seconds>0</ns2:estimated-time-remaining-seconds><ns2:action-type>CREATING_CDR_FILE</ns2:action-type><ns2:status-type>GENERATION_COMPLETE</ns2:status-type><ns2:download-ready>true</ns2:download-ready><ns2:download-url>https://dma.example:8443/api/rest/billing/download-cdrs</ns2:download-url><ns2:entity-tag>1508212345</ns2:entity-tag><ns2:from-date>2017-10-17T00:00:00.000+07:00</ns2:from-date><ns2:to-date>2017-10-17T10:52:25.001+07:00</ns2:to-date><ns2:creation-time>2017-10-17T10:52:25.001+07:00</ns2:creation-time></ns2:plcm-billing-status>"#
    );
}

#[test]
fn a_finished_generation_in_json() {
    let job = job(JobState::Completed(Box::new(finished().into())));
    let text = String::from_utf8(Encoding::Json.write(&status(Some(&job), BASE, &bangkok()))).unwrap();
    assert_eq!(
        text,
        r#"{"atomLinkList":[{"href":"https://dma.example:8443/api/rest/billing/status","rel":"self","type":"application/vnd.plcm.plcm-billing-status","title":"Self Relationship"}],"totalNumberCdrRecords":12,"numberCdrRecordsProcessed":12,"estimatedTimeRemainingSeconds":0,"actionType":"CREATING_CDR_FILE","statusType":"GENERATION_COMPLETE","downloadReady":true,"downloadUrl":"https://dma.example:8443/api/rest/billing/download-cdrs","entityTag":"1508212345","fromDate":"2017-10-17T00:00:00.000+07:00","toDate":"2017-10-17T10:52:25.001+07:00","creationTime":"2017-10-17T10:52:25.001+07:00"}"#
    );
}

#[test]
fn elements_and_keys_are_in_the_order_of_the_reference() {
    let reference = [
        "total-number-cdr-records",
        "number-cdr-records-processed",
        "estimated-time-remaining-seconds",
        "action-type",
        "status-type",
        "download-ready",
        "download-url",
        "status-message",
        "entity-tag",
        "from-date",
        "to-date",
        "creation-time",
    ];
    let job = job(JobState::Completed(Box::new(finished().into())));
    let everything = BillingStatus { status_message: Some("fine".to_owned()), ..status(Some(&job), BASE, &bangkok()) };
    let text = xml(&everything);
    let mut found: Vec<&str> = text.split("<ns2:").skip(2).map(|rest| rest.split('>').next().unwrap()).collect();
    assert_eq!(found, reference);
    let text = String::from_utf8(Encoding::Json.write(&everything)).unwrap();
    let camel = |name: &str| {
        let mut words = name.split('-').map(str::to_owned);
        let first = words.next().unwrap();
        words.fold(first, |all, word| all + &word[..1].to_uppercase() + &word[1..])
    };
    found = text.split('"').collect();
    let places =
        reference.map(|name| found.iter().position(|key| *key == camel(name)).unwrap_or_else(|| panic!("{name}")));
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn each_state_has_its_status_and_action() {
    let running = |step, rows, expected| {
        JobState::Running(Progress { step, rows, expected, elapsed: Duration::from_millis(1500) })
    };
    let failed = JobState::Failed { reason: "the disk is full".to_owned(), at: Timestamp::default() };
    let cases = [
        (JobState::Pending, "RUNNING", "RETRIEVING_CDR_NUM_CALL_RECORDS", (0, 0), None),
        (running(Step::Counting, 0, 0), "RUNNING", "RETRIEVING_CDR_NUM_CALL_RECORDS", (0, 0), None),
        (running(Step::Calls, 0, 100), "RUNNING", "RETRIEVING_CDR_CALL_RECORDS", (0, 100), None),
        (running(Step::Calls, 20, 100), "RUNNING", "RETRIEVING_CDR_CALL_RECORDS", (20, 100), Some(6)),
        (running(Step::Conferences, 99, 100), "RUNNING", "RETRIEVING_CDR_CONF_RECORDS", (99, 100), Some(1)),
        (running(Step::Finishing, 101, 100), "RUNNING", "CREATING_CDR_FILE", (101, 101), Some(0)),
        (failed, "ERROR_UNKNOWN_CREATE", "CREATING_CDR_FILE", (0, 0), None),
    ];
    for (state, status_type, action_type, (processed, total), left) in cases {
        let job = job(state);
        let status = json(&status(Some(&job), BASE, &bangkok()));
        assert_eq!(status["statusType"], status_type, "{status}");
        assert_eq!(status["actionType"], action_type, "{status}");
        assert_eq!(
            (&status["numberCdrRecordsProcessed"], &status["totalNumberCdrRecords"]),
            (&processed.into(), &total.into())
        );
        assert_eq!(status["estimatedTimeRemainingSeconds"].as_u64(), left, "{status}");
        assert_eq!(
            (&status["downloadReady"], status.get("downloadUrl"), status.get("entityTag")),
            (&false.into(), None, None)
        );
        assert_eq!(status["fromDate"], "2017-10-17T00:00:00.000+07:00");
        let is_failed = status_type.starts_with("ERROR");
        assert_eq!(status.get("statusMessage").is_some_and(|it| it == "the disk is full"), is_failed, "{status}");
    }
}

#[test]
fn without_an_export_nothing_has_started() {
    let expected = r#"{"atomLinkList":[{"href":"https://dma.example:8443/api/rest/billing/status","rel":"self","type":"application/vnd.plcm.plcm-billing-status","title":"Self Relationship"}],"totalNumberCdrRecords":0,"numberCdrRecordsProcessed":0,"actionType":"NOT_STARTED","statusType":"NOT_STARTED","downloadReady":false}"#;
    for job in [None, Some(job(JobState::Withdrawn))] {
        let text = Encoding::Json.write(&status(job.as_ref(), BASE, &bangkok()));
        assert_eq!(String::from_utf8(text).unwrap(), expected);
    }
}

#[test]
fn characters_invalid_in_xml_are_dropped_and_others_escaped() {
    let error = PlcmError {
        status_code: 400,
        description: "a\u{0}<b>&\u{1b}\"c\"\u{FFFF}\u{1F600}".to_owned(),
        technical_details: None,
    };
    let text = String::from_utf8(Encoding::Xml.write(&error)).unwrap();
    let expected = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><ns2:plcm-error xmlns="http://www.w3.org/2005/Atom" xmlns:ns2="urn:com:polycom:api:rest:plcm-error"><ns2:status-code>400</ns2:status-code><ns2:description>a&lt;b&gt;&amp;&quot;c&quot;😀</ns2:description></ns2:plcm-error>"#;
    assert_eq!(text, expected);
}

#[test]
fn times_have_three_digits_and_an_offset() {
    let cases = [
        ("2026-11-21T10:00:00Z", "UTC", Some("2026-11-21T10:00:00.000+00:00")),
        ("2026-07-01T10:00:00.999999Z", "Europe/Berlin", Some("2026-07-01T12:00:00.999+02:00")),
        ("1969-12-31T23:59:59.999999Z", "-02:30", Some("1969-12-31T21:29:59.999-02:30")),
        ("-0044-03-15T12:00:00Z", "UTC", Some("-0044-03-15T12:00:00.000+00:00")),
        ("+12345-01-01T00:00:00Z", "UTC", Some("12345-01-01T00:00:00.000+00:00")),
        ("1960-01-01T00:00:00Z", "Africa/Monrovia", Some("1959-12-31T23:16:00.000-00:44")),
        ("infinity", "UTC", None),
        ("-infinity", "UTC", None),
    ];
    for (at, zone, expected) in cases {
        let found = printed(at.parse().unwrap(), &zone.parse().unwrap());
        assert_eq!(found.as_deref(), expected, "{at} {zone}");
    }
}

#[test]
fn the_lane_is_shared_or_per_caller() {
    let lane = |lane| DmaOptions { lane, ..DmaOptions::default() }.lane_of("alice");
    assert_eq!((lane(LaneRule::One), lane(LaneRule::Caller)), ("dma".to_owned(), "dma/alice".to_owned()));
}

use super::YETI_CDR;
use crate::FeedSettings;
use crate::testing::{Sink, fixture};

#[test]
fn each_attempt_is_a_call_of_its_own() {
    let extra = vec!["dialpeer_prefix".to_owned(), "vendor_price".to_owned()];
    let sink = Sink::default();
    let report = sink.load(&YETI_CDR, &fixture("yeti/cdr.csv"), &FeedSettings { extra, ..FeedSettings::default() });
    let report = report.unwrap();
    assert_eq!((report.loaded, report.quarantined), (4, 0));
    let kept = sink.kept();
    let calls = kept.calls();
    assert_eq!(kept.keys, ["9001", "9002", "9003", "9004"]);
    let attempts: Vec<_> = calls
        .iter()
        .map(|draft| (draft.call.details.attempt, draft.call.last_attempt, draft.call.details.group.as_deref()))
        .collect();
    assert_eq!(
        attempts,
        [
            (Some(1), true, Some("src:pbx:tag-1")),
            (Some(1), false, Some("src:pbx:tag-3")),
            (Some(2), true, Some("src:pbx:tag-3")),
            (None, true, None),
        ]
    );
    let first = &calls[0];
    assert_eq!((first.account.as_deref(), first.call.details.source_ref.as_deref()), (Some("17"), Some("9001")));
    // What the customer pays, and not what the vendor gets.
    let rating = first.call.details.rating.as_ref().unwrap();
    assert_eq!(first.call.price.unwrap().to_string(), "0.0226");
    assert_eq!(rating.price_no_vat.unwrap().to_string(), "0.0190");
    assert_eq!(first.call.details.extra["dialpeer_prefix"], "155");
    assert_eq!(first.call.details.extra["vendor_price"], "0.0100");
    assert_eq!(first.call.details.sip.calling_name.as_deref(), Some("Ada \"The\" Example"));
    assert_eq!(calls[1].call.details.sip.calling_name.as_deref(), Some(""));
    // The switch itself refused the last one, before it had an account.
    assert_eq!((calls[3].call.release_code, calls[3].account.as_deref()), (Some(404), None));
    assert_eq!(calls[3].call.details.sip.release_reason.as_deref(), Some("No routes"));
}

#[test]
fn an_export_of_other_columns_is_read_as_far_as_it_goes() {
    let file =
        "time_start,time_connect,time_end\n2026-11-21 10:00:00+00,2026-11-21 10:00:05+00,2026-11-21 10:00:09+00\n";
    let sink = Sink::default();
    assert_eq!(sink.load(&YETI_CDR, file.as_bytes(), &FeedSettings::default()).unwrap().loaded, 1);
    assert_eq!(sink.kept().calls()[0].call.talk_us, Some(4_000_000));
    let error = Sink::default().load(&YETI_CDR, b"time_start,duration\n", &FeedSettings::default()).unwrap_err();
    assert!(error.to_string().contains("no column `time_connect`"), "{error}");
}

use cdr_model::{CdrField, Directory, Record};

use super::YETI_CSV;
use crate::FeedSettings;
use crate::testing::{Kept, Sink, fixture};

/// The values of fields of each call, as the native format prints them.
fn values(kept: &Kept, fields: &[CdrField]) -> Vec<String> {
    let directory = Directory::default();
    let line = |draft: &&cdr_mediation::CallDraft| {
        fields.iter().map(|field| format!("{:?}", draft.call.value(*field, &directory))).collect::<Vec<_>>().join(" ")
    };
    kept.calls().iter().map(line).collect()
}

#[test]
fn an_export_for_customers_loses_nothing() {
    let sink = Sink::default();
    let report = sink.load(&YETI_CSV, &fixture("yeti/export.csv"), &FeedSettings::default()).unwrap();
    assert_eq!((report.loaded, report.quarantined), (4, 0));
    let kept = sink.kept();
    let calls = kept.calls();
    let first = &calls[0].call;
    assert_eq!(first.started_at.to_string(), "2026-11-21T10:03:00.500000Z");
    assert_eq!(first.connected_at.unwrap().to_string(), "2026-11-21T10:03:05.118457Z");
    assert_eq!((first.talk_us, first.billed_us, first.success), (Some(60_000_000), Some(60_000_000), true));
    assert_eq!(first.details.sip.calling_name.as_deref(), Some("Ada \"The\" Example"));
    assert_eq!(first.details.sip.diversion.as_deref(), Some(""));
    assert_eq!(first.details.calling_routed.as_deref(), Some("+493023125001"));
    assert_eq!(first.details.group.as_deref(), Some("src:pbx:tag-1"));
    let rating = first.details.rating.as_ref().unwrap();
    assert_eq!((rating.initial_interval, rating.next_interval), (Some(60), Some(1)));
    assert_eq!(first.price.unwrap().to_string(), "0.0190");
    // Empty and missing values stay apart.
    assert_eq!(
        (calls[1].call.details.sip.calling_name.as_deref(), calls[2].call.details.sip.calling_name.as_deref()),
        (Some(""), None)
    );
    assert_eq!((calls[1].call.connected_at, calls[1].call.talk_us, calls[1].call.success), (None, Some(0), false));
    assert!(calls.iter().all(|draft| draft.key.ends_with("/1") && draft.account.is_none()));
    let rates = values(&kept, &[CdrField::InitialRate, CdrField::Price]);
    assert!(rates[3].contains("Money"), "{}", rates[3]);
}

#[test]
fn the_three_forms_of_times_give_the_same_calls() {
    let berlin = FeedSettings { zone: "Europe/Berlin".parse().unwrap(), ..FeedSettings::default() };
    let text = String::from_utf8(fixture("yeti/export.csv")).unwrap();
    let local = text.replace("+00\"", "\"").replace(" 10:", " 11:");
    let whole = local.replace(".118457", "").replace(":00.5", ":00");
    for (file, micros) in
        [(text.replace("+00\"", "+02\"").replace(" 10:", " 12:"), true), (local, true), (whole, false)]
    {
        let sink = Sink::default();
        assert_eq!(sink.load(&YETI_CSV, file.as_bytes(), &berlin).unwrap().quarantined, 0);
        let kept = sink.kept();
        let start = kept.calls()[0].call.started_at.to_string();
        let expected = if micros { "2026-11-21T10:03:00.500000Z" } else { "2026-11-21T10:03:00.000000Z" };
        assert_eq!(start, expected);
    }
}

#[test]
fn an_export_for_administrators_has_its_own_identifiers() {
    let file = "ID,UUID,Time Start,Time End,Duration,Success,Is Last Cdr,Routing Attempt,Customer Acc,Internal Disconnect Code,\
                Internal Disconnect Code\n\
                \"9\",\"6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1\",\"2026-11-21 10:00:00+00\",\"2026-11-21 10:00:09+00\",\"0\",\"f\",\"f\",\"1\",\"17\",\"8\",\"9\"\n";
    let sink = Sink::default();
    let report = sink.load(&YETI_CSV, file.as_bytes(), &FeedSettings::default()).unwrap();
    assert_eq!((report.loaded, report.quarantined), (1, 0));
    let kept = sink.kept();
    let [draft] = kept.calls()[..] else { panic!("one call") };
    assert_eq!((draft.key.as_str(), draft.account.as_deref()), ("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1", Some("17")));
    assert_eq!((draft.call.last_attempt, draft.call.details.attempt), (false, Some(1)));
    assert_eq!(draft.call.details.source_ref.as_deref(), Some("9"));
}

use data_encoding::BASE64;
use proptest::prelude::*;

use super::super::freeswitch_json::FreeswitchJson;
use super::FreeswitchXml;
use crate::testing::{Sink, certain, fixture};
use crate::{FeedSettings, FileEnd, FileSample};

const UUID: &str = "9f2f4a8e-6a2c-4b2f-9a51-0d4b1c6b7a11";

/// The least that makes a leg, with more variables.
fn document(more: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<cdr core-uuid=\"x\"><variables><uuid>{UUID}</uuid><start_epoch>1795255200</start_epoch>\
         <billsec>7</billsec>{more}</variables><callflow dialplan=\"XML\"><caller_profile><caller_id_number>1&amp;2\
         </caller_id_number></caller_profile></callflow><callflow><caller_profile><caller_id_number>3</caller_id_number>\
         </caller_profile></callflow></cdr>"
    )
}

fn loaded(file: &str, settings: &FeedSettings) -> (Vec<cdr_mediation::CallDraft>, Vec<String>) {
    let sink = Sink::default();
    sink.load(&FreeswitchXml, file.as_bytes(), settings).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(position, reason, detail, _)| format!("{position}: {reason}: {detail}"));
    (kept.calls().into_iter().cloned().collect(), bad.collect())
}

fn url_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[test]
fn a_leg_is_the_same_record_as_in_json() {
    let sink = Sink::default();
    let settings = FeedSettings::default();
    assert_eq!(sink.load(&FreeswitchJson, &fixture("freeswitch/cdr.ndjson"), &settings).unwrap().loaded, 4);
    let report = sink.load(&FreeswitchXml, &fixture("freeswitch/cdr.xml"), &settings).unwrap();
    assert_eq!((report.read, report.known), (4, 4));
    let other = Sink::default();
    other.load(&FreeswitchXml, &fixture("freeswitch/cdr.xml"), &settings).unwrap();
    let calls = |sink: &Sink| sink.kept().calls().into_iter().map(|draft| draft.call.clone()).collect::<Vec<_>>();
    assert_eq!(calls(&sink), calls(&other));
}

#[test]
fn a_record_is_the_same_in_every_encoding() {
    let xml = document("<sip_full_from>%22Ada%22%20%3Csip%3A1%40x%3E</sip_full_from>");
    let plain = loaded(&xml, &FeedSettings::default()).0.remove(0);
    assert_eq!(plain.call.details.sip.from_header.as_deref(), Some("\"Ada\" <sip:1@x>"));
    assert_eq!(plain.call.calling.as_deref(), Some("1&2"));
    for body in [
        format!("cdr={xml}"),
        format!("cdr={}", url_encoded(&xml)),
        url_encoded(&xml),
        format!("cdr={}", BASE64.encode(xml.as_bytes())).replace('+', " "),
        BASE64.encode(xml.as_bytes()),
        format!("{xml}\n{xml}"),
        xml.split_once('\n').unwrap().1.to_owned(),
    ] {
        let (calls, bad) = loaded(&body, &FeedSettings::default());
        assert_eq!((calls.len(), bad), (1, vec![]), "{body}");
        assert_eq!((&calls[0].digest, &calls[0].call), (&plain.digest, &plain.call), "{body}");
        assert_eq!(certain(&FileSample::of(body.as_bytes(), true)), ["freeswitch-xml"], "{body}");
    }
}

/// FreeSWITCH makes elements of the names of variables, whatever they are.
#[test]
fn names_of_variables_need_not_be_names_of_xml() {
    let odd =
        "<1>x</1><set api_hangup_hook>y</set api_hangup_hook><^^,default_language>z</^^,default_language><a/><b></b >";
    let extra = ["set api_hangup_hook", "1", "^^,default_language"].map(str::to_owned).to_vec();
    let (calls, bad) = loaded(&document(odd), &FeedSettings { extra, ..FeedSettings::default() });
    assert!(bad.is_empty(), "{bad:?}");
    let found: Vec<&str> = calls[0].call.details.extra.values().map(String::as_str).collect();
    assert_eq!(found, ["x", "z", "y"]);
}

#[test]
fn a_document_that_cannot_be_read_affects_no_other() {
    let good = document("").replace(UUID, "1c6b7a11-6a2c-4b2f-9a51-0d4b9f2f4a8e");
    let deep = format!("{}{}", "<x>".repeat(70), "</x>".repeat(70));
    for (bad, said) in [
        ("<cdr><variables>".to_owned(), "not-xml: `variables` is not closed"),
        ("<cdr><variables></cdr>".to_owned(), "not-xml: </`cdr`> ends no element"),
        ("<html/>".to_owned(), "not-xml: the document is `html`, expected cdr"),
        ("x?".to_owned(), "not-xml: `x?` outside the document"),
        ("<cdr></cdr>".to_owned(), "field-missing: `variables` is not given"),
        (document("</variables><variables>"), "field-twice: the document has `variables` twice"),
        (document("<a>&b;</a>"), "not-xml: the entity `b`"),
        (document("<a>&#0;</a>"), "not-xml: the entity `#0`"),
        (
            document("").replace("<cdr ", "<!DOCTYPE cdr [<!ENTITY b \"c\">]><cdr "),
            "not-xml: a document type, which a record does not have",
        ),
        (document(&deep), "not-xml: more than 64 elements are open"),
        (document("<uuid>1</uuid>"), "field-twice: `uuid` is there twice, with two values"),
    ] {
        let (calls, found) = loaded(&format!("{bad}\n{good}"), &FeedSettings::default());
        assert_eq!((calls.len(), found), (1, vec![format!("file:1: {said}")]), "{bad}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// A document that is cut anywhere is one record that cannot be read, or waits.
    #[test]
    fn a_cut_document_is_never_half_a_call(place in 0.0..1.0f64, is_encoded in any::<bool>()) {
        let body = if is_encoded { url_encoded(&document("")) } else { document("") };
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
        let cut = 4 + (place * (body.len() - 5) as f64) as usize;
        let (calls, bad) = loaded(&body[..cut], &FeedSettings::default());
        prop_assert_eq!(calls.len(), 0);
        // A declaration that is cut is a line of its own.
        prop_assert!((1..=2).contains(&bad.len()));
        let growing = FeedSettings { end: FileEnd::Growing, ..FeedSettings::default() };
        prop_assert_eq!(loaded(&body[..cut], &growing).0.len(), 0);
    }
}

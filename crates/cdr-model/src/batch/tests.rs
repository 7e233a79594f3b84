//! A row of a batch prints as the whole call does.

use std::sync::Arc;

use proptest::prelude::*;

use super::{CallBatch, CallColumns, ScannedCall, TextSpan, WantedFields};
use crate::{Cdr, CdrField, Directory, Field, FieldKind, Identity, Record, Value};

/// The call as a batch has it that is read for some fields.
fn scanned(call: &Cdr, wants: impl Fn(CdrField) -> bool, details: &[u8]) -> ScannedCall {
    let wanted = WantedFields::new(wants).unwrap();
    let mut batch = CallBatch::new(Arc::new(wanted), 3);
    let mut text = |text: Option<&String>| text.map_or(TextSpan::NONE, |text| batch.text(text));
    let columns = CallColumns {
        number: call.number,
        id: call.id,
        kind: call.kind,
        source_id: call.source_id,
        account_id: call.account_id,
        customer_id: call.customer_id,
        service_id: call.service_id,
        started_at: call.started_at,
        connected_at: call.connected_at,
        ended_at: call.ended_at,
        billed_at: call.billed_at,
        assumed: call.assumed,
        success: call.success,
        last_attempt: call.last_attempt,
        direction: call.direction,
        talk_us: call.talk_us,
        billed_us: call.billed_us,
        release_cause: call.release_cause,
        release_code: call.release_code,
        price: call.price,
        destination_id: call.destination_id,
        calling: text(call.calling.as_ref()),
        called: text(call.called.as_ref()),
        call_id: text(call.call_id.as_ref()),
        key: text(call.identity.as_ref().map(|it| &it.key)),
        digest: text(call.identity.as_ref().map(|it| &it.digest)),
    };
    // Rows before and after it, whose texts and members are others.
    let other = CallColumns { called: batch.text("other"), number: 1, ..columns.clone() };
    batch.push(other, Some(br#"{"group":"other"}"#)).unwrap();
    batch.push(columns, Some(details)).unwrap();
    batch.push(CallColumns::default(), None).unwrap();
    ScannedCall::rows_of(batch).nth(1).unwrap()
}

fn all(field: CdrField) -> bool {
    !CdrField::DERIVED.contains(&field)
}

/// Every field of both, and every heading that was received as text.
fn assert_same(call: &Cdr, scanned: &ScannedCall) {
    for field in CdrField::ALL.iter().copied().filter(|field| all(*field)) {
        let directory = Directory::default();
        let (expected, found) = (call.value(field, &directory), scanned.value(field, &directory));
        assert_eq!(found, expected, "{field} of {call:?}");
        assert!(!scanned.lacks(field) || expected == Value::Null, "{field} of {call:?}");
    }
    assert_eq!(scanned.printed("dialin"), call.printed("dialin"));
    assert_eq!(Record::talk_us(scanned), Record::talk_us(call));
    assert_eq!((scanned.number(), scanned.price()), (call.number, call.price));
}

/// Values of a field as a feed writes them.
fn texts(field: CdrField) -> &'static [&'static str] {
    match field {
        CdrField::Direction => &["forwarded", "in"],
        CdrField::Kind => &["call", "usage"],
        CdrField::XdrRecordings => &[r#"[{"url":"https://pbx.example/1.wav"}]"#],
        CdrField::PeerIp => &["192.0.2.1", "2001:db8::5060"],
        CdrField::Extra | CdrField::DmaPrinted => &[r#"{"dialin":"a, \"b\""}"#],
        _ => match field.kind() {
            FieldKind::Integer => &["0", "7"],
            FieldKind::Text => {
                &["", "a text", "\"quoted\" \\ back", "line\nbreak\u{1}", "schön \u{1F4DE}", "{\"a\":[1,2]}"]
            }
            FieldKind::Time => &["2026-11-21T10:00:00.000001Z"],
            FieldKind::Duration => &["61000000"],
            FieldKind::Boolean => &["true", "false"],
            FieldKind::Money => &["0.0190", "-12.5", "0"],
            FieldKind::Uuid => &["6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1"],
        },
    }
}

fn put(call: &mut Cdr, field: CdrField, text: &str) {
    field.put(call, field.kind().read(field.name(), text).unwrap()).unwrap();
}

#[test]
fn every_value_of_every_field_is_found() {
    let given = || CdrField::ALL.iter().copied().filter(|field| field.is_given());
    for field in given() {
        for text in texts(field) {
            let mut call = Cdr { number: 7, release_code: Some(486), ..Cdr::default() };
            put(&mut call, field, text);
            let json = serde_json::to_vec(&call.details).unwrap();
            let pretty = serde_json::to_vec_pretty(&call.details).unwrap();
            for details in [&json, &pretty, &call.details_document(&[])] {
                assert_same(&call, &scanned(&call, all, details));
                let alone = scanned(&call, |wanted| wanted == field, details);
                let directory = Directory::default();
                assert_eq!(alone.value(field, &directory), call.value(field, &directory), "{field} alone");
            }
        }
    }
}

#[test]
fn a_row_has_the_identity_that_was_read_with_it_or_found_later() {
    let found = || Identity { key: "b#1".to_owned(), digest: "0a".repeat(32) };
    let call = Cdr { number: 7, identity: Some(Box::new(found())), ..Cdr::default() };
    // A call whose details are only found in a whole call has it too.
    let mut received = call.clone();
    put(&mut received, CdrField::DmaPrinted, r#"{"dialin":"a"}"#);
    for call in [call, received] {
        for details in [serde_json::to_vec(&call.details).unwrap(), call.details_document(&[])] {
            assert_same(&call, &scanned(&call, all, &details));
            let mut batch = CallBatch::new(Arc::new(WantedFields::new(all).unwrap()), 1);
            batch.push(CallColumns { number: 7, ..CallColumns::default() }, Some(&details)).unwrap();
            assert_eq!(batch.unidentified(), [(0, 7)]);
            batch.identify(0, found());
            assert_eq!(batch.unidentified(), []);
            assert_same(&call, &ScannedCall::rows_of(batch).next().unwrap());
        }
    }
    let without = WantedFields::new(|field| field == CdrField::Called).unwrap();
    let mut batch = CallBatch::new(Arc::new(without), 1);
    batch.push(CallColumns::default(), None).unwrap();
    assert_eq!(batch.unidentified(), [], "nobody wants it");
}

/// The values of the columns when nothing was read, and the names of the directory.
#[test]
fn columns_have_the_defaults_of_a_call_and_names_from_the_directory() {
    let call = Cdr::default();
    let mut batch = CallBatch::new(Arc::new(WantedFields::new(all).unwrap()), 1);
    batch.push(CallColumns::default(), None).unwrap();
    assert_same(&call, &ScannedCall::rows_of(batch).next().unwrap());
    let call = Cdr { source_id: 3, customer_id: 4, account_id: 5, service_id: 6, ..Cdr::default() };
    let name = |name: &str| name.to_owned();
    let directory = Directory {
        sources: [(3, crate::Source { id: 3, name: name("pbx"), feed: name("native") })].into(),
        customers: [(4, crate::Customer { id: 4, name: name("Acme"), currency: name("EUR"), ..Default::default() })]
            .into(),
        accounts: [(5, crate::Account { id: 5, number: name("100"), ..Default::default() })].into(),
        ..Directory::default()
    };
    let row = scanned(&call, all, b"{}");
    for field in [CdrField::Source, CdrField::Customer, CdrField::Currency, CdrField::Account, CdrField::Service] {
        assert_eq!(row.value(field, &directory), call.value(field, &directory), "{field}");
    }
}

#[test]
fn unknown_members_are_passed_over() {
    let call = Cdr { calling: Some("1".into()), ..Cdr::default() };
    for json in [
        r#"{"new":{"sip":{"pai":"x"},"list":["}",{"a":"]"}]},"other":1e9,"none":null}"#,
        r#"{"sip":{"new":[[],{}]},"dma":{"new":true},"group":null}"#,
        " {} ",
    ] {
        assert_same(&call, &scanned(&call, all, json.as_bytes()));
    }
}

#[test]
fn a_damaged_document_is_an_error() {
    for json in ["", "{", r#"{"group":7}"#, r#"{"group":"a"} x"#, r#"{"rating":{"fee":"much"}}"#, r#"{"attempt":"1"}"#]
    {
        let wanted = WantedFields::new(all).unwrap();
        let pushed = CallBatch::new(Arc::new(wanted), 1).push(CallColumns::default(), Some(json.as_bytes()));
        assert!(pushed.is_err(), "{json}");
    }
}

#[test]
fn values_that_only_whole_calls_have_are_not_in_batches() {
    for field in CdrField::DERIVED {
        assert!(WantedFields::new(|wanted| wanted == *field).is_none(), "{field}");
    }
}

proptest! {
    #[test]
    fn a_call_prints_the_same_from_a_batch(choices in proptest::collection::vec(any::<(u8, u8)>(), 0..40)) {
        let given: Vec<CdrField> = CdrField::ALL.iter().copied().filter(|field| field.is_given()).collect();
        let mut call = Cdr { number: 1, id: 1, ..Cdr::default() };
        for (field, text) in choices {
            let field = given[usize::from(field) % given.len()];
            let texts = texts(field);
            put(&mut call, field, texts[usize::from(text) % texts.len()]);
        }
        assert_same(&call, &scanned(&call, all, &serde_json::to_vec(&call.details).unwrap()));
        assert_same(&call, &scanned(&call, all, &call.details_document(&[])));
    }
}

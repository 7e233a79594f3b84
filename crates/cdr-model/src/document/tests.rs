//! Documents read as what was written.

use insta::assert_snapshot;
use proptest::prelude::*;

use super::codes;
use crate::{Cdr, CdrField, Details, Directory, Field, Record, Value};

/// A call whose fields have these texts.
fn call(values: &[(CdrField, &str)]) -> Cdr {
    let mut call = Cdr::default();
    for (field, text) in values {
        field.put(&mut call, field.kind().read(field.name(), text).unwrap()).unwrap();
    }
    call
}

fn read_back(call: &Cdr) -> Details {
    let read = Details::read(&call.details_document(&[])).unwrap();
    // Amounts are equal whatever their last zeros are, but these are printed.
    let printed = |details: &Details| serde_json::to_string(details).unwrap();
    assert_eq!(printed(&read), printed(&call.details));
    read
}

/// Codes are in stores, so none of them ever changes.
#[test]
fn the_codes_of_fields() {
    let codes: Vec<String> = codes::all().map(|(code, field)| format!("{code} {}", field.name())).collect();
    assert_snapshot!(codes.join("\n"));
}

/// A value of a field that is not in documents would be lost.
#[test]
fn every_field_of_the_details_has_one_code() {
    let rows = CdrField::ALL.iter().copied().filter(|field| field.is_given());
    for field in rows {
        let text = match field {
            CdrField::Extra | CdrField::DmaPrinted => r#"{"a":"b"}"#,
            CdrField::XdrRecordings => r#"[{"url":"https://pbx.example/1.wav"}]"#,
            CdrField::PeerIp => "192.0.2.1",
            CdrField::Kind => "usage",
            CdrField::Direction => "in",
            _ => match field.kind() {
                crate::FieldKind::Text => "a text",
                crate::FieldKind::Time => "2026-11-21T10:00:00.000001Z",
                crate::FieldKind::Boolean => "true",
                crate::FieldKind::Uuid => "6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1",
                _ => "7",
            },
        };
        let call = call(&[(field, text)]);
        assert_eq!(read_back(&call), call.details, "{field}");
        let found = codes::all().filter(|(_, known)| *known == field).count();
        assert_eq!(found, usize::from(call.details != Details::default()), "{field}");
    }
}

/// Values whose form is another one than the usual, and those beside them.
#[test]
fn values_at_the_edges() {
    let cases: &[(CdrField, &[&str])] = &[
        (CdrField::XdrBitFlags, &["0", "-1", "127", "128", "9223372036854775807", "-9223372036854775808"]),
        (CdrField::QueueTalk, &["0", "1", "86400000000"]),
        (CdrField::Recorded, &["true", "false"]),
        (CdrField::Fee, &["0", "0.0", "0.0000", "-0.019", "92233720368.54775807", "0.00000000000000000000001"]),
        (CdrField::PeerIp, &["0.0.0.0", "::", "::ffff:192.0.2.1", "2001:db8::5060"]),
        (
            CdrField::XdrConfId,
            &[
                "",
                "679A3CE4 6A90498F 9EDDC742 F5681952",
                "679a3ce4 6A90498F 9EDDC742 F5681952",
                "679A3CE4 6A90498F 9EDDC742-F5681952",
                "679A3CE4 6A90498F 9EDDC742 F568195G",
                "679A3CE4 6A90498F 9EDDC742 F568195",
                "679A3CE4é6A90498F 9EDDC742 F568195",
            ],
        ),
        (
            CdrField::DmaRefConfUuid,
            &[
                "6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1",
                "6F1B7A1C-2f2e-4a44-9d5c-0f6f6ad5b3c1",
                "{6f1b7a1c2f2e4a449d5c0f6f6ad5b3c1}  ",
            ],
        ),
        (CdrField::DmaChairJoinTime, &["-0004-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]),
    ];
    for (field, texts) in cases {
        for text in *texts {
            let call = call(&[(*field, text)]);
            assert_eq!(read_back(&call), call.details, "{field} {text:?}");
        }
    }
}

#[test]
fn texts_that_end_as_another_are_stored_without_that_end() {
    let domains = [
        (CdrField::ToDomain, "harbour.example"),
        (CdrField::RuriDomain, "sbc2.harbour.example"),
        (CdrField::FromDomain, "harbour.example"),
        (CdrField::Group, "sip:c99fd1022a945e2a@sbc2.harbour.example"),
    ];
    let call = call(&domains);
    let document = call.details_document(&[]);
    assert_eq!(Details::read(&document).unwrap(), call.details);
    assert_snapshot!(document.escape_ascii());
}

#[test]
fn given_values_replace_those_of_the_call() {
    let call = call(&[(CdrField::AccountGiven, "old"), (CdrField::Calling, "100"), (CdrField::SourceRef, "7")]);
    let uuid = uuid::Uuid::from_u128(7);
    let given = [
        (CdrField::AccountGiven, Value::from("new")),
        (CdrField::CallUuid, Value::Uuid(uuid)),
        (CdrField::SourceRef, Value::Null),
    ];
    let read = Details::read(&call.details_document(&given)).unwrap();
    let expected = Details { account_given: Some("new".to_owned()), call_uuid: Some(uuid), ..call.details };
    assert_eq!(read, expected);
}

#[test]
fn members_of_a_later_program_are_passed_over() {
    // The length of the directory; a group, and a member of code 250 with two bytes; their values.
    let document = [1, 4, 8, 6, 250, 5, b's', b':', b'7', 0xFF, 0xFE];
    assert_eq!(codes::field(8), Some(CdrField::Group));
    assert_eq!(Details::read(&document).unwrap(), call(&[(CdrField::Group, "s:7")]).details);
}

#[test]
fn what_is_no_document_is_an_error() {
    let said: Vec<String> = [
        &b""[..],
        b"{",
        b"\x02\x00",
        b"\x01",
        b"\x01\x05",
        b"\x01\x02\x08\x06s",
        b"\x01\x02\x08\x02\xFF",
        b"\x01\x02\x08\x02st",
        // A text that ends as itself does.
        b"\x01\x02\x08\x05a\x08",
        b"\x01\x02\x08\x05\x08a",
        b"\x01\x02\x1D\x10123456789",
    ]
    .iter()
    .map(|document| {
        let error = Details::read(document).unwrap_err();
        format!("{}: {error}", document.escape_ascii())
    })
    .collect();
    assert_snapshot!(said.join("\n"));
}

/// Values of any field, from a few texts that share their ends.
fn values() -> impl Strategy<Value = Vec<(CdrField, String)>> {
    let texts: Vec<CdrField> =
        codes::all().map(|(_, field)| field).filter(|field| field.kind() == crate::FieldKind::Text).collect();
    let others = [CdrField::Extra, CdrField::DmaPrinted, CdrField::XdrRecordings, CdrField::PeerIp];
    let texts: Vec<CdrField> = texts.into_iter().filter(|field| !others.contains(field)).collect();
    let text = prop_oneof!["[a-c.]{0,5}", "[A-F0-9]{8} [A-F0-9]{8} [A-F0-9]{8} [A-F0-9]{8}", "\\PC{0,300}"];
    proptest::collection::vec((proptest::sample::select(texts), text), 0..60)
}

proptest! {
    #[test]
    fn any_texts_read_as_they_were_written(values in values()) {
        let values: Vec<(CdrField, &str)> = values.iter().map(|(field, text)| (*field, text.as_str())).collect();
        let call = call(&values);
        let read = Cdr { details: read_back(&call), ..Cdr::default() };
        let directory = Directory::default();
        for (_, field) in codes::all() {
            prop_assert_eq!(read.value(field, &directory), call.value(field, &directory));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut document = vec![1];
        document.extend(&bytes);
        for bytes in [&document, &bytes] {
            if let Ok(details) = Details::read(bytes) {
                let call = Cdr { details, ..Cdr::default() };
                prop_assert_eq!(read_back(&call), call.details);
            }
        }
    }
}

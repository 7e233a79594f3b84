//! Exported rows read back as the records that were written.

use cdr_model::{Cdr, CdrField, Directory, Field, Record, Timestamp, Value};
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::{directory, export, spec, text_of};
use crate::{Cut, Package};

fn texts() -> impl Strategy<Value = Option<String>> {
    option::of(prop_oneof![
        "[a-z0-9+]{0,12}",
        "[ \t,\"\r\n;a]{0,6}",
        // Text without control characters, and text with them.
        "\\PC{0,8}",
        any::<String>(),
    ])
}

prop_compose! {
    fn any_call()(
        texts in prop::array::uniform6(texts()),
        instants in prop::array::uniform4(option::of(0i64..4 * 3_600_000_000)),
        talk in option::of(0i64..1_000_000_000_000),
        price in option::of("-?[0-9]{1,9}\\.[0-9]{0,9}"),
        cause in option::of(any::<i16>()),
        uuid in option::of(any::<u128>()),
        (success, customer_id, number) in (any::<bool>(), 0i64..2, 1i64..i64::MAX),
    ) -> Cdr {
        let start: Timestamp = "2026-10-25T00:00:00Z".parse().unwrap();
        let instant = |at: usize| instants[at].map(|micros| start.plus_micros(micros));
        let [calling, called, call_id, reason, group, user_data] = texts;
        let mut call = Cdr {
            number,
            customer_id,
            started_at: instant(0).unwrap_or(start),
            connected_at: instant(1),
            ended_at: instant(2),
            billed_at: instant(3).unwrap_or(start),
            talk_us: talk,
            success,
            calling,
            called,
            call_id,
            release_cause: cause,
            price: price.map(|text| text.parse().unwrap()),
            ..Cdr::default()
        };
        call.details.sip.release_reason = reason;
        call.details.group = group;
        call.details.call_uuid = uuid.map(Uuid::from_u128);
        if let Some(text) = user_data {
            call.telepresence_mut().texts.insert("user_data_a".to_owned(), text);
        }
        call
    }
}

/// The cells of the native layout, computed independently.
fn cells(call: &Cdr, directory: &Directory) -> Vec<String> {
    let text = |field: &CdrField| match call.value(*field, directory) {
        Value::Null => String::new(),
        Value::Integer(n) | Value::Duration(n) => n.to_string(),
        Value::Text(text) => text.into_owned(),
        Value::Time(at) => at.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Money(amount) => amount.to_string(),
        Value::Uuid(uuid) => uuid.to_string(),
    };
    CdrField::ALL.iter().map(text).collect()
}

fn packages() -> impl Strategy<Value = (Package, Cut)> {
    let cuts = prop_oneof![Just(Cut::Hour), Just(Cut::Day), Just(Cut::Rows)];
    (prop::sample::select(Package::ALL.as_slice()), cuts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn rows_read_back_from_csv_are_the_rows_that_were_written(
        calls in prop::collection::vec(any_call(), 0..40), (package, cut) in packages(), workers in 1usize..4,
    ) {
        let (bytes, receipt) = export(&spec("native", "csv", package), &calls, cut, workers);
        let text = text_of(package, &bytes, "calls.csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let headings: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let names: Vec<&str> = CdrField::ALL.iter().map(|field| field.name()).collect();
        prop_assert_eq!(headings, names);
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let expected: Vec<Vec<String>> = calls.iter().map(|call| cells(call, &directory())).collect();
        prop_assert_eq!(rows, expected);
        prop_assert_eq!(receipt.sheets[0].rows, calls.len() as u64);
        prop_assert_eq!(receipt.sheets[0].bytes, text.len() as u64);
    }

    #[test]
    fn rows_read_back_from_json_lines_are_the_rows_that_were_written(
        calls in prop::collection::vec(any_call(), 0..40), (package, cut) in packages(),
    ) {
        let (bytes, _) = export(&spec("native", "ndjson", package), &calls, cut, 2);
        let text = text_of(package, &bytes, "calls.ndjson");
        let lines: Vec<&str> = text.split_terminator('\n').collect();
        prop_assert_eq!(lines.len(), calls.len());
        let directory = directory();
        for (line, call) in lines.iter().zip(&calls) {
            let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
            prop_assert_eq!(object.len(), CdrField::ALL.len());
            for field in CdrField::ALL {
                let expected = match call.value(*field, &directory) {
                    Value::Null => serde_json::Value::Null,
                    Value::Integer(n) | Value::Duration(n) => n.into(),
                    Value::Boolean(yes) => yes.into(),
                    Value::Text(text) => text.as_ref().into(),
                    Value::Time(at) => at.to_string().into(),
                    Value::Money(amount) => amount.to_string().into(),
                    Value::Uuid(uuid) => uuid.to_string().into(),
                };
                prop_assert_eq!(&object[field.name()], &expected, "{}", field);
            }
        }
    }

    #[test]
    fn the_receipt_adds_up_what_was_written(calls in prop::collection::vec(any_call(), 0..60)) {
        let (_, receipt) = export(&spec("native", "csv", Package::Zip), &calls, Cut::Hour, 2);
        let sheet = &receipt.sheets[0];
        let talk: i64 = calls.iter().filter_map(|call| call.talk_us).sum();
        let talk = format!("{}.{:06}", talk / 1_000_000, talk % 1_000_000);
        prop_assert_eq!(sheet.talk_seconds.as_ref(), Some(&talk));
        prop_assert_eq!(sheet.first, calls.iter().map(|call| call.started_at).min());
        prop_assert_eq!(sheet.last, calls.iter().map(|call| call.started_at).max());
        for (customer, currency) in [(1, "EUR"), (0, "XXX")] {
            let mut sum = cdr_model::MoneySum::default();
            let priced = calls.iter().filter(|call| call.customer_id == customer);
            let prices: Vec<_> = priced.filter_map(|call| call.price).collect();
            prices.iter().for_each(|price| sum.add(*price));
            let expected = (!prices.is_empty()).then(|| sum.to_string());
            prop_assert_eq!(sheet.money.as_ref().unwrap().get(currency), expected.as_ref());
        }
    }
}

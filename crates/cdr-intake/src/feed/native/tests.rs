mod charges;

use cdr_export::{Cut, ExportError, ExportFile, ExportSpec, Layout, Package, SheetContent};
use cdr_mediation::{AccountDraft, BalanceDate, CallDraft, CustomerDraft, ReachedDraft, ServiceDraft};
use cdr_model::{Anchor, Assumed, CdrField, Direction, Directory, Field, FieldKind, Record, Timestamp};
use cdr_samples::{Sample, SampleOptions, Samples};
use proptest::prelude::*;

use super::Native;
use crate::testing::{Sink, fixture};
use crate::{FeedSettings, InputSheet};

fn of(sheet: InputSheet) -> FeedSettings {
    FeedSettings { sheet, ..FeedSettings::default() }
}

fn loaded(file: &[u8]) -> (Vec<CallDraft>, Vec<(String, String)>) {
    let sink = Sink::default();
    sink.load(&Native, file, &of(InputSheet::Calls)).unwrap();
    let kept = sink.kept();
    let bad = kept.quarantine.iter().map(|(_, reason, detail, _)| (reason.clone(), detail.clone())).collect();
    (kept.calls().into_iter().cloned().collect(), bad)
}

fn one(file: &str) -> CallDraft {
    let (calls, bad) = loaded(file.as_bytes());
    assert_eq!((calls.len(), bad), (1, Vec::new()), "{file}");
    calls.into_iter().next().unwrap()
}

fn rejection(file: &str, sheet: InputSheet) -> String {
    let error = Sink::default().load(&Native, file.as_bytes(), &of(sheet)).unwrap_err();
    error.to_string()
}

#[test]
fn csv_and_ndjson_of_the_same_calls_are_the_same() {
    let (csv, json) = (loaded(&fixture("native/calls.csv")), loaded(&fixture("native/calls.ndjson")));
    assert_eq!(csv, json);
    assert_eq!(csv.0.len(), 5);
    assert_eq!(
        csv.1,
        [("field-unreadable".to_owned(), "field `release_code` takes a whole number, not `OK`".to_owned())]
    );
    // Loading both files adds the calls once.
    let sink = Sink::default();
    sink.load(&Native, &fixture("native/calls.csv"), &of(InputSheet::Calls)).unwrap();
    assert_eq!(sink.load(&Native, &fixture("native/calls.ndjson"), &of(InputSheet::Calls)).unwrap().known, 5);
}

#[test]
fn given_values_are_stored() {
    let calls = loaded(&fixture("native/calls.csv")).0;
    let draft = &calls[0];
    assert_eq!(draft.key, "00000000-0000-4000-8000-000000000201");
    assert_eq!(
        (draft.account.as_deref(), draft.customer.as_deref(), draft.service.as_deref()),
        (Some("north-1"), Some("North Bakery"), None)
    );
    assert_eq!(draft.call.price.unwrap().to_string(), "0.0190");
    assert_eq!(draft.call.billed_us, Some(61_500_000));
    assert_eq!(draft.call.details.extra["site"], "Berlin");
    assert_eq!(draft.call.details.account_given.as_deref(), Some("north-1"));
    assert_eq!(calls[1].call.started_at.to_string(), "2026-11-21T09:00:00.000000Z");
    assert_eq!(calls[1].call.release_code, Some(486));
    assert_eq!(calls[2].key, "billing-3");
    assert_eq!(calls[2].call.details.sip.calling_name.as_deref(), Some(""), "an empty text is not null");
    assert_eq!(calls[3].call.details.sip.calling_name.as_deref(), Some("two\nlines"));
    assert_eq!(calls[3].service.as_deref(), Some("Video Calls"));
    assert_eq!(calls[4].call.details.sip.calling_name.as_deref(), Some("=1+1"));
}

#[test]
fn missing_values_are_assumed_and_marked() {
    let all = Assumed::BILL.bits() | Assumed::TALK.bits() | Assumed::DIRECTION.bits();
    let no_talk = Assumed::BILL.bits() | Assumed::DIRECTION.bits();
    let at = |second: u32| format!("2026-11-21T10:00:{second:02}.000000Z");
    // connected, ended, another field: billed, talk, success, assumed
    let cases = [
        (Some(5), Some(20), None, 20, Some(15_000_000), true, all),
        (Some(5), Some(4), None, 4, None, true, all),
        (None, Some(20), None, 20, None, false, no_talk),
        (Some(5), None, None, 5, None, true, no_talk),
        (None, None, None, 0, None, false, no_talk),
        (Some(5), Some(20), Some(("talk", "7")), 20, Some(7), true, no_talk),
        (Some(5), Some(20), Some(("success", "false")), 20, Some(15_000_000), false, all),
        (None, None, Some(("billed_at", "2026-11-21T10:00:59Z")), 59, None, false, Assumed::DIRECTION.bits()),
        (None, None, Some(("assumed", "0")), 0, None, false, no_talk),
    ];
    for (connected, ended, further, billed, talk, success, assumed) in cases {
        let (name, value) = further.unwrap_or(("calling", "1"));
        let text = |second: Option<u32>| second.map(at).unwrap_or_default();
        let file =
            format!("started_at,connected_at,ended_at,{name}\n{},{},{},{value}\n", at(0), text(connected), text(ended));
        let call = one(&file).call;
        assert_eq!(call.billed_at.to_string(), at(billed), "{file}");
        assert_eq!((call.talk_us, call.success, call.assumed.bits()), (talk, success, assumed), "{file}");
        assert_eq!((call.direction, call.last_attempt), (Direction::Out, true));
    }
}

#[test]
fn every_given_field_can_be_loaded_and_every_other_field_is_ignored() {
    for field in CdrField::ALL {
        let text = match field.kind() {
            FieldKind::Integer => "7",
            FieldKind::Text if *field == CdrField::Direction => "in",
            FieldKind::Text if *field == CdrField::Kind => "did-charge",
            FieldKind::Text if *field == CdrField::XdrRecordings => "\"[{\"\"url\"\":\"\"https://pbx.example/1\"\"}]\"",
            FieldKind::Text if *field == CdrField::PeerIp => "192.0.2.7",
            FieldKind::Text if [CdrField::Extra, CdrField::DmaPrinted].contains(field) => {
                "\"{\"\"a\"\":\"\"text\"\"}\""
            }
            FieldKind::Text => "a text",
            FieldKind::Time => "2026-11-21T10:00:00.000001Z",
            FieldKind::Duration => "61000000",
            FieldKind::Boolean => "true",
            FieldKind::Money => "0.0190",
            FieldKind::Uuid => "6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1",
        };
        let others =
            if *field == CdrField::StartedAt { ("calling", "1") } else { ("started_at", "2026-11-21T10:00:00Z") };
        let with = one(&format!("{},{field}\n{},{text}\n", others.0, others.1));
        let without = one("started_at\n2026-11-21T10:00:00Z\n");
        let words = [CdrField::Key, CdrField::Account, CdrField::Customer, CdrField::Service];
        let counts = field.is_given() || words.contains(field);
        assert_eq!(with.digest != without.digest, counts, "{field}");
    }
}

#[test]
fn a_record_of_an_export_has_the_identity_that_the_export_gave_it() {
    let plain = one("started_at,called,key\n2026-11-21T10:00:00Z,1,k\n");
    let digest = "0f".repeat(32);
    for (names, values, exported) in [
        ("source,digest", format!("pbx,{digest}"), true),
        ("source,digest", format!("pbx,{}", digest.to_uppercase()), true),
        ("source", "pbx".to_owned(), false),
        ("digest", digest.clone(), false),
        ("source,digest", ",".to_owned(), false),
    ] {
        let draft = one(&format!("started_at,called,key,{names}\n2026-11-21T10:00:00Z,1,k,{values}\n"));
        assert_eq!(draft.digest, plain.digest, "the content is the same: {names} {values}");
        assert_eq!(draft.identity() == &[15; 32], exported, "{names} {values}");
        let source = draft.exported.as_ref().map(|exported| exported.source.as_str());
        assert_eq!(source, exported.then_some("pbx"), "{names} {values}");
    }
    let without_key = one(&format!("started_at,called,source,digest\n2026-11-21T10:00:00Z,1,pbx,{digest}\n"));
    assert_eq!(without_key.exported, None);
    let null = one(&format!("started_at,called,price,key,source,digest\n2026-11-21T10:00:00Z,1,,k,pbx,{digest}\n"));
    let fields = null.exported.unwrap().fields;
    assert_eq!(fields, [(CdrField::Called, true), (CdrField::Price, false), (CdrField::StartedAt, true)]);
    // The load is for the source `pbx` only.
    let other = format!("started_at,key,source,digest\n2026-11-21T10:00:00Z,k,pbx2,{digest}\n");
    let (calls, bad) = loaded(other.as_bytes());
    assert_eq!((calls.len(), bad[0].0.as_str()), (0, "source-not-permitted"), "{bad:?}");
}

#[test]
fn the_order_of_columns_and_ignored_columns_do_not_matter() {
    let first = one("started_at,calling,called\n2026-11-21T10:00:00Z,1,2\n");
    let same = [
        "number,called,started_at,source,calling,price,key\n99,2,2026-11-21T10:00:00Z,other,1,,\n",
        "{\"calling\":1,\"called\":\"2\",\"started_at\":\"2026-11-21T10:00:00Z\",\"id\":5,\"price\":null}\n",
        "\n\n  {\"calling\":\"1\",\"called\":\"2\",\"started_at\":\"2026-11-21T10:00:00Z\",\"price\":\"\"}",
    ];
    for file in same {
        assert_eq!(one(file), first, "{file}");
    }
    let other = one("started_at,calling,called\n2026-11-21T10:00:00Z,1,\"\"\n");
    assert_ne!(other.digest, first.digest);
    assert_eq!(first.key.len(), 64, "without a key or uuid the digest is the key");
}

#[test]
fn a_csv_file_with_an_unknown_column_is_rejected_as_a_whole() {
    let cases = [
        (
            "startedAt,called\n",
            InputSheet::Calls,
            "file:1: in the header: calls have no field `startedAt`, did you mean `started_at`?",
        ),
        ("started_at,colour\n", InputSheet::Calls, "file:1: in the header: calls have no field `colour`"),
        ("started_at,called,called\n", InputSheet::Calls, "file:1: the header names `called` twice"),
        ("\n\nkey,called\n", InputSheet::Calls, "file:3: the header lacks `started_at`"),
        (
            "name,currency\nA,EUR\n",
            InputSheet::Calls,
            "file:1: in the header: calls have no field `name` (these are the columns of customers)",
        ),
        (
            "customer,number\nA,1\n",
            InputSheet::Calls,
            "file:1: the header lacks `started_at` (these are the columns of accounts)",
        ),
        ("number,name\n1,A\n", InputSheet::Accounts, "file:1: the header lacks `customer`"),
        (
            "\"started_at\n",
            InputSheet::Calls,
            "file:1: the header cannot be read: the quote that opens field 1 is not closed when the file ends",
        ),
        (
            "started_at,extra.\n",
            InputSheet::Calls,
            "file:1: in the header: calls have no field `extra.`, did you mean `extra`?",
        ),
    ];
    for (file, sheet, expected) in cases {
        assert_eq!(rejection(file, sheet), expected, "{file}");
    }
}

#[test]
fn an_invalid_record_is_reported_with_its_value_and_what_was_expected() {
    let cases = [
        (
            "started_at,price\n2026-11-21T10:00:00Z,1.2.3\n",
            "amount-unreadable",
            "field `price`: `1.2.3` is not a decimal amount such as 0.0190",
        ),
        (
            "started_at,talk\n2026-11-21T10:00:00Z,-1\n",
            "field-unreadable",
            "field `talk` takes whole microseconds, zero or more, not `-1`",
        ),
        ("started_at,talk\n,1\n", "field-missing", "`started_at` is not given"),
        ("started_at,talk\n2026-11-21T10:00:00Z\n", "columns", "1 field, the header has 2"),
        (
            "started_at,direction\n2026-11-21T10:00:00Z,up\n",
            "field-unreadable",
            "field `direction` takes text, not `up`",
        ),
        (
            "started_at\n1969-12-31T23:59:59Z\n",
            "start-out-of-range",
            "its start is 1969-12-31T23:59:59.000000Z, expected a time in the years 1970 to 9999",
        ),
        (
            "{\"started_at\":\"2026-11-21T10:00:00Z\",\"caled\":1}",
            "field-unknown",
            "calls have no field `caled`, did you mean `called`?",
        ),
        (
            "{\"started_at\":\"2026-11-21T10:00:00Z\",\"called\":{}}",
            "field-unreadable",
            "called is `{}`, expected a string, a number, true, false or null",
        ),
        ("{\"called\":1,\"called\":2}", "field-twice", "the object names `called` twice"),
        (
            "{\"started_at\":\"2026-11-21T10:00:00Z\",\"called\":\"a\\u0000b\"}",
            "nul-character",
            "`called` contains a NUL character",
        ),
        ("{}", "field-missing", "`started_at` is not given"),
    ];
    for (file, reason, detail) in cases {
        assert_eq!(loaded(file.as_bytes()).1, [(reason.to_owned(), detail.to_owned())], "{file}");
    }
    let (calls, bad) = loaded(
        b"{\"started_at\":\"2026-11-21T10:00:00Z\"}\nnonsense\n[1]\n{\"started_at\":\"2026-11-21T11:00:00Z\"}\n",
    );
    assert_eq!(calls.len(), 2);
    assert_eq!(bad.iter().map(|(reason, _)| reason.as_str()).collect::<Vec<_>>(), ["not-json", "not-json"]);
    assert_eq!(bad[0].1, "expected ident at line 1 column 2; expected an object such as {\"started_at\":\"…\"}");
    let long = format!("started_at,extra.note\n2026-11-21T10:00:00Z,{}\n", "x".repeat(3000));
    assert_eq!(loaded(long.as_bytes()).1[0].0, "extra-too-long");
}

#[test]
fn an_account_has_balances_and_limits() {
    let load = |file: &str| {
        let sink = Sink::default();
        sink.load(&Native, file.as_bytes(), &of(InputSheet::Accounts)).unwrap();
        let kept = sink.kept();
        (kept.directory.clone(), kept.quarantine.iter().map(|entry| entry.2.clone()).collect::<Vec<_>>())
    };
    let draft = AccountDraft {
        customer: "A".to_owned(),
        number: "1".to_owned(),
        uuid: Some("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1".parse().unwrap()),
        balance: Some("-12.50".parse().unwrap()),
        min_balance: Some("-100".parse().unwrap()),
        max_balance: Some("1000".parse().unwrap()),
        balance_low: Some("10".parse().unwrap()),
        balance_high: Some("900".parse().unwrap()),
        destination_rate_limit: Some("0.3000".parse().unwrap()),
        max_call_duration: Some(7200),
        origination_capacity: Some(30),
        termination_capacity: Some(0),
        total_capacity: Some(60),
        product_id: Some(9),
        ..AccountDraft::default()
    };
    let whole = "customer,number,uuid,balance,min_balance,max_balance,balance_low,balance_high,destination_rate_limit,\
                 max_call_duration,origination_capacity,termination_capacity,total_capacity,product_id\n\
                 A,1,6F1B7A1C-2F2E-4A44-9D5C-0F6F6AD5B3C1,-12.50,-100,1000,10,900,0.3000,7200,30,0,60,9\n";
    assert_eq!(load(whole), (vec![format!("{draft:?}")], vec![]));
    for (column, value, detail) in [
        ("uuid", "6f1b", "`uuid` is `6f1b`, expected a UUID such as 6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1"),
        ("balance", "1.x", "`balance` is `1.x`, expected a decimal amount such as 12.50"),
        ("total_capacity", "-1", "`total_capacity` is `-1`, expected a whole number from 0"),
    ] {
        let (read, rejected) = load(&format!("customer,number,{column}\nA,1,{value}\n"));
        assert_eq!((read.len(), rejected), (0, vec![detail.to_owned()]));
    }
}

#[test]
fn how_entries_are_reached_and_whether_they_are_closed_is_read() {
    let load = |sheet: InputSheet, file: &str| {
        let sink = Sink::default();
        sink.load(&Native, file.as_bytes(), &of(sheet)).unwrap();
        let kept = sink.kept();
        (kept.directory.clone(), kept.quarantine.iter().map(|entry| entry.2.clone()).collect::<Vec<_>>())
    };
    let some = |text: &str| Some(text.to_owned());
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let reached = ReachedDraft {
        email: some("billing@example.org"),
        contact: some("Ada"),
        address: some("1 Main Street"),
        created_at: at("2020-01-01T00:00:00Z"),
    };
    let customer = CustomerDraft {
        name: "A".to_owned(),
        reached: reached.clone(),
        balance: Some("-3.20".parse().unwrap()),
        credit_limit: Some("50".parse().unwrap()),
        closed: Some(false),
        holds_from: at("2026-03-01T00:00:00+01:00"),
        ..CustomerDraft::default()
    };
    let customers = "name,email,contact,address,created_at,balance,credit_limit,closed,holds_from\n\
                     A,billing@example.org,Ada,1 Main Street,2020-01-01T00:00:00Z,-3.20,50,false,2026-03-01T00:00:00+01:00\n";
    assert_eq!(load(InputSheet::Customers, customers), (vec![format!("{customer:?}")], vec![]));
    let account = AccountDraft {
        customer: "A".to_owned(),
        number: "1".to_owned(),
        reached,
        balance: Some("120.00".parse().unwrap()),
        balance_at: at("2026-03-01T00:00:00Z").map(BalanceDate::Opening),
        closed: Some(true),
        ..AccountDraft::default()
    };
    let accounts = "customer,number,email,contact,address,created_at,balance,balance_at,closed\n\
                    A,1,billing@example.org,Ada,1 Main Street,2020-01-01T00:00:00Z,120.00,2026-03-01T00:00:00Z,true\n";
    assert_eq!(load(InputSheet::Accounts, accounts), (vec![format!("{account:?}")], vec![]));
    for (sheet, first) in
        [(InputSheet::Services, "name"), (InputSheet::Products, "name"), (InputSheet::Destinations, "prefix")]
    {
        let (read, _) = load(sheet, &format!("{first},closed\n49,true\n50,\n"));
        assert!(read[0].contains("closed: Some(true)") && read[1].contains("closed: None"), "{read:?}");
    }
    for (column, value, detail) in [
        ("created_at", "yesterday", "`created_at` is `yesterday`, expected an instant such as 2026-03-01T00:00:00Z"),
        ("credit_limit", "-1", "`credit_limit` is `-1`, expected a decimal amount from 0"),
        ("closed", "yes", "`closed` is `yes`, expected true or false"),
    ] {
        let (read, rejected) = load(InputSheet::Customers, &format!("name,{column}\nA,{value}\n"));
        assert_eq!((read.len(), rejected), (0, vec![detail.to_owned()]));
    }
}

#[test]
fn customers_accounts_and_services_are_read() {
    let read = |name: &str, sheet: InputSheet| {
        let sink = Sink::default();
        sink.load(&Native, &fixture(name), &of(sheet)).unwrap();
        assert!(sink.kept().quarantine.is_empty());
        std::mem::take(&mut sink.kept().directory)
    };
    let customers = read("native/customers.csv", InputSheet::Customers);
    assert_eq!(customers.len(), 3);
    let bakery = CustomerDraft {
        id: Some(101),
        name: "North Bakery".to_owned(),
        reseller: Some("Example Holdings".to_owned()),
        external_id: Some("crm-7".to_owned()),
        currency: Some("EUR".to_owned()),
        ..CustomerDraft::default()
    };
    assert_eq!(customers[1], format!("{bakery:?}"));
    let accounts = read("native/accounts.csv", InputSheet::Accounts);
    let shop = AccountDraft {
        id: Some(1001),
        customer: "North Bakery".to_owned(),
        number: "north-1".to_owned(),
        name: Some("Shop \"One\"".to_owned()),
        external_id: Some("ext-1".to_owned()),
        ..AccountDraft::default()
    };
    assert_eq!(accounts[0], format!("{shop:?}"));
    assert_eq!(accounts.len(), 4);
    let video = ServiceDraft { id: Some(10), name: "Video Calls".to_owned(), ..ServiceDraft::default() };
    assert_eq!(read("native/services.csv", InputSheet::Services), [format!("{video:?}")]);

    let cases = [
        ("name,currency\nA,eur\n", "`currency` is `eur`, expected three capital letters such as EUR"),
        ("name,id\nA,0\n", "`id` is `0`, expected a whole number from 1"),
        ("name,id\n,1\n", "`name` is not given"),
    ];
    for (file, detail) in cases {
        let sink = Sink::default();
        sink.load(&Native, file.as_bytes(), &of(InputSheet::Customers)).unwrap();
        assert_eq!(sink.kept().quarantine[0].2, detail);
    }
}

#[test]
fn conferences_are_read() {
    let sink = Sink::default();
    sink.load(&Native, &fixture("native/conferences.csv"), &of(InputSheet::Conferences)).unwrap();
    let kept = sink.kept();
    let draft = kept.conferences()[0];
    assert_eq!(draft.key, "00000000-0000-4000-8000-000000000301");
    assert_eq!(draft.conference.participants, Some(3));
    assert_eq!(draft.conference.owner.as_deref(), Some("LOCAL\\ada"));
}

#[test]
fn an_empty_file_is_not_an_error() {
    for file in ["", "\u{feff}", "\n\n", "started_at\n"] {
        assert_eq!(Sink::default().load(&Native, file.as_bytes(), &of(InputSheet::Calls)).unwrap().read, 0, "{file:?}");
    }
}

#[test]
fn a_native_export_can_be_loaded_again() {
    let options =
        SampleOptions { seed: 7, calls: 500, days: 2, from: "2026-11-21T00:00:00Z".parse().unwrap(), accounts: 9 };
    let calls = Samples::new(&options).filter_map(|sample| match sample {
        Sample::Call(sample) => Some(sample.call),
        Sample::Charge(sample) => Some(sample.charge),
        Sample::Conference(_) => None,
    });
    let (calls, directory): (Vec<_>, _) = (calls.collect(), Directory::default());
    let layout = Layout::named("native", &[]).unwrap().only(|sheet| sheet.rows == SheetContent::Calls);
    for format in ["csv", "ndjson"] {
        let spec = ExportSpec {
            layout: layout.clone(),
            format: format.to_owned(),
            package: Package::Plain,
            zone: "UTC".to_owned(),
        };
        let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
        let push_all = |push: &mut dyn FnMut(cdr_model::Cdr) -> std::io::Result<()>| {
            calls.iter().cloned().try_for_each(push).map_err(ExportError::from)
        };
        file.sheet(&layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, push_all).unwrap();
        let (bytes, _) = file.finish().unwrap();
        let (again, bad) = loaded(&bytes);
        assert_eq!((again.len(), bad), (calls.len(), Vec::new()), "{format}");
        for (draft, call) in again.iter().zip(&calls) {
            for field in CdrField::ALL.iter().filter(|field| field.is_given()) {
                let value = |call| Record::value(call, *field, &directory);
                assert_eq!(value(&draft.call), value(call), "{format}: {field}");
            }
        }
    }
}

proptest! {
    #[test]
    fn the_same_fields_in_csv_and_ndjson_give_the_same_record(
        calling in proptest::option::of("[^\0]{0,12}"),
        name in proptest::option::of("[^\0]{0,12}"),
        talk in proptest::option::of(0..i64::MAX),
        extra in proptest::option::of("[^\0]{0,12}"),
    ) {
        let mut csv = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        let given = [("calling", calling), ("calling_name", name), ("talk", talk.map(|talk| talk.to_string())), ("extra.x", extra)];
        let given: Vec<_> = given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        csv.write_record(["started_at"].into_iter().chain(given.iter().map(|(name, _)| *name))).unwrap();
        csv.write_record(["2026-11-21T10:00:00Z"].into_iter().chain(given.iter().map(|(_, value)| value.as_str()))).unwrap();
        let csv = csv.into_inner().unwrap();
        let mut object: serde_json::Map<_, _> = given.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        object.insert("started_at".to_owned(), "2026-11-21T10:00:00Z".into());
        let json = serde_json::to_vec(&object).unwrap();
        let (by_csv, by_json) = (loaded(&csv), loaded(&json));
        prop_assert_eq!(by_csv.0.len(), 1);
        prop_assert_eq!(by_csv, by_json);
    }
}

//! The contract of a [`CdrSink`].
//!
//! [`sink_contract!`](crate::sink_contract) defines a test for each of these functions. Each function runs its case with an
//! empty sink and the source that reads what the sink stores.

use cdr_model::{Anchor, Cdr, CdrField, Timestamp};
use cdr_query::{CdrQuery, Condition, Test, Window};

use crate::{Batch, CallDraft, CdrSink, CdrSource, Content, Incoming, PortError};

/// Runs a case with an empty sink of each kind.
pub type OnEvery<'a> = dyn Fn(&dyn Fn(&dyn CdrSink, &dyn CdrSource)) + 'a;

/// A call under a key, whose digest and number called are given by its content.
fn call(key: &str, content: u8) -> Incoming {
    let started_at = Timestamp::from_seconds(1_800_000_000 + i64::from(content));
    let call = Cdr { started_at, billed_at: started_at, called: Some(content.to_string()), ..Cdr::default() };
    let draft = CallDraft { key: key.to_owned(), digest: [content; 32], call, ..CallDraft::default() };
    Incoming { position: format!("calls:{key}"), raw: vec![content], content: Content::Call(Box::new(draft)) }
}

fn batch(records: Vec<Incoming>) -> Batch {
    Batch { source: "pbx".to_owned(), feed: "test".to_owned(), records, ..Batch::default() }
}

/// The numbers called of all calls, in the order of arrival.
fn stored(source: &dyn CdrSource) -> Vec<String> {
    let mut calls = source.page(&CdrQuery::over(Window::all(Anchor::Start)), None, 1_000).unwrap();
    calls.sort_by_key(|call| call.number);
    calls.into_iter().filter_map(|call| call.called).collect()
}

/// Records get increasing numbers in the order of the batch, none of them above the watermark.
pub fn records_are_numbered_in_the_order_of_the_batch(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        let before = source.watermark().unwrap();
        let report = sink.take(&batch(vec![call("a", 9), call("b", 3), call("c", 5)])).unwrap();
        assert_eq!((report.loaded, report.known, report.quarantined), (3, 0, 0));
        assert_eq!(stored(source), ["9", "3", "5"]);
        let query = CdrQuery::over(Window::all(Anchor::Start));
        assert_eq!(source.count(&query.clone().at(before)).unwrap(), 0, "an older watermark shows none of them");
        assert_eq!(source.count(&query.at(source.watermark().unwrap())).unwrap(), 3);
    });
}

/// A batch that is loaded again adds nothing, and neither does a key that is repeated within it.
pub fn a_repeated_record_adds_nothing(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        sink.take(&batch(vec![call("a", 1), call("b", 2)])).unwrap();
        let report = sink.take(&batch(vec![call("b", 2), call("c", 3), call("c", 3), call("a", 1)])).unwrap();
        assert_eq!((report.loaded, report.known, report.quarantined), (1, 3, 0));
        assert_eq!(stored(source), ["1", "2", "3"]);
    });
}

/// Different content under a known key is quarantined, and the stored record does not change.
pub fn different_content_under_a_known_key_is_quarantined(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        sink.take(&batch(vec![call("a", 1)])).unwrap();
        for _ in 0..2 {
            let report = sink.take(&batch(vec![call("a", 2)])).unwrap();
            assert_eq!((report.loaded, report.known, report.quarantined), (0, 0, 1));
        }
        assert_eq!(stored(source), ["1"]);
    });
}

/// A record that could not be parsed is quarantined, and the records after it are stored.
pub fn an_unreadable_record_is_quarantined(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        let unreadable = Incoming {
            position: "calls:1".to_owned(),
            raw: b"rubbish".to_vec(),
            content: Content::Unreadable { reason: "time-unreadable", detail: "expected a time".to_owned() },
        };
        let report = sink.take(&batch(vec![unreadable, call("a", 1)])).unwrap();
        assert_eq!((report.loaded, report.known, report.quarantined), (1, 0, 1));
        assert_eq!(stored(source), ["1"]);
    });
}

/// A batch that fails stores nothing.
pub fn a_batch_that_fails_stores_nothing(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        let unknown = Batch { customer: Some("nobody of this name".to_owned()), ..batch(vec![call("a", 1)]) };
        let outcome = sink.take(&unknown);
        assert!(matches!(outcome, Err(PortError::NotFound { what: "customer", .. })), "{outcome:?}");
        assert_eq!(stored(source), [""; 0]);
    });
}

/// A call whose account is not known is stored as unassigned.
pub fn a_call_of_an_unknown_account_is_unassigned(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        let mut unknown = call("a", 1);
        if let Content::Call(draft) = &mut unknown.content {
            draft.account = Some("no such account".to_owned());
        }
        let report = sink.take(&batch(vec![unknown])).unwrap();
        assert_eq!((report.loaded, report.unassigned), (1, 1));
        assert_eq!(stored(source), ["1"]);
    });
}

/// A call that started before the floor is quarantined.
pub fn a_call_before_the_floor_is_rejected(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        let floor = Some(Timestamp::from_seconds(1_800_000_005));
        let report = sink.take(&Batch { floor, ..batch(vec![call("a", 4), call("b", 5)]) }).unwrap();
        assert_eq!((report.loaded, report.quarantined), (1, 1));
        assert_eq!(stored(source), ["5"]);
    });
}

/// Stored calls are found by conditions.
pub fn stored_calls_are_found_by_conditions(on_every: &OnEvery<'_>) {
    on_every(&|sink, source| {
        sink.take(&batch((0..20).map(|n| call(&n.to_string(), n)).collect())).unwrap();
        let starts = Condition::new(CdrField::Called, Test::starts_with("1")).unwrap();
        let query = CdrQuery::over(Window::all(Anchor::Start)).only(starts);
        assert_eq!(source.count(&query).unwrap(), 11);
    });
}

/// Defines a test for each part of the contract of a sink. The argument is the path of a function of the type
/// [`OnEvery`](crate::testsuite::sink::OnEvery).
#[macro_export]
macro_rules! sink_contract {
    ($on_every:path) => {
        $crate::contract_tests! { sink, $on_every,
            records_are_numbered_in_the_order_of_the_batch
            a_repeated_record_adds_nothing
            different_content_under_a_known_key_is_quarantined
            an_unreadable_record_is_quarantined
            a_batch_that_fails_stores_nothing
            a_call_of_an_unknown_account_is_unassigned
            a_call_before_the_floor_is_rejected
            stored_calls_are_found_by_conditions
        }
    };
}

//! The same key with different content: both versions are kept until the entry is resolved.

use cdr_mediation::{CdrSink, CdrSource, Content, PortError, Quarantine, QuarantinedVersion, Resolution};

use super::support::*;

fn refusal(error: PortError) -> String {
    match error {
        PortError::Refused(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn different_content_under_a_known_key_is_quarantined() {
    let fixture = StoreFixture::new();
    let (old, new) = (call("a", 10, "old"), call("a", 10, "new"));
    take(&fixture.store, [old.clone(), call("b", 20, "b")]);
    assert_eq!(counts(&take(&fixture.store, [new.clone()])), (0, 0, 1));
    assert_eq!(counts(&take(&fixture.store, [new.clone(), old])), (0, 1, 1), "there is one entry");
    assert_eq!(contents(&fixture.store, &everything())[0], (1, "old".to_owned()));
    let entries = fixture.store.entries(false, 0, 10).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].reason.as_str(), entries[0].known_number), ("conflict", Some(1)));
    assert_eq!(entries[0].detail, "record 1 has the same key `a` but different content");
    assert_eq!(entries[0].key.as_deref(), Some("a"));
    assert_eq!(entries[0].version, Some(QuarantinedVersion::Call(Box::new(new))));
}

#[test]
fn a_conflict_within_a_file_is_quarantined_too() {
    let fixture = StoreFixture::new();
    assert_eq!(counts(&take(&fixture.store, [call("a", 10, "old"), call("a", 10, "new")])), (1, 0, 1));
    assert_eq!(fixture.store.entry(1).unwrap().known_number, Some(1));
}

#[test]
fn an_accepted_version_replaces_the_old_one_which_stays_readable() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "old"), call("b", 20, "b")]);
    take(&fixture.store, [call("a", 30, "new")]);
    assert_eq!(fixture.store.accept(1).unwrap(), 3);

    let now = scan(&fixture.store, &everything());
    let seen: Vec<_> = now.iter().map(|call| (call.number, call.id, call.called.as_deref())).collect();
    assert_eq!(seen, [(2, 2, Some("b")), (3, 1, Some("new"))], "the id stays");
    let before = scan(&fixture.store, &everything().at(2));
    assert_eq!((before[0].number, before[0].replaced_by), (1, Some(3)));
    assert_eq!(contents(&fixture.store, &everything().at(2)), [(1, "old".to_owned()), (2, "b".to_owned())]);
    assert_eq!(fixture.store.watermark().unwrap(), 3);
    assert_eq!(fixture.store.entry(1).unwrap().resolution, Resolution::Accepted(3));

    // Both files may be loaded again.
    assert_eq!(counts(&take(&fixture.store, [call("a", 10, "old"), call("b", 20, "b")])), (0, 2, 0));
    assert_eq!(counts(&take(&fixture.store, [call("a", 30, "new")])), (0, 1, 0));
    assert!(fixture.store.entries(false, 0, 10).unwrap().is_empty());
}

#[test]
fn versions_can_be_accepted_one_after_another() {
    let fixture = StoreFixture::new();
    for content in ["1", "2", "3"] {
        take(&fixture.store, [call("a", 10, content)]);
    }
    assert_eq!(fixture.store.accept(2).unwrap(), 2, "the third file's");
    assert_eq!(fixture.store.accept(1).unwrap(), 3, "the second file's, in place of the third's");
    assert_eq!(contents(&fixture.store, &everything()), [(3, "2".to_owned())]);
    assert_eq!(contents(&fixture.store, &everything().at(2)), [(2, "3".to_owned())]);
    for content in ["1", "2", "3"] {
        assert_eq!(counts(&take(&fixture.store, [call("a", 10, content)])), (0, 1, 0), "{content}");
    }
    take(&fixture.store, [call("a", 10, "4")]);
    assert_eq!(fixture.store.entry(3).unwrap().known_number, Some(3));
}

#[test]
fn a_dropped_version_is_not_quarantined_again() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "old")]);
    take(&fixture.store, [call("a", 10, "new")]);
    fixture.store.discard(1).unwrap();
    assert!(fixture.store.entries(false, 0, 10).unwrap().is_empty());
    assert_eq!(fixture.store.entries(true, 0, 10).unwrap()[0].resolution, Resolution::Dropped);
    assert_eq!(counts(&take(&fixture.store, [call("a", 10, "new")])), (0, 0, 1));
    assert_eq!(fixture.store.entries(true, 0, 10).unwrap().len(), 1);
}

#[test]
fn a_version_of_a_newer_program_is_listed_but_not_accepted() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "old")]);
    take(&fixture.store, [call("a", 10, "new")]);
    spoil(&fixture.store, "UPDATE quarantine SET document_version = 2, version = '{\"words\":\"of tomorrow\"}'");
    let entry = fixture.store.entries(false, 0, 10).unwrap().remove(0);
    assert_eq!((entry.version, entry.known_number), (None, Some(1)));
    let newer = "a newer Tollbook wrote it, in version 2; this one reads versions up to 1";
    assert_eq!(entry.unreadable.unwrap().to_string(), newer);
    let message = refusal(fixture.store.accept(1).unwrap_err());
    assert_eq!(message, format!("quarantine entry 1: {newer}; accept it with the newer version"));
    assert_eq!(fixture.store.entry(1).unwrap().resolution, Resolution::Open);
    fixture.store.discard(1).unwrap();
}

#[test]
fn a_version_without_a_document_version_is_accepted() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "old")]);
    take(&fixture.store, [call("a", 10, "new")]);
    spoil(&fixture.store, "UPDATE quarantine SET document_version = NULL");
    assert_eq!(fixture.store.accept(1).unwrap(), 2);
}

#[test]
fn an_entry_is_resolved_once() {
    let fixture = StoreFixture::new();
    take(&fixture.store, [call("a", 10, "old"), call("a", 10, "new"), call("a", 10, "newer")]);
    fixture.store.accept(1).unwrap();
    fixture.store.discard(2).unwrap();
    for (id, message) in
        [(1, "quarantine entry 1 is already accepted as record 2"), (2, "quarantine entry 2 is already dropped")]
    {
        assert_eq!(refusal(fixture.store.accept(id).unwrap_err()), message);
        assert_eq!(refusal(fixture.store.discard(id).unwrap_err()), message);
    }
    let missing = fixture.store.accept(9).unwrap_err();
    assert_eq!(missing.to_string(), "there is no quarantine entry `9`");
    assert_eq!(fixture.store.watermark().unwrap(), 2);
}

#[test]
fn an_unreadable_record_cannot_be_accepted() {
    let fixture = StoreFixture::new();
    let unreadable = Content::Unreadable { reason: "too-few-fields", detail: "3 of 16 fields".to_owned() };
    fixture.store.take(&batch([unreadable])).unwrap();
    assert_eq!(
        refusal(fixture.store.accept(1).unwrap_err()),
        "quarantine entry 1: it could not be loaded (3 of 16 fields); correct the line and load it again"
    );
    fixture.store.discard(1).unwrap();
}

#[test]
fn conferences_have_versions_like_calls() {
    let fixture = StoreFixture::new();
    let load = |room: &str| {
        let draft = Content::Conference(Box::new(conference("c", 10, room)));
        counts(&fixture.store.take(&batch([draft])).unwrap())
    };
    assert_eq!((load("old"), load("new")), ((1, 0, 0), (0, 0, 1)));
    assert_eq!(fixture.store.accept(1).unwrap(), 2);
    let room = |upto: Option<i64>| {
        let query = cdr_query::CdrQuery { upto, ..everything() };
        conferences(&fixture.store, &query)
            .into_iter()
            .map(|it| (it.number, it.id, it.room.unwrap()))
            .collect::<Vec<_>>()
    };
    assert_eq!(room(None), [(2, 1, "new".to_owned())]);
    assert_eq!(room(Some(1)), [(1, 1, "old".to_owned())]);
    assert_eq!((load("old"), load("new")), ((0, 1, 0), (0, 1, 0)));
}

#[test]
fn a_call_does_not_replace_a_conference() {
    let fixture = StoreFixture::new();
    fixture.store.take(&batch([Content::Conference(Box::new(conference("c", 10, "room")))])).unwrap();
    assert_eq!(counts(&take(&fixture.store, [call("c", 10, "1")])), (0, 0, 1));
    assert!(refusal(fixture.store.accept(1).unwrap_err()).contains("one is a call and the other a conference"));
}

#[test]
fn an_accepted_call_is_booked_as_in_its_load() {
    let fixture = StoreFixture::new();
    cdr_mediation::DirectoryEditor::add_customer(
        &fixture.store,
        &cdr_mediation::CustomerDraft { name: "Acme".to_owned(), ..Default::default() },
    )
    .unwrap();
    take(&fixture.store, [call("a", 10, "old")]);
    let mut file = calls([cdr_mediation::CallDraft { account: Some("700".to_owned()), ..call("a", 10, "new") }]);
    file.customer = Some("Acme".to_owned());
    fixture.store.take(&file).unwrap();
    fixture.store.accept(1).unwrap();
    let directory = fixture.store.directory().unwrap();
    let found = scan(&fixture.store, &everything()).remove(0);
    assert_eq!(directory.accounts[&found.account_id].number, "700");
    assert_eq!(directory.customers[&found.customer_id].name, "Acme");
}

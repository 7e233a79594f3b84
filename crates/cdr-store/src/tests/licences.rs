//! Licences: the same tests for `MemoryLicences`, for a store with one handle, and for a store with two handles.

use std::fs;
use std::sync::Arc;

use cdr_access::{Licence, LicenceAuthenticator, LicenceScope, LicenceText, Licences, MemoryLicences};
use cdr_mediation::{CustomerDraft, DirectoryEditor, PortError, SystemClock};

use super::support::*;
use crate::Store;

const SECRET: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A fixture with the customers 1 and 2.
fn fixture() -> StoreFixture {
    peopled(StoreFixture::new())
}

fn peopled(fixture: StoreFixture) -> StoreFixture {
    for name in ["Acme", "Bolt"] {
        fixture.store.add_customer(&CustomerDraft { name: name.to_owned(), ..CustomerDraft::default() }).unwrap();
    }
    fixture
}

fn on_all(case: impl Fn(&dyn Licences, &dyn Licences)) {
    let memory = MemoryLicences::default();
    case(&memory, &memory);
    let kept = fixture();
    case(&kept.store, &kept.store);
    let kept = fixture();
    case(&kept.store, &kept.again());
}

/// A licence whose digest repeats one byte.
fn licence(id: i64, name: &str, digest: u8) -> Licence {
    Licence { id, name: name.to_owned(), digest: [digest; 32], scope: LicenceScope::Environment(1) }
}

fn of(customers: impl IntoIterator<Item = i64>) -> LicenceScope {
    LicenceScope::Customers(customers.into_iter().collect())
}

fn ids(licences: &dyn Licences) -> Vec<i64> {
    licences.licences().unwrap().iter().map(|licence| licence.id).collect()
}

#[test]
fn licences_are_found_as_they_were_added() {
    on_all(|one, other| {
        let all = [
            licence(1, "acme", 0),
            Licence { scope: of([1, 2]), ..licence(2, "Acme", 255) },
            Licence { scope: of([2]), ..licence(3, "bolt, the 'other'", 7) },
            Licence { scope: LicenceScope::Environment(i32::MAX), ..licence(4, "\u{e9}", 8) },
            Licence { scope: of([]), ..licence(5, "nobody's", 9) },
            Licence { scope: LicenceScope::Everything, ..licence(6, "warehouse", 10) },
        ];
        for licence in &all {
            let added = one.add_licence(&Licence { id: 77, ..licence.clone() }).unwrap();
            assert_eq!(added, *licence, "the number in the draft is ignored");
        }
        for licence in &all {
            assert_eq!(other.licence_by_digest(&licence.digest).unwrap().as_ref(), Some(licence));
        }
        assert_eq!(other.licences().unwrap(), all, "by number");
        let mut nearly = [7; 32];
        nearly[31] = 6;
        assert_eq!(other.licence_by_digest(&nearly).unwrap(), None);
    });
}

#[test]
fn a_number_is_never_assigned_twice() {
    on_all(|one, other| {
        let add = |name: &str, digest| one.add_licence(&licence(0, name, digest)).map(|licence| licence.id);
        assert_eq!((add("a", 1).unwrap(), add("b", 2).unwrap()), (1, 2));
        other.remove_licence("b").unwrap();
        assert_eq!(add("b", 2).unwrap(), 3, "the log may refer to the removed licence 2");
        assert!(add("a", 4).is_err());
        assert_eq!(add("c", 5).unwrap(), 4);
        assert_eq!(ids(other), [1, 3, 4]);
    });
}

#[test]
fn names_and_texts_are_unique() {
    on_all(|one, other| {
        one.add_licence(&licence(0, "acme", 1)).unwrap();
        one.add_licence(&Licence { scope: of([1]), ..licence(0, "bolt", 2) }).unwrap();
        for (refused, message) in [
            (other.add_licence(&licence(0, "acme", 3)).map(drop), "the licence `acme` already exists"),
            (other.add_licence(&licence(0, "carol", 2)).map(drop), "this text is already in use; choose another"),
            (other.change_digest("bolt", &[1; 32]), "this text is already in use; choose another"),
            (other.change_digest("bolt", &[2; 32]), "this text is already in use; choose another"),
            (other.change_digest("carol", &[3; 32]), "there is no licence `carol`"),
            (other.remove_licence("carol"), "there is no licence `carol`"),
        ] {
            assert_eq!(refused.unwrap_err().to_string(), message);
        }
        assert_eq!(
            one.licences().unwrap(),
            [licence(1, "acme", 1), Licence { scope: of([1]), ..licence(2, "bolt", 2) }]
        );
    });
}

#[test]
fn a_licence_is_rotated_and_removed_by_its_name() {
    on_all(|one, other| {
        for (name, digest) in [("acme", 1), ("bolt", 2)] {
            one.add_licence(&Licence { scope: of([1, 2]), ..licence(0, name, digest) }).unwrap();
        }
        one.change_digest("acme", &[9; 32]).unwrap();
        assert_eq!(other.licence_by_digest(&[1; 32]).unwrap(), None);
        let rotated = Licence { scope: of([1, 2]), ..licence(1, "acme", 9) };
        assert_eq!(other.licence_by_digest(&[9; 32]).unwrap(), Some(rotated), "its scope is unchanged");
        other.remove_licence("acme").unwrap();
        assert_eq!(one.licence_by_digest(&[9; 32]).unwrap(), None);
        assert_eq!(ids(one), [2]);
    });
}

#[test]
fn a_licence_for_a_missing_customer_is_refused_as_a_whole() {
    let fixture = fixture();
    let error = fixture.store.add_licence(&Licence { scope: of([1, 99]), ..licence(0, "acme", 1) }).unwrap_err();
    assert!(matches!(error, PortError::NotFound { what: "customer", .. }), "{error:?}");
    assert_eq!(error.to_string(), "there is no customer `99`");
    assert_eq!(fixture.store.licences().unwrap(), []);
}

fn authenticator(store: &Store) -> LicenceAuthenticator {
    LicenceAuthenticator::new(Arc::new(store.clone()), Arc::new(store.clone()), Arc::new(SystemClock::default()))
}

fn admitted(authenticator: &LicenceAuthenticator, text: &str) -> Option<String> {
    authenticator.admit(text, "192.0.2.1".parse().unwrap()).unwrap().map(|licence| licence.name)
}

#[test]
fn no_file_of_a_store_or_its_backup_contains_the_text() {
    let fixture = peopled(StoreFixture::sqlite());
    let (before, after) = (LicenceText::given(SECRET).unwrap(), LicenceText::random().unwrap());
    let authenticator = authenticator(&fixture.store);
    authenticator.add("acme", &before, of([1])).unwrap();
    assert_eq!(admitted(&authenticator, SECRET).as_deref(), Some("acme"));
    authenticator.rotate("acme", &after).unwrap();
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    assert_eq!(admitted(&authenticator, SECRET), None);
    assert_eq!(admitted(&authenticator, after.reveal()).as_deref(), Some("acme"));
    let mut files = 0;
    for entry in fs::read_dir(fixture.folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        for text in [SECRET, after.reveal()] {
            assert!(!bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())));
            let plain: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
            let packed: Vec<u8> = plain
                .chunks_exact(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            assert!(!bytes.windows(packed.len()).any(|window| window == packed), "nor the packed digits");
        }
    }
    assert!(files >= 2, "the store and its backup at least");
}

#[test]
fn a_restore_brings_back_licences_but_reuses_no_number() {
    let fixture = peopled(StoreFixture::sqlite());
    let authenticator = authenticator(&fixture.store);
    let text = |text: &str| LicenceText::given(text).unwrap();
    authenticator.add("acme", &text(SECRET), of([1])).unwrap();
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    authenticator.rotate("acme", &text("ANOTHER-LICENCE")).unwrap();
    authenticator.add("bolt", &text("BOLT-LICENCE"), of([2])).unwrap();
    fixture.store.restore(&fixture.path("saved.db")).unwrap();
    assert_eq!(admitted(&authenticator, SECRET).as_deref(), Some("acme"));
    assert_eq!((admitted(&authenticator, "ANOTHER-LICENCE"), admitted(&authenticator, "BOLT-LICENCE")), (None, None));
    assert_eq!(authenticator.add("carol", &text("CAROL-LICENCE"), of([])).unwrap().id, 3);

    // A restore into another store, which has its own secret, seen by an authenticator created before.
    let other = StoreFixture::sqlite();
    let authenticator = self::authenticator(&other.store);
    assert_eq!(admitted(&authenticator, SECRET), None);
    other.store.restore(&fixture.path("saved.db")).unwrap();
    assert_eq!(admitted(&authenticator, SECRET).as_deref(), Some("acme"));
}

#[test]
fn an_unreadable_licence_is_reported_without_its_digest() {
    for (sql, message) in [
        ("UPDATE licences SET digest = x'07'", "licence `acme`: the digest does not have 32 bytes"),
        ("UPDATE licences SET environment = 3000000000", "licence `acme`: the environment is out of range"),
        ("INSERT INTO licence_customers VALUES (1, 2)", "licence `acme`: it has an environment and customers"),
    ] {
        let fixture = fixture();
        fixture.store.add_licence(&licence(0, "acme", 0xAB)).unwrap();
        // PostgreSQL has another syntax for bytes.
        let sql = if over_postgres() { sql.replace("x'07'", "'\\x07'") } else { sql.to_owned() };
        spoil(&fixture.store, &sql);
        let error = cdr_mediation::chain(&fixture.store.licences().unwrap_err());
        assert!(error.contains("is damaged") && error.contains(message), "{error}");
        // Two bytes in a row: a single `171` may be part of the name of a test database.
        assert!(!error.to_lowercase().contains("abab") && !error.contains("171, 171"), "{error}");
    }
}

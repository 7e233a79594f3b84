//! What programs are let in by: the same of `MemoryLicences`, of a store, and of a store that is open twice.

use std::fs;
use std::sync::Arc;

use cdr_access::{Licence, LicenceAuthenticator, LicenceScope, LicenceText, Licences, MemoryLicences};
use cdr_mediation::{CustomerDraft, DirectoryKeeper, PortError, SystemClock};

use super::support::*;
use crate::Store;

const SECRET: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// A home with the customers 1 and 2.
fn home() -> Home {
    peopled(Home::new())
}

fn peopled(home: Home) -> Home {
    for name in ["Acme", "Bolt"] {
        home.store.add_customer(&CustomerDraft { name: name.to_owned(), ..CustomerDraft::default() }).unwrap();
    }
    home
}

fn on_all(case: impl Fn(&dyn Licences, &dyn Licences)) {
    let memory = MemoryLicences::default();
    case(&memory, &memory);
    let kept = home();
    case(&kept.store, &kept.store);
    let kept = home();
    case(&kept.store, &kept.again());
}

/// Its digest is made of one byte.
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
        ];
        for licence in &all {
            let added = one.add_licence(&Licence { id: 77, ..licence.clone() }).unwrap();
            assert_eq!(added, *licence, "the next number, whatever was asked for");
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
fn a_number_that_was_given_once_is_not_given_again() {
    on_all(|one, other| {
        let add = |name: &str, digest| one.add_licence(&licence(0, name, digest)).map(|licence| licence.id);
        assert_eq!((add("a", 1).unwrap(), add("b", 2).unwrap()), (1, 2));
        other.remove_licence("b").unwrap();
        assert_eq!(add("b", 2).unwrap(), 3, "the log means another one by 2");
        assert!(add("a", 4).is_err());
        assert_eq!(add("c", 5).unwrap(), 4);
        assert_eq!(ids(other), [1, 3, 4]);
    });
}

#[test]
fn a_name_and_a_text_are_taken_once() {
    on_all(|one, other| {
        one.add_licence(&licence(0, "acme", 1)).unwrap();
        one.add_licence(&Licence { scope: of([1]), ..licence(0, "bolt", 2) }).unwrap();
        for (refused, said) in [
            (other.add_licence(&licence(0, "acme", 3)).map(drop), "the licence `acme` is there already"),
            (other.add_licence(&licence(0, "carol", 2)).map(drop), "this text is a licence already; take another"),
            (other.change_digest("bolt", &[1; 32]), "this text is a licence already; take another"),
            (other.change_digest("bolt", &[2; 32]), "this text is a licence already; take another"),
            (other.change_digest("carol", &[3; 32]), "there is no licence `carol`"),
            (other.remove_licence("carol"), "there is no licence `carol`"),
        ] {
            assert_eq!(refused.unwrap_err().to_string(), said);
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
        assert_eq!(other.licence_by_digest(&[9; 32]).unwrap(), Some(rotated), "it sees what it saw");
        other.remove_licence("acme").unwrap();
        assert_eq!(one.licence_by_digest(&[9; 32]).unwrap(), None);
        assert_eq!(ids(one), [2]);
    });
}

#[test]
fn a_licence_for_a_customer_that_is_not_there_is_refused_whole() {
    let home = home();
    let error = home.store.add_licence(&Licence { scope: of([1, 99]), ..licence(0, "acme", 1) }).unwrap_err();
    assert!(matches!(error, PortError::NotFound { what: "customer", .. }), "{error:?}");
    assert_eq!(error.to_string(), "there is no customer `99`");
    assert_eq!(home.store.licences().unwrap(), []);
}

fn keeper(store: &Store) -> LicenceAuthenticator {
    LicenceAuthenticator::new(Arc::new(store.clone()), Arc::new(store.clone()), Arc::new(SystemClock::default()))
}

fn admitted(keeper: &LicenceAuthenticator, text: &str) -> Option<String> {
    keeper.admit(text, "192.0.2.1".parse().unwrap()).unwrap().map(|licence| licence.name)
}

#[test]
fn no_file_of_a_store_or_its_backup_holds_the_text() {
    let home = peopled(Home::sqlite());
    let (before, after) = (LicenceText::brought(SECRET).unwrap(), LicenceText::random().unwrap());
    let keeper = keeper(&home.store);
    keeper.add("acme", &before, of([1])).unwrap();
    assert_eq!(admitted(&keeper, SECRET).as_deref(), Some("acme"));
    keeper.rotate("acme", &after).unwrap();
    home.store.backup(&home.path("saved.db")).unwrap();
    assert_eq!(admitted(&keeper, SECRET), None);
    assert_eq!(admitted(&keeper, after.reveal()).as_deref(), Some("acme"));
    let mut files = 0;
    for entry in fs::read_dir(home.folder.path()).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        files += 1;
        for text in [SECRET, after.reveal()] {
            assert!(!bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes())));
            let plain: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
            let packed: Vec<u8> = plain
                .chunks_exact(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            assert!(!bytes.windows(packed.len()).any(|window| window == packed), "nor its bits");
        }
    }
    assert!(files >= 2, "the store and its backup at least");
}

#[test]
fn licences_of_a_backup_open_again_but_get_no_number_twice() {
    let home = peopled(Home::sqlite());
    let keeper = keeper(&home.store);
    let text = |text: &str| LicenceText::brought(text).unwrap();
    keeper.add("acme", &text(SECRET), of([1])).unwrap();
    home.store.backup(&home.path("saved.db")).unwrap();
    keeper.rotate("acme", &text("ANOTHER-LICENCE")).unwrap();
    keeper.add("bolt", &text("BOLT-LICENCE"), of([2])).unwrap();
    home.store.restore(&home.path("saved.db")).unwrap();
    assert_eq!(admitted(&keeper, SECRET).as_deref(), Some("acme"));
    assert_eq!((admitted(&keeper, "ANOTHER-LICENCE"), admitted(&keeper, "BOLT-LICENCE")), (None, None));
    assert_eq!(keeper.add("carol", &text("CAROL-LICENCE"), of([])).unwrap().id, 3);

    // Into a store with a secret of its own, through a keeper that was there before.
    let other = Home::sqlite();
    let keeper = self::keeper(&other.store);
    assert_eq!(admitted(&keeper, SECRET), None);
    other.store.restore(&home.path("saved.db")).unwrap();
    assert_eq!(admitted(&keeper, SECRET).as_deref(), Some("acme"));
}

#[test]
fn what_cannot_be_read_is_named_without_its_digest() {
    for (sql, said) in [
        ("UPDATE licences SET digest = x'07'", "licence `acme`: the digest has no 32 bytes"),
        ("UPDATE licences SET environment = 3000000000", "licence `acme`: there is no such environment"),
        ("INSERT INTO licence_customers VALUES (1, 2)", "licence `acme`: it has an environment and customers"),
    ] {
        let home = home();
        home.store.add_licence(&licence(0, "acme", 0xAB)).unwrap();
        // PostgreSQL writes bytes otherwise.
        let sql = if over_postgres() { sql.replace("x'07'", "'\\x07'") } else { sql.to_owned() };
        spoil(&home.store, &sql);
        let error = cdr_mediation::chain(&home.store.licences().unwrap_err());
        assert!(error.contains("is damaged") && error.contains(said), "{error}");
        // Twice in a row: a single `171` may be part of the name of a test's database.
        assert!(!error.to_lowercase().contains("abab") && !error.contains("171, 171"), "{error}");
    }
}

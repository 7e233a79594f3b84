//! Tests of the rules for names, passwords and roles, and of their error messages.

use cdr_model::PortError;

use crate::memory::MemoryUsers;
use crate::password::{DUMMY_HASH, hash_password, verify_password};
use crate::user::{Role, User, Users};

use super::support::plain;

#[test]
fn roles_are_read_as_they_are_written() {
    for role in Role::ALL {
        assert_eq!(role.to_string().parse(), Ok(role));
    }
    assert_eq!(format!("{:>9}|", Role::Auditor), "  auditor|");
    for name in ["Auditor", "admin", "", "conference room owner"] {
        let message = name.parse::<Role>().unwrap_err().to_string();
        let valid = "the roles are administrator, provisioner, auditor, conference-room-owner";
        assert_eq!(message, format!("there is no role `{name}`; {valid}"));
    }
}

#[test]
fn names_and_passwords_are_validated() {
    let (long, too_long) = ("ä".repeat(64), "ä".repeat(65));
    let (long_password, too_long_password) = ("ß".repeat(128), "ß".repeat(129));
    for (name, password, wrong) in [
        ("alice", "12345678", None),
        ("a", "  spaces  ", None),
        (&long, &long_password, None),
        ("Alice Liddell <alice@example.org>", "with:colon", None),
        ("", "12345678", Some("1 to 64 characters, this one has 0")),
        (&too_long, "12345678", Some("1 to 64 characters, this one has 65")),
        ("a:b", "12345678", Some("no colon and no control characters; `a:b` has some")),
        ("a\nb", "12345678", Some("no colon and no control characters; `a\\nb` has some")),
        ("alice", "1234567", Some("8 to 128 characters, this one has 7")),
        ("alice", &too_long_password, Some("8 to 128 characters, this one has 129")),
        ("alice", "1234\t5678", Some("no control characters")),
        ("alice", "12345678\u{85}", Some("no control characters")),
    ] {
        match (User::new(name, password, [Role::Auditor, Role::Auditor]), wrong) {
            (Ok(user), None) => {
                assert_eq!((user.name.as_str(), user.roles), (name, [Role::Auditor].into()));
                assert!(verify_password(password, &user.password).unwrap());
            }
            (Err(error), Some(wrong)) => {
                assert!(error.to_string().contains(wrong), "{error}");
                assert!(!error.to_string().contains(password), "{error}");
            }
            (result, wrong) => panic!("{name:?} {password:?}: {result:?}, expected {wrong:?}"),
        }
    }
}

#[test]
fn each_hash_has_a_random_salt() {
    let (one, two) = (hash_password("the same").unwrap(), hash_password("the same").unwrap());
    assert_ne!(one, two);
    for hash in [&one, &two] {
        assert!(verify_password("the same", hash).unwrap());
        assert!(!verify_password("the sane", hash).unwrap());
    }
}

#[test]
fn the_dummy_hash_has_the_same_cost_as_any_other() {
    let shape = |hash: &str| hash.split('$').map(str::to_owned).collect::<Vec<_>>();
    let (any, nobodys) = (shape(&hash_password("any other").unwrap()), shape(DUMMY_HASH));
    assert_eq!(any[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    assert_eq!(any[..4], nobodys[..4]);
    let lengths = |parts: &[String]| parts.iter().map(String::len).collect::<Vec<_>>();
    assert_eq!(lengths(&any), lengths(&nobodys));
    assert!(!verify_password("any other", DUMMY_HASH).unwrap(), "it is verified, not refused");
}

#[test]
fn an_invalid_hash_is_an_error_and_not_a_wrong_password() {
    for hash in
        ["", "plain", "$argon2id$", "$2b$12$abcdefghijklmnopqrstuv", "$argon2x$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA"]
    {
        assert!(verify_password("password", hash).is_err(), "{hash}");
    }
}

#[test]
fn users_are_stored_by_name() {
    let kept = MemoryUsers::default();
    for name in ["bob", "alice", "Bob"] {
        kept.add_user(&plain(name, "first")).unwrap();
    }
    let taken = kept.add_user(&plain("bob", "second"));
    assert!(matches!(taken, Err(PortError::Exists { what: "user", name }) if name == "bob"));
    kept.change_user(&plain("alice", "second")).unwrap();
    kept.remove_user("Bob").unwrap();
    for nobody in [kept.change_user(&plain("carol", "first")), kept.remove_user("Bob")] {
        assert!(matches!(nobody, Err(PortError::NotFound { what: "user", .. })), "{nobody:?}");
    }
    assert_eq!(kept.users().unwrap(), [plain("alice", "second"), plain("bob", "first")]);
    assert_eq!(kept.user("bob").unwrap(), Some(plain("bob", "first")));
    assert_eq!(kept.user("Bob").unwrap(), None);
}

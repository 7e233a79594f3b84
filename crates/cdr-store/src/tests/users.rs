//! Users, who sign in with a name and a password.

use cdr_access::{Role, User, Users};
use cdr_mediation::PortError;

use super::support::*;

fn user(name: &str, password: &str, roles: &[Role]) -> User {
    User { name: name.to_owned(), password: password.to_owned(), roles: roles.iter().copied().collect() }
}

#[test]
fn users_are_found_as_they_were_added() {
    let fixture = StoreFixture::new();
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA";
    let all = [
        user("Alice", hash, &[Role::Auditor]),
        user("alice", "other", &Role::ALL),
        user("bob, the 'auditor'", "x", &[]),
        user("é", "y", &[Role::ConferenceRoomOwner, Role::Administrator]),
    ];
    for user in all.iter().rev() {
        fixture.store.add_user(user).unwrap();
    }
    let other = fixture.again();
    for user in &all {
        assert_eq!(other.user(&user.name).unwrap().as_ref(), Some(user), "names are case-sensitive");
    }
    assert_eq!(other.users().unwrap(), all, "by name");
    assert_eq!(other.user("ALICE").unwrap(), None);
}

#[test]
fn names_are_unique() {
    let fixture = StoreFixture::new();
    fixture.store.add_user(&user("alice", "first", &[Role::Auditor])).unwrap();
    let error = fixture.again().add_user(&user("alice", "second", &[])).unwrap_err();
    assert!(matches!(error, PortError::Exists { what: "user", .. }), "{error:?}");
    assert_eq!(error.to_string(), "the user `alice` already exists");
    assert_eq!(fixture.store.users().unwrap(), [user("alice", "first", &[Role::Auditor])]);
}

#[test]
fn a_user_gets_another_password_and_other_roles() {
    let fixture = StoreFixture::new();
    for name in ["alice", "bob"] {
        fixture.store.add_user(&user(name, "first", &[Role::Auditor])).unwrap();
    }
    fixture.store.change_user(&user("alice", "second", &[Role::Administrator, Role::Provisioner])).unwrap();
    let expected =
        [user("alice", "second", &[Role::Administrator, Role::Provisioner]), user("bob", "first", &[Role::Auditor])];
    assert_eq!(fixture.again().users().unwrap(), expected);
}

#[test]
fn a_removed_user_is_gone() {
    let fixture = StoreFixture::new();
    for name in ["alice", "bob"] {
        fixture.store.add_user(&user(name, "x", &[])).unwrap();
    }
    fixture.again().remove_user("alice").unwrap();
    assert_eq!(fixture.store.users().unwrap(), [user("bob", "x", &[])]);
    fixture.store.add_user(&user("alice", "y", &[])).unwrap();
}

#[test]
fn a_missing_user_cannot_be_changed_or_removed() {
    let fixture = StoreFixture::new();
    fixture.store.add_user(&user("alice", "x", &[])).unwrap();
    for refused in [
        fixture.store.change_user(&user("Alice", "y", &[])).unwrap_err(),
        fixture.store.remove_user("Alice").unwrap_err(),
    ] {
        assert!(matches!(refused, PortError::NotFound { what: "user", .. }), "{refused:?}");
        assert_eq!(refused.to_string(), "there is no user `Alice`");
    }
    assert_eq!(fixture.store.users().unwrap(), [user("alice", "x", &[])]);
}

#[test]
fn an_unknown_role_is_reported() {
    let fixture = StoreFixture::new();
    fixture.store.add_user(&user("alice", "x", &[Role::Auditor])).unwrap();
    spoil(&fixture.store, "UPDATE operators SET roles = 'auditor,emperor'");
    let error = cdr_mediation::chain(&fixture.store.user("alice").unwrap_err());
    assert!(error.contains("is damaged (user `alice`: there is no role `emperor`)"), "{error}");
}

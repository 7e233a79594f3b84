//! Who signs in with a name and a password.

use cdr_mediation::{Operator, Operators, PortError, Role};

use super::support::*;

fn operator(name: &str, password: &str, roles: &[Role]) -> Operator {
    Operator { name: name.to_owned(), password: password.to_owned(), roles: roles.iter().copied().collect() }
}

#[test]
fn operators_are_found_as_they_were_added() {
    let home = Home::new();
    let hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA";
    let all = [
        operator("Alice", hash, &[Role::Auditor]),
        operator("alice", "other", &Role::ALL),
        operator("bob, the 'auditor'", "x", &[]),
        operator("é", "y", &[Role::ConferenceRoomOwner, Role::Administrator]),
    ];
    for operator in all.iter().rev() {
        home.store.add_operator(operator).unwrap();
    }
    let other = home.again();
    for operator in &all {
        assert_eq!(other.operator(&operator.name).unwrap().as_ref(), Some(operator), "capitals count");
    }
    assert_eq!(other.operators().unwrap(), all, "by name");
    assert_eq!(other.operator("ALICE").unwrap(), None);
}

#[test]
fn a_name_is_taken_once() {
    let home = Home::new();
    home.store.add_operator(&operator("alice", "first", &[Role::Auditor])).unwrap();
    let error = home.again().add_operator(&operator("alice", "second", &[])).unwrap_err();
    assert!(matches!(error, PortError::Exists { what: "operator", .. }), "{error:?}");
    assert_eq!(error.to_string(), "the operator `alice` is there already");
    assert_eq!(home.store.operators().unwrap(), [operator("alice", "first", &[Role::Auditor])]);
}

#[test]
fn an_operator_gets_another_password_and_other_roles() {
    let home = Home::new();
    for name in ["alice", "bob"] {
        home.store.add_operator(&operator(name, "first", &[Role::Auditor])).unwrap();
    }
    home.store.change_operator(&operator("alice", "second", &[Role::Administrator, Role::Provisioner])).unwrap();
    let expected = [
        operator("alice", "second", &[Role::Administrator, Role::Provisioner]),
        operator("bob", "first", &[Role::Auditor]),
    ];
    assert_eq!(home.again().operators().unwrap(), expected);
}

#[test]
fn an_operator_who_is_removed_is_gone() {
    let home = Home::new();
    for name in ["alice", "bob"] {
        home.store.add_operator(&operator(name, "x", &[])).unwrap();
    }
    home.again().remove_operator("alice").unwrap();
    assert_eq!(home.store.operators().unwrap(), [operator("bob", "x", &[])]);
    home.store.add_operator(&operator("alice", "y", &[])).unwrap();
}

#[test]
fn nobody_can_be_changed_or_removed_who_is_not_there() {
    let home = Home::new();
    home.store.add_operator(&operator("alice", "x", &[])).unwrap();
    for refused in [
        home.store.change_operator(&operator("Alice", "y", &[])).unwrap_err(),
        home.store.remove_operator("Alice").unwrap_err(),
    ] {
        assert!(matches!(refused, PortError::NotFound { what: "operator", .. }), "{refused:?}");
        assert_eq!(refused.to_string(), "there is no operator `Alice`");
    }
    assert_eq!(home.store.operators().unwrap(), [operator("alice", "x", &[])]);
}

#[test]
fn a_role_that_nobody_knows_is_named() {
    let home = Home::new();
    home.store.add_operator(&operator("alice", "x", &[Role::Auditor])).unwrap();
    spoil(&home.store, "UPDATE operators SET roles = 'auditor,emperor'");
    let error = cdr_mediation::chain(&home.store.operator("alice").unwrap_err());
    assert!(error.contains("is damaged (operator `alice`: there is no role `emperor`)"), "{error}");
}

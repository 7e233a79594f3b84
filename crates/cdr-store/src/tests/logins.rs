//! Logins: the same tests for `MemoryLogins`, for a store with one handle, and for a store with two handles.

use cdr_access::{Login, Logins, MemoryLogins};
use cdr_mediation::{CustomerDraft, DirectoryEditor, PortError};

use super::support::*;

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

fn on_all(case: impl Fn(&dyn Logins, &dyn Logins)) {
    let memory = MemoryLogins::default();
    case(&memory, &memory);
    let kept = fixture();
    case(&kept.store, &kept.store);
    let kept = fixture();
    case(&kept.store, &kept.again());
}

fn login(id: i64, name: &str) -> Login {
    Login { id, ..Login::new(name, "$argon2id$x", 1) }
}

fn ids(logins: &dyn Logins) -> Vec<i64> {
    logins.logins().unwrap().iter().map(|login| login.id).collect()
}

#[test]
fn logins_are_found_as_they_were_added() {
    on_all(|one, other| {
        let all = [
            login(3, "alice"),
            Login { accounts: [5, i64::MAX, -1].into(), allow_recordings: true, customer_id: 2, ..login(7, "Alice") },
            Login { allowed_ips: Vec::new(), ..login(8, "bob, the 'other'") },
            Login {
                allowed_ips: ["192.0.2.7/24", "10.0.0.1/32", "2001:db8::/32"].map(|net| net.parse().unwrap()).to_vec(),
                ..login(i64::MAX - 1, "\u{e9}")
            },
        ];
        for login in all.iter().rev() {
            assert_eq!(one.add_login(login).unwrap(), *login);
        }
        for login in &all {
            assert_eq!(other.login(login.id).unwrap().as_ref(), Some(login));
            assert_eq!(other.login_named(&login.login).unwrap().as_ref(), Some(login), "names are case-sensitive");
        }
        assert_eq!(other.logins().unwrap(), all, "by number");
        assert_eq!((other.login(4).unwrap(), other.login_named("ALICE").unwrap()), (None, None));
    });
}

#[test]
fn a_number_is_never_assigned_twice() {
    on_all(|one, other| {
        let add = |id, name: &str| one.add_login(&login(id, name)).map(|login| login.id);
        assert_eq!(add(0, "a").unwrap(), 1);
        assert_eq!(add(41, "b").unwrap(), 41, "a number from another system is kept");
        assert_eq!(add(0, "c").unwrap(), 42);
        assert_eq!(add(7, "d").unwrap(), 7);
        other.remove_login("c").unwrap();
        assert_eq!(add(0, "c").unwrap(), 43, "old tokens are not valid for a new login");
        assert!(add(0, "a").is_err());
        assert_eq!(add(0, "e").unwrap(), 44);
        assert_eq!(ids(other), [1, 7, 41, 43, 44]);
    });
}

#[test]
fn names_and_numbers_are_unique() {
    on_all(|one, other| {
        one.add_login(&login(5, "alice")).unwrap();
        one.add_login(&login(6, "bob")).unwrap();
        for (refused, message) in [
            (other.add_login(&login(0, "alice")).map(drop), "the login `alice` already exists"),
            (other.add_login(&login(9, "alice")).map(drop), "the login `alice` already exists"),
            (other.add_login(&login(5, "carol")).map(drop), "the login `5` already exists"),
            (other.change_login(&login(6, "alice")), "the login `alice` already exists"),
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error, PortError::Exists { what: "login", .. }), "{error:?}");
            assert_eq!(error.to_string(), message);
        }
        assert_eq!(one.logins().unwrap(), [login(5, "alice"), login(6, "bob")]);
    });
}

#[test]
fn a_login_is_changed_by_its_number_and_removed_by_its_name() {
    on_all(|one, other| {
        for (id, name) in [(5, "alice"), (6, "bob")] {
            one.add_login(&login(id, name)).unwrap();
        }
        let changed = Login {
            accounts: [1].into(),
            allowed_ips: Vec::new(),
            allow_recordings: true,
            customer_id: 2,
            password: "other".to_owned(),
            ..login(5, "anna")
        };
        one.change_login(&changed).unwrap();
        assert_eq!(other.logins().unwrap(), [changed, login(6, "bob")]);
        other.remove_login("anna").unwrap();
        assert_eq!(ids(one), [6]);
        for (refused, message) in [
            (one.change_login(&login(5, "alice")), "there is no login `5`"),
            (one.remove_login("alice"), "there is no login `alice`"),
        ] {
            let error = refused.unwrap_err();
            assert!(matches!(error, PortError::NotFound { what: "login", .. }), "{error:?}");
            assert_eq!(error.to_string(), message);
        }
    });
}

#[test]
fn a_password_is_rehashed_only_if_it_is_unchanged() {
    on_all(|one, other| {
        let before = login(5, "alice");
        one.add_login(&before).unwrap();
        assert!(other.renew_password(&before, "new").unwrap());
        assert!(!one.renew_password(&before, "late").unwrap(), "another update came first");
        assert!(!one.renew_password(&login(6, "bob"), "x").unwrap(), "there is no such login");
        assert_eq!(one.logins().unwrap(), [Login { password: "new".to_owned(), ..before }]);
    });
}

#[test]
fn a_login_of_a_missing_customer_is_refused() {
    let fixture = fixture();
    let nobodys = Login { customer_id: 99, ..login(0, "alice") };
    fixture.store.add_login(&login(5, "bob")).unwrap();
    for refused in
        [fixture.store.add_login(&nobodys).map(drop), fixture.store.change_login(&Login { id: 5, ..nobodys.clone() })]
    {
        assert_eq!(refused.unwrap_err().to_string(), "there is no customer `99`");
    }
}

#[test]
fn a_restore_brings_back_logins_but_reuses_no_number() {
    let fixture = peopled(StoreFixture::sqlite());
    fixture.store.add_login(&login(0, "alice")).unwrap();
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    fixture.store.add_login(&login(0, "bob")).unwrap();
    fixture.store.restore(&fixture.path("saved.db")).unwrap();
    let other = fixture.again();
    assert_eq!(other.logins().unwrap(), [login(1, "alice")]);
    assert_eq!(other.add_login(&login(0, "carol")).unwrap().id, 3);
}

#[test]
fn an_unreadable_login_is_reported() {
    for (sql, message) in [
        ("accounts = '1,x'", "login `alice`: accounts: `x`: "),
        ("allowed_ips = '10.0.0.0/33'", "login `alice`: allowed_ips: `10.0.0.0/33`: "),
    ] {
        let fixture = fixture();
        fixture.store.add_login(&login(0, "alice")).unwrap();
        spoil(&fixture.store, &format!("UPDATE logins SET {sql}"));
        let error = cdr_mediation::chain(&fixture.store.login_named("alice").unwrap_err());
        assert!(error.contains("is damaged") && error.contains(message), "{error}");
    }
}

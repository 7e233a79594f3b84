//! Tests of admission by login.

use cdr_model::chain;

use super::support::{LoginFixture, login};
use crate::login::{Login, Logins};
use crate::password::DUMMY_HASH;
use crate::testing::{HERE, ip};

/// A bcrypt hash of a password, with the lowest cost.
fn bcrypt(password: &str, prefix: &str) -> String {
    let parts = ::bcrypt::hash_with_salt(password, 4, *b"0123456789abcdef").unwrap();
    parts.to_string().replace("$2b$", prefix)
}

#[test]
fn only_the_correct_password_of_an_existing_login_is_admitted() {
    let fixture = LoginFixture::of([login("alice", "ecila"), login("bob", "bob")]);
    for (name, password, let_in) in [
        ("alice", "ecila", true),
        ("bob", "bob", true),
        ("alice", "bob", false),
        ("alice", "", false),
        ("alice", "ecila ", false),
        ("Alice", "ecila", false),
        ("", "", false),
        ("mallory", "yrollam", false),
        ("mallory", DUMMY_HASH, false),
    ] {
        assert_eq!(fixture.admits(name, password, HERE), let_in, "{name} {password}");
    }
}

#[test]
fn a_login_is_admitted_from_allowed_addresses_only() {
    for (nets, address, let_in) in [
        (vec!["0.0.0.0/0"], "104.81.225.117", true),
        (vec!["192.168.0.0/24"], "192.169.1.1", false),
        (vec!["192.168.0.0/24"], "192.168.0.255", true),
        (vec!["192.168.0.0/24", "10.1.2.3/32"], "10.1.2.3", true),
        (vec!["192.168.0.0/24"], "::ffff:192.168.0.1", true),
        (vec!["0.0.0.0/0"], "2001:db8::1", false),
        (vec!["2001:db8::/32"], "2001:db8:1::1", true),
        (vec!["::/0"], "192.0.2.1", false),
        (vec![], "192.0.2.1", false),
    ] {
        let nets: Vec<ipnet::IpNet> = nets.iter().map(|net| net.parse().unwrap()).collect();
        let login = Login { allowed_ips: nets, ..Login::new("alice", "x", 7) };
        assert_eq!(login.is_allowed_from(ip(address)), let_in, "{address} in {:?}", login.allowed_ips);
    }
    let anywhere = Login::new("alice", "x", 7);
    assert!(anywhere.is_allowed_from(ip("198.51.100.9")) && anywhere.is_allowed_from(ip("2001:db8::9")));
}

#[test]
fn an_imported_bcrypt_hash_is_verified_and_replaced() {
    for (prefix, password, typed, let_in) in [
        ("$2a$", "correct horse", "correct horse", true),
        ("$2b$", "correct horse", "correct horse", true),
        ("$2y$", "\u{e4}", "\u{e4}", true),
        ("$2a$", "correct horse", "Correct horse", false),
        ("$2a$", "correct horse", "", false),
        // bcrypt uses the first 72 bytes only; argon2id uses all.
        ("$2a$", &"x".repeat(72), &"x".repeat(80), true),
    ] {
        let fixture = LoginFixture::of([Login::new("alice", bcrypt(password, prefix), 7)]);
        assert_eq!(fixture.admits("alice", typed, HERE), let_in, "{prefix} {typed}");
        let stored = fixture.logins.login_named("alice").unwrap().unwrap();
        assert_eq!(stored.password.starts_with("$argon2id$"), let_in);
        assert_eq!(fixture.admits("alice", typed, HERE), let_in, "and again");
        assert!(!fixture.admits("nobody", typed, HERE));
    }
}

#[test]
fn hashes_of_other_implementations_are_verified() {
    // From the tests of Openwall's crypt_blowfish and jBCrypt, and generated with libxcrypt.
    for (password, hash) in [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("pass\u{e4}wort", "$2y$05$abcdefghijklmnopqrstuuxhfT40nowntPLYtlUCDbfjRncNgdrAC"),
        ("", "$2b$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq"),
        ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
    ] {
        let fixture = LoginFixture::of([Login::new("alice", hash, 7)]);
        assert!(!fixture.admits("alice", "wrong", HERE));
        assert!(fixture.admits("alice", password, HERE), "{hash}");
    }
}

#[test]
fn a_correct_password_from_a_disallowed_address_changes_nothing() {
    let nowhere = Login { allowed_ips: Vec::new(), ..Login::new("alice", bcrypt("a", "$2a$"), 7) };
    let fixture = LoginFixture::of([nowhere]);
    let before = fixture.logins.logins().unwrap();
    assert!(!fixture.admits("alice", "a", HERE));
    assert_eq!(fixture.logins.logins().unwrap(), before);
}

#[test]
fn invalid_or_too_costly_hashes_are_errors_and_not_failed_attempts() {
    let costly = bcrypt("a", "$2a$").replace("$04$", "$15$");
    let cases = [
        ("secret", "the stored password is not an argon2 hash"),
        ("$2x$04$abc", "the stored password is not a bcrypt hash"),
        (&bcrypt("a", "$2x$"), "the stored password is not a bcrypt hash"),
        (&bcrypt("a", "$2a$").replace("$04$", "$03$"), "the stored password is not a bcrypt hash"),
        (&costly, "the bcrypt hash has a cost of 15, and 14 is the maximum"),
    ];
    for (hash, message) in cases {
        let fixture = LoginFixture::of([Login::new("alice", hash, 7)]);
        for _ in 0..5 {
            let error = chain(&fixture.authenticator.admit("alice", "a", ip(HERE)).unwrap_err());
            assert!(error.contains("the password of `alice` cannot be checked") && error.contains(message), "{error}");
        }
        assert_eq!(fixture.delay("alice", HERE), 0);
    }
}

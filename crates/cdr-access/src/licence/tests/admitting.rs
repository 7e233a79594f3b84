//! Tests of admission by licence.

use std::sync::Arc;

use cdr_model::{PortError, chain};

use super::support::{LicenceFixture, text};
use crate::licence::{Licence, LicenceAuthenticator, LicenceScope, Licences};
use crate::memory::{MemoryLicences, MemorySecrets};
use crate::testing::{HERE, HandClock, ip};

const GUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

#[test]
fn only_the_text_of_an_existing_licence_is_admitted() {
    let fixture = LicenceFixture::of([("acme", GUID), ("bolt", "p\u{e4}ss w\u{f6}rd + 100%")]);
    for (licence, admitted) in [
        (GUID, Some("acme")),
        ("p\u{e4}ss w\u{f6}rd + 100%", Some("bolt")),
        (&GUID.to_uppercase(), None),
        (&GUID[1..], None),
        (&format!("{GUID} "), None),
        ("acme", None),
        ("", None),
        ("null", None),
        (&"x".repeat(100_000), None),
    ] {
        assert_eq!(fixture.admits(licence, HERE).as_deref(), admitted, "{licence}");
    }
}

#[test]
fn the_stored_digest_is_not_admitted() {
    let fixture = LicenceFixture::of([("acme", GUID)]);
    let digest = fixture.licences.licences().unwrap()[0].digest;
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(fixture.admits(&hex, HERE), None);
    assert_eq!(fixture.admits(&String::from_utf8_lossy(&digest), HERE), None);
    let other = LicenceFixture::of([("acme", GUID)]);
    assert_ne!(other.licences.licences().unwrap()[0].digest, digest, "another store, another secret");
}

#[test]
fn a_rotated_or_removed_licence_is_refused_immediately() {
    let fixture = LicenceFixture::of([("acme", GUID), ("bolt", "BOLT-LICENCE")]);
    assert_eq!(fixture.admits(GUID, HERE).as_deref(), Some("acme"));
    fixture.authenticator.rotate("acme", &text("ANOTHER-LICENCE")).unwrap();
    assert_eq!(fixture.admits(GUID, HERE), None);
    assert_eq!(fixture.admits("ANOTHER-LICENCE", HERE).as_deref(), Some("acme"));
    fixture.licences.remove_licence("acme").unwrap();
    assert_eq!(fixture.admits("ANOTHER-LICENCE", HERE), None);
    assert_eq!(fixture.admits("BOLT-LICENCE", HERE).as_deref(), Some("bolt"), "other licences are unaffected");
}

#[test]
fn a_text_in_use_is_refused_without_naming_its_licence() {
    let fixture = LicenceFixture::of([("acme", GUID)]);
    let scope = LicenceScope::Customers([7].into());
    for (refused, message) in [
        (
            fixture.authenticator.add("bolt", &text(GUID), scope.clone()).map(drop),
            "this text is already in use; choose another",
        ),
        (fixture.authenticator.rotate("acme", &text(GUID)), "this text is already in use; choose another"),
        (
            fixture.authenticator.add("acme", &text("BOLT-LICENCE"), scope).map(drop),
            "the licence `acme` already exists",
        ),
        (fixture.authenticator.rotate("bolt", &text("BOLT-LICENCE")), "there is no licence `bolt`"),
    ] {
        assert_eq!(refused.unwrap_err().to_string(), message);
    }
    assert_eq!(fixture.licences.licences().unwrap().len(), 1);
    assert_eq!(fixture.admits("BOLT-LICENCE", HERE), None);
}

/// A faulty store that returns a licence with another digest for every digest.
struct Muddled;

impl Licences for Muddled {
    fn licence_by_digest(&self, digest: &[u8; 32]) -> Result<Option<Licence>, PortError> {
        let mut digest = *digest;
        digest[31] ^= 1;
        Ok(Some(Licence { id: 1, name: "acme".to_owned(), digest, scope: LicenceScope::Environment(1) }))
    }

    fn licences(&self) -> Result<Vec<Licence>, PortError> {
        Ok(Vec::new())
    }

    fn add_licence(&self, _: &Licence) -> Result<Licence, PortError> {
        Err(PortError::failed("the disk is full", "x"))
    }

    fn change_digest(&self, _: &str, _: &[u8; 32]) -> Result<(), PortError> {
        Err(PortError::failed("the disk is full", "x"))
    }

    fn remove_licence(&self, _: &str) -> Result<(), PortError> {
        Err(PortError::failed("the disk is full", "x"))
    }
}

#[test]
fn the_digest_returned_by_a_port_is_verified_again() {
    let (secrets, clock) = (Arc::new(MemorySecrets::default()), Arc::new(HandClock::default()));
    let authenticator = LicenceAuthenticator::new(Arc::new(Muddled), secrets, clock);
    assert_eq!(authenticator.admit(GUID, ip(HERE)).unwrap(), None);
}

/// A store of secrets that always fails.
struct NoSecrets;

impl crate::secret::Secrets for NoSecrets {
    fn secret(&self, _: &str) -> Result<Vec<u8>, PortError> {
        Err(PortError::failed("the store is missing", "x"))
    }
}

#[test]
fn a_store_error_is_not_a_failed_attempt_and_does_not_include_the_text() {
    let clock = Arc::new(HandClock::default());
    let authenticator = LicenceAuthenticator::new(Arc::new(MemoryLicences::default()), Arc::new(NoSecrets), clock);
    for _ in 0..5 {
        let error = authenticator.admit(GUID, ip(HERE)).unwrap_err();
        assert!(!format!("{error:?} {}", chain(&error)).contains(GUID), "{error:?}");
    }
    assert!(authenticator.delay(GUID, ip(HERE)).is_zero());
}

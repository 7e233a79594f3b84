//! Secrets, which all processes on a store share.

use std::collections::BTreeSet;
use std::thread;

use cdr_access::Secrets;

use super::support::*;

#[test]
fn a_secret_is_created_once_and_shared() {
    let fixture = StoreFixture::new();
    let secret = fixture.store.secret("jwt").unwrap();
    assert_eq!(secret.len(), 32);
    assert_eq!(fixture.again().secret("jwt").unwrap(), secret);
    assert_ne!(fixture.store.secret("other").unwrap(), secret);
    assert_ne!(StoreFixture::new().store.secret("jwt").unwrap(), secret, "another store has another secret");
}

#[test]
fn concurrent_first_reads_get_the_same_secret() {
    let fixture = StoreFixture::new();
    let stores = [fixture.again(), fixture.again(), fixture.again()];
    let made: BTreeSet<Vec<u8>> = thread::scope(|scope| {
        let asking: Vec<_> = stores.iter().map(|store| scope.spawn(|| store.secret("jwt").unwrap())).collect();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(made.len(), 1);
}

#[test]
fn a_restore_brings_back_the_secrets_of_the_backup() {
    let fixture = StoreFixture::sqlite();
    let before = fixture.store.secret("jwt").unwrap();
    fixture.store.backup(&fixture.path("saved.db")).unwrap();
    let other = StoreFixture::sqlite();
    assert_ne!(other.store.secret("jwt").unwrap(), before);
    other.store.restore(&fixture.path("saved.db")).unwrap();
    assert_eq!(other.again().secret("jwt").unwrap(), before);
}

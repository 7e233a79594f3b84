//! A few calls of two customers in memory, and two users.

use cdr_access::{Login, Role, User};
use cdr_model::{Account, Cdr, Customer, Directory, Timestamp};
use uuid::Uuid;

use crate::yeti::YetiOptions;
use crate::yeti::tests::support::{PASSWORD, Start, YetiFixture, account, customer};

/// The current time.
pub(in crate::yeti) const NOW: &str = "2026-11-25T12:00:00Z";
/// The accounts of the calling customer, and one of another customer.
pub(in crate::yeti) const OURS: [i64; 3] = [11, 12, 13];
pub(in crate::yeti) const THEIRS: i64 = 21;

/// A call of an account that started this many minutes ago.
pub(in crate::yeti) fn call(account: i64, minutes_ago: i64) -> Cdr {
    let started_at = NOW.parse::<Timestamp>().unwrap().plus_micros(-minutes_ago * 60_000_000);
    Cdr { account_id: account, customer_id: account / 10, started_at, billed_at: started_at, ..Cdr::default() }
}

/// The identifier of an account for clients.
pub(in crate::yeti) fn uuid(account: i64) -> String {
    Uuid::from_u128(0xabcd_0000 + account as u128).to_string()
}

/// External numbers are a hundred times the internal ones.
fn directory() -> Directory {
    let external_id = |id: i64| Some((id * 100).to_string());
    let mut directory = Directory::EMPTY;
    for id in [1, 2] {
        let customer = customer(id, &format!("customer {id}"));
        directory.customers.insert(id, Customer { external_id: external_id(id), ..customer });
    }
    for id in OURS.into_iter().chain([THEIRS]) {
        let uuid = uuid(id).parse().unwrap();
        directory.accounts.insert(id, Account { uuid, external_id: external_id(id), ..account(id, id / 10) });
    }
    directory
}

/// With these calls.
pub(in crate::yeti) fn of(calls: impl IntoIterator<Item = Cdr>) -> YetiFixture {
    with(calls, |_| (), YetiOptions::default())
}

/// The same with a changed login and other options.
pub(in crate::yeti) fn with(
    calls: impl IntoIterator<Item = Cdr>,
    change: impl FnOnce(&mut Login),
    options: YetiOptions,
) -> YetiFixture {
    let (calls, directory, now) = (calls.into_iter().collect(), directory(), NOW.parse().unwrap());
    let users = [("admin", Role::Administrator), ("auditor", Role::Auditor)]
        .map(|(name, role)| User::new(name, PASSWORD, [role]).unwrap());
    let mut start = Start { options, calls, directory, now, users: users.to_vec(), ..Start::default() };
    start.login.customer_id = 1;
    change(&mut start.login);
    start.fixture()
}

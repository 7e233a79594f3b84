//! Customers, accounts and services, added through the ports and by a feed.

use std::collections::BTreeSet;
use std::sync::Arc;

use cdr_mediation::{
    AccountDraft, CdrSink, CdrSource, Content, CustomerDraft, DirectoryEditor, Quarantine, ServiceDraft,
};
use cdr_model::{NO_CURRENCY, VOICE_CALLS};
use diesel::Connection;
use diesel::connection::SimpleConnection;

use super::support::*;

fn customer(name: &str) -> CustomerDraft {
    CustomerDraft { name: name.to_owned(), ..CustomerDraft::default() }
}

fn account(customer: &str, number: &str) -> AccountDraft {
    AccountDraft { customer: customer.to_owned(), number: number.to_owned(), ..AccountDraft::default() }
}

fn service(id: i32, name: &str) -> ServiceDraft {
    ServiceDraft { id: Some(id), name: name.to_owned(), ..ServiceDraft::default() }
}

#[test]
fn additions_are_visible_through_every_handle() {
    let fixture = StoreFixture::new();
    let other = fixture.again();
    assert!(other.directory().unwrap().customers.is_empty());
    let reseller = fixture.store.add_customer(&customer("Resale Ltd")).unwrap();
    assert_eq!((reseller.id, reseller.currency.as_str()), (1, NO_CURRENCY));
    let draft = CustomerDraft {
        id: Some(4_711),
        reseller: Some("Resale Ltd".to_owned()),
        currency: Some("EUR".to_owned()),
        external_id: Some("C-1".to_owned()),
        ..customer("Acme")
    };
    let acme = fixture.store.add_customer(&draft).unwrap();
    assert_eq!((acme.id, acme.reseller_id), (4_711, Some(1)));
    assert_eq!(fixture.store.add_customer(&customer("Bolt")).unwrap().id, 4_712);
    let seven = fixture.store.add_account(&account("Acme", "7")).unwrap();
    assert_eq!((seven.customer_id, seven.name.as_str()), (4_711, "7"));

    let directory = other.directory().unwrap();
    assert_eq!(directory.customers[&4_711], acme);
    assert_eq!(directory.accounts[&seven.id], seven);
    assert_eq!(directory.services[&VOICE_CALLS].name, "Voice Calls");
    assert!(Arc::ptr_eq(&directory, &other.directory().unwrap()), "it is cached");
}

/// An account draft with all fields.
fn whole() -> AccountDraft {
    let amount = |text: &str| Some(text.parse().unwrap());
    AccountDraft {
        uuid: Some("6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1".parse().unwrap()),
        balance: amount("-12.50"),
        min_balance: amount("-100"),
        max_balance: amount("1000.0"),
        balance_low: amount("0.00"),
        balance_high: amount("900"),
        destination_rate_limit: amount("0.0026045833333333333372500000000000000000"),
        max_call_duration: Some(7200),
        origination_capacity: Some(30),
        termination_capacity: Some(0),
        total_capacity: Some(i64::MAX),
        ..account("Acme", "7")
    }
}

#[test]
fn balances_and_limits_are_stored_as_given() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer("Acme")).unwrap();
    let kept = fixture.store.add_account(&whole()).unwrap();
    let other = fixture.store.add_account(&account("Acme", "8")).unwrap();
    let directory = fixture.again().directory().unwrap();
    let found = directory.account_by_uuid(whole().uuid.unwrap()).unwrap();
    assert_eq!((found, found.id), (&kept, kept.id));
    assert_eq!(found.destination_rate_limit.unwrap().to_string(), "0.0026045833333333333372500000000000000000");
    assert_eq!((found.balance_low.unwrap().to_string(), found.max_call_duration), ("0.00".to_owned(), Some(7200)));
    assert_eq!((other.uuid.get_version_num(), other.balance, other.total_capacity), (4, None, None));
    assert_eq!(directory.account_by_uuid(other.uuid), Some(&other));
    assert_eq!(directory.account_by_uuid(uuid::Uuid::nil()), None);

    let refusal = |draft: AccountDraft| fixture.store.add_account(&draft).unwrap_err().to_string();
    assert_eq!(
        refusal(AccountDraft { number: "9".to_owned(), ..whole() }),
        "the account with the uuid `6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1` already exists"
    );
    let negative = AccountDraft { total_capacity: Some(-1), ..account("Acme", "9") };
    assert_eq!(refusal(negative), "the limit -1 is not 0 or more");
}

#[test]
fn a_feed_does_not_change_an_existing_account() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer("Acme")).unwrap();
    fixture.store.add_account(&whole()).unwrap();
    let again = |draft: AccountDraft| counts(&fixture.store.take(&batch([Content::Account(Box::new(draft))])).unwrap());
    assert_eq!(again(whole()), (0, 1, 0));
    assert_eq!(again(account("Acme", "7")), (0, 1, 0), "fields that are not given match any value");
    assert_eq!(
        again(AccountDraft { balance: Some("-12.5".parse().unwrap()), ..whole() }),
        (0, 1, 0),
        "the same amount"
    );
    assert_eq!(again(AccountDraft { balance: Some("13".parse().unwrap()), ..whole() }), (0, 0, 1));
    assert_eq!(again(AccountDraft { total_capacity: Some(1), ..whole() }), (0, 0, 1));
    assert_eq!(again(AccountDraft { uuid: Some(uuid::Uuid::nil()), ..whole() }), (0, 0, 1));
}

#[test]
fn accounts_of_an_older_store_get_uuids() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("tollbook.db");
    super::opening::old_store(&path, 3);
    let accounts: Vec<String> = (1..=200).map(|id| format!("({id}, 1, '{id}', 'n')")).collect();
    let sql = format!("INSERT INTO accounts (id, customer_id, number, name) VALUES {}", accounts.join(","));
    diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap().batch_execute(&sql).unwrap();
    let read = || crate::Store::create_or_open(&path, &options()).unwrap().0.directory().unwrap();
    let upgraded = read();
    let uuids: BTreeSet<uuid::Uuid> = upgraded.accounts.values().map(|account| account.uuid).collect();
    assert_eq!(uuids.len(), 200);
    let version_4 = |uuid: &uuid::Uuid| (uuid.get_version_num(), uuid.get_variant()) == (4, uuid::Variant::RFC4122);
    assert!(uuids.iter().all(version_4), "{uuids:?}");
    let bytes = |at: usize| uuids.iter().map(|uuid| uuid.as_bytes()[at]).collect::<BTreeSet<u8>>().len();
    assert!((0..16).filter(|at| *at != 6).all(|at| bytes(at) > 40), "they are random: {uuids:?}");
    assert_eq!(read(), upgraded, "they stay");
}

#[test]
fn invalid_drafts_are_refused_with_the_reason() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer("Acme")).unwrap();
    fixture.store.add_account(&account("Acme", "7")).unwrap();
    let customers = [
        (customer("Acme"), "the customer `Acme` already exists"),
        (customer("(nobody)"), "the customer `(nobody)` already exists"),
        (CustomerDraft { id: Some(1), ..customer("Bolt") }, "the customer number `1` already exists"),
        (CustomerDraft { id: Some(0), ..customer("Bolt") }, "the number 0 is not 1 or more"),
        (CustomerDraft { reseller: Some("Bolt".to_owned()), ..customer("Cord") }, "there is no customer `Bolt`"),
        (
            CustomerDraft { currency: Some("eur".to_owned()), ..customer("Cord") },
            "`eur` is not a currency code: it must be three capital letters, such as EUR (ISO 4217)",
        ),
        (customer(""), "the customer has no name"),
        (customer("a\0"), "a text contains the NUL character"),
    ];
    for (draft, message) in customers {
        assert_eq!(fixture.store.add_customer(&draft).unwrap_err().to_string(), message);
    }
    let accounts = [
        (account("Acme", "7"), "the account `7` already exists"),
        (account("Bolt", "7"), "there is no customer `Bolt`"),
        (AccountDraft { id: Some(1), ..account("Acme", "8") }, "the account with the id `1` already exists"),
    ];
    for (draft, message) in accounts {
        assert_eq!(fixture.store.add_account(&draft).unwrap_err().to_string(), message);
    }
    let directory = fixture.store.directory().unwrap();
    assert_eq!((directory.customers.len(), directory.accounts.len()), (1, 1));
}

#[test]
fn a_feed_can_add_customers_and_accounts_repeatedly() {
    let fixture = StoreFixture::new();
    let call = cdr_mediation::CallDraft {
        account: Some("7".to_owned()),
        service: Some("Fax".to_owned()),
        ..call("a", 10, "1")
    };
    let file = || {
        batch([
            Content::Account(Box::new(account("Acme", "7"))),
            Content::Customer(Box::new(CustomerDraft { currency: Some("EUR".to_owned()), ..customer("Acme") })),
            Content::Account(Box::new(account("Acme", "7"))),
            Content::Service(service(9, "Fax")),
            Content::Call(Box::new(call.clone())),
        ])
    };
    assert_eq!(counts(&fixture.store.take(&file()).unwrap()), (4, 0, 1), "the first account precedes its customer");
    assert_eq!(fixture.store.entry(1).unwrap().reason, "customer-unknown");
    assert_eq!(counts(&fixture.store.take(&file()).unwrap()), (0, 5, 0), "now that account is known, too");
    let found = scan(&fixture.store, &everything()).remove(0);
    assert_eq!((found.service_id, found.customer_id), (9, 1));
}

#[test]
fn a_feed_does_not_change_existing_entries() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&CustomerDraft { currency: Some("EUR".to_owned()), ..customer("Acme") }).unwrap();
    fixture.store.add_account(&account("Acme", "7")).unwrap();
    let file = || {
        batch([
            Content::Customer(Box::new(customer("Acme"))),
            Content::Customer(Box::new(CustomerDraft { currency: Some("USD".to_owned()), ..customer("Acme") })),
            Content::Customer(Box::new(CustomerDraft { reseller: Some("Bolt".to_owned()), ..customer("Acme") })),
            Content::Account(Box::new(AccountDraft { name: Some("Reception".to_owned()), ..account("Acme", "7") })),
            Content::Service(service(4, "Voice Calls")),
            Content::Service(service(3, "Fax")),
        ])
    };
    for _ in 0..2 {
        assert_eq!(counts(&fixture.store.take(&file()).unwrap()), (0, 1, 5));
    }
    let entries = fixture.store.entries(false, 0, 10).unwrap();
    assert_eq!(entries.len(), 5);
    assert!(entries.iter().all(|entry| entry.reason == "differs"), "{entries:?}");
    assert_eq!(fixture.store.directory().unwrap().customers[&1].currency, "EUR");
}

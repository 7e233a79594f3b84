//! Customers, accounts and services: by hand and by feed.

use std::sync::Arc;

use cdr_mediation::{
    AccountDraft, CdrSink, CdrSource, Content, CustomerDraft, DirectoryKeeper, Quarantine, ServiceDraft,
};
use cdr_model::{NO_CURRENCY, VOICE_CALLS};

use super::support::*;

fn customer(name: &str) -> CustomerDraft {
    CustomerDraft { name: name.to_owned(), ..CustomerDraft::default() }
}

fn account(customer: &str, number: &str) -> AccountDraft {
    AccountDraft { customer: customer.to_owned(), number: number.to_owned(), ..AccountDraft::default() }
}

#[test]
fn what_was_added_is_in_the_directory_of_everybody() {
    let home = Home::new();
    let other = home.again();
    assert!(other.directory().unwrap().customers.is_empty());
    let reseller = home.store.add_customer(&customer("Resale Ltd")).unwrap();
    assert_eq!((reseller.id, reseller.currency.as_str()), (1, NO_CURRENCY));
    let draft = CustomerDraft {
        id: Some(4_711),
        reseller: Some("Resale Ltd".to_owned()),
        currency: Some("EUR".to_owned()),
        external_id: Some("C-1".to_owned()),
        ..customer("Acme")
    };
    let acme = home.store.add_customer(&draft).unwrap();
    assert_eq!((acme.id, acme.reseller_id), (4_711, Some(1)));
    assert_eq!(home.store.add_customer(&customer("Bolt")).unwrap().id, 4_712);
    let seven = home.store.add_account(&account("Acme", "7")).unwrap();
    assert_eq!((seven.customer_id, seven.name.as_str()), (4_711, "7"));

    let directory = other.directory().unwrap();
    assert_eq!(directory.customers[&4_711], acme);
    assert_eq!(directory.accounts[&seven.id], seven);
    assert_eq!(directory.services[&VOICE_CALLS].name, "Voice Calls");
    assert!(Arc::ptr_eq(&directory, &other.directory().unwrap()), "it is read once");
}

#[test]
fn what_is_taken_missing_or_unfit_is_refused_with_the_reason() {
    let home = Home::new();
    home.store.add_customer(&customer("Acme")).unwrap();
    home.store.add_account(&account("Acme", "7")).unwrap();
    let customers = [
        (customer("Acme"), "the customer `Acme` is there already"),
        (customer("(nobody)"), "the customer `(nobody)` is there already"),
        (CustomerDraft { id: Some(1), ..customer("Bolt") }, "the customer number `1` is there already"),
        (CustomerDraft { id: Some(0), ..customer("Bolt") }, "the number 0 is not 1 or more"),
        (CustomerDraft { reseller: Some("Bolt".to_owned()), ..customer("Cord") }, "there is no customer `Bolt`"),
        (
            CustomerDraft { currency: Some("eur".to_owned()), ..customer("Cord") },
            "`eur` is no currency: three capitals, such as EUR (ISO 4217)",
        ),
        (customer(""), "it has no name, or its number is empty"),
        (customer("a\0"), "a text holds the NUL character"),
    ];
    for (draft, said) in customers {
        assert_eq!(home.store.add_customer(&draft).unwrap_err().to_string(), said);
    }
    let accounts = [
        (account("Acme", "7"), "the account `7` is there already"),
        (account("Bolt", "7"), "there is no customer `Bolt`"),
        (AccountDraft { id: Some(1), ..account("Acme", "8") }, "the account with the id `1` is there already"),
    ];
    for (draft, said) in accounts {
        assert_eq!(home.store.add_account(&draft).unwrap_err().to_string(), said);
    }
    let directory = home.store.directory().unwrap();
    assert_eq!((directory.customers.len(), directory.accounts.len()), (1, 1));
}

#[test]
fn a_feed_can_bring_people_before_their_calls_and_twice() {
    let home = Home::new();
    let call = cdr_mediation::CallDraft {
        account: Some("7".to_owned()),
        service: Some("Fax".to_owned()),
        ..call("a", 10, "1")
    };
    let file = || {
        batch([
            Content::Account(account("Acme", "7")),
            Content::Customer(CustomerDraft { currency: Some("EUR".to_owned()), ..customer("Acme") }),
            Content::Account(account("Acme", "7")),
            Content::Service(ServiceDraft { id: Some(9), name: "Fax".to_owned() }),
            Content::Call(Box::new(call.clone())),
        ])
    };
    assert_eq!(counts(&home.store.take(&file()).unwrap()), (4, 0, 1), "the first account came before its customer");
    assert_eq!(home.store.entry(1).unwrap().reason, "customer-unknown");
    assert_eq!(counts(&home.store.take(&file()).unwrap()), (0, 5, 0), "now that one is known, too");
    let found = scan(&home.store, &everything()).remove(0);
    assert_eq!((found.service_id, found.customer_id), (9, 1));
}

#[test]
fn a_feed_does_not_change_people_who_are_there() {
    let home = Home::new();
    home.store.add_customer(&CustomerDraft { currency: Some("EUR".to_owned()), ..customer("Acme") }).unwrap();
    home.store.add_account(&account("Acme", "7")).unwrap();
    let file = || {
        batch([
            Content::Customer(customer("Acme")),
            Content::Customer(CustomerDraft { currency: Some("USD".to_owned()), ..customer("Acme") }),
            Content::Customer(CustomerDraft { reseller: Some("Bolt".to_owned()), ..customer("Acme") }),
            Content::Account(AccountDraft { name: Some("Reception".to_owned()), ..account("Acme", "7") }),
            Content::Service(ServiceDraft { id: Some(4), name: "Voice Calls".to_owned() }),
            Content::Service(ServiceDraft { id: Some(3), name: "Fax".to_owned() }),
        ])
    };
    for _ in 0..2 {
        assert_eq!(counts(&home.store.take(&file()).unwrap()), (0, 1, 5));
    }
    let entries = home.store.entries(false, 0, 10).unwrap();
    assert_eq!(entries.len(), 5);
    assert!(entries.iter().all(|entry| entry.reason == "differs"), "{entries:?}");
    assert_eq!(home.store.directory().unwrap().customers[&1].currency, "EUR");
}

//! Customers, accounts, services, products and destinations are changed, and what would make records inconsistent is
//! refused.

use cdr_mediation::{
    AccountDraft, AccountRule, CallDraft, CdrSink, CdrSource, ConfiguredSource, Content, CustomerDraft,
    DestinationDraft, DirectoryEditor, ProductDraft, Quarantine, ServiceDraft, SourceSettings, Sources,
};
use cdr_model::{Level, NO_CURRENCY, RecordKind, VOICE_CALLS};

use super::support::*;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn customer(name: &str) -> CustomerDraft {
    CustomerDraft { name: name.to_owned(), ..CustomerDraft::default() }
}

fn account(number: &str) -> AccountDraft {
    AccountDraft { customer: "Acme".to_owned(), number: number.to_owned(), ..AccountDraft::default() }
}

fn service(name: &str) -> ServiceDraft {
    ServiceDraft { name: name.to_owned(), ..ServiceDraft::default() }
}

fn product(name: &str) -> ProductDraft {
    ProductDraft { name: name.to_owned(), ..ProductDraft::default() }
}

fn destination(prefix: &str) -> DestinationDraft {
    DestinationDraft { prefix: prefix.to_owned(), ..DestinationDraft::default() }
}

/// The customers Resale and Acme (in EUR, below Resale) with the accounts 7 and 8; a service, products and destinations.
fn filled() -> StoreFixture {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer("Resale")).unwrap();
    let acme = CustomerDraft { reseller: some("Resale"), currency: some("EUR"), ..customer("Acme") };
    fixture.store.add_customer(&acme).unwrap();
    for number in ["7", "8"] {
        fixture.store.add_account(&account(number)).unwrap();
    }
    let entries = [
        Content::Service(service("Fax")),
        Content::Product(product("Gold")),
        Content::Product(product("Silver")),
        Content::Destination(Box::new(DestinationDraft { iso3: some("DEU"), ..destination("49") })),
        Content::Destination(Box::new(DestinationDraft { id: Some(10), ..destination("44") })),
        Content::Destination(Box::new(DestinationDraft { id: Some(11), ..destination("44") })),
    ];
    assert_eq!(counts(&fixture.store.take(&batch(entries)).unwrap()), (6, 0, 0));
    fixture
}

#[test]
fn what_is_given_changes_and_the_rest_stays() {
    let fixture = filled();
    let (store, other) = (&fixture.store, fixture.again());
    let before = other.directory().unwrap();

    let draft = CustomerDraft {
        external_id: some("C-1"),
        zone: some("Europe/Rome"),
        level: Some(Level::Distributor),
        environment: Some(3),
        ..customer("Acme Ltd")
    };
    let acme = store.change_customer("Acme", &draft).unwrap();
    assert_eq!((acme.id, acme.reseller_id, acme.currency.as_str()), (2, Some(1), "EUR"));
    assert_eq!((acme.name.as_str(), acme.zone.as_deref(), acme.environment), ("Acme Ltd", Some("Europe/Rome"), 3));
    assert_eq!((acme.external_id.as_deref(), acme.level), (Some("C-1"), Level::Distributor));
    let none = CustomerDraft {
        reseller: some(""),
        external_id: some(""),
        zone: some(""),
        currency: some(""),
        ..customer("Acme Ltd")
    };
    let bare = store.change_customer("Acme Ltd", &none).unwrap();
    assert_eq!((bare.reseller_id, bare.external_id, bare.zone, &*bare.currency), (None, None, None, NO_CURRENCY));

    let draft = AccountDraft {
        customer: "Acme Ltd".to_owned(),
        name: some("Reception"),
        balance: Some("-12.50".parse().unwrap()),
        total_capacity: Some(4),
        product_id: Some(1),
        ..account("70")
    };
    let seven = store.change_account("7", &draft).unwrap();
    let present = &before.accounts[&seven.id];
    assert_eq!((seven.uuid, seven.customer_id, &*seven.number), (present.uuid, 2, "70"));
    assert_eq!((&*seven.name, seven.balance.unwrap().to_string()), ("Reception", "-12.50".to_owned()));
    let unnamed = AccountDraft { customer: "Acme Ltd".to_owned(), name: some(""), ..account("70") };
    let seven = store.change_account("70", &unnamed).unwrap();
    assert_eq!((&*seven.name, seven.total_capacity, seven.product_id), ("70", Some(4), Some(1)));

    let fax = ServiceDraft { kind: Some(RecordKind::Fee), flags: some("x"), ..service("Telefax") };
    let fax = store.change_service("Fax", &fax).unwrap();
    assert_eq!((fax.kind, fax.flags.as_deref()), (RecordKind::Fee, Some("x")));
    let gold = store.change_product("Gold", &product("Platinum")).unwrap();
    let berlin = DestinationDraft { country: some("Germany"), iso3: some(""), ..destination("4930") };
    let berlin = store.change_destination("49", &berlin).unwrap();
    assert_eq!((berlin.country.as_deref(), berlin.iso3.as_deref()), (Some("Germany"), None));
    let second = DestinationDraft { id: Some(11), description: some("Mobile"), ..destination("447") };
    let second = store.change_destination("44", &second).unwrap();
    assert_eq!(second.id, 11);

    // Another process sees all of it.
    let directory = other.directory().unwrap();
    assert_eq!(directory.accounts[&seven.id], seven);
    assert_eq!((&directory.services[&fax.id], &directory.products[&gold.id]), (&fax, &gold));
    assert_eq!((&directory.destinations[&berlin.id], &directory.destinations[&11]), (&berlin, &second));
    assert_eq!((directory.customers.len(), directory.accounts.len(), directory.destinations.len()), (2, 2, 3));
}

#[test]
fn what_cannot_be_changed_is_refused_with_the_reason() {
    let fixture = filled();
    let store = &fixture.store;
    let before = store.directory().unwrap();
    let customers = [
        ("Acm", customer("Acm"), "there is no customer `Acm`"),
        ("(nobody)", customer("Acme 2"), "there is no customer `(nobody)`"),
        ("Acme", customer("Acme"), "nothing changes: the customer has these values already"),
        ("Acme", customer("Resale"), "the customer `Resale` already exists"),
        ("Acme", customer("(nobody)"), "the customer `(nobody)` already exists"),
        ("Acme", customer(""), "the customer has no name"),
        (
            "Acme",
            CustomerDraft { id: Some(9), ..customer("Acme") },
            "the customer has the number 2, which never changes",
        ),
        (
            "Acme",
            CustomerDraft { currency: some("eur"), ..customer("Acme") },
            "`eur` is not a currency code: it must be three capital letters, such as EUR (ISO 4217)",
        ),
        ("Acme", CustomerDraft { reseller: some("Bolt"), ..customer("Acme") }, "there is no customer `Bolt`"),
        (
            "Acme",
            CustomerDraft { reseller: some("Acme"), ..customer("Acme") },
            "the customer `Acme` cannot be below itself",
        ),
        (
            "Resale",
            CustomerDraft { reseller: some("Acme"), ..customer("Resale") },
            "the customer `Resale` cannot be below itself",
        ),
        ("Acme", CustomerDraft { environment: Some(0), ..customer("Acme") }, "the environment 0 is not 1 or more"),
    ];
    for (name, draft, message) in customers {
        assert_eq!(store.change_customer(name, &draft).unwrap_err().to_string(), message, "{draft:?}");
    }
    let uuid = before.accounts[&1].uuid;
    let accounts = [
        ("9", account("9"), "there is no account `9`".to_owned()),
        ("7", account("7"), "nothing changes: the account has these values already".to_owned()),
        ("7", account("8"), "the account `8` already exists".to_owned()),
        ("7", AccountDraft { total_capacity: Some(-1), ..account("7") }, "the limit -1 is not 0 or more".to_owned()),
        ("7", AccountDraft { product_id: Some(9), ..account("7") }, "there is no product `9`".to_owned()),
        (
            "7",
            AccountDraft { uuid: Some(uuid::Uuid::nil()), ..account("7") },
            format!("the account has the number {uuid}, which never changes"),
        ),
    ];
    for (number, draft, message) in accounts {
        assert_eq!(store.change_account(number, &draft).unwrap_err().to_string(), message, "{draft:?}");
    }
    let refusals = [
        (store.change_service("Fox", &service("Fox")).unwrap_err(), "there is no service `Fox`"),
        (store.change_service("Fax", &service("Voice Calls")).unwrap_err(), "the service `Voice Calls` already exists"),
        (store.change_product("Gold", &product("Silver")).unwrap_err(), "the product `Silver` already exists"),
        (
            store.change_product("Gold", &product("Gold")).unwrap_err(),
            "nothing changes: the product has these values already",
        ),
        (store.change_destination("48", &destination("48")).unwrap_err(), "there is no destination `48`"),
        (
            store.change_destination("44", &destination("447")).unwrap_err(),
            "several destinations have the prefix 44: give the number of one of 10, 11",
        ),
        (
            store.change_destination("49", &destination("+49")).unwrap_err(),
            "`+49` is not a prefix: it must consist of digits, such as 4930",
        ),
    ];
    for (error, message) in refusals {
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(store.directory().unwrap(), before);
    assert_eq!(before.services[&VOICE_CALLS].name, "Voice Calls");
}

/// The records of a customer, on an account or on the customer itself, keep its currency and time zone.
#[test]
fn the_currency_and_the_zone_of_a_customer_with_records_stay() {
    let on_account = CallDraft { account: some("8"), customer: some("Acme"), ..call("a", 10, "1") };
    let on_itself = CallDraft { account: None, customer: some("Acme"), ..call("a", 10, "1") };
    for draft in [on_account, on_itself] {
        let fixture = filled();
        let store = &fixture.store;
        let records = batch([Content::Call(Box::new(draft))]);
        assert_eq!(counts(&store.take(&records).unwrap()), (1, 0, 0));
        for (what, draft) in [
            ("currency", CustomerDraft { currency: some("USD"), ..customer("Acme") }),
            ("time zone", CustomerDraft { zone: some("UTC"), ..customer("Acme") }),
        ] {
            let message = store.change_customer("Acme", &draft).unwrap_err().to_string();
            let expected = format!("the {what} of the customer `Acme` cannot be changed: it has records");
            assert!(message.starts_with(&expected), "{message}");
        }
        let same = CustomerDraft { currency: some("EUR"), environment: Some(2), ..customer("Acme") };
        assert_eq!(store.change_customer("Acme", &same).unwrap().environment, 2, "the currency that it has");
        let of_other = CustomerDraft { currency: some("USD"), ..customer("Resale") };
        assert_eq!(store.change_customer("Resale", &of_other).unwrap().currency, "USD", "it has no records");
    }
}

#[test]
fn settings_and_waiting_entries_follow_a_rename() {
    let fixture = filled();
    let store = &fixture.store;
    let rule = |account: &str, customer: Option<&str>| AccountRule {
        trunk: some("t"),
        account: account.to_owned(),
        customer: customer.map(str::to_owned),
        ..AccountRule::default()
    };
    let settings = |customer: &str, accounts: Vec<AccountRule>| SourceSettings {
        feed: "native".to_owned(),
        customer: some(customer),
        accounts,
        ..SourceSettings::default()
    };
    let pbx = |settings| ConfiguredSource { name: "pbx9".to_owned(), settings };
    let rules = vec![rule("7", None), rule("7", Some("Resale")), rule("8", None)];
    store.configure_source(&pbx(settings("Acme", rules))).unwrap();
    let bad = Content::Unreadable { reason: "field-unreadable", detail: "x".to_owned() };
    let mut waiting = batch([bad]);
    waiting.customer = some("Acme");
    assert_eq!(counts(&store.take(&waiting).unwrap()), (0, 0, 1));

    store.change_account("7", &account("70")).unwrap();
    store.change_customer("Acme", &customer("Acme Ltd")).unwrap();
    store.change_customer("Resale", &customer("Resellers")).unwrap();
    let rules = vec![rule("70", None), rule("7", Some("Resellers")), rule("8", None)];
    assert_eq!(store.configured_sources().unwrap(), [pbx(settings("Acme Ltd", rules))]);
    let open: Vec<Option<String>> = behind!(store, |conn| {
        use crate::schema::quarantine;
        use diesel::prelude::*;
        Ok(quarantine::table.select(quarantine::customer).load(conn)?)
    })
    .unwrap();
    assert_eq!(open, [some("Acme Ltd")]);
    assert_eq!(store.entries(false, 0, 10).unwrap().len(), 1);
}

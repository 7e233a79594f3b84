//! Levels, environments, products, services, destinations: stored as given, and refused if they are invalid.

use cdr_mediation::{
    AccountDraft, CdrSink, CdrSource, Content, CustomerDraft, DestinationDraft, DirectoryEditor, ProductDraft,
    Quarantine, ServiceDraft,
};
use cdr_model::{BillingPeriod, Level, RecordKind, SUBSCRIPTIONS, Service};

use super::support::*;

fn customer() -> CustomerDraft {
    CustomerDraft {
        name: "Acme".to_owned(),
        level: Some(Level::Reseller),
        environment: Some(2),
        zone: Some("Europe/Rome".to_owned()),
        billing_period: Some(BillingPeriod::Week(1)),
        ..CustomerDraft::default()
    }
}

fn product(id: Option<i64>, name: &str) -> Content {
    Content::Product(ProductDraft { id, name: name.to_owned(), closed: None })
}

fn destination(id: Option<i64>, prefix: &str) -> DestinationDraft {
    DestinationDraft { id, prefix: prefix.to_owned(), ..DestinationDraft::default() }
}

fn berlin() -> DestinationDraft {
    DestinationDraft {
        country: Some("Germany".to_owned()),
        iso3: Some("DEU".to_owned()),
        subdivision: Some("Berlin".to_owned()),
        description: Some("Proper".to_owned()),
        ..destination(Some(70), "4930")
    }
}

#[test]
fn a_customer_has_a_level_an_environment_a_zone_and_a_billing_period() {
    let fixture = StoreFixture::new();
    let acme = fixture.store.add_customer(&customer()).unwrap();
    let plain =
        fixture.store.add_customer(&CustomerDraft { name: "Bolt".to_owned(), ..CustomerDraft::default() }).unwrap();
    let directory = fixture.again().directory().unwrap();
    assert_eq!((&directory.customers[&acme.id], &directory.customers[&plain.id]), (&acme, &plain));
    assert_eq!((acme.level, acme.environment, acme.zone.as_deref()), (Level::Reseller, 2, Some("Europe/Rome")));
    assert_eq!(acme.billing_period, BillingPeriod::Week(1));
    assert_eq!((plain.level, plain.environment, plain.zone.as_deref()), (Level::Retail, 1, None));
    assert_eq!(plain.billing_period, BillingPeriod::Month(1));

    let add = |draft: CustomerDraft| fixture.store.add_customer(&CustomerDraft { name: "C".to_owned(), ..draft });
    assert_eq!(
        add(CustomerDraft { zone: Some("Rome".to_owned()), ..customer() }).unwrap_err().to_string(),
        "there is no time zone \"Rome\", did you mean \"Europe/Rome\"?"
    );
    assert_eq!(
        add(CustomerDraft { environment: Some(0), ..customer() }).unwrap_err().to_string(),
        "the environment 0 is not 1 or more"
    );
}

#[test]
fn a_feed_does_not_change_an_existing_customer() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer()).unwrap();
    let again =
        |draft: CustomerDraft| counts(&fixture.store.take(&batch([Content::Customer(Box::new(draft))])).unwrap());
    assert_eq!(again(customer()), (0, 1, 0));
    assert_eq!(again(CustomerDraft { level: Some(Level::Retail), ..customer() }), (0, 0, 1));
    assert_eq!(again(CustomerDraft { environment: Some(3), ..customer() }), (0, 0, 1));
    assert_eq!(again(CustomerDraft { zone: Some("UTC".to_owned()), ..customer() }), (0, 0, 1));
    assert_eq!(again(CustomerDraft { billing_period: Some(BillingPeriod::Day), ..customer() }), (0, 0, 1));
}

#[test]
fn services_products_and_destinations_are_loaded_once() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer()).unwrap();
    let faxes = ServiceDraft {
        name: "Faxes".to_owned(),
        kind: Some(RecordKind::Fee),
        flags: Some("F".to_owned()),
        ..ServiceDraft::default()
    };
    let messages = ServiceDraft { name: "Messages".to_owned(), ..ServiceDraft::default() };
    let account = AccountDraft {
        customer: "Acme".to_owned(),
        number: "7".to_owned(),
        product_id: Some(9),
        ..AccountDraft::default()
    };
    let file = || {
        batch([
            Content::Service(faxes.clone()),
            Content::Service(messages.clone()),
            product(Some(9), "Trunk"),
            product(None, "Desk"),
            Content::Destination(Box::new(berlin())),
            Content::Destination(Box::new(destination(None, "44"))),
            Content::Account(Box::new(account.clone())),
        ])
    };
    assert_eq!(counts(&fixture.store.take(&file()).unwrap()), (7, 0, 0));
    assert_eq!(counts(&fixture.store.take(&file()).unwrap()), (0, 7, 0));
    let directory = fixture.again().directory().unwrap();
    assert_eq!(
        directory.services[&5],
        Service {
            id: 5,
            name: "Faxes".to_owned(),
            kind: RecordKind::Fee,
            flags: Some("F".to_owned()),
            closed_at: None
        }
    );
    assert_eq!(directory.services[&6].kind, RecordKind::Usage);
    let preset = &directory.services[&SUBSCRIPTIONS];
    assert_eq!((preset.name.as_str(), preset.kind), ("Subscriptions", RecordKind::Subscription));
    let products: Vec<_> = directory.products.values().map(|it| (it.id, it.name.as_str())).collect();
    assert_eq!(products, [(9, "Trunk"), (10, "Desk")]);
    assert_eq!(directory.destinations[&70].subdivision.as_deref(), Some("Berlin"));
    assert_eq!(directory.destinations[&71].prefix, "44");
    assert_eq!(directory.accounts.values().next().unwrap().product_id, Some(9));
}

#[test]
fn invalid_entries_are_quarantined_with_the_reason() {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&customer()).unwrap();
    fixture.store.take(&batch([product(Some(9), "Trunk"), Content::Destination(Box::new(berlin()))])).unwrap();
    let service = |name: &str| ServiceDraft { name: name.to_owned(), ..ServiceDraft::default() };
    let account =
        AccountDraft { customer: "Acme".to_owned(), number: "7".to_owned(), product_id: Some(8), ..Default::default() };
    let cases = [
        (product(Some(8), "Trunk"), "the product `Trunk` already exists with other values"),
        (product(Some(9), "Desk"), "the product number `9` already exists with other values"),
        (product(None, ""), "the product has no name"),
        (Content::Account(Box::new(account)), "there is no product `8`"),
        (
            Content::Service(ServiceDraft { kind: Some(RecordKind::Fee), ..service("Subscriptions") }),
            "the service `Subscriptions` already exists with other values",
        ),
        (
            Content::Service(ServiceDraft { flags: Some("F".to_owned()), ..service("Subscriptions") }),
            "the service `Subscriptions` already exists with other values",
        ),
        (
            Content::Destination(Box::new(DestinationDraft { description: Some("Mobile".to_owned()), ..berlin() })),
            "the destination `4930` already exists with other values",
        ),
        (
            Content::Destination(Box::new(destination(None, "+44"))),
            "`+44` is not a prefix: it must consist of digits, such as 4930",
        ),
        (
            Content::Destination(Box::new(DestinationDraft { iso3: Some("de".to_owned()), ..destination(None, "49") })),
            "`de` is not a country code: it must be three capital letters, such as DEU (ISO 3166-1)",
        ),
        (Content::Destination(Box::new(destination(None, "4\0"))), "a text contains the NUL character"),
    ];
    for (content, why) in cases {
        assert_eq!(counts(&fixture.store.take(&batch([content])).unwrap()), (0, 0, 1), "{why}");
        let last = fixture.store.entries(true, 0, 1_000).unwrap().pop().unwrap();
        assert_eq!(last.detail, why);
    }
}

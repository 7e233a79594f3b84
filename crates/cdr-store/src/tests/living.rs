//! Entries of the directory that are closed, have new terms from a day on, and are changed by sheets.

use cdr_mediation::{
    AccountDraft, BalanceDate, Batch, CdrSink, CdrSource, Content, CustomerDraft, DestinationDraft, DirectoryEditor,
    ProductDraft, Quarantine, ReachedDraft, ServiceDraft,
};
use cdr_model::{CdrField, Record, Timestamp};

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

fn seconds(at: i64) -> Option<Timestamp> {
    Some(Timestamp::from_seconds(at))
}

/// The customer Acme, in EUR, with the account 7.
fn filled() -> StoreFixture {
    let fixture = StoreFixture::new();
    fixture.store.add_customer(&CustomerDraft { currency: some("EUR"), ..customer("Acme") }).unwrap();
    fixture.store.add_account(&account("7")).unwrap();
    fixture
}

/// A batch of calls that the switch books on an account of Acme.
fn of_acme(key: &str, start: i64, account: &str) -> Batch {
    let mut draft = call(key, start, key);
    draft.account = some(account);
    Batch { customer: some("Acme"), ..calls([draft]) }
}

#[test]
fn calls_of_a_closed_account_and_customer_are_not_lost() {
    let fixture = filled();
    let (store, other) = (&fixture.store, fixture.again());
    let closed = store.change_account("7", &AccountDraft { closed: Some(true), ..account("7") }).unwrap();
    assert_eq!(closed.closed_at, seconds(NOW));
    let again = store.change_account("7", &AccountDraft { closed: Some(true), ..account("7") }).unwrap_err();
    assert!(again.to_string().contains("nothing changes"), "{again}");
    store.change_customer("Acme", &CustomerDraft { closed: Some(true), ..customer("Acme") }).unwrap();
    assert!(other.directory().unwrap().is_closed(1));

    // New calls are booked as before; also those of codes that no account has.
    let counted = |key: &str, account: &str| counts(&store.take(&of_acme(key, 10, account)).unwrap());
    assert_eq!((counted("a", "7"), counted("b", "8")), ((1, 0, 0), (1, 0, 0)));
    let booked: Vec<(i64, i64)> = scan(store, &everything()).iter().map(|it| (it.account_id, it.customer_id)).collect();
    assert_eq!(booked, [(1, 1), (2, 1)]);

    // Nothing is added to it by hand or by a sheet.
    let refused = store.add_account(&account("9")).unwrap_err().to_string();
    assert!(refused.contains("the customer `Acme` was closed at"), "{refused}");
    let sheet = store.take(&batch([Content::Account(Box::new(account("9")))])).unwrap();
    assert_eq!((counts(&sheet), store.entry(1).unwrap().reason.as_str()), ((0, 0, 1), "closed"));

    let open = store.change_customer("Acme", &CustomerDraft { closed: Some(false), ..customer("Acme") }).unwrap();
    assert_eq!(open.closed_at, None);
    store.add_account(&account("9")).unwrap();
}

#[test]
fn a_closed_product_is_given_to_no_account() {
    let fixture = filled();
    let store = &fixture.store;
    let gold = ProductDraft { name: "Gold".to_owned(), ..ProductDraft::default() };
    store.take(&batch([Content::Product(gold.clone())])).unwrap();
    store.change_account("7", &AccountDraft { product_id: Some(1), ..account("7") }).unwrap();
    assert_eq!(
        store.change_product("Gold", &ProductDraft { closed: Some(true), ..gold }).unwrap().closed_at,
        seconds(NOW)
    );
    let refused = store.add_account(&AccountDraft { product_id: Some(1), ..account("8") }).unwrap_err().to_string();
    assert!(refused.contains("the product `Gold` was closed at"), "{refused}");
    let kept = AccountDraft { product_id: Some(1), name: some("Hall"), ..account("7") };
    assert_eq!(store.change_account("7", &kept).unwrap().product_id, Some(1), "it has it already");

    let voice = ServiceDraft { name: "Voice Calls".to_owned(), closed: Some(true), ..ServiceDraft::default() };
    assert!(store.change_service("Voice Calls", &voice).unwrap().closed_at.is_some());
    assert_eq!(
        counts(&store.take(&of_acme("a", 10, "7")).unwrap()),
        (1, 0, 0),
        "records of a closed service are stored"
    );
    let place = DestinationDraft { prefix: "49".to_owned(), ..DestinationDraft::default() };
    store.take(&batch([Content::Destination(Box::new(place.clone()))])).unwrap();
    let closed = store.change_destination("49", &DestinationDraft { closed: Some(true), ..place }).unwrap();
    assert_eq!(store.directory().unwrap().destinations[&closed.id].closed_at, seconds(NOW));
}

#[test]
fn customers_and_accounts_say_how_they_are_reached() {
    let fixture = StoreFixture::new();
    let store = &fixture.store;
    let reached = ReachedDraft {
        email: some("billing@example.org"),
        contact: some("Ada"),
        address: some("1 Main Street\nSpringfield"),
        created_at: seconds(77),
    };
    let draft = CustomerDraft {
        reached: reached.clone(),
        balance: Some("-3.20".parse().unwrap()),
        credit_limit: Some("50.00".parse().unwrap()),
        ..customer("Acme")
    };
    let acme = store.add_customer(&draft).unwrap();
    assert_eq!((acme.email.as_deref(), acme.created_at), (Some("billing@example.org"), seconds(77)));
    assert_eq!(store.add_account(&account("7")).unwrap().created_at, seconds(NOW), "the present, if no date is given");
    let draft =
        AccountDraft { reached: ReachedDraft { contact: some("Bo"), ..ReachedDraft::default() }, ..account("7") };
    let seven = store.change_account("7", &draft).unwrap();
    let none =
        CustomerDraft { reached: ReachedDraft { email: some(""), ..ReachedDraft::default() }, ..customer("Acme") };
    let bare = store.change_customer("Acme", &none).unwrap();
    assert_eq!((bare.email.as_deref(), bare.contact.as_deref(), bare.balance), (None, Some("Ada"), acme.balance));
    let directory = fixture.again().directory().unwrap();
    assert_eq!((&directory.customers[&1], &directory.accounts[&1]), (&bare, &seven));
    for email in ["x", "@example.org", "a@", "a b@example.org", "a@b@c"] {
        let reached = ReachedDraft { email: some(email), ..ReachedDraft::default() };
        let refused = store.change_customer("Acme", &CustomerDraft { reached, ..customer("Acme") }).unwrap_err();
        assert!(refused.to_string().contains("is not an e-mail address"), "{refused}");
    }
    let owed = CustomerDraft { credit_limit: Some("-1".parse().unwrap()), ..customer("Acme") };
    assert!(store.change_customer("Acme", &owed).unwrap_err().to_string().contains("is not 0 or more"));
}

#[test]
fn a_new_currency_holds_from_a_day_on() {
    let fixture = filled();
    let store = &fixture.store;
    for (key, start) in [("a", 99), ("b", 100), ("c", 250)] {
        store.take(&of_acme(key, start, "7")).unwrap();
    }
    let currencies = |store: &dyn CdrSource| -> Vec<String> {
        let directory = store.directory().unwrap();
        let of = |call: &cdr_model::Cdr| match call.value(CdrField::Currency, &directory) {
            cdr_model::Value::Text(text) => text.into_owned(),
            other => panic!("{other:?}"),
        };
        let mut found = Vec::new();
        let each = &mut |call| {
            found.push(of(&call));
            Ok(())
        };
        store.scan(&everything(), each).unwrap();
        found
    };
    let change = |currency: Option<&str>, zone: Option<&str>, from: Option<i64>| {
        let draft = CustomerDraft {
            currency: currency.map(str::to_owned),
            zone: zone.map(str::to_owned),
            holds_from: from.and_then(seconds),
            ..customer("Acme")
        };
        store.change_customer("Acme", &draft)
    };
    let refused = |changed: Result<cdr_model::Customer, cdr_mediation::PortError>, message: &str| {
        let error = changed.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    refused(change(Some("USD"), None, None), "give the day from which the new one holds");
    refused(change(None, None, Some(100)), "nothing changes");
    refused(change(Some("USD"), None, Some(NOW + 1)), "in the future");
    let named = CustomerDraft { name: "Acme 2".to_owned(), holds_from: seconds(100), ..CustomerDraft::default() };
    refused(store.change_customer("Acme", &named), "only a new currency or time zone holds from a day");
    change(Some("USD"), Some("Europe/Rome"), Some(100)).unwrap();
    assert_eq!(currencies(store), ["EUR", "USD", "USD"]);
    refused(change(Some("CHF"), None, Some(100)), "have to begin later");
    let chf = change(Some("CHF"), None, Some(200)).unwrap();
    assert_eq!(currencies(&fixture.again()), ["EUR", "USD", "CHF"]);
    let zones = [99, 100, 250].map(|at| chf.zone_at(Timestamp::from_seconds(at)));
    assert_eq!(zones, [None, Some("Europe/Rome"), Some("Europe/Rome")]);

    let opening = AccountDraft {
        balance: Some("1".parse().unwrap()),
        balance_at: seconds(250).map(BalanceDate::Opening),
        ..account("7")
    };
    store.change_account("7", &opening).unwrap();
    refused(change(Some("EUR"), None, Some(300)), "the account `7` has an opening balance of an earlier day");
    change(Some("EUR"), None, Some(250)).unwrap();
}

#[test]
fn a_sheet_changes_what_exists_and_adds_the_rest() {
    let fixture = filled();
    let store = &fixture.store;
    let entries = || {
        [
            Content::Customer(Box::new(CustomerDraft { external_id: some("C-1"), ..customer("Acme") })),
            Content::Customer(Box::new(customer("Resale"))),
            Content::Customer(Box::new(CustomerDraft { id: Some(5), ..customer("Acme") })),
            Content::Account(Box::new(AccountDraft { name: some("Hall"), closed: Some(true), ..account("7") })),
            Content::Account(Box::new(account("8"))),
            Content::Service(ServiceDraft {
                name: "Voice Calls".to_owned(),
                flags: some("F"),
                ..ServiceDraft::default()
            }),
            Content::Product(ProductDraft { name: "Gold".to_owned(), ..ProductDraft::default() }),
            Content::Destination(Box::new(DestinationDraft { prefix: "49".to_owned(), ..DestinationDraft::default() })),
        ]
    };
    let updating = || Batch { updates: true, ..batch(entries()) };
    let before = store.directory().unwrap();
    let rehearsed = store.rehearse(&updating()).unwrap().report;
    assert_eq!(store.directory().unwrap(), before, "a rehearsal changes nothing");
    let report = store.take(&updating()).unwrap();
    assert_eq!(report, rehearsed);
    assert_eq!((report.loaded, report.changed, report.known, report.quarantined), (4, 3, 0, 1));
    assert_eq!(store.entry(1).unwrap().reason, "differs");
    let directory = store.directory().unwrap();
    let (acme, seven) = (&directory.customers[&1], &directory.accounts[&1]);
    assert_eq!((acme.external_id.as_deref(), acme.currency.as_str()), (Some("C-1"), "EUR"), "no column, no change");
    assert_eq!((seven.name.as_str(), seven.closed_at), ("Hall", seconds(NOW)));
    let again = store.take(&updating()).unwrap();
    assert_eq!((again.loaded, again.changed, again.known, again.quarantined), (0, 0, 7, 1));
    let strict = store
        .take(&batch([Content::Customer(Box::new(CustomerDraft { external_id: some("C-2"), ..customer("Acme") }))]));
    assert_eq!(counts(&strict.unwrap()), (0, 0, 1), "without the option it is in conflict");
}

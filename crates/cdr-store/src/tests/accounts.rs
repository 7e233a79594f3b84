//! The account that a call is booked on.

use cdr_mediation::{
    AccountDraft, Batch, CallDraft, CdrSink, CdrSource, CustomerDraft, DirectoryEditor, PortError, Quarantine,
};
use cdr_model::Assumed;

use super::support::*;

/// Acme has 100 and 200, Bolt has 200 and 300.
fn fixture() -> StoreFixture {
    let fixture = StoreFixture::new();
    for (customer, numbers) in [("Acme", ["100", "200"]), ("Bolt", ["200", "300"])] {
        fixture.store.add_customer(&CustomerDraft { name: customer.to_owned(), ..CustomerDraft::default() }).unwrap();
        for number in numbers {
            let draft =
                AccountDraft { customer: customer.to_owned(), number: number.to_owned(), ..AccountDraft::default() };
            fixture.store.add_account(&draft).unwrap();
        }
    }
    fixture
}

/// The customer of the batch, the customer of the call, the code; the expected account, the created accounts.
type Case = (Option<&'static str>, Option<&'static str>, Option<&'static str>, &'static str, &'static [&'static str]);

#[test]
fn codes_find_their_accounts() {
    let cases: &[Case] = &[
        (None, None, Some("100"), "Acme/100", &[]),
        (None, None, Some("300"), "Bolt/300", &[]),
        (None, None, Some("200"), "/unassigned:pbx", &[]),
        (None, None, Some("999"), "/unassigned:pbx", &[]),
        (None, None, Some("unassigned:pbx"), "/unassigned:pbx", &[]),
        (None, None, Some(""), "/unassigned:pbx", &[]),
        (None, None, None, "/unassigned:pbx", &[]),
        (None, Some("Bolt"), Some("200"), "Bolt/200", &[]),
        (None, Some("Bolt"), Some("100"), "/unassigned:pbx", &[]),
        (None, Some("Bolt"), None, "Bolt itself", &[]),
        (None, Some("Bolt"), Some(""), "Bolt itself", &[]),
        (Some("Acme"), Some("Bolt"), None, "Bolt itself", &[]),
        (Some("Acme"), Some("Acme"), None, "Acme itself", &[]),
        (Some("Acme"), None, Some("200"), "Acme/200", &[]),
        (Some("Acme"), None, Some("300"), "Acme/300", &["Acme/300"]),
        (Some("Acme"), None, None, "/unassigned:pbx", &[]),
        (Some("Acme"), Some("Acme"), Some("900"), "Acme/900", &["Acme/900"]),
        (Some("Acme"), Some("Bolt"), Some("200"), "Bolt/200", &[]),
        (Some("Acme"), Some("Bolt"), Some("900"), "/unassigned:pbx", &[]),
    ];
    for (given, customer, code, expected, made) in cases {
        let fixture = fixture();
        let text = |text: &Option<&str>| text.map(str::to_owned);
        let draft = |key: &str| CallDraft { account: text(code), customer: text(customer), ..call(key, 10, "1") };
        let file = Batch { customer: text(given), ..calls([draft("a"), draft("b")]) };
        let taken = fixture.store.take(&file).unwrap();
        let case = format!("{given:?} {customer:?} {code:?}");
        assert_eq!(taken.loaded, 2, "{case}");
        assert_eq!(taken.accounts_created, *made, "{case}");
        let directory = fixture.store.directory().unwrap();
        for found in scan(&fixture.store, &everything()) {
            let owner = directory.customers.get(&found.customer_id).map_or("", |customer| &customer.name);
            if let Some(account) = directory.accounts.get(&found.account_id) {
                assert_eq!(format!("{owner}/{}", account.number), *expected, "{case}");
                assert_eq!(account.customer_id, found.customer_id, "{case}");
            } else {
                assert_eq!((format!("{owner} itself"), found.account_id), ((*expected).to_owned(), -found.customer_id));
            }
            let unassigned = found.customer_id == 0;
            assert_eq!(found.assumed.contains(Assumed::ACCOUNT), unassigned, "{case}");
            let kept = code.filter(|code| unassigned && !code.is_empty()).map(str::to_owned);
            assert_eq!(found.details.account_given, kept, "{case}");
        }
        assert_eq!(taken.unassigned, if expected.starts_with('/') { 2 } else { 0 }, "{case}");
    }
}

#[test]
fn a_charge_to_an_unknown_customer_waits_in_quarantine() {
    let fixture = fixture();
    let payment = CallDraft { customer: Some("Cord".to_owned()), ..call("a", 10, "1") };
    assert_eq!(counts(&take(&fixture.store, [payment.clone(), payment.clone()])), (0, 0, 2));
    assert_eq!(fixture.store.entry(1).unwrap().reason, "customer-unknown");
    fixture.store.add_customer(&CustomerDraft { name: "Cord".to_owned(), ..CustomerDraft::default() }).unwrap();
    assert_eq!(counts(&take(&fixture.store, [payment])), (1, 0, 0));
    let found = scan(&fixture.store, &everything()).remove(0);
    assert_eq!((found.account_id, found.customer_id), (-3, 3));
}

#[test]
fn each_source_has_its_own_unassigned_account() {
    let fixture = StoreFixture::new();
    for source in ["pbx", "sbc", "pbx"] {
        fixture.store.take(&Batch { source: source.to_owned(), ..calls([call(source, 10, "1")]) }).unwrap();
    }
    let directory = fixture.store.directory().unwrap();
    let numbers: Vec<&str> = directory.accounts.values().map(|account| account.number.as_str()).collect();
    assert_eq!(numbers, ["unassigned:pbx", "unassigned:sbc"]);
    assert!(directory.customers.is_empty(), "the customer 0 is not listed");
}

#[test]
fn a_load_for_an_unknown_customer_is_refused_as_a_whole() {
    let fixture = StoreFixture::new();
    let error =
        fixture.store.take(&Batch { customer: Some("Acme".to_owned()), ..calls([call("a", 10, "1")]) }).unwrap_err();
    assert!(matches!(&error, PortError::NotFound { what: "customer", name } if name == "Acme"), "{error:?}");
    assert!(fixture.store.directory().unwrap().sources.is_empty());
    assert_eq!(fixture.store.watermark().unwrap(), 0);
}

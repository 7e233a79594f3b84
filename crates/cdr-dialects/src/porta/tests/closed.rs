//! Licences of closed customers, and customers whose time zone has changed.

use cdr_mediation::Memory;
use cdr_mediation::testsuite::Fixture;
use cdr_model::{Cdr, Directory, EarlierTerms};

use super::world::{BAR, CAFE, FOREIGN, LICENCE, STRANGER, at, call, directory, get, json, over};
use crate::porta::{Porta, PortaOptions};

fn porta(directory: Directory) -> Porta {
    let calls = [call(BAR, "2015-06-01T10:00:00Z"), call(BAR, "2015-06-02T10:00:00Z")];
    let numbered = |(call, number)| Cdr { number, id: number, ..call };
    let calls: Vec<Cdr> = calls.into_iter().zip(1..).map(numbered).collect();
    let fixture = Fixture::over(Memory::of(calls).with_directory(directory), at("2015-06-10T12:00:00Z"));
    over(&fixture, PortaOptions::default())
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_licence_whose_customers_are_all_closed_is_refused() {
    let mut closed = directory();
    for id in [CAFE, STRANGER] {
        closed.customers.get_mut(&id).unwrap().closed_at = Some(at("2015-06-03T00:00:00Z"));
    }
    let strangers = format!("/getCustomerAccountCDRS/{FOREIGN}/{STRANGER}/2015-06-01/2015-06-03/true.json");
    let unknown = format!("/getCustomerAccountCDRS/unknown/{STRANGER}/2015-06-01/2015-06-03/true.json");
    let (open, porta) = (porta(directory()), porta(closed));
    assert_eq!(get(&open, &strangers).await.status, 200);
    let (refused, wrong) = (get(&porta, &strangers).await, get(&porta, &unknown).await);
    assert_eq!((refused.status, refused.text()), (403, wrong.text()));
    // The licence of an environment reads its closed customers to the end.
    let cafe = json(&porta, &format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-03/true")).await;
    assert_eq!(cafe["TotalCalls"], 2, "{cafe}");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_record_is_printed_in_the_zone_that_its_customer_had() {
    let mut moved = directory();
    let cafe = moved.customers.get_mut(&CAFE).unwrap();
    cafe.zone = Some("Asia/Tokyo".to_owned());
    let until = at("2015-06-02T00:00:00Z");
    cafe.earlier = vec![EarlierTerms { until, currency: "EUR".to_owned(), zone: Some("Europe/London".to_owned()) }];
    let asked = "IncludeAccounts=true&FetchRecordsUsingOffset=true&FromDate=2015-06-01&ToDate=2015-06-03";
    let path = format!("/json/reply/PortaCDR?License={LICENCE}&ICustomer={CAFE}&{asked}");
    let answer = json(&porta(moved), &path).await;
    let rows = answer["lstPortaCustomerAccountCDRS"].as_array().unwrap();
    let clocks: Vec<&str> = rows.iter().map(|row| row["connect_datetime"].as_str().unwrap()).collect();
    assert_eq!(clocks, ["2015-06-01 11:00:05", "2015-06-02 19:00:05"]);
}

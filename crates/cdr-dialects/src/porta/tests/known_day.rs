//! Every route over the known day, in every format, as sent on the wire.

use super::world::{BAR, CAFE, LICENCE, RESELLER, day, get, porta};
use crate::porta::PortaOptions;

/// The routes by their numbers on the original's page.
fn routes() -> Vec<(&'static str, String)> {
    let window = "2015-06-01/2015-06-02";
    let path = |route: &str, id: i64, rest: &str| format!("/{route}/{LICENCE}/{id}/{window}{rest}");
    vec![
        ("01", path("GetResellerCustomerCDRS", RESELLER, "/true")),
        ("02", path("GetResellerCustomerCDRS", RESELLER, "/true/4")),
        ("03", path("getCustomerAccountCDRS", CAFE, "/3/true")),
        ("04", path("getCustomerAccountCDRS", CAFE, "/true/true")),
        ("05", path("getCustomerAccountCDRS", CAFE, "/true")),
        ("06", path("getCustomerAccountBillingTimeCDRS", CAFE, "/false/none")),
        ("07", path("GetCustomerResellerBillingTimeCDRS", RESELLER, "/true/none")),
        ("08", path("getCustomerAccountCDRSWithOffset", CAFE, "/true/false/true/2/false/GMT Standard Time/false")),
        ("09", path("getAccountCDRSWithOffset", BAR, "/true/false/false/0/false/+05:30/false")),
        ("10", path("getCustomerAccountVoiceCalls", CAFE, "/true/false/true/Europe-London")),
        ("11", path("GetAccountCDRStatistics", CAFE, "/true/false/true/true/all")),
        ("12", path("getCustomerAccountConnectedVoiceCalls", CAFE, "/true/false/true/UTC/true")),
        ("13", path("getCustomerCDRS", CAFE, "/0/false")),
        ("14", path("getCustomerAccountCDRS", CAFE, "/3/true/true")),
        ("15", path("getCDRS/Account", BAR, "/3")),
        ("16", path("getCDRS/Account", BAR, "")),
        ("17", path("getOutgoingCDRS", BAR, "/true")),
        ("18", path("getcustomexdrdownloadlink", CAFE, "/true")),
        ("19", format!("/getcustomerdidcharges/{LICENCE}/{window}")),
    ]
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn every_route_answers_in_every_format() {
    let porta = porta(day(), PortaOptions { page: 3, ..PortaOptions::default() });
    for (number, path) in routes() {
        let path = path.replace(' ', "%20");
        let mut shown = format!("GET {path}\n");
        for format in ["json", "jsv", "xml", "csv", "html"] {
            let answer = get(&porta, &format!("{path}.{format}")).await;
            shown.push_str(&format!("\n{} {} {}\n", answer.status, answer.reason, answer.header("content-type")));
            shown.push_str(answer.text().replace('\u{feff}', "<BOM>").trim_end());
            shown.push('\n');
            assert!(
                !answer.text().contains("TotalCalls") || format == "html" || !answer.text().contains(LICENCE),
                "{path}"
            );
        }
        insta::with_settings!({ snapshot_path => "../samples/known_day", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format!("route_{number}"), shown);
        });
    }
}

#[test]
fn every_snapshot_belongs_to_a_route() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/porta/samples/known_day");
    let mut kept: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".new"))
        .collect();
    kept.sort();
    let wanted: Vec<String> = routes().iter().map(|(number, _)| format!("route_{number}.snap")).collect();
    assert_eq!(kept, wanted);
}

//! Which calls are rows, and what the rows of unusual calls are.

use cdr_model::{Assumed, Cdr, Direction, Xdr};
use serde_json::{Value, json as value};

use super::world::{BAR, CAFE, LICENCE, call, get, json, over, porta};
use crate::porta::PortaOptions;

/// Every route with its answer for a day of the café and its account.
fn routes() -> Vec<String> {
    let (w, customer, account) = ("2015-06-01/2015-06-02", CAFE, BAR);
    [
        format!("GetResellerCustomerCDRS/{LICENCE}/{customer}/{w}/true"),
        format!("GetResellerCustomerCDRS/{LICENCE}/{customer}/{w}/true/3"),
        format!("getCustomerAccountCDRS/{LICENCE}/{customer}/{w}/3/true"),
        format!("getCustomerAccountCDRS/{LICENCE}/{customer}/{w}/true/false"),
        format!("getCustomerAccountCDRS/{LICENCE}/{customer}/{w}/true"),
        format!("getCustomerAccountBillingTimeCDRS/{LICENCE}/{customer}/{w}/true/none"),
        format!("GetCustomerResellerBillingTimeCDRS/{LICENCE}/{customer}/{w}/true/none"),
        format!("getCustomerAccountCDRSWithOffset/{LICENCE}/{customer}/{w}/true/false/true/0/false/UTC/false"),
        format!("getAccountCDRSWithOffset/{LICENCE}/{account}/{w}/true/false/false/0/false/UTC/false"),
        format!("getCustomerAccountVoiceCalls/{LICENCE}/{customer}/{w}/true/false/true/UTC"),
        format!("GetAccountCDRStatistics/{LICENCE}/{customer}/{w}/true/false/true/true/all"),
        format!("getCustomerCDRS/{LICENCE}/{customer}/{w}/3/true"),
        format!("getCustomerAccountCDRS/{LICENCE}/{customer}/{w}/3/true/false"),
        format!("getCDRS/Account/{LICENCE}/{account}/{w}/3"),
        format!("getCDRS/Account/{LICENCE}/{account}/{w}"),
        format!("getOutgoingCDRS/{LICENCE}/{account}/{w}/true"),
        format!("getcustomexdrdownloadlink/{LICENCE}/{customer}/{w}/true"),
    ]
    .map(|path| format!("/{path}"))
    .into()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn calls_that_have_not_ended_are_left_out_unless_they_are_wanted() {
    let running = Cdr { ended_at: None, talk_us: None, price: None, ..call(BAR, "2015-06-01T10:00:00Z") };
    let legs = ["GetResellerCustomerCDRS", "ConnectedVoiceCalls"];
    for (unfinished, rows) in [(false, 0), (true, 1)] {
        let porta = porta(vec![running.clone()], PortaOptions { unfinished, ..PortaOptions::default() });
        for path in routes().iter().filter(|path| !legs.iter().any(|name| path.contains(name))) {
            assert_eq!(json(&porta, path).await["TotalCalls"], rows, "{path}");
        }
    }
}

/// The end of a call comes with a later version. The client gets the call then, once, with its amount.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_call_is_a_row_once_its_end_has_come() {
    let ended = call(BAR, "2015-06-01T10:00:00Z");
    let first = Cdr { number: 1, id: 1, ended_at: None, price: None, ..ended.clone() };
    let second = Cdr { number: 2, id: 1, ..ended };
    let path = format!("/getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02");
    let before = json(&porta(vec![first.clone()], PortaOptions::default()), &path).await;
    assert_eq!(before["PortaAccountCDRS"], value!([]));
    let replaced = Cdr { replaced_by: Some(2), ..first };
    let after = json(&porta(vec![replaced, second], PortaOptions::default()), &path).await;
    let rows = after["PortaAccountCDRS"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["ID"], &rows[0]["Charged_Amount"]), (1, &value!(1), &value!(0.0125)));
}

/// A charge has no end to wait for.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn charges_without_an_end_are_rows() {
    let mut fee = super::world::charge(CAFE, cdr_model::RecordKind::Fee, 4, "Setup", "5");
    fee.ended_at = None;
    let porta = porta(vec![fee], PortaOptions::default());
    let answer = json(&porta, &format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/false")).await;
    assert_eq!(answer["TotalCalls"], 1);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_party_that_is_not_known_is_an_empty_text() {
    let mut leg = Cdr { calling: None, called: None, ..call(BAR, "2015-06-01T10:00:00Z") };
    leg.details.xdr = Some(Box::new(Xdr { conf_id: Some("A".to_owned()), ..Xdr::default() }));
    let porta = porta(vec![leg.clone(), leg], PortaOptions::default());
    let connected = format!(
        "/getCustomerAccountConnectedVoiceCalls/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/UTC/true"
    );
    let with_rows = routes().into_iter().filter(|path| !path.contains("Statistics") && !path.contains("Reseller"));
    for path in with_rows.chain([connected]) {
        for (format, cli, cld) in
            [("json", r#""CLI":"","#, r#""CLD":"","#), ("jsv", r#"CLI:"","#, r#"CLD:"","#), ("xml", "CLI />", "CLD />")]
        {
            let text = get(&porta, &format!("{path}.{format}")).await;
            assert!(text.text().contains(cli) && text.text().contains(cld), "{path}.{format}: {}", text.text());
            assert!(!text.text().contains("CLI i:nil"), "{path}.{format}");
        }
    }
}

/// One meaning of "outgoing" for the rows, their `BitFlags` and `CallType`, and the statistics.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn outgoing_means_the_same_on_every_route() {
    for (flags, direction, is_assumed, is_outgoing, shown, call_type) in [
        (None, Direction::Out, false, true, 4, "4"),
        (None, Direction::Out, true, true, 4, "4"),
        (None, Direction::In, false, false, 8, "8"),
        (None, Direction::Unknown, false, false, 0, "0"),
        (Some(4), Direction::Out, false, true, 4, "4"),
        (Some(68), Direction::Out, false, true, 68, "4"),
        (Some(8), Direction::In, false, false, 8, "8"),
        (Some(12), Direction::Forwarded, false, false, 12, "12"),
        // Flags without a direction, of a feed that gives none either.
        (Some(0), Direction::Out, true, false, 0, "0"),
        (Some(64), Direction::Out, true, false, 64, "0"),
        // A feed that gives the direction beside the flags.
        (Some(64), Direction::Out, false, true, 68, "4"),
        (Some(4), Direction::In, false, false, 8, "8"),
    ] {
        let mut record = Cdr { direction, ..call(BAR, "2015-06-01T10:00:00Z") };
        if is_assumed {
            record.assumed.insert(Assumed::DIRECTION);
        }
        record.details.xdr = flags.map(|flags| Box::new(Xdr { bit_flags: Some(flags), ..Xdr::default() }));
        let porta = porta(vec![record], PortaOptions::default());
        let ask = |path: String| {
            let porta = porta.clone();
            async move { json(&porta, &format!("/{path}")).await }
        };
        let (given, w) = (format!("{flags:?} {direction:?} {is_assumed}"), "2015-06-01/2015-06-02");
        let outgoing = ask(format!("getOutgoingCDRS/{LICENCE}/{BAR}/{w}/true")).await;
        assert_eq!(outgoing["TotalCalls"], i32::from(is_outgoing), "{given}");
        let paged = ask(format!("getAccountCDRSWithOffset/{LICENCE}/{BAR}/{w}/true/true/true/0/false/UTC/false")).await;
        assert_eq!(paged["TotalCalls"], i32::from(is_outgoing), "{given}");
        let statistics = ask(format!("GetAccountCDRStatistics/{LICENCE}/{CAFE}/{w}/true/false/true/true/all")).await;
        let summary = &statistics["AccountStatisticsSummary"]["100@pbx"][0];
        assert_eq!(summary["outgoing_count"], i32::from(is_outgoing), "{given}");
        let all: Value = ask(format!("getOutgoingCDRS/{LICENCE}/{BAR}/{w}/false")).await;
        let row = &all["PortaAccountCDRS"][0];
        assert_eq!((&row["BitFlags"], &row["CallType"]), (&value!(shown), &value!(call_type)), "{given}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn links_stay_on_this_host() {
    let fixture = super::world::fixture(vec![call(BAR, "2015-06-01T10:00:00Z")]);
    let porta = over(&fixture, PortaOptions::default());
    let path = format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02");
    for slashes in ["/", "//", "///", "/%2F/"] {
        let page = get(&porta, &format!("{slashes}{path}?format=html")).await;
        let hrefs: Vec<&str> = page.text().split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        for href in &hrefs {
            assert!(href.starts_with('/') && !href[1..].starts_with(['/', '\\']), "{slashes}: {href}");
        }
        assert!(page.status == 404 || hrefs.len() >= 4, "{slashes}");
    }
}

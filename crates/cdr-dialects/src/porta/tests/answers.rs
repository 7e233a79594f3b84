//! The contents of the answers.

use serde_json::{Value, json as value};

use super::world::{BAR, CAFE, FOREIGN, KITCHEN, LICENCE, RESELLER, STRANGER, STRANGERS, call, day, get, json, porta};
use crate::porta::{CallType, DictionaryKey, PortaOptions};
use cdr_model::Anchor;

/// A member of every row of a list.
fn each(rows: &Value, member: &str) -> Vec<Value> {
    rows.as_array().unwrap_or_else(|| panic!("not a list: {rows}")).iter().map(|row| row[member].clone()).collect()
}

fn default() -> crate::porta::Porta {
    porta(day(), PortaOptions::default())
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_members_that_the_known_client_reads_are_set() {
    let path = format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01%2000:00:00/2015-06-02%2000:00:00/true/");
    let answer = json(&default(), &path).await;
    let calls = &answer["DictPortaCustomerAccountCDRS"]["Voice Calls"];
    assert_eq!(each(calls, "ID"), [1, 2, 3]);
    assert_eq!(each(calls, "CallType"), ["4", "8", "12"]);
    for call in calls.as_array().unwrap() {
        let seconds = |member: &str| {
            let digits: String =
                call[member].as_str().unwrap().chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
            digits.split('-').next().unwrap().parse::<i64>().unwrap() / 1000
        };
        assert_eq!(call["ICustomer"], CAFE);
        assert_eq!(seconds("Disconnect_time") - seconds("Connect_time"), call["Used_Quantity"].as_i64().unwrap());
        assert!(call["Charged_Amount"].is_number() && call["Charged_Quantity"].is_number());
    }
    assert_eq!(answer["TotalCalls"], 7);
    let keys: Vec<&String> = answer["DictPortaCustomerAccountCDRS"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["Subscriptions", "DID", "Payments", "Messaging Service", "Voice Calls"]);
    // Ranks count over the whole answer.
    assert_eq!(each(calls, "Rank"), [5, 6, 7]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn members_of_other_routes_are_left_out() {
    for (path, members) in [
        (format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/false"), "PortaCustomerCDRS"),
        (format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02"), "PortaAccountCDRS"),
        (format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true"), "XDRSInfo"),
        (
            format!("GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/2015-06-01/2015-06-02/false"),
            "PortaCustomerCDRS lstPortaResellerSubscriptions",
        ),
        (
            format!("getAccountCDRSWithOffset/{LICENCE}/{BAR}/2015-06-01/2015-06-02/true/false/true/0/false/UTC/false"),
            "lstPortaCustomerAccountCDRS DateRanges TotalUsage",
        ),
    ] {
        let answer = json(&default(), &format!("/{path}")).await;
        let found: Vec<&str> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(found.join(" "), format!("TotalCalls NextOffset {members} ContentId"), "{path}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn every_route_selects_its_rows() {
    let w = "2015-06-01/2015-06-02";
    for (path, list, ids) in [
        // Records of a reseller and its customers.
        (format!("GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/{w}/false"), "PortaCustomerCDRS", vec![5]),
        (format!("GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/{w}/true"), "PortaCustomerCDRS", vec![10, 5]),
        (format!("GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/{w}/true/3"), "PortaCustomerCDRS", vec![5]),
        (
            format!("GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/{w}/true/4"),
            "lstPortaResellerSubscriptions",
            vec![6, 7],
        ),
        // Records of a customer itself.
        (format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/{w}/false"), "PortaCustomerCDRS", vec![6, 10]),
        (format!("getCustomerCDRS/{LICENCE}/{CAFE}/{w}/7/false"), "PortaCustomerCDRS", vec![10]),
        // By the bill time; words and dates of the filter.
        (
            format!("getCustomerAccountBillingTimeCDRS/{LICENCE}/{CAFE}/{w}/false/none"),
            "PortaCustomerCDRS",
            vec![6, 10],
        ),
        (
            format!("getCustomerAccountBillingTimeCDRS/{LICENCE}/{CAFE}/{w}/false/2015-07-02"),
            "PortaCustomerCDRS",
            vec![],
        ),
        (
            format!("getCustomerAccountBillingTimeCDRS/{LICENCE}/{CAFE}/{w}/false/2015-07-01"),
            "PortaCustomerCDRS",
            vec![6, 10],
        ),
        (
            format!("getCustomerAccountBillingTimeCDRS/{LICENCE}/{CAFE}/2015-07-01/2015-07-02/false/true"),
            "PortaCustomerCDRS",
            vec![6, 10],
        ),
        (
            format!("GetCustomerResellerBillingTimeCDRS/{LICENCE}/{RESELLER}/{w}/false/0"),
            "PortaCustomerCDRS",
            vec![6, 7, 8, 10, 5],
        ),
        // Records of an account.
        (format!("getCDRS/Account/{LICENCE}/{BAR}/{w}"), "PortaAccountCDRS", vec![11, 1, 3]),
        (format!("getCDRS/Account/{LICENCE}/{BAR}/{w}/3"), "PortaAccountCDRS", vec![1, 3]),
        (format!("getOutgoingCDRS/{LICENCE}/{BAR}/{w}/true"), "PortaAccountCDRS", vec![1]),
        (format!("getOutgoingCDRS/{LICENCE}/{BAR}/{w}/false"), "PortaAccountCDRS", vec![11, 1, 3]),
        // Half-open windows.
        (
            format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01 10:20:30/2015-06-01 11:00:25"),
            "PortaAccountCDRS",
            vec![1],
        ),
        (
            format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01 10:20:31/2015-06-01 11:00:26"),
            "PortaAccountCDRS",
            vec![3],
        ),
        (
            format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01T12:20:30 02:00/2015-06-01 11:00"),
            "PortaAccountCDRS",
            vec![1],
        ),
        // Hunt groups and directions in pages.
        (
            format!("getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/{w}/true/false/false/0/true/UTC/false"),
            "lstPortaCustomerAccountCDRS",
            vec![2],
        ),
        (
            format!("getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/{w}/true/true/false/0/false/UTC/false"),
            "lstPortaCustomerAccountCDRS",
            vec![1],
        ),
        (
            format!("getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/x/y/true/false/false/0/false/UTC/true"),
            "lstPortaCustomerAccountCDRS",
            vec![6, 9, 10, 11, 1, 2, 3, 13],
        ),
    ] {
        let answer = json(&default(), &format!("/{}", path.replace(' ', "%20"))).await;
        let member = if list == "XDRSInfo" { "i_xdr" } else { "ID" };
        assert_eq!(each(&answer[list], member), ids, "{path}");
    }
    for (path, ids) in [
        (format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/{w}/false"), vec![6, 10]),
        (format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/{w}/true"), vec![6, 9, 10, 11, 1, 2, 3]),
        (format!("getcustomerdidcharges/{LICENCE}/{w}"), vec![9]),
        (format!("getcustomerdidcharges/{FOREIGN}/{w}"), vec![]),
    ] {
        let answer = json(&default(), &format!("/{path}")).await;
        assert_eq!(each(&answer["XDRSInfo"], "i_xdr"), ids, "{path}");
        assert_eq!(answer["TotalCalls"], ids.len());
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn fees_of_one_name_are_summed() {
    let path = format!("/GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/2015-06-01/2015-06-02/true");
    let answer = get(&default(), &format!("{path}.json")).await;
    let fees = &serde_json::from_str::<Value>(answer.text()).unwrap()["lstPortaResellerSubscriptions"];
    assert_eq!(each(fees, "SubscriptionName"), ["Line rental", "Platform"]);
    assert_eq!(each(fees, "Count"), [1, 2]);
    assert_eq!(each(fees, "IParent"), [RESELLER, 0]);
    assert!(answer.text().contains(r#""Charged_Amount":100.00,"#), "{}", answer.text());
    assert!(answer.text().contains(r#""TotalChargedAmount":150.50,"#), "{}", answer.text());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn pages_follow_one_another_to_the_end() {
    let porta = porta(day(), PortaOptions { page: 3, ..PortaOptions::default() });
    let (mut offset, mut seen, mut pages) = (0, Vec::new(), 0);
    loop {
        let path = format!(
            "/getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/{offset}/false/UTC/false"
        );
        let answer = json(&porta, &path).await;
        assert_eq!(answer["TotalCalls"], 7);
        let rows = &answer["lstPortaCustomerAccountCDRS"];
        seen.extend(each(rows, "ID").into_iter().zip(each(rows, "Rank")));
        assert_eq!(each(&answer["DateRanges"], "rank"), [1, 4, 7]);
        assert_eq!(answer["TotalUsage"]["ChargedMinutes"], 15);
        pages += 1;
        offset = answer["NextOffset"].as_i64().unwrap();
        if offset == 0 {
            break;
        }
    }
    let expected: Vec<(Value, Value)> =
        [6, 9, 10, 11, 1, 2, 3].into_iter().zip(1..).map(|(id, rank)| (value!(id), value!(rank))).collect();
    assert_eq!((pages, seen), (3, expected));
    let beyond = format!(
        "/getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/70/false/UTC/false"
    );
    let answer = json(&porta, &beyond).await;
    assert_eq!((answer["NextOffset"].clone(), answer["lstPortaCustomerAccountCDRS"].clone()), (value!(0), value!([])));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn statistics_cover_the_accounts_with_the_products() {
    let path = |products: &str, outgoing: bool| {
        format!("/GetAccountCDRStatistics/{LICENCE}/{CAFE}/2015-06-01/2015-06-03/true/{outgoing}/true/true/{products}")
    };
    for (products, accounts) in [
        ("all", "100@pbx 441133505030 idle"),
        ("0", "100@pbx 441133505030 idle"),
        ("5", "100@pbx idle"),
        ("6,7", "441133505030"),
        ("9", ""),
    ] {
        let answer = json(&default(), &path(products, false)).await;
        let found: Vec<&str> =
            answer["AccountStatisticsSummary"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(found.join(" "), accounts, "{products}");
    }
    let answer = json(&default(), &path("all", false)).await;
    assert_eq!(answer["TotalCalls"], 4);
    assert_eq!(
        answer["AccountStatisticsSummary"]["100@pbx"][0],
        value!({
            "i_account": BAR, "outgoing_count": 1, "outgoing_duration": 300, "avgoutgoing_count": 0.5,
            "avgoutgoing_duration": 300, "incoming_count": 0, "incoming_duration": 0, "total_count": 1,
            "total_duration": 300, "AccountID": "100@pbx",
        }),
        "forwarded calls count in neither direction"
    );
    assert_eq!(answer["AccountStatisticsSummary"]["idle"][0]["total_count"], 0);
    assert_eq!(answer["AccountStatisticsSummary"]["441133505030"][0]["total_count"], 2);
    let outgoing = json(&default(), &path("all", true)).await;
    assert_eq!(outgoing["AccountStatisticsSummary"]["441133505030"][0]["incoming_count"], 0);
    let calls = json(&default(), &path("all", false).replace("/true/true/all", "/true/false/all")).await;
    assert_eq!(each(&calls["DictPortaCustomerAccountCDRS"]["Voice Calls"], "ID"), [1, 2, 3, 13]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn legs_of_one_call_are_grouped() {
    let path = format!(
        "/getCustomerAccountConnectedVoiceCalls/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/UTC/true"
    );
    let answer = json(&default(), &path).await;
    let legs = &answer["ConnectedCallDataRecords"]["Voice Calls"];
    assert_eq!(each(legs, "CallId"), ["leg-1", "leg-2"]);
    assert_eq!(each(legs, "CallId_1"), ["leg-2", "leg-1"]);
    assert_eq!((each(legs, "groupid"), each(legs, "rank")), (vec![value!(1), value!(1)], vec![value!(1), value!(2)]));
    let calls = &answer["ConnectedCallsRecords"]["Voice Calls"];
    assert_eq!(calls, &value!([{ "GroupID": 1, "CDRS": legs }]));
    assert_eq!(answer["TotalCalls"], 2);
    let plain = json(&default(), &path.replace("/UTC/true", "/UTC/false")).await;
    assert_eq!(each(&plain["DictPortaCustomerAccountCDRS"]["Voice Calls"], "ID"), [1, 2, 3]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn missing_values_are_zero_and_not_specified() {
    let mut bare = call(BAR, "2015-06-01T10:00:00Z");
    (bare.price, bare.billed_us, bare.talk_us, bare.ended_at) = (None, None, None, None);
    (bare.calling, bare.release_cause) = (None, None);
    let porta = porta(vec![bare], PortaOptions { unfinished: true, ..PortaOptions::default() });
    let answer = json(&porta, &format!("/getcustomexdrdownloadlink/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await;
    let row = &answer["XDRSInfo"][0];
    for (member, expected) in [
        ("charged_amount", value!(0)),
        ("charged_amountSpecified", value!(false)),
        ("charged_quantity", value!(0)),
        ("charged_quantitySpecified", value!(false)),
        ("disconnect_time", value!("/Date(-62135596800000-0000)/")),
        ("disconnect_timeSpecified", value!(false)),
        ("unix_disconnect_time", value!(0)),
        ("i_dest", value!(0)),
        ("i_destSpecified", value!(false)),
        ("CLI", value!("")),
        ("cr_download_links", Value::Null),
        ("xdr_type", value!("account")),
    ] {
        assert_eq!(row[member], expected, "{member}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn options_change_the_answers() {
    let ask = |options: PortaOptions| async move {
        let porta = porta(day(), options);
        json(&porta, &format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await
    };
    let by_account = ask(PortaOptions { key: DictionaryKey::Account, ..PortaOptions::default() }).await;
    let dictionary = by_account["DictPortaCustomerAccountCDRS"].as_object().unwrap();
    let found: Vec<(&str, Vec<Value>)> =
        dictionary.iter().map(|(key, rows)| (key.as_str(), each(rows, "ID"))).collect();
    let ids = |ids: &[i64]| ids.iter().map(|id| value!(id)).collect::<Vec<_>>();
    assert_eq!(found, [("", ids(&[6, 10])), ("441133505030", ids(&[9, 2])), ("100@pbx", ids(&[11, 1, 3]))]);
    let words = ask(PortaOptions { call_type: CallType::Words, ..PortaOptions::default() }).await;
    let calls = &words["DictPortaCustomerAccountCDRS"]["Voice Calls"];
    assert_eq!(each(calls, "CallType"), ["Outgoing", "Incoming", "Forwarded"]);
    let billed = ask(PortaOptions { window: Anchor::Bill, ..PortaOptions::default() }).await;
    assert_eq!(billed["TotalCalls"], 7);
    let paged = porta(day(), PortaOptions { last_offset: -1, ..PortaOptions::default() });
    let path =
        format!("/getAccountCDRSWithOffset/{LICENCE}/{BAR}/2015-06-01/2015-06-02/true/false/true/0/false/UTC/false");
    assert_eq!(json(&paged, &path).await["NextOffset"], -1);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn callers_see_only_their_own_records() {
    let porta = default();
    let w = "2015-06-01/2015-06-02";
    for (licence, path, status, reason) in [
        ("unknown", format!("getCustomerAccountCDRS/unknown/{CAFE}/{w}/true"), 403, "UnauthorizedAccessException"),
        (LICENCE, format!("getCustomerAccountCDRS/{LICENCE}/{STRANGER}/{w}/true"), 404, "no such customer"),
        (LICENCE, format!("getCustomerAccountCDRS/{LICENCE}/999/{w}/true"), 404, "no such customer"),
        (FOREIGN, format!("getCustomerAccountCDRS/{FOREIGN}/{CAFE}/{w}/true"), 404, "no such customer"),
        (LICENCE, format!("getCDRS/Account/{LICENCE}/{STRANGERS}/{w}"), 404, "no such account"),
        (FOREIGN, format!("getCDRS/Account/{FOREIGN}/{KITCHEN}/{w}"), 404, "no such account"),
        (LICENCE, format!("getCDRS/Account/{LICENCE}/0/{w}"), 404, "no such account"),
        (LICENCE, format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-02/2015-06-01"), 400, "ArgumentException"),
        (LICENCE, format!("getCDRS/Account/{LICENCE}/{BAR}/someday/2015-06-01"), 400, "ArgumentException"),
        (
            LICENCE,
            format!("getCustomerAccountBillingTimeCDRS/{LICENCE}/{CAFE}/{w}/true/perhaps"),
            400,
            "ArgumentException",
        ),
        (
            LICENCE,
            format!("getCustomerAccountVoiceCalls/{LICENCE}/{CAFE}/{w}/true/true/true/Nowhere"),
            400,
            "ArgumentException",
        ),
    ] {
        for format in ["json", "xml", "jsv", "csv", "html"] {
            let answer = get(&porta, &format!("/{path}.{format}")).await;
            assert_eq!((answer.status, answer.reason.as_str()), (status, reason), "{path}.{format}");
            assert!(answer.text().contains("ErrorCode") || format == "html", "{path}.{format}: {}", answer.text());
            assert!(!answer.text().contains(licence) || format == "html", "{path}.{format}: {}", answer.text());
        }
    }
    let named = get(&porta, &format!("/getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/never.json")).await;
    assert!(named.text().contains("ToDate: not a date such as"), "{}", named.text());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_predefined_route_answers_as_the_path_does() {
    let porta = default();
    for (path, query) in [
        (
            format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/3/true"),
            "ICustomer=2&IService=3&IncludeAccounts=true",
        ),
        (format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02"), "IAccount=11"),
        (format!("getOutgoingCDRS/{LICENCE}/{BAR}/2015-06-01/2015-06-02/true"), "IAccount=11&GetOutgoingCalls=1"),
        (format!("getcustomerdidcharges/{LICENCE}/2015-06-01/2015-06-02"), ""),
        (
            format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true"),
            "ICustomer=2&RetailXDRInfo=true",
        ),
        (
            format!("GetResellerCustomerCDRS/{LICENCE}/{RESELLER}/2015-06-01/2015-06-02/true/4"),
            "ICustomer=1&IncludeSubcustomers=true&IService=4",
        ),
    ] {
        for format in ["json", "xml", "jsv", "csv"] {
            let by_path = get(&porta, &format!("/{path}.{format}")).await;
            let query = format!("License={LICENCE}&FromDate=2015-06-01&ToDate=2015-06-02&{query}");
            let predefined = get(&porta, &format!("/{format}/reply/PortaCDR?{query}")).await;
            assert_eq!(by_path.status, 200);
            assert_eq!(predefined.body, by_path.body, "{path}.{format}");
        }
    }
}

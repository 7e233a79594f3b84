//! The page for people.

use cdr_model::Cdr;

use super::world::{BAR, CAFE, LICENCE, call, day, get, porta};
use crate::porta::{Porta, PortaOptions};

async fn page(porta: &Porta, path: &str) -> String {
    let answer = get(porta, &format!("/{path}.html")).await;
    answer.text().to_owned()
}

/// The places of texts in a page, which have to be in this order.
fn in_order(page: &str, texts: &[&str]) {
    let mut from = 0;
    for text in texts {
        let at = page[from..].find(text).unwrap_or_else(|| panic!("`{text}` is missing, or too early: {page}"));
        from += at + text.len();
    }
}

fn headings(page: &str) -> Vec<String> {
    let row = page.split("<thead><tr>").nth(1).unwrap().split("</tr>").next().unwrap();
    row.split("<th>").skip(1).map(|cell| cell.replace("</th>", "").replace("<wbr>", "")).collect()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn what_was_asked_comes_first_then_the_totals_then_the_rows() {
    let porta = porta(day(), PortaOptions { page: 3, ..PortaOptions::default() });
    let path = format!(
        "getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/0/false/Europe-London/false"
    );
    let text = page(&porta, &path).await;
    in_order(
        &text,
        &[
            "<th>Question</th><td>records of a customer and its accounts, in pages</td>",
            "<th>Customer</th><td>Café (2)</td>",
            "<th>Window</th><td>2015-06-01 00:00:00 to 2015-06-02 00:00:00 by connect time</td>",
            "<th>Zone</th><td>UTC; connect_datetime in Europe/London</td>",
            "<th>TotalCalls</th><td>7</td>",
            "<th>NextOffset</th><td><a href=",
            "<h2>TotalUsage</h2>",
            "ChargedCost",
            "<h2>lstPortaCustomerAccountCDRS</h2>",
        ],
    );
    assert!(!text.contains("ContentId"), "{text}");
    let account = page(&porta, &format!("getOutgoingCDRS/{LICENCE}/{BAR}/2015-06-01/2015-06-02/true")).await;
    in_order(&account, &["records of an account; outgoing calls only", "<th>Account</th><td>100@pbx (11)</td>"]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_next_page_is_a_link() {
    let porta = porta(day(), PortaOptions { page: 3, ..PortaOptions::default() });
    let mut path = format!(
        "/getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true/false/true/0/false/UTC/false.html?a=1"
    );
    let mut pages = Vec::new();
    loop {
        let text = get(&porta, &path).await.text().to_owned();
        pages.push(text.matches("<td class=n>").count() > 0);
        let next = text.split("<th>NextOffset</th><td>").nth(1).unwrap();
        let Some(rest) = next.strip_prefix("<a href=\"") else { break };
        let href = rest.split('"').next().unwrap().replace("&amp;", "&");
        assert!(href.starts_with('/') && href.matches("Offset=").count() == 1 && href.contains("a=1"), "{href}");
        path = href;
    }
    assert_eq!(pages.len(), 3);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn amounts_come_before_identifiers_and_empty_columns_are_left_out() {
    let porta = porta(day(), PortaOptions::default());
    let path = format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/3/true");
    let found = headings(&page(&porta, &path).await);
    let place = |name: &str| found.iter().position(|heading| heading == name);
    assert!(place("Charged_Amount").unwrap() < place("h323_conf_id").unwrap(), "{found:?}");
    assert!(place("Charged_Amount").unwrap() < 9, "{found:?}");
    assert_eq!((place("HuntGroupName"), place("AgentExtension")), (None, None), "{found:?}");
    let path = format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true");
    let found = headings(&page(&porta, &path).await);
    assert!(found.iter().all(|heading| !heading.ends_with("Specified")), "{found:?}");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_page_has_at_most_a_thousand_rows_and_a_link_to_all() {
    let calls = |rows: usize| -> Vec<Cdr> { (0..rows).map(|_| call(BAR, "2015-06-01T10:20:25Z")).collect() };
    for (rows, shown) in [(999, 999), (1_000, 1_000), (1_001, 1_000), (5_000, 1_000)] {
        let porta = porta(calls(rows), PortaOptions::default());
        let text = page(&porta, &format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02")).await;
        assert_eq!(text.matches("<tr><td").count(), shown, "{rows}");
        let note = "<p>The first 1000 rows. <a href=\"";
        assert_eq!(text.contains(note), rows > 1_000, "{rows}");
        if rows > 1_000 {
            let href = text.split(note).nth(1).unwrap().split('"').next().unwrap();
            assert!(href.ends_with("format=csv"), "{href}");
            assert!(get(&porta, href).await.text().matches("{ID:").count() == rows);
        }
        assert!(text.contains(&format!("<th>TotalCalls</th><td>{rows}</td>")));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn statistics_are_one_table() {
    let porta = porta(day(), PortaOptions::default());
    let path = format!("GetAccountCDRStatistics/{LICENCE}/{CAFE}/2015-06-01/2015-06-03/true/false/true/true/all");
    let text = page(&porta, &path).await;
    assert_eq!((text.matches("<thead>").count(), text.matches("<tr><td").count()), (1, 3), "{text}");
    assert_eq!(headings(&text)[0], "AccountID");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_error_is_its_reason_alone() {
    let porta = porta(day(), PortaOptions::default());
    for (path, code) in [
        (format!("getCDRS/Account/unknown/{BAR}/2015-06-01/2015-06-02"), "UnauthorizedAccessException"),
        (format!("getCDRS/Account/{LICENCE}/{BAR}/never/2015-06-02"), "ArgumentException"),
        (format!("getCDRS/Account/{LICENCE}/x/2015-06-01/2015-06-02"), "RequestBindingException"),
    ] {
        let text = page(&porta, &path).await;
        in_order(&text, &["<th>ErrorCode</th><td>", code, "<th>Message</th><td>"]);
        for zero in ["TotalCalls", "NextOffset", "ContentId", "<td>0</td>"] {
            assert!(!text.contains(zero), "{path}: {text}");
        }
    }
}

/// The heading stays visible, and no table is wider than the window: nothing on the page scrolls by itself or keeps
/// long words together.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn tables_fit_the_window_and_keep_their_heading() {
    let porta = porta(day(), PortaOptions::default());
    let path = format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true");
    let text = page(&porta, &path).await;
    let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    assert!(style.contains("thead th{") && style.contains("position:sticky;top:0"), "{style}");
    assert!(style.contains("overflow-wrap:anywhere") && !style.contains("nowrap"), "{style}");
    assert!(!style.contains("overflow-x") && !style.contains("overflow:"), "{style}");
    assert!(text.contains("<th>Charged_<wbr>Amount</th>") && text.contains("<th>Disconnect<wbr>Cause</th>"), "{text}");
}

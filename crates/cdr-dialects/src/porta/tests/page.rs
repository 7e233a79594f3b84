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
    let name = |cell: &str| cell.split_once('>').unwrap().1.replace("</th>", "").replace("<wbr>", "");
    row.split("<th").skip(1).map(name).collect()
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

fn calls(rows: usize) -> Vec<Cdr> {
    (0..rows).map(|_| call(BAR, "2015-06-01T10:20:25Z")).collect()
}

/// The link of a page to its whole answer.
fn whole(text: &str) -> Option<(&str, String)> {
    let (before, after) = text.split_once("\">The whole answer as ")?;
    let href = before.rsplit('"').next().unwrap().replace("&amp;", "&");
    Some((after.split("</a>").next().unwrap(), href))
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_page_has_at_most_a_thousand_rows_and_a_link_to_all() {
    for (rows, shown) in [(999, 999), (1_000, 1_000), (1_001, 1_000), (5_000, 1_000)] {
        let porta = porta(calls(rows), PortaOptions::default());
        let text = page(&porta, &format!("getCDRS/Account/{LICENCE}/{BAR}/2015-06-01/2015-06-02")).await;
        assert_eq!(text.matches("<tr><td").count(), shown, "{rows}");
        assert_eq!(text.contains("<p>The first 1000 rows. <a href="), rows > 1_000, "{rows}");
        assert_eq!(whole(&text).is_some(), rows > 1_000, "{rows}");
        assert!(text.contains(&format!("<th>TotalCalls</th><td>{rows}</td>")));
    }
}

/// The answer behind the link has every row by itself: as CSV on a line, or else as JSON in an object.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_link_to_all_leads_to_a_format_with_a_place_for_each_row() {
    let porta = porta(calls(1_001), PortaOptions { page: 5_000, ..PortaOptions::default() });
    let window = "2015-06-01/2015-06-02";
    let paged = "true/false/true/0/false/UTC/false";
    for (path, name) in [
        (format!("getCDRS/Account/{LICENCE}/{BAR}/{window}"), "JSON"),
        (format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/{window}/true"), "JSON"),
        (format!("getCustomerAccountCDRSWithOffset/{LICENCE}/{CAFE}/{window}/{paged}"), "JSON"),
        (format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/{window}/3/true/true"), "CSV"),
    ] {
        let text = page(&porta, &path).await;
        let (found, href) = whole(&text).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(found, name, "{path}");
        let answer = get(&porta, &href).await.text().to_owned();
        let rows = if name == "CSV" { answer.lines().count() - 1 } else { answer.matches("\"ID\":").count() };
        assert_eq!(rows, 1_001, "{path}: {}", &answer[..300]);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_groups_of_a_dictionary_share_the_rows_of_a_page() {
    let mut records = calls(3_000);
    records.iter_mut().zip(0..).for_each(|(record, at)| {
        record.service_id = if at < 2 {
            9
        } else if at % 2 == 0 {
            3
        } else {
            4
        };
    });
    let porta = porta(records, PortaOptions::default());
    let text = page(&porta, &format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await;
    let groups: Vec<&str> = text.split("<h2>DictPortaCustomerAccountCDRS: ").skip(1).collect();
    let mut rows: Vec<usize> = groups.iter().map(|group| group.matches("<tr><td").count()).collect();
    rows.sort_unstable();
    assert_eq!(rows, [2, 499, 499]);
    assert_eq!((text.matches("<p>The first 499 rows. <a").count(), text.matches("None of").count()), (2, 0));
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

/// Numbers, times and short texts stay on one line, long texts break, and headings break between their words.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn only_long_texts_break() {
    let mut records = day();
    records[0].calling = Some("sip:the.night.desk@voip.kettlewick.example".to_owned());
    let porta = porta(records, PortaOptions::default());
    let window = "2015-06-01/2015-06-02";
    for path in [
        format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/{window}/true"),
        format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/{window}/true"),
        format!("getCDRS/Account/{LICENCE}/{BAR}/{window}"),
    ] {
        let text = page(&porta, &path).await;
        let (mut long, mut numbers) = (0, 0);
        for cell in text.split("<div class=box>").skip(1).flat_map(|table| table.split("<td").skip(1)) {
            let (class, rest) = cell.split_once('>').unwrap();
            let value =
                rest.split("</td>").next().unwrap().replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
            let is_long = value.chars().count() > 24;
            assert_eq!(class == " class=w", is_long, "{path}: {value}");
            (long, numbers) = (long + usize::from(is_long), numbers + usize::from(class == " class=n"));
        }
        assert!(long > 0 && numbers > 0, "{path}: {long} {numbers}");
        let style = text.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        for rule in [
            ".rows td{white-space:nowrap}",
            ".rows td.w{white-space:normal;overflow-wrap:anywhere;min-width:",
            "th.n,td.n{text-align:right}",
        ] {
            assert!(style.contains(rule), "{rule}: {style}");
        }
        assert_eq!(style.matches("overflow-wrap").count(), 2, "headings break only between words: {style}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_heading_of_a_number_is_aligned_like_it_and_names_break_between_words() {
    let porta = porta(day(), PortaOptions::default());
    let text = page(&porta, &format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await;
    for heading in [
        "<th class=n>Rank</th>",
        "<th class=n>Charged_<wbr>Amount</th>",
        "<th class=n>Disconnect<wbr>Cause</th>",
        "<th>Account<wbr>ID</th>",
        "<th>Connect_<wbr>time</th>",
    ] {
        assert!(text.contains(heading), "{heading}: {text}");
    }
}

/// A table that is wider than the window scrolls in its box, lower than the window, and its heading stays visible.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_wide_table_scrolls_in_its_box_and_keeps_its_heading() {
    let porta = porta(day(), PortaOptions::default());
    let text = page(&porta, &format!("getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await;
    let tables =
        (text.matches("<div class=box><table class=rows>").count(), text.matches("<table class=rows>").count());
    assert!(tables.0 > 0 && tables.0 == tables.1 && text.matches("</table></div>").count() == tables.0, "{tables:?}");
    for rule in [".box{overflow:auto;max-height:90vh", ".rows th{background:#eee;position:sticky;top:0"] {
        assert!(text.contains(rule), "{rule}");
    }
}

/// Links are not a JSON text, and a row without any has an empty cell.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn links_are_texts() {
    let porta = porta(day(), PortaOptions::default());
    let text = page(&porta, &format!("getcustomexdrdownloadlink/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await;
    assert!(!text.contains("<td>[") && !text.contains("class=w>["), "{text}");
}

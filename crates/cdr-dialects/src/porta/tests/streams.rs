//! Answers whose rows are read while they are written.

use actix_web::App;
use actix_web::body::to_bytes;
use actix_web::test::{TestRequest, call_service, init_service};
use cdr_mediation::PortError;
use cdr_mediation::testsuite::{Fixture, Read};
use cdr_model::Cdr;

use super::world::{BAR, CAFE, LICENCE, call, fixture, get, json, porta};
use crate::porta::PortaOptions;

/// More calls than fit into the pipe, and than one page of the store.
fn many() -> Vec<Cdr> {
    let first = super::world::at("2015-06-01T00:00:00Z");
    let calls = (0..6_000).map(|second| {
        let mut call = call(BAR, "2015-06-01T00:00:00Z");
        let moved = |at: cdr_model::Timestamp| at.plus_micros(second * 1_000_000);
        call.started_at = moved(first);
        call.connected_at = call.connected_at.map(moved);
        call.ended_at = call.ended_at.map(moved);
        call.billed_at = moved(call.billed_at);
        call
    });
    calls.collect()
}

/// Few records among many are read in another way, and get the same ranks.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn few_records_among_many_get_their_ranks() {
    use cdr_model::RecordKind;

    use super::world::{at, charge};

    let sms = |time: &str| Cdr {
        connected_at: Some(at(time)),
        started_at: at(time),
        ..charge(CAFE, RecordKind::Usage, 5, "SMS", "0.05")
    };
    // Before all calls, at the instants of some, and after all of them.
    let mut records = vec![sms("2015-06-01T00:00:05Z")];
    records.extend(many());
    records.extend(
        ["2015-06-01T00:00:00Z", "2015-06-01T00:00:06Z", "2015-06-01T00:00:06Z", "2015-06-01T20:00:00Z"].map(sms),
    );
    let porta = porta(records, PortaOptions::default());
    let answer = json(&porta, &format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/true")).await;
    let ranks = |key: &str| -> Vec<i64> {
        let rows = answer["DictPortaCustomerAccountCDRS"][key].as_array().unwrap();
        rows.iter().map(|row| row["Rank"].as_i64().unwrap()).collect()
    };
    assert_eq!(ranks("Messaging Service"), [1, 2, 5, 6, 6_005]);
    let mut all = [ranks("Messaging Service"), ranks("Voice Calls")].concat();
    all.sort_unstable();
    assert!(all.into_iter().eq(1..=6_005));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_long_answer_is_complete_in_every_format() {
    let porta = porta(many(), PortaOptions::default());
    let path = format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/3/true");
    let answer = json(&porta, &path).await;
    assert_eq!(answer["TotalCalls"], 6_000);
    let rows = answer["DictPortaCustomerAccountCDRS"]["Voice Calls"].as_array().unwrap();
    assert!(rows.iter().map(|row| row["Rank"].as_i64().unwrap()).eq(1..=6_000));
    for (suffix, mark, rows, end) in [
        (".xml", "<d4p1:PortaCustomerAccountCDR>", 6_000, "</PortaCDRResponse>"),
        (".jsv", "{Rank:", 6_000, ",ContentId:0}"),
        (".csv", "{Rank:", 6_000, ",,0,\r\n"),
        (".html", "<tr><td", 1_000, "</body></html>\n"),
        ("/true", "\r\n", 6_001, "\r\n"),
    ] {
        let answer = get(&porta, &format!("{path}{suffix}")).await;
        assert_eq!(answer.status, 200, "{suffix}");
        assert_eq!(answer.text().matches(mark).count(), rows, "{suffix}");
        assert!(answer.text().ends_with(end), "{suffix}: {}", &answer.text()[answer.text().len() - 100..]);
    }
    let table = get(&porta, &format!("{path}/true")).await;
    let mut reader = csv::Reader::from_reader(table.text().as_bytes());
    assert_eq!(reader.headers().unwrap().get(0), Some("Rank"));
    assert_eq!(reader.records().filter(|row| row.as_ref().is_ok_and(|row| row.len() == 32)).count(), 6_000);
    let named = get(&porta, &format!("{path}/true.json")).await;
    assert!(named.text().starts_with(r#"{"TotalCalls":6000,"#));
}

/// Mediation over many calls that cannot be read after this many pages.
fn failing(mut pages: usize) -> Fixture {
    let fixture = fixture(many());
    fixture.source.before_reading(move |read| match (read, pages) {
        (Read::Page(_), 0) => Err(PortError::failed("the calls could not be read", "the disk is gone")),
        (Read::Page(_), _) => {
            pages -= 1;
            Ok(())
        }
        _ => Ok(()),
    });
    fixture
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_failing_answer_is_refused_or_aborted() {
    for (pages, suffix, refused) in
        [(0, "json", true), (1, "json", false), (1, "xml", false), (1, "jsv", false), (1, "csv", false)]
    {
        let fixture = failing(pages);
        let porta = super::world::over(&fixture, PortaOptions::default());
        let app = init_service(App::new().configure(|config| porta.mount(config))).await;
        let path = format!("/getCustomerAccountCDRS/{LICENCE}/{CAFE}/2015-06-01/2015-06-02/3/true.{suffix}");
        let answer = call_service(&app, TestRequest::get().uri(&path).to_request()).await;
        assert_eq!(answer.status().as_u16(), if refused { 500 } else { 200 }, "{pages} {suffix}");
        let body = to_bytes(answer.into_body()).await;
        assert_eq!(body.is_ok(), refused, "{pages} {suffix}");
        if let Ok(body) = body {
            let text = String::from_utf8_lossy(&body);
            assert!(text.contains("\"ErrorCode\":\"Exception\"") && !text.contains("disk"), "{text}");
        }
    }
}

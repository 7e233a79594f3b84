//! The calls of an export: its window in the local time of its zone, and its filters.

use cdr_mediation::JobLedger;
use cdr_model::{Cdr, Timestamp};
use serde_json::{Value, json};

use super::support::{A1, A2, Start, YetiFixture, uuid_of};

fn call(account_id: i64, started_at: &str) -> Cdr {
    let started_at: Timestamp = started_at.parse().unwrap();
    Cdr { account_id, started_at, billed_at: started_at, ..Cdr::default() }
}

/// The window of an export in a zone, as instants.
async fn window(from: &str, until: &str, zone: &str) -> (String, String) {
    let fixture = YetiFixture::new();
    let answer =
        fixture.post("/cdr-exports", &sent(json!({"time_start_gteq": from, "time_start_lt": until}), zone)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let id = answer.json()["data"]["id"].as_str().unwrap().parse().unwrap();
    let window = fixture.ledger.find(id).unwrap().unwrap().order.request.as_ref().unwrap().query.window;
    (window.from.to_string(), window.until.to_string())
}

fn sent(filters: Value, zone: &str) -> Value {
    json!({"data": {
        "type": "cdr-exports",
        "attributes": {"filters": filters, "time-zone-name": zone},
        "relationships": {"account": {"data": {"type": "accounts", "id": uuid_of(A1)}}},
    }})
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_zone_shifts_the_window_to_its_local_time() {
    for (zone, from, until, expected) in [
        ("", "2019-01-01", "2019-01-02", ("2019-01-01T00:00:00.000000Z", "2019-01-02T00:00:00.000000Z")),
        ("Europe/Kyiv", "2019-01-01", "2019-01-02", ("2018-12-31T22:00:00.000000Z", "2019-01-01T22:00:00.000000Z")),
        // A bound with an offset is converted to UTC first. Its digits in UTC are then read in the zone.
        (
            "Europe/Kyiv",
            "2019-01-01T00:00:00+02:00",
            "2019-01-02T00:00:00+02:00",
            ("2018-12-31T20:00:00.000000Z", "2019-01-01T20:00:00.000000Z"),
        ),
        // 03:00 to 04:00 is skipped: an hour later. 03:00 to 04:00 is repeated: the second time.
        (
            "Europe/Kyiv",
            "2019-03-31 03:30:00",
            "2019-10-27 03:30:00",
            ("2019-03-31T01:30:00.000000Z", "2019-10-27T01:30:00.000000Z"),
        ),
        ("Asia/Kolkata", "2019-01-01", "2019-01-02", ("2018-12-31T18:30:00.000000Z", "2019-01-01T18:30:00.000000Z")),
    ] {
        let (begins, ends) = window(from, until, zone).await;
        assert_eq!((begins.as_str(), ends.as_str()), expected, "{zone} {from}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_file_has_the_calls_of_the_account_in_the_window_newest_first() {
    let calls = vec![
        call(A1, "2018-12-31T22:30:00Z"),
        call(A1, "2019-01-01T21:59:59.999999Z"),
        call(A1, "2019-01-01T22:00:00Z"),
        call(A2, "2019-01-01T10:00:00Z"),
    ];
    let fixture = Start { calls, ..Start::default() }.fixture();
    let filters = json!({"time_start_gteq": "2019-01-01", "time_start_lt": "2019-01-02"});
    let answer = fixture.post("/cdr-exports", &sent(filters, "Europe/Kyiv")).await;
    fixture.work();
    let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    let mut file = cdr_mediation::Spool::open(&fixture.spool, &key).unwrap();
    let job = fixture.ledger.find(id.parse().unwrap()).unwrap().unwrap();
    assert_eq!(job.rows, Some(2));
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    let downloaded = fixture.get(&format!("/cdr-exports/{id}/download")).await;
    assert!(downloaded.body == bytes);
    assert_eq!(downloaded.body[..2], [0x1f, 0x8b], "gzip");
    assert_eq!(fixture.get(&format!("/cdr-exports/{id}")).await.json()["data"]["attributes"]["rows-count"], 2);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_unanswered_call_has_the_duration_0_in_files_and_documents() {
    let answered = Cdr { talk_us: Some(61_900_000), ..call(A1, "2019-01-01T10:00:00Z") };
    let fixture = Start { calls: vec![call(A1, "2019-01-01T11:00:00Z"), answered], ..Start::default() }.fixture();
    let filters = json!({"time_start_gteq": "2019-01-01", "time_start_lt": "2019-01-02", "duration_gteq": 0});
    let answer = fixture.post("/cdr-exports", &sent(filters, "")).await;
    fixture.work();
    let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
    let file = fixture.get(&format!("/cdr-exports/{id}/download")).await;
    let text = std::io::read_to_string(flate2::read::GzDecoder::new(&*file.body)).unwrap();
    let durations: Vec<&str> = text.lines().map(|line| line.split(',').nth(4).unwrap()).collect();
    assert_eq!(durations, ["Duration", "\"0\"", "\"61\""]);
    let listed = fixture.get("/cdrs?filter[time_start_gteq]=2019-01-01&fields[cdrs]=duration").await.json();
    let durations: Vec<&Value> =
        listed["data"].as_array().unwrap().iter().map(|call| &call["attributes"]["duration"]).collect();
    assert_eq!(durations, [&json!(0), &json!(61)]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn durations_count_whole_seconds() {
    let lasting = |talk_us| Cdr { talk_us: Some(talk_us), ..call(A1, "2019-01-01T10:00:00Z") };
    let calls: Vec<Cdr> = [59_999_999, 60_000_000, 60_999_999, 61_000_000].into_iter().map(lasting).collect();
    let nothing = call(A1, "2019-01-01T10:00:00Z");
    for (filters, rows) in [
        (json!({"duration_eq": 60}), 2),
        (json!({"duration_gteq": 60}), 3),
        // One call was not answered: its duration is 0.
        (json!({"duration_lteq": 60}), 4),
        (json!({"duration_gteq": 0}), 5),
        (json!({"duration_gteq": 0, "duration_lteq": 0}), 1),
        (json!({"duration_eq": 0}), 1),
        (json!({"duration_gteq": 1}), 4),
        (json!({"duration_gteq": 0, "duration_lteq": 59}), 2),
        (json!({"duration_gteq": -1}), 5),
        (json!({"duration_lteq": -1}), 0),
        (json!({"duration_eq": -1}), 0),
        (json!({"duration_gteq": 60, "duration_lteq": 60}), 2),
        (json!({"duration_lteq": i64::MAX}), 5),
        (json!({}), 5),
    ] {
        let calls = calls.iter().cloned().chain([nothing.clone()]).collect();
        let fixture = Start { calls, ..Start::default() }.fixture();
        let mut all = json!({"time_start_gteq": "2019-01-01", "time_start_lt": "2019-01-02"});
        all.as_object_mut().unwrap().extend(filters.as_object().unwrap().clone());
        let answer = fixture.post("/cdr-exports", &sent(all, "")).await;
        fixture.work();
        let id = answer.json()["data"]["id"].as_str().unwrap().to_owned();
        let shown = fixture.get(&format!("/cdr-exports/{id}")).await.json();
        assert_eq!(shown["data"]["attributes"]["rows-count"], rows, "{filters}");
    }
}

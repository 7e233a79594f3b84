//! Charts, tested over HTTP.

use cdr_model::{Cdr, Direction};
use serde_json::{Value, json};

use crate::yeti::cdrs::tests::world::{self, OURS, THEIRS, call, uuid};

fn started(account: i64, at: &str) -> Cdr {
    Cdr { started_at: at.parse().unwrap(), ..call(account, 0) }
}

fn order(kind: &str, account: &str, attributes: Value) -> Value {
    json!({ "data": {
        "type": kind,
        "attributes": attributes,
        "relationships": { "account": { "data": { "type": "accounts", "id": account } } },
    } })
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn calls_per_second_in_minutes_with_calls() {
    let many = |count: usize, at: &'static str| (0..count).map(move |_| started(OURS[0], at));
    let noise = [
        Cdr { last_attempt: false, ..started(OURS[0], "2019-01-01T15:34:00Z") },
        started(OURS[0], "2019-01-02T00:00:00.000001Z"),
        started(OURS[0], "2018-12-31T23:59:59Z"),
        started(OURS[1], "2019-01-01T12:00:01Z"),
    ];
    let calls = many(4, "2019-01-01T00:00:00Z").chain(many(2, "2019-01-01T00:00:59Z"));
    let calls = calls.chain(many(12, "2019-01-01T23:59:59Z")).chain(many(60, "2019-01-02T00:00:00Z"));
    let world = world::of(calls.chain(noise));
    let span = json!({ "from-time": "2019-01-01 00:00:00", "to-time": "2019-01-02 00:00:00" });
    let answer = world.post("/chart-originated-cps", &order("chart-originated-cps", &uuid(OURS[0]), span)).await;
    assert_eq!((answer.status, answer.header("Content-Type")), (201, "application/vnd.api+json"));
    let data = &answer.json()["data"];
    assert_eq!(
        data["attributes"],
        json!({
            "from-time": "2019-01-01T00:00:00.000Z",
            "to-time": "2019-01-02T00:00:00.000Z",
            "cps": [
                { "y": "0.1", "x": "2019-01-01T00:00:00.000Z" },
                { "y": "0.2", "x": "2019-01-01T23:59:00.000Z" },
                { "y": "1.0", "x": "2019-01-02T00:00:00.000Z" },
            ],
        })
    );
    assert_eq!(data["type"], "chart-originated-cps");
    assert_eq!(data["id"].as_str().unwrap().len(), 36);
    assert!(data["relationships"]["account"]["links"]["related"].is_string());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn concurrent_calls_at_every_minute() {
    let lasting = |start: &str, end: &str| Cdr { ended_at: Some(end.parse().unwrap()), ..started(OURS[0], start) };
    let world = world::of([
        lasting("2018-12-31T20:00:00Z", "2019-01-01T00:01:30Z"),
        lasting("2019-01-01T00:00:30Z", "2019-01-01T00:02:00Z"),
        // Ends before the next minute begins.
        lasting("2019-01-01T00:01:10Z", "2019-01-01T00:01:50Z"),
        // Received by the account; the others are not.
        Cdr { direction: Direction::In, ..lasting("2019-01-01T00:00:20Z", "2019-01-01T00:02:10Z") },
        Cdr { direction: Direction::Out, ..lasting("2019-01-01T00:03:00Z", "2019-01-01T00:04:00Z") },
        Cdr { direction: Direction::Forwarded, ..lasting("2019-01-01T00:03:00Z", "2019-01-01T00:04:00Z") },
        Cdr { account_id: OURS[1], ..lasting("2019-01-01T00:00:00Z", "2019-01-01T01:00:00Z") },
        Cdr { last_attempt: false, ..lasting("2019-01-01T00:00:00Z", "2019-01-01T01:00:00Z") },
    ]);
    let span = json!({ "from-time": "2019-01-01T00:00:00Z", "to-time": "2019-01-01T00:03:00Z" });
    let answer = world.post("/chart-active-calls/", &order("chart-active-calls", &uuid(OURS[0]), span)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let attributes = &answer.json()["data"]["attributes"];
    let points: Vec<_> = attributes["originated-calls"].as_array().unwrap().iter().map(|it| it["y"].clone()).collect();
    assert_eq!(points, [1, 2, 0, 2]);
    assert_eq!(attributes["originated-calls"][1], json!({ "y": 2, "x": "2019-01-01T00:01:00.000Z" }));
    let point = |y: i64, minute: i64| json!({ "y": y, "x": format!("2019-01-01T00:0{minute}:00.000Z") });
    assert_eq!(attributes["terminated-calls"], json!([point(0, 0), point(1, 1), point(1, 2), point(0, 3)]));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_chart_covers_the_last_24_hours_by_default() {
    let world = world::of([call(OURS[0], 24 * 60), call(OURS[0], 24 * 60 + 1), call(OURS[0], 0)]);
    let answer = world.post("/chart-originated-cps", &order("chart-originated-cps", &uuid(OURS[0]), json!({}))).await;
    let attributes = &answer.json()["data"]["attributes"];
    assert_eq!(attributes["from-time"], "2026-11-24T12:00:00.000Z");
    assert_eq!(attributes["to-time"], "2026-11-25T12:00:00.000Z");
    assert_eq!(attributes["cps"].as_array().unwrap().len(), 2);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn problems_of_a_chart_are_reported() {
    let world = world::of([]);
    for kind in ["chart-active-calls", "chart-originated-cps"] {
        let path = format!("/{kind}");
        for account in [uuid(THEIRS), uuid(99)] {
            let answer = world.post(&path, &order(kind, &account, json!({}))).await;
            assert_eq!((answer.status, answer.details()), (422, vec!["account - can't be blank".to_owned()]));
            assert_eq!(answer.json()["errors"][0]["source"]["pointer"], "/data/relationships/account");
        }
        let none = json!({ "data": { "type": kind, "attributes": { "from-time": "soon" } } });
        let answer = world.post(&path, &none).await;
        assert_eq!(answer.details(), ["from-time - is not a valid time", "account - can't be blank"]);
        let long = json!({ "from-time": "2026-01-01", "to-time": "2026-02-02" });
        let answer = world.post(&path, &order(kind, &uuid(OURS[0]), long)).await;
        assert_eq!(answer.details(), ["to-time - must be at most 31 days after from-time"]);
        let backwards = json!({ "from-time": "2026-01-02", "to-time": "2026-01-01" });
        let answer = world.post(&path, &order(kind, &uuid(OURS[0]), backwards.clone())).await;
        assert_eq!((answer.status, answer.details()), (422, vec!["from_time must be greater than to_time".to_owned()]));
        assert_eq!(answer.json()["errors"][0]["source"]["pointer"], "/data");
        let both = ["account - can't be blank", "from_time must be greater than to_time"];
        assert_eq!(world.post(&path, &order(kind, &uuid(THEIRS), backwards)).await.details(), both);
        let more = json!({ "originated-calls": [] });
        let answer = world.post(&path, &order(kind, &uuid(OURS[0]), more)).await;
        assert_eq!((answer.status, answer.details()), (400, vec!["originated-calls is not allowed.".to_owned()]));
        assert_eq!(world.get(&path).await.status, 404, "it cannot be listed");
    }
}

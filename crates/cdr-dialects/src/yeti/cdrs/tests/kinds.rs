//! Records other than calls are in no list, no count and no chart.

use cdr_model::{Cdr, RecordKind};
use serde_json::json;

use super::world::{self, OURS, call, uuid};

/// A record of each kind, the call first.
pub(crate) fn every_kind() -> impl Iterator<Item = Cdr> {
    RecordKind::ALL.into_iter().map(|kind| Cdr { kind, success: true, ..call(OURS[0], 5) })
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn lists_and_their_totals_have_only_calls() {
    let world = world::of(every_kind());
    for path in ["/cdrs", "/cdrs?sort=duration", "/cdrs?filter[duration_eq]=0", "/cdrs?filter[success_eq]=true"] {
        let answer = world.get(path).await;
        assert!(answer.numbers().iter().all(|id| *id == 1), "{path}");
        assert!(answer.json()["meta"]["total-count"].as_u64() <= Some(1), "{path}");
    }
    assert_eq!(world.numbers("/cdrs").await, [1]);
    assert_eq!(world.get("/cdrs/1").await.status, 200);
    assert_eq!(world.get("/cdrs/2").await.status, 404);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn charts_count_only_calls() {
    let world = world::of(every_kind());
    let document = |kind: &str| {
        json!({ "data": {
            "type": kind,
            "attributes": { "from-time": "2026-11-25 11:55:00", "to-time": "2026-11-25 11:56:00" },
            "relationships": { "account": { "data": { "type": "accounts", "id": uuid(OURS[0]) } } },
        } })
    };
    let answer = world.post("/chart-originated-cps", &document("chart-originated-cps")).await;
    let one_a_minute = json!([{ "y": "0.017", "x": "2026-11-25T11:55:00.000Z" }]);
    assert_eq!(answer.json()["data"]["attributes"]["cps"], one_a_minute);
    let answer = world.post("/chart-active-calls", &document("chart-active-calls")).await;
    let at_once = &answer.json()["data"]["attributes"]["originated-calls"];
    assert!(at_once.as_array().unwrap().iter().all(|point| point["y"].as_i64() <= Some(1)), "{at_once}");
}

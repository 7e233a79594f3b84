//! The contents of files, and their download.

use actix_web::http::Method;
use cdr_export::{Receipt, TimeStyle};
use cdr_mediation::JobState;
use cdr_model::{Cdr, RecordKind};
use serde_json::json;

use super::{ask, at, created, filters, get, job, lines};
use crate::yeti::YetiOptions;
use crate::yeti::admin::columns::KEPT;
use crate::yeti::cdrs::tests::world::{self, OURS, THEIRS};
use crate::yeti::tests::support::Answer;

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i04_i05_i06_i08_i28_i29_i30_the_file_of_an_export() {
    let world = world::of([at(OURS[0], "2018-02-01T10:00:00Z")]);
    let number = created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    let path = format!("/{number}/download");
    let nothing = |answer: Answer| {
        assert_eq!((answer.status, answer.body.len()), (404, 0));
        assert_eq!((answer.header("X-Accel-Redirect"), answer.header("Content-Disposition")), ("", ""));
    };
    nothing(get(&world, &path).await);
    world.work();
    let file = get(&world, &path).await;
    assert_eq!((file.status, file.header("Content-Type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.header("Content-Disposition"), format!("attachment; filename=\"{number}.csv.gz\""));
    assert_eq!(lines(&world, number).await, ["ID", "\"1\""]);
    let receipt = get(&world, &format!("/{number}/receipt")).await;
    let whole = Receipt::from_text(receipt.text()).unwrap();
    cdr_export::verify(std::io::Cursor::new(&file.body), &whole).unwrap();
    assert_eq!(whole.file.name, format!("{number}.csv.gz"));
    assert!(file.header("Link").ends_with(&format!("/admin/cdr-exports/{number}/receipt>; rel=\"describedby\"")));

    let withdrawn = ask(&world, Method::DELETE, &format!("/{number}"), None).await;
    assert_eq!((withdrawn.status, withdrawn.body.len()), (204, 0));
    nothing(get(&world, &path).await);
    nothing(get(&world, &format!("/{number}/receipt")).await);
    let answer = get(&world, "").await;
    assert_eq!(answer.json()["data"][0]["attributes"]["status"], "Deleted");
    assert!(matches!(job(&world, number).state, JobState::Withdrawn));
    assert_eq!(ask(&world, Method::DELETE, &format!("/{number}"), None).await.status, 204, "a second time");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn files_have_only_calls() {
    let kinds = RecordKind::ALL.into_iter().map(|kind| Cdr { kind, ..at(OURS[0], "2018-02-01T10:00:00Z") });
    let world = world::of(kinds);
    let number = created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    world.work();
    assert_eq!(lines(&world, number).await, ["ID", "\"1\""]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i04_a_configured_proxy_sends_the_file() {
    let options = YetiOptions { x_accel: Some("/x-redirect/cdr_export".to_owned()), ..YetiOptions::default() };
    let world = world::with([], |_| (), options);
    let number = created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    world.work();
    let JobState::Completed(finished) = job(&world, number).state else { panic!("the export is not completed") };
    let answer = get(&world, &format!("/{number}/download")).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("X-Accel-Redirect"), format!("/x-redirect/cdr_export/{}", finished.file));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn h09_h11_h20_columns_as_ordered_both_bounds_newest_first() {
    let world = world::of([
        at(OURS[0], "2018-01-01T00:00:00Z"),
        at(THEIRS, "2018-03-01T00:00:00Z"),
        at(OURS[0], "2018-03-01T00:00:00.001Z"),
        at(OURS[0], "2017-12-31T23:59:59.999999Z"),
        Cdr { last_attempt: false, success: true, ..at(OURS[0], "2018-02-01T10:00:00.5Z") },
    ]);
    let fields = json!(["success", "id", "time_start", "customer_acc_id", "is_last_cdr"]);
    let number = created(&world, json!({ "fields": fields, "filters": filters(json!({})) })).await;
    let until = json!({ "time_start_gteq": "2018-01-01", "time_start_lt": "2018-03-01", "success_eq": "true" });
    let exclusive = created(&world, json!({ "fields": ["id"], "filters": until })).await;
    world.work();
    assert_eq!(
        lines(&world, number).await,
        [
            "Success,ID,Time Start,Customer Acc,Is Last Cdr",
            "\"f\",\"2\",\"2018-03-01 00:00:00+00\",\"21\",\"t\"",
            "\"t\",\"5\",\"2018-02-01 10:00:00.5+00\",\"11\",\"f\"",
            "\"f\",\"1\",\"2018-01-01 00:00:00+00\",\"11\",\"t\"",
        ]
    );
    assert_eq!(lines(&world, exclusive).await, ["ID", "\"5\""]);
    assert_eq!(job(&world, number).order.request.as_ref().unwrap().spec.layout.styles.times, TimeStyle::PgZoned);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn h05_every_supported_column_can_be_ordered() {
    let world = world::of([at(OURS[0], "2018-02-01T10:00:00Z")]);
    let names: Vec<&str> = KEPT.iter().map(|(name, _)| *name).collect();
    let number = created(&world, json!({ "fields": names, "filters": filters(json!({})) })).await;
    world.work();
    let lines = lines(&world, number).await;
    assert_eq!((lines.len(), lines[0].split(',').count()), (2, KEPT.len()));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn h14_h15_h16_all_filters_apply_together() {
    let calls = [("49301", Some(60_900_000)), ("49x302", Some(61_000_000)), ("4915", None)].map(|(called, talk_us)| {
        let mut call = Cdr { talk_us, called: Some(called.to_owned()), ..at(OURS[0], "2018-02-01T10:00:00Z") };
        call.details.called_routed = Some(format!("00{called}X"));
        call
    });
    let theirs = Cdr { success: true, last_attempt: false, ..at(THEIRS, "2018-02-01T10:00:00Z") };
    let world = world::of(calls.into_iter().chain([theirs]));
    let cases = [
        (json!({ "duration_eq": 60 }), &[1][..]),
        (json!({ "duration_gteq": "61" }), &[2]),
        (json!({ "duration_lteq": 60 }), &[4, 3, 1]),
        (json!({ "duration_gteq": 0 }), &[4, 3, 2, 1]),
        (json!({ "duration_eq": 0 }), &[4, 3]),
        (json!({ "success_eq": true }), &[4]),
        (json!({ "success_eq": false }), &[3, 2, 1]),
        (json!({ "is_last_cdr_eq": false }), &[4]),
        (json!({ "customer_id_eq": 2 }), &[4]),
        (json!({ "customer_external_id_eq": 200 }), &[4]),
        (json!({ "customer_external_id_eq": 7 }), &[]),
        (json!({ "customer_acc_id_eq": OURS[0] }), &[3, 2, 1]),
        (json!({ "customer_acc_external_id_eq": THEIRS * 100 }), &[4]),
        (json!({ "dst_prefix_in_contains": "X3" }), &[2]),
        (json!({ "dst_prefix_in_eq": " 4915 " }), &[3]),
        (json!({ "dst_prefix_in_in": "4915, \n49301,," }), &[3, 1]),
        (json!({ "dst_prefix_in_in": ["4915", " "] }), &[3]),
        (json!({ "dst_prefix_in_in": " , ", "dst_prefix_in_eq": "" }), &[4, 3, 2, 1]),
        (json!({ "dst_prefix_routing_contains": "5x" }), &[3]),
        (json!({ "dst_prefix_routing_in": ["0049301X"] }), &[1]),
        (json!({ "dst_prefix_in_contains": "49", "duration_gteq": 1, "dst_prefix_routing_eq": "0049301X" }), &[1]),
    ];
    for (more, expected) in cases {
        let number = created(&world, json!({ "fields": ["id"], "filters": filters(more.clone()) })).await;
        world.work();
        let ids: Vec<i64> =
            lines(&world, number).await[1..].iter().map(|line| line.trim_matches('"').parse().unwrap()).collect();
        assert_eq!(ids, expected, "{more}");
    }
}

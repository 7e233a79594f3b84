//! Accepted and rejected orders.

use serde_json::{Value, json};

use super::{create, filters, get, job};
use crate::yeti::cdrs::tests::world;

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i12_to_i17_i21_to_i23_orders_are_echoed_and_entered() {
    for (until, callback) in [("time_start_lteq", None), ("time_start_lt", Some("https://test.example.com/qwe"))] {
        let world = world::of([]);
        let filters = json!({ "time_start_gteq": "2018-01-01T00:00:00.000Z", until: "2018-03-01T00:00:00.000Z" });
        let mut attributes = json!({ "fields": ["id"], "filters": filters, "export-type": "Base" });
        attributes["callback-url"] = json!(callback);
        let answer = create(&world, attributes.clone()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let document = answer.json();
        assert_eq!(answer.header("Location"), document["data"]["links"]["self"]);
        let mut found = document["data"]["attributes"].clone();
        let found = found.as_object_mut().unwrap();
        assert_eq!(found.remove("status"), Some("Pending".into()));
        assert!(found.remove("created-at").is_some());
        assert_eq!(Value::from(found.clone()), attributes);
        let job = job(&world, 1);
        assert_eq!((job.order.callback.as_deref(), job.order.account_id), (callback, None));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i18_to_i20_i26_i27_countries_are_not_supported() {
    let world = world::of([]);
    // An invalid country is reported alone, before anything else is checked.
    let attributes = json!({ "fields": [], "filters": { "dst_country_iso_eq": "invalid" } });
    let answer = create(&world, attributes).await;
    assert_eq!(
        (answer.status, answer.details()),
        (400, vec!["invalid is not a valid value for dst_country_iso_eq.".to_owned()])
    );
    for side in ["src", "dst"] {
        let key = format!("{side}_country_iso_eq");
        let attributes = |code: &str| json!({ "fields": ["id"], "filters": filters(json!({ &key: code })) });
        let answer = create(&world, attributes("invalid")).await;
        assert_eq!((answer.status, answer.details()), (400, vec![format!("invalid is not a valid value for {key}.")]));
        let answer = create(&world, attributes("UA")).await;
        assert_eq!((answer.status, answer.details()), (422, vec![format!("filters - {key} not allowed")]));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i24_i25_all_problems_of_an_order_are_reported_together() {
    let world = world::of([]);
    let fine = json!({ "fields": ["id"], "filters": filters(json!({})) });
    let with = |name: &str, value: Value| {
        let mut attributes = fine.clone();
        attributes[name] = value;
        attributes
    };
    for (attributes, expected) in [
        (
            with("filters", filters(json!({ "unknown-filter": 1, "foo": 2 }))),
            &["filters - unknown-filter, foo not allowed"][..],
        ),
        (
            with("filters", filters(json!({ "vendor_id_eq": 1, "routing_tag_ids_empty": true, "foo": 2 }))),
            &["filters - foo not allowed", "filters - vendor_id_eq, routing_tag_ids_empty not allowed"],
        ),
        (with("fields", json!(["unknown_field"])), &["fields - unknown_field not allowed"]),
        (with("fields", json!(["id", "qwe", "asd"])), &["fields - qwe, asd not allowed"]),
        (
            with("fields", json!(["id", "vendor_price", "src_country_name"])),
            &["fields - vendor_price, src_country_name not allowed"],
        ),
        (with("fields", json!(["id", "success", "id"])), &["fields - id given twice"]),
        (with("fields", json!([])), &["fields - can't be blank"]),
        (with("filters", json!({ "time_start_lt": "2018-01-01" })), &["filters - requires time_start_gteq"]),
        (with("filters", json!({ "time_start_gteq": "2018-01-01" })), &["filters - requires time_start_lteq"]),
        (with("callback-url", json!("ftp://example.com")), &["callback-url - is not an http or https address"]),
        (with("callback-url", json!("notify")), &["callback-url - is not an http or https address"]),
        (with("export-type", json!("Other")), &["export-type - is not included in the list"]),
        (json!({}), &["fields - can't be blank", "filters - can't be blank"]),
    ] {
        let answer = create(&world, attributes.clone()).await;
        assert_eq!(
            (answer.status, answer.details()),
            (422, expected.iter().map(|it| (*it).to_owned()).collect()),
            "{attributes}"
        );
    }
    let answer = create(&world, with("time-format", json!("round_to_seconds"))).await;
    assert_eq!((answer.status, answer.details()), (400, vec!["time-format is not allowed.".to_owned()]));
    assert_eq!(get(&world, "").await.json()["meta"], json!({ "total-count": 0 }), "nothing was ordered");
}

//! Exports for administrators, over the routes: the original's cases I01 to I31, as far as they make sense here.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use cdr_export::TimeStyle;
use cdr_mediation::{Caller, ExportJob, JobState};
use cdr_model::Cdr;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use super::columns::KEPT;
use crate::yeti::YetiOptions;
use crate::yeti::cdrs::tests::world::{Answer, OURS, PASSWORD, THEIRS, World, call, uuid};
use crate::yeti::token::Audience;

const EXPORTS: &str = "/api/rest/admin/cdr-exports";

fn token(world: &World) -> String {
    world.yeti.0.tokens.issue("admin", Audience::Administrators, None)
}

async fn ask(world: &World, method: Method, path: &str, document: Option<Value>) -> Answer {
    let request = TestRequest::with_uri(&format!("{EXPORTS}{path}")).method(method);
    let request = request.insert_header(("Authorization", token(world)));
    world
        .ask(match document {
            None => request,
            Some(document) => {
                request.insert_header(("Content-Type", "application/vnd.api+json")).set_payload(document.to_string())
            }
        })
        .await
}

async fn get(world: &World, path: &str) -> Answer {
    ask(world, Method::GET, path, None).await
}

fn order(attributes: Value) -> Value {
    json!({ "data": { "type": "cdr-exports", "attributes": attributes } })
}

async fn create(world: &World, attributes: Value) -> Answer {
    ask(world, Method::POST, "", Some(order(attributes))).await
}

/// Of these filters, over two months.
fn filters(more: Value) -> Value {
    let mut filters = json!({ "time_start_gteq": "2018-01-01", "time_start_lteq": "2018-03-01" });
    filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    filters
}

async fn created(world: &World, attributes: Value) -> i64 {
    let answer = create(world, attributes).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["data"]["id"].as_str().unwrap().parse().unwrap()
}

fn job(world: &World, number: i64) -> ExportJob {
    world.mediation.export_numbered(&Caller::everything("test"), number).unwrap().unwrap()
}

/// The lines of the file of an export.
async fn lines(world: &World, number: i64) -> Vec<String> {
    let file = get(world, &format!("/{number}/download")).await;
    assert_eq!(file.status, 200, "{file:?}");
    let text = std::io::read_to_string(GzDecoder::new(&*file.body)).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn at(account: i64, started_at: &str) -> Cdr {
    Cdr { started_at: started_at.parse().unwrap(), ..call(account, 0) }
}

#[actix_web::test]
async fn i01_i02_all_exports_are_listed_those_of_customers_too() {
    let world = World::of([]);
    created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    let ours = json!({ "data": {
        "type": "cdr-exports",
        "attributes": { "filters": { "time_start_gteq": "2018-01-01", "time_start_lt": "2018-03-01" } },
        "relationships": { "account": { "data": { "type": "accounts", "id": uuid(OURS[1]) } } },
    } });
    assert_eq!(world.post("/cdr-exports", ours).await.status, 201);
    created(&world, json!({ "fields": ["success"], "filters": filters(json!({})) })).await;

    let answer = get(&world, "").await;
    assert_eq!((answer.status, answer.ids()), (200, vec![1, 2, 3]));
    let document = answer.json();
    let links: Vec<&String> = document["links"].as_object().unwrap().keys().collect();
    assert_eq!(links, ["first", "last"]);
    assert_eq!(document["meta"], json!({ "total-count": 3 }));
    let theirs = &document["data"][1]["attributes"];
    assert_eq!(theirs["fields"].as_array().unwrap().len(), 29);
    assert_eq!(theirs["filters"]["customer_acc_id_eq"], OURS[1]);
    // What an administrator ordered is none of the customer's.
    assert_eq!(world.get("/cdr-exports").await.json()["meta"], json!({ "total-count": 1 }));

    for (query, expected) in [
        ("?sort=-id", &[3, 2, 1][..]),
        ("?page[size]=2", &[1, 2]),
        ("?page[size]=2&page[number]=2", &[3]),
        ("?sort=-id&page[size]=2&page[number]=2", &[1]),
        ("?filter[id_in]=1,3", &[1, 3]),
        ("?filter[status_eq]=Failed", &[]),
        ("?filter[status_eq]=Pending&sort=status", &[1, 2, 3]),
    ] {
        assert_eq!(get(&world, query).await.ids(), expected, "{query}");
    }
}

#[actix_web::test]
async fn i03_one_export() {
    let world = World::of([]);
    let callback = "https://api.example.org/";
    let attributes = json!({ "fields": ["success", "id"], "filters": filters(json!({})), "callback-url": callback });
    let number = created(&world, attributes).await;
    let document = get(&world, &format!("/{number}")).await.json();
    let data = &document["data"];
    assert_eq!(
        data["attributes"],
        json!({
            "fields": ["success", "id"],
            "filters": {
                "time_start_gteq": "2018-01-01T00:00:00.000Z",
                "time_start_lteq": "2018-03-01T00:00:00.000Z",
            },
            "callback-url": callback,
            "export-type": "Base",
            "status": "Pending",
            "created-at": "2026-11-25T12:00:00.000Z",
        })
    );
    assert!(data.get("relationships").is_none());
    assert_eq!(data["links"]["self"], format!("http://yeti.example{EXPORTS}/{number}"));
}

#[actix_web::test]
async fn i04_i05_i06_i08_i28_i29_i30_the_file_of_an_export() {
    let world = World::of([at(OURS[0], "2018-02-01T10:00:00Z")]);
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

    let withdrawn = ask(&world, Method::DELETE, &format!("/{number}"), None).await;
    assert_eq!((withdrawn.status, withdrawn.body.len()), (204, 0));
    nothing(get(&world, &path).await);
    let answer = get(&world, "").await;
    assert_eq!(answer.json()["data"][0]["attributes"]["status"], "Deleted");
    assert!(matches!(job(&world, number).state, JobState::Withdrawn));
    assert_eq!(ask(&world, Method::DELETE, &format!("/{number}"), None).await.status, 204, "once more");
}

#[actix_web::test]
async fn i04_a_proxy_sends_the_file_where_one_is_set_up() {
    let options = YetiOptions { x_accel: Some("/x-redirect/cdr_export".to_owned()), ..YetiOptions::default() };
    let world = World::with([], |_| (), options);
    let number = created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    world.work();
    let JobState::Completed(finished) = job(&world, number).state else { panic!("it is whole") };
    let answer = get(&world, &format!("/{number}/download")).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    assert_eq!(answer.header("X-Accel-Redirect"), format!("/x-redirect/cdr_export/{}", finished.file));
}

#[actix_web::test]
async fn i11_i31_who_may_do_any_of_it() {
    let world = World::of([]);
    let attributes = json!({ "fields": ["id"], "filters": filters(json!({})) });
    let number = created(&world, attributes.clone()).await;
    let tokens = &world.yeti.0.tokens;
    let now = world.yeti.0.second();
    let good = tokens.issue("admin", Audience::Administrators, Some(now + 1));
    let bad = [
        String::new(),
        "invalid".to_owned(),
        tokens.issue("admin", Audience::Administrators, Some(now)),
        tokens.issue("admin", Audience::Customers, None),
        tokens.issue(1, Audience::Administrators, None),
        world.token(),
    ];
    let one = format!("/{number}");
    let download = format!("/{number}/download");
    let methods = [
        (Method::GET, "", 200),
        (Method::POST, "", 201),
        (Method::GET, one.as_str(), 200),
        (Method::GET, download.as_str(), 404),
        (Method::DELETE, one.as_str(), 204),
    ];
    for (method, path, expected) in methods {
        let request = |query: &str| {
            let request = TestRequest::with_uri(&format!("{EXPORTS}{path}{query}")).method(method.clone());
            let request = request.insert_header(("Content-Type", "application/vnd.api+json"));
            request.set_payload(order(attributes.clone()).to_string())
        };
        for token in &bad {
            for request in
                [request("").insert_header(("Authorization", token.as_str())), request(&format!("?token={token}"))]
            {
                let answer = world.ask(request).await;
                assert_eq!((answer.status, answer.body.len()), (401, 0), "{method} {path} {token}");
            }
        }
        for request in [
            request("").insert_header(("Authorization", good.as_str())),
            request("").insert_header(("Authorization", format!("Bearer {good}"))),
            request(&format!("?token={good}")),
        ] {
            assert_eq!(world.ask(request).await.status, expected, "{method} {path}");
        }
    }
    // An administrator's token is no customer's.
    let request = TestRequest::with_uri("/api/rest/customer/v1/accounts");
    assert_eq!(world.ask(request.insert_header(("Authorization", good))).await.status, 401);
}

#[actix_web::test]
async fn only_administrators_get_a_token() {
    let world = World::of([]);
    let sign_in = async |name: &str, password: &str| {
        let body = json!({ "auth": { "username": name, "password": password } });
        let request = TestRequest::post().uri("/api/rest/admin/auth");
        world.ask(request.insert_header(("Content-Type", "application/json")).set_payload(body.to_string())).await
    };
    let answer = sign_in("admin", PASSWORD).await;
    assert_eq!((answer.status, answer.header("Cache-Control")), (201, "no-store"));
    let token = answer.json()["jwt"].as_str().unwrap().to_owned();
    let request = TestRequest::with_uri(EXPORTS).insert_header(("Authorization", token));
    assert_eq!(world.ask(request).await.status, 200);
    for (name, password) in [("admin", "a wrong password"), ("nobody", PASSWORD), ("auditor", PASSWORD), ("", "")] {
        let answer = sign_in(name, password).await;
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{name}");
    }
    let request = TestRequest::post().uri("/api/rest/admin/auth").set_payload("{}");
    assert_eq!(world.ask(request).await.status, 400);
}

#[actix_web::test]
async fn i12_to_i17_i21_to_i23_what_was_ordered_is_repeated_and_entered() {
    for (until, callback) in [("time_start_lteq", None), ("time_start_lt", Some("https://test.example.com/qwe"))] {
        let world = World::of([]);
        let filters = json!({ "time_start_gteq": "2018-01-01T00:00:00.000Z", until: "2018-03-01T00:00:00.000Z" });
        let mut attributes = json!({ "fields": ["id"], "filters": filters, "export-type": "Base" });
        attributes["callback-url"] = json!(callback);
        let answer = create(&world, attributes.clone()).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let document = answer.json();
        assert_eq!(answer.header("Location"), document["data"]["links"]["self"]);
        let mut said = document["data"]["attributes"].clone();
        let said = said.as_object_mut().unwrap();
        assert_eq!(said.remove("status"), Some("Pending".into()));
        assert!(said.remove("created-at").is_some());
        assert_eq!(Value::from(said.clone()), attributes);
        let job = job(&world, 1);
        assert_eq!((job.order.callback.as_deref(), job.order.account_id), (callback, None));
    }
}

#[actix_web::test]
async fn i18_to_i20_i26_i27_countries_are_not_kept_here() {
    let world = World::of([]);
    for side in ["src", "dst"] {
        let key = format!("{side}_country_iso_eq");
        let attributes = |code: &str| json!({ "fields": ["id"], "filters": filters(json!({ &key: code })) });
        let answer = create(&world, attributes("invalid")).await;
        assert_eq!((answer.status, answer.details()), (400, vec![format!("invalid is not a valid value for {key}.")]));
        let answer = create(&world, attributes("UA")).await;
        assert_eq!((answer.status, answer.details()), (422, vec![format!("filters - {key} not allowed")]));
    }
}

#[actix_web::test]
async fn i24_i25_what_is_wrong_with_an_order_is_told_at_once() {
    let world = World::of([]);
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

#[actix_web::test]
async fn h09_h11_h20_columns_as_ordered_both_bounds_newest_first() {
    let world = World::of([
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
    assert_eq!(job(&world, number).order.request.plan.layout.styles.times, TimeStyle::PgZoned);
}

#[actix_web::test]
async fn h05_every_column_that_is_kept_can_be_had() {
    let world = World::of([at(OURS[0], "2018-02-01T10:00:00Z")]);
    let names: Vec<&str> = KEPT.iter().map(|(name, _)| *name).collect();
    let number = created(&world, json!({ "fields": names, "filters": filters(json!({})) })).await;
    world.work();
    let lines = lines(&world, number).await;
    assert_eq!((lines.len(), lines[0].split(',').count()), (2, KEPT.len()));
}

#[actix_web::test]
async fn h14_h15_h16_filters_narrow_and_are_all_to_hold() {
    let calls = [("49301", Some(60_900_000)), ("49x302", Some(61_000_000)), ("4915", None)].map(|(called, talk_us)| {
        let mut call = Cdr { talk_us, called: Some(called.to_owned()), ..at(OURS[0], "2018-02-01T10:00:00Z") };
        call.details.called_routed = Some(format!("00{called}X"));
        call
    });
    let theirs = Cdr { success: true, last_attempt: false, ..at(THEIRS, "2018-02-01T10:00:00Z") };
    let world = World::of(calls.into_iter().chain([theirs]));
    let cases = [
        (json!({ "duration_eq": 60 }), &[1][..]),
        (json!({ "duration_gteq": "61" }), &[2]),
        (json!({ "duration_lteq": 60 }), &[1]),
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

#[actix_web::test]
async fn exports_are_known_by_their_numbers_alone() {
    let world = World::of([]);
    created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    let id = job(&world, 1).id;
    for (method, below) in [(Method::GET, ""), (Method::GET, "/download"), (Method::DELETE, "")] {
        let answer = ask(&world, method.clone(), &format!("/2{below}"), None).await;
        assert_eq!(
            (answer.status, answer.details()),
            (404, vec!["The record identified by 2 could not be found.".to_owned()])
        );
        let answer = ask(&world, method, &format!("/{id}{below}"), None).await;
        assert_eq!((answer.status, answer.json()["errors"][0]["code"].as_str()), (400, Some("103")));
    }
    let patched = ask(&world, Method::PATCH, "/1", Some(order(json!({ "fields": ["success"] })))).await;
    assert_eq!(patched.status, 404);
}

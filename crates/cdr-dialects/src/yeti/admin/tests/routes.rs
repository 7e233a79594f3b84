//! Permissions and lists.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use cdr_access::{Role, User, Users};
use cdr_mediation::JobState;
use serde_json::{Value, json};

use super::{EXPORTS, ask, created, filters, get, job, order};
use crate::yeti::YetiOptions;
use crate::yeti::cdrs::tests::world::{self, OURS, uuid};
use crate::yeti::tests::support::PASSWORD;
use crate::yeti::token::Audience;

/// The order of a customer.
fn ours() -> Value {
    json!({ "data": {
        "type": "cdr-exports",
        "attributes": { "filters": { "time_start_gteq": "2018-01-01", "time_start_lt": "2018-03-01" } },
        "relationships": { "account": { "data": { "type": "accounts", "id": uuid(OURS[1]) } } },
    } })
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i01_i02_all_exports_are_listed_including_those_of_customers() {
    let world = world::of([]);
    created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    assert_eq!(world.post("/cdr-exports", &ours()).await.status, 201);
    created(&world, json!({ "fields": ["success"], "filters": filters(json!({})) })).await;

    let answer = get(&world, "").await;
    assert_eq!(answer.numbers(), [1, 2, 3]);
    let document = answer.json();
    let links: Vec<&String> = document["links"].as_object().unwrap().keys().collect();
    assert_eq!(links, ["first", "last"]);
    assert_eq!(document["meta"], json!({ "total-count": 3 }));
    let theirs = &document["data"][1]["attributes"];
    assert_eq!(theirs["fields"].as_array().unwrap().len(), 29);
    assert_eq!(theirs["filters"]["customer_acc_id_eq"], OURS[1]);
    assert_eq!(theirs["fields"][0], "time_start");
    // The customer does not see the exports of administrators.
    assert_eq!(world.get("/cdr-exports").await.json()["meta"], json!({ "total-count": 1 }));

    for (query, expected) in [
        ("?sort=-id", &[3, 2, 1][..]),
        ("?page[size]=2", &[1, 2]),
        ("?page[size]=2&page[number]=2", &[3]),
        ("?sort=-id&page[size]=2&page[number]=2", &[1]),
        ("?filter[id_in]=1,3", &[1, 3]),
        ("?filter[id]=3,1", &[1, 3]),
        ("?filter[status_eq]=Failed", &[]),
        ("?filter[status_eq]=Pending&sort=status", &[1, 2, 3]),
    ] {
        assert_eq!(get(&world, query).await.numbers(), expected, "{query}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i03_one_export() {
    let world = world::of([]);
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
    assert_eq!(data["links"]["self"], format!("http://example.org{EXPORTS}/{number}"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn i11_i31_only_administrators_are_accepted() {
    let world = world::of([]);
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
        world.good(),
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
                let answer = world.send(request).await;
                assert_eq!((answer.status, answer.body.len()), (401, 0), "{method} {path} {token}");
            }
        }
        for request in [
            request("").insert_header(("Authorization", good.as_str())),
            request("").insert_header(("Authorization", format!("Bearer {good}"))),
            request(&format!("?token={good}")),
        ] {
            assert_eq!(world.send(request).await.status, expected, "{method} {path}");
        }
    }
    // An administrator's token is not valid for the customer API.
    let request = TestRequest::with_uri("/api/rest/customer/v1/accounts");
    assert_eq!(world.send(request.insert_header(("Authorization", good))).await.status, 401);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn only_administrators_get_a_token() {
    let world = world::of([]);
    let sign_in = async |name: &str, password: &str| {
        let body = json!({ "auth": { "username": name, "password": password } });
        let request = TestRequest::post().uri("/api/rest/admin/auth");
        world.send(request.insert_header(("Content-Type", "application/json")).set_payload(body.to_string())).await
    };
    let answer = sign_in("admin", PASSWORD).await;
    assert_eq!((answer.status, answer.header("Cache-Control")), (201, "no-store"));
    let token = answer.json()["jwt"].as_str().unwrap().to_owned();
    let request = TestRequest::with_uri(EXPORTS).insert_header(("Authorization", token));
    assert_eq!(world.send(request).await.status, 200);
    for (name, password) in [("admin", "a wrong password"), ("nobody", PASSWORD), ("auditor", PASSWORD), ("", "")] {
        let answer = sign_in(name, password).await;
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{name}");
    }
    let request = TestRequest::post().uri("/api/rest/admin/auth").set_payload("{}");
    assert_eq!(world.send(request).await.status, 400);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn former_administrators_are_rejected_immediately() {
    let world = world::of([]);
    let number = created(&world, json!({ "fields": ["id"], "filters": filters(json!({})) })).await;
    let paths = [String::new(), format!("/{number}"), format!("/{number}/download")];
    let administrator = world.users.user("admin").unwrap().unwrap();
    let demoted = User { roles: [Role::Auditor].into(), ..administrator.clone() };
    world.users.change_user(&demoted).unwrap();
    for path in &paths {
        let answer = get(&world, path).await;
        assert_eq!((answer.status, answer.body.len()), (401, 0), "{path}: with another role");
    }
    world.users.remove_user("admin").unwrap();
    for path in &paths {
        assert_eq!(get(&world, path).await.status, 401, "{path}: removed");
    }
    assert_eq!(ask(&world, Method::DELETE, &paths[1], None).await.status, 401);
    assert!(matches!(job(&world, number).state, JobState::Pending), "the export is unchanged");
    world.users.add_user(&administrator).unwrap();
    assert_eq!(get(&world, "").await.status, 200);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn exports_are_identified_only_by_their_numbers() {
    let world = world::of([]);
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

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn hidden_columns_are_not_in_exports_of_customers() {
    let hidden_columns = vec!["time_start".to_owned(), "customer_price".to_owned()];
    let world = world::with([], |_| (), YetiOptions { hidden_columns, ..YetiOptions::default() });
    assert_eq!(world.post("/cdr-exports", &ours()).await.status, 201);
    let shown = get(&world, "/1").await.json();
    let fields = shown["data"]["attributes"]["fields"].as_array().unwrap().clone();
    assert_eq!((fields.len(), &fields[0]), (27, &json!("time_connect")));
}

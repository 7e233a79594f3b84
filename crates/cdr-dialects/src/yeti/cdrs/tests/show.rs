//! One call.

use actix_web::http::Method;
use cdr_model::{Cdr, Rating, Sip, Timestamp};
use serde_json::json;

use super::super::CDR_COLUMNS;
use super::super::attributes::SCHEMA;
use super::world::{self, OURS, THEIRS, call, uuid};
use crate::yeti::YetiOptions;

/// A call with all fields set.
fn full() -> Cdr {
    let text = |text: &str| Some(text.to_owned());
    let started_at: Timestamp = "2026-11-25T10:00:00.123456Z".parse().unwrap();
    let mut call = Cdr {
        started_at,
        connected_at: Some(started_at.plus_micros(2_000_000)),
        ended_at: None,
        success: true,
        talk_us: Some(61_900_000),
        billed_us: Some(120_000_000),
        calling: text("0301"),
        called: text("4915"),
        call_id: text("a@b"),
        release_code: Some(200),
        price: Some("0.0380".parse().unwrap()),
        ..call(OURS[0], 0)
    };
    call.details.called_routed = text("004915");
    call.details.recorded = Some(true);
    call.details.sip = Sip {
        calling_name: text("Quill"),
        release_reason: text("Bye"),
        from_domain: text("from.example"),
        local_tag: text("8-tag"),
        user_agent: text("phone \"1\""),
        peer_ip: Some("2001:db8::1".parse().unwrap()),
        peer_port: Some(5060),
        peer_transport: Some(1),
        ..Sip::default()
    };
    call.details.rating = Some(Box::new(Rating {
        initial_rate: Some("0.0190".parse().unwrap()),
        next_rate: Some("0.019".parse().unwrap()),
        fee: Some("0".parse().unwrap()),
        initial_interval: Some(60),
        next_interval: Some(1),
        rate_prefix: Some("49".to_owned()),
        ..Rating::default()
    }));
    call
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l28_exactly_the_31_attributes() {
    let world = world::of([full()]);
    let answer = world.get("/cdrs/1").await;
    assert_eq!((answer.status, answer.header("Content-Type")), (200, "application/vnd.api+json"));
    let at = "http://example.org/api/rest/customer/v1/cdrs/1";
    let expected = json!({ "data": {
        "id": "1",
        "type": "cdrs",
        "links": { "self": at },
        "attributes": {
            "time-start": "2026-11-25T10:00:00.123Z",
            "time-connect": "2026-11-25T10:00:02.123Z",
            "time-end": null,
            "duration": 61,
            "success": true,
            "destination-initial-interval": 60,
            "destination-initial-rate": "0.019",
            "destination-next-interval": 1,
            "destination-next-rate": "0.019",
            "destination-fee": "0.0",
            "customer-price": "0.038",
            "customer-duration": 120,
            "src-name-in": "Quill",
            "src-prefix-in": "0301",
            "from-domain": "from.example",
            "dst-prefix-in": "4915",
            "to-domain": null,
            "ruri-domain": null,
            "diversion-in": null,
            "local-tag": "8-tag",
            "lega-disconnect-code": 200,
            "lega-disconnect-reason": "Bye",
            "auth-orig-transport-protocol-id": 1,
            "auth-orig-ip": "2001:db8::1",
            "auth-orig-port": 5060,
            "src-prefix-routing": "0301",
            "dst-prefix-routing": "004915",
            "destination-prefix": "49",
            "orig-call-id": "a@b",
            "lega-user-agent": "phone \"1\"",
            "rec": false,
        },
        "relationships": { "account": { "links": {
            "self": format!("{at}/relationships/account"),
            "related": format!("{at}/account"),
        } } },
    } });
    // As text, for the order of the members.
    assert_eq!(String::from_utf8(answer.body.clone()).unwrap(), expected.to_string());
    assert_eq!(SCHEMA.attributes.len(), 31);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l29_hidden_columns_are_never_shown() {
    let hidden_columns = ["auth_orig_ip", "lega_user_agent"].map(str::to_owned).to_vec();
    let world = world::with([full()], |_| (), YetiOptions { hidden_columns, ..YetiOptions::default() });
    for path in ["/cdrs/1", "/cdrs"] {
        let answer = world.get(path).await.json();
        let data = if answer["data"].is_array() { &answer["data"][0] } else { &answer["data"] };
        let attributes = data["attributes"].as_object().unwrap();
        assert_eq!(attributes.len(), 29, "{path}");
        assert!(!attributes.contains_key("auth-orig-ip") && !attributes.contains_key("lega-user-agent"), "{path}");
        assert_eq!(attributes["auth-orig-port"], 5060, "{path}");
    }
    // Filters and the order could reveal the values.
    for (query, code) in [("filter[auth_orig_ip_eq]=192.0.2.1", "102"), ("sort=lega-user-agent", "114")] {
        let answer = world.get(&format!("/cdrs?{query}")).await;
        assert_eq!((answer.status, answer.json()["errors"][0]["code"].as_str()), (400, Some(code)), "{query}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l30_a_recording_is_reported_if_the_login_may_listen_to_it() {
    type Change = fn(&mut Cdr);
    let changes: [(Change, bool); 5] = [
        (|_| (), true),
        (|call| call.details.recorded = Some(false), false),
        (|call| call.details.recorded = None, false),
        (|call| call.details.sip.local_tag = None, false),
        (|call| call.talk_us = Some(0), false),
    ];
    for (change, expected) in changes {
        let mut call = full();
        change(&mut call);
        for allowed in [true, false] {
            let world = world::with([call.clone()], |login| login.allow_recordings = allowed, YetiOptions::default());
            let found = &world.get("/cdrs/1").await.json()["data"]["attributes"]["rec"];
            assert_eq!(*found, expected && allowed);
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn l31_missing_and_invisible_calls_look_the_same() {
    let other = Cdr { last_attempt: false, ..call(OURS[0], 0) };
    let world = world::of([full(), call(THEIRS, 0), other]);
    for below in ["", "/rec", "/account", "/relationships/account"] {
        for id in ["2", "3", "4", "-3000", "9223372036854775807"] {
            let answer = world.get(&format!("/cdrs/{id}{below}")).await;
            assert_eq!(answer.status, 404, "{id}{below}");
            let detail = format!("The record identified by {id} could not be found.");
            assert_eq!(answer.details(), [detail], "{id}{below}");
        }
        for id in ["abc", "1.5", "9223372036854775808"] {
            let answer = world.get(&format!("/cdrs/{id}{below}")).await;
            let code = answer.json()["errors"][0]["code"].clone();
            assert_eq!((answer.status, code.as_str()), (400, Some("103")), "{id}{below}");
        }
    }
    let recording = world.get("/cdrs/1/rec").await;
    assert_eq!((recording.status, recording.body.len()), (404, 0));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_call_links_to_its_account() {
    let world = world::of([full()]);
    for path in ["/cdrs/1", "/cdrs/1/account", "/cdrs/1/relationships/account"] {
        assert_eq!(world.send(world.request(Method::HEAD, path)).await.status, 200, "{path}");
    }
    let linkage = world.get("/cdrs/1/relationships/account").await.json();
    assert_eq!(linkage["data"], json!({ "type": "accounts", "id": uuid(OURS[0]) }));
    assert_eq!(world.get("/cdrs/1/account").await.json()["data"]["attributes"]["name"], "account 11");
    let included = world.get("/cdrs/1?include=account").await.json();
    assert_eq!(included["included"][0]["id"], uuid(OURS[0]));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn fields_can_be_selected() {
    let world = world::of([full()]);
    let answer = world.get("/cdrs?fields[cdrs]=duration,time-start").await.json();
    let data = answer["data"][0].as_object().unwrap();
    assert_eq!(data["attributes"], json!({ "time-start": "2026-11-25T10:00:00.123Z", "duration": 61 }));
    assert!(!data.contains_key("relationships"));
    let refused = world.get("/cdrs?fields[cdrs]=time_start").await;
    assert_eq!(refused.details(), ["time_start is not a valid field for cdrs."]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn requests_without_a_token_are_rejected() {
    let world = world::of([full()]);
    for path in ["/cdrs", "/cdrs/1", "/cdrs/abc", "/cdrs/1/rec", "/cdrs/1/account"] {
        let request = actix_web::test::TestRequest::with_uri(&format!("/api/rest/customer/v1{path}"));
        assert_eq!(world.send(request).await.status, 401, "{path}");
    }
    for method in [actix_web::http::Method::POST, actix_web::http::Method::PATCH, actix_web::http::Method::DELETE] {
        let request = actix_web::test::TestRequest::with_uri("/api/rest/customer/v1/cdrs").method(method);
        assert_eq!(world.send(request.insert_header(("Authorization", world.good()))).await.status, 404);
    }
}

#[test]
fn columns_are_attributes_with_underscores() {
    let spelled: Vec<String> = SCHEMA.attributes.iter().map(|name| name.replace('-', "_")).collect();
    assert_eq!(spelled[..30], CDR_COLUMNS);
}

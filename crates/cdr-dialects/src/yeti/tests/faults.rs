//! The faults of the API, one by one.

use actix_web::http::Method;
use serde_json::json;

use super::support::{A1, YetiFixture, request, uuid_of};

fn create(data: &str) -> String {
    format!(r#"{{"data":{data}}}"#)
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn invalid_bodies_are_rejected() {
    let id = uuid_of(A1);
    let account = |data: &str| {
        create(&format!(
            r#"{{"type":"cdr-exports","attributes":{{"filters":{{}}}},"relationships":{{"account":{data}}}}}"#
        ))
    };
    let attributes = |more: &str| create(&format!(r#"{{"type":"cdr-exports","attributes":{more}}}"#));
    for (body, code, title, detail) in [
        ("[]".to_owned(), "400", "Bad Request", "Request must be a hash"),
        ("1".to_owned(), "400", "Bad Request", "Request must be a hash"),
        (String::new(), "106", "Missing Parameter", "The required parameter, data, is missing."),
        ("{}".to_owned(), "106", "Missing Parameter", "The required parameter, data, is missing."),
        (create("null"), "106", "Missing Parameter", "The required parameter, data, is missing."),
        (create("{}"), "106", "Missing Parameter", "The required parameter, data, is missing."),
        (create("[1]"), "122", "Invalid data format", "Data must be a hash."),
        (create("\"x\""), "122", "Invalid data format", "Data must be a hash."),
        (create(r#"{"attributes":{}}"#), "106", "Missing Parameter", "The required parameter, type, is missing."),
        (create(r#"{"type":"accounts"}"#), "101", "Invalid resource", "accounts is not a valid resource."),
        (create(r#"{"type":"cdr-exports","id":"1"}"#), "105", "Param not allowed", "id is not allowed."),
        (create(r#"{"type":"cdr-exports","meta":{}}"#), "105", "Param not allowed", "meta is not allowed."),
        (attributes(r#"{"status":"Completed"}"#), "105", "Param not allowed", "status is not allowed."),
        (attributes(r#"{"time_format":"x"}"#), "105", "Param not allowed", "time_format is not allowed."),
        (attributes(r#"{"callback-url":"x"}"#), "105", "Param not allowed", "callback-url is not allowed."),
        (attributes("[1]"), "122", "Invalid data format", "Attributes must be a hash."),
        (attributes(r#"{"filters":[1]}"#), "103", "Invalid field value", "[1] is not a valid value for filters."),
        (attributes(r#"{"filters":5}"#), "103", "Invalid field value", "5 is not a valid value for filters."),
        (
            create(r#"{"type":"cdr-exports","relationships":{"customer":{}}}"#),
            "105",
            "Param not allowed",
            "customer is not allowed.",
        ),
        (
            account(r#"{"data":{"type":"accounts","id":"12"}}"#),
            "103",
            "Invalid field value",
            "12 is not a valid value for id.",
        ),
        (account(r#"{"data":[]}"#), "115", "Invalid Links Object", "Data is not a valid Links Object."),
        (
            account(&format!(r#"{{"data":{{"type":"accounts","id":"{id}","meta":{{}}}}}}"#)),
            "115",
            "Invalid Links Object",
            "Data is not a valid Links Object.",
        ),
        (account(r#"{"data":{"id":"1"}}"#), "115", "Invalid Links Object", "Data is not a valid Links Object."),
        (
            account(&format!(r#"{{"data":{{"type":"customers","id":"{id}"}}}}"#)),
            "116",
            "Type Mismatch",
            "customers is not a valid type for this operation.",
        ),
    ] {
        let fixture = YetiFixture::new();
        let request = fixture.request(Method::POST, "/cdr-exports");
        let request = request.insert_header(("Content-Type", "application/vnd.api+json"));
        let answer = fixture.send(request.set_payload(body.clone())).await;
        let expected = (400, code.to_owned(), title.to_owned(), detail.to_owned());
        assert_eq!(answer.error(), expected, "{body}");
        assert_eq!(fixture.count(), 0);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn invalid_json_is_reported_with_its_position() {
    let fixture = YetiFixture::new();
    let request = fixture.request(Method::POST, "/cdr-exports");
    let request = request.insert_header(("Content-Type", "application/vnd.api+json"));
    let (status, code, title, detail) = fixture.send(request.set_payload("{\"data\":")).await.error();
    assert_eq!((status, &*code, &*title), (400, "400", "Bad Request"));
    assert!(detail.contains("line 1 column 8"), "{detail}");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn oddities_that_the_original_accepts() {
    let filters = json!({"time_start_gteq": "2018-01-01", "time_start_lt": "2018-01-02"});
    let account = json!({"account": {"data": {"type": "accounts", "id": uuid_of(A1)}}});
    let body = json!({
        "data": {"type": "cdr_exports", "attributes": {"filters": filters}, "relationships": account},
        "meta": {}, "jsonapi": {"version": "1.0"},
    });
    let fixture = YetiFixture::new();
    assert_eq!(fixture.post("/cdr-exports?unknown=1&utf8=x", &body).await.status, 201);
    let request = fixture.request(Method::POST, "/cdr-exports/");
    let request = request.insert_header(("Content-Type", "application/vnd.api+json; charset=utf-8"));
    assert_eq!(fixture.send(request.set_payload(body.to_string())).await.status, 201);
    assert_eq!(fixture.count(), 2);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn invalid_queries_are_rejected() {
    for (query, code, title, detail) in [
        ("fields[foo]=a", "101", "Invalid resource", "foo is not a valid resource."),
        ("fields[cdr_exports]=status", "101", "Invalid resource", "cdr_exports is not a valid resource."),
        ("filter[foo]=1", "102", "Filter not allowed", "foo is not allowed."),
        ("filter[fooBar]=1", "102", "Filter not allowed", "foo_bar is not allowed."),
        ("fields[cdr-exports]=foo", "104", "Invalid field", "foo is not a valid field for cdr-exports."),
        ("fields[cdr-exports]=rows_count", "104", "Invalid field", "rows_count is not a valid field for cdr-exports."),
        ("fields[cdr-exports]=", "104", "Invalid field", "nil is not a valid field for cdr-exports."),
        ("filter[status_eq]=test", "107", "Invalid filter value", "test is not a valid value for status_eq."),
        (
            "filter[status_eq]=Failed,Pending",
            "107",
            "Invalid filter value",
            "Failed,Pending is not a valid value for status_eq.",
        ),
        ("filter[status_eq]=", "107", "Invalid filter value", " is not a valid value for status_eq."),
        ("filter[id]=12", "107", "Invalid filter value", "12 is not a valid value for id."),
        ("include=foo", "112", "Invalid field", "foo is not a valid relationship of cdr-exports"),
        ("include=account.foo", "112", "Invalid field", "foo is not a valid relationship of accounts"),
        ("sort=foo", "114", "Invalid sort criteria", "foo is not a valid sort criteria for cdr-exports"),
        ("sort=-account", "114", "Invalid sort criteria", "account is not a valid sort criteria for cdr-exports"),
        ("sort=filters", "114", "Invalid sort criteria", "filters is not a valid sort criteria for cdr-exports"),
        ("page[size]=0", "118", "Invalid page value", "0 is not a valid value for size page parameter."),
        ("page[size]=1001", "118", "Invalid page value", "size exceeds maximum page size of 1000."),
        ("page[number]=0", "118", "Invalid page value", "0 is not a valid value for number page parameter."),
        ("page[number]=abc", "118", "Invalid page value", "0 is not a valid value for number page parameter."),
        ("fields=status", "119", "Invalid field format", "Fields must specify a type."),
        ("filter=abc", "120", "Invalid filters syntax", "abc is not a valid syntax for filtering."),
    ] {
        let answer = YetiFixture::new().get(&format!("/cdr-exports?{query}")).await;
        let expected = (400, code.to_owned(), title.to_owned(), detail.to_owned());
        assert_eq!(answer.error(), expected, "{query}");
    }
    let both = YetiFixture::new().get("/cdr-exports?filter[foo]=1&page[size]=0").await.json();
    let codes: Vec<&str> = both["errors"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["102", "118"]);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn media_types_are_checked_in_both_directions_after_the_token() {
    let fixture = YetiFixture::new();
    for path in ["/cdr-exports", "/accounts"] {
        let (status, code, title, detail) = fixture
            .send(fixture.request(Method::GET, path).insert_header(("Accept", "application/json")))
            .await
            .error();
        assert_eq!((status, &*code, &*title), (406, "406", "Not acceptable"));
        assert!(detail.ends_with("This request specified 'application/json'."), "{detail}");
    }
    let post = |request: actix_web::test::TestRequest| request.insert_header(("Accept", "text/html")).set_payload("{");
    let sent = post(fixture.request(Method::POST, "/cdr-exports")).insert_header(("Content-Type", "application/json"));
    let (status, code, title, detail) = fixture.send(sent).await.error();
    assert_eq!((status, &*code, &*title), (415, "415", "Unsupported media type"));
    assert!(detail.contains("'application/json'"), "{detail}");
    let sent = post(fixture.request(Method::POST, "/cdr-exports"));
    let sent = sent.insert_header(("Content-Type", "application/vnd.api+json"));
    assert_eq!(fixture.send(sent).await.error().0, 406);
    assert_eq!(fixture.send(post(request(Method::POST, "/cdr-exports"))).await.error().0, 401);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn bodies_have_a_maximum_size() {
    let fixture = YetiFixture::new();
    let request = fixture.request(Method::POST, "/cdr-exports");
    let request = request.insert_header(("Content-Type", "application/vnd.api+json"));
    let answer = fixture.send(request.set_payload(vec![b' '; 1024 * 1024 + 1])).await;
    assert_eq!(answer.error().0, 413);
}

//! The exchange that yeti-web's generated documentation shows (`created.txt`, a page of November 2024).

use serde_json::Value;
use uuid::Uuid;

use super::support::{A1, Start};

static PAGE: &str = include_str!("created.txt");

/// The request and the answer of the page, as JSON.
fn exchange() -> (Value, Value) {
    let mut bodies = PAGE.split("\nBody\n").skip(1);
    let request = bodies.next().unwrap().trim().lines().next().unwrap();
    (serde_json::from_str(request).unwrap(), serde_json::from_str(bodies.next().unwrap()).unwrap())
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_documented_request_gets_the_documented_answer() {
    let (sent, mut expected) = exchange();
    let mut start = Start::default();
    let uuid: Uuid = sent["data"]["relationships"]["account"]["data"]["id"].as_str().unwrap().parse().unwrap();
    start.directory.accounts.get_mut(&A1).unwrap().uuid = uuid;
    let fixture = start.fixture();
    let answer = fixture.post("/cdr-exports", &sent).await;
    assert_eq!(answer.status, 201, "{answer:?}");

    // The identifier differs, and two attributes were added after the page was written.
    let found = answer.json();
    let (id, was) = (found["data"]["id"].as_str().unwrap(), expected["data"]["id"].as_str().unwrap());
    expected = serde_json::from_str(&expected.to_string().replace(was, id)).unwrap();
    let attributes = expected["data"]["attributes"].as_object_mut().unwrap();
    attributes.insert("time-format".to_owned(), "with_timezone".into());
    attributes.insert("time-zone-name".to_owned(), Value::Null);
    // Compared as texts, for the order of members.
    assert_eq!(answer.text(), expected.to_string());

    for line in PAGE.lines().skip_while(|line| *line != "Response") {
        let Some((name, value)) = line.split_once(": ").filter(|(name, _)| !name.starts_with([' ', '"'])) else {
            continue;
        };
        match name {
            // Specific to one exchange, or for caches only.
            "ETag" | "X-Request-Id" | "X-Runtime" | "Content-Length" => (),
            _ => assert_eq!(answer.header(name), value, "{name}"),
        }
    }
    assert_eq!(answer.header("Location"), found["data"]["links"]["self"]);
}

//! Exports for administrators, tested over HTTP: cases I01 to I31 of the original, as far as they apply here.

mod files;
mod orders;
mod routes;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use cdr_mediation::{Caller, ExportJob};
use cdr_model::Cdr;
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::yeti::cdrs::tests::world::call;
use crate::yeti::tests::support::{Answer, YetiFixture};
use crate::yeti::token::Audience;

const EXPORTS: &str = "/api/rest/admin/cdr-exports";

fn token(world: &YetiFixture) -> String {
    world.yeti.0.tokens.issue("admin", Audience::Administrators, None)
}

async fn ask(world: &YetiFixture, method: Method, path: &str, document: Option<Value>) -> Answer {
    let request = TestRequest::with_uri(&format!("{EXPORTS}{path}")).method(method);
    let request = request.insert_header(("Authorization", token(world))).insert_header(("Host", "example.org"));
    world
        .send(match document {
            None => request,
            Some(document) => {
                request.insert_header(("Content-Type", "application/vnd.api+json")).set_payload(document.to_string())
            }
        })
        .await
}

async fn get(world: &YetiFixture, path: &str) -> Answer {
    ask(world, Method::GET, path, None).await
}

fn order(attributes: Value) -> Value {
    json!({ "data": { "type": "cdr-exports", "attributes": attributes } })
}

async fn create(world: &YetiFixture, attributes: Value) -> Answer {
    ask(world, Method::POST, "", Some(order(attributes))).await
}

/// These filters and a window of two months.
fn filters(more: Value) -> Value {
    let mut filters = json!({ "time_start_gteq": "2018-01-01", "time_start_lteq": "2018-03-01" });
    filters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    filters
}

async fn created(world: &YetiFixture, attributes: Value) -> i64 {
    let answer = create(world, attributes).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["data"]["id"].as_str().unwrap().parse().unwrap()
}

fn job(world: &YetiFixture, number: i64) -> ExportJob {
    world.mediation.export_numbered(&Caller::everything("test"), number).unwrap().unwrap()
}

/// The lines of the file of an export.
async fn lines(world: &YetiFixture, number: i64) -> Vec<String> {
    let file = get(world, &format!("/{number}/download")).await;
    assert_eq!(file.status, 200, "{file:?}");
    let text = std::io::read_to_string(GzDecoder::new(&*file.body)).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn at(account: i64, started_at: &str) -> Cdr {
    Cdr { started_at: started_at.parse().unwrap(), ..call(account, 0) }
}

//! Resources of other customers are not revealed, not even their existence.

use cdr_mediation::ExportStatus;
use serde_json::json;
use uuid::Uuid;

use super::support::{A1, A3, FOREIGN, Start, uuid_of};

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn identifiers_of_others_look_unknown() {
    let fixture = Start::default().seeing(&[A1]).fixture();
    let export = |account| fixture.export("yeti", account, ExportStatus::Completed, &json!({})).id;
    let unknown = Uuid::from_u128(77);
    for other in [export(Some(FOREIGN)), export(Some(A3)), export(None)] {
        for path in ["", "/download", "/account", "/relationships/account", "?include=account", "/"] {
            let ask = async |id: Uuid| {
                let answer = fixture.get(&format!("/cdr-exports/{id}{path}")).await;
                (answer.status, answer.text().replace(&id.to_string(), "ID"))
            };
            let (status, body) = ask(other).await;
            assert_eq!((status, &body), (404, &ask(unknown).await.1), "{path}");
            assert!(body.contains("Record not found"), "{path}: {body}");
        }
    }
    for other in [FOREIGN, A3] {
        let ask = async |id: Uuid| {
            let answer = fixture.get(&format!("/accounts/{id}")).await;
            (answer.status, answer.text().replace(&id.to_string(), "ID"))
        };
        assert_eq!(ask(uuid_of(other)).await, ask(unknown).await);
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn invalid_identifiers_look_unknown() {
    let fixture = Start::default().fixture();
    for id in ["12", "abc", "aa3432e2a26e11efa0080242ac120001", "aa3432e2-a26e-11ef-a008-0242ac12000g", "%20"] {
        for path in [format!("/cdr-exports/{id}"), format!("/cdr-exports/{id}/download"), format!("/accounts/{id}")] {
            let (status, _, title, _) = fixture.get(&path).await.error();
            assert_eq!((status, &*title), (404, "Record not found"), "{path}");
        }
    }
    let capitals = uuid_of(A1).to_string().to_uppercase();
    assert_eq!(fixture.get(&format!("/accounts/{capitals}/")).await.status, 200);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn an_export_of_another_dialect_is_not_found() {
    let fixture = Start::default().fixture();
    // A login and a user of another dialect may have the same name.
    let job = fixture.export("dma", Some(A1), ExportStatus::Completed, &json!({}));
    assert_eq!(job.caller, "acme");
    assert_eq!(fixture.get(&format!("/cdr-exports/{}", job.id)).await.status, 404);
    assert_eq!(fixture.get(&format!("/cdr-exports/{}/download", job.id)).await.status, 404);
}

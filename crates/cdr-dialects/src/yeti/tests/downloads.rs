//! `GET /cdr-exports/{id}/download`: cases D, and ranges.

use actix_web::http::Method;
use cdr_mediation::{ExportStatus, JobState};
use cdr_model::Cdr;
use serde_json::json;

use super::support::{A1, A2, Answer, Start, YetiFixture};
use crate::Services;
use crate::yeti::{Yeti, YetiOptions};

async fn download(fixture: &YetiFixture, status: ExportStatus) -> (String, Answer) {
    let id = fixture.export("yeti", Some(A1), status, &json!({})).id.to_string();
    let answer = fixture.get(&format!("/cdr-exports/{id}/download")).await;
    (id, answer)
}

fn with_a_call() -> Start {
    Start { calls: vec![Cdr { account_id: A1, ..Cdr::default() }], ..Start::default() }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn d01_a_proxy_may_send_the_file() {
    let fixture = Start::default().with(|it| it.x_accel = Some("/x-redirect/cdr_export/".to_owned())).fixture();
    let (id, answer) = download(&fixture, ExportStatus::Completed).await;
    assert_eq!((answer.status, answer.text()), (200, ""));
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    assert_eq!(answer.header("X-Accel-Redirect"), format!("/x-redirect/cdr_export/{key}"));
    assert_eq!(answer.header("Content-Type"), "text/csv; charset=utf-8");
    assert_eq!(answer.header("Content-Disposition"), format!("attachment; filename=\"{id}.csv.gz\""));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn d02_to_d04_a_download_without_a_file_is_not_found() {
    for status in [ExportStatus::Pending, ExportStatus::Running, ExportStatus::Failed, ExportStatus::Withdrawn] {
        for x_accel in [None, Some("/x".to_owned())] {
            let fixture = Start::default().with(|it| it.x_accel = x_accel).fixture();
            let (_, answer) = download(&fixture, status).await;
            assert_eq!((answer.status, answer.text()), (404, ""), "{status:?}");
            for header in ["X-Accel-Redirect", "Content-Disposition", "Content-Type"] {
                assert_eq!(answer.header(header), "", "{status:?}");
            }
        }
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn d05_files_of_others_are_not_found() {
    let fixture = Start::default().seeing(&[A2]).fixture();
    let (_, answer) = download(&fixture, ExportStatus::Completed).await;
    assert_eq!((answer.status, &*answer.error().2), (404, "Record not found"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn d06_the_whole_file_is_sent() {
    let fixture = with_a_call().fixture();
    let id = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    for accept in ["application/vnd.api+json", "text/html", "*/*"] {
        let request = fixture.request(Method::GET, &format!("/cdr-exports/{id}/download"));
        let answer = fixture.send(request.insert_header(("Accept", accept))).await;
        let job = cdr_mediation::JobLedger::find(&*fixture.ledger, id).unwrap().unwrap();
        let JobState::Completed(finished) = job.state else { panic!("{job:?}") };
        assert_eq!(answer.status, 200);
        let receipt = finished.receipt.unwrap();
        cdr_export::verify(std::io::Cursor::new(&answer.body), &receipt).unwrap();
        assert_eq!(answer.header("Content-Type"), "text/csv; charset=utf-8");
        assert_eq!(answer.header("Content-Disposition"), format!("attachment; filename=\"{id}.csv.gz\""));
        assert_eq!(answer.header("Content-Encoding"), "");
        assert_eq!(answer.header("ETag"), format!("\"{}\"", receipt.file.sha256));
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn d07_a_removed_file_is_not_found() {
    let fixture = YetiFixture::new();
    let id = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    cdr_mediation::Spool::remove(&fixture.spool, &key).unwrap();
    let answer = fixture.get(&format!("/cdr-exports/{id}/download")).await;
    assert_eq!((answer.status, answer.text(), answer.header("Content-Disposition")), (404, "", ""));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn d08_and_d09_a_damaged_file_is_reported_without_details() {
    let fixture = YetiFixture::new();
    let id = fixture.export("yeti", Some(A1), ExportStatus::Completed, &json!({})).id;
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    let mut shorter = cdr_mediation::Spool::begin(&fixture.spool, &key).unwrap();
    std::io::Write::write_all(&mut shorter, b"x").unwrap();
    shorter.publish().unwrap();
    let (status, code, title, detail) = fixture.get(&format!("/cdr-exports/{id}/download")).await.error();
    assert_eq!((status, &*code), (500, "500"));
    assert_eq!((&*title, &*detail), ("Internal Server Error", "Internal Server Error"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn ranges_conditions_and_heads() {
    let fixture = with_a_call().fixture();
    let (id, whole) = download(&fixture, ExportStatus::Completed).await;
    let (path, size) = (format!("/cdr-exports/{id}/download"), whole.body.len());
    let tag = whole.header("ETag").to_owned();
    let ask = async |method: Method, name: &str, value: &str| {
        fixture.send(fixture.request(method, &path).insert_header((name, value))).await
    };
    let part = ask(Method::GET, "Range", "bytes=10-19").await;
    assert_eq!((part.status, part.header("Content-Range")), (206, &*format!("bytes 10-19/{size}")));
    assert!(part.body == whole.body[10..20]);
    let beyond = ask(Method::GET, "Range", &format!("bytes={size}-")).await;
    assert_eq!((beyond.status, beyond.header("Content-Range")), (416, &*format!("bytes */{size}")));
    assert_eq!(beyond.header("Content-Type"), "application/vnd.api+json");
    assert_eq!(ask(Method::GET, "If-None-Match", &tag).await.status, 304);
    assert_eq!(ask(Method::GET, "If-Match", "\"1\"").await.error().0, 412);
    let head = ask(Method::HEAD, "Range", "bytes=0-1").await;
    assert_eq!((head.status, head.body.len(), head.header("ETag")), (200, 0, &*tag));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_client_may_be_redirected_to_the_file() {
    let fixture = Start::default().redirecting().fixture();
    let (id, answer) = download(&fixture, ExportStatus::Completed).await;
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    let name = format!("text/csv; charset=utf-8&attachment; filename=\"{id}.csv.gz\"");
    assert_eq!((answer.status, answer.text()), (302, ""));
    assert_eq!(answer.header("Location"), format!("https://bucket.example.com/{key}?{name}"));
    assert_eq!(answer.header("Cache-Control"), "no-store");
    let path = format!("/cdr-exports/{id}/download");
    for (method, header, status) in [
        (Method::GET, ("Range", "bytes=0-1"), 302),
        (Method::HEAD, ("Accept", "*/*"), 200),
        (Method::GET, ("If-Match", "*"), 200),
        (Method::GET, ("If-None-Match", "*"), 304),
        (Method::GET, ("If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"), 200),
        (Method::GET, ("If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"), 200),
    ] {
        let answer = fixture.send(fixture.request(method.clone(), &path).insert_header(header)).await;
        assert_eq!(answer.status, status, "{method} {header:?}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn clients_are_not_redirected_to_missing_files_or_those_of_others() {
    let fixture = Start::default().redirecting().seeing(&[A2]).fixture();
    let (_, answer) = download(&fixture, ExportStatus::Completed).await;
    assert_eq!((answer.status, answer.header("Location")), (404, ""));
    let fixture = Start::default().redirecting().fixture();
    for status in [ExportStatus::Pending, ExportStatus::Failed, ExportStatus::Withdrawn] {
        let (_, answer) = download(&fixture, status).await;
        assert_eq!((answer.status, answer.header("Location")), (404, ""), "{status:?}");
    }
}

#[test]
fn a_proxy_and_an_address_of_the_bucket_exclude_each_other() {
    let services = |redirect| Services { redirect, ..YetiFixture::new().yeti.0.services.clone() };
    let options = |x_accel: Option<&str>| YetiOptions { x_accel: x_accel.map(str::to_owned), ..YetiOptions::default() };
    for (redirect, x_accel, is_fine) in [(false, Some("/x"), true), (true, None, true), (true, Some("/x"), false)] {
        let error = Yeti::new(&services(redirect), options(x_accel)).err().map(|error| error.to_string());
        assert_eq!(error.is_none(), is_fine, "{error:?}");
        assert!(error.is_none_or(|error| error.starts_with("yeti.x_accel: ") && error.ends_with("not both")));
    }
}

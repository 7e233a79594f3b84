//! The requests of a billing script, and other requests.

use actix_web::http::Method;

use super::support::{DmaFixture, YESTERDAY, ask, get, post, request};
use crate::dma::{DmaOptions, LaneRule};
use crate::origin::Origins;

const STATUS: &str = "http://dma.example:8443/api/rest/billing/status";

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn generate_follow_download() {
    let fixture = DmaFixture::with(200);
    let dma = fixture.dma();
    assert!(get(&dma, "/status").await.text().contains("<ns2:status-type>NOT_STARTED<"));

    let started = post(&dma, &format!("/generate-cdrs?{YESTERDAY}&unknown=1")).await;
    assert_eq!((started.status, started.header("Location"), started.text()), (202, STATUS, ""));
    assert!(get(&dma, "/status").await.text().contains("<ns2:status-type>RUNNING<"));
    fixture.work();

    let asked = request("auditor", Method::GET, "/status").insert_header(("Accept", "application/json"));
    let answer = ask(&dma, asked).await;
    assert_eq!((answer.status, answer.header("Vary")), (200, "Accept"));
    assert_eq!(answer.header("Content-Type"), "application/vnd.plcm.plcm-billing-status+json");
    let status = answer.json();
    assert_eq!((&status["statusType"], &status["downloadReady"]), (&"GENERATION_COMPLETE".into(), &true.into()));
    assert_eq!(status["totalNumberCdrRecords"], status["numberCdrRecordsProcessed"]);
    assert!(status["totalNumberCdrRecords"].as_u64().unwrap() > 100, "{status}");
    assert_eq!(status["toDate"], "2026-11-24T23:59:59.999+00:00");

    let url = status["downloadUrl"].as_str().unwrap();
    let file = get(&dma, url.split_once("/billing").unwrap().1).await;
    assert_eq!((file.status, file.header("ETag")), (200, &*format!("\"{}\"", status["entityTag"].as_str().unwrap())));
    let live = get(&dma, &format!("?{YESTERDAY}")).await;
    assert_eq!(live.status, 200);
    assert!(live.body == file.body, "both ways give the same bytes for the same records");
    assert_eq!(get(&dma, "/status").await.status, 200);

    // The next generation replaces the file.
    assert_eq!(post(&dma, "/generate-cdrs").await.status, 202);
    assert_eq!(get(&dma, "/download-cdrs").await.status, 409);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_rejected_generation_does_not_affect_the_running_one() {
    let fixture = DmaFixture::with(20);
    let dma = fixture.dma();
    assert_eq!(post(&dma, &format!("/generate-cdrs?{YESTERDAY}")).await.status, 202);
    let before = get(&dma, "/status").await.body;
    assert_eq!(post(&dma, "/generate-cdrs").await.status, 409);
    assert_eq!(get(&dma, "/status").await.body, before);
    fixture.work();
    assert!(get(&dma, "/status").await.text().contains("<ns2:from-date>2026-11-24T00:00:00.000+00:00<"));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn each_caller_may_have_a_lane() {
    let fixture = DmaFixture::with(20);
    let dma = fixture.dma_with(DmaOptions { lane: LaneRule::Caller, ..DmaOptions::default() });
    let begin = |name| request(name, Method::POST, "/generate-cdrs");
    assert_eq!(ask(&dma, begin("administrator")).await.status, 202);
    assert_eq!(ask(&dma, begin("auditor")).await.status, 202);
    assert_eq!(ask(&dma, begin("auditor")).await.status, 409);
    let other = ask(&dma, request("provisioner", Method::GET, "/status")).await;
    assert!(other.text().contains("<ns2:status-type>NOT_STARTED<"), "the lanes of other callers are not shown");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_removed_file_is_not_offered() {
    let fixture = DmaFixture::with(20);
    let dma = fixture.dma();
    assert_eq!(post(&dma, "/generate-cdrs").await.status, 202);
    fixture.work();
    assert!(get(&dma, "/status").await.text().contains("<ns2:download-ready>true<"));
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    cdr_mediation::Spool::remove(&fixture.spool, &key).unwrap();
    let status = get(&dma, "/status").await;
    assert!(status.text().contains("<ns2:status-type>NOT_STARTED<"), "{}", status.text());
    assert!(!status.text().contains("download-url"), "{}", status.text());
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn options_and_slashes() {
    let fixture = DmaFixture::with(1);
    let dma = fixture.dma();
    for (path, allowed) in [
        ("", "GET, HEAD, OPTIONS"),
        ("/generate-cdrs", "POST, OPTIONS"),
        ("/status", "GET, HEAD, OPTIONS"),
        ("/download-cdrs", "GET, HEAD, OPTIONS"),
    ] {
        for slash in ["", "/"] {
            let answer = ask(&dma, request("", Method::OPTIONS, &format!("{path}{slash}"))).await;
            assert_eq!((answer.status, answer.header("Allow"), answer.text()), (204, allowed, ""), "{path}{slash}");
        }
    }
    assert_eq!(get(&dma, "/").await.header("Content-Type"), "application/zip");
    assert_eq!(get(&dma, "/status/").await.status, 200);
    let started = post(&dma, "/generate-cdrs/").await;
    assert_eq!((started.status, started.header("Location")), (202, STATUS));
    fixture.work();
    assert_eq!(get(&dma, "/download-cdrs/").await.status, 200);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn links_lead_to_the_public_address() {
    let mut fixture = DmaFixture::with(1);
    fixture.services.origins = Origins { public_url: Some("https://cdr.example/".to_owned()), ..Origins::default() };
    let dma = fixture.dma();
    let started = post(&dma, "/generate-cdrs").await;
    assert_eq!(started.header("Location"), "https://cdr.example/api/rest/billing/status");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn archives_ignore_accept() {
    let fixture = DmaFixture::with(20);
    let dma = fixture.dma();
    assert_eq!(post(&dma, "/generate-cdrs").await.status, 202);
    fixture.work();
    for path in ["", "/download-cdrs"] {
        let asked = request("auditor", Method::GET, path).insert_header(("Accept", "text/html"));
        let answer = ask(&dma, asked).await;
        assert_eq!((answer.status, answer.header("Content-Type")), (200, "application/zip"), "{path}");
        assert_eq!(answer.header("Content-Disposition"), "attachment; filename=\"cdrExport.zip\"", "{path}");
    }
}

//! The finished file: its headers, conditions and ranges.

use actix_web::http::Method;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_mediation::{Caller, JobState};

use super::support::{Answer, DmaFixture, YESTERDAY, ask, get, post, request};
use crate::dma::{Dma, DmaOptions, LaneRule};

/// A finished file of more than two pieces, downloaded.
async fn finished() -> (DmaFixture, Dma, Answer) {
    let fixture = DmaFixture::with(10_000);
    let dma = fixture.dma();
    assert_eq!(post(&dma, &format!("/generate-cdrs?{YESTERDAY}")).await.status, 202);
    fixture.work();
    let file = get(&dma, "/download-cdrs").await;
    assert_eq!(file.status, 200);
    assert!(file.body.len() > 2 * 256 * 1024, "{}", file.body.len());
    (fixture, dma, file)
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn the_headers_have_the_size_tag_and_digest_of_the_file() {
    let (fixture, dma, file) = finished().await;
    let job = fixture.mediation.latest_export(&Caller::everything("administrator"), "dma").unwrap().unwrap();
    let JobState::Completed(finished) = job.state else { panic!("{:?}", job.state) };
    let receipt = finished.receipt.unwrap();
    cdr_export::verify(std::io::Cursor::new(&file.body), &receipt).unwrap();
    let sha256 = &receipt.file.sha256;
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&sha256[2 * at..2 * at + 2], 16).unwrap()).collect();

    let head =
        ask(&dma, request("administrator", Method::HEAD, "/download-cdrs").insert_header(("Range", "bytes=0-9"))).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    for answer in [&head, &file] {
        assert_eq!(answer.header("Content-Type"), "application/zip");
        assert_eq!(answer.header("Content-Disposition"), "attachment; filename=\"cdrExport.zip\"");
        assert_eq!(answer.header("ETag"), "\"1795603945\"", "the seconds at which it was claimed");
        assert_eq!(answer.header("Repr-Digest"), format!("sha-256=:{}:", STANDARD.encode(&bytes)));
        assert_eq!(answer.header("Accept-Ranges"), "bytes");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn ranges_return_the_bytes_they_name() {
    let (_home, dma, file) = finished().await;
    let size = file.body.len();
    let last = size - 1;
    let cases = [
        ("bytes=0-0".to_owned(), Some((0, 0))),
        ("bytes=10-70000".to_owned(), Some((10, 70_000))),
        (format!("bytes={last}-"), Some((last, last))),
        ("bytes=100-99999999999".to_owned(), Some((100, last))),
        ("bytes=-5".to_owned(), Some((size - 5, last))),
        ("bytes=-99999999999".to_owned(), Some((0, last))),
        // Several ranges, and invalid ones: the whole file.
        ("bytes=0-1,5-6".to_owned(), None),
        ("bytes=5-2".to_owned(), None),
        ("pieces=1-2".to_owned(), None),
        ("bytes=a-b".to_owned(), None),
    ];
    for (range, expected) in cases {
        let answer =
            ask(&dma, request("auditor", Method::GET, "/download-cdrs").insert_header(("Range", range.clone()))).await;
        let Some((first, last)) = expected else {
            assert_eq!((answer.status, answer.header("Content-Range")), (200, ""), "{range}");
            assert!(answer.body == file.body, "{range}");
            continue;
        };
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.header("Content-Range"), format!("bytes {first}-{last}/{size}"), "{range}");
        assert_eq!(answer.header("Repr-Digest"), file.header("Repr-Digest"), "{range}");
        assert!(answer.body == file.body[first..=last], "{range}");
    }
    for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
        let answer =
            ask(&dma, request("auditor", Method::GET, "/download-cdrs").insert_header(("Range", range.clone()))).await;
        assert_eq!((answer.status, answer.header("Content-Range")), (416, &*format!("bytes */{size}")), "{range}");
        assert_eq!(answer.header("Content-Type"), "application/vnd.plcm.plcm-error+xml");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn conditional_requests_compare_tags() {
    let (_home, dma, file) = finished().await;
    let (tag, digest) = (file.header("ETag"), file.header("Repr-Digest"));
    let unquoted = tag.trim_matches('"');
    let list = format!("\"1\", {tag}");
    let weak = format!("W/{tag}");
    let cases = [
        ("If-None-Match", tag, 304),
        ("If-None-Match", &list, 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", "\"1\"", 200),
        ("If-None-Match", unquoted, 200),
        ("If-None-Match", &weak, 200),
        ("If-Match", tag, 200),
        ("If-Match", &list, 200),
        ("If-Match", "*", 200),
        ("If-Match", "\"1\"", 412),
        ("If-Match", &weak, 412),
    ];
    for (name, value, status) in cases {
        for method in [Method::GET, Method::HEAD] {
            let answer = ask(&dma, request("auditor", method, "/download-cdrs").insert_header((name, value))).await;
            assert_eq!(answer.status, status, "{name}: {value}");
            if status == 304 {
                assert_eq!((answer.header("ETag"), answer.body.len()), (tag, 0));
            }
        }
    }
    for (value, status) in [(tag, 206), (digest, 206), ("\"1\"", 200), ("Wed, 25 Nov 2026 10:52:25 GMT", 200)] {
        let asked = request("auditor", Method::GET, "/download-cdrs").insert_header(("Range", "bytes=5-"));
        let answer = ask(&dma, asked.insert_header(("If-Range", value))).await;
        assert_eq!(answer.status, status, "{value}");
        assert!(answer.body == file.body[if status == 206 { 5 } else { 0 }..], "{value}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn named_bounds_must_match_the_file() {
    let (_home, dma, _) = finished().await;
    for (query, status) in [
        (YESTERDAY, 200),
        ("from-date=2026-11-24T01:00:00+01:00", 200),
        ("to-date=2026-11-24T23:59:59.999999Z&other=1", 200),
        ("from-date=2026-11-24T00:00:00.000001Z", 404),
        ("to-date=2026-11-25T00:00:00Z", 404),
        ("to-date=2026-11-25", 400),
    ] {
        assert_eq!(get(&dma, &format!("/download-cdrs?{query}")).await.status, status, "{query}");
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_file_shorter_than_its_receipt_is_not_served() {
    let (fixture, dma, _) = finished().await;
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    let mut shorter = cdr_mediation::Spool::begin(&fixture.spool, &key).unwrap();
    std::io::Write::write_all(&mut shorter, b"PK").unwrap();
    shorter.publish().unwrap();
    assert_eq!(get(&dma, "/download-cdrs").await.status, 500);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_file_links_to_its_receipt_which_verifies_it() {
    let (fixture, dma, file) = finished().await;
    let url = "http://dma.example:8443/api/rest/billing/download-cdrs/1795603945/receipt";
    assert_eq!(file.header("Link"), format!("<{url}>; rel=\"describedby\""));
    let path = "/download-cdrs/1795603945/receipt";
    let answer = get(&dma, path).await;
    assert_eq!((answer.status, answer.header("Content-Type")), (200, "application/json"));
    assert_eq!(answer.header("Content-Disposition"), "attachment; filename=\"cdrExport.zip.receipt.json\"");
    let receipt = cdr_export::Receipt::from_text(std::str::from_utf8(&answer.body).unwrap()).unwrap();
    cdr_export::verify(std::io::Cursor::new(&file.body), &receipt).unwrap();
    assert_eq!(receipt.file.name, "cdrExport.zip");

    let part = request("auditor", Method::GET, "/download-cdrs").insert_header(("Range", "bytes=0-9"));
    assert_eq!(ask(&dma, part).await.header("Link"), file.header("Link"), "a part of the file");
    for (who, path, status) in [
        ("auditor", path, 200),
        ("auditor", "/download-cdrs/1795603945/receipt/", 200),
        ("auditor", "/download-cdrs/1795603944/receipt", 404),
        ("auditor", "/download-cdrs/x/receipt", 404),
        ("conference-room-owner", path, 403),
        ("", path, 401),
    ] {
        assert_eq!(ask(&dma, request(who, Method::GET, path)).await.status, status, "{who} {path}");
    }
    assert_eq!(ask(&dma, request("auditor", Method::HEAD, path)).await.status, 200);
    assert_eq!(ask(&dma, request("auditor", Method::POST, path)).await.status, 405);
    let key = cdr_mediation::Spool::keys(&fixture.spool).unwrap().remove(0);
    cdr_mediation::Spool::remove(&fixture.spool, &key).unwrap();
    assert_eq!(get(&dma, path).await.status, 404, "the file can no longer be downloaded");
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn nobody_gets_the_receipt_of_an_export_that_he_cannot_download() {
    let fixture = DmaFixture::with(10);
    let dma = fixture.dma_with(DmaOptions { lane: LaneRule::Caller, ..DmaOptions::default() });
    assert_eq!(post(&dma, &format!("/generate-cdrs?{YESTERDAY}")).await.status, 202);
    fixture.work();
    let file = get(&dma, "/download-cdrs").await;
    let link = file.header("Link").trim_start_matches('<').split('>').next().unwrap();
    let path = link.strip_prefix("http://dma.example:8443/api/rest/billing").unwrap();
    let by = async |name| ask(&dma, request(name, Method::GET, path)).await.status;
    assert_eq!((by("administrator").await, by("auditor").await), (200, 404));
}

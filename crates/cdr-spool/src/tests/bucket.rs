//! Tests of the content of a bucket.

use std::io::{Read, Seek, SeekFrom, Write};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cdr_mediation::{PortError, SaveAs, Spool};

use crate::{BucketOptions, BucketSpool};
use tollbook_tests::s3::{ACCESS_KEY, BUCKET, S3, SECRET_KEY};

/// Options for the test server, with timeouts long enough for a busy machine.
pub(super) fn options(server: &S3, prefix: &str) -> BucketOptions {
    let mut options = BucketOptions::at(&format!("s3://{BUCKET}/{prefix}")).unwrap();
    options.endpoint = Some(server.endpoint.clone());
    options.access_key = ACCESS_KEY.to_owned();
    options.secret_key = SECRET_KEY.to_owned();
    options.glance = options.patience;
    options
}

pub(super) fn open(server: &S3, prefix: &str) -> BucketSpool {
    BucketSpool::open(&options(server, prefix)).unwrap()
}

/// Pseudorandom bytes with a period much longer than a part.
pub(super) fn bytes(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..length).map(|_| next()).collect()
}

pub(super) const MIB: usize = 1 << 20;

/// Waits until a condition holds.
pub(super) fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(120), "timeout: {what}");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_file_of_many_parts_reads_back_whole_and_from_any_position() {
    let server = S3::start();
    let spool = open(&server, "spool");
    for length in [8 * MIB, 8 * MIB + 1, 16 * MIB, 29 * MIB + 17] {
        let bytes = bytes(length);
        let mut file = spool.begin("big").unwrap();
        for piece in bytes.chunks(777_777) {
            file.write_all(piece).unwrap();
        }
        file.publish().unwrap();
        let mut file = spool.open("big").unwrap();
        assert_eq!(file.seek(SeekFrom::End(0)).unwrap(), length as u64);
        let mut back = Vec::new();
        file.seek(SeekFrom::Start(0)).unwrap();
        file.read_to_end(&mut back).unwrap();
        assert!(back == bytes, "{length}");
        for from in [0, 1, 5 * MIB, 8 * MIB - 1, length - 1] {
            let mut some = vec![0; 1000.min(length - from)];
            file.seek(SeekFrom::Start(from as u64)).unwrap();
            file.read_exact(&mut some).unwrap();
            assert!(some == bytes[from..from + some.len()], "{length} from {from}");
        }
    }
}

#[test]
fn dropping_a_file_of_many_parts_leaves_nothing() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let before = server.holds();
    let mut file = spool.begin("big").unwrap();
    file.write_all(&bytes(20 * MIB)).unwrap();
    // Parts are uploaded in the background; the server keeps a part that arrives while it removes the upload.
    until("two parts have arrived", || server.holds().iter().filter(|name| name.contains("upload_id")).count() == 2);
    drop(file);
    until("nothing is left", || server.holds() == before);
    assert!(spool.keys().unwrap().is_empty());
}

#[test]
fn a_spool_is_reopened_and_ignores_deeper_objects() {
    let server = S3::start();
    let spool = open(&server, "spool");
    spool.begin("a").unwrap().publish().unwrap();
    open(&server, "spool/deeper").begin("b").unwrap().publish().unwrap();
    open(&server, "spool-2").begin("c").unwrap().publish().unwrap();
    drop(spool);
    assert_eq!(open(&server, "spool").keys().unwrap(), ["a"]);
}

#[test]
fn a_prefix_with_other_objects_is_refused() {
    let server = S3::start();
    open(&server, "spool").begin("a").unwrap().publish().unwrap();
    let before = server.holds();
    let error = BucketSpool::open(&options(&server, "")).unwrap_err();
    assert!(matches!(&error, PortError::Refused(text) if text.contains("a prefix of its own")), "{error}");
    assert_eq!(server.holds(), before, "nothing was written");
}

#[test]
fn several_processes_share_a_bucket() {
    let server = S3::start();
    let (one, other) = (open(&server, "spool"), open(&server, "spool"));
    let mut file = one.begin("a").unwrap();
    file.write_all(b"whole").unwrap();
    other.clear().unwrap();
    assert!(other.keys().unwrap().is_empty());
    file.publish().unwrap();
    let mut text = String::new();
    other.open("a").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "whole");
}

#[test]
fn a_replaced_file_is_never_mixed_with_the_old_one() {
    let server = S3::start();
    let spool = open(&server, "");
    let put = |byte: u8| {
        let mut file = spool.begin("a").unwrap();
        file.write_all(&vec![byte; MIB]).unwrap();
        file.publish().unwrap();
    };
    put(1);
    let mut file = spool.open("a").unwrap();
    file.read_exact(&mut [0; 10]).unwrap();
    put(2);
    file.seek(SeekFrom::Start(MIB as u64 / 2)).unwrap();
    assert!(file.read(&mut [0; 10]).is_err());
}

#[test]
fn a_signed_address_downloads_the_file_under_its_name() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let mut file = spool.begin("a").unwrap();
    file.write_all(b"line one\nline two\n").unwrap();
    file.publish().unwrap();
    let save_as = SaveAs { content_type: "text/csv; charset=utf-8", disposition: "attachment; filename=\"a b.csv\"" };
    let url = spool.link("a", &save_as).unwrap().unwrap();
    let client = reqwest_blocking();
    for (url, range, status, body) in [
        (url.clone(), None, 200, "line one\nline two\n"),
        (url.clone(), Some("bytes=5-7"), 206, "one"),
        (url.replace("a%20b.csv", "evil.html"), None, 403, ""),
        (url.split('?').next().unwrap().to_owned(), None, 403, ""),
    ] {
        let answer = client(&url, range);
        assert_eq!(answer.0, status, "{url}");
        if status < 300 {
            assert_eq!(answer.1, body);
            assert_eq!(answer.2, [save_as.content_type, save_as.disposition]);
        }
    }
    assert!(!url.contains(SECRET_KEY));
}

/// A client that fetches an address and returns the status, the body, and the headers for saving it.
fn reqwest_blocking() -> impl Fn(&str, Option<&str>) -> (u16, String, [String; 2]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    move |url, range| {
        runtime.block_on(async {
            let tls = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into());
            let tls = tls.with_safe_default_protocol_versions().unwrap();
            let tls = tls.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
            let client = reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls).build().unwrap();
            let mut request = client.get(url);
            if let Some(range) = range {
                request = request.header("Range", range);
            }
            let answer = request.send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map_or("", |it| it.to_str().unwrap()).to_owned();
            let (status, headers) = (answer.status().as_u16(), [header("Content-Type"), header("Content-Disposition")]);
            (status, answer.text().await.unwrap(), headers)
        })
    }
}

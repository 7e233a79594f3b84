//! Tests of timeouts for a bucket that does not respond.

use std::io::Write;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use cdr_mediation::{PortError, Spool};

use super::bucket::{MIB, bytes, open, options, until};
use crate::{BucketOptions, BucketSpool};
use tollbook_tests::s3::{Instead, S3};

/// Less than a writer's retry time of one minute, and enough for a slow machine.
const NOT_LONG: Duration = Duration::from_secs(30);
/// The time limit of a test that has failed.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn dropping_an_upload_does_not_wait_for_its_parts() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let before = server.holds();
    let (sender, receiver) = channel();
    server.misbehaves(move |method, target| {
        if method == "DELETE" && target.contains("uploadId=") {
            // The receiver may have been dropped.
            let _ = sender.send(());
        }
        (method == "PUT").then_some(Instead::Says(503, "SlowDown"))
    });
    let mut file = spool.begin("big").unwrap();
    file.write_all(&bytes(20 * MIB)).unwrap();
    let started = Instant::now();
    drop(file);
    // Nor does dropping the last handle of the bucket.
    drop(spool);
    assert!(started.elapsed() < NOT_LONG, "{:?}", started.elapsed());
    receiver.recv_timeout(PATIENCE).expect("the upload is aborted");
    until("nothing is left", || server.holds() == before);
}

#[test]
fn opening_a_file_fails_quickly_if_the_bucket_does_not_respond() {
    let server = S3::start();
    // The default time limit; other tests use a longer one, for a busy machine.
    let BucketOptions { glance, .. } = BucketOptions::at("s3://abc").unwrap();
    let spool = BucketSpool::open(&BucketOptions { glance, ..options(&server, "spool") }).unwrap();
    let fails_quickly = || {
        let started = Instant::now();
        assert!(matches!(spool.open("a"), Err(PortError::Unavailable { .. })));
        assert!(started.elapsed() < NOT_LONG, "{:?}", started.elapsed());
    };
    server.misbehaves(|method, _| (method == "HEAD").then_some(Instead::Says(503, "SlowDown")));
    fails_quickly();
    // The server sends nothing until the test ends.
    let (over, wait) = channel::<()>();
    server.misbehaves(move |_, _| wait.recv().ok().and(None));
    fails_quickly();
    drop(over);
}

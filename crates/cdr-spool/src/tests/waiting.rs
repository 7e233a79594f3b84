//! Who waits for a bucket that does not answer, and for how long.

use std::io::Write;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use cdr_mediation::{PortError, Spool};

use super::bucket::{MIB, bytes, open, options, until};
use crate::{BucketOptions, BucketSpool};
use tollbook_tests::s3::{Instead, S3};

/// Less than the patience of a writer, which is a minute, and enough for a slow machine.
const NOT_LONG: Duration = Duration::from_secs(30);
/// Ends a test that has failed.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn whoever_gives_an_upload_up_does_not_wait_for_its_parts() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let before = server.holds();
    let (tell, told) = channel();
    server.misbehaves(move |method, target| {
        if method == "DELETE" && target.contains("uploadId=") {
            // Nobody may be left to hear it.
            let _ = tell.send(());
        }
        (method == "PUT").then_some(Instead::Says(503, "SlowDown"))
    });
    let mut file = spool.begin("big").unwrap();
    file.write_all(&bytes(20 * MIB)).unwrap();
    let begun = Instant::now();
    drop(file);
    // Also when nobody needs the bucket any more.
    drop(spool);
    assert!(begun.elapsed() < NOT_LONG, "{:?}", begun.elapsed());
    told.recv_timeout(PATIENCE).expect("the server is told to forget it");
    until("nothing is left", || server.holds() == before);
}

#[test]
fn whoever_asks_for_a_file_is_told_soon_that_the_bucket_is_ill() {
    let server = S3::start();
    // So long as users wait; the other tests wait longer, for a machine that is busy.
    let BucketOptions { glance, .. } = BucketOptions::at("s3://abc").unwrap();
    let spool = BucketSpool::open(&BucketOptions { glance, ..options(&server, "spool") }).unwrap();
    let is_soon_ill = || {
        let begun = Instant::now();
        assert!(matches!(spool.open("a"), Err(PortError::Unavailable { .. })));
        assert!(begun.elapsed() < NOT_LONG, "{:?}", begun.elapsed());
    };
    server.misbehaves(|method, _| (method == "HEAD").then_some(Instead::Says(503, "SlowDown")));
    is_soon_ill();
    // The server says nothing until the test is over.
    let (over, wait) = channel::<()>();
    server.misbehaves(move |_, _| wait.recv().ok().and(None));
    is_soon_ill();
    drop(over);
}

//! Tests of a bucket that returns errors. Temporary errors are retried, permanent errors are reported with a hint, and
//! no partial file becomes visible.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cdr_mediation::{PortError, Spool};

use super::bucket::{MIB, bytes, open, options};
use crate::BucketSpool;
use tollbook_tests::s3::{Instead, S3, SECRET_KEY};

type Which = fn(&str, &str) -> bool;

const EVERY: Which = |_, _| true;
const PARTS: Which = |method, target| method == "PUT" && target.contains("partNumber=");
const BEGINNING: Which =
    |method, target| method == "POST" && target.ends_with("?uploads=") || target.ends_with("?uploads");
const END: Which = |method, target| method == "POST" && target.contains("uploadId=");
const READING: Which = |method, _| method == "GET";

fn write(spool: &dyn Spool, key: &str, bytes: &[u8]) -> Result<(), String> {
    let mut file = spool.begin(key).map_err(|error| error.to_string())?;
    file.write_all(bytes).map_err(|error| error.to_string())?;
    file.publish().map_err(|error| error.to_string())
}

#[test]
fn files_are_written_completely_despite_temporary_errors() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let (small, big) = (bytes(1000), bytes(20 * MIB));
    for (n, (times, instead, which)) in [
        (3, Instead::Says(500, "InternalError"), EVERY),
        (2, Instead::Says(503, "SlowDown"), EVERY),
        (2, Instead::Says(429, "TooManyRequests"), EVERY),
        (2, Instead::HangsUp, EVERY),
        (2, Instead::Says(503, "SlowDown"), BEGINNING),
        (3, Instead::Says(503, "SlowDown"), PARTS),
        (2, Instead::HangsUp, PARTS),
        (2, Instead::DoesAndHangsUp, PARTS),
        (2, Instead::Says(500, "InternalError"), END),
        (2, Instead::Says(200, "InternalError"), END),
        (1, Instead::DoesAndHangsUp, END),
    ]
    .into_iter()
    .enumerate()
    {
        for (key, bytes) in [(format!("small-{n}"), &small), (format!("big-{n}"), &big)] {
            server.misbehaves_first(times, instead, which);
            write(&spool, &key, bytes).unwrap_or_else(|error| panic!("{key} {instead:?}: {error}"));
            server.behaves();
            let mut back = Vec::new();
            spool.open(&key).unwrap().read_to_end(&mut back).unwrap();
            assert!(back == *bytes, "{key} {instead:?}");
            spool.remove(&key).unwrap();
        }
    }
    assert!(spool.keys().unwrap().is_empty());
}

#[test]
fn persistent_errors_are_temporary_for_the_caller_and_leave_no_file() {
    let server = S3::start();
    let mut options = options(&server, "spool");
    options.patience = Duration::ZERO;
    let spool = BucketSpool::open(&options).unwrap();
    let (small, big) = (bytes(1000), bytes(20 * MIB));
    for instead in [Instead::Says(500, "InternalError"), Instead::Says(503, "SlowDown"), Instead::HangsUp] {
        for (key, bytes, which) in
            [("small", &small, EVERY), ("big", &big, BEGINNING), ("big", &big, PARTS), ("big", &big, END)]
        {
            server.misbehaves(move |method, target| which(method, target).then_some(instead));
            let mut file = spool.begin(key).unwrap();
            let problem = match file.write_all(bytes) {
                Ok(()) => file.publish().unwrap_err(),
                Err(error) => error.downcast().unwrap(),
            };
            assert!(matches!(problem, PortError::Unavailable { .. }), "{key} {instead:?}: {problem:?}");
            let message = problem.to_string();
            assert!(message.contains(&server.endpoint) && message.contains("busy"), "{message}");
            server.behaves();
            assert!(matches!(spool.open(key), Err(PortError::NotFound { .. })), "{key} {instead:?}");
        }
    }
    assert!(spool.keys().unwrap().is_empty());
}

#[test]
fn refusals_are_reported_with_a_hint() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let (small, big) = (bytes(1000), bytes(20 * MIB));
    for (status, code, help) in [
        (403, "AccessDenied", "the key needs the permission s3:PutObject"),
        (403, "InvalidAccessKeyId", "the server does not accept the key"),
        (403, "SignatureDoesNotMatch", "the server does not accept the key"),
        (403, "RequestTimeTooSkewed", "the clock of this machine is wrong"),
        (404, "NoSuchBucket", "there is no such bucket"),
        (400, "AuthorizationHeaderMalformed", "check endpoint, region"),
        (301, "PermanentRedirect", "check endpoint, region"),
    ] {
        for (key, bytes, which) in
            [("small", &small, EVERY), ("big", &big, BEGINNING), ("big", &big, PARTS), ("big", &big, END)]
        {
            server.misbehaves(move |method, target| which(method, target).then_some(Instead::Says(status, code)));
            let error = write(&spool, key, bytes).unwrap_err();
            assert!(error.contains(help) && error.contains(&server.endpoint), "{key} {code}: {error}");
            assert!(!error.contains(SECRET_KEY));
            server.behaves();
            assert!(matches!(spool.open(key), Err(PortError::NotFound { .. })), "{key} {code}");
        }
    }
}

#[test]
fn writing_after_an_error_fails_again() {
    let server = S3::start();
    let spool = open(&server, "spool");
    server.misbehaves_first(1, Instead::Says(403, "AccessDenied"), PARTS);
    let mut file = spool.begin("a").unwrap();
    let big = bytes(40 * MIB);
    let error = file.write_all(&big).unwrap_err().to_string();
    assert!(error.contains("s3:PutObject"), "{error}");
    assert!(file.write_all(&big).is_err());
    assert!(file.publish().is_err());
    assert!(spool.keys().unwrap().is_empty());
}

#[test]
fn an_unusable_bucket_is_reported_at_the_start() {
    let server = S3::start();
    let good = options(&server, "spool");
    let with = |change: fn(&mut crate::BucketOptions)| {
        let mut options = good.clone();
        options.patience = Duration::ZERO;
        change(&mut options);
        options
    };
    for (options, help) in [
        (with(|it| it.bucket = "another".into()), "there is no such bucket"),
        (with(|it| it.access_key = "another".into()), "the server does not accept the key"),
        (with(|it| it.secret_key = "another".into()), "the server does not accept the key"),
        (with(|it| it.secret_key = String::new()), "needs an access key and its secret key"),
        (with(|it| it.endpoint = Some("127.0.0.1:9000".into())), "is not an address of an S3 server"),
        (with(|it| it.endpoint = Some("http://127.0.0.1:1".into())), "it cannot be reached or is busy"),
        (with(|it| it.endpoint = Some("http://127.0.0.1:1".into())), "bucket `cdr-exports` at http://127.0.0.1:1"),
    ] {
        let error = BucketSpool::open(&options).unwrap_err();
        let message = cdr_mediation::chain(&error);
        assert!(message.contains(help), "{message}");
        assert!(!message.contains(SECRET_KEY), "{message}");
    }
}

#[test]
fn a_key_without_write_permission_is_reported_at_the_start() {
    let server = S3::start();
    drop(open(&server, "spool"));
    server.misbehaves(|method, _| (method == "PUT").then_some(Instead::Says(403, "AccessDenied")));
    let error = BucketSpool::open(&options(&server, "spool")).unwrap_err().to_string();
    assert!(error.contains("the key needs the permission s3:PutObject"), "{error}");
}

#[test]
fn an_interrupted_download_is_resumed() {
    let server = S3::start();
    let spool = open(&server, "spool");
    let bytes = bytes(3 * MIB);
    write(&spool, "a", &bytes).unwrap();
    for (times, instead) in [
        (2, Instead::Says(503, "SlowDown")),
        (2, Instead::HangsUp),
        (1, Instead::BreaksOff(0)),
        (2, Instead::BreaksOff(100_000)),
        (7, Instead::BreaksOff(200_000)),
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        server.misbehaves_first(times, instead, move |method, target| {
            count.fetch_add(usize::from(READING(method, target)), Ordering::SeqCst);
            READING(method, target)
        });
        let mut back = Vec::new();
        spool.open("a").unwrap().read_to_end(&mut back).unwrap();
        assert!(back == bytes, "{instead:?}");
        assert!(asked.load(Ordering::SeqCst) > times, "{instead:?}");
    }
}

#[test]
fn a_download_that_cannot_be_resumed_ends_with_an_error() {
    let server = S3::start();
    let mut options = options(&server, "spool");
    options.patience = Duration::ZERO;
    let spool = BucketSpool::open(&options).unwrap();
    write(&spool, "a", &bytes(3 * MIB)).unwrap();
    for instead in
        [Instead::Says(503, "SlowDown"), Instead::HangsUp, Instead::BreaksOff(0), Instead::Says(403, "AccessDenied")]
    {
        let mut file = spool.open("a").unwrap();
        file.read_exact(&mut [0; 1000]).unwrap();
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(MIB as u64)).unwrap();
        server.misbehaves(move |method, target| READING(method, target).then_some(instead));
        let error = file.read_to_end(&mut Vec::new()).unwrap_err().to_string();
        assert!(error.contains("could not be read from the bucket"), "{instead:?}: {error}");
        server.behaves();
    }
}

#[test]
fn a_failed_listing_is_an_error() {
    let server = S3::start();
    let mut options = options(&server, "spool");
    options.patience = Duration::ZERO;
    let spool = BucketSpool::open(&options).unwrap();
    write(&spool, "a", b"1").unwrap();
    for (instead, help) in [
        (Instead::Says(403, "AccessDenied"), "s3:ListBucket"),
        (Instead::Says(503, "SlowDown"), "it cannot be reached or is busy"),
    ] {
        server.misbehaves(move |_, _| Some(instead));
        let error = spool.keys().unwrap_err().to_string();
        assert!(error.contains(help), "{error}");
    }
    server.misbehaves(|method, _| (method == "DELETE").then_some(Instead::Says(403, "AccessDenied")));
    let error = spool.remove("a").unwrap_err().to_string();
    assert!(error.contains("s3:DeleteObject"), "{error}");
}

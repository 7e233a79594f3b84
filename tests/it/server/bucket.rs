//! A spool in a bucket serves the same files as a spool in a folder, even if requests to the bucket fail.

use tollbook_tests::s3::{ACCESS_KEY, BUCKET, Instead, S3, SECRET_KEY};

use super::client::send;
use super::yeti::portal::{Portal, SALES};
use crate::harness::{Tollbook, same};

/// A setting, as an argument.
fn set(name: &str, value: &str) -> [String; 2] {
    ["--set".to_owned(), format!("{name}={value}")]
}

/// The settings of a server with a spool in this bucket.
fn settings(bucket: &S3, more: &[(&str, &str)]) -> Vec<String> {
    let address = format!("s3://{BUCKET}/tollbook");
    let all = [
        ("spool.address", &*address),
        ("spool.endpoint", &bucket.endpoint),
        ("spool.access_key", ACCESS_KEY),
        ("spool.secret_key", SECRET_KEY),
        ("spool.kept_mebibytes", "0"),
    ];
    all.iter().chain(more).flat_map(|(name, value)| set(name, value)).collect()
}

fn texts(settings: &[String]) -> Vec<&str> {
    settings.iter().map(String::as_str).collect()
}

/// A store with a login of a customer, and the file of an export from a spool in a folder.
fn store() -> (Tollbook, Vec<u8>) {
    let tollbook = Tollbook::with_accounts(3000);
    tollbook.login("portal", SALES, &[]);
    let server = tollbook.serve(&[]);
    let portal = Portal::sign_in(&server, "portal");
    let id = portal.order(SALES);
    portal.reaches(&id, "Completed");
    let file = portal.file(&id);
    assert!(file.len() > 10_000, "{} bytes", file.len());
    drop(server);
    (tollbook, file)
}

#[test]
fn a_file_from_a_bucket_is_the_file_from_a_folder() {
    let (tollbook, expected) = store();
    let bucket = S3::start();
    let server = tollbook.serve(&texts(&settings(&bucket, &[])));
    let portal = Portal::sign_in(&server, "portal");
    let id = portal.order(SALES);
    portal.reaches(&id, "Completed");
    let whole = portal.download(&id);
    assert_eq!((whole.status, whole.header("Content-Type")), (200, "text/csv; charset=utf-8"));
    same("the file from the bucket, and from the folder", &whole.body, &expected);
    let bearer = format!("Bearer {}", portal.token);
    let url = format!("{}/api/rest/customer/v1/cdr-exports/{id}/download", server.http);
    for (range, from, until) in
        [("bytes=0-0", 0, 1), ("bytes=5000-9999", 5000, 10_000), ("bytes=-7", expected.len() - 7, expected.len())]
    {
        let part = send("GET", &url, &[("Authorization", &bearer), ("Range", range)], b"");
        assert_eq!(part.status, 206, "{range}");
        same(range, &part.body, &expected[from..until]);
    }
    assert_eq!(tollbook.spooled().len(), 1, "no file was added to the folder");
    let logged = tollbook.logged();
    assert!(!logged.contains(SECRET_KEY), "{logged}");
}

#[test]
fn every_export_completes_once_despite_errors_of_the_bucket() {
    let (tollbook, expected) = store();
    let bucket = S3::start();
    let server = tollbook.serve(&texts(&settings(&bucket, &[])));
    let portal = Portal::sign_in(&server, "portal");
    let mark = bucket.holds();
    let mut files = 0;
    for (times, instead) in [
        (3, Instead::Says(500, "InternalError")),
        (3, Instead::Says(503, "SlowDown")),
        (2, Instead::HangsUp),
        (2, Instead::DoesAndHangsUp),
    ] {
        bucket.misbehaves_first(times, instead, |_, _| true);
        let id = portal.order(SALES);
        portal.reaches(&id, "Completed");
        files += 1;
        let held = bucket.holds();
        assert_eq!(held.len(), mark.len() + files, "{instead:?}: there is not one file for each export: {held:?}");
        same(&format!("{instead:?}"), &portal.file(&id), &expected);
        bucket.misbehaves_first(2, Instead::BreaksOff(3000), |method, _| method == "GET");
        same("a download that breaks off twice", &portal.file(&id), &expected);
        bucket.behaves();
    }

    bucket.misbehaves(|method, _| (method == "PUT").then_some(Instead::Says(403, "AccessDenied")));
    let id = portal.order(SALES);
    portal.reaches(&id, "Failed");
    assert_eq!(portal.download(&id).status, 404);
    assert!(tollbook.logged().contains("s3:PutObject"), "{}", tollbook.logged());
    let held = bucket.holds();
    assert_eq!(held.len(), mark.len() + files, "{held:?}");
}

/// Blocks are kept beside the files. Whatever the bucket does with them, exports are written.
#[test]
fn kept_blocks_in_a_bucket_are_used_and_never_needed() {
    let (tollbook, expected) = store();
    let bucket = S3::start();
    let server = tollbook.serve(&texts(&settings(&bucket, &[("spool.kept_mebibytes", "100")])));
    let portal = Portal::sign_in(&server, "portal");
    let of_blocks = |path: &str| path.contains(".blocks/");
    let packs = || bucket.holds().into_iter().filter(|name| of_blocks(name)).count();
    let exports = |what: &str| {
        let id = portal.order(SALES);
        portal.reaches(&id, "Completed");
        same(what, &portal.file(&id), &expected);
    };
    bucket.misbehaves(move |method, path| {
        (method == "PUT" && of_blocks(path)).then_some(Instead::Says(403, "AccessDenied"))
    });
    exports("an export whose blocks cannot be kept");
    assert_eq!(packs(), 0);
    bucket.behaves();
    exports("an export whose blocks are kept");
    let kept = packs();
    assert!(kept > 0);
    exports("an export from kept blocks");
    bucket.misbehaves(move |method, path| {
        (method == "GET" && of_blocks(path)).then_some(Instead::Says(403, "AccessDenied"))
    });
    exports("an export whose kept blocks cannot be read");
    bucket.behaves();
    exports("an export afterwards");
    assert!(packs() >= kept);
}

#[test]
fn a_client_is_redirected_to_the_bucket_if_configured() {
    let (tollbook, expected) = store();
    let bucket = S3::start();
    let server = tollbook.serve(&texts(&settings(&bucket, &[("spool.redirect", "true")])));
    let portal = Portal::sign_in(&server, "portal");
    let id = portal.order(SALES);
    portal.reaches(&id, "Completed");
    let sent = portal.download(&id);
    assert_eq!((sent.status, sent.body.len()), (302, 0));
    let address = sent.header("Location").to_owned();
    assert!(address.starts_with(&bucket.endpoint), "{address}");
    let file = send("GET", &address, &[], b"");
    assert_eq!((file.status, file.header("Content-Type")), (200, "text/csv; charset=utf-8"));
    assert_eq!(file.header("Content-Disposition"), format!("attachment; filename=\"{id}.csv.gz\""));
    same("the file that the client fetched, and from the folder", &file.body, &expected);
    let logged = tollbook.logged();
    assert!(!logged.contains("X-Amz-Signature") && !logged.contains(SECRET_KEY), "{logged}");
}

#[test]
fn an_inaccessible_bucket_is_reported_at_the_start() {
    let tollbook = Tollbook::with_calls(10, 1);
    let bucket = S3::start();
    for (name, value, help) in [
        ("spool.secret_key", "another", "the server does not accept the key"),
        ("spool.address", "s3://another-bucket", "there is no such bucket"),
        ("spool.address", "s3://A", "3 to 63 lower-case letters"),
    ] {
        let settings = settings(&bucket, &[(name, value)]);
        let plain = ["serve", "--listen", "127.0.0.1:0", "--tls-listen", ""];
        let printed = tollbook.fails(&[&plain[..], &texts(&settings)].concat());
        assert!(printed.contains(help) && !printed.contains(SECRET_KEY), "{printed}");
    }
}

#[test]
fn readiness_names_a_bucket_that_cannot_be_reached() {
    let (tollbook, _) = store();
    let bucket = S3::start();
    let server = tollbook.serve(&texts(&settings(&bucket, &[])));
    let ready = || server.ask("", "GET", "/health/ready", &[]);
    assert_eq!(ready().status, 200, "{}", ready().text());
    bucket.misbehaves(|_, _| Some(Instead::Says(503, "SlowDown")));
    let answer = ready();
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(answer.text().starts_with("the spool cannot be written: "), "{}", answer.text());
    assert!(answer.text().contains(&bucket.endpoint), "it says what cannot be reached: {}", answer.text());
    bucket.behaves();
    assert_eq!(ready().status, 200, "{}", ready().text());
}

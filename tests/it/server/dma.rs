//! The DMA dialect over the real program.

use super::client::Answer;
use super::support::{NAME, members, until};
use crate::harness::Tollbook;

const ALL: &str = "from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";

fn with_operators(calls: u64) -> Tollbook {
    let tollbook = Tollbook::with_calls(calls, 30);
    for (name, role) in [
        (NAME, "administrator"),
        ("provisioner", "provisioner"),
        ("auditor", "auditor"),
        ("owner", "conference-room-owner"),
    ] {
        tollbook.operator(name, role);
    }
    tollbook
}

/// The counts that the archive itself names, and the rows it has.
fn check_archive(answer: &Answer, calls: u64) {
    let members = members(&answer.body);
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["calls.csv", "conferences.csv", "counts.txt"]);
    let rows = |text: &str| {
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes()).records().count()
            as u64
    };
    assert_eq!(rows(&members[0].1), calls);
    let conferences = rows(&members[1].1);
    assert!(members[2].1.starts_with(&format!("{calls},{conferences},")), "{}", members[2].1);
}

#[test]
fn a_billing_script_generates_follows_and_downloads() {
    let tollbook = with_operators(5000);
    let ended = tollbook.count(&["--where", "ended_at?"]);
    let server = tollbook.serve(&[]);
    assert_eq!(server.status(NAME)["statusType"], "NOT_STARTED");
    assert_eq!(server.get("/api/rest/billing/download-cdrs").status, 404);

    let begun = server.post(&format!("/api/rest/billing/generate-cdrs?{ALL}"));
    assert_eq!((begun.status, begun.text()), (202, ""));
    assert_eq!(begun.header("Location"), format!("{}/api/rest/billing/status", server.http));

    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{status}");
    assert_eq!(status["downloadReady"], true);
    assert_eq!(status["totalNumberCdrRecords"], status["numberCdrRecordsProcessed"]);
    assert!(status["totalNumberCdrRecords"].as_u64().unwrap() >= ended);
    let url = status["downloadUrl"].as_str().unwrap();
    let file = server.get(url.strip_prefix(&server.http).unwrap());
    assert_eq!((file.status, file.header("Content-Type")), (200, "application/zip"));
    assert_eq!(file.header("ETag").trim_matches('"'), status["entityTag"].as_str().unwrap());
    assert_eq!(file.header("Content-Length"), file.body.len().to_string());
    check_archive(&file, ended);

    let live = server.get(&format!("/api/rest/billing?{ALL}"));
    assert_eq!((live.status, live.header("Content-Type")), (200, "application/zip"));
    assert!(live.body == file.body, "the same calls, the same bytes, one way or the other");

    // A download that broke off goes on where it was.
    let half = file.body.len() / 2;
    let range = format!("bytes={half}-");
    let condition = [("Range", range.as_str()), ("If-Range", file.header("ETag"))];
    let rest = server.ask(NAME, "GET", "/api/rest/billing/download-cdrs", &condition);
    assert_eq!(rest.status, 206);
    assert!([&file.body[..half], &rest.body[..]].concat() == file.body);
}

#[test]
fn who_may_and_who_may_not() {
    let tollbook = with_operators(10);
    let server = tollbook.serve(&[]);
    for (name, status) in
        [(NAME, 200), ("provisioner", 200), ("auditor", 200), ("owner", 403), ("nobody", 401), ("", 401)]
    {
        let answer = server.ask(name, "GET", "/api/rest/billing/status", &[]);
        assert_eq!(answer.status, status, "{name}");
        assert_eq!(answer.header("WWW-Authenticate").starts_with("Basic "), status == 401, "{name}");
    }
    tollbook.ok(&["operator", "remove", "auditor"]);
    let listed = tollbook.ok(&["operator", "list"]);
    assert!(listed.contains("provisioner") && !listed.contains("auditor"), "{listed}");
}

#[test]
fn a_second_generation_is_refused_while_one_runs_and_leaves_it_alone() {
    let tollbook = with_operators(10);
    // Nobody works here: what is entered stays pending.
    let mut server = tollbook.serve(&["--set", "worker.threads=0"]);
    let day = |n: u32| {
        format!("/api/rest/billing/generate-cdrs?from-date=2026-01-0{n}T00:00:00Z&to-date=2026-01-09T00:00:00Z")
    };
    assert_eq!(server.post(&day(1)).status, 202);
    for name in [NAME, "auditor"] {
        let busy = server.ask(name, "POST", &day(2), &[]);
        assert_eq!((busy.status, busy.header("Content-Type")), (409, "application/vnd.plcm.plcm-error+xml"), "{name}");
    }
    assert_eq!(server.get("/api/rest/billing/download-cdrs").status, 409);
    let status = server.status(NAME);
    assert_eq!(
        (&status["statusType"], &status["actionType"]),
        (&"RUNNING".into(), &"RETRIEVING_CDR_NUM_CALL_RECORDS".into())
    );
    assert_eq!(status["fromDate"], "2026-01-01T00:00:00.000+00:00");

    // A restart loses nothing, and a worker of its own does the work.
    assert!(server.terminate().success());
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let _worker = tollbook.worker(&[]);
    assert_eq!(server.finished(NAME)["statusType"], "GENERATION_COMPLETE");
    assert_eq!(server.post(&day(2)).status, 202, "the lane is free again");
}

#[test]
fn fifty_exports_at_once_are_each_right_in_bounded_memory() {
    let tollbook = Tollbook::with_calls(20_000, 50);
    let names: Vec<String> = (1..=50).map(|n| format!("script-{n}")).collect();
    names.iter().for_each(|name| tollbook.operator(name, "auditor"));
    let server = tollbook.serve(&["--set", "dma.lane=caller"]);
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let day = |n: usize| first + chrono::Days::new(n as u64);
    std::thread::scope(|scope| {
        for (n, name) in names.iter().enumerate() {
            let (server, tollbook) = (&server, &tollbook);
            scope.spawn(move || {
                let bounds = format!("from-date={}T00:00:00Z&to-date={}T23:59:59.999999Z", day(n), day(n));
                let begun = server.ask(name, "POST", &format!("/api/rest/billing/generate-cdrs?{bounds}"), &[]);
                assert_eq!(begun.status, 202, "{name}: {}", begun.text());
                assert_eq!(server.finished(name)["statusType"], "GENERATION_COMPLETE", "{name}");
                let file = server.ask(name, "GET", "/api/rest/billing/download-cdrs", &[]);
                let (from, until) = (day(n).to_string(), day(n + 1).to_string());
                let calls = tollbook.count(&["--where", "ended_at?", "--from", &from, "--until", &until]);
                assert!(calls > 0, "{name} has a day with calls");
                check_archive(&file, calls);
            });
        }
    });
    let peak = server.peak_kib();
    // Two workers write at a time, and as many passwords are hashed as there are cores, nineteen MiB each.
    assert!(peak < 192 * 1024, "{peak} KiB");
}

#[test]
fn a_client_may_follow_over_tls_with_the_certificate_that_was_made() {
    let tollbook = with_operators(10);
    let server = tollbook.serve_with(&["serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"]);
    let certificate = tollbook.path("tollbook-data/tls/certificate.pem");
    let url = format!("{}/api/rest/billing/status", server.https.replace("127.0.0.1", "localhost"));
    let curl = |more: &[&str]| {
        let output = std::process::Command::new("curl")
            .args(["--silent", "--show-error", "--user", &format!("{NAME}:{}", super::support::PASSWORD)])
            .args(more)
            .arg(&url)
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let trusted = ["--cacert", certificate.to_str().unwrap()];
    let (fine, body) = curl(&trusted);
    assert!(fine && body.contains("plcm-billing-status"), "{body}");
    assert!(body.contains(&format!("href=\"{url}\"")), "links lead back to where the client came from: {body}");
    assert!(!curl(&[]).0, "nobody vouches for it");
    assert!(!curl(&[&trusted[..], &["--tls-max", "1.1"]].concat()).0, "TLS 1.1 is too old");
    assert!(curl(&[&trusted[..], &["--tls-max", "1.2"]].concat()).0);
}

#[test]
fn a_store_under_restore_is_still_answered_for() {
    let tollbook = with_operators(1000);
    tollbook.ok(&["backup", "saved.db"]);
    let server = tollbook.serve(&[]);
    assert_eq!(server.post(&format!("/api/rest/billing/generate-cdrs?{ALL}")).status, 202);
    let before = server.finished(NAME);
    assert_eq!(before["statusType"], "GENERATION_COMPLETE");
    tollbook.ok(&["restore", "--replace", "saved.db"]);
    // The backup knows of no export: there is nothing to be collected.
    let status = until(|| Some(server.status(NAME)).filter(|status| status["statusType"] == "NOT_STARTED"));
    assert_eq!(status["downloadReady"], false);
    assert_eq!(server.get("/api/rest/billing/download-cdrs").status, 404);
    assert_eq!(server.post(&format!("/api/rest/billing/generate-cdrs?{ALL}")).status, 202);
    let after = server.finished(NAME);
    assert_eq!(after["statusType"], "GENERATION_COMPLETE");
    assert_ne!(after["entityTag"], before["entityTag"], "no two files share their tag");
}

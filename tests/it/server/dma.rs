//! The DMA dialect of the real program.

use super::client::Answer;
use super::support::{NAME, PASSWORD, members};
use crate::harness::{Tollbook, curl, lacks, outcome, same};

const ALL: &str = "from-date=2026-01-01T00:00:00Z&to-date=2027-01-01T00:00:00Z";

fn with_operators(calls: u64) -> Tollbook {
    let tollbook = Tollbook::with_calls(calls, 30);
    for (name, role) in [
        (NAME, "administrator"),
        ("provisioner", "provisioner"),
        ("auditor", "auditor"),
        ("owner", "conference-room-owner"),
    ] {
        tollbook.user(name, role);
    }
    tollbook
}

/// The memory that fifty concurrent exports may take, in KiB: the memory of two workers and of the responses to fifty
/// clients, and nineteen MiB for each password that is hashed. At most one password per core is hashed at a time.
fn fifty_take_at_most() -> u64 {
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    (154 + 19 * cores.min(50)) * 1024
}

/// Checks the rows of an archive against the expected number and its own counts.
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
fn a_billing_script_generates_polls_and_downloads() {
    let tollbook = with_operators(5000);
    let ended = tollbook.count(&["--where", "ended_at?"]);
    let server = tollbook.serve(&[]);
    assert_eq!(server.status(NAME)["statusType"], "NOT_STARTED");
    server.refuses("/api/rest/billing/download-cdrs", 404);

    let accepted = server.post(&format!("/api/rest/billing/generate-cdrs?{ALL}"));
    assert_eq!((accepted.status, accepted.text()), (202, ""));
    assert_eq!(accepted.header("Location"), format!("{}/api/rest/billing/status", server.http));

    let status = server.finished(NAME);
    assert_eq!(status["statusType"], "GENERATION_COMPLETE", "{status}");
    assert_eq!(status["downloadReady"], true, "{status}");
    assert_eq!(status["totalNumberCdrRecords"], status["numberCdrRecordsProcessed"], "{status}");
    assert!(status["totalNumberCdrRecords"].as_u64().unwrap() >= ended, "{ended} calls have ended: {status}");
    let url = status["downloadUrl"].as_str().unwrap();
    let file = server.get(url.strip_prefix(&server.http).unwrap());
    assert_eq!((file.status, file.header("Content-Type")), (200, "application/zip"));
    assert_eq!(file.header("ETag").trim_matches('"'), status["entityTag"].as_str().unwrap());
    assert_eq!(file.header("Content-Length"), file.body.len().to_string());
    check_archive(&file, ended);

    let live = server.get(&format!("/api/rest/billing?{ALL}"));
    assert_eq!((live.status, live.header("Content-Type")), (200, "application/zip"));
    same("the same calls, one way and the other", &live.body, &file.body);

    // An interrupted download is resumed.
    let half = file.body.len() / 2;
    let range = format!("bytes={half}-");
    let condition = [("Range", range.as_str()), ("If-Range", file.header("ETag"))];
    let rest = server.ask(NAME, "GET", "/api/rest/billing/download-cdrs", &condition);
    assert_eq!(rest.status, 206);
    same("the file in two halves", &[&file.body[..half], &rest.body[..]].concat(), &file.body);
}

#[test]
fn roles_decide_who_may_use_the_api() {
    let tollbook = with_operators(10);
    let server = tollbook.serve(&[]);
    for (name, status) in
        [(NAME, 200), ("provisioner", 200), ("auditor", 200), ("owner", 403), ("nobody", 401), ("", 401)]
    {
        let answer = server.ask(name, "GET", "/api/rest/billing/status", &[]);
        assert_eq!(answer.status, status, "{name}");
        assert_eq!(answer.header("WWW-Authenticate").starts_with("Basic "), status == 401, "{name}");
    }
    tollbook.ok(&["user", "remove", "auditor"]);
    let listed = tollbook.ok(&["user", "list"]);
    assert!(listed.contains("provisioner") && !listed.contains("auditor"), "{listed}");
}

#[test]
fn a_second_generation_is_refused_while_one_runs() {
    let tollbook = with_operators(10);
    // There is no worker, so an entered export stays pending.
    let mut server = tollbook.serve(&["--set", "worker.threads=0"]);
    let day = |n: u32| {
        format!("/api/rest/billing/generate-cdrs?from-date=2026-01-0{n}T00:00:00Z&to-date=2026-01-09T00:00:00Z")
    };
    server.generates(&day(1));
    for name in [NAME, "auditor"] {
        let busy = server.ask(name, "POST", &day(2), &[]);
        let seen = (busy.status, busy.header("Content-Type"));
        assert_eq!(seen, (409, "application/vnd.plcm.plcm-error+xml"), "{name}: {}", busy.text());
    }
    server.refuses("/api/rest/billing/download-cdrs", 409);
    let status = server.status(NAME);
    assert_eq!(
        (&status["statusType"], &status["actionType"]),
        (&"RUNNING".into(), &"RETRIEVING_CDR_NUM_CALL_RECORDS".into()),
        "{status}"
    );
    assert_eq!(status["fromDate"], "2026-01-01T00:00:00.000+00:00");

    // A restart loses nothing, and a separate worker writes the export.
    let ended = server.terminate();
    assert!(ended.success(), "{ended}: {}", tollbook.logged());
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let _worker = tollbook.worker(&[]);
    server.completes(NAME);
    // The lane is free again.
    server.generates(&day(2));
}

#[test]
fn fifty_concurrent_exports_are_correct_in_bounded_memory() {
    let tollbook = Tollbook::with_calls(20_000, 50);
    let names: Vec<String> = (1..=50).map(|n| format!("script-{n}")).collect();
    names.iter().for_each(|name| tollbook.user(name, "auditor"));
    let server = tollbook.serve(&["--set", "dma.lane=caller"]);
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let day = |n: usize| first + chrono::Days::new(n as u64);
    std::thread::scope(|scope| {
        for (n, name) in names.iter().enumerate() {
            let (server, tollbook) = (&server, &tollbook);
            scope.spawn(move || {
                let bounds = format!("from-date={}T00:00:00Z&to-date={}T23:59:59.999999Z", day(n), day(n));
                let accepted = server.ask(name, "POST", &format!("/api/rest/billing/generate-cdrs?{bounds}"), &[]);
                assert_eq!(accepted.status, 202, "{name}: {}", accepted.text());
                server.completes(name);
                let file = server.ask(name, "GET", "/api/rest/billing/download-cdrs", &[]);
                let (from, until) = (day(n).to_string(), day(n + 1).to_string());
                let calls = tollbook.count(&["--where", "ended_at?", "--from", &from, "--until", &until]);
                assert!(calls > 0, "{name} has a day with calls");
                check_archive(&file, calls);
            });
        }
    });
    let (peak, most) = (server.peak_kib(), fifty_take_at_most());
    assert!(peak < most, "{peak} KiB exceed the limit of {most} KiB");
}

#[test]
fn a_client_can_connect_over_tls_with_the_generated_certificate() {
    if lacks("curl", "a client that follows over TLS") {
        return;
    }
    let tollbook = with_operators(10);
    let server = tollbook.serve_with(&["serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"]);
    let certificate = tollbook.path("tollbook-data/tls/certificate.pem");
    let url = format!("{}/api/rest/billing/status", server.https.replace("127.0.0.1", "localhost"));
    let ask = |more: &[&str]| {
        let user = format!("{NAME}:{PASSWORD}");
        let asked = curl().args(["--silent", "--show-error", "--user", &user]).args(more).arg(&url).output().unwrap();
        (asked.status.success(), outcome(&asked))
    };
    let trusted = ["--cacert", certificate.to_str().unwrap()];
    let (fine, body) = ask(&trusted);
    assert!(fine && body.contains("plcm-billing-status"), "{body}");
    assert!(body.contains(&format!("href=\"{url}\"")), "links use the address of the request: {body}");
    for (more, fine, what) in [
        (&[][..], false, "the certificate is not trusted"),
        (&[&trusted[..], &["--tls-max", "1.1"]].concat(), false, "TLS 1.1 is too old"),
        (&[&trusted[..], &["--tls-max", "1.2"]].concat(), true, "TLS 1.2 is accepted"),
    ] {
        let (succeeded, body) = ask(more);
        assert_eq!(succeeded, fine, "{what}: {body}");
    }
}

#[test]
fn only_tls_answers_tell_browsers_to_stay_with_tls() {
    if lacks("curl", "the header Strict-Transport-Security") {
        return;
    }
    let tollbook = with_operators(10);
    let both = ["serve", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0"];
    for (set, header) in [(&[][..], None), (&["--set", "tls.hsts_seconds=86400"], Some("max-age=86400"))] {
        let server = tollbook.serve_with(&[&both[..], set].concat());
        let ask = |base: &str, path: &str| {
            let asked =
                curl().args(["--silent", "--insecure", "--include"]).arg(format!("{base}{path}")).output().unwrap();
            let answer = outcome(&asked).to_ascii_lowercase();
            let value = answer.lines().find_map(|line| line.split_once("strict-transport-security: "));
            value.map(|(_, value)| value.trim().to_owned())
        };
        // Also answers that are not a success.
        for path in ["/health/live", "/api/rest/billing/status", "/api/rest/customer/v1/cdrs", "/nothing"] {
            assert_eq!(ask(&server.https, path).as_deref(), header, "{path}");
            assert_eq!(ask(&server.http, path), None, "{path}");
        }
    }
}

#[test]
fn a_restore_while_serving_is_reflected_in_the_status() {
    let tollbook = with_operators(1000);
    tollbook.ok(&["backup", "saved.db"]);
    let server = tollbook.serve(&[]);
    server.generates(&format!("/api/rest/billing/generate-cdrs?{ALL}"));
    let before = server.completes(NAME);
    tollbook.ok(&["restore", "--replace", "saved.db"]);
    // The backup contains no export, so there is none to collect.
    let status = tollbook.until("the export is no longer known", || {
        Some(server.status(NAME)).filter(|status| status["statusType"] == "NOT_STARTED")
    });
    assert_eq!(status["downloadReady"], false, "{status}");
    server.refuses("/api/rest/billing/download-cdrs", 404);
    server.generates(&format!("/api/rest/billing/generate-cdrs?{ALL}"));
    let after = server.completes(NAME);
    assert_ne!(after["entityTag"], before["entityTag"], "no two files share their tag");
}

#[test]
fn the_reader_of_a_download_gets_its_receipt() {
    let tollbook = with_operators(300);
    let server = tollbook.serve(&[]);
    assert_eq!(server.post(&format!("/api/rest/billing/generate-cdrs?{ALL}")).status, 202);
    server.finished(NAME);
    let file = server.get("/api/rest/billing/download-cdrs");
    let url = file.header("Link").strip_prefix('<').unwrap().strip_suffix(">; rel=\"describedby\"").unwrap();
    let path = url.strip_prefix(&server.http).unwrap();
    let receipt = server.get(path);
    assert_eq!((receipt.status, receipt.header("Content-Type")), (200, "application/json"));
    for (name, status) in [("auditor", 200), ("owner", 403), ("", 401)] {
        assert_eq!(server.ask(name, "GET", path, &[]).status, status, "{name}");
    }
    std::fs::write(tollbook.path("day.zip"), &file.body).unwrap();
    std::fs::write(tollbook.path("reader.json"), &receipt.body).unwrap();
    std::fs::write(tollbook.path("ledger.json"), tollbook.ok(&["exports", "receipt", "1"])).unwrap();
    for name in ["reader.json", "ledger.json"] {
        let printed = tollbook.ok(&["verify", "day.zip", "--receipt", name]);
        assert!(printed.contains("counts.txt: calls, conferences"), "{name}: {printed}");
    }
    let refused = tollbook.fails(&["exports", "receipt", "2"]);
    assert!(refused.contains("there is no export `2`"), "{refused}");
}

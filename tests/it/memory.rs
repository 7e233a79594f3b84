//! Memory: the same however many calls there are.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::harness::{Tollbook, export_args, over_postgres};
use crate::server::porta::support::LICENCE;

/// The promise: peak resident memory of an export.
const LIMIT_KIB: u64 = 64 * 1024;
/// Ten times as many calls an hour make the few blocks under way fuller, up to 4,096 rows and no further.
const FULLER_KIB: u64 = 10 * 1024;

/// Runs an export and returns the most memory it ever had, in KiB.
fn peak(tollbook: &Tollbook, args: &[&str]) -> u64 {
    let mut child = tollbook.spawn(args);
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let high_water = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        if let Some(kib) = high_water.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()) {
            peak = u64::max(peak, kib);
        }
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "tollbook {}", args.join(" "));
            return peak;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

fn export_peaks(tollbook: &Tollbook) -> Vec<(String, u64)> {
    [("dma-6.1-reconstructed", "csv"), ("native", "csv"), ("native", "ndjson")]
        .map(|(layout, format)| {
            (format!("{layout} {format}"), peak(tollbook, &export_args(layout, format, "calls.zip")))
        })
        .into()
}

/// The same for a server: its connections to the store have caches, which a hundred thousand calls do not fill.
const CACHES_KIB: u64 = 16 * 1024;

/// The most memory a server ever had that answered with all records of its largest customer, in each format; and how much it
/// sent.
fn answer_peaks(tollbook: &Tollbook) -> (Vec<(String, u64)>, u64) {
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    let (_, customer) = tollbook.numbers_of("hls-0001");
    let mut sent = 0;
    let peaks = ["json", "xml", "csv", "html"].map(|format| {
        let server = tollbook.serve(&["--set", "worker.threads=0"]);
        let path = format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/2026-01-01/2027-01-01/true.{format}");
        sent += server.drain(&path);
        (format!("an answer in {format}"), server.peak_kib())
    });
    (peaks.into(), sent)
}

#[test]
fn ten_times_as_many_calls_take_no_more_memory() {
    // Loading takes longer into PostgreSQL, and what would be kept whole by mistake is larger in its client.
    let times = if over_postgres() { 3 } else { 10 };
    let (few, many) = (Tollbook::with_calls(times * 10_000, 30), Tollbook::with_calls(times * 100_000, 30));
    let (few_answered, little) = answer_peaks(&few);
    let (many_answered, much) = answer_peaks(&many);
    assert!(much > 8 * little && much > times * 10_000_000, "{little} bytes, then {much}");
    let exports = (export_peaks(&few), export_peaks(&many), FULLER_KIB);
    let answers = (few_answered, many_answered, CACHES_KIB);
    for (small, large, more) in [exports, answers] {
        for ((what, small), (_, large)) in small.into_iter().zip(large) {
            assert!(large < LIMIT_KIB, "{what}: {large} KiB");
            assert!(large < small + more, "{what}: {small} KiB, then {large} KiB");
        }
    }
}

#[test]
fn calls_that_all_fall_into_one_hour_take_no_more_memory_either() {
    let tollbook = Tollbook::new();
    let crowd = tollbook.path("crowd.csv");
    let mut text = String::from("key,started_at,calling,called\n");
    for n in 0..300_000 {
        text.push_str(&format!(
            "{n},2026-03-01T10:00:00.{:06}Z,+4930231250{:02},+49301234{:03}\n",
            n % 7,
            n % 100,
            n % 1000
        ));
    }
    fs::write(&crowd, text).unwrap();
    tollbook.ok(&["load", "--feed", "native", "crowd.csv"]);
    let peak = peak(&tollbook, &["export", "--output", "calls.zip"]);
    assert!(peak < LIMIT_KIB, "{peak} KiB");
}

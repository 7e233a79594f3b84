//! Memory use does not depend on the number of calls.

use std::fs;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use crate::harness::{Tollbook, export_args, outcome, over_postgres, peak_kib};
use crate::server::porta::support::LICENCE;
use crate::server::support::until;

/// The documented limit of the peak resident memory of an export.
const LIMIT_KIB: u64 = 64 * 1024;
/// The random variation: one or two more blocks in progress for each writing thread.
const UNDER_WAY_KIB: u64 = 10 * 1024;
/// The same for a server, whose store connections have caches that a hundred thousand calls do not fill.
const CACHES_KIB: u64 = 16 * 1024;

const EXPORTS: [(&str, &str); 3] = [("dma-6.1-reconstructed", "csv"), ("native", "csv"), ("native", "ndjson")];
const OUTPUT: &str = "calls.zip";

/// Runs an export of which nothing is kept from before, and returns its peak memory, in KiB.
fn first_peak(tollbook: &Tollbook, args: &[&str]) -> u64 {
    let _ = fs::remove_dir_all(tollbook.path("tollbook-data/spool/.blocks"));
    peak(tollbook, args)
}

/// Runs an export and returns its peak memory, in KiB. The memory is read once the file exists and only the report is
/// left to print. Its standard output is blocked, so that the process cannot end before that.
fn peak(tollbook: &Tollbook, args: &[&str]) -> u64 {
    let file = tollbook.path(OUTPUT);
    let _ = fs::remove_file(&file);
    let (mut listener, line) = busy_line();
    let mut export = tollbook.command(args).stdout(line).stderr(Stdio::piped()).spawn().unwrap();
    let id = export.id();
    let peak = until("the export is written", || {
        let there = file.exists().then(|| peak_kib(id));
        there.or_else(|| export.try_wait().unwrap().map(|_| None))
    });
    io::copy(&mut listener, &mut io::sink()).unwrap();
    let output = export.wait_with_output().unwrap();
    assert!(output.status.success(), "tollbook {}: {}", args.join(" "), outcome(&output));
    peak.unwrap()
}

/// A pair of connected sockets whose buffer is full, so that a write blocks until the listener reads.
fn busy_line() -> (UnixStream, OwnedFd) {
    let (listener, mut line) = UnixStream::pair().unwrap();
    line.set_nonblocking(true).unwrap();
    while line.write(&[0; 4096]).is_ok_and(|taken| taken > 0) {}
    line.set_nonblocking(false).unwrap();
    (listener, line.into())
}

/// The peak memory of a server that sent all records of a customer, in KiB, and the number of bytes it sent.
fn answer_peak(tollbook: &Tollbook, customer: i64, format: &str) -> (u64, u64) {
    let server = tollbook.serve(&["--set", "worker.threads=0"]);
    let path = format!("/getCustomerAccountCDRS/{LICENCE}/{customer}/2026-01-01/2027-01-01/true.{format}");
    let sent = server.drain(&path);
    (server.peak_kib(), sent)
}

/// The largest customer of a store, and a licence to read its records.
fn customer(tollbook: &Tollbook) -> i64 {
    tollbook.licence("reader", LICENCE, &["--environment", "1"]);
    tollbook.numbers_of("hls-0001").1
}

/// Fails if more calls take more memory. Random variation only adds memory, so the least of three runs counts. Data
/// that is held as a whole by mistake appears in every run.
fn compare(what: &str, margin: u64, mut few: impl FnMut() -> u64, mut many: impl FnMut() -> u64) {
    let few = (0..3).map(|_| few()).min().unwrap();
    let mut least = u64::MAX;
    for _ in 0..3 {
        let peak = many();
        assert!(peak < LIMIT_KIB, "{what}: {peak} KiB");
        least = least.min(peak);
        if least < few + margin {
            return;
        }
    }
    panic!("{what}: {few} KiB, then {least} KiB with ten times as many calls");
}

#[test]
fn ten_times_as_many_calls_take_no_more_memory() {
    // PostgreSQL loads more slowly, and data that is held as a whole by mistake takes more memory in its client.
    let times = if over_postgres() { 3 } else { 10 };
    // The same number of calls per hour, so that the blocks in progress have the same size.
    let (few, many) = (Tollbook::with_calls(times * 10_000, 3), Tollbook::with_calls(times * 100_000, 30));
    for (layout, format) in EXPORTS {
        let args = export_args(layout, format, OUTPUT);
        let first = (|| first_peak(&few, &args), || first_peak(&many, &args));
        compare(&format!("{layout} {format}"), UNDER_WAY_KIB, first.0, first.1);
        let again = (|| peak(&few, &args), || peak(&many, &args));
        compare(&format!("{layout} {format} from kept blocks"), UNDER_WAY_KIB, again.0, again.1);
    }
    let (few_of, many_of) = (customer(&few), customer(&many));
    let (mut little, mut much) = (0, 0);
    for format in ["json", "xml", "csv", "html"] {
        let mut sent = (0, 0);
        let few = || {
            let (peak, bytes) = answer_peak(&few, few_of, format);
            sent.0 = bytes;
            peak
        };
        let many = || {
            let (peak, bytes) = answer_peak(&many, many_of, format);
            sent.1 = bytes;
            peak
        };
        compare(&format!("an answer in {format}"), CACHES_KIB, few, many);
        (little, much) = (little + sent.0, much + sent.1);
    }
    assert!(much > 8 * little && much > times * 10_000_000, "{little} bytes, then {much}");
}

#[test]
fn calls_in_a_single_hour_take_no_more_memory() {
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
    for from in ["from calls", "from kept blocks"] {
        let peak = peak(&tollbook, &["export", "--replace", "--output", OUTPUT]);
        assert!(peak < LIMIT_KIB, "{from}: {peak} KiB");
    }
}

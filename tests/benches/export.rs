//! Compares a ZIP export with `sqlite3 -csv | zip -6` of the same columns, alternating in one run.
//!
//! `cargo bench -p tollbook-tests` creates the store, sets up both sides and prints medians and ratios. The target is
//! at least three times the speed at no more than 1.1 times the size. It requires `sqlite3` and `zip`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its results")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

const ROUNDS: usize = 5;

/// The columns, as fields of a layout and as SQL that prints the same text; `@` marks an instant.
const COLUMNS: &[(&str, &str)] = &[
    ("number", "number"),
    ("started_at", "@started_at"),
    ("connected_at", "@connected_at"),
    ("ended_at", "@ended_at"),
    ("billed_at", "@billed_at"),
    ("talk", "talk_us"),
    ("billed", "billed_us"),
    ("success", "iif(success, 'true', 'false')"),
    ("last_attempt", "iif(last_attempt, 'true', 'false')"),
    ("direction", "case direction when 1 then 'out' when 2 then 'in' when 3 then 'forwarded' else 'unknown' end"),
    ("account_id", "account_id"),
    ("customer_id", "customer_id"),
    ("service_id", "service_id"),
    ("source_id", "source_id"),
    ("calling", "calling"),
    ("called", "called"),
    ("call_id", "call_id"),
    ("release_cause", "release_cause"),
    ("release_code", "release_code"),
    ("price", "price_text"),
    ("assumed", "assumed"),
    ("call_uuid", "details->>'$.call_uuid'"),
    ("group", "details->>'$.group'"),
    ("attempt", "details->>'$.attempt'"),
    ("calling_name", "details->>'$.sip.calling_name'"),
    ("release_reason", "details->>'$.sip.release_reason'"),
];

fn main() {
    let calls: u64 = std::env::var("CALLS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
    let cargo = option_env!("CARGO").unwrap_or("cargo");
    run(Command::new(cargo).args(["build", "--release", "--quiet", "-p", "tollbook"]).current_dir(root));
    let program = root.join("target/release/tollbook");
    let folder = std::env::temp_dir().join(format!("tollbook-bench-{}", std::process::id()));
    fs::create_dir_all(folder.join("layouts")).expect("a folder for the benchmark");
    fs::write(folder.join("layouts/bench.toml"), layout()).expect("the layout");

    let generate = timed(Command::new(&program).args(["generate", "--calls", &calls.to_string()]).current_dir(&folder));
    println!("{calls} calls over 30 days, generated into the store in {generate:.1} s");
    let selected: Vec<String> = COLUMNS.iter().map(|(_, sql)| printed(sql)).collect();
    let sql = format!("select {} from cdrs where kind = 0 order by started_at, number;", selected.join(", "));
    fs::write(folder.join("peer.sql"), sql).expect("the peer's query");
    let pipe = "sqlite3 -csv tollbook-data/tollbook.db < peer.sql | zip -q -6 - - > peer.zip";
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut export = Command::new(&program);
        export.args(["--set", "layouts=layouts", "export", "--layout", "bench", "--replace", "--output", "ours.zip"]);
        ours.push(timed(export.current_dir(&folder)));
        theirs.push(timed(Command::new("bash").args(["-c", pipe]).current_dir(&folder)));
    }
    let ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours).collect();
    let size = |name: &str| fs::metadata(folder.join(name)).map(|it| it.len()).unwrap_or_default();
    println!("tollbook export        median {:.2} s, {} bytes", median(&ours), size("ours.zip"));
    println!("sqlite3 -csv | zip -6  median {:.2} s, {} bytes", median(&theirs), size("peer.zip"));
    println!(
        "{:.2} times as fast (median of {ROUNDS} pairs), {:.3} times the size",
        median(&ratios),
        size("ours.zip") as f64 / size("peer.zip") as f64
    );
    fs::remove_dir_all(&folder).expect("the folder of the benchmark can be removed");
}

/// The SQL of a column; an instant is printed as the layout prints it.
fn printed(sql: &str) -> String {
    match sql.strip_prefix('@') {
        Some(at) => {
            format!("strftime('%Y-%m-%dT%H:%M:%S', {at}/1000000, 'unixepoch') || printf('.%06dZ', {at}%1000000)")
        }
        None => sql.to_owned(),
    }
}

fn layout() -> String {
    let columns: Vec<String> = COLUMNS
        .iter()
        .map(|(field, _)| format!("[[sheets.columns]]\nheading = \"{field}\"\nfield = \"{field}\"\n"))
        .collect();
    format!(
        "name = \"bench\"\nsummary = \"the columns of the benchmark\"\n\n[csv]\nheading = false\n\n[[sheets]]\nname = \"calls\"\n\
         rows = \"calls\"\n\n{}",
        columns.join("\n")
    )
}

fn timed(command: &mut Command) -> f64 {
    let started = Instant::now();
    run(command.stdout(Stdio::null()));
    started.elapsed().as_secs_f64()
}

fn run(command: &mut Command) {
    let status = command.status();
    assert!(status.is_ok_and(|status| status.success()), "{command:?}");
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

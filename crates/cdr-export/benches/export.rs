//! The speed of formatting, compressing and packaging rows, and the compression ratio of our own encoder compared with
//! each level of zlib-rs.
//!
//! `cargo bench -p cdr-export`. The calls have the incompressible fields of real calls: a UUID, and a call ID of 32
//! hexadecimal digits.

use std::io;
use std::num::NonZeroUsize;

use cdr_export::{Cut, ExportError, ExportFile, ExportSpec, Layout, Package, SheetContent};
use cdr_model::{Anchor, Cdr, Directory, Timestamp};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use flate2::{Compress, Compression, FlushCompress};

const ROWS: u64 = 40_960;

fn main() {
    sizes();
    divan::main();
}

/// SplitMix64: the same calls in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> i64 {
        (self.next() % end) as i64
    }
}

/// Calls of a telephone exchange, a second apart.
fn calls(rows: u64) -> Vec<Cdr> {
    let mut chance = Chance(7);
    let start = Timestamp::from_seconds(1_795_255_200);
    (0..rows as i64)
        .map(|at| {
            let started_at = start.plus_micros(at * 1_000_000 + chance.below(1_000_000));
            let answered = chance.below(100) < 46;
            let ringing = 2_000_000 + chance.below(9_000_000);
            let talk = if answered { 1_000_000 + chance.below(600_000_000) } else { 0 };
            let ended_at = started_at.plus_micros(ringing + talk);
            let mut call = Cdr {
                number: at + 1,
                id: at + 1,
                source_id: 1,
                account_id: 1 + chance.below(20) * chance.below(20),
                customer_id: 1,
                started_at,
                connected_at: answered.then(|| started_at.plus_micros(ringing)),
                ended_at: Some(ended_at),
                billed_at: ended_at,
                success: answered,
                talk_us: Some(talk),
                billed_us: Some(talk),
                calling: Some(format!("49301{:06}", chance.below(40_000))),
                called: Some(format!("49{}", 15_000_000_000 + chance.below(4_000_000_000))),
                call_id: Some(format!("{:016x}{:016x}@10.0.0.{}", chance.next(), chance.next(), chance.below(4))),
                release_cause: Some(if answered { 16 } else { 17 }),
                release_code: Some(if answered { 200 } else { 486 }),
                price: answered
                    .then(|| format!("{}.{:06}", talk / 60_000_000, chance.below(1_000_000)).parse().ok())
                    .flatten(),
                ..Cdr::default()
            };
            let uuid = (u128::from(chance.next()) << 64) | u128::from(chance.next());
            call.details.call_uuid = Some(uuid::Builder::from_random_bytes(uuid.to_be_bytes()).into_uuid());
            call.details.sip.release_reason = Some(if answered { "OK" } else { "Busy here" }.to_owned());
            call
        })
        .collect()
}

fn spec(layout: &str, format: &str, package: Package) -> ExportSpec {
    let layout = Layout::named(layout, &[]).map(|layout| layout.only(|sheet| sheet.rows == SheetContent::Calls));
    let layout = layout.unwrap_or_else(|error| panic!("{error}"));
    ExportSpec { layout, format: format.to_owned(), package, zone: "Europe/Berlin".to_owned() }
}

fn export(out: impl io::Write, spec: &ExportSpec, calls: Vec<Cdr>, workers: usize) -> Result<u64, ExportError> {
    let workers = NonZeroUsize::new(workers).unwrap_or(NonZeroUsize::MIN);
    let mut file = ExportFile::create(out, spec)?.with_workers(workers);
    let sheet = &spec.layout.sheets[0];
    let receipt = file.sheet(sheet, &Directory::EMPTY, Anchor::Start, Cut::Rows, |push| {
        calls.into_iter().try_for_each(&mut *push).map_err(ExportError::from)
    })?;
    file.finish()?;
    Ok(receipt.bytes)
}

fn text(layout: &str, rows: u64) -> Vec<u8> {
    let mut text = Vec::new();
    export(&mut text, &spec(layout, "csv", Package::Plain), calls(rows), 1).unwrap_or_else(|error| panic!("{error}"));
    text
}

/// Rows into a sink: the cost of formatting, digests and threads, and of compression if the package compresses.
#[divan::bench(args = [
    ("dma-6.1-reconstructed", "csv", Package::Plain, 1), ("native", "csv", Package::Plain, 1),
    ("native", "ndjson", Package::Plain, 1), ("dma-6.1-reconstructed", "csv", Package::Zip, 1),
    ("dma-6.1-reconstructed", "csv", Package::Zip, 2), ("native", "csv", Package::Zip, 2),
], sample_count = 20)]
fn file(bencher: Bencher<'_, '_>, (layout, format, package, workers): (&str, &str, Package, usize)) {
    let (spec, calls) = (spec(layout, format, package), calls(ROWS));
    bencher
        .counter(ItemsCount::new(ROWS))
        .with_inputs(|| calls.clone())
        .bench_values(|calls| export(io::sink(), &spec, calls, workers));
}

/// Text through zlib-rs, block by block: the baseline of our own encoder.
#[divan::bench(args = [1, 2, 3, 4, 5, 6], sample_count = 20)]
fn deflate(bencher: Bencher<'_, '_>, level: u32) {
    let text = text("dma-6.1-reconstructed", ROWS);
    let blocks = blocks(&text, 4096);
    let mut packed = Vec::new();
    bencher.counter(BytesCount::new(text.len())).bench_local(|| packed_size(&blocks, level, &mut packed));
}

/// Splits a text after every `rows` rows.
fn blocks(text: &[u8], rows: usize) -> Vec<&[u8]> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut from = 0;
    lines
        .chunks(rows)
        .map(|lines| {
            let until = from + lines.iter().map(|line| line.len()).sum::<usize>();
            &text[std::mem::replace(&mut from, until)..until]
        })
        .collect()
}

fn packed_size(blocks: &[&[u8]], level: u32, packed: &mut Vec<u8>) -> usize {
    let mut compress = Compress::new(Compression::new(level), false);
    let mut size = 0;
    for block in blocks {
        compress.reset();
        packed.clear();
        packed.reserve(block.len() * 2 + 64);
        let _ = compress.compress_vec(block, packed, FlushCompress::Full);
        size += packed.len();
    }
    size
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its results")]
fn sizes() {
    for layout in ["dma-6.1-reconstructed", "native"] {
        let text = text(layout, ROWS);
        let mut whole = Compress::new(Compression::new(6), false);
        let mut packed = Vec::with_capacity(text.len());
        let _ = whole.compress_vec(&text, &mut packed, FlushCompress::Finish);
        let one_stream = packed.len();
        println!("{layout}: {ROWS} rows, {} bytes; one stream at level 6: {one_stream}", text.len());
        for rows in [100, 300, 1000, 4096] {
            let blocks = blocks(&text, rows);
            let sizes = (1..=6).map(|level| {
                let size = packed_size(&blocks, level, &mut packed);
                format!("  {level}: {:.3}", size as f64 / one_stream as f64)
            });
            println!("  blocks of {rows:4} rows, size over that by level:{}", sizes.collect::<String>());
        }
        let mut own = Vec::new();
        export(&mut own, &spec(layout, "csv", Package::Gzip), calls(ROWS), 1).unwrap_or_else(|error| panic!("{error}"));
        println!("  our own, blocks of 4096 rows, size over that: {:.3}", own.len() as f64 / one_stream as f64);
    }
}

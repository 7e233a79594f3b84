//! Speed and sizes, compared with zlib-rs: `cargo bench -p cdr-deflate`.
//!
//! The texts are like those of three layouts. With `ROWS=FOLDER` each file in a folder is a text instead. A text is cut
//! where its hour changes, as exports are. Sizes are given over that of one stream of zlib-rs at level 6, which is not
//! cut.

use std::fs;
use std::sync::LazyLock;

use cdr_deflate::Deflater;
use divan::Bencher;
use divan::counter::BytesCount;
use flate2::{Compress, Compression, FlushCompress};

const ROWS: u64 = 20_000;

fn main() {
    sizes();
    divan::main();
}

struct Text {
    name: String,
    bytes: Vec<u8>,
}

/// Writes the row of a number.
type RowWriter = fn(&mut Chance, u64) -> String;

static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
    #[expect(clippy::disallowed_methods, reason = "a benchmark, not a library")]
    let folder = std::env::var("ROWS");
    let Ok(folder) = folder else {
        let layouts: [(&str, RowWriter); 3] = [("plain", plain), ("quoted", quoted), ("wide", wide)];
        return layouts.map(|(name, row)| Text { name: name.to_owned(), bytes: text(row) }).into();
    };
    let mut files: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some(Text { name, bytes: fs::read(path).ok()? })
    };
    files.into_iter().filter_map(read).collect()
});

/// SplitMix64: the same rows in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    /// A number of one of few exchanges.
    fn number(&mut self) -> String {
        let prefix = self.one(&["498999998", "49301234", "44207946", "1202555", "41325550"]);
        format!("{prefix}{:04}", self.below(60) * self.below(60))
    }

    fn domain(&mut self) -> &'static str {
        self.one(&["harbour-lights.example", "tumbleweed.example", "pebble-and-quill.example", "sip.fernpost.example"])
    }
}

fn text(row: fn(&mut Chance, u64) -> String) -> Vec<u8> {
    let mut chance = Chance(7);
    (0..ROWS).flat_map(|at| row(&mut chance, at).into_bytes()).collect()
}

/// The date of a row, and the times of its start and its end; rows are ten seconds apart.
fn times(chance: &mut Chance, at: u64) -> (String, String, String) {
    let second = at * 10 + chance.below(9);
    let date = format!("2026-01-{:02}", second / 86_400 + 1);
    let mut time = |second: u64| {
        let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
        format!("{hour:02}:{minute:02}:{:02}.{:03}", second % 60, chance.below(1000))
    };
    (date, time(second), time(second + at * at % 200))
}

/// Many columns, most of them empty.
fn plain(chance: &mut Chance, at: u64) -> String {
    let (date, start, end) = times(chance, at);
    let (id, call, other) = (chance.next(), chance.next(), chance.next());
    let (from, to, domain, cause) =
        (chance.number(), chance.number(), chance.domain(), chance.one(&["16", "17", "19"]));
    format!(
        "1,CALL,PT-PT,{:08x}-{:04x}-4{:03x}-a{:03x}-{other:012x},TRUE,{date}T{start}+01:00,{date}T{end}+01:00,{from},\
         +{to},+{to},,,,,{cause},,,,,,,,,,,,,,,,,,,1,,,,{call:016x}@sbc1.{domain},,,,,\n",
        id as u32,
        id as u16,
        id >> 52,
        other >> 52
    )
}

/// Quoted fields, many of them short.
fn quoted(chance: &mut Chance, at: u64) -> String {
    let (date, start, end) = times(chance, at);
    let (from, to, domain, call, tag) =
        (chance.number(), chance.number(), chance.domain(), chance.next(), chance.next());
    let other = chance.domain();
    let rate = chance.one(&["0.0214", "0.010355", "0.0145", "0.0000"]);
    let release = chance.one(&["200\",\"Bye", "486\",\"Busy Here", "480\",\"Temporarily Unavailable"]);
    let (address, agent) = (chance.below(4), chance.one(&["DeskView 10/3.1.4-rc2", "GroupView 500/6.2.0", ""]));
    format!(
        "\"{date} {start}+01\",\"{date} {end}+01\",\"t\",\"{}\",,\"+{from}\",\"+{to}\",\"{other}\",\"{domain}\",\
         \"sbc2.{domain}\",\"{release}\",\"198.51.100.{address}\",\"5060\",\"{from}\",\"{to}\",\"49\",\"60\",\"60\",\"{rate}\",\
         \"{rate}\",\"0.0\",\"{rate}\",\"60\",\"{call:016x}@sbc2.{domain}\",\"2-{tag:016x}\",\"{agent}\",\n",
        chance.below(600)
    )
}

/// All fields of a record.
fn wide(chance: &mut Chance, at: u64) -> String {
    let (id, call, tag) = (chance.next(), chance.next(), chance.next());
    let (date, start, end) = times(chance, at);
    let (account, from, to, domain) = (chance.below(40), chance.number(), chance.number(), chance.domain());
    format!(
        "{at},{at},call,sample,1,,sample/1/102738f8/{at},{id:016x}{tag:016x},Harbour Lights Shipping,3,hls-00{account:02},\
         {account},,Voice Calls,3,{date}T{start}000Z,,{date}T{end}000Z,{date}T{end}000Z,{},true,true,,out,+{from},,+{from},\
         +{to},{to},{call:016x}@sbc3.{domain},,{id:016x}-{tag:016x},sip:{call:016x}@sbc3.{domain},,{domain},{domain},\
         sbc3.{domain},12-{tag:016x},Softphone 11.0,,203.0.113.{},5061,3,,,,,,16,200,Bye,,0.0139,EUR,0.0214,0.0214,0.0,\
         0.0139,0,1,1,4989,false,801003,8010,true,,,,,,,,,,,,,,,0,true,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n",
        chance.below(600) * 1_000_000,
        account % 16
    )
}

/// Cuts a text where the hour of the first date in a row changes.
fn blocks(text: &[u8]) -> Vec<&[u8]> {
    let hour = |row: &[u8]| {
        let at = row.windows(5).position(|five| five == b"2026-")?;
        row.get(at..at + "2026-01-01T00".len()).map(<[u8]>::to_vec)
    };
    let (mut blocks, mut from, mut at, mut last) = (Vec::new(), 0, 0, None);
    for row in text.split_inclusive(|byte| *byte == b'\n') {
        // A row may have several lines.
        let this = hour(row).or_else(|| last.clone());
        if this != last && at > from {
            blocks.push(&text[std::mem::replace(&mut from, at)..at]);
        }
        last = this;
        at += row.len();
    }
    blocks.push(&text[from..]);
    blocks
}

fn ours(deflater: &mut Deflater, blocks: &[&[u8]], packed: &mut Vec<u8>) -> usize {
    let size = |block: &&[u8]| {
        packed.clear();
        deflater.pack(block, packed).map_or(0, |()| packed.len())
    };
    blocks.iter().map(size).sum()
}

fn theirs(level: u32, blocks: &[&[u8]], flush: FlushCompress, packed: &mut Vec<u8>) -> usize {
    let mut compress = Compress::new(Compression::new(level), false);
    let size = |block: &&[u8]| {
        compress.reset();
        packed.clear();
        packed.reserve(block.len() + block.len() / 8 + 64);
        let _ = compress.compress_vec(block, packed, flush);
        packed.len()
    };
    blocks.iter().map(size).sum()
}

#[expect(clippy::print_stdout, reason = "a benchmark prints its results")]
fn sizes() {
    let mut packed = Vec::new();
    for text in TEXTS.iter() {
        let blocks = blocks(&text.bytes);
        let whole = theirs(6, &[text.bytes.as_slice()], FlushCompress::Finish, &mut packed);
        let over = |size: usize| size as f64 / whole as f64;
        println!(
            "{}: {} bytes in {} blocks; size over one stream at level 6: ours {:.3}, level 2 {:.3}, level 6 {:.3}",
            text.name,
            text.bytes.len(),
            blocks.len(),
            over(ours(&mut Deflater::new(), &blocks, &mut packed)),
            over(theirs(2, &blocks, FlushCompress::Full, &mut packed)),
            over(theirs(6, &blocks, FlushCompress::Full, &mut packed)),
        );
    }
}

#[divan::bench(args = 0..TEXTS.len(), sample_count = 20)]
fn own(bencher: Bencher<'_, '_>, text: usize) {
    let (mut deflater, mut packed) = (Deflater::new(), Vec::new());
    let blocks = blocks(&TEXTS[text].bytes);
    bencher.counter(BytesCount::new(TEXTS[text].bytes.len())).bench_local(|| ours(&mut deflater, &blocks, &mut packed));
}

#[divan::bench(args = 0..TEXTS.len(), consts = [2, 6], sample_count = 20)]
fn zlib_rs<const LEVEL: u32>(bencher: Bencher<'_, '_>, text: usize) {
    let mut packed = Vec::new();
    let blocks = blocks(&TEXTS[text].bytes);
    bencher
        .counter(BytesCount::new(TEXTS[text].bytes.len()))
        .bench_local(|| theirs(LEVEL, &blocks, FlushCompress::Full, &mut packed));
}

//! The size of an archive beside `gzip -6` of the same text, for three layouts.

use tollbook_tests::measure::target::Target;

use crate::bench::LAYOUT;
use crate::program::Store;
use crate::report::Report;
use crate::run::Run;

pub(crate) const IDS: &[&str] = &["S8"];

const LAYOUTS: [(&str, &str); 3] = [(LAYOUT, "calls"), ("yeti-customer", "cdrs"), ("native", "calls")];

pub(crate) fn run(Run { bench, .. }: &Run, report: &mut Report<'_>) {
    let tollbook = bench.tollbook(Store::Sqlite);
    for (layout, sheet) in LAYOUTS {
        let export = |package: &str| {
            format!("{tollbook} export --layout {layout} --sheet {sheet} --package {package} --output -")
        };
        let ours = bench.written(&format!("{} > {{out}}", export("zip")));
        let theirs = bench.written(&format!("{} | gzip -6 > {{out}}", export("plain")));
        eprintln!("   {layout}: {ours} bytes, gzip -6 {theirs} bytes");
        let what = format!("size of the ZIP, layout {layout}");
        let target = Target::AtMost { must: 1.05, aim: 1.0 };
        report.figure("S8", what, "gzip -6 of the same CSV", (ours as f64 / theirs as f64, "×"), target);
    }
}

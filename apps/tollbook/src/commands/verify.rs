//! `tollbook verify`: checks an export against its receipt, without the store.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cdr_export::Receipt;

use crate::cli::VerifyArgs;
use crate::terminal::{say, shown};

/// Checks a file, and prints its receipt.
pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let path = args.receipt.clone().unwrap_or_else(|| receipt_of(&args.file));
    let receipt = verify(&args.file, &path)?;
    say(format!("{}: whole and unchanged, by {}\n{}", shown(&args.file), shown(&path), receipt.describe().trim_end()))?;
    Ok(ExitCode::SUCCESS)
}

/// The path of the receipt of a file.
pub(crate) fn receipt_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".receipt.json");
    PathBuf::from(name)
}

/// Checks a file against its receipt.
pub(crate) fn verify(file: &Path, receipt: &Path) -> anyhow::Result<Receipt> {
    let text = fs::read_to_string(receipt).with_context(|| format!("the receipt {}", receipt.display()))?;
    let receipt = Receipt::from_text(&text).with_context(|| format!("the receipt {}", receipt.display()))?;
    let opened = File::open(file).with_context(|| format!("the export {}", file.display()))?;
    cdr_export::verify(BufReader::with_capacity(1 << 18, opened), &receipt)
        .with_context(|| format!("the export {} does not match its receipt", file.display()))?;
    Ok(receipt)
}

//! `tollbook verify`: checks an export against its receipt, without the store.

use std::fs::{self, File};
use std::io::BufReader;
use std::mem;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use cdr_export::{Receipt, Verified, VerifyError};

use crate::cli::VerifyArgs;
use crate::terminal::{safe, say, say_aside, shown};

/// What a match shows, and what not.
const MEANING: &str = "This shows that the file and its receipt are consistent, not who made them: neither is signed.";

/// Checks a file, and prints its receipt, or a line for each thing that is wrong.
pub(crate) fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let path = args.receipt.clone().unwrap_or_else(|| receipt_of(&args.file));
    let opened = File::open(&args.file).with_context(|| format!("the export {}", args.file.display()))?;
    let text = fs::read_to_string(&path).with_context(|| format!("the receipt {}", path.display()))?;
    let mut receipt = match Receipt::from_text(&text) {
        Ok(receipt) => receipt,
        Err(error) => return refuse([format!("{}: {error}", shown(&path))]),
    };
    // What differs is said of the file that was given, whatever its name was when it was written.
    let written = mem::replace(&mut receipt.file.name, args.file.display().to_string());
    match cdr_export::verify(BufReader::with_capacity(1 << 18, opened), &receipt) {
        Ok(verified) => {
            receipt.file.name = written;
            let file = shown(&args.file);
            let verdict = format!("{file}: whole and unchanged, by {}", shown(&path));
            say(format!("{verdict}\n{}{}{MEANING}", receipt.describe(), findings(&verified)))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(VerifyError::Differs(differences)) => refuse(differences),
        Err(error) => Err(error).with_context(|| format!("the export {}", args.file.display())),
    }
}

/// The path of the receipt of a file.
pub(crate) fn receipt_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".receipt.json");
    PathBuf::from(name)
}

/// What the rows of the file confirm of its receipt, and what they cannot show.
fn findings(verified: &Verified) -> String {
    let mut text = String::new();
    for (name, lines) in [("added up", &verified.confirmed), ("not shown", &verified.unknown)] {
        for (at, line) in lines.iter().enumerate() {
            let name = if at == 0 { name } else { "" };
            text.push_str(&format!("{name:9}  {}\n", safe(line)));
        }
    }
    text
}

/// Prints what is wrong to standard error, a line each.
fn refuse(sentences: impl IntoIterator<Item = impl ToString>) -> anyhow::Result<ExitCode> {
    for sentence in sentences {
        say_aside(format!("tollbook: {}", safe(&sentence.to_string())))?;
    }
    Ok(ExitCode::FAILURE)
}

//! The same rows give the same bytes, and every change of a byte is detected.

use std::fs;

use crate::harness::{Tollbook, export_args, same};

#[test]
fn the_same_export_twice_gives_the_same_bytes_and_the_same_receipt() {
    let tollbook = Tollbook::with_calls(20_000, 7);
    for (layout, format) in
        [("dma-6.1-reconstructed", "csv"), ("dma-5.x", "csv"), ("native", "csv"), ("native", "ndjson")]
    {
        for name in ["one", "two"] {
            fs::create_dir(tollbook.path(name)).unwrap_or_default();
            tollbook.ok(&export_args(layout, format, &format!("{name}/calls.zip")));
        }
        let read = |name: &str| fs::read(tollbook.path(name)).unwrap();
        for name in ["calls.zip", "calls.zip.receipt.json"] {
            let (one, two) = (read(&format!("one/{name}")), read(&format!("two/{name}")));
            same(&format!("{layout} {format}: {name}, twice"), &one, &two);
        }
    }
}

#[test]
fn an_export_at_a_watermark_stays_the_same_when_calls_arrive() {
    let tollbook = Tollbook::with_calls(5000, 3);
    let watermark = highest(&tollbook);
    tollbook.ok(&["export", "--watermark", &watermark, "--output", "before.zip"]);
    tollbook.ok(&["generate", "--calls", "5000", "--days", "3", "--seed", "2"]);
    tollbook.ok(&["export", "--watermark", &watermark, "--output", "after.zip"]);
    let read = |name: &str| fs::read(tollbook.path(name)).unwrap();
    same("the export before more calls arrived, and after", &read("before.zip"), &read("after.zip"));
    tollbook.ok(&["export", "--output", "now.zip"]);
    assert!(read("before.zip") != read("now.zip"), "an export without a watermark contains the new calls");
}

fn highest(tollbook: &Tollbook) -> String {
    tollbook.ok(&["export", "--layout", "native", "--output", "mark.zip"]);
    let receipt: serde_json::Value =
        serde_json::from_slice(&fs::read(tollbook.path("mark.zip.receipt.json")).unwrap()).unwrap();
    receipt["watermark"].as_i64().unwrap().to_string()
}

#[test]
fn verify_reports_how_a_file_was_changed() {
    let tollbook = Tollbook::with_calls(2000, 2);
    tollbook.ok(&["export", "--output", "calls.zip"]);
    let whole = fs::read(tollbook.path("calls.zip")).unwrap();
    let printed = tollbook.ok(&["verify", "calls.zip"]);
    assert!(printed.contains("whole and unchanged"), "{printed}");

    let receipt = fs::read(tollbook.path("calls.zip.receipt.json")).unwrap();
    let flipped = |at: usize| {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        changed
    };
    let other = |from: &str, to: &str| {
        let text = String::from_utf8(receipt.clone()).unwrap();
        assert!(text.contains(from), "{text}");
        text.replacen(from, to, 1).into_bytes()
    };
    for (what, file, receipt, why) in [
        ("a byte in the middle", flipped(whole.len() / 2), receipt.clone(), "SHA-256"),
        ("the last byte is missing", whole[..whole.len() - 1].to_vec(), receipt.clone(), "size"),
        ("one byte too many", [&whole[..], b"x"].concat(), receipt.clone(), "size"),
        ("a member is missing", whole.clone(), other("\"rows\"", "\"rowz\""), "this is not a receipt"),
        ("a number is another", whole.clone(), other("\"rows\": ", "\"rows\": 9"), "the receipt was altered: line"),
        ("no receipt at all", whole.clone(), b"{}".to_vec(), "this is not a receipt"),
    ] {
        fs::write(tollbook.path("calls.zip"), file).unwrap();
        fs::write(tollbook.path("calls.zip.receipt.json"), receipt).unwrap();
        let printed = tollbook.fails(&["verify", "calls.zip"]);
        assert!(printed.contains(why), "{what}: {printed}");
    }
}

/// A receipt names a watermark whose records are all there. A number that the store has not reached is none.
#[test]
fn a_watermark_that_the_store_has_not_reached_is_refused() {
    let tollbook = Tollbook::with_calls(50, 3);
    let highest: i64 = highest(&tollbook).parse().unwrap();
    for (watermark, refused) in [(0, false), (1, false), (highest, false), (highest + 1, true), (i64::MAX, true)] {
        let watermark = watermark.to_string();
        for command in [&["export", "--replace", "--output", "at.zip"][..], &["calls", "--count"]] {
            let args = [command, &["--watermark", &watermark]].concat();
            if refused {
                let printed = tollbook.fails(&args);
                let words = format!(
                    "--watermark {watermark}: the store has no such record number yet; its highest is {highest}"
                );
                assert!(printed.contains(&words), "{printed}");
            } else {
                tollbook.ok(&args);
            }
        }
    }
    let printed = tollbook.fails(&["export", "--output", "at.zip", "--replace", "--watermark=-1"]);
    assert!(printed.contains("a record number is 0 or more"), "{printed}");
}

/// Neither the file nor its receipt is overwritten without `--replace`, whichever of the two exists.
#[test]
fn a_receipt_without_its_file_is_not_overwritten() {
    let tollbook = Tollbook::with_calls(50, 3);
    tollbook.ok(&["export", "--output", "calls.zip"]);
    let receipt = fs::read(tollbook.path("calls.zip.receipt.json")).unwrap();
    fs::rename(tollbook.path("calls.zip"), tollbook.path("moved.zip")).unwrap();
    let narrower = ["export", "--output", "calls.zip", "--watermark", "20"];
    let printed = tollbook.fails(&narrower);
    assert!(printed.contains("calls.zip.receipt.json already exists") && printed.contains("--replace"), "{printed}");
    assert_eq!(fs::read(tollbook.path("calls.zip.receipt.json")).unwrap(), receipt);
    assert!(!tollbook.path("calls.zip").exists());
    tollbook.ok(&[&narrower[..], &["--replace"]].concat());
    assert_ne!(fs::read(tollbook.path("calls.zip.receipt.json")).unwrap(), receipt);
    tollbook.ok(&["verify", "calls.zip"]);
}

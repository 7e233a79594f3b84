//! Same rows, same bytes.

use proptest::prelude::*;

use super::{calls, export, plan};
use crate::{BLOCK_ROWS, Cut, Package};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_number_of_workers_does_not_show(
        rows in 0i64..400, gap in 0i64..2000, package in prop::sample::select(Package::ALL.as_slice()),
    ) {
        let (plan, calls) = (plan("dma-6.1-reconstructed", "csv", package), calls(rows, gap));
        let one = export(&plan, &calls, Cut::Hour, 1);
        for workers in [2, 5] {
            prop_assert_eq!(&export(&plan, &calls, Cut::Hour, workers), &one);
        }
    }
}

#[test]
fn full_blocks_of_any_workers_are_the_same() {
    let calls = calls(3 * BLOCK_ROWS as i64 + 5, 0);
    let plan = plan("native", "ndjson", Package::Zip);
    let one = export(&plan, &calls, Cut::Hour, 1);
    for workers in [2, 5] {
        assert_eq!(export(&plan, &calls, Cut::Hour, workers), one);
    }
}

/// The bytes are a promise (`FORMAT_VERSION`): a new compressor that makes others has to raise it.
#[test]
fn the_bytes_are_those_of_format_version_1() {
    let (bytes, receipt) = export(&plan("dma-6.1-reconstructed", "csv", Package::Zip), &calls(500, 60), Cut::Hour, 2);
    assert_eq!(crate::FORMAT_VERSION, 1);
    assert_eq!(
        (bytes.len(), receipt.file.sha256.as_str(), receipt.sheets[0].crc32.as_str()),
        (18_689, "856b9ed09436d85c0a4fecbc16e0badb0a7df4ba9b9c2f2048f4c8633145d7c0", "a9d304d6")
    );
}

//! The same rows give the same bytes.

use proptest::prelude::*;

use super::{calls, export, spec};
use crate::{BLOCK_ROWS, Cut, Package};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_bytes_do_not_depend_on_the_number_of_workers(
        rows in 0i64..400, gap in 0i64..2000, package in prop::sample::select(Package::ALL.as_slice()),
    ) {
        let (spec, calls) = (spec("dma-6.1-reconstructed", "csv", package), calls(rows, gap));
        let one = export(&spec, &calls, Cut::Hour, 1);
        for workers in [2, 5] {
            prop_assert_eq!(&export(&spec, &calls, Cut::Hour, workers), &one);
        }
    }
}

#[test]
fn full_blocks_do_not_depend_on_the_number_of_workers() {
    let calls = calls(3 * BLOCK_ROWS as i64 + 5, 0);
    let spec = spec("native", "ndjson", Package::Zip);
    let one = export(&spec, &calls, Cut::Hour, 1);
    for workers in [2, 5] {
        assert_eq!(export(&spec, &calls, Cut::Hour, workers), one);
    }
}

/// `FORMAT_VERSION` guarantees the bytes: a compressor that produces other bytes has to increase it.
#[test]
fn the_bytes_are_those_of_format_version_2() {
    let (bytes, receipt) = export(&spec("dma-6.1-reconstructed", "csv", Package::Zip), &calls(500, 60), Cut::Hour, 2);
    assert_eq!(crate::FORMAT_VERSION, 2);
    assert_eq!(
        (bytes.len(), receipt.file.sha256.as_str(), receipt.sheets[0].crc32.as_str()),
        (18_733, "b37447d42a2f864d86d3b39110dd1f5a26eb2f285674cad86e53a0db672e1d1a", "a9d304d6")
    );
}

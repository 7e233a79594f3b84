//! Texts for the tests: noise, rows, and tables of any kind.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// Pseudo-random numbers with a fixed seed.
pub(super) fn noise(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed), |last| {
        Some(last.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f))
    })
    .map(|state| state >> 24)
}

pub(super) fn random_bytes(count: usize) -> Vec<u8> {
    noise(5).map(|number| number as u8).take(count).collect()
}

/// Rows like those of calls.
pub(super) fn rows(count: usize) -> Vec<u8> {
    let mut text = String::new();
    for (row, number) in noise(9).enumerate().take(count) {
        let at = number % 86_400;
        let (hour, minute, second) = (at / 3600, at / 60 % 60, at % 60);
        text += &format!("{row},2026-01-01T{hour:02}:{minute:02}:{second:02}.000Z,,,\"Harbour, Lights\",out,");
        text += &format!("+4989{:06},{number:016x}@sbc.example,,sip:{number:016x}@sbc.example\n", number % 1000);
    }
    text.into_bytes()
}

/// Tables as CSV: of any number of columns, some quoted, in which the same and similar cells occur again and again, and
/// some cells only once.
pub(super) fn tables() -> impl Strategy<Value = String> {
    let columns = vec((vec("[a-z0-9@:. +-]{0,24}", 1..6), select(vec!["", "\""])), 1..12);
    let cells = vec((any::<Index>(), 0u32..1 << 20, select(vec![0, 0, 0, 1, 2])), 0..2_000);
    (columns, cells, select(vec!["\n", "\r\n"])).prop_map(|(columns, cells, end)| {
        let mut text = String::new();
        for (at, (picked, number, random)) in cells.into_iter().enumerate() {
            let (values, quote) = &columns[at % columns.len()];
            let value = picked.get(values);
            match random {
                0 => text += &format!("{quote}{value}{quote}"),
                1 => text += &format!("{quote}{number:x}{value}{quote}"),
                _ => text += &format!("{quote}{value}{number}{quote}"),
            }
            text += if at % columns.len() == columns.len() - 1 { end } else { "," };
        }
        text
    })
}

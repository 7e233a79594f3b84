//! Generators of texts that are valid or nearly valid.

use proptest::prelude::*;
use proptest::sample::Index;

/// Texts that are mostly valid `xs:dateTime`s. Days, times and offsets may be out of range.
pub(super) fn nearly_valid() -> impl Strategy<Value = String> {
    let year = prop_oneof![
        6 => 1970_i64..2100,
        2 => -10_000_i64..10_000,
        1 => -999_999_999_999_i64..999_999_999_999,
    ];
    let hours = prop_oneof![9 => 0..24, 1 => 24..26];
    let fraction = prop_oneof![4 => "", 2 => r"\.[0-9]{1,6}", 1 => r"\.[0-9]{1,18}", 1 => r"\.0{0,12}[0-9]{1,6}"];
    let zone = prop_oneof![2 => "", 2 => "Z", 2 => "[+-](0[0-9]|1[0-3]):[0-5][0-9]", 1 => "[+-]1[34]:0[01]"];
    let time = prop_oneof![4 => (hours, 0..61, 0..61).boxed(), 1 => Just((24, 0, 0)).boxed()];
    (year, 1..13, prop_oneof![1..29, 28..32], time, fraction, zone).prop_map(
        |(year, month, day, (hour, minute, second), fraction, zone)| {
            let sign = if year < 0 { "-" } else { "" };
            let year = year.unsigned_abs();
            format!("{sign}{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
        },
    )
}

/// Nearly valid texts, most with a character inserted, removed, replaced or doubled, or with the rest cut off.
pub(super) fn mutated() -> impl Strategy<Value = String> {
    let character = prop_oneof![6 => "[-+:.TZtz0-9 ]", 1 => any::<char>().prop_map(String::from)];
    let mutation = (0..5, any::<Index>(), character);
    (nearly_valid(), prop::collection::vec(mutation, 0..3)).prop_map(|(text, mutations)| {
        let mut characters: Vec<char> = text.chars().collect();
        for (kind, index, new) in mutations.into_iter().flat_map(|(k, i, new)| new.chars().next().map(|c| (k, i, c))) {
            let at = index.index(characters.len() + 1);
            match (kind, characters.get(at).copied()) {
                (0, _) | (_, None) => characters.insert(at, new),
                (1, Some(_)) => drop(characters.remove(at)),
                (2, Some(old)) => characters.insert(at, old),
                (3, Some(_)) => characters.truncate(at),
                (_, Some(_)) => characters[at] = new,
            }
        }
        characters.into_iter().collect()
    })
}

//! Gaps in the sequence of a source: its switch counts its records, and a number that is missing is a record that did not
//! arrive.

/// A larger step is a counter that began anew.
const LARGEST: i64 = 1_000;

/// How many numbers are missing among those of the newest records, the newest first. A record may arrive late: the numbers
/// below those of the newer half may have come before all of these, so they do not count unless these are `all`.
pub fn missing_numbers(newest: &[i64], all: bool) -> u64 {
    let counted = if all { newest } else { &newest[..newest.len() / 2] };
    let Some(lowest) = counted.iter().min() else { return 0 };
    let mut numbers: Vec<i64> = newest.iter().copied().filter(|number| number >= lowest).collect();
    numbers.sort_unstable();
    let steps = numbers.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    steps.filter(|step| (2..=LARGEST).contains(step)).map(|step| step.unsigned_abs() - 1).sum()
}

#[cfg(test)]
mod tests {
    use super::missing_numbers;

    #[test]
    fn numbers_that_did_not_arrive_are_counted() {
        for (newest, all, missing) in [
            (&[][..], true, 0),
            (&[7], true, 0),
            (&[9, 8, 7], true, 0),
            (&[9, 7, 8, 8], true, 0),
            (&[9, 7, 4], true, 3),
            // A counter that began anew.
            (&[2, 1, 70_000, 69_999], true, 0),
            (&[3, 1, 70_000, 69_999], true, 1),
            // What is missing below the newer half may have come before.
            (&[9, 8, 7, 4], false, 0),
            (&[9, 7, 6, 4], false, 1),
            // A late one fills a gap.
            (&[8, 9, 7, 6], false, 0),
            (&[i64::MAX, i64::MIN], true, 0),
        ] {
            assert_eq!(missing_numbers(newest, all), missing, "{newest:?} {all}");
        }
    }
}

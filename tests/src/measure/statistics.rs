//! Medians and spreads of a few values.

/// The median: the middle value, or the mean of the two in the middle. Without values it is not a number.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.get(middle), sorted.len() % 2) {
        (None, _) => f64::NAN,
        (Some(value), 1) => *value,
        (Some(value), _) => (sorted[middle - 1] + value) / 2.0,
    }
}

/// How far the values lie apart, as a part of their median: 0.1 if the largest is a tenth of it above the smallest.
pub fn spread(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let smallest = values.iter().copied().fold(f64::INFINITY, f64::min);
    (largest - smallest) / median(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_the_middle_of_the_sorted_values() {
        for (values, expected) in [
            (&[3.0][..], 3.0),
            (&[9.0, 1.0, 2.0], 2.0),
            (&[4.0, 1.0, 3.0, 2.0], 2.5),
            (&[1.0, 1.0, 1.0, 100.0, 1.0], 1.0),
        ] {
            assert_eq!(median(values), expected, "{values:?}");
        }
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn a_spread_is_a_part_of_the_median() {
        for (values, expected) in [(&[2.0][..], 0.0), (&[1.9, 2.0, 2.1], 0.1), (&[1.0, 2.0, 4.0], 1.5)] {
            assert!((spread(values) - expected).abs() < 1e-9, "{values:?}: {}", spread(values));
        }
    }
}

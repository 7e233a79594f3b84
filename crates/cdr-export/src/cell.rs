//! Hand-written formatting of numbers and identifiers: `format!` would take most of the time of an export.

use std::io::Write as _;

use cdr_model::Money;
use uuid::Uuid;

const DIGITS: &[u8; 10] = b"0123456789";

/// The two digits of a number from 0 to 99.
pub(crate) fn two_digits(n: i64) -> [u8; 2] {
    [digit(n / 10), digit(n)]
}

fn digit(n: i64) -> u8 {
    DIGITS[n.rem_euclid(10).unsigned_abs() as usize]
}

/// Appends the last `width` digits of a non-negative number.
pub(crate) fn write_digits(mut n: i64, width: usize, out: &mut Vec<u8>) {
    let from = out.len();
    out.resize(from + width, b'0');
    for place in out[from..].iter_mut().rev() {
        *place = digit(n);
        n /= 10;
    }
}

/// Appends an integer.
pub(crate) fn write_integer(n: i64, out: &mut Vec<u8>) {
    // i64::MIN has 19 digits and a sign.
    let mut text = [0; 20];
    let mut from = text.len();
    let mut rest = n.unsigned_abs();
    loop {
        from -= 1;
        text[from] = DIGITS[(rest % 10) as usize];
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if n < 0 {
        from -= 1;
        text[from] = b'-';
    }
    out.extend_from_slice(&text[from..]);
}

/// Appends an amount with the digits it was received with.
pub(crate) fn write_money(amount: Money, out: &mut Vec<u8>) {
    let Some((units, decimals)) = amount.printed_units() else {
        // Writing to a vector cannot fail.
        let _ = write!(out, "{amount}");
        return;
    };
    let from = out.len();
    write_integer(units, out);
    let decimals = usize::from(decimals);
    if decimals == 0 {
        return;
    }
    // At least one digit before the point.
    let from = from + usize::from(units < 0);
    let missing = (decimals + 1).saturating_sub(out.len() - from);
    out.splice(from..from, std::iter::repeat_n(b'0', missing));
    out.insert(out.len() - decimals, b'.');
}

/// Appends a UUID in lower case with hyphens.
pub(crate) fn write_uuid(uuid: Uuid, out: &mut Vec<u8>) {
    out.extend_from_slice(uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use cdr_model::Money;

    use super::{write_digits, write_integer, write_money};

    #[test]
    fn the_limits_of_the_range_are_printed() {
        for n in [0, 1, -1, 9, 10, 99, 100, i64::MAX, i64::MIN] {
            let mut out = b"x".to_vec();
            write_integer(n, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("x{n}"));
        }
    }

    proptest! {
        #[test]
        fn amounts_are_printed_as_by_display(text in "-?[0-9]{1,10}(\\.[0-9]{0,30})?") {
            if let Ok(amount) = text.parse::<Money>() {
                let mut out = b"x".to_vec();
                write_money(amount, &mut out);
                prop_assert_eq!(String::from_utf8(out).unwrap(), format!("x{amount}"));
            }
        }

        #[test]
        fn numbers_are_printed_as_by_format(n: i64, small in 0i64..1_000_000) {
            let mut out = Vec::new();
            write_integer(n, &mut out);
            write_digits(small, 6, &mut out);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{n}{small:06}"));
        }
    }
}

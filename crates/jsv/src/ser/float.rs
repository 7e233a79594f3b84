//! Floating-point numbers in .NET Framework's general format, with 15 digits, or 7 for single precision. Only the largest
//! and the least number have as many digits as reading them back takes, since rounded they would be infinite.
//!
//! Source: ServiceStack.Text v3, `Jsv/JsvTypeSerializer.cs` (`WriteDouble`, `WriteFloat`).

/// `ToString(CultureInfo.InvariantCulture)` of a `double`.
pub(super) fn double(value: f64) -> String {
    if (1e-4..1e15).contains(&value.abs()) {
        let printed = value.to_string();
        if has_at_most(f64::DIGITS, &printed) {
            return printed;
        }
    }
    let (kept, precision) = match value {
        f64::MAX | f64::MIN => (17, 17),
        _ if value.is_normal() => (f64::DIGITS as usize, 15),
        _ => (0, 15),
    };
    general(value, &format!("{value:e}"), kept, precision)
}

/// `ToString(CultureInfo.InvariantCulture)` of a `float`.
pub(super) fn single(value: f32) -> String {
    if (1e-4..1e7).contains(&value.abs()) {
        let printed = value.to_string();
        if has_at_most(f32::DIGITS, &printed) {
            return printed;
        }
    }
    let (kept, precision) = match value {
        // .NET Framework prints nine digits, one more than are necessary.
        f32::MAX | f32::MIN => (0, 9),
        _ if value.is_normal() => (f32::DIGITS as usize, 7),
        _ => (0, 7),
    };
    general(value.into(), &format!("{value:e}"), kept, precision)
}

/// Whether a number of medium size has so few digits that Rust and .NET print it identically.
fn has_at_most(digits: u32, printed: &str) -> bool {
    let significant = printed.trim_start_matches(['-', '0', '.']);
    significant.bytes().filter(u8::is_ascii_digit).count() <= digits as usize
}

/// Formats a number. If the shortest form that reads back has at most `kept` digits, these are printed; otherwise the
/// number is rounded to `precision` digits.
fn general(value: f64, shortest: &str, kept: usize, precision: usize) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let (mut digits, mut exponent) = parts(shortest);
    if digits.len() > kept {
        // Enough digits to round the last one correctly.
        (digits, exponent) = parts(&format!("{value:.40e}"));
        round(&mut digits, &mut exponent, precision);
    }
    digits.truncate(digits.trim_end_matches('0').len());

    let point = exponent + 1;
    let rest = |from: usize| digits.get(from..).filter(|rest| !rest.is_empty());
    match usize::try_from(point) {
        Ok(point @ 1..) if point <= precision => {
            let whole = &digits[..point.min(digits.len())];
            let fraction = rest(point).map(|rest| format!(".{rest}")).unwrap_or_default();
            format!("{sign}{whole:0<point$}{fraction}")
        }
        _ if (-3..=0).contains(&point) => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        _ => {
            let fraction = rest(1).map(|rest| format!(".{rest}")).unwrap_or_default();
            let direction = if exponent < 0 { '-' } else { '+' };
            format!("{sign}{}{fraction}E{direction}{:02}", &digits[..1], exponent.unsigned_abs())
        }
    }
}

/// The digits of a number printed with `{:e}`, and its exponent.
fn parts(printed: &str) -> (String, i32) {
    let (digits, exponent) = printed.split_once('e').unwrap_or((printed, "0"));
    (digits.chars().filter(char::is_ascii_digit).collect(), exponent.parse().unwrap_or_default())
}

/// Rounds to `precision` digits, half up.
fn round(digits: &mut String, exponent: &mut i32, precision: usize) {
    let up = digits.as_bytes().get(precision).is_some_and(|digit| *digit >= b'5');
    digits.truncate(precision);
    if up {
        let kept = digits.trim_end_matches('9').len();
        digits.truncate(kept);
        match digits.pop() {
            Some(last) => digits.push(char::from_digit(last.to_digit(10).unwrap_or_default() + 1, 10).unwrap_or('0')),
            None => {
                digits.push('1');
                *exponent += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_have_15_digits() {
        for (value, expect) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (2.0 / 3.0, "0.666666666666667"),
            (0.0001, "0.0001"),
            (-12.75, "-12.75"),
            (0.00012345, "0.00012345"),
            (0.00001, "1E-05"),
            (1e-7, "1E-07"),
            (123456789.12345679, "123456789.123457"),
            (1e14, "100000000000000"),
            (123456789012345.0, "123456789012345"),
            (1e15, "1E+15"),
            (1234567890123456.0, "1.23456789012346E+15"),
            (999999999999999.9, "1E+15"),
            (0.999_999_999_999_999_9, "1"),
            (1e21, "1E+21"),
            (1e100, "1E+100"),
            (f64::MAX, "1.7976931348623157E+308"),
            (f64::MIN, "-1.7976931348623157E+308"),
            (f64::MAX / 2.0, "8.98846567431158E+307"),
            (f64::MIN_POSITIVE, "2.2250738585072E-308"),
            (5e-324, "4.94065645841247E-324"),
            // A half is rounded up, also after an even digit.
            (100000000000000.5, "100000000000001"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(double(value), expect, "{value:e}");
        }
    }

    #[test]
    fn singles_have_7_digits() {
        for (value, expect) in [
            (0.1, "0.1"),
            (1.1, "1.1"),
            (1_234_567.9, "1234568"),
            (1_234_566.5, "1234567"),
            (12_345_678.0, "1.234568E+07"),
            (8_589_973_504.0, "8.589974E+09"),
            (0.00001, "1E-05"),
            (-0.5, "-0.5"),
            (1e-45, "1.401298E-45"),
            (f32::MAX, "3.40282347E+38"),
            (f32::MIN, "-3.40282347E+38"),
            (f32::MAX / 2.0, "1.701412E+38"),
        ] {
            assert_eq!(single(value), expect, "{value:e}");
        }
    }

    #[test]
    fn the_largest_numbers_are_read_back() {
        for value in [f64::MAX, f64::MIN] {
            assert_eq!(double(value).parse(), Ok(value));
        }
        for value in [f32::MAX, f32::MIN] {
            assert_eq!(single(value).parse(), Ok(value));
        }
    }
}

//! Formatting of numbers without `format!`, which took a third of the time to generate a call.

/// Appends a number in decimal, padded with zeros to a width.
pub(super) fn push_decimal(text: &mut String, number: u64, width: usize) {
    push::<10>(text, number, width);
}

/// Appends a number in lower-case hexadecimal, padded with zeros to a width.
pub(super) fn push_hex(text: &mut String, number: u64, width: usize) {
    push::<16>(text, number, width);
}

/// Appends a number in any base. The base is a constant, since division by a variable would take most of the time.
fn push<const BASE: u64>(text: &mut String, mut number: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    while number > 0 {
        first -= 1;
        digits[first] = b"0123456789abcdef"[(number % BASE) as usize];
        number /= BASE;
    }
    let first = first.min(digits.len() - width.clamp(1, digits.len()));
    // All digits are ASCII.
    text.push_str(std::str::from_utf8(&digits[first..]).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::{push_decimal, push_hex};

    #[test]
    fn numbers_are_written_as_format_writes_them() {
        for number in [0, 7, 10, 999, 12_345, u64::MAX] {
            for width in [0, 1, 4, 16] {
                let (mut decimal, mut hex) = ("a".to_owned(), "b".to_owned());
                push_decimal(&mut decimal, number, width);
                push_hex(&mut hex, number, width);
                assert_eq!((decimal, hex), (format!("a{number:0width$}"), format!("b{number:0width$x}")));
            }
        }
    }
}

//! Short texts by hand: a third of the time to make a call went into `format!`.

/// Appends a number in decimal, with zeros in front up to a width.
pub(super) fn push_decimal(text: &mut String, number: u64, width: usize) {
    push(text, number, width, 10);
}

/// Appends a number in lower-case hexadecimal, with zeros in front up to a width.
pub(super) fn push_hex(text: &mut String, number: u64, width: usize) {
    push(text, number, width, 16);
}

fn push(text: &mut String, mut number: u64, width: usize, base: u64) {
    let mut digits = [b'0'; 20];
    let mut first = digits.len();
    while number > 0 {
        first -= 1;
        digits[first] = b"0123456789abcdef"[(number % base) as usize];
        number /= base;
    }
    let first = first.min(digits.len() - width.clamp(1, digits.len()));
    text.extend(digits[first..].iter().map(|digit| char::from(*digit)));
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

//! Offsets from UTC as text.

/// The largest offset, in minutes: ±14:00 (W3C XML Schema Part 2, dateTime).
pub(super) const FURTHEST: i16 = 14 * 60;

/// Reads `( "+" / "-" ) ( 00..13 ":" 00..59 / "14:00" )` as minutes east of UTC; `None` for any other text.
pub(super) fn fixed_offset(text: &str) -> Option<i16> {
    let &[sign @ (b'+' | b'-'), h1, h2, b':', m1 @ b'0'..=b'5', m2] = text.as_bytes() else { return None };
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    let minutes = (digit(h1)? * 10 + digit(h2)?) * 60 + digit(m1)? * 10 + digit(m2)?;
    let east = if sign == b'-' { -minutes } else { minutes };
    (minutes <= FURTHEST).then_some(east)
}

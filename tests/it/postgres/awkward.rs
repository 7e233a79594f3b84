//! Calls with values that are easily written wrong in files.

use cdr_model::{Cdr, Rating, Timestamp};

/// Texts that wrong quoting, escaping, trimming or re-encoding would corrupt.
const TEXTS: [&str; 24] = [
    "",
    " ",
    " blanks around ",
    "\"",
    "\"quoted\"",
    "a \"word\" in quotes",
    "comma, comma",
    "'",
    "'; DROP TABLE cdr; --",
    "line\nline",
    "line\r\nline",
    "\r",
    "\ttab\t",
    "\\",
    "\\N",
    "\\.",
    "\\n is not a line end",
    ":name :'name' $1 $$",
    "NULL",
    "null",
    "Jörg Übermütig-Größenwahn",
    "Zoe\u{308} 📞🦊 \u{10ffff}",
    "مكتب الاستقبال",
    "=SUM(A1:A9)",
];

/// Amounts: trailing zeros, more digits than a double has, both signs, exponents.
const AMOUNTS: [&str; 14] = [
    "0",
    "0.0",
    "0.0190",
    "0.019",
    "1e-7",
    "1.50e-7",
    "1.50e1",
    "12e3",
    "-0.0001",
    "-12.50",
    "100",
    "0.0026045833333333333372500000000000000000",
    "92233720368.54775807",
    "-92233720368.54775807",
];

/// Instants: fractions with and without trailing zeros, leap days, both sides of clock changes, and times when places
/// used local mean time.
const INSTANTS: [&str; 22] = [
    "1970-01-01T00:00:00Z",
    "2019-01-01T00:00:00Z",
    "2019-01-01T10:00:00.5Z",
    "2019-01-01T10:00:00.120Z",
    "2019-01-01T10:00:00.000001Z",
    "2019-01-01T10:00:00.100000Z",
    "2019-01-01T10:00:00.999999Z",
    "2025-02-03T20:21:32.118457Z",
    "2024-02-29T23:59:59.999999Z",
    "2026-03-29T00:59:59.999999Z",
    "2026-03-29T01:00:00Z",
    "2026-10-25T00:59:59.9Z",
    "2026-10-25T01:00:00Z",
    "2026-03-08T05:30:00Z",
    "2026-11-01T04:30:00.000010Z",
    "1890-01-01T00:00:00.25Z",
    "1854-06-01T12:34:56.789Z",
    "1924-05-01T21:57:55Z",
    "1935-03-30T03:30:52Z",
    "1941-10-01T00:00:00Z",
    "1969-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999999Z",
];

/// Addresses of both kinds.
const ADDRESSES: [&str; 7] =
    ["192.0.2.1", "0.0.0.0", "255.255.255.255", "2001:db8::5060", "2001:db8:0:1:0:0:0:1", "::", "::ffff:192.0.2.1"];

/// Durations in microseconds.
const LENGTHS: [i64; 7] = [0, 1, 999_999, 1_000_000, 61_999_999, 259_200_000_000, 2_147_483_647_999_999];

/// Calls with each of these values in every field of its type.
pub(super) fn calls() -> impl Iterator<Item = Cdr> {
    let instants = INSTANTS.map(|text| text.parse::<Timestamp>().unwrap());
    // The steps are coprime to the lengths of the lists, so that the values are combined in many ways.
    (0..24 * 22).map(move |at: usize| {
        let text = |place: usize| (at % 5 != place % 5).then(|| TEXTS[(at + place) % TEXTS.len()].to_owned());
        let amount = |place: usize| (at % 7 != place).then(|| AMOUNTS[(at + place) % AMOUNTS.len()].parse().unwrap());
        let instant = |place: usize| instants[(at * 3 + place) % instants.len()];
        let length = |place: usize| (at % 9 != place).then(|| LENGTHS[(at + place) % LENGTHS.len()]);
        let mut call = Cdr {
            started_at: instants[at % instants.len()],
            connected_at: (!at.is_multiple_of(4)).then(|| instant(1)),
            ended_at: (!at.is_multiple_of(6)).then(|| instant(2)),
            success: at.is_multiple_of(3),
            talk_us: length(0),
            billed_us: length(1),
            calling: text(0),
            called: text(1),
            call_id: text(2),
            release_code: [None, Some(i16::MIN), Some(0), Some(486), Some(i16::MAX)][at % 5],
            price: amount(0),
            ..Cdr::default()
        };
        call.details.calling_routed = text(3);
        call.details.called_routed = text(4);
        let sip = &mut call.details.sip;
        for (place, field) in [
            &mut sip.calling_name,
            &mut sip.release_reason,
            &mut sip.from_domain,
            &mut sip.to_domain,
            &mut sip.ruri_domain,
            &mut sip.local_tag,
            &mut sip.user_agent,
            &mut sip.diversion,
        ]
        .into_iter()
        .enumerate()
        {
            *field = text(5 + place);
        }
        sip.peer_ip = (!at.is_multiple_of(8)).then(|| ADDRESSES[at % ADDRESSES.len()].parse().unwrap());
        sip.peer_port = [None, Some(0), Some(5060), Some(u16::MAX)][at % 4];
        if !at.is_multiple_of(11) {
            *call.rating_mut() = Rating {
                initial_rate: amount(1),
                next_rate: amount(2),
                fee: amount(3),
                initial_interval: [None, Some(0), Some(60), Some(i32::MAX)][at % 4],
                next_interval: [Some(1), None, Some(6)][at % 3],
                rate_prefix: text(13),
                ..Rating::default()
            };
        }
        call
    })
}

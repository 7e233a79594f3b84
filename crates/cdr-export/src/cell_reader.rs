//! Reading printed cells back: the inverse of how rows are printed, for instants, lengths of time and amounts.

use cdr_model::{Money, Timestamp, Zone};

use crate::layout::{DurationStyle, Styles};
use crate::time_formatter::TimeFormatter;
use crate::time_reader::{is_local, read_time};
use crate::total::{Reading, TotalKind};

/// Reads the cells of one column.
#[derive(Clone, Debug)]
pub(crate) struct CellReader {
    kind: TotalKind,
    styles: Styles,
    /// Whether cells may hold text as received, which may be written in another style.
    verbatim: bool,
    clock: TimeFormatter,
    printed: Vec<u8>,
}

impl CellReader {
    pub(crate) fn new(kind: TotalKind, styles: Styles, verbatim: bool, zone: Zone) -> CellReader {
        // A time without an offset reads as the same clock in UTC.
        let zone = if is_local(styles.times) { Zone::UTC } else { zone };
        CellReader { kind, styles, verbatim, clock: TimeFormatter::new(zone), printed: Vec::new() }
    }

    /// The value of a cell; `None` if it is empty, or is not exactly as such a value is printed.
    pub(crate) fn read(&mut self, text: &str) -> Option<Reading> {
        match self.kind {
            TotalKind::Time => self.time(text).map(|micros| Reading::Micros(micros.into())),
            TotalKind::Duration => {
                let shown: i64 = text.parse().ok().filter(|n: &i64| n.to_string() == text)?;
                let unit = match self.styles.durations {
                    DurationStyle::Micros => 1,
                    DurationStyle::Seconds => 1_000_000,
                };
                Some(Reading::Micros(i128::from(shown) * unit))
            }
            TotalKind::Money => {
                let amount: Money = text.parse().ok()?;
                (amount.to_string() == text).then_some(Reading::Money(amount))
            }
        }
    }

    fn time(&mut self, text: &str) -> Option<i64> {
        let micros = read_time(text, self.styles.times)?;
        if self.verbatim {
            return Some(micros);
        }
        self.printed.clear();
        self.clock.write(Timestamp::from_micros(micros), self.styles.times, &mut self.printed);
        (self.printed == text.as_bytes()).then_some(micros)
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::Timestamp;
    use proptest::prelude::*;

    use super::{CellReader, TotalKind};
    use crate::layout::{DurationStyle, Styles, TimeStyle};
    use crate::time_formatter::TimeFormatter;
    use crate::total::Reading;

    const TIMES: [TimeStyle; 6] = [
        TimeStyle::Rfc3339Micros,
        TimeStyle::OffsetMillis,
        TimeStyle::OffsetSeconds,
        TimeStyle::PgZoned,
        TimeStyle::PgLocal,
        TimeStyle::PgLocalSeconds,
    ];

    fn reader(kind: TotalKind, times: TimeStyle, zone: &str) -> CellReader {
        CellReader::new(kind, Styles { times, ..Styles::default() }, false, zone.parse().unwrap())
    }

    #[test]
    fn cells_read_as_what_they_print() {
        let second = 1_000_000;
        for (kind, style, text, expected) in [
            (TotalKind::Time, TimeStyle::Rfc3339Micros, "1970-01-01T00:00:01.000001Z", Some(second + 1)),
            (TotalKind::Time, TimeStyle::OffsetMillis, "1970-01-01T01:00:01.000+01:00", Some(second)),
            (TotalKind::Time, TimeStyle::OffsetSeconds, "1970-01-01T01:00:01+01:00", Some(second)),
            (TotalKind::Time, TimeStyle::PgZoned, "1970-01-01 01:00:01.5+01", Some(second * 3 / 2)),
            (TotalKind::Time, TimeStyle::PgLocal, "1970-01-01 01:00:01.5", Some(3600 * second + second * 3 / 2)),
            (TotalKind::Time, TimeStyle::PgLocalSeconds, "1970-01-01 00:00:01", Some(second)),
            // The same instants in another notation are not what is printed.
            (TotalKind::Time, TimeStyle::OffsetMillis, "1970-01-01T00:00:01.000Z", None),
            (TotalKind::Time, TimeStyle::OffsetMillis, "1970-01-01T01:00:01+01:00", None),
            (TotalKind::Time, TimeStyle::PgZoned, "1970-01-01 01:00:01.50+01", None),
            (TotalKind::Time, TimeStyle::PgZoned, "1970-01-01 00:00:01+00", None),
            (TotalKind::Time, TimeStyle::PgLocal, "1970-01-01T00:00:01", None),
            (TotalKind::Time, TimeStyle::PgLocal, "1970-02-30 00:00:01", None),
            (TotalKind::Time, TimeStyle::OffsetMillis, "", None),
            (TotalKind::Duration, TimeStyle::OffsetMillis, "61", Some(61)),
            (TotalKind::Duration, TimeStyle::OffsetMillis, "-61", Some(-61)),
            (TotalKind::Duration, TimeStyle::OffsetMillis, "061", None),
            (TotalKind::Duration, TimeStyle::OffsetMillis, "+61", None),
            (TotalKind::Duration, TimeStyle::OffsetMillis, "61.0", None),
        ] {
            let read = reader(kind, style, "Europe/Berlin").read(text);
            assert_eq!(read, expected.map(Reading::Micros), "{text}");
        }
        let mut whole = Styles { durations: DurationStyle::Seconds, ..Styles::default() };
        whole.times = TimeStyle::PgZoned;
        let mut whole = CellReader::new(TotalKind::Duration, whole, false, "UTC".parse().unwrap());
        assert_eq!(whole.read("61"), Some(Reading::Micros(61_000_000)));
        for (text, is_amount) in [("0.0190", true), ("-1", true), ("1e2", false), ("+1", false), (".5", false)] {
            let read = reader(TotalKind::Money, TimeStyle::PgZoned, "UTC").read(text);
            assert_eq!(read, is_amount.then(|| Reading::Money(text.parse().unwrap())), "{text}");
        }
    }

    proptest! {
        /// What the writer adds up is what a reader of the text adds up.
        #[test]
        fn a_printed_instant_reads_as_the_formatter_says(
            micros in prop_oneof![
                -70_000_000_000_000_000i64..300_000_000_000_000_000, any::<i64>(), Just(i64::MIN), Just(i64::MAX),
            ],
            zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "-03:30"]),
            style in prop::sample::select(TIMES.as_slice()),
        ) {
            let mut clock = TimeFormatter::new(zone.parse().unwrap());
            let mut text = Vec::new();
            let denoted = clock.write(Timestamp::from_micros(micros), style, &mut text);
            let text = String::from_utf8(text).unwrap();
            let read = reader(TotalKind::Time, style, zone).read(&text);
            prop_assert_eq!(read, denoted.map(|micros| Reading::Micros(micros.into())), "{}", text);
        }
    }
}

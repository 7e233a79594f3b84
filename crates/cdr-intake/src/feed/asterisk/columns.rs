//! The columns of a call detail record by their names.

/// The columns that have no field in a record, and are stored in `extra` if the settings name them.
pub(in crate::feed) const EXTRA: &[&str] = &[
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "duration",
    "amaflags",
    "userfield",
    "peeraccount",
    "sequence",
];

/// The column that only a Grandstream UCM writes, which does not quote `lastdata`.
const OF_GRANDSTREAM: &str = "acctid";

/// The results of calls, as Asterisk writes them.
pub(in crate::feed) const DISPOSITIONS: &[&str] =
    &["ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL", "UNKNOWN", "NOANSWER"];

/// The places of columns in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::feed) struct Columns {
    /// The number of columns.
    pub(in crate::feed) width: usize,
    pub(super) accountcode: Option<usize>,
    pub(super) src: Option<usize>,
    pub(super) dst: Option<usize>,
    pub(super) clid: Option<usize>,
    pub(super) channel: Option<usize>,
    pub(super) dstchannel: Option<usize>,
    pub(super) lastdata: Option<usize>,
    pub(super) start: Option<usize>,
    pub(super) answer: Option<usize>,
    pub(super) end: Option<usize>,
    pub(super) duration: Option<usize>,
    pub(super) billsec: Option<usize>,
    pub(super) disposition: Option<usize>,
    pub(super) uniqueid: Option<usize>,
    pub(super) linkedid: Option<usize>,
    pub(super) sequence: Option<usize>,
    /// The columns that are stored in `extra`, by their names.
    pub(super) extra: Vec<(String, usize)>,
    /// The columns that make the digest of a row, by their names in order, if it does not depend on their places.
    pub(super) digested: Vec<(String, usize)>,
    /// Whether commas in `lastdata` may split it, so that the columns after it are further to the right.
    pub(in crate::feed) splits_lastdata: bool,
}

impl Columns {
    /// The columns of a row with these headings, of which those in `extra` are stored there.
    pub(in crate::feed) fn named<H: AsRef<str>>(headings: &[H], extra: &[String]) -> Columns {
        let mut columns = Columns { width: headings.len(), ..Columns::default() };
        for (place, heading) in headings.iter().enumerate() {
            let name = heading.as_ref().trim().to_ascii_lowercase();
            columns.splits_lastdata |= name == OF_GRANDSTREAM;
            if extra.contains(&name) {
                columns.extra.push((name.clone(), place));
            }
            if let Some(column) = columns.place_of(&name) {
                column.get_or_insert(place);
            }
        }
        columns
    }

    /// The same columns, whose digest does not depend on their order, nor on columns that the family does not have.
    pub(in crate::feed) fn digested_by_name<H: AsRef<str>>(mut self, headings: &[H]) -> Columns {
        for (place, heading) in headings.iter().enumerate() {
            let name = heading.as_ref().trim().to_ascii_lowercase();
            let name = if name == "calldate" { "start".to_owned() } else { name };
            let is_known = Columns::default().place_of(&name).is_some() || EXTRA.contains(&name.as_str());
            if is_known && self.digested.iter().all(|(known, _)| *known != name) {
                self.digested.push((name, place));
            }
        }
        self.digested.sort_unstable();
        self
    }

    /// Whether a call can be made of them.
    pub(in crate::feed) fn are_enough(&self) -> bool {
        self.start.is_some() && self.dst.is_some() && self.billsec.is_some()
    }

    /// The values by which commas in `lastdata` have made a row of this length longer.
    pub(super) fn surplus(&self, length: usize) -> usize {
        if self.splits_lastdata { length.saturating_sub(self.width) } else { 0 }
    }

    /// The place of a column in a row of this length.
    pub(super) fn place_in(&self, length: usize, place: usize) -> usize {
        let is_moved = self.lastdata.is_some_and(|lastdata| place > lastdata);
        if is_moved { place + self.surplus(length) } else { place }
    }

    fn place_of(&mut self, name: &str) -> Option<&mut Option<usize>> {
        Some(match name {
            "accountcode" => &mut self.accountcode,
            "src" => &mut self.src,
            "dst" => &mut self.dst,
            "clid" => &mut self.clid,
            "channel" => &mut self.channel,
            "dstchannel" => &mut self.dstchannel,
            "lastdata" => &mut self.lastdata,
            "start" | "calldate" => &mut self.start,
            "answer" => &mut self.answer,
            "end" => &mut self.end,
            "duration" => &mut self.duration,
            "billsec" => &mut self.billsec,
            "disposition" => &mut self.disposition,
            "uniqueid" => &mut self.uniqueid,
            "linkedid" => &mut self.linkedid,
            "sequence" => &mut self.sequence,
            _ => return None,
        })
    }
}

/// Whether a text ends in digits, a point and digits, as Asterisk's unique IDs do: seconds since 1970 and a counter,
/// preceded by the name of the system if it has one.
pub(in crate::feed) fn is_uniqueid(text: &str) -> bool {
    let Some((before, counter)) = text.rsplit_once('.') else { return false };
    before.ends_with(|c: char| c.is_ascii_digit()) && !counter.is_empty() && counter.bytes().all(|c| c.is_ascii_digit())
}

/// The seconds since 1970 in a unique ID. An identifier that a program has chosen has none.
pub(super) fn stated_second(uniqueid: &str) -> Option<i64> {
    let (before, _) = uniqueid.rsplit_once('.').filter(|_| is_uniqueid(uniqueid))?;
    let digits = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
    // 1973 to 2286: shorter and longer numbers are something else.
    before.get(digits..).filter(|digits| (9..=10).contains(&digits.len()))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Columns, stated_second};

    #[test]
    fn unique_ids_state_a_second() {
        for (text, second) in [
            ("1795255200.1", Some(1_795_255_200)),
            ("pbx-1795255200.12", Some(1_795_255_200)),
            ("1795255200.", None),
            ("1795255200", None),
            ("17952552001.1", None),
            ("7.1", None),
            ("my-channel", None),
        ] {
            assert_eq!(stated_second(text), second, "{text}");
        }
    }

    #[test]
    fn headings_are_found_in_any_order_and_case() {
        let columns = Columns::named(&["CallDate", " dst ", "billsec", "did", "start"], &["did".to_owned()]);
        assert_eq!((columns.start, columns.dst, columns.billsec), (Some(0), Some(1), Some(2)));
        assert_eq!(columns.extra, [("did".to_owned(), 3)]);
        assert!(columns.are_enough());
        assert!(!Columns::named(&["start", "dst"], &[]).are_enough());
    }
}

//! The receipt as text for people.

use cdr_model::{Timestamp, printable};

use super::{Receipt, SheetReceipt};
use crate::total::seconds;

impl Receipt {
    /// Describes the receipt in a few aligned lines.
    pub fn describe(&self) -> String {
        let window = &self.window;
        let mut lines = vec![
            ("file", self.file.name.clone()),
            ("", format!("{} bytes, SHA-256 {}", self.file.bytes, self.file.sha256)),
            (
                "layout",
                format!("{}, {} in {}, format version {}", self.layout, self.format, self.package, self.format_version),
            ),
            ("window", format!("{} {}", window.anchor, between(window.from, window.until))),
            ("zone", window.zone.clone()),
            ("order", self.order.clone()),
        ];
        match self.conditions.split_first() {
            None => lines.push(("only", "no conditions: everything in the window".to_owned())),
            Some((first, others)) => {
                lines.push(("only", first.clone()));
                lines.extend(others.iter().map(|condition| ("", format!("and {condition}"))));
            }
        }
        if let Some(watermark) = self.watermark {
            lines.push(("watermark", format!("record {watermark}")));
        }
        for sheet in &self.sheets {
            lines.extend(sheet.describe(window.anchor.name()));
        }
        // The receipt comes from a file and is untrusted input.
        let lines: Vec<_> = lines.iter().map(|(name, text)| (printable(name), printable(text))).collect();
        let width = lines.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        lines.iter().map(|(name, text)| format!("{name:width$}  {text}\n")).collect()
    }
}

impl SheetReceipt {
    fn describe(&self, anchor: &str) -> Vec<(&str, String)> {
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        let heading = if self.heading { " and a heading" } else { "" };
        let mut lines = vec![(self.file.as_str(), format!("{rows}{heading}, {} bytes", self.bytes))];
        if let (Some(first), Some(last)) = (self.first, self.last) {
            lines.push(("", format!("first {anchor} {first}, last {last}")));
        }
        if let Some(talk) = self.talk_seconds.as_ref().filter(|talk| **talk != seconds(0)) {
            lines.push(("", format!("{talk} seconds talked")));
        }
        lines.extend(self.money.iter().flatten().map(|(currency, sum)| ("", format!("{sum} {currency}"))));
        if let Some(without) = self.without_anchor {
            lines.push(("", format!("{without} more started in the window and have no {anchor}")));
        }
        lines
    }
}

fn between(from: Timestamp, until: Timestamp) -> String {
    match (from, until) {
        (Timestamp::MIN, Timestamp::MAX) => "at any time".to_owned(),
        (Timestamp::MIN, until) => format!("before {until}"),
        (from, Timestamp::MAX) => format!("from {from} on"),
        (from, until) => format!("from {from}, before {until}"),
    }
}

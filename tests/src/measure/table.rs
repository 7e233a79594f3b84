//! Tables in Markdown, and figures in them.

use std::fmt;

/// A table. Its first column is aligned to the left, as are those whose heading does not end in `:`.
#[derive(Clone, Debug)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows. A heading that ends in `:` is printed without it, and aligns its column to the right.
    pub fn new(headings: &[&str]) -> Table {
        Table { headings: headings.iter().map(|heading| (*heading).to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row. A `|` in a cell is escaped; cells that are missing are blank.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |out: &mut fmt::Formatter<'_>, cells: &[String]| {
            let blank = String::new();
            let cells = (0..self.headings.len()).map(|at| cells.get(at).unwrap_or(&blank).replace('|', "\\|"));
            writeln!(out, "| {} |", cells.collect::<Vec<String>>().join(" | "))
        };
        let named: Vec<String> = self.headings.iter().map(|heading| heading.trim_end_matches(':').to_owned()).collect();
        line(out, &named)?;
        let rule = |heading: &String| if heading.ends_with(':') { "--:|" } else { "---|" };
        writeln!(out, "|{}", self.headings.iter().map(rule).collect::<String>())?;
        self.rows.iter().try_for_each(|row| line(out, row))
    }
}

/// A figure with three significant digits, and without an exponent: `0.0123`, `4.56`, `789`, `12,345`.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let magnitude = value.abs();
    let decimals = match magnitude {
        _ if !(1e-9..99.95).contains(&magnitude) => 0,
        _ if magnitude >= 9.995 => 1,
        _ if magnitude >= 0.9995 => 2,
        _ if magnitude >= 0.09995 => 3,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    if magnitude >= 9999.5 { grouped(&text) } else { text }
}

/// Whole digits in groups of three.
fn grouped(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_significant_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.012_34, "0.0123"),
            (0.5, "0.500"),
            (1.0, "1.00"),
            (9.999, "10.0"),
            (56.78, "56.8"),
            (123.4, "123"),
            (1234.5, "1234"),
            (12_345.6, "12,346"),
            (-1_234_567.0, "-1,234,567"),
            (-3.0, "-3.00"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(figure(value), text, "{value}");
        }
    }

    #[test]
    fn a_table_is_printed_as_markdown() {
        let mut table = Table::new(&["way", "CPU s:"]);
        assert!(table.is_empty());
        table.row(vec!["sqlite3 -csv | zip -6".to_owned(), "2.15".to_owned()]);
        table.row(vec!["nothing".to_owned()]);
        let expected = "| way | CPU s |\n|---|--:|\n| sqlite3 -csv \\| zip -6 | 2.15 |\n| nothing |  |\n";
        assert_eq!(table.to_string(), expected);
    }
}

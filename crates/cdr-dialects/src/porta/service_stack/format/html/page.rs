//! The parts of a page, in their order.

use std::io::{self, Write};

use cdr_model::printable;

use super::cell::{cell, escaped, link};
use super::style::STYLE;
use super::table::Tables;
use crate::porta::service_stack::dto::{Dto, MemberType, Presence, Value};
use crate::porta::service_stack::facts::{Arrangement, Facts, Next};

/// The parts of a page other than the tables.
pub(crate) struct Page<'a> {
    /// The operation.
    pub(crate) operation: &'a str,
    /// The current time, for the title.
    pub(crate) now: &'a str,
    /// The same answer in other formats: the name of the format, and the address.
    pub(crate) links: &'a [(&'static str, String)],
    /// Whether the answer as CSV has a line for each row. Other answers are one line, with all their rows in a cell.
    pub(crate) has_csv_rows: bool,
}

impl<'a> Page<'a> {
    /// The format that has all rows of the answer, one by one: its name for people, and its address.
    fn whole(&self) -> Option<(&'static str, &'a str)> {
        let (format, name) = if self.has_csv_rows { ("csv", "CSV") } else { ("json", "JSON") };
        self.links.iter().find(|(other, _)| *other == format).map(|(_, href)| (name, href.as_str()))
    }
}

/// A page with an object.
pub(in super::super) fn page<W: Write>(out: &mut W, page: &Page<'_>, dto: &dyn Dto) -> io::Result<()> {
    let title = format!("{} Snapshot of {}", page.operation, page.now);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"referrer\" content=\"no-referrer\"><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n\
         <nav>View this as "
    )?;
    for (name, href) in page.links {
        link(out, href, name)?;
        out.write_all(b"\n")?;
    }
    out.write_all(b"</nav>\n")?;
    match fault(dto) {
        Some(status) => refusal(out, &status)?,
        None => answer(out, page, dto)?,
    }
    out.write_all(b"</body></html>\n")
}

/// The status in the answer to a refused request.
fn fault(dto: &dyn Dto) -> Option<Vec<(&'static str, String)>> {
    let members = dto.class().members.iter().zip(dto.values());
    let is_status = |kind: &MemberType| {
        matches!(kind, MemberType::Object(class, presence)
        if *presence == Presence::Late || class().name == "ResponseStatus")
    };
    members.filter(|(member, _)| is_status(&member.kind)).find_map(|(_, value)| match value {
        Value::Object(status) => {
            let members = status.class().members.iter().zip(status.values());
            let texts = members.filter_map(|(member, value)| match value {
                Value::Text(text) => Some((member.name, text.to_owned())),
                _ => None,
            });
            Some(texts.collect())
        }
        _ => None,
    })
}

/// A refused request: its status alone, since the other members say nothing.
fn refusal<W: Write>(out: &mut W, status: &[(&'static str, String)]) -> io::Result<()> {
    out.write_all(b"<table class=of><tbody>")?;
    for (name, text) in status {
        line(out, name, |out| escaped(out, &printable(text)))?;
    }
    out.write_all(b"</tbody></table>\n")
}

fn answer<W: Write>(out: &mut W, page: &Page<'_>, dto: &dyn Dto) -> io::Result<()> {
    let facts = dto.facts();
    let arrangement = facts.map_or_else(<&Arrangement>::default, |facts| facts.arrangement);
    out.write_all(b"<table class=of><tbody>")?;
    for (name, text) in facts.iter().flat_map(|facts| &facts.lines) {
        line(out, name, |out| escaped(out, &printable(text)))?;
    }
    single(out, page, facts, arrangement, dto)?;
    out.write_all(b"</tbody></table>\n")?;
    let shown = |name: &str| !(arrangement.left_out)(name);
    let members = || dto.class().members.iter().filter(|member| shown(member.name)).map(|member| member.name);
    let values = dto.values();
    let value = |name: &str| dto.class().members.iter().zip(&values).find(|(member, _)| member.name == name);
    for (member, value) in members().filter_map(value) {
        if let Value::Object(dto) = value {
            writeln!(out, "<h2>{}</h2>\n<table class=of><tbody>", member.name)?;
            single(out, page, None, arrangement, *dto)?;
            out.write_all(b"</tbody></table>\n")?;
        }
    }
    for (member, value) in members().filter_map(value) {
        let tables = Tables { whole: page.whole(), arrangement };
        match (member.kind, value) {
            (MemberType::List(class), Value::List(rows)) => tables.list(out, member.name, class(), *rows)?,
            (MemberType::Dict(class), Value::Dict(entries)) => tables.dict(out, member.name, class(), entries)?,
            _ => {}
        }
    }
    Ok(())
}

/// The members that are single values, as lines of a table.
fn single<W: Write>(
    out: &mut W,
    page: &Page<'_>,
    facts: Option<&Facts>,
    arrangement: &Arrangement,
    dto: &dyn Dto,
) -> io::Result<()> {
    for (member, value) in dto.class().members.iter().zip(dto.values()) {
        let is_part = matches!(member.kind, MemberType::List(_) | MemberType::Dict(_) | MemberType::Object(..));
        if is_part || matches!(value, Value::Null) || (arrangement.left_out)(member.name) {
            continue;
        }
        let next = facts.and_then(|facts| facts.next).filter(|next| next.member == member.name);
        line(out, member.name, |out| match (next, &value) {
            (Some(next), Value::Int(offset)) => link(out, &next_page(page, next, *offset), &offset.to_string()),
            _ => cell(out, &value),
        })?;
    }
    Ok(())
}

fn line<W: Write>(out: &mut W, name: &str, fill: impl FnOnce(&mut W) -> io::Result<()>) -> io::Result<()> {
    write!(out, "<tr><th>{name}</th><td>")?;
    fill(out)?;
    out.write_all(b"</td></tr>\n")
}

/// The address of the next page: that of this one with another offset. A value in the query takes precedence over that
/// in the path.
fn next_page(page: &Page<'_>, next: Next, offset: i64) -> String {
    let (_, href) = page.links.first().map_or(("", ""), |(name, href)| (*name, href.as_str()));
    let (path, query) = href.split_once('?').unwrap_or((href, ""));
    let is_kept = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        !["format", next.asked].iter().any(|other| other.eq_ignore_ascii_case(name)) && !pair.is_empty()
    };
    let mut pairs: Vec<String> = query.split('&').filter(is_kept).map(str::to_owned).collect();
    pairs.extend(["format=html".to_owned(), format!("{}={offset}", next.asked)]);
    format!("{path}?{}", pairs.join("&"))
}

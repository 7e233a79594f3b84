//! The HTML page of an answer: its members as tables, with links to the other formats.

use std::io::{self, Write};

use cdr_model::printable;

use super::jsv;
use crate::porta::service_stack::dto::{Class, Dto, Kind, Rows, Value};

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:110rem;color:#222}\
h1{font-size:1.3rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}nav a{margin-right:1rem}\
div{overflow-x:auto}table{border-collapse:collapse}th,td{border:1px solid #ccc;padding:.2rem .5rem;text-align:left;\
white-space:nowrap}thead th{background:#eee;position:sticky;top:0}.none{color:#777}";

/// The parts of a page other than the tables.
pub(crate) struct Page<'a> {
    /// The operation.
    pub(crate) operation: &'a str,
    /// The current time, for the title.
    pub(crate) now: &'a str,
    /// The same answer in other formats: the name of the format, and the address.
    pub(crate) links: &'a [(&'static str, String)],
}

/// A page with an object.
pub(super) fn page<W: Write>(out: &mut W, page: &Page<'_>, dto: &dyn Dto) -> io::Result<()> {
    let title = format!("{} Snapshot of {}", page.operation, page.now);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <meta name=\"referrer\" content=\"no-referrer\"><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n\
         <nav>View this as "
    )?;
    for (name, href) in page.links {
        out.write_all(b"<a href=\"")?;
        escaped(out, href)?;
        writeln!(out, "\">{name}</a>")?;
    }
    out.write_all(b"</nav>\n")?;
    single(out, dto)?;
    for (member, value) in dto.class().members.iter().zip(dto.values()) {
        part(out, member.name, member.kind, &value)?;
    }
    out.write_all(b"</body></html>\n")
}

/// The members that are single values.
fn single<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    out.write_all(b"<div><table><tbody>")?;
    for (member, value) in dto.class().members.iter().zip(dto.values()) {
        let is_part =
            matches!(member.kind, Kind::List(_) | Kind::Dict(_) | Kind::Object(..)) || matches!(value, Value::Null);
        if !is_part {
            write!(out, "<tr><th>{}</th><td>", member.name)?;
            cell(out, &value)?;
            out.write_all(b"</td></tr>\n")?;
        }
    }
    out.write_all(b"</tbody></table></div>\n")
}

/// A member that is a table, or several.
fn part<W: Write>(out: &mut W, name: &str, kind: Kind, value: &Value<'_>) -> io::Result<()> {
    match (kind, value) {
        (_, Value::Object(dto)) => {
            writeln!(out, "<h2>{name}</h2>")?;
            single(out, *dto)
        }
        (Kind::List(class), Value::List(rows)) => {
            writeln!(out, "<h2>{name}</h2>")?;
            table(out, class(), *rows)
        }
        (Kind::Dict(class), Value::Dict(entries)) => {
            if entries.is_empty() {
                writeln!(out, "<h2>{name}</h2>\n<p class=\"none\">Nothing.</p>")?;
            }
            entries.iter().try_for_each(|(key, rows)| {
                write!(out, "<h2>{name}: ")?;
                escaped(out, &printable(key))?;
                out.write_all(b"</h2>\n")?;
                table(out, class(), &**rows)
            })
        }
        _ => Ok(()),
    }
}

fn table<W: Write>(out: &mut W, class: &Class, rows: &dyn Rows) -> io::Result<()> {
    if rows.is_empty() {
        return out.write_all(b"<p class=\"none\">Nothing.</p>\n");
    }
    out.write_all(b"<div><table><thead><tr>")?;
    for member in class.members {
        write!(out, "<th>{}</th>", member.name)?;
    }
    out.write_all(b"</tr></thead><tbody>\n")?;
    rows.each(&mut |row| {
        out.write_all(b"<tr>")?;
        for value in row.values() {
            out.write_all(b"<td>")?;
            cell(out, &value)?;
            out.write_all(b"</td>")?;
        }
        out.write_all(b"</tr>\n")
    })?;
    out.write_all(b"</tbody></table></div>\n")
}

fn cell<W: Write>(out: &mut W, value: &Value<'_>) -> io::Result<()> {
    match value {
        Value::Text(text) => escaped(out, &printable(text)),
        Value::Date(date) => out.write_all(date.plain().unwrap_or_default().as_bytes()),
        value => {
            let mut text = Vec::new();
            jsv::value(&mut text, value)?;
            escaped(out, &printable(&String::from_utf8_lossy(&text)))
        }
    }
}

fn escaped<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let instead: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'"' => b"&quot;",
            _ => continue,
        };
        out.write_all(&text.as_bytes()[plain..at])?;
        out.write_all(instead)?;
        plain = at + 1;
    }
    out.write_all(&text.as_bytes()[plain..])
}

//! JSON as ServiceStack.Text v3 writes it: members as declared, nulls left out, dates as `\/Date()\/`.
//!
//! Source: ServiceStack.Text v3, `Json/JsonTypeSerializer.cs`, `Json/JsonUtils.cs`.

use std::io::{self, Write};

use crate::porta::service_stack::dto::{Dto, Objects, Value};

/// An object.
pub(super) fn object<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    out.write_all(b"{")?;
    let mut first = true;
    for (member, value) in dto.class().members.iter().zip(dto.values()) {
        if matches!(value, Value::Null) {
            continue;
        }
        out.write_all(if first { b"\"" } else { b",\"" })?;
        first = false;
        out.write_all(member.name.as_bytes())?;
        out.write_all(b"\":")?;
        put(out, &value)?;
    }
    out.write_all(b"}")
}

fn put<W: Write>(out: &mut W, value: &Value<'_>) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Bool(yes) => out.write_all(if *yes { b"true" } else { b"false" }),
        Value::Int(number) => write!(out, "{number}"),
        Value::Decimal(number) => write!(out, "{number}"),
        Value::Text(text) => string(out, text),
        Value::Date(date) => date.json(out),
        Value::Texts(texts) => {
            out.write_all(b"[")?;
            for (at, text) in texts.iter().enumerate() {
                out.write_all(if at == 0 { b"" } else { b"," })?;
                string(out, text)?;
            }
            out.write_all(b"]")
        }
        Value::Object(dto) => object(out, *dto),
        Value::List(rows) => list(out, *rows),
        Value::Dict(entries) => {
            out.write_all(b"{")?;
            for (at, (key, rows)) in entries.iter().enumerate() {
                out.write_all(if at == 0 { b"" } else { b"," })?;
                string(out, key)?;
                out.write_all(b":")?;
                list(out, &**rows)?;
            }
            out.write_all(b"}")
        }
    }
}

fn list<W: Write>(out: &mut W, rows: &dyn Objects) -> io::Result<()> {
    out.write_all(b"[")?;
    let mut first = true;
    rows.each(&mut |row| {
        out.write_all(if first { b"" } else { b"," })?;
        first = false;
        object(out, row)
    })?;
    out.write_all(b"]")
}

/// A string. Quotes, backslashes and control characters are escaped, including those of Latin-1; everything else is
/// unchanged.
pub(super) fn string<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    let mut plain = 0;
    for (at, char) in text.char_indices().filter(|(_, char)| char.is_control() || matches!(char, '"' | '\\')) {
        out.write_all(&text.as_bytes()[plain..at])?;
        plain = at + char.len_utf8();
        match char {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            '\u{8}' => out.write_all(b"\\b")?,
            '\u{c}' => out.write_all(b"\\f")?,
            '\n' => out.write_all(b"\\n")?,
            '\r' => out.write_all(b"\\r")?,
            '\t' => out.write_all(b"\\t")?,
            other => write!(out, "\\u{:04X}", u32::from(other))?,
        }
    }
    out.write_all(&text.as_bytes()[plain..])?;
    out.write_all(b"\"")
}

#[cfg(test)]
mod tests {
    #[test]
    fn strings_are_escaped_as_in_the_original() {
        for (text, written) in [
            ("", r#""""#),
            ("a/b <&> ü€", r#""a/b <&> ü€""#),
            ("\"\\\u{8}\u{c}\n\r\t", r#""\"\\\b\f\n\r\t""#),
            ("\u{1}\u{1f}\u{7f}\u{9f}\u{a0}", "\"\\u0001\\u001F\\u007F\\u009F\u{a0}\""),
        ] {
            let mut out = Vec::new();
            super::string(&mut out, text).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), written);
        }
    }
}

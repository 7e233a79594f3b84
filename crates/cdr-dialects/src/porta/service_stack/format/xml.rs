//! XML as a `DataContractSerializer` writes it: members of the base class first, then sorted by name; prefixes numbered
//! by the depth of their declaration; no XML declaration and no white space.
//!
//! Source: .NET Framework, "Data Contract Serializer" and "Data Member Order"; ServiceStack v3,
//! `DataContractSerializer.cs`.

use std::io::{self, Write};

use crate::porta::service_stack::dto::{Dto, MemberType, Namespace, Objects, Presence, Value};

/// The namespace of dictionaries and of lists of texts.
const ARRAYS: Namespace = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
/// The namespace of `nil`.
const INSTANCE: Namespace = "http://www.w3.org/2001/XMLSchema-instance";
/// The suffix of the element name of a dictionary's entry, as the serializer derives it from `Models.Porta`: the first
/// six bytes, in base64, of the MD5 of a space, the number of generic arguments and their namespaces.
const ENTRY: &str = "9zofi5ip";

/// A document: the root element in its own namespace, and all below it.
pub(super) fn document<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    let class = dto.class();
    let mut xml = Xml { out, scopes: vec![Scope { depth: 0, namespace: class.namespace }], depth: 1 };
    write!(xml.out, "<{} xmlns:i=\"{INSTANCE}\" xmlns=\"{}\">", class.name, class.namespace)?;
    xml.members(dto)?;
    write!(xml.out, "</{}>", class.name)
}

struct Xml<'w, W> {
    out: &'w mut W,
    /// The namespaces in scope, the root's first.
    scopes: Vec<Scope>,
    /// The depth of the element that members are written into; the root is 1.
    depth: usize,
}

#[derive(Clone, Copy)]
struct Scope {
    /// The depth at which its prefix was declared, such as 2 for `d2p1`; 0 for the default namespace, which has no
    /// prefix.
    depth: usize,
    namespace: Namespace,
}

impl<W: Write> Xml<'_, W> {
    fn members(&mut self, dto: &dyn Dto) -> io::Result<()> {
        let (class, values) = (dto.class(), dto.values());
        for at in class.xml_order() {
            let (member, value) = (&class.members[*at], &values[*at]);
            if matches!((member.kind, value), (MemberType::Object(_, Presence::Late), Value::Null)) {
                continue;
            }
            self.member(class.namespace, member.name, member.kind, value)?;
        }
        Ok(())
    }

    fn member(&mut self, namespace: Namespace, name: &str, kind: MemberType, value: &Value<'_>) -> io::Result<()> {
        match (kind, value) {
            (_, Value::Bool(yes)) => self.leaf(namespace, name, |out| write!(out, "{yes}")),
            (_, Value::Int(number)) => self.leaf(namespace, name, |out| write!(out, "{number}")),
            (_, Value::Decimal(number)) => self.leaf(namespace, name, |out| write!(out, "{number}")),
            (_, Value::Date(date)) => self.leaf(namespace, name, |out| date.xml(out)),
            (_, Value::Text(text)) => self.text(namespace, name, text),
            (MemberType::Object(class, _), value) => {
                let content = match value {
                    Value::Object(dto) => Content::Some(*dto),
                    _ => Content::Null,
                };
                self.nest(namespace, name, class().namespace, content, Xml::members)
            }
            (MemberType::List(class), Value::List(rows)) => self.list(namespace, name, class().namespace, *rows),
            (MemberType::List(class), _) => self.nest(namespace, name, class().namespace, Content::Null, Xml::members),
            (MemberType::Dict(class), Value::Dict(entries)) => {
                let content = if entries.is_empty() { Content::Empty } else { Content::Some(*entries) };
                let entry = format!("KeyValueOfstringArrayOf{}{ENTRY}", class().name);
                self.nest(namespace, name, ARRAYS, content, |xml, entries| {
                    entries.iter().try_for_each(|(key, rows)| {
                        xml.nest(ARRAYS, &entry, ARRAYS, Content::Some(()), |xml, ()| {
                            xml.text(ARRAYS, "Key", key)?;
                            xml.list(ARRAYS, "Value", class().namespace, &**rows)
                        })
                    })
                })
            }
            (_, Value::Texts(texts)) => {
                let content = if texts.is_empty() { Content::Empty } else { Content::Some(*texts) };
                self.nest(namespace, name, ARRAYS, content, |xml, texts| {
                    texts.iter().try_for_each(|text| xml.text(ARRAYS, "string", text))
                })
            }
            (MemberType::Dict(_) | MemberType::Texts, _) => {
                self.nest(namespace, name, ARRAYS, Content::Null, |_, ()| Ok(()))
            }
            _ => {
                self.open(namespace, name)?;
                self.out.write_all(b" i:nil=\"true\" />")
            }
        }
    }

    fn list(&mut self, namespace: Namespace, name: &str, of: Namespace, rows: &dyn Objects) -> io::Result<()> {
        let content = if rows.is_empty() { Content::Empty } else { Content::Some(rows) };
        self.nest(namespace, name, of, content, |xml, rows| {
            rows.each(&mut |row| xml.nest(of, row.class().name, of, Content::Some(row), Xml::members))
        })
    }

    /// An element whose content is in a namespace. It declares the namespace unless it is in scope.
    fn nest<T>(
        &mut self,
        namespace: Namespace,
        name: &str,
        of: Namespace,
        content: Content<T>,
        fill: impl FnOnce(&mut Self, T) -> io::Result<()>,
    ) -> io::Result<()> {
        self.open(namespace, name)?;
        let scopes = self.scopes.len();
        if !self.scopes.iter().any(|scope| scope.namespace == of) {
            let depth = self.depth + 1;
            write!(self.out, " xmlns:d{depth}p1=\"{of}\"")?;
            self.scopes.push(Scope { depth, namespace: of });
        }
        match content {
            Content::Null => self.out.write_all(b" i:nil=\"true\" />")?,
            Content::Empty => self.out.write_all(b" />")?,
            Content::Some(content) => {
                self.out.write_all(b">")?;
                self.depth += 1;
                fill(self, content)?;
                self.depth -= 1;
                self.close(namespace, name)?;
            }
        }
        self.scopes.truncate(scopes);
        Ok(())
    }

    fn leaf(
        &mut self,
        namespace: Namespace,
        name: &str,
        fill: impl FnOnce(&mut W) -> io::Result<()>,
    ) -> io::Result<()> {
        self.open(namespace, name)?;
        self.out.write_all(b">")?;
        fill(self.out)?;
        self.close(namespace, name)
    }

    fn text(&mut self, namespace: Namespace, name: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            self.open(namespace, name)?;
            return self.out.write_all(b" />");
        }
        self.leaf(namespace, name, |out| escaped(out, text))
    }

    fn open(&mut self, namespace: Namespace, name: &str) -> io::Result<()> {
        self.out.write_all(b"<")?;
        self.named(namespace, name)
    }

    fn close(&mut self, namespace: Namespace, name: &str) -> io::Result<()> {
        self.out.write_all(b"</")?;
        self.named(namespace, name)?;
        self.out.write_all(b">")
    }

    fn named(&mut self, namespace: Namespace, name: &str) -> io::Result<()> {
        match self.scopes.iter().find(|scope| scope.namespace == namespace) {
            Some(Scope { depth: 0, .. }) | None => {}
            Some(Scope { depth, .. }) => write!(self.out, "d{depth}p1:")?,
        }
        self.out.write_all(name.as_bytes())
    }
}

/// The content of an element.
enum Content<T> {
    Null,
    Empty,
    Some(T),
}

/// Escapes text for XML. Characters that XML 1.0 cannot represent become U+FFFD, since no parser would accept them.
fn escaped<W: Write>(out: &mut W, text: &str) -> io::Result<()> {
    let mut plain = 0;
    for (at, char) in text.char_indices() {
        let instead = match char {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\r' => "&#xD;",
            '\t' | '\n' | ' '..='\u{fffd}' | '\u{10000}'.. => continue,
            _ => "\u{fffd}",
        };
        out.write_all(&text.as_bytes()[plain..at])?;
        out.write_all(instead.as_bytes())?;
        plain = at + char.len_utf8();
    }
    out.write_all(&text.as_bytes()[plain..])
}

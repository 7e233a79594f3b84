//! Metadata pages: the name of the operation, its routes, and a sample in each format.
//!
//! Source: the metadata pages of 7el.co (`/jsv/metadata?op=PortaCDR`); ServiceStack v3, `WebHost.Endpoints/Metadata`.

use std::io;

use quick_xml::events::Event;
use quick_xml::{Reader, Writer};

use super::dto::{Dto, Shown};
use super::format::{Format, Page, write_pretty_jsv};

/// The name of the original's site.
const SITE: &str = "Porta Plus 2 Web Services";

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:75rem;color:#222}\
h1{font-size:1.4rem}th{text-align:left;padding-right:1rem}td,th{vertical-align:top}\
pre{background:#f6f6f6;border:1px solid #ddd;padding:.7rem;overflow-x:auto}";

/// The subject of the pages.
pub(crate) struct About<'a> {
    pub(crate) operation: &'static str,
    pub(crate) routes: &'a [&'static str],
    /// The server's name, without a port.
    pub(crate) host: &'a str,
}

impl About<'_> {
    /// The list of all operations, with their pages in each format.
    pub(crate) fn all(&self) -> String {
        let links = Format::ALL.into_iter().filter(|format| *format != Format::Html).map(|format| {
            let (name, operation) = (format.name(), self.operation);
            format!("<a href=\"/{name}/metadata?op={operation}\">{}</a>\n", name.to_ascii_uppercase())
        });
        let links: String = links.collect();
        page(&format!(
            "<h1>{SITE}</h1>\n<p>The following operations are supported. For a formal definition, please review the pages of \
             each format.</p>\n<table><tr><th>{}</th><td>{links}</td></tr></table>\n",
            self.operation
        ))
    }

    /// The list of the operations in one format.
    pub(crate) fn of(&self, format: Format) -> String {
        page(&format!(
            "<h1>{SITE}</h1>\n<p><a href=\"/metadata\">&lt;back to all web services</a></p>\n<h2>{}</h2>\n\
             <ul><li><a href=\"/{}/metadata?op={operation}\">{operation}</a></li></ul>\n",
            format.name().to_ascii_uppercase(),
            format.name(),
            operation = self.operation
        ))
    }

    /// The page of the operation in one format, with a sample of its request and its answer.
    ///
    /// # Errors
    /// None for samples that the format can represent.
    pub(crate) fn operation<Q: Shown, A: Shown>(&self, format: Format) -> io::Result<String> {
        let name = format.name();
        let routes: String = self.routes.iter().map(|path| format!("<tr><th>GET</th><td>{path}</td></tr>\n")).collect();
        let callback = match format {
            Format::Json => {
                "<p>To embed the response in a <b>jsonp</b> callback, append <b>?callback=myCallback</b></p>\n"
            }
            _ => "",
        };
        Ok(page(&format!(
            "<h1>{SITE}</h1>\n<p><a href=\"/metadata\">&lt;back to all web services</a></p>\n<h2>{operation}</h2>\n\
             <p>The following routes are available for this service:</p>\n<table>\n{routes}</table>\n\
             <p>To override the Content-type in your clients HTTP <b>Accept</b> Header, append the <b>.{name}</b> suffix or \
             <b>?format={name}</b></p>\n{callback}<h3>HTTP + {upper}</h3>\n<p>The following are sample HTTP requests and \
             responses. The placeholders shown need to be replaced with actual values.</p>\n\
             <pre>POST /{name}/reply/{operation} HTTP/1.1 \nHost: {host} \nContent-Type: {media}\nContent-Length: length\n\n\
             {request}</pre>\n<pre>HTTP/1.1 200 OK\nContent-Type: {media}\nContent-Length: length\n\n{answer}</pre>\n",
            operation = self.operation,
            host = escaped(self.host),
            media = media_type(format),
            upper = name.to_ascii_uppercase(),
            request = escaped(&sample(format, &Q::sample())?),
            answer = escaped(&sample(format, &A::sample())?),
        )))
    }
}

/// The media type in the samples, which for JSV differs from that of answers.
fn media_type(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Xml => "application/xml",
        Format::Jsv => "text/jsv",
        Format::Csv => "text/csv",
        Format::Html => "text/html",
    }
}

fn sample(format: Format, dto: &dyn Dto) -> io::Result<String> {
    let mut out = Vec::new();
    match format {
        Format::Jsv => write_pretty_jsv(&mut out, dto)?,
        Format::Html => return Ok(String::new()),
        format => format.write(&mut out, &Page { operation: "", now: "", links: &[], has_csv_rows: false }, dto)?,
    }
    let text = String::from_utf8(out).map_err(io::Error::other)?;
    let text = text.trim_start_matches('\u{feff}');
    if format == Format::Xml { indented(text) } else { Ok(text.replace("\r\n", "\n")) }
}

/// Indented XML.
fn indented(xml: &str) -> io::Result<String> {
    let (mut reader, mut writer) = (Reader::from_str(xml), Writer::new_with_indent(Vec::new(), b' ', 2));
    loop {
        match reader.read_event().map_err(io::Error::other)? {
            Event::Eof => return String::from_utf8(writer.into_inner()).map_err(io::Error::other),
            event => writer.write_event(event)?,
        }
    }
}

fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{SITE}</title><style>{STYLE}</style></head>\n\
         <body>\n{body}</body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

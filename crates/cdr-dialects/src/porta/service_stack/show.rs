//! Sends an answer: headers, and a body that is written on its own thread while it is sent.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Span, debug, error};

use super::dto::Dto;
use super::fault::{ResponseStatus, Thrown, failed};
use super::format::{Format, Page, write_pretty_jsv, write_table};
use super::packed::Packer;
use super::service::Reply;
use crate::pipe::{Inlet, Piece, body, pipe};

/// How an answer is written.
pub(super) struct Show {
    /// The name of the service in the log.
    pub(super) dialect: &'static str,
    /// Makes the service's answer to a refused request, which holds only the reason.
    pub(super) refusal: fn(ResponseStatus) -> Box<dyn Dto>,
    pub(super) format: Format,
    pub(super) named: bool,
    pub(super) callback: Option<String>,
    pub(super) pretty: bool,
    pub(super) operation: &'static str,
    pub(super) now: String,
    pub(super) links: Vec<(&'static str, String)>,
    pub(super) head: bool,
    /// Whether the answer is compressed with gzip.
    pub(super) packed: bool,
}

impl Show {
    /// A refusal by the service, in the form of its answer.
    pub(super) fn refuse(&self, thrown: &Thrown) -> HttpResponse {
        self.refused(thrown, (self.refusal)(thrown.status()), true)
    }

    /// A refusal. It is short, so it is written before it is sent.
    pub(super) fn refused(&self, thrown: &Thrown, dto: Box<dyn Dto>, by_service: bool) -> HttpResponse {
        let status = StatusCode::from_u16(thrown.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = Vec::new();
        if let Err(problem) = self.write(&mut body, &Reply::Object(dto)) {
            error!(dialect = self.dialect, error = %problem, "a refusal could not be written");
        }
        let mut response = self.begin(status, self.format, by_service);
        if thrown.status == 503 {
            response.insert_header((RETRY_AFTER, "5"));
        }
        response.reason(thrown.reason).body(body)
    }

    /// An answer, written on its own thread while it is sent. A failure before the second piece is a refusal. A later
    /// failure closes the connection.
    pub(super) async fn reply(self, reply: Reply, permit: OwnedSemaphorePermit, stall: Duration) -> HttpResponse {
        if matches!(reply, Reply::Nothing) {
            return HttpResponse::Ok().finish();
        }
        let format = match &reply {
            Reply::Table(..) if !self.named => Format::Csv,
            _ => self.format,
        };
        let mut response = self.begin(StatusCode::OK, format, !matches!(reply, Reply::Text(_)));
        if self.packed {
            response.insert_header((CONTENT_ENCODING, "gzip"));
        }
        if self.head {
            return response.streaming(stream::empty::<io::Result<Bytes>>());
        }
        let (show, span) = (Arc::new(self), Span::current());
        let shown = show.clone();
        let piped = pipe::<Thrown>(stall, move |mut inlet| {
            let _entered = span.entered();
            let written = shown.send(&mut inlet, &reply);
            finish(shown.dialect, inlet, written);
            drop(permit);
        });
        let mut outlet = match piped {
            Ok(outlet) => outlet,
            Err(problem) => {
                error!(dialect = show.dialect, error = %problem, "no thread could be started for an answer");
                return show.refuse(&failed());
            }
        };
        let first = match outlet.next().await {
            Some(Piece::Bytes(bytes)) => bytes,
            Some(Piece::End) => return response.body(Vec::new()),
            Some(Piece::Broken(thrown)) => return show.refuse(&thrown),
            None => return show.refuse(&failed()),
        };
        match outlet.next().await {
            Some(Piece::End) => response.body(first),
            Some(Piece::Bytes(second)) => response.streaming(body([first, second].concat(), outlet)),
            Some(Piece::Broken(thrown)) => show.refuse(&thrown),
            None => show.refuse(&failed()),
        }
    }

    fn begin(&self, status: StatusCode, format: Format, by_service: bool) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(status);
        let content_type = match (&self.callback, self.pretty) {
            (Some(_), _) => "application/javascript",
            (None, true) => "text/plain",
            (None, false) => format.content_type(),
        };
        response.insert_header((CONTENT_TYPE, content_type));
        if by_service && format == Format::Csv {
            response.insert_header((CONTENT_DISPOSITION, format!("attachment;filename={}.csv", self.operation)));
        }
        response
    }

    /// Writes an answer, packed if the client wants it so.
    fn send<W: Write>(&self, out: &mut W, reply: &Reply) -> io::Result<()> {
        if !self.packed {
            return self.write(out, reply);
        }
        let mut packer = Packer::new(out);
        self.write(&mut packer, reply)?;
        packer.end()
    }

    fn write<W: Write>(&self, out: &mut W, reply: &Reply) -> io::Result<()> {
        let dto = match reply {
            Reply::Nothing => return Ok(()),
            Reply::Text(text) => return out.write_all(text.as_bytes()),
            Reply::Table(class, rows, _) if !self.named || self.format == Format::Csv => {
                return write_table(out, class, &**rows);
            }
            Reply::Table(_, _, dto) | Reply::Object(dto) => &**dto,
        };
        if self.pretty {
            return write_pretty_jsv(out, dto);
        }
        let page = Page { operation: self.operation, now: &self.now, links: &self.links };
        match &self.callback {
            None => self.format.write(out, &page, dto),
            Some(callback) => {
                write!(out, "{callback}(")?;
                Format::Json.write(out, &page, dto)?;
                out.write_all(b")")
            }
        }
    }
}

/// Ends or aborts the answer, depending on the result of writing it.
fn finish(dialect: &'static str, inlet: Inlet<Thrown>, written: io::Result<()>) {
    match written {
        Ok(()) => inlet.end(),
        Err(_) if inlet.is_lost() => debug!(dialect, "the client of an answer disconnected or stopped reading"),
        Err(problem) => {
            error!(dialect, error = %cdr_mediation::chain(&problem), "an answer was aborted");
            inlet.broken(failed());
        }
    }
}

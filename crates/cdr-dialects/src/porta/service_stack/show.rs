//! Sends an answer: headers, and a body that is written on its own thread while it is sent.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use cdr_query::{Cancel, CancelOnDrop};
use futures_util::stream;
use tracing::{Span, debug, error};

use super::dto::Dto;
use super::fault::{ResponseStatus, Thrown, busy, failed};
use super::format::{Format, Page, write_pretty_jsv, write_table};
use super::packed::Packer;
use super::room::{Room, Rooms, WHOLE};
use super::sent::{Held, SENT_AT_ONCE, Sent};
use super::service::Reply;
use crate::bounds::Entered;
use crate::buffers::Buffered;
use crate::pipe::{Inlet, Outlet, Piece, pipe};

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

/// What an answer takes until it has been sent.
pub(super) struct Opening {
    pub(super) tenant: String,
    /// What it has taken.
    pub(super) room: Room,
    /// Where it takes more if it is longer than expected.
    pub(super) rooms: Rooms,
    /// The signal that the client has left, or that the answer has ended.
    pub(super) leaves: CancelOnDrop,
}

/// The place of a long answer, which is its writer's too: it still reads for a moment after the client has left.
#[derive(Default)]
struct Place(Mutex<PlaceState>);

#[derive(Default)]
struct PlaceState {
    entered: Option<Arc<Entered>>,
    has_ended: bool,
}

impl Place {
    /// Keeps the place until the writer has ended.
    fn keep(&self, entered: &Arc<Entered>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.entered = Some(entered.clone()).filter(|_| !state.has_ended);
    }

    /// The writer has ended.
    fn end(&self) {
        let ended = PlaceState { entered: None, has_ended: true };
        drop(std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), ended));
    }
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
    pub(super) async fn reply(self: Arc<Self>, reply: Reply, opening: Opening, cancel: Cancel) -> HttpResponse {
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
        let (show, span) = (self, Span::current());
        let (shown, place) = (show.clone(), Arc::<Place>::default());
        let of_writer = place.clone();
        let piped = pipe::<Thrown>(opening.rooms.stall, move |mut inlet| {
            let _entered = span.entered();
            let written = shown.send(&mut inlet, &reply);
            finish(shown.dialect, inlet, written, &cancel);
            of_writer.end();
        });
        let mut outlet = match piped {
            Ok(outlet) => outlet,
            Err(problem) => {
                error!(dialect = show.dialect, error = %problem, "no thread could be started for an answer");
                return show.refuse(&failed());
            }
        };
        let stall = opening.rooms.stall;
        match begin(&mut outlet, opening).await {
            Ok((pieces, buffered, None)) => {
                let length = pieces.iter().map(Bytes::len).sum::<usize>();
                if length <= SENT_AT_ONCE {
                    return response.body(pieces.into_iter().flatten().collect::<Vec<u8>>());
                }
                let sent = Sent::new(Held { gathered: pieces, buffered, rest: None }, stall);
                response.body(SizedStream::new(length as u64, sent))
            }
            Ok((gathered, buffered, Some(entered))) => {
                let entered = Arc::new(entered);
                place.keep(&entered);
                response.streaming(Sent::new(Held { gathered, buffered, rest: Some((outlet, entered)) }, stall))
            }
            Err(thrown) => show.refuse(&thrown),
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
        let has_csv_rows = matches!(reply, Reply::Table(..));
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
        let page = Page { operation: self.operation, now: &self.now, links: &self.links, has_csv_rows };
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

/// The beginning of an answer: its pieces, their bytes as they are counted, and its place if it is long. Without a place
/// it is the whole answer.
type Begun = (VecDeque<Bytes>, Buffered, Option<Entered>);

/// Reads the beginning of an answer: all of it if it is short.
async fn begin(outlet: &mut Outlet<Thrown>, opening: Opening) -> Result<Begun, Thrown> {
    let Opening { tenant, room, rooms, leaves } = opening;
    let Room { starting, mut buffered, mut entered } = room;
    outlet.keep(leaves);
    let (mut gathered, mut length) = (VecDeque::new(), 0);
    loop {
        let bytes = match outlet.next().await {
            Some(Piece::End) => {
                buffered.release();
                return Ok((gathered, buffered, None));
            }
            Some(Piece::Broken(thrown)) => return Err(thrown),
            None => return Err(failed()),
            Some(Piece::Bytes(bytes)) => bytes,
        };
        length += bytes.len();
        let has_room = buffered.grow(bytes.len()).is_ok();
        gathered.push_back(Bytes::from(bytes));
        if let Some(entered) = entered.take_if(|_| gathered.len() > 1) {
            return Ok((gathered, buffered, Some(entered)));
        }
        let is_longer = length > WHOLE || (!has_room && length > SENT_AT_ONCE);
        if entered.is_none() && is_longer {
            break;
        }
    }
    // The rows are longer than expected. Now the answer needs a place like others that are long.
    buffered.release();
    if let Ok(entered) = rooms.open.try_enter(&tenant) {
        return Ok((gathered, buffered, Some(entered)));
    }
    starting.release();
    outlet.hold(true);
    let entered = rooms.open.enter(&tenant, rooms.stall).await;
    outlet.hold(false);
    entered.map(|entered| (gathered, buffered, Some(entered))).map_err(busy)
}

/// Ends or aborts the answer, depending on the result of writing it.
fn finish(dialect: &'static str, inlet: Inlet<Thrown>, written: io::Result<()>, cancel: &Cancel) {
    match written {
        Ok(()) => inlet.end(),
        Err(_) if inlet.is_lost() || cancel.is_cancelled() => {
            debug!(dialect, "the client of an answer disconnected or stopped reading")
        }
        Err(problem) => {
            error!(dialect, error = %cdr_mediation::chain(&problem), "an answer was aborted");
            inlet.broken(failed());
        }
    }
}

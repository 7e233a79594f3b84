//! Receiving a body: a short one in memory, a longer one in a temporary file, so that clients that send slowly, or much,
//! cost no memory.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, Write};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::rt::time::timeout;
use actix_web::web::{Payload, block};
use futures_util::StreamExt;

/// The bytes of a body that are held in memory while it is received.
const IN_MEMORY: usize = 64 * 1024;
/// The most bytes of a body whose records are read at once: FreeSWITCH sends up to some hundred kilobytes a record.
const SHORT: u64 = 1024 * 1024;
/// How long a client may be silent.
const SILENT: Duration = Duration::from_secs(60);

/// A body.
pub(super) enum Received {
    /// Its bytes.
    Short(Vec<u8>),
    /// A file without a name that has it, from its beginning.
    Long(File),
}

impl Received {
    pub(super) fn into_reader(self) -> Box<dyn Read> {
        match self {
            Received::Short(bytes) => Box::new(Cursor::new(bytes)),
            Received::Long(file) => Box::new(io::BufReader::with_capacity(1 << 18, file)),
        }
    }
}

/// Receives a body of at most so many bytes. The error is the answer for a client whose body cannot be received.
pub(super) async fn receive(mut payload: Payload, most: u64) -> Result<Received, HttpResponse> {
    let (mut bytes, mut file, mut length) = (Vec::new(), None, 0);
    loop {
        let chunk = match timeout(SILENT, payload.next()).await {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(None) => break,
            Ok(Some(Err(error))) => return Err(refused(HttpResponse::BadRequest(), &error.to_string())),
            Err(_) => return Err(refused(HttpResponse::RequestTimeout(), "the body did not arrive in time")),
        };
        length += chunk.len() as u64;
        if length > most {
            let why = format!("a body has at most {most} bytes (intake.max_body)");
            return Err(refused(HttpResponse::PayloadTooLarge(), &why));
        }
        bytes.extend_from_slice(&chunk);
        if bytes.len() > IN_MEMORY {
            file = Some(written(file, std::mem::take(&mut bytes)).await.map_err(|error| failed(&error))?);
        }
    }
    let Some(file) = file else { return Ok(Received::Short(bytes)) };
    let mut file = written(Some(file), bytes).await.map_err(|error| failed(&error))?;
    let read = move || {
        file.rewind()?;
        if length > SHORT {
            return Ok(Received::Long(file));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(Received::Short(bytes))
    };
    block(read).await.map_err(io::Error::other).flatten().map_err(|error: io::Error| failed(&error))
}

/// Appends bytes to a file, or to a new one.
async fn written(file: Option<File>, bytes: Vec<u8>) -> io::Result<File> {
    let write = move || {
        let mut file = file.map_or_else(tempfile::tempfile, Ok)?;
        file.write_all(&bytes)?;
        Ok(file)
    };
    block(write).await.map_err(io::Error::other)?
}

fn refused(mut answer: actix_web::HttpResponseBuilder, why: &str) -> HttpResponse {
    answer.json(serde_json::json!({ "error": why }))
}

fn failed(error: &io::Error) -> HttpResponse {
    super::unavailable("the body cannot be kept", &error.to_string())
}

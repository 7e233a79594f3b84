//! Serves a finished file, whole or in ranges. The file is read in small pieces on demand, so a slow client holds only
//! an open file.
//!
//! Sources: RFC 9110, sections 13 and 14, for conditions and ranges; RFC 9530 for the digest.

use std::io::{self, SeekFrom};

use actix_web::body::SizedStream;
use actix_web::error::BlockingError;
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_RANGES, ByteRangeSpec, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, Header, HeaderName, IF_MATCH,
    IF_NONE_MATCH, IF_RANGE, LINK, Range,
};
use actix_web::web::{Bytes, block};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_export::{FileReceipt, Receipt};
use cdr_mediation::{KeptFile, SpoolRead, Unreadable};
use futures_util::stream;

const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");
/// Bytes read at a time. Each piece costs two changes of the thread.
const PIECE: u64 = 256 * 1024;

/// A finished file as it is offered to a client.
pub(crate) struct Offer<'a> {
    /// Its size and its digest. `None` if a newer program wrote the receipt; the file is then served without a digest.
    pub(crate) file: Option<&'a FileReceipt>,
    /// The name under which the client saves it.
    pub(crate) name: &'a str,
    pub(crate) content_type: &'static str,
    /// Its entity tag, in quotes.
    pub(crate) etag: String,
    /// The address of its receipt, if that can be read.
    pub(crate) receipt_url: Option<String>,
}

/// Why a file is not served.
#[derive(Debug)]
pub(crate) enum NotServed {
    /// `If-Match` does not contain its tag.
    Precondition,
    /// The range contains no byte of it. The value is the length of the file in bytes.
    Range(u64),
    /// It cannot be read, or its length differs from that in its receipt.
    Failed(io::Error),
    /// The task that read it panicked.
    Panicked(BlockingError),
}

impl Offer<'_> {
    /// The size and digest in the receipt of a stored file. `None` if a newer program wrote the receipt.
    ///
    /// # Errors
    /// When the receipt is damaged, since the file cannot be checked against it.
    pub(crate) fn receipt_of(kept: &KeptFile) -> io::Result<Option<&FileReceipt>> {
        match &kept.receipt {
            Ok(receipt) => Ok(Some(&receipt.file)),
            Err(Unreadable::Newer { .. }) => Ok(None),
            Err(damaged) => Err(io::Error::other(damaged.clone())),
        }
    }
}

/// Answers with the file, subject to the conditions and the range of the request.
///
/// # Errors
/// [`NotServed`].
pub(crate) async fn serve_file(
    request: &HttpRequest,
    offer: Offer<'_>,
    file: Box<dyn SpoolRead>,
) -> Result<HttpResponse, NotServed> {
    let Offer { file: receipt, name, content_type, etag, receipt_url } = offer;
    if header(request, &IF_MATCH).is_some_and(|list| !names(list, &etag)) {
        return Err(NotServed::Precondition);
    }
    if header(request, &IF_NONE_MATCH).is_some_and(|list| names(list, &etag)) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, etag)).finish());
    }
    let digest = receipt.map(|receipt| digest(&receipt.sha256));
    let (file, whole) = match receipt {
        Some(receipt) => (file, receipt.bytes),
        None => measured(file).await?,
    };
    let is_head = request.method() == Method::HEAD;
    let part = match header(request, &IF_RANGE) {
        _ if is_head => None,
        Some(condition) if condition != etag && Some(condition) != digest.as_deref() => None,
        _ => range(request, whole)?,
    };
    let mut answer = match part {
        None => HttpResponse::Ok(),
        Some((first, last)) => {
            let mut answer = HttpResponse::PartialContent();
            answer.insert_header((CONTENT_RANGE, format!("bytes {first}-{last}/{whole}")));
            answer
        }
    };
    answer
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CONTENT_DISPOSITION, attachment(name)))
        .insert_header((ETAG, etag))
        .insert_header((ACCEPT_RANGES, "bytes"));
    if let Some(digest) = digest {
        answer.insert_header((REPR_DIGEST, digest));
    }
    if let Some(url) = receipt_url {
        answer.insert_header(described_by(&url));
    }
    let (first, length) = part.map_or((0, whole), |(first, last)| (first, last - first + 1));
    if is_head {
        return Ok(answer.body(SizedStream::new(length, stream::empty::<io::Result<Bytes>>())));
    }
    let file = at(file, first, whole).await?;
    Ok(answer.body(SizedStream::new(length, pieces(file, length))))
}

/// Answers with a receipt, in the form that `tollbook verify` reads, to be saved beside its file.
pub(crate) fn serve_receipt(receipt: &Receipt) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((CONTENT_DISPOSITION, attachment(&format!("{}.receipt.json", receipt.file.name))))
        .body(receipt.to_text())
}

/// A `Link` from a file to its receipt (RFC 8288; the relation is of the IANA registry).
pub(crate) fn described_by(url: &str) -> (HeaderName, String) {
    (LINK, format!("<{url}>; rel=\"describedby\""))
}

/// A `Content-Disposition` that saves the file under its name.
pub(crate) fn attachment(name: &str) -> String {
    let is_plain = |it: &char| (it.is_ascii_graphic() || *it == ' ') && !matches!(it, '"' | '\\');
    let name: String = name.chars().map(|it| if is_plain(&it) { it } else { '_' }).collect();
    format!("attachment; filename=\"{name}\"")
}

/// The first and last byte of the requested range. `None` stands for the whole file: without a range, for several
/// ranges, and for an invalid range.
fn range(request: &HttpRequest, whole: u64) -> Result<Option<(u64, u64)>, NotServed> {
    let Ok(Range::Bytes(ranges)) = Range::parse(request) else { return Ok(None) };
    match &*ranges {
        [ByteRangeSpec::FromTo(first, last)] if last < first => Ok(None),
        [range] => range.to_satisfiable_range(whole).map(Some).ok_or(NotServed::Range(whole)),
        _ => Ok(None),
    }
}

/// The file and its length in bytes.
async fn measured(mut file: Box<dyn SpoolRead>) -> Result<(Box<dyn SpoolRead>, u64), NotServed> {
    let measure = move || file.seek(SeekFrom::End(0)).map(|length| (file, length));
    block(measure).await.map_err(NotServed::Panicked)?.map_err(NotServed::Failed)
}

/// The file, positioned at a byte. A file whose length differs from that in its receipt is an error.
async fn at(mut file: Box<dyn SpoolRead>, first: u64, whole: u64) -> Result<Box<dyn SpoolRead>, NotServed> {
    let seek = move || {
        let found = file.seek(SeekFrom::End(0))?;
        if found != whole {
            return Err(io::Error::other(format!("the file has {found} bytes, but {whole} according to its receipt")));
        }
        file.seek(SeekFrom::Start(first))?;
        Ok(file)
    };
    block(seek).await.map_err(NotServed::Panicked)?.map_err(NotServed::Failed)
}

/// This many bytes in pieces. Each piece is read once the client has taken the previous one.
fn pieces(file: Box<dyn SpoolRead>, length: u64) -> impl stream::Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let size = left.min(PIECE);
        let read = move || {
            let mut bytes = vec![0; size as usize];
            file.read_exact(&mut bytes)?;
            Ok::<_, io::Error>((bytes, file))
        };
        let (bytes, file) = block(read).await.map_err(io::Error::other)??;
        Ok(Some((Bytes::from(bytes), (file, left - size))))
    })
}

/// `Repr-Digest` from a SHA-256 in hexadecimal.
fn digest(sha256: &str) -> String {
    let byte = |at| sha256.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
    let bytes: Vec<u8> = (0..sha256.len()).step_by(2).filter_map(byte).collect();
    format!("sha-256=:{}:", STANDARD.encode(bytes))
}

fn header<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok().map(str::trim)
}

/// Whether a list of entity tags contains this one, byte for byte, or `*`.
fn names(list: &str, etag: &str) -> bool {
    list.split(',').map(str::trim).any(|one| one == etag || one == "*")
}

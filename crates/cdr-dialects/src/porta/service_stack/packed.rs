//! gzip of answers (RFC 9110, section 8.4.1.3), for clients whose `Accept-Encoding` prefers it.

use std::io::{self, Write};

use actix_web::HttpRequest;
use actix_web::http::header::{AcceptEncoding, Encoding, Header};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Bytes of an answer that are compressed at a time. What has been compressed is sent then, so that a client gets the
/// first byte of a packed answer as early as that of a plain one.
const PART: usize = 64 * 1024;

/// Whether the client prefers gzip to an answer that is not compressed.
pub(super) fn is_wanted(request: &HttpRequest) -> bool {
    let Ok(accepted) = AcceptEncoding::parse(request) else { return false };
    if accepted.is_empty() {
        return false;
    }
    accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter()) == Some(Encoding::gzip())
}

/// Compresses what is written to it.
pub(super) struct Packer<W: Write> {
    out: GzEncoder<W>,
    gathered: Vec<u8>,
}

impl<W: Write> Packer<W> {
    pub(super) fn new(out: W) -> Packer<W> {
        Packer { out: GzEncoder::new(out, Compression::default()), gathered: Vec::with_capacity(PART) }
    }

    /// Writes the end of the answer.
    ///
    /// # Errors
    /// When the output fails.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.out.write_all(&self.gathered)?;
        self.out.finish().map(drop)
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PART - self.gathered.len());
        self.gathered.extend_from_slice(&bytes[..taken]);
        if self.gathered.len() == PART {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.gathered)?;
        self.gathered.clear();
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use actix_web::test::TestRequest;
    use flate2::read::GzDecoder;

    use super::{PART, Packer, is_wanted};

    #[test]
    fn gzip_is_used_for_clients_that_prefer_it() {
        for (header, wanted) in [
            (None, false),
            (Some(""), false),
            (Some("gzip"), true),
            (Some("gzip, deflate, br"), true),
            (Some("br;q=1.0, gzip;q=0.8, *;q=0.1"), true),
            (Some("GZIP"), true),
            (Some("*"), false),
            (Some("deflate, br"), false),
            (Some("identity"), false),
            (Some("gzip;q=0"), false),
            (Some("gzip;q=0, *"), false),
            (Some("identity;q=1, gzip;q=0.5"), false),
            (Some("identity;q=0.5, gzip;q=1.0"), true),
            (Some("nonsense;;q=x"), false),
        ] {
            let mut request = TestRequest::default();
            if let Some(header) = header {
                request = request.insert_header(("accept-encoding", header));
            }
            assert_eq!(is_wanted(&request.to_http_request()), wanted, "{header:?}");
        }
    }

    /// What arrived so far can be unpacked before the end.
    #[test]
    fn each_part_is_sent_when_it_is_full() {
        let text: Vec<u8> = (0..PART + 1_000).map(|n| b'a' + (n % 7) as u8).collect();
        let mut sent = Vec::new();
        let mut packer = Packer::new(&mut sent);
        for bytes in text.chunks(1_000) {
            packer.write_all(bytes).unwrap();
        }
        let mut part = vec![0; PART];
        GzDecoder::new(packer.out.get_ref().as_slice()).read_exact(&mut part).unwrap();
        assert_eq!(part, text[..PART]);
        packer.end().unwrap();
        let mut whole = Vec::new();
        GzDecoder::new(sent.as_slice()).read_to_end(&mut whole).unwrap();
        assert_eq!(whole, text);
    }
}

//! The pipe between a writer and an answer.

use std::io::Write;
use std::sync::mpsc;
use std::time::Duration;

use super::{Piece, pipe};

const LONG: Duration = Duration::from_secs(600);
/// The timeout after which a test fails.
const PATIENCE: Duration = Duration::from_secs(120);

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn written_bytes_arrive_in_pieces_with_an_end() {
    let text: Vec<u8> = (0..1_000_000_u32).map(|n| n as u8).collect();
    let written = text.clone();
    let mut outlet = pipe::<()>(LONG, move |mut inlet| {
        for part in written.chunks(777) {
            inlet.write_all(part).unwrap();
        }
        inlet.end();
    })
    .unwrap();
    let mut read = Vec::new();
    let mut ended = false;
    while let Some(piece) = outlet.next().await {
        match piece {
            Piece::Bytes(bytes) => {
                assert!(!ended && bytes.len() <= 64 * 1024);
                read.extend(bytes);
            }
            Piece::End => ended = true,
            Piece::Broken(()) => panic!("the writer did not abort"),
        }
    }
    assert!(ended && read == text);
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_stream_that_is_not_ended_has_no_end() {
    let mut outlet = pipe::<()>(LONG, |mut inlet| inlet.write_all(b"half of it").unwrap()).unwrap();
    assert!(outlet.next().await.is_none());
    let mut outlet = pipe::<&str>(LONG, |inlet| inlet.broken("because")).unwrap();
    assert!(matches!(outlet.next().await, Some(Piece::Broken("because"))));
}

/// The writer waits for the reader as long as the reader asks for, and then fails after the stall.
#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_writer_that_is_held_does_not_fail() {
    let (sender, receiver) = mpsc::channel();
    let mut outlet = pipe::<()>(Duration::from_millis(100), move |mut inlet| {
        let _ = sender.send(inlet.write_all(&[0; 1_000_000]).map_err(|error| error.to_string()));
    })
    .unwrap();
    outlet.hold(true);
    assert!(receiver.recv_timeout(Duration::from_millis(500)).is_err(), "it waits");
    while let Some(Piece::Bytes(_)) = outlet.next().await {}
    assert_eq!(receiver.recv_timeout(PATIENCE), Ok(Ok(())));
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_writer_without_a_reader_fails() {
    for (stall, disconnects) in [(LONG, true), (Duration::from_millis(10), false)] {
        let (sender, receiver) = mpsc::channel();
        let outlet = pipe::<()>(stall, move |mut inlet| {
            let failed = loop {
                if let Err(error) = inlet.write_all(&[0; 100_000]) {
                    break error;
                }
            };
            let _ = sender.send((failed.to_string(), inlet.is_lost()));
        })
        .unwrap();
        let kept = (!disconnects).then_some(outlet);
        let outcome = receiver.recv_timeout(PATIENCE).expect("the writer fails without a reader");
        assert_eq!(outcome, ("the client disconnected or stopped reading".to_owned(), true));
        drop(kept);
    }
}

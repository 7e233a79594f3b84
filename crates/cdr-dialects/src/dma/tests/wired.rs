//! The dialect over a real connection: aborted answers, and answers without a body.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, rt, web};
use cdr_mediation::PortError;

use super::support::{DmaFixture, LAST_PAGE, MANY, PASSWORD, YESTERDAY, basic};
use crate::dma::{Dma, DmaOptions};

fn serve(dma: &Dma) -> (SocketAddr, ServerHandle) {
    let dma = dma.clone();
    let server = HttpServer::new(move || App::new().configure(|config| dma.mount(config))).workers(1).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    rt::spawn(server);
    (address, handle)
}

/// Sends a request without a body, with the extra headers in `more`, and returns all bytes of the answer.
async fn exchange(address: SocketAddr, method: &'static str, path: String, more: &'static str) -> Vec<u8> {
    let auth = basic("administrator", PASSWORD);
    let talk = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("{method} /api/rest/billing{path} HTTP/1.1\r\nHost: here\r\n{more}");
        stream.write_all(format!("{head}Authorization: {auth}\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
        let mut received = Vec::new();
        // If the connection is reset, the bytes received so far are kept.
        let _ = stream.read_to_end(&mut received);
        received
    };
    web::block(talk).await.unwrap()
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn only_a_complete_archive_has_a_last_chunk() {
    for fails in [false, true] {
        let fixture = DmaFixture::with(MANY);
        fixture.before_reading(move |page| match page {
            LAST_PAGE if fails => Err(PortError::failed("reading a page", "the store is gone")),
            _ => Ok(()),
        });
        let (address, server) = serve(&fixture.dma());
        let received = exchange(address, "GET", format!("?{YESTERDAY}"), "").await;
        let text = String::from_utf8_lossy(&received);
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.contains("transfer-encoding: chunked"));
        assert_eq!(received.ends_with(b"\r\n0\r\n\r\n"), !fails);
        server.stop(false).await;
    }
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn a_missing_body_times_out() {
    let fixture = DmaFixture::with(1);
    let (address, server) =
        serve(&fixture.dma_with(DmaOptions { stall: Duration::from_millis(20), ..DmaOptions::default() }));
    let received = exchange(address, "POST", "/generate-cdrs".to_owned(), "Content-Length: 10\r\n").await;
    let text = String::from_utf8(received).unwrap();
    assert!(text.starts_with("HTTP/1.1 408 Request Timeout\r\n") && text.contains("plcm-error"), "{text}");
    assert_eq!(fixture.mediation.tally().unwrap().pending, 0);
    server.stop(false).await;
}

#[actix_web::rt::test(system = "crate::testing::Runner")]
async fn head_has_headers_and_no_body() {
    let fixture = DmaFixture::with(20);
    let (address, server) = serve(&fixture.dma());
    for (path, status, header) in [
        ("", "200 OK", "transfer-encoding: chunked"),
        ("/status", "200 OK", "content-type: application/vnd.plcm.plcm-billing-status+xml"),
        ("/download-cdrs", "404 Not Found", "content-type: application/vnd.plcm.plcm-error+xml"),
    ] {
        let received = exchange(address, "HEAD", path.to_owned(), "").await;
        let text = String::from_utf8(received).unwrap();
        assert!(text.starts_with(&format!("HTTP/1.1 {status}\r\n")) && text.contains(header), "{text}");
        assert!(text.ends_with("\r\n\r\n") && !text.contains("<?xml"), "{text}");
    }
    server.stop(false).await;
}

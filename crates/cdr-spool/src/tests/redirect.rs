//! Tests that redirects to another server are not followed.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::bucket::options;
use crate::{BucketOptions, BucketSpool};
use tollbook_tests::s3::S3;

/// Starts a server that redirects every request to another one, and returns its endpoint.
fn pointing_to(elsewhere: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}/cdr-exports\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n"
    );
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = BufReader::new(stream.try_clone().unwrap()).lines();
            head.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
            // The client may have closed the connection.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    endpoint
}

#[test]
fn redirects_are_not_followed() {
    let other = S3::start();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    other.misbehaves(move |_, _| {
        count.fetch_add(1, Ordering::SeqCst);
        None
    });
    let endpoint = Some(pointing_to(&other.endpoint));
    let options = BucketOptions { endpoint, patience: Duration::ZERO, ..options(&other, "spool") };
    let error = BucketSpool::open(&options).unwrap_err().to_string();
    assert!(error.contains("check endpoint, region"), "{error}");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

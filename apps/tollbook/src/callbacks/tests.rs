//! Callbacks to servers on this machine, which are refused unless `callbacks.allow_private` is set.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use cdr_mediation::{Callback, CallbackTask, ExportStatus, chain};
use uuid::Uuid;

use super::{CallbackOptions, HttpCallback};

/// Long enough for a busy machine.
const WITHIN: Duration = Duration::from_secs(30);
/// Short enough for a test that waits for it to expire.
const SOON: Duration = Duration::from_secs(2);
/// Limits a test that has failed.
const PATIENCE: Duration = Duration::from_secs(120);

/// A server that passes each request to the receiver and answers it with `answer`.
fn server(answer: impl Fn(&mut TcpStream) + Send + 'static) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if sender.send(request(&mut stream)).is_err() {
                return;
            }
            answer(&mut stream);
        }
    });
    (base, asked)
}

/// A request with its body, as received.
fn request(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        let length = text
            .to_ascii_lowercase()
            .split_once("content-length: ")
            .and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok());
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        if read == 0 || body.is_some_and(|body| body >= length.unwrap_or(0)) {
            return text;
        }
    }
}

fn with(status: &'static str) -> impl Fn(&mut TcpStream) {
    move |stream| write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok").unwrap()
}

fn call(url: &str, status: ExportStatus, allow_private: bool) -> Result<(), String> {
    call_by(CallbackOptions { allow_private, within: WITHIN }, url, status)
}

fn call_by(options: CallbackOptions, url: &str, status: ExportStatus) -> Result<(), String> {
    let callback = HttpCallback::new(options);
    let task = CallbackTask { id: Uuid::nil(), number: 42, url: url.to_owned(), status, attempts: 0 };
    callback.call(&task).map_err(|error| chain(&error))
}

#[test]
fn a_callback_is_a_get_with_a_form_as_its_body() {
    let (base, asked) = server(with("200 OK"));
    for (status, word) in [(ExportStatus::Completed, "Completed"), (ExportStatus::Failed, "Failed")] {
        call(&format!("{base}/notify?key=1"), status, true).unwrap();
        let asked = asked.recv_timeout(WITHIN).unwrap();
        let (head, body) = asked.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("GET /notify?key=1 HTTP/1.1\r\n"), "{head}");
        assert!(head.to_ascii_lowercase().contains("content-type: application/x-www-form-urlencoded"), "{head}");
        assert_eq!(body, format!("export_id=42&status={word}"));
    }
}

#[test]
fn only_200_counts() {
    for status in ["201 Created", "204 No Content", "400 Bad Request", "500 Internal Server Error"] {
        let (base, _asked) = server(with(status));
        let error = call(&base, ExportStatus::Completed, true).unwrap_err();
        assert!(error.contains(&status[..3]), "{status}: {error}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (elsewhere, followed) = server(with("200 OK"));
    let (base, _asked) = server(move |stream| {
        write!(stream, "HTTP/1.1 302 Found\r\nLocation: {elsewhere}/\r\nContent-Length: 0\r\n\r\n").unwrap();
    });
    let error = call(&base, ExportStatus::Completed, true).unwrap_err();
    assert!(error.contains("302"), "{error}");
    assert!(followed.try_recv().is_err(), "the redirect was not followed");
}

#[test]
fn addresses_of_this_machine_are_refused_before_anything_is_sent() {
    let (base, asked) = server(with("200 OK"));
    let by_name = base.replace("127.0.0.1", "localhost");
    let by_mapped_address = base.replace("127.0.0.1", "[::ffff:127.0.0.1]");
    for url in [&base, &by_name, &by_mapped_address] {
        let error = call(url, ExportStatus::Completed, false).unwrap_err();
        assert!(error.contains("no public address"), "{error}");
    }
    assert!(asked.try_recv().is_err(), "no connection was made");
}

#[test]
fn a_callback_to_a_server_that_does_not_answer_times_out() {
    // It accepts the request, and sends an endless head in small pieces.
    let (base, _asked) = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        let began = Instant::now();
        while began.elapsed() < PATIENCE && stream.write_all(b"X-A: b\r\n").is_ok() {
            thread::park_timeout(Duration::from_millis(100));
        }
    });
    let (sender, ended) = channel();
    let options = CallbackOptions { allow_private: true, within: SOON };
    thread::spawn(move || sender.send(call_by(options, &base, ExportStatus::Completed)));
    let outcome = ended.recv_timeout(PATIENCE / 2).expect("the callback times out");
    assert!(outcome.is_err());
}

#[test]
fn errors_of_invalid_addresses_do_not_quote_them() {
    for url in ["ftp://user:secret@example.com/", "not an address", "http://user:secret@127.0.0.1:1/"] {
        let error = call(url, ExportStatus::Completed, true).unwrap_err();
        assert!(!error.contains("secret"), "{error}");
    }
}

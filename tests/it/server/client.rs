//! One request to a server, and what came back.

use std::io::Read;

use ureq::http;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Sends a request as it stands; no redirect is followed.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut request = http::Request::builder().method(method).uri(url);
    for (header, value) in headers {
        request = request.header(*header, *value);
    }
    let answer = if body.is_empty() {
        agent().run(request.body(()).unwrap()).unwrap()
    } else {
        agent().run(request.body(body).unwrap()).unwrap()
    };
    let (parts, body) = answer.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().read_to_end(&mut bytes).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body: bytes }
}

/// Asks for something large, and keeps nothing of it; returns how many bytes there were.
pub(crate) fn drain(url: &str) -> u64 {
    let answer = agent().get(url).call().unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    std::io::copy(&mut answer.into_body().into_reader(), &mut std::io::sink()).unwrap()
}

/// A client that asks no proxy for what is on this machine, and hands on whatever it is told.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
    config.build().new_agent()
}

impl Answer {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

//! A request to a server, and its response.

use std::io::Read;

use ureq::http;

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Sends a request unchanged. Redirects are not followed.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    try_send(method, url, headers, body).unwrap_or_else(|error| panic!("{method} {url}: {error}"))
}

/// Sends a request to a server that may not answer.
pub(crate) fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, Box<dyn std::error::Error>> {
    let mut request = http::Request::builder().method(method).uri(url);
    for (header, value) in headers {
        request = request.header(*header, *value);
    }
    let answer = if body.is_empty() { agent().run(request.body(())?)? } else { agent().run(request.body(body)?)? };
    let (parts, body) = answer.into_parts();
    let mut bytes = Vec::new();
    body.into_reader().read_to_end(&mut bytes)?;
    Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body: bytes })
}

/// Downloads a large response without storing it, and returns its size in bytes.
pub(crate) fn drain(url: &str) -> u64 {
    let answer = agent().get(url).call().unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    std::io::copy(&mut answer.into_body().into_reader(), &mut std::io::sink()).unwrap()
}

/// A client without a proxy that returns every response, including errors and redirects.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).proxy(None);
    config.build().new_agent()
}

impl Answer {
    /// The value of a header; empty if it is missing.
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

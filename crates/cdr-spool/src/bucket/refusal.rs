//! Error responses of the server: a status, a code and a message.

use object_store::client::{HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService};
use thiserror::Error;

/// The maximum length of a server's message, in characters. Longer messages are truncated.
const LONGEST: usize = 300;

/// A permanent error response, for which a retry does not help.
#[derive(Debug, Error)]
#[error("the server answered {status} {code}: {message}")]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// The error code, such as `NoSuchBucket`; empty if the response has none.
    pub(super) code: String,
    message: String,
}

/// A client that converts error responses to [`Refusal`]s. Only status, code and message are kept, because the rest of
/// a response may repeat parts of the request.
#[derive(Debug)]
pub(super) struct Listening(pub(super) reqwest::Client);

#[async_trait::async_trait]
impl HttpService for Listening {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.0.call(request).await?;
        let status = answer.status();
        // All other statuses are retried, or handled by the caller.
        let is_refusal = match status.as_u16() {
            304 | 408 | 409 | 412 | 429 => false,
            other => (300..500).contains(&other),
        };
        if !is_refusal {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = body.bytes().await?;
        let text = String::from_utf8_lossy(&body);
        let code = element(&text, "Code");
        if status.as_u16() == 404 && code != "NoSuchBucket" {
            return Ok(HttpResponse::from_parts(parts, body.into()));
        }
        let refusal = Refusal { status: status.as_u16(), code, message: element(&text, "Message") };
        Err(HttpError::new(HttpErrorKind::Unknown, refusal))
    }
}

/// The content of an element in the XML of an error.
fn element(xml: &str, name: &str) -> String {
    let inner = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inner.map(|(inner, _)| inner.chars().filter(|it| !it.is_control()).take(LONGEST).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn a_refusal_has_a_code_and_a_message() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>There is\nnone</Message></Error>";
        for (text, name, expected) in
            [(xml, "Code", "NoSuchBucket"), (xml, "Message", "There isnone"), (xml, "Key", ""), ("nginx", "Code", "")]
        {
            assert_eq!(element(text, name), expected);
        }
    }
}

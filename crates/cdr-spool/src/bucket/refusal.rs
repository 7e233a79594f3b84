//! What the server answers when it will not: a status, a code and a sentence.

use object_store::client::{HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService};
use thiserror::Error;

/// The longest sentence of a server that is passed on, in characters.
const LONGEST: usize = 300;

/// The server understood and will not; asking again changes nothing.
#[derive(Debug, Error)]
#[error("the server answered {status} {code}: {words}")]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// As in `NoSuchBucket`; empty if there is none.
    pub(super) code: String,
    words: String,
}

/// A client that hears what refusals say, of which no more than this is passed on: what else a server says may repeat
/// what it was asked with.
#[derive(Debug)]
pub(super) struct Listening(pub(super) reqwest::Client);

#[async_trait::async_trait]
impl HttpService for Listening {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let answer = self.0.call(request).await?;
        let status = answer.status();
        // The others are asked again, or mean something.
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
        let refusal = Refusal { status: status.as_u16(), code, words: element(&text, "Message") };
        Err(HttpError::new(HttpErrorKind::Unknown, refusal))
    }
}

/// What stands in an element of an error's XML.
fn element(xml: &str, name: &str) -> String {
    let inner = xml.split_once(&format!("<{name}>")).and_then(|(_, rest)| rest.split_once(&format!("</{name}>")));
    inner.map(|(inner, _)| inner.chars().filter(|it| !it.is_control()).take(LONGEST).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::element;

    #[test]
    fn a_refusal_has_a_code_and_a_sentence() {
        let xml = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>There is\nnone</Message></Error>";
        for (text, name, expected) in
            [(xml, "Code", "NoSuchBucket"), (xml, "Message", "There isnone"), (xml, "Key", ""), ("nginx", "Code", "")]
        {
            assert_eq!(element(text, name), expected);
        }
    }
}

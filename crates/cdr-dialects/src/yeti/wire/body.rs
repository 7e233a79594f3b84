//! The body of a request, as JSON or as a form.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::Payload;
use futures_util::StreamExt;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::form;
use crate::multipart;
use crate::yeti::fault::{Fault, Problem};

/// The maximum length of a body in bytes.
const MOST: usize = 1024 * 1024;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// The body, a JSON object. An empty body is an empty object.
///
/// # Errors
/// 400 for anything else; 408 if it does not arrive within a minute; 413 beyond a mebibyte.
pub(crate) async fn read(request: &HttpRequest, body: Payload) -> Result<Map<String, Value>, Fault> {
    json(&in_time(request, body).await?)
}

/// The body, a JSON object or a form, URL-encoded or in parts: `auth[login]=…` is a member of the object `auth`.
///
/// # Errors
/// As [`read`], and 400 for a form that cannot be read.
pub(crate) async fn read_form(request: &HttpRequest, body: Payload) -> Result<Map<String, Value>, Fault> {
    let bytes = in_time(request, body).await?;
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if multipart::is_in_parts(content_type) {
        let form = multipart::as_form(content_type, &bytes).await;
        return Ok(form::read(&form.ok_or_else(|| Problem::bad_request("The form cannot be read."))?));
    }
    let is_form = content_type.trim_start().to_ascii_lowercase().starts_with(multipart::FORM);
    // Clients such as curl send JSON under this name too.
    if is_form && !bytes.trim_ascii_start().starts_with(b"{") { Ok(form::read(&bytes)) } else { json(&bytes) }
}

async fn in_time(request: &HttpRequest, body: Payload) -> Result<Vec<u8>, Fault> {
    timeout(PATIENCE, bytes(request, body)).await.unwrap_or_else(|_| Err(Problem::too_late().into()))
}

fn json(bytes: &[u8]) -> Result<Map<String, Value>, Fault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Problem::bad_request("Request must be a hash").into()),
        Err(problem) => Err(Problem::bad_request(problem.to_string()).into()),
    }
}

async fn bytes(request: &HttpRequest, mut body: Payload) -> Result<Vec<u8>, Fault> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > MOST as u64) {
        return Err(Problem::too_large(MOST).into());
    }
    let mut read = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|problem| Problem::bad_request(problem.to_string()))?;
        if read.len() + piece.len() > MOST {
            return Err(Problem::too_large(MOST).into());
        }
        read.extend_from_slice(&piece);
    }
    Ok(read)
}

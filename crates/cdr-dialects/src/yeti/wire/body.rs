//! The body of a request, as JSON.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::Payload;
use futures_util::StreamExt;
use serde_json::{Map, Value};
use tokio::time::timeout;

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
    let bytes = timeout(PATIENCE, bytes(request, body)).await.unwrap_or_else(|_| Err(Problem::too_late().into()))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(&bytes) {
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

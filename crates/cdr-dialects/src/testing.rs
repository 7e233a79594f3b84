//! What the tests of all dialects use: a runtime, and the answers to their requests.

use std::pin::Pin;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::HeaderMap;
use actix_web::rt::{System, SystemRunner};

/// A runtime for one test, `#[actix_web::rt::test(system = "crate::testing::Runner")]`. It boxes every test to the same
/// type, so the runtime is compiled once instead of once per test. That was a quarter of the compile time of this
/// crate.
pub(crate) struct Runner(SystemRunner);

impl Runner {
    pub(crate) fn new() -> Runner {
        Runner(System::new())
    }

    pub(crate) fn block_on(&self, test: impl Future<Output = ()> + 'static) {
        self.run(Box::pin(test));
    }

    fn run(&self, test: Pin<Box<dyn Future<Output = ()>>>) {
        self.0.block_on(test);
    }
}

/// A received answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads an answer to its end.
    pub(crate) async fn read(answer: ServiceResponse<impl MessageBody + 'static>) -> Answer {
        let (_, answer) = answer.into_parts();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let reason = answer.head().reason().to_owned();
        let body = to_bytes(answer.into_body().boxed()).await.unwrap().to_vec();
        Answer { status, reason, headers, body }
    }

    /// The value of a header.
    pub(crate) fn given(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The value of a header, or an empty text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }
}

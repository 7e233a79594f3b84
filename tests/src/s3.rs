//! An S3 server in this process that can be made to fail.

use std::convert::Infallible;
use std::error::Error;
use std::fs;
use std::mem;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::dto::StreamingBlob;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpResponse};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The only bucket.
pub const BUCKET: &str = "cdr-exports";
/// The access key that the server accepts.
pub const ACCESS_KEY: &str = "tollbook";
/// The secret of that key.
pub const SECRET_KEY: &str = "wonderful-secret";

/// What the server does instead of handling a request normally.
#[derive(Clone, Copy, Debug)]
pub enum Instead {
    /// Responds with a status and an error code.
    Says(u16, &'static str),
    /// Handles the request, and closes the connection before the response.
    DoesAndHangsUp,
    /// Closes the connection immediately.
    HangsUp,
    /// Breaks the response off after this many bytes.
    BreaksOff(usize),
}

/// Decides by the method and the target of a request.
type Mood = Box<dyn FnMut(&str, &str) -> Option<Instead> + Send>;

/// A server on a free port, with one empty bucket. It verifies signatures.
pub struct S3 {
    /// The URL of the server, such as `http://127.0.0.1:40123`.
    pub endpoint: String,
    place: TempDir,
    mood: Arc<Mutex<Mood>>,
    _runtime: Runtime,
}

impl S3 {
    /// Starts a server.
    pub fn start() -> S3 {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(place.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = service.build();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let mood: Arc<Mutex<Mood>> = Arc::new(Mutex::new(Box::new(|_, _| None)));
        runtime.spawn(accept(listener, service, mood.clone()));
        S3 { endpoint, place, mood, _runtime: runtime }
    }

    /// Sets how requests are handled from now on.
    pub fn misbehaves(&self, mood: impl FnMut(&str, &str) -> Option<Instead> + Send + 'static) {
        *self.mood.lock().unwrap() = Box::new(mood);
    }

    /// Handles the first requests that match `which` (by method and target) as `instead`.
    pub fn misbehaves_first(
        &self,
        mut times: usize,
        instead: Instead,
        which: impl Fn(&str, &str) -> bool + Send + 'static,
    ) {
        self.misbehaves(move |method, target| {
            let now = which(method, target) && times > 0;
            times -= usize::from(now);
            now.then_some(instead)
        });
    }

    /// Handles all requests normally from now on.
    pub fn behaves(&self) {
        self.misbehaves(|_, _| None);
    }

    /// All objects and parts of unfinished uploads, without metadata files and files that are being written.
    pub fn holds(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.place.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path: PathBuf = entry.unwrap().path();
                let name = path.strip_prefix(self.place.path()).unwrap().display().to_string();
                if path.is_dir() {
                    folders.push(path);
                } else if !name.ends_with(".json") && !name.starts_with(".tmp.") {
                    found.push(name);
                }
            }
        }
        found.sort();
        found
    }
}

async fn accept(listener: TcpListener, service: S3Service, mood: Arc<Mutex<Mood>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (service, mood) = (service.clone(), mood.clone());
        let answer = service_fn(move |request| answer(request, service.clone(), mood.clone()));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
    }
}

async fn answer(
    request: Request<Incoming>,
    service: S3Service,
    mood: Arc<Mutex<Mood>>,
) -> Result<HttpResponse, Box<dyn Error + Send + Sync>> {
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let instead = (mood.lock().unwrap())(request.method().as_str(), &target);
    let mut request = request.map(Body::from);
    match instead {
        None => Ok(service.call(request).await?),
        Some(Instead::Says(status, code)) => {
            // Reads the body first, as a server does: a client that is still sending might not read the response.
            first(mem::take(request.body_mut()), usize::MAX).await;
            let body = format!("<Error><Code>{code}</Code><Message>As configured</Message></Error>");
            let status = StatusCode::from_u16(status)?;
            Ok(Response::builder().status(status).body(Body::from(body))?)
        }
        Some(Instead::DoesAndHangsUp) => {
            let answer = service.call(request).await?;
            Err(format!("hung up on {}", answer.status()).into())
        }
        Some(Instead::HangsUp) => Err("hung up".into()),
        Some(Instead::BreaksOff(after)) => {
            let answer = service.call(request).await?;
            let (head, body) = answer.into_parts();
            Ok(Response::from_parts(head, first(body, after).await))
        }
    }
}

/// The first bytes of a body, as a body of unknown length.
async fn first(mut body: Body, mut left: usize) -> Body {
    let mut pieces = Vec::new();
    while left > 0 {
        let next = std::future::poll_fn(|cx| hyper::body::Body::poll_frame(Pin::new(&mut body), cx)).await;
        let Some(Ok(mut data)) = next.map(|frame| frame.unwrap().into_data()) else { break };
        data.truncate(left);
        left -= data.len();
        pieces.push(Ok::<_, Infallible>(data));
    }
    Body::from(StreamingBlob::wrap(futures_util::stream::iter(pieces)))
}

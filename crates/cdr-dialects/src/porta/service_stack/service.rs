//! The service behind the front: its operation, routes and answers.

use std::net::IpAddr;
use std::time::Duration;

use cdr_mediation::QueuedReader;
use cdr_query::Cancel;

use super::bind::Bound;
use super::dto::{Class, Dto, Objects, Shown};
use super::fault::{ResponseStatus, Thrown};
use super::path::Template;

/// A service with one operation.
pub(crate) trait Service: Send + Sync + 'static {
    /// The request.
    type Request: Bound + Shown + Send;
    /// The answer, as the metadata pages show it.
    type Response: Shown;
    /// The type that identifies the routes of the operation.
    type Route: Copy + Send + Sync + 'static;

    /// The name of the service in the log.
    const DIALECT: &'static str;
    /// The operation, and the type of its request.
    const NAMES: Names;

    /// The routes, in the order in which they are documented.
    fn templates() -> &'static [Template<Self::Route>];

    /// The tenant whose share of the server an answer takes, by its name.
    ///
    /// # Errors
    /// The reason if the request is refused.
    fn tenant(&self, asked: &Self::Request, client: IpAddr) -> Result<String, Thrown>;

    /// Prepares the answer to a request by one of the routes, or by a predefined one.
    ///
    /// # Errors
    /// The reason if the request is refused.
    fn prepare(
        &self,
        asked: Self::Request,
        route: Option<Self::Route>,
        client: IpAddr,
        reading: &Reading,
    ) -> Result<Box<dyn Prepared>, Thrown>;

    /// The answer to a refused request, which holds only the reason.
    fn refusal(status: ResponseStatus) -> Box<dyn Dto>;

    /// How long a request has to wait, for instance after refused attempts.
    fn delay(&self, asked: &Self::Request, client: IpAddr) -> Duration {
        let _ = (asked, client);
        Duration::ZERO
    }
}

/// An answer of which no row has been read.
pub(crate) trait Prepared: Send {
    /// About how many rows it has. They may be counted for this, but none is read.
    ///
    /// # Errors
    /// When they cannot be counted.
    fn rows(&self) -> Result<u64, Thrown>;

    /// The answer. Its lists may be read later, while it is written.
    ///
    /// # Errors
    /// When the rows cannot be read.
    fn reply(self: Box<Self>) -> Result<Reply, Thrown>;
}

/// How an answer reads the store.
pub(crate) struct Reading {
    /// Its turn among all answers.
    pub(crate) reader: QueuedReader,
    /// Arrives when the client leaves.
    pub(crate) cancel: Cancel,
}

/// The name of an operation and of its request's type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names {
    pub(crate) operation: &'static str,
    pub(crate) request_type: &'static str,
}

/// An answer.
pub(crate) enum Reply {
    /// An object.
    Object(Box<dyn Dto>),
    /// A list as a table. If the request names a format other than CSV, the object is written instead.
    Table(&'static Class, Box<dyn Objects>, Box<dyn Dto>),
    /// Text, written unchanged.
    #[cfg_attr(not(test), expect(dead_code, reason = "part of ServiceStack, but not needed by this service"))]
    Text(String),
    /// Nothing at all.
    #[cfg_attr(not(test), expect(dead_code, reason = "part of ServiceStack, but not needed by this service"))]
    Nothing,
}

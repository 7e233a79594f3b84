//! What answers behind the front: the operation, its routes, and its answers.

use std::net::IpAddr;
use std::time::Duration;

use super::bind::Bound;
use super::dto::{Class, Dto, Rows, Shown};
use super::fault::{ResponseStatus, Thrown};
use super::path::Template;

/// A service with one operation.
pub(crate) trait Service: Send + Sync + 'static {
    /// What is asked.
    type Request: Bound + Shown + Send;
    /// What is answered, as the pages about the operation show it.
    type Response: Shown;
    /// What tells the routes of the operation apart.
    type Route: Copy + Send + Sync + 'static;

    /// The name of the service in the log.
    const DIALECT: &'static str;
    /// The operation, and the type of its request.
    const NAMES: Names;

    /// The routes, in the order in which they are documented.
    fn templates() -> &'static [Template<Self::Route>];

    /// The answer to a request that came by one of the routes, or by a predefined one. Its lists may still be to be read.
    ///
    /// # Errors
    /// Why there is none.
    fn answer(&self, asked: Self::Request, route: Option<Self::Route>, client: IpAddr) -> Result<Reply, Thrown>;

    /// The answer that holds nothing but why there is none.
    fn refusal(status: ResponseStatus) -> Box<dyn Dto>;

    /// How long a request has to wait, say because others like it were refused.
    fn delay(&self, asked: &Self::Request, client: IpAddr) -> Duration {
        let _ = (asked, client);
        Duration::ZERO
    }
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
    /// A list that is wanted as a table, unless the request names a format other than CSV; then it is the object.
    Table(&'static Class, Box<dyn Rows>, Box<dyn Dto>),
    /// Text, as it is.
    #[cfg_attr(not(test), expect(dead_code, reason = "ServiceStack knows it, this service does not need it"))]
    Text(String),
    /// Nothing at all.
    #[cfg_attr(not(test), expect(dead_code, reason = "ServiceStack knows it, this service does not need it"))]
    Nothing,
}

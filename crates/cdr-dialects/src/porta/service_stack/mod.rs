//! The conventions of ServiceStack v3, on which the original is built: routes, formats, binding, faults and metadata
//! pages. Nothing here depends on call records.

mod asked;
pub(super) mod bind;
mod date;
mod decimal;
pub(super) mod dto;
mod explained;
mod facts;
mod fault;
mod format;
mod host;
mod metadata;
mod negotiate;
mod packed;
mod path;
mod room;
mod sent;
mod service;
mod show;
mod starting;

use crate::multipart;

pub(super) use bind::{Bound, Unbound, request};
pub(super) use date::{Date, plain};
pub(super) use decimal::Decimal;
pub(super) use dto::{Dict, Dto, List, NamedObjects, Objects, Shown, dto};
pub(super) use explained::Explained;
pub(super) use facts::{Arrangement, Facts, Next};
pub(super) use fault::{ResponseStatus, Thrown};
pub(super) use host::{Front, FrontOptions, mount};
pub(super) use path::Template;
pub(super) use service::{Names, Prepared, Reading, Reply, Service};

//! Errors of the bucket, with hints for the cure.

use std::error::Error as StdError;

use cdr_mediation::{PortError, chain};
use object_store::Error;
use object_store::path::Path;

use super::Bucket;
use super::refusal::Refusal;

/// The operation that failed, with its object.
#[derive(Clone, Copy)]
pub(super) enum Operation<'a> {
    Write(&'a Path),
    Read(&'a Path),
    Remove(&'a Path),
    List,
}

impl Operation<'_> {
    fn words(self, bucket: &Bucket) -> String {
        let name = &bucket.name;
        match self {
            Operation::Write(path) => format!("{path} could not be written to the {name}"),
            Operation::Read(path) => format!("{path} could not be read from the {name}"),
            Operation::Remove(path) => format!("{path} could not be removed from the {name}"),
            Operation::List => format!("the {name} could not be listed"),
        }
    }

    fn right(self) -> &'static str {
        match self {
            Operation::Write(_) => "s3:PutObject and s3:AbortMultipartUpload",
            Operation::Read(_) => "s3:GetObject",
            Operation::Remove(_) => "s3:DeleteObject",
            Operation::List => "s3:ListBucket",
        }
    }
}

/// The error of a port for an error of the bucket. A refusal by the server is permanent; other errors may be temporary.
pub(super) fn failure(bucket: &Bucket, operation: Operation<'_>, error: Error) -> PortError {
    let what = operation.words(bucket);
    let Some(refusal) = refusal(&error) else {
        return match error {
            Error::NotFound { .. } | Error::Precondition { .. } => PortError::failed(what, brief(&error)),
            _ => PortError::unavailable(what + ": it cannot be reached or is busy", brief(&error)),
        };
    };
    let help = match (refusal.status, &*refusal.code) {
        (_, "NoSuchBucket") => ": there is no such bucket; create it or configure another".to_owned(),
        (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "NotSignedUp") | (401, _) => {
            ": the server does not accept the key; check access key, secret key, region, and the clock of this machine"
                .to_owned()
        }
        (_, "RequestTimeTooSkewed") => ": the clock of this machine is wrong".to_owned(),
        (403, _) => format!(": the key needs the permission {}", operation.right()),
        (300..=400, _) => ": check endpoint, region, and whether the bucket is named in the path".to_owned(),
        _ => String::new(),
    };
    PortError::failed(what + &help, refusal.to_string())
}

/// The server's refusal among the causes of an error.
fn refusal(error: &Error) -> Option<&Refusal> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(refusal) = error.downcast_ref::<Refusal>() {
            return Some(refusal);
        }
        cause = error.source();
    }
    None
}

/// The innermost cause of an error. The outer ones only repeat its message in longer forms.
fn brief(error: &Error) -> String {
    let mut last: &dyn StdError = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    chain(last)
}

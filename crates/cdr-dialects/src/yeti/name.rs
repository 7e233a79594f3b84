//! The names of the dialect.

/// Of the exports that customers order, of the settings, and in the log.
pub(super) const NAME: &str = "yeti";
/// Of the exports that administrators order, which their customers see too.
pub(super) const ADMIN_NAME: &str = "yeti-admin";

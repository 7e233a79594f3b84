//! The names of the dialect.

/// For the exports of customers, for the settings, and in the log.
pub(super) const NAME: &str = "yeti";
/// For the exports of administrators. Customers see those for their own accounts too.
pub(super) const ADMIN_NAME: &str = "yeti-admin";
/// The media type of bodies: JSON:API 1.0.
pub(super) const MEDIA_TYPE: &str = "application/vnd.api+json";

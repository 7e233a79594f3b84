#![doc = include_str!("../README.md")]

#[cfg(any(feature = "porta", feature = "yeti"))]
mod bounds;
#[cfg(feature = "porta")]
mod buffers;
mod credentials;
mod dialect;
#[cfg(any(feature = "porta", feature = "yeti"))]
mod multipart;
mod origin;
mod pattern;
#[cfg(any(feature = "dma", feature = "porta"))]
mod pipe;
mod services;
#[cfg(any(feature = "dma", feature = "yeti"))]
mod serving;
mod sign_in;
#[cfg(test)]
mod testing;

#[cfg(feature = "dma")]
pub mod dma;
#[cfg(feature = "porta")]
pub mod porta;
#[cfg(feature = "yeti")]
pub mod yeti;

pub use credentials::{basic, bearer};
pub use dialect::{ConfigureResult, Configured, Defaults, Dialect, DialectError, DialectRow};
pub use origin::{Origins, ProxyHeader};
pub use pattern::Pattern;
pub use services::Services;
pub use sign_in::{SignInFault, basic_user};

/// All dialects, in the order in which they are mounted. The dialect that handles all remaining paths is the last one.
pub static DIALECTS: &[&DialectRow] = &[
    #[cfg(feature = "dma")]
    &dma::DIALECT,
    #[cfg(feature = "yeti")]
    &yeti::DIALECT,
    #[cfg(feature = "porta")]
    &porta::DIALECT,
];

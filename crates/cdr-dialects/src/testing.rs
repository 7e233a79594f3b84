//! The runtime of the asynchronous tests of this crate.

use std::pin::Pin;

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

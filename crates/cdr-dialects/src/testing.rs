//! What runs the asynchronous tests of this crate.

use std::pin::Pin;

use actix_web::rt::{System, SystemRunner};

/// A runtime for one test, `#[actix_web::rt::test(system = "crate::testing::Runner")]`. It runs every test as the same type,
/// so that the runtime is compiled once and not for each of them: that was a quarter of what the compiler had to do here.
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

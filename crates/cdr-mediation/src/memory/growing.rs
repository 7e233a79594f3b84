//! A file in memory that is being written.

use std::io::{self, Write};

use cdr_model::PortError;

use crate::spool::SpoolWrite;

/// A file that is handed over once it is published.
pub(super) struct Growing<F> {
    bytes: Vec<u8>,
    publish: F,
}

impl<F: FnOnce(Vec<u8>) + Send> Growing<F> {
    pub(super) fn new(publish: F) -> Growing<F> {
        Growing { bytes: Vec::new(), publish }
    }
}

impl<F> Write for Growing<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<F: FnOnce(Vec<u8>) + Send> SpoolWrite for Growing<F> {
    fn publish(self: Box<Self>) -> Result<(), PortError> {
        let Growing { bytes, publish } = *self;
        publish(bytes);
        Ok(())
    }
}

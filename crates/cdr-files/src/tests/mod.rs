//! Tests on real files. The umask is a property of the whole process, so the end-to-end tests cover it.

mod leftovers;
mod own;
mod private;

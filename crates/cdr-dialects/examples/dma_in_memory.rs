//! The DMA's billing API over calls in memory: `cargo run -p cdr-dialects --example dma_in_memory`, then
//!
//! ```text
//! curl --user admin:'open sesame' 'http://127.0.0.1:8080/api/rest/billing?from-date=2026-01-01T00:00:00' --output cdrExport.zip
//! ```

use std::error::Error;
use std::sync::Arc;
use std::thread;

use actix_web::{App, HttpServer};
use cdr_access::{Access, MemoryUsers, Role, User};
use cdr_dialects::Services;
use cdr_dialects::dma::{Dma, DmaOptions};
use cdr_mediation::{Mediation, Memory, MemoryLedger, MemorySpool, Stop, SystemClock, Worker, WorkerOptions};
use cdr_samples::{Sample, SampleOptions, Samples};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let clock = Arc::new(SystemClock::default());
    let (calls, ledger, spool) =
        (Arc::new(calls()?), Arc::new(MemoryLedger::default()), Arc::new(MemorySpool::default()));
    let mediation = Mediation::new(calls, ledger, spool, clock);
    let users = MemoryUsers::of([User::new("admin", "open sesame", [Role::Administrator])?]);
    let services = Services::new(mediation.clone(), Access { users: Arc::new(users), ..Access::default() });
    let mut worker = Worker::new(&mediation, WorkerOptions::default(), &Stop::new(&mediation));
    thread::spawn(move || worker.run(&mut |_| {}));
    let dma = Dma::new(&services, DmaOptions::default())?;
    let server = HttpServer::new(move || App::new().configure(|config| dma.mount(config)));
    Ok(server.bind(("127.0.0.1", 8080))?.run().await?)
}

/// A month of generated calls. To serve your own calls, implement `CdrSource`.
fn calls() -> Result<Memory, Box<dyn Error>> {
    let options =
        SampleOptions { seed: 1, calls: 10_000, days: 30, from: "2026-10-26T00:00:00Z".parse()?, accounts: 40 };
    let calls = Samples::new(&options).filter_map(|sample| match sample {
        Sample::Call(sample) => Some(sample.call),
        Sample::Conference(_) | Sample::Charge(_) => None,
    });
    Ok(Memory::of(calls))
}

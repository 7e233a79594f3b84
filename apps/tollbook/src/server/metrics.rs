//! The metrics, in a format that Prometheus reads.

use std::fmt;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use cdr_mediation::{LedgerTally, Outcome, Round};
use cdr_model::Timestamp;
use cdr_store::PoolState;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::sources::{Delivered, SourceState};

/// The media type of [`Metrics::text`] (OpenMetrics 1.0).
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Buckets in seconds: from a fast answer of the store to the download of a large file.
const BUCKETS: [f64; 9] = [0.005, 0.025, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0, 1800.0];

/// Counters, and gauges that are updated on each request for the metrics.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<PatternLabel, Histogram, fn() -> Histogram>,
    exports: Family<StateLabel, Gauge>,
    queue_age: Gauge,
    rows: Counter,
    finished: Family<OutcomeLabel, Counter>,
    pool: Family<StateLabel, Gauge>,
    sources: SourceMetrics,
}

/// What the sources deliver.
#[derive(Debug, Default)]
struct SourceMetrics {
    records: Family<DeliveredLabel, Counter>,
    last_record: Family<SourceLabel, Gauge>,
    latest_start: Family<SourceLabel, Gauge>,
    quarantine: Family<SourceLabel, Gauge>,
    missing: Family<SourceLabel, Gauge>,
    warnings: Family<SourceLabel, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    pattern: String,
    status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PatternLabel {
    pattern: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabel {
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabel {
    source: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveredLabel {
    source: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

impl Metrics {
    /// All metrics, at zero.
    pub(crate) fn new() -> Metrics {
        let mut metrics = Metrics {
            registry: Registry::with_prefix("tollbook"),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            exports: Family::default(),
            queue_age: Gauge::default(),
            rows: Counter::<u64, AtomicU64>::default(),
            finished: Family::default(),
            pool: Family::default(),
            sources: SourceMetrics::default(),
        };
        let Metrics { registry, requests, durations, exports, queue_age, rows, finished, pool, sources } = &mut metrics;
        registry.register("http_requests", "Requests answered, by pattern", requests.clone());
        let about = "Time from the head of a request to the last byte of its answer, by pattern";
        registry.register_with_unit("http_request_duration", about, Unit::Seconds, durations.clone());
        registry.register("exports", "Exports in the ledger, by state", exports.clone());
        let about = "How long the oldest pending export has been waiting";
        registry.register_with_unit("export_queue_age", about, Unit::Seconds, queue_age.clone());
        registry.register("export_rows", "Rows of exports that workers of this process completed", rows.clone());
        registry.register(
            "exports_finished",
            "Exports that workers of this process started, by outcome",
            finished.clone(),
        );
        registry.register("pool_connections", "Connections that read the store, by state", pool.clone());
        sources.register(registry);
        // All outcomes are exported from the start, so that the first event is an increase from zero.
        for outcome in ["completed", "failed", "handed_back", "postponed", "lost"] {
            drop(metrics.finished.get_or_create(&OutcomeLabel { outcome }));
        }
        metrics
    }

    /// Counts an answered request.
    pub(crate) fn request(&self, method: &'static str, pattern: &str, status: u16, elapsed: Duration) {
        let pattern = pattern.to_owned();
        self.durations.get_or_create(&PatternLabel { pattern: pattern.clone() }).observe(elapsed.as_secs_f64());
        self.requests.get_or_create(&RequestLabels { method, pattern, status: status.into() }).inc();
    }

    /// Counts an export that a worker of this process has ended.
    pub(crate) fn round(&self, round: &Round) {
        let outcome = match &round.outcome {
            Outcome::Completed { rows } => {
                self.rows.inc_by(*rows);
                "completed"
            }
            Outcome::Failed(_) => "failed",
            Outcome::HandedBack => "handed_back",
            Outcome::Postponed => "postponed",
            Outcome::Lost => "lost",
        };
        self.finished.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// All metrics as text, with the current state of the ledger, the sources and the pool.
    ///
    /// # Errors
    /// Only those of [`fmt::Write`], which writing to a string does not have.
    pub(crate) fn text(
        &self,
        tally: &LedgerTally,
        sources: &[SourceState],
        pool: PoolState,
        now: Timestamp,
    ) -> Result<String, fmt::Error> {
        self.sources.set(sources);
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (state, number) in [
            ("pending", tally.pending),
            ("running", tally.running),
            ("completed", tally.completed),
            ("failed", tally.failed),
            ("withdrawn", tally.withdrawn),
        ] {
            self.exports.get_or_create(&StateLabel { state }).set(whole(number));
        }
        let age = tally.oldest_pending.map_or(0, |then| now.micros().saturating_sub(then.micros()).max(0));
        self.queue_age.set(age / 1_000_000);
        for (state, number) in [("in_use", pool.in_use), ("idle", pool.idle), ("most", pool.most)] {
            self.pool.get_or_create(&StateLabel { state }).set(number.into());
        }
        let mut encoded = String::new();
        text::encode(&mut encoded, &self.registry)?;
        Ok(encoded)
    }
}

impl SourceMetrics {
    fn register(&self, registry: &mut Registry) {
        let SourceMetrics { records, last_record, latest_start, quarantine, missing, warnings } = self;
        registry.register("source_records", "Records that sources delivered, by outcome", records.clone());
        let about = "When the last record of a source was received, since 1970";
        registry.register_with_unit("source_last_record_timestamp", about, Unit::Seconds, last_record.clone());
        let about = "The start of the latest record of a source, since 1970";
        registry.register_with_unit("source_latest_start_timestamp", about, Unit::Seconds, latest_start.clone());
        registry.register("source_quarantine", "Open entries of the quarantine, by source", quarantine.clone());
        let about = "Numbers that are missing in the sequence of the newest records of a source";
        registry.register("source_missing_numbers", about, missing.clone());
        registry.register("source_warnings", "What should be looked at, by source", warnings.clone());
    }

    fn set(&self, sources: &[SourceState]) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let gauges = [&self.last_record, &self.latest_start, &self.quarantine, &self.missing, &self.warnings];
        gauges.into_iter().for_each(Family::clear);
        self.records.clear();
        for state in sources {
            let Delivered { loaded, known, quarantined } = state.all;
            for (outcome, count) in [("loaded", loaded), ("known", known), ("quarantined", quarantined)] {
                let label = DeliveredLabel { source: state.name.clone(), outcome };
                self.records.get_or_create(&label).inc_by(count);
            }
            let label = SourceLabel { source: state.name.clone() };
            let seconds = |at: Option<Timestamp>| at.map(|at| at.micros().div_euclid(1_000_000));
            let set = [
                (&self.last_record, seconds(state.received_at)),
                (&self.latest_start, seconds(state.latest)),
                (&self.quarantine, Some(whole(state.waiting))),
                (&self.missing, state.missing.map(whole)),
                (&self.warnings, Some(whole(state.warnings.len() as u64))),
            ];
            for (gauge, value) in set {
                value.map(|value| gauge.get_or_create(&label).set(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LedgerTally, Metrics, PoolState, Timestamp};

    #[test]
    fn metrics_report_requests_exports_and_connections() {
        let metrics = Metrics::new();
        metrics.request("GET", "/health/live", 200, Duration::from_millis(30));
        metrics.request("GET", "/health/live", 200, Duration::from_millis(3));
        metrics.request("POST", "unmatched", 404, Duration::from_millis(1));
        let tally = LedgerTally {
            pending: 2,
            completed: 7,
            oldest_pending: Some(Timestamp::from_seconds(100)),
            ..LedgerTally::default()
        };
        let pool = PoolState { in_use: 3, idle: 1, most: 12 };
        let text = metrics.text(&tally, &[], pool, Timestamp::from_seconds(190)).unwrap();
        for line in [
            "tollbook_http_requests_total{method=\"GET\",pattern=\"/health/live\",status=\"200\"} 2",
            "tollbook_http_requests_total{method=\"POST\",pattern=\"unmatched\",status=\"404\"} 1",
            "tollbook_http_request_duration_seconds_count{pattern=\"/health/live\"} 2",
            "tollbook_http_request_duration_seconds_bucket{le=\"0.025\",pattern=\"/health/live\"} 1",
            "tollbook_exports{state=\"pending\"} 2",
            "tollbook_exports{state=\"running\"} 0",
            "tollbook_exports{state=\"completed\"} 7",
            "tollbook_export_queue_age_seconds 90",
            "tollbook_export_rows_total 0",
            "tollbook_exports_finished_total{outcome=\"failed\"} 0",
            "tollbook_pool_connections{state=\"in_use\"} 3",
            "tollbook_pool_connections{state=\"most\"} 12",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn the_age_of_the_queue_is_zero_if_it_is_empty_or_the_clock_was_set_back() {
        let metrics = Metrics::new();
        let pool = PoolState { in_use: 0, idle: 0, most: 1 };
        for oldest_pending in [None, Some(Timestamp::from_seconds(1000))] {
            let tally = LedgerTally { oldest_pending, ..LedgerTally::default() };
            let text = metrics.text(&tally, &[], pool, Timestamp::from_seconds(10)).unwrap();
            assert!(text.contains("\ntollbook_export_queue_age_seconds 0\n"), "{text}");
        }
    }
}

//! The report of a load.

use std::fmt;

use cdr_mediation::BatchReport;
use cdr_model::printable;

/// The number of names listed when a report is printed. The others are counted.
const LISTED: usize = 5;

/// The outcome of loading one or several files. Invariant: `read == loaded + known + quarantined`, and what was
/// changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Records found in the file.
    pub read: u64,
    /// Records that are new in the store.
    pub loaded: u64,
    /// Records that were in the store already.
    pub known: u64,
    /// Entries of the directory that were changed; `None` for a load that changes none.
    pub changed: Option<u64>,
    /// Records in quarantine.
    pub quarantined: u64,
    /// Loaded calls whose account is unknown.
    pub unassigned: u64,
    /// Accounts created for unknown account codes, in the order of creation.
    pub accounts_created: Vec<String>,
    /// Bytes of the file read so far. For a ZIP archive these are compressed bytes, all read before the first record.
    pub bytes: u64,
    /// SHA-256 of the file, once it was read to its end. Of several files, none.
    pub digest: Option<[u8; 32]>,
    /// Warnings about the file as a whole, one line each.
    pub warnings: Vec<String>,
    /// The line at which the last record of a growing file begins, if it waits for its end. Of several files, none.
    pub waits_at: Option<u64>,
}

impl LoadReport {
    /// Adds the report of another file.
    pub fn merge(&mut self, other: LoadReport) {
        let LoadReport {
            read, loaded, known, changed, quarantined, unassigned, accounts_created, bytes, warnings, ..
        } = other;
        self.read += read;
        self.loaded += loaded;
        self.known += known;
        self.changed = self.changed.into_iter().chain(changed).reduce(|sum, more| sum + more);
        self.quarantined += quarantined;
        self.unassigned += unassigned;
        self.accounts_created.extend(accounts_created);
        self.bytes += bytes;
        self.warnings.extend(warnings);
    }

    /// Adds the report of a batch.
    pub fn add(&mut self, taken: BatchReport) {
        let BatchReport { loaded, known, changed, quarantined, unassigned, accounts_created } = taken;
        let read = loaded + known + changed + quarantined;
        self.merge(LoadReport {
            read,
            loaded,
            known,
            changed: (changed > 0).then_some(changed),
            quarantined,
            unassigned,
            accounts_created,
            ..LoadReport::default()
        });
    }
}

impl fmt::Display for LoadReport {
    /// One line of counts, without the warnings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LoadReport { read, loaded, known, changed, quarantined, unassigned, accounts_created, .. } = self;
        let records = if *read == 1 { "record" } else { "records" };
        write!(f, "{read} {records} read: ")?;
        match changed {
            None => write!(f, "{loaded} loaded, {known} already known, {quarantined} quarantined")?,
            Some(changed) => {
                write!(f, "{loaded} added, {changed} changed, {known} unchanged, {quarantined} quarantined")?;
            }
        }
        if *unassigned > 0 {
            write!(f, "; {unassigned} loaded without an account")?;
        }
        if !accounts_created.is_empty() {
            let listed =
                accounts_created.iter().take(LISTED).map(|code| printable(code)).collect::<Vec<_>>().join(", ");
            let more = accounts_created.len().saturating_sub(LISTED);
            let accounts = if accounts_created.len() == 1 { "account" } else { "accounts" };
            write!(f, "; {} {accounts} created: {listed}", accounts_created.len())?;
            if more > 0 {
                write!(f, " and {more} more")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::LoadReport;

    #[test]
    fn a_report_reads_as_a_sentence() {
        let mut report = LoadReport { read: 1, loaded: 1, ..LoadReport::default() };
        assert_eq!(report.to_string(), "1 record read: 1 loaded, 0 already known, 0 quarantined");
        let accounts_created = (1..=7).map(|number| number.to_string()).collect();
        report.merge(LoadReport {
            read: 9,
            loaded: 6,
            known: 1,
            quarantined: 2,
            unassigned: 4,
            accounts_created,
            ..LoadReport::default()
        });
        assert_eq!(
            report.to_string(),
            "10 records read: 7 loaded, 1 already known, 2 quarantined; 4 loaded without an account; \
             7 accounts created: 1, 2, 3, 4, 5 and 2 more"
        );
        assert_eq!(report.read, report.loaded + report.known + report.quarantined);
        report = LoadReport { read: 6, loaded: 1, known: 3, changed: Some(2), ..LoadReport::default() };
        report.merge(LoadReport { changed: Some(0), ..LoadReport::default() });
        assert_eq!(report.to_string(), "6 records read: 1 added, 2 changed, 3 unchanged, 0 quarantined");
    }
}

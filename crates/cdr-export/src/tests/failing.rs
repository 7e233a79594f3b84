//! What goes wrong ends with the error that made it go wrong: no panic, no hang, no file that looks whole.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use cdr_model::{Anchor, Cdr, Directory, Field, FieldError, FieldKind, Record, Timestamp, Value};

use super::{calls, export, plan};
use crate::{Column, Counts, Cut, ExportError, ExportFile, ExportPlan, Kinds, Layout, Package, Rows, Sheet};

/// Takes so many bytes, then fails.
struct Full {
    left: usize,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "the disk is full"));
        }
        let taken = bytes.len().min(self.left);
        self.left -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes all sheets; the source wraps what a push returns, as sources do.
fn write(out: impl Write, plan: &ExportPlan, calls: &[Cdr]) -> Result<(), ExportError> {
    let mut file = ExportFile::create(out, plan)?.with_workers(NonZeroUsize::new(2).unwrap());
    for sheet in &plan.layout.sheets {
        match sheet.rows {
            Rows::Calls => {
                file.sheet(sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
                    for call in calls {
                        push(call.clone()).map_err(|_| ExportError::NotWhole("wrapped by the source"))?;
                    }
                    Ok::<(), ExportError>(())
                })?;
            }
            Rows::Counts => drop(file.counts(sheet, &Counts::default())?),
            _ => {
                file.sheet(sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |_: &mut dyn FnMut(Cdr) -> _| {
                    Ok::<(), ExportError>(())
                })?;
            }
        }
    }
    file.finish().map(drop)
}

#[test]
fn a_disk_that_is_full_at_any_byte_is_told_as_such() {
    for package in Package::ALL {
        let mut plan = plan("dma-6.1-reconstructed", "csv", package);
        plan.layout.sheets.retain(|sheet| sheet.rows != Rows::Conferences);
        let calls = calls(12, 1200);
        let whole = {
            let mut bytes = Vec::new();
            write(&mut bytes, &plan, &calls).unwrap();
            bytes.len()
        };
        for left in 0..whole {
            match write(Full { left }, &plan, &calls) {
                Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::StorageFull => (),
                other => panic!("{package}, full after {left} of {whole} bytes: {other:?}"),
            }
        }
        write(Full { left: whole }, &plan, &calls).unwrap();
    }
}

#[test]
fn a_push_tells_the_source_of_the_error_and_the_caller_gets_the_first_one() {
    let plan = plan("native", "csv", Package::Plain);
    let mut file = ExportFile::create(Full { left: 5000 }, &plan).unwrap();
    let mut told = Vec::new();
    let result = file.sheet(&plan.layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
        // A source that goes on, whatever it is told.
        for call in calls(200, 1200) {
            told.extend(push(call).err());
        }
        Ok::<(), ExportError>(())
    });
    assert!(matches!(result, Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::StorageFull));
    assert_eq!((told[0].kind(), told[0].to_string().as_str()), (io::ErrorKind::StorageFull, "the disk is full"));
    assert_eq!(told[1].to_string(), "the export has failed already");
    assert!(matches!(file.finish(), Err(ExportError::NotWhole(_))));
}

#[test]
fn a_source_that_fails_is_told_as_such_and_the_file_is_not_finished() {
    let plan = plan("native", "csv", Package::Zip);
    for before in [0, 1, 7, 5000] {
        let mut file = ExportFile::create(Vec::new(), &plan).unwrap();
        let result = file.sheet(&plan.layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
            calls(before, 60).into_iter().try_for_each(&mut *push)?;
            Err(ExportError::NotWhole("the store is gone"))
        });
        assert!(matches!(result, Err(ExportError::NotWhole("the store is gone"))));
        let again = file.counts(&counts_sheet(), &Counts::default());
        assert!(matches!(again, Err(ExportError::NotWhole(_))), "{again:?}");
        assert!(matches!(file.finish(), Err(ExportError::NotWhole(_))));
    }
}

#[test]
fn a_source_that_panics_does_not_hang_the_workers() {
    let plan = plan("native", "csv", Package::Zip);
    for before in [0, 1, 7, 5000] {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let mut file = ExportFile::create(Vec::new(), &plan).unwrap();
            file.sheet(&plan.layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
                calls(before, 60).into_iter().try_for_each(&mut *push).unwrap();
                // A panic that says nothing of itself.
                resume_unwind(Box::new("the source"));
                #[expect(unreachable_code, reason = "gives the closure its type")]
                Ok::<(), ExportError>(())
            })
        }));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the source"));
    }
}

/// A record whose field panics for the 100th of its kind.
struct Trap(i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spring;

impl std::str::FromStr for Spring {
    type Err = FieldError;

    fn from_str(name: &str) -> Result<Spring, FieldError> {
        Spring::named(name)
    }
}

impl Field for Spring {
    const ALL: &'static [Spring] = &[Spring];

    fn name(self) -> &'static str {
        "spring"
    }

    fn kind(self) -> FieldKind {
        FieldKind::Integer
    }

    fn meaning(self) -> &'static str {
        "what springs"
    }
}

impl Record for Trap {
    type Field = Spring;

    fn number(&self) -> i64 {
        self.0
    }

    fn replaced_by(&self) -> Option<i64> {
        None
    }

    fn instant(&self, _: Anchor) -> Option<Timestamp> {
        Some(Timestamp::from_seconds(self.0 * 600))
    }

    fn value<'a>(&'a self, _: Spring, _: &'a Directory) -> Value<'a> {
        if self.0 % 100 == 99 {
            resume_unwind(Box::new("the trap"));
        }
        self.0.into()
    }
}

#[test]
fn a_record_that_panics_on_a_worker_panics_in_the_caller() {
    let sheet = Sheet {
        name: "traps".to_owned(),
        extension: None,
        rows: Rows::Records,
        kinds: Kinds::default(),
        columns: vec![Column::field("spring", "spring")],
    };
    let layout = Layout { sheets: vec![sheet.clone()], ..plan("native", "csv", Package::Zip).layout };
    let plan = ExportPlan { layout, ..plan("native", "csv", Package::Zip) };
    for (workers, rows) in [(1, 100), (2, 100), (2, 1000), (5, 1000)] {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let workers = NonZeroUsize::new(workers).unwrap();
            let mut file = ExportFile::create(Vec::new(), &plan).unwrap().with_workers(workers);
            file.sheet(&sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
                (0..rows).map(Trap).try_for_each(&mut *push).map_err(ExportError::from)
            })
        }));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the trap"));
    }
}

fn counts_sheet() -> Sheet {
    Layout::named("dma-5.x", &[]).unwrap().sheet_of(Rows::Counts).unwrap().clone()
}

#[test]
fn what_a_package_cannot_hold_is_refused_before_anything_is_written() {
    let refused = |plan: &ExportPlan| ExportFile::create(Vec::new(), plan).err().unwrap().to_string();
    let mut two = plan("native", "csv", Package::Zip);
    two.package = Package::Gzip;
    assert_eq!(refused(&two), "a gzip file holds one sheet, not calls, conferences: take zip, or ask for one of them");
    assert_eq!(
        refused(&ExportPlan { format: "xml".to_owned(), ..plan("native", "csv", Package::Zip) }),
        "there is no format `xml`; there are csv, ndjson"
    );
    assert_eq!(
        refused(&ExportPlan { zone: "Mars".to_owned(), ..plan("native", "csv", Package::Zip) }),
        "there is no time zone \"Mars\", expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00"
    );
}

#[test]
fn a_sheet_that_does_not_fit_is_refused() {
    let one = plan("native", "csv", Package::Plain);
    let mut file = ExportFile::create(Vec::new(), &one).unwrap();
    let nothing = |_: &mut dyn FnMut(Cdr) -> io::Result<()>| Ok::<(), ExportError>(());
    let calls = &one.layout.sheets[0];
    let error = file.sheet(&counts_sheet(), &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap_err();
    assert_eq!(error.to_string(), "sheet `counts` does not take records, but counts");
    file.sheet(calls, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap();
    let error = file.counts(&counts_sheet(), &Counts::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a plain file holds one sheet, not calls.csv and counts.txt: take zip, or ask for one of them"
    );
    // What was refused left no trace: the file is whole.
    file.finish().unwrap();

    let several = plan("native", "csv", Package::Zip);
    let mut file = ExportFile::create(Vec::new(), &several).unwrap();
    file.sheet(calls, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap();
    let error = file.sheet(calls, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap_err();
    assert_eq!(error.to_string(), "there is already a `calls.csv` in the file");
    let conferences = &several.layout.sheets[1];
    let error = file.sheet(conferences, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "layout `native`: sheet `conferences`: column `uuid`: there is no field `uuid`, did you mean `call_uuid`?"
    );
    let (bytes, _) = file.finish().unwrap();
    assert_eq!(zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap().len(), 1);
}

#[test]
fn a_file_without_a_sheet_is_not_whole() {
    for package in Package::ALL {
        let file = ExportFile::create(Vec::new(), &plan("native", "csv", package)).unwrap();
        assert!(matches!(file.finish(), Err(ExportError::NotWhole(_))));
    }
}

#[test]
fn many_sheets_in_turn_do_not_disturb_each_other() {
    let mut plan = plan("native", "csv", Package::Zip);
    let calls_sheet = plan.layout.sheets[0].clone();
    plan.layout.sheets = (0..20).map(|at| Sheet { name: format!("calls-{at}"), ..calls_sheet.clone() }).collect();
    let (_, receipt) = export(&plan, &calls(50, 600), Cut::Hour, 3);
    assert!(receipt.sheets.iter().all(|sheet| sheet.crc32 == receipt.sheets[0].crc32 && sheet.rows == 50));
}

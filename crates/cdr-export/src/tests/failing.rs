//! A failure ends with the error that caused it: no panic, no hang, no file that looks complete.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use cdr_model::{Anchor, Cdr, Directory, Field, FieldError, FieldKind, Record, Timestamp, Value};

use super::{calls, export, spec};
use crate::{Column, Counts, Cut, ExportError, ExportFile, ExportSpec, Kinds, Layout, Package, Sheet, SheetContent};

/// Accepts `left` bytes, then fails.
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

/// Writes all sheets. The source wraps the error of a push, as real sources do.
fn write(out: impl Write, spec: &ExportSpec, calls: &[Cdr]) -> Result<(), ExportError> {
    let mut file = ExportFile::create(out, spec)?.with_workers(NonZeroUsize::new(2).unwrap());
    for sheet in &spec.layout.sheets {
        match sheet.rows {
            SheetContent::Calls => {
                file.sheet(sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
                    for call in calls {
                        push(call.clone()).map_err(|_| ExportError::NotWhole("wrapped by the source"))?;
                    }
                    Ok::<(), ExportError>(())
                })?;
            }
            SheetContent::Counts => drop(file.counts(sheet, &Counts::default())?),
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
fn a_full_disk_is_reported_at_every_byte() {
    for package in Package::ALL {
        let mut spec = spec("dma-6.1-reconstructed", "csv", package);
        spec.layout.sheets.retain(|sheet| sheet.rows != SheetContent::Conferences);
        let calls = calls(12, 1200);
        let whole = {
            let mut bytes = Vec::new();
            write(&mut bytes, &spec, &calls).unwrap();
            bytes.len()
        };
        for left in 0..whole {
            match write(Full { left }, &spec, &calls) {
                Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::StorageFull => (),
                other => panic!("{package}, full after {left} of {whole} bytes: {other:?}"),
            }
        }
        write(Full { left: whole }, &spec, &calls).unwrap();
    }
}

#[test]
fn a_push_returns_the_error_to_the_source_and_the_caller_gets_the_first_one() {
    let spec = spec("native", "csv", Package::Plain);
    let mut file = ExportFile::create(Full { left: 5000 }, &spec).unwrap();
    let mut errors = Vec::new();
    let result = file.sheet(&spec.layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
        // A source that continues after an error.
        for call in calls(200, 1200) {
            errors.extend(push(call).err());
        }
        Ok::<(), ExportError>(())
    });
    assert!(matches!(result, Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::StorageFull));
    assert_eq!((errors[0].kind(), errors[0].to_string().as_str()), (io::ErrorKind::StorageFull, "the disk is full"));
    assert_eq!(errors[1].to_string(), "the export has already failed");
    assert!(matches!(file.finish(), Err(ExportError::NotWhole(_))));
}

#[test]
fn the_error_of_a_source_is_returned_and_the_file_is_not_finished() {
    let spec = spec("native", "csv", Package::Zip);
    for before in [0, 1, 7, 5000] {
        let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
        let result = file.sheet(&spec.layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
            calls(before, 60).into_iter().try_for_each(&mut *push)?;
            Err(ExportError::NotWhole("the store is closed"))
        });
        assert!(matches!(result, Err(ExportError::NotWhole("the store is closed"))));
        let again = file.counts(&counts_sheet(), &Counts::default());
        assert!(matches!(again, Err(ExportError::NotWhole(_))), "{again:?}");
        assert!(matches!(file.finish(), Err(ExportError::NotWhole(_))));
    }
}

#[test]
fn a_source_that_panics_does_not_hang_the_workers() {
    let spec = spec("native", "csv", Package::Zip);
    for before in [0, 1, 7, 5000] {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
            file.sheet(&spec.layout.sheets[0], &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
                calls(before, 60).into_iter().try_for_each(&mut *push).unwrap();
                // A panic without a message on standard error.
                resume_unwind(Box::new("the source"));
                #[expect(unreachable_code, reason = "gives the closure its type")]
                Ok::<(), ExportError>(())
            })
        }));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the source"));
    }
}

/// A record whose field panics in every 100th record.
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
        "a number"
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
        rows: SheetContent::Records,
        kinds: Kinds::default(),
        columns: vec![Column::field("spring", "spring")],
    };
    let layout = Layout { sheets: vec![sheet.clone()], ..spec("native", "csv", Package::Zip).layout };
    let spec = ExportSpec { layout, ..spec("native", "csv", Package::Zip) };
    for (workers, rows) in [(1, 100), (2, 100), (2, 1000), (5, 1000)] {
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let workers = NonZeroUsize::new(workers).unwrap();
            let mut file = ExportFile::create(Vec::new(), &spec).unwrap().with_workers(workers);
            file.sheet(&sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
                (0..rows).map(Trap).try_for_each(&mut *push).map_err(ExportError::from)
            })
        }));
        assert_eq!(panic.unwrap_err().downcast_ref(), Some(&"the trap"));
    }
}

fn counts_sheet() -> Sheet {
    Layout::named("dma-5.x", &[]).unwrap().sheet_of(SheetContent::Counts).unwrap().clone()
}

#[test]
fn an_invalid_specification_is_rejected_before_anything_is_written() {
    let rejected = |spec: &ExportSpec| ExportFile::create(Vec::new(), spec).err().unwrap().to_string();
    let mut two = spec("native", "csv", Package::Zip);
    two.package = Package::Gzip;
    assert_eq!(rejected(&two), "a gzip file holds one sheet, not calls, conferences: use zip, or select one of them");
    assert_eq!(
        rejected(&ExportSpec { format: "xml".to_owned(), ..spec("native", "csv", Package::Zip) }),
        "there is no format `xml`; the formats are csv, ndjson"
    );
    assert_eq!(
        rejected(&ExportSpec { zone: "Mars".to_owned(), ..spec("native", "csv", Package::Zip) }),
        "there is no time zone \"Mars\", expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00"
    );
}

#[test]
fn a_sheet_that_does_not_fit_is_rejected() {
    let one = spec("native", "csv", Package::Plain);
    let mut file = ExportFile::create(Vec::new(), &one).unwrap();
    let nothing = |_: &mut dyn FnMut(Cdr) -> io::Result<()>| Ok::<(), ExportError>(());
    let calls = &one.layout.sheets[0];
    let error = file.sheet(&counts_sheet(), &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap_err();
    assert_eq!(error.to_string(), "sheet `counts` does not hold records");
    file.sheet(calls, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap();
    let error = file.counts(&counts_sheet(), &Counts::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a plain file holds one sheet, not calls.csv and counts.txt: use zip, or select one of them"
    );
    // A rejected sheet has no effect on the file.
    file.finish().unwrap();

    let several = spec("native", "csv", Package::Zip);
    let mut file = ExportFile::create(Vec::new(), &several).unwrap();
    file.sheet(calls, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap();
    let error = file.sheet(calls, &Directory::EMPTY, Anchor::Start, Cut::Hour, nothing).unwrap_err();
    assert_eq!(error.to_string(), "the file already contains a sheet `calls.csv`");
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
fn a_file_without_a_sheet_is_incomplete() {
    for package in Package::ALL {
        let file = ExportFile::create(Vec::new(), &spec("native", "csv", package)).unwrap();
        assert!(matches!(file.finish(), Err(ExportError::NotWhole(_))));
    }
}

#[test]
fn many_sheets_of_one_file_are_independent() {
    let mut spec = spec("native", "csv", Package::Zip);
    let calls_sheet = spec.layout.sheets[0].clone();
    spec.layout.sheets = (0..20).map(|at| Sheet { name: format!("calls-{at}"), ..calls_sheet.clone() }).collect();
    let (_, receipt) = export(&spec, &calls(50, 600), Cut::Hour, 3);
    assert!(receipt.sheets.iter().all(|sheet| sheet.crc32 == receipt.sheets[0].crc32 && sheet.rows == 50));
}

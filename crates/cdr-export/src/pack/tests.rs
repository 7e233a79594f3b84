//! Packs: what was written is read, and damage is found.

use std::io::Cursor;

use cdr_model::{Anchor, Directory};
use proptest::prelude::*;

use super::{PackKey, PackReader, PackWriter, PartVersion};
use crate::tests::{calls, directory, spec};
use crate::{Cut, ExportError, ExportFile, Package};

/// The file of some calls, and the pack with its blocks.
fn written(directory: &Directory) -> (Vec<u8>, Vec<u8>, PackKey) {
    let spec = spec("native", "csv", Package::Gzip);
    let sheet = &spec.layout.sheets[0];
    let key = PackKey::new(&spec, sheet, Cut::Hour, &"all").unwrap();
    let mut pack = PackWriter::new(Vec::new(), &key, 7, "all");
    let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
    let mut writer = file.begin_sheet(sheet, directory, Anchor::Start, Cut::Hour).unwrap();
    let mut part = None;
    let mut keep = |block: &crate::Block| {
        if part != block.part() {
            part = block.part();
            pack.part(block.part().unwrap(), PartVersion { number: 9, mark: -block.part().unwrap() });
        }
        pack.add(block).unwrap();
    };
    writer
        .rows_to_keep(&mut keep, |push| calls(9_000, 1).into_iter().try_for_each(push).map_err(ExportError::from))
        .unwrap();
    writer.finish().unwrap();
    (file.finish().unwrap().0, pack.finish(directory).unwrap(), key)
}

/// The same file from the blocks of a pack.
fn assembled(pack: &[u8], directory: &Directory) -> std::io::Result<Vec<u8>> {
    let spec = spec("native", "csv", Package::Gzip);
    let mut reader = PackReader::open(Cursor::new(pack))?;
    let mut file = ExportFile::create(Vec::new(), &spec).unwrap();
    let mut writer =
        file.begin_sheet::<cdr_model::CdrField>(&spec.layout.sheets[0], directory, Anchor::Start, Cut::Hour).unwrap();
    let index = reader.index().clone();
    for part in index.parts() {
        assert_eq!(index.version(part), Some(PartVersion { number: 9, mark: -part }));
        for at in 0..index.blocks(part) {
            writer.put(reader.block(part, at, Vec::new())?).unwrap();
        }
    }
    writer.finish().unwrap();
    Ok(file.finish().unwrap().0)
}

#[test]
fn a_file_is_put_together_from_blocks() {
    let directory = directory();
    let (file, pack, key) = written(&directory);
    assert!(assembled(&pack, &directory).unwrap() == file);
    let reader = PackReader::open(Cursor::new(&pack)).unwrap();
    assert_eq!(reader.index().parts().map(|part| reader.index().rows(part)).sum::<u64>(), 9_000);
    assert_eq!(reader.index().earliest(), Some(calls(1, 1)[0].started_at));
    assert_eq!(reader.index().recipe(), "all");
    for period in [7, 0, -3] {
        assert_eq!(PackKey::split(&key.name(period)), Some((&*key.to_string(), period)));
    }
    assert_eq!(PackKey::split("short-7"), None);
    assert!(reader.is_of(&key, 7, &directory));
    assert!(!reader.is_of(&key, 8, &directory), "another period");
    let other = PackKey::new(
        &spec("native", "csv", Package::Gzip),
        &spec("native", "csv", Package::Gzip).layout.sheets[0],
        Cut::Hour,
        &"some",
    )
    .unwrap();
    assert!(!reader.is_of(&other, 7, &directory), "another query");
}

#[test]
fn a_pack_is_of_the_names_that_it_prints() {
    let directory = directory();
    let (_, pack, key) = written(&directory);
    let reader = PackReader::open(Cursor::new(&pack)).unwrap();
    let mut others = directory.clone();
    others.customers.insert(2, cdr_model::Customer { name: "Other".to_owned(), ..Default::default() });
    assert!(reader.is_of(&key, 7, &others), "a customer without calls");
    for change in [
        |it: &mut Directory| it.customers.get_mut(&1).unwrap().name.push('x'),
        |it: &mut Directory| it.customers.get_mut(&1).unwrap().currency = "USD".to_owned(),
        |it: &mut Directory| it.sources.get_mut(&7).unwrap().name.push('x'),
        |it: &mut Directory| drop(it.customers.remove(&1)),
    ] {
        let mut changed = directory.clone();
        change(&mut changed);
        assert!(!reader.is_of(&key, 7, &changed));
    }
}

#[test]
fn a_pack_takes_over_parts_of_another() {
    let directory = directory();
    let (file, pack, key) = written(&directory);
    let mut old = PackReader::open(Cursor::new(&pack)).unwrap();
    let parts: Vec<i64> = old.index().parts().collect();
    let mut copy = PackWriter::new(Vec::new(), &key, 7, "all");
    for part in parts.iter().rev() {
        copy.copy(&mut old, *part).unwrap();
    }
    let copy = copy.finish(&directory).unwrap();
    assert!(assembled(&copy, &directory).unwrap() == file);
    assert!(PackReader::open(Cursor::new(&copy)).unwrap().is_of(&key, 7, &directory));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is wrong with a pack: it is an error, or the file is the same.
    #[test]
    fn damage_is_found(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        static WRITTEN: std::sync::OnceLock<(Vec<u8>, Vec<u8>)> = std::sync::OnceLock::new();
        let directory = directory();
        let (file, pack) = WRITTEN.get_or_init(|| {
            let (file, pack, _) = written(&directory);
            (file, pack)
        });
        let (mut damaged, at) = (pack.clone(), at.index(pack.len()));
        if cut {
            damaged.truncate(at);
        } else {
            damaged[at] ^= 1 << bit;
        }
        if let Ok(assembled) = assembled(&damaged, &directory) {
            prop_assert!(assembled == *file);
        }
    }
}

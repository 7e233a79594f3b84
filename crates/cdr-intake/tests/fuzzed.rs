//! The bodies of the fuzz targets on a stable compiler: with arbitrary bytes, and with damaged sample files.

use proptest::prelude::*;

macro_rules! bodies {
    ($($name:ident),*) => {$(
        mod $name {
            include!("../fuzz/bodies/load.rs");
            include!(concat!("../fuzz/bodies/", stringify!($name), ".rs"));

            pub(super) fn run(data: &[u8]) {
                body(data);
            }
        }
    )*};
}

bodies!(
    native,
    asterisk_csv,
    asterisk_table,
    asterisk_json,
    freeswitch_csv,
    freeswitch_json,
    freeswitch_xml,
    kamailio_acc,
    cucm_csv,
    threecx_csv,
    porta_xdr,
    dma_csv,
    yeti_csv,
    yeti_cdr,
    table
);

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a sample file")
}

/// Replacements of bytes. Each position is a fraction of the file's length.
fn damage() -> impl Strategy<Value = Vec<(f64, usize, Vec<u8>)>> {
    let inserted = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..4),
        proptest::sample::select(vec![
            "\"", ",", "\n", "\r\n", "\"\"", "\0", "\u{feff}", "é", "{", "}", "[", "cdr=", "%22", "<cdr>", "&"
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    proptest::collection::vec((0.0..1.0, 0..6usize, inserted), 1..10)
}

fn damaged(mut file: Vec<u8>, damage: &[(f64, usize, Vec<u8>)]) -> Vec<u8> {
    for (place, removed, inserted) in damage {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "any position is valid"
        )]
        let from = (*place * file.len() as f64) as usize;
        let until = (from + removed).min(file.len());
        file.splice(from..until, inserted.iter().copied());
    }
    file
}

fn ndjson_or_csv(sheet: u8, name: &str) -> Vec<u8> {
    [vec![sheet], fixture(name)].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_read_or_rejected(data in proptest::collection::vec(any::<u8>(), 0..400)) {
        native::run(&data);
        asterisk_csv::run(&data);
        asterisk_table::run(&data);
        asterisk_json::run(&data);
        freeswitch_csv::run(&data);
        cucm_csv::run(&data);
        threecx_csv::run(&data);
        porta_xdr::run(&data);
        freeswitch_json::run(&data);
        freeswitch_xml::run(&data);
        kamailio_acc::run(&data);
        dma_csv::run(&data);
        yeti_csv::run(&data);
        yeti_cdr::run(&data);
        table::run(&data);
    }

    #[test]
    fn damaged_native_files_are_read_or_rejected(damage in damage()) {
        let files = [(0, "calls.csv"), (0, "calls.ndjson"), (1, "conferences.csv"), (2, "customers.csv"), (3, "accounts.csv"), (4, "services.csv")];
        for (sheet, name) in files {
            native::run(&damaged(ndjson_or_csv(sheet, &format!("native/{name}")), &damage));
        }
    }

    #[test]
    fn damaged_asterisk_files_are_read_or_rejected(damage in damage()) {
        asterisk_csv::run(&damaged(fixture("asterisk/Master.csv"), &damage));
    }

    #[test]
    fn damaged_tables_of_asterisk_are_read_or_rejected(damage in damage()) {
        for name in ["asterisk/freepbx.csv", "intake/cdr_custom.csv"] {
            asterisk_table::run(&damaged(fixture(name), &damage));
        }
    }

    #[test]
    fn damaged_freeswitch_files_are_read_or_rejected(damage in damage()) {
        freeswitch_csv::run(&damaged(fixture("freeswitch/Master.csv"), &damage));
    }

    #[test]
    fn damaged_transactions_are_read_or_rejected(damage in damage()) {
        kamailio_acc::run(&damaged(fixture("kamailio/acc_1.log"), &damage));
        kamailio_acc::run(&damaged(fixture("kamailio/acc.ndjson"), &damage));
    }

    #[test]
    fn damaged_cucm_files_are_read_or_rejected(damage in damage()) {
        cucm_csv::run(&damaged(fixture("cucm/cdr_Site-1_01_202611211030_7"), &damage));
    }

    #[test]
    fn damaged_logs_of_3cx_are_read_or_rejected(damage in damage()) {
        threecx_csv::run(&damaged(fixture("3cx/cdr.log"), &damage));
    }

    #[test]
    fn damaged_xdrs_are_read_or_rejected(damage in damage()) {
        for name in ["xdrs.csv", "xdrs.ndjson", "get_xdr_list.json"] {
            porta_xdr::run(&damaged(fixture(&format!("porta/{name}")), &damage));
        }
    }

    #[test]
    fn damaged_files_of_yeti_are_read_or_rejected(damage in damage()) {
        yeti_csv::run(&damaged(fixture("yeti/export.csv"), &damage));
        yeti_cdr::run(&damaged(fixture("yeti/cdr.csv"), &damage));
    }

    #[test]
    fn damaged_tables_and_mappings_are_read_or_rejected(damage in damage()) {
        for (form, name) in [(0, "table/carrier.csv"), (1, "table/events.ndjson"), (2, "table/carrier.csv")] {
            table::run(&damaged([vec![form], fixture(name)].concat(), &damage));
        }
        for name in ["table/carrier.toml", "table/events.toml"] {
            table::run(&damaged(fixture(name), &damage));
        }
    }

    #[test]
    fn damaged_documents_are_read_or_rejected(damage in damage()) {
        asterisk_json::run(&damaged(fixture("asterisk/cdr.ndjson"), &damage));
        asterisk_json::run(&damaged(fixture("asterisk/ucm.json"), &damage));
        freeswitch_json::run(&damaged(fixture("freeswitch/cdr.ndjson"), &damage));
        freeswitch_xml::run(&damaged(fixture("freeswitch/cdr.xml"), &damage));
    }

    #[test]
    fn damaged_dma_files_are_read_or_rejected(damage in damage()) {
        for name in ["calls.csv", "conferences.csv", "cdrExport.zip"] {
            dma_csv::run(&damaged(fixture(&format!("dma/{name}")), &damage));
        }
    }
}

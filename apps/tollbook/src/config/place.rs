//! The place of the store, and the settings that apply to every command: read and checked.

use std::path::PathBuf;

use anyhow::ensure;
use cdr_model::LocalZone;
use cdr_query::grammar::XsdVersion;
use cdr_settings::{Row, Setting, ValueError, ValueKind, Values};
use cdr_store::{NoAddress, StoreAddress};

static DATA: Setting<PathBuf> = Setting {
    name: "data",
    default: "./tollbook-data",
    kind: ValueKind::Form { takes: "a folder", read: |text| Ok(PathBuf::from(text)) },
    meaning: "the folder that holds the store and the spool",
    ..Setting::PLAIN
};
static DATABASE_URL: Setting<StoreAddress> = Setting {
    name: "database_url",
    kind: ValueKind::Form { takes: ADDRESS, read: server },
    meaning: "a PostgreSQL database that holds the store, as in postgres://tollbook@db.example.com/calls?sslmode=verify-full, \
              with several hosts for failover; if empty, the store is a file in the data folder",
    is_secret: true,
    ..Setting::PLAIN
};
static DATABASE_REPLICA_URL: Setting<StoreAddress> = Setting {
    name: "database_replica_url",
    kind: ValueKind::Form { takes: ADDRESS, read: server },
    meaning: "a replica of that database; lists and exports are read from it once it has the records up to their \
              watermark",
    is_secret: true,
    ..Setting::PLAIN
};
static ZONE: Setting<LocalZone> = Setting {
    name: "zone",
    default: "UTC",
    kind: ValueKind::parsed("an IANA name or an offset such as +02:00"),
    meaning: "the time zone of bounds and of feeds whose times have no offset, and in which layouts print local times; \
              the time zone of the machine is never used",
    ..Setting::PLAIN
};
static LAYOUTS: Setting<PathBuf> = Setting {
    name: "layouts",
    kind: ValueKind::Form { takes: "a folder", read: |text| Ok(PathBuf::from(text)) },
    meaning: "a folder with custom layouts, one `.toml` file each; one with the name of a built-in layout replaces it",
    ..Setting::PLAIN
};
static XSD: Setting<XsdVersion> = Setting {
    name: "xsd",
    default: "1.0",
    kind: ValueKind::Choice(&[("1.0", XsdVersion::V1_0), ("1.1", XsdVersion::V1_1)]),
    meaning: "the XML Schema version for bounds: 1.0 refuses the year 0000, 1.1 accepts it",
    ..Setting::PLAIN
};

const ADDRESS: &str = "an address of the form postgres://USER@HOST/DATABASE";

pub(super) static SETTINGS: &[&dyn Row] = &[&DATA, &DATABASE_URL, &DATABASE_REPLICA_URL, &ZONE, &LAYOUTS, &XSD];

/// The place of the store, and the settings that apply to every command.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder that holds the store.
    pub data: PathBuf,
    /// The database that holds the store, if it is not a file.
    pub database: Option<StoreAddress>,
    /// The address of a replica of that database.
    pub replica: Option<StoreAddress>,
    /// The zone of bounds and local times.
    pub zone: LocalZone,
    /// The folder with custom layouts.
    pub layouts: Option<PathBuf>,
    /// The XML Schema version for bounds.
    pub xsd: XsdVersion,
}

impl Place {
    /// Reads and checks every setting.
    pub(super) fn read(values: &dyn Values) -> anyhow::Result<Place> {
        let (database, replica) = (DATABASE_URL.read_some(values)?, DATABASE_REPLICA_URL.read_some(values)?);
        ensure!(
            replica.is_none() || database.is_some(),
            "{}: a replica needs a store in PostgreSQL, and database_url is empty",
            values.origin(&DATABASE_REPLICA_URL)
        );
        Ok(Place {
            data: DATA.read(values)?,
            database,
            replica,
            zone: ZONE.read(values)?,
            layouts: LAYOUTS.read_some(values)?,
            xsd: XSD.read(values)?,
        })
    }
}

/// The address of a database server.
fn server(text: &str) -> Result<StoreAddress, ValueError> {
    match text.parse::<StoreAddress>() {
        Ok(address @ StoreAddress::Server(_)) => Ok(address),
        Ok(StoreAddress::File(_)) => Err(ValueError::Format),
        Err(NoAddress::Scheme) => Err(ValueError::Reason(format!("it is not {ADDRESS}"))),
        // The value is not quoted: it may contain a password.
        Err(error) => Err(ValueError::Reason(format!("it is not {ADDRESS}: {error}"))),
    }
}

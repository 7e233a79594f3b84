//! Where the store lies, and what holds for everything: read and checked.

use std::path::PathBuf;

use anyhow::ensure;
use cdr_model::LocalZone;
use cdr_query::grammar::XsdVersion;
use cdr_settings::{Kind, Row, Setting, Values};
use cdr_store::StoreAddress;

use super::Layers;

static DATA: Setting<PathBuf> = Setting {
    name: "data",
    default: "./tollbook-data",
    kind: Kind::Form { takes: "a folder", read: |text| Ok(PathBuf::from(text)) },
    meaning: "the folder that holds the store and the spool",
    ..Setting::PLAIN
};
static DATABASE_URL: Setting<StoreAddress> = Setting {
    name: "database_url",
    kind: Kind::Form { takes: ADDRESS, read: server },
    meaning: "a PostgreSQL database that holds the store, as in postgres://tollbook@db.example.com/calls?sslmode=verify-full, \
              with several hosts for a primary that moves; without it, the store is a file in the data folder",
    is_secret: true,
    ..Setting::PLAIN
};
static DATABASE_REPLICA_URL: Setting<StoreAddress> = Setting {
    name: "database_replica_url",
    kind: Kind::Form { takes: ADDRESS, read: server },
    meaning: "a replica of that database, from which lists and exports are read once it has what they are about",
    is_secret: true,
    ..Setting::PLAIN
};
static ZONE: Setting<LocalZone> = Setting {
    name: "zone",
    default: "UTC",
    kind: Kind::parsed("an IANA name or an offset such as +02:00"),
    meaning: "the zone of bounds and of local times in feeds that name none, and in which layouts print local times; never \
              the machine's",
    ..Setting::PLAIN
};
static LAYOUTS: Setting<PathBuf> = Setting {
    name: "layouts",
    kind: Kind::Form { takes: "a folder", read: |text| Ok(PathBuf::from(text)) },
    meaning: "a folder with layouts of your own, one `.toml` file each; one with the name of a built-in layout replaces it",
    ..Setting::PLAIN
};
static XSD: Setting<XsdVersion> = Setting {
    name: "xsd",
    default: "1.0",
    kind: Kind::Choice(&[("1.0", XsdVersion::V1_0), ("1.1", XsdVersion::V1_1)]),
    meaning: "which XML Schema version decides about the year 0000 in bounds: 1.0 refuses it, 1.1 takes it",
    ..Setting::PLAIN
};

const ADDRESS: &str = "an address of the form postgres://USER@HOST/DATABASE";

pub(super) static SETTINGS: &[&dyn Row] = &[&DATA, &DATABASE_URL, &DATABASE_REPLICA_URL, &ZONE, &LAYOUTS, &XSD];

/// Where the store lies, and what holds for everything.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder that holds the store.
    pub data: PathBuf,
    /// The database that holds the store, if it is not a file.
    pub database: Option<StoreAddress>,
    /// The address of a replica of it.
    pub replica: Option<StoreAddress>,
    /// The zone of bounds and local times.
    pub zone: LocalZone,
    /// The folder with layouts of the installation's own.
    pub layouts: Option<PathBuf>,
    /// Which XML Schema version reads bounds.
    pub xsd: XsdVersion,
}

impl Place {
    /// Reads and checks every setting.
    pub(super) fn read(layers: &Layers) -> anyhow::Result<Place> {
        let (database, replica) = (DATABASE_URL.read_some(layers)?, DATABASE_REPLICA_URL.read_some(layers)?);
        ensure!(
            replica.is_none() || database.is_some(),
            "{}: it is for a store in PostgreSQL, and database_url names none",
            layers.origin(&DATABASE_REPLICA_URL)
        );
        Ok(Place {
            data: DATA.read(layers)?,
            database,
            replica,
            zone: ZONE.read(layers)?,
            layouts: LAYOUTS.read_some(layers)?,
            xsd: XSD.read(layers)?,
        })
    }
}

/// The address of a database server.
fn server(text: &str) -> Result<StoreAddress, Option<String>> {
    match text.parse::<StoreAddress>() {
        Ok(address @ StoreAddress::Server(_)) => Ok(address),
        Ok(StoreAddress::File(_)) => Err(None),
        // What was given is not repeated: there may be a password in it.
        Err(error) => Err(Some(format!("it is not {ADDRESS}: {error}"))),
    }
}

//! Every setting there is: the table from which the file, the environment, the flags and the documentation are read.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in `tollbook.toml`; a dot leads into a table.
    pub name: &'static str,
    /// What holds when nobody says otherwise.
    pub default: &'static str,
    /// What it is, with unit and range.
    pub meaning: &'static str,
}

impl Setting {
    /// The environment variable of the same meaning: `store.retention_days` is `TOLLBOOK_STORE_RETENTION_DAYS`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_ascii_uppercase())
    }
}

/// How the environment variables begin.
pub const PREFIX: &str = "TOLLBOOK_";

/// All settings, in the order in which the documentation lists them.
pub static SETTINGS: &[Setting] = &[
    Setting { name: "data", default: "./tollbook-data", meaning: "the folder that holds the store" },
    Setting {
        name: "zone",
        default: "UTC",
        meaning: "the zone of bounds and of local times in feeds that name none, and in which layouts print local times: \
                  an IANA name or an offset such as +02:00; never the machine's",
    },
    Setting {
        name: "layouts",
        default: "",
        meaning: "a folder with layouts of your own, one `.toml` file each; one with the name of a built-in layout \
                  replaces it",
    },
    Setting {
        name: "xsd",
        default: "1.0",
        meaning: "which XML Schema version decides about the year 0000 in bounds: 1.0 refuses it, 1.1 takes it",
    },
    Setting {
        name: "store.busy_timeout_seconds",
        default: "30",
        meaning: "how long a writer waits for another process that is writing, in seconds",
    },
    Setting {
        name: "store.retention_days",
        default: "0",
        meaning: "how many days calls and conferences are kept after their start; 0 keeps them for ever. Older ones are \
                  refused at intake, and removed after each load and by `tollbook retention`",
    },
    Setting { name: "intake.batch", default: "5000", meaning: "records that are committed together, 1 to 5000" },
    Setting {
        name: "intake.extra",
        default: "",
        meaning: "columns of a feed without a home in the record that are to be kept with it, by name, with commas between",
    },
];

/// The setting of this name.
pub(super) fn named(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

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
    Setting { name: "data", default: "./tollbook-data", meaning: "the folder that holds the store and the spool" },
    Setting {
        name: "database_url",
        default: "",
        meaning: "a PostgreSQL database that holds the store, as in postgres://tollbook@db.example.com/calls?sslmode=verify-full, \
                  with several hosts for a primary that moves; without it, the store is a file in the data folder",
    },
    Setting {
        name: "database_replica_url",
        default: "",
        meaning: "a replica of that database, from which lists and exports are read once it has what they are about",
    },
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
        name: "listen",
        default: "127.0.0.1:8080",
        meaning: "the address of the plain listener, with health and metrics; empty for none, port 0 for a free one",
    },
    Setting {
        name: "listen_beyond_loopback",
        default: "false",
        meaning: "whether the plain listener may be reached from other machines, where passwords can be read on the way",
    },
    Setting {
        name: "public_url",
        default: "",
        meaning: "what absolute links begin with, as in https://cdr.example.com:8443; without it they lead back to where \
                  the request came in",
    },
    Setting {
        name: "proxies",
        default: "",
        meaning: "addresses of proxies whose `Forwarded` and `X-Forwarded-*` headers count, with commas between",
    },
    Setting {
        name: "shutdown_seconds",
        default: "30",
        meaning: "how long requests and exports may take to end when the program is told to stop; exports that need \
                  longer are handed back",
    },
    Setting {
        name: "log.format",
        default: "text",
        meaning: "how the log is written: text, or json with an object a line",
    },
    Setting {
        name: "log.level",
        default: "info",
        meaning: "what is logged: error, warn, info, debug or trace, each with those before it",
    },
    Setting {
        name: "tls.listen",
        default: "0.0.0.0:8443",
        meaning: "the address of the listener with TLS; empty for none, port 0 for a free one",
    },
    Setting {
        name: "tls.certificate",
        default: "",
        meaning: "a PEM file with the certificate, and those that lead from it to one that clients trust; without it, one \
                  is made in the data folder",
    },
    Setting { name: "tls.key", default: "", meaning: "a PEM file with the private key of the certificate" },
    Setting {
        name: "worker.threads",
        default: "2",
        meaning: "exports written at the same time, 0 to 64; with 0 `tollbook serve` leaves them to `tollbook worker`, \
                  which writes one at least",
    },
    Setting {
        name: "worker.lease_seconds",
        default: "30",
        meaning: "how long a worker's heart may stand still before another takes over; the same for all processes on a store",
    },
    Setting { name: "worker.keep_hours", default: "72", meaning: "how long finished exports can be collected" },
    Setting {
        name: "worker.tidy_seconds",
        default: "60",
        meaning: "how often files that are not wanted any more are removed from the spool",
    },
    Setting {
        name: "worker.poll_seconds",
        default: "1",
        meaning: "how often a worker that waits looks for exports by itself, those of dead workers too; it is woken by those \
                  that its own process enters, and over PostgreSQL by all",
    },
    Setting {
        name: "spool.address",
        default: "",
        meaning: "where finished exports wait to be collected: a folder of its own, or s3://bucket/prefix for a bucket; \
                  without it, the folder `spool` in the data folder; the same for all processes on a store",
    },
    Setting {
        name: "spool.endpoint",
        default: "",
        meaning: "the server of the bucket, as in https://minio.example.com:9000; without it, Amazon's of the region. One \
                  that begins with http:// is spoken to without TLS",
    },
    Setting {
        name: "spool.region",
        default: "us-east-1",
        meaning: "the region that requests to the bucket are signed for; servers without regions take any",
    },
    Setting {
        name: "spool.access_key",
        default: "",
        meaning: "the name of the key that lets the spool into the bucket",
    },
    Setting {
        name: "spool.secret_key",
        default: "",
        meaning: "that key itself, which is shown nowhere; better in the environment than on a command line",
    },
    Setting {
        name: "spool.path_style",
        default: "true",
        meaning: "whether the bucket is named in the path of addresses, as every server takes it; false for the host name",
    },
    Setting {
        name: "spool.redirect",
        default: "false",
        meaning: "whether downloads of the Yeti API are answered with an address in the bucket, good for five minutes, where \
                  clients fetch the file themselves; they have to reach the bucket's server",
    },
    Setting { name: "dma.enabled", default: "true", meaning: "whether the server speaks the DMA billing API" },
    Setting {
        name: "dma.zone",
        default: "",
        meaning: "the zone of its bounds without an offset and of the times it prints; without it, `zone`",
    },
    Setting {
        name: "dma.anchor",
        default: "start",
        meaning: "which instant of a call its bounds are about: start or end",
    },
    Setting {
        name: "dma.end",
        default: "inclusive",
        meaning: "whether a call at `to-date` belongs to the window: inclusive, as the original, or exclusive, for \
                  adjoining periods",
    },
    Setting {
        name: "dma.layout",
        default: "dma-6.1-reconstructed",
        meaning: "the columns of its files, by the layout's name",
    },
    Setting {
        name: "dma.lane",
        default: "one",
        meaning: "one for one generation at a time over all users, as the original; caller for one for each",
    },
    Setting {
        name: "dma.live",
        default: "4",
        meaning: "how many answers of `GET /api/rest/billing` are written at the same time; more are told to come again",
    },
    Setting {
        name: "dma.stall_seconds",
        default: "60",
        meaning: "how long such an answer waits for a client that takes nothing before it is broken off",
    },
    Setting { name: "porta.enabled", default: "true", meaning: "whether the server speaks the PortaCDR web service" },
    Setting {
        name: "porta.zone",
        default: "",
        meaning: "the zone of its bounds without an offset, of the times it prints and of the days it counts; without it, \
                  `zone`",
    },
    Setting {
        name: "porta.window",
        default: "connect",
        meaning: "which instant the windows of its plain routes are about: connect or bill; the routes that name the bill \
                  time always go by that",
    },
    Setting {
        name: "porta.dictionary_key",
        default: "service",
        meaning: "what rows lie under in its dictionaries: the name of their service, or the number of their account",
    },
    Setting {
        name: "porta.call_type",
        default: "bits",
        meaning: "how `CallType` says which way a call went: bits for 4, 8 and 12, or words for Outgoing, Incoming and \
                  Forwarded",
    },
    Setting {
        name: "porta.page_size",
        default: "1000",
        meaning: "rows of a page on its routes with an offset, 1 to 100000",
    },
    Setting { name: "porta.last_offset", default: "0", meaning: "what `NextOffset` is when no more rows follow" },
    Setting {
        name: "porta.subcustomer_levels",
        default: "1",
        meaning: "how many levels of customers below a reseller are its subcustomers",
    },
    Setting {
        name: "porta.live",
        default: "4",
        meaning: "how many of its answers are read and written at the same time; more wait their turn",
    },
    Setting {
        name: "porta.stall_seconds",
        default: "60",
        meaning: "how long an answer waits for its turn before it is told to come again, and for a client that takes nothing \
                  before it is broken off",
    },
    Setting {
        name: "porta.cors",
        default: "false",
        meaning: "whether pages of all other sites may use it, licences and all",
    },
    Setting { name: "yeti.enabled", default: "true", meaning: "whether the server speaks the Yeti customer API" },
    Setting {
        name: "yeti.token_seconds",
        default: "600",
        meaning: "how long a customer's token is good for; 0 for tokens that never expire",
    },
    Setting {
        name: "yeti.admin_token_seconds",
        default: "600",
        meaning: "how long an administrator's token is good for; 0 for tokens that never expire",
    },
    Setting {
        name: "yeti.jwt_key",
        default: "",
        meaning: "the key that signs tokens, 32 characters or more: another server's, so that its tokens go on; without it, \
                  a random one is made and kept in the store",
    },
    Setting {
        name: "yeti.hidden_columns",
        default: "",
        meaning: "columns of calls that customers do not see, in lists and in files, such as auth_orig_ip, with commas \
                  between",
    },
    Setting {
        name: "yeti.x_accel",
        default: "",
        meaning: "where a proxy finds the spool, as in /x-redirect/cdr_export: downloads are then answered with \
                  `X-Accel-Redirect` and no body; without it, with the file",
    },
    Setting {
        name: "yeti.cors",
        default: "",
        meaning: "origins whose pages may use the API, such as https://portal.example.com, with commas between; * for all",
    },
    Setting {
        name: "yeti.running_per_customer",
        default: "1",
        meaning: "how many exports of one customer are written at the same time, while more wait; 0 for as many as there \
                  are workers",
    },
    Setting {
        name: "callbacks.allow_private",
        default: "false",
        meaning: "whether callbacks may go to addresses of this machine and of private networks",
    },
    Setting {
        name: "store.readers",
        default: "16",
        meaning: "how many connections read the store at the same time in one process, 1 to 1000: one for each live \
                  answer, two for each worker, and one more at least",
    },
    Setting {
        name: "store.busy_timeout_seconds",
        default: "30",
        meaning: "how long a writer waits for another process that is writing, in seconds",
    },
    Setting {
        name: "store.retention_days",
        default: "0",
        meaning: "how many days calls and conferences are kept after their start; 0 keeps them for ever; the same for all \
                  processes of a store. Older ones are refused at intake, and removed after each load, by servers and \
                  workers on PostgreSQL (whole partitions, so up to a month or a day later), and by `tollbook retention`",
    },
    Setting {
        name: "store.partitions",
        default: "month",
        meaning: "PostgreSQL only: how much time one partition of the calls covers: month, or day for tens of millions of calls \
                  a month",
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

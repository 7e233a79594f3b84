-- Who is who, which records are known, and which are in quarantine.
-- Times are microseconds since 1970 in UTC; yes and no are 1 and 0; digests are SHA-256.

-- The last number given: of a record, of a quarantine entry, of a change to the directory.
CREATE TABLE counters (
  name TEXT PRIMARY KEY NOT NULL,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, last) VALUES ('record', 0), ('quarantine', 0), ('directory', 0);

CREATE TABLE sources (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  feed TEXT NOT NULL
) STRICT;

CREATE TABLE customers (
  id INTEGER PRIMARY KEY NOT NULL,
  reseller_id INTEGER REFERENCES customers (id),
  name TEXT NOT NULL UNIQUE,
  external_id TEXT,
  currency TEXT NOT NULL
) STRICT;
-- Whose calls belong to nobody known.
INSERT INTO customers (id, reseller_id, name, external_id, currency) VALUES (0, NULL, '(nobody)', NULL, 'XXX');

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES customers (id),
  number TEXT NOT NULL,
  name TEXT NOT NULL,
  external_id TEXT,
  UNIQUE (customer_id, number)
) STRICT;
CREATE INDEX accounts_number ON accounts (number);

CREATE TABLE services (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO services (id, name) VALUES (3, 'Voice Calls');

-- The present version of every record by its natural key: says whether a record is new, known or in conflict.
CREATE TABLE intake_keys (
  source_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  first_number INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  sheet INTEGER NOT NULL,          -- 0 calls, 1 conferences
  digest BLOB NOT NULL,
  PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;
-- Retention looks keys up by the records it removes.
CREATE UNIQUE INDEX intake_keys_number ON intake_keys (number);

CREATE TABLE quarantine (
  id INTEGER PRIMARY KEY NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  feed TEXT NOT NULL,
  customer TEXT,                   -- under whom the load was to make accounts
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  position TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  raw BLOB NOT NULL,
  digest BLOB NOT NULL,            -- of the record if it could be read, else of raw
  key TEXT,
  version TEXT,                    -- JSON
  known_number INTEGER,            -- the version in the store it conflicts with; once accepted, the one it replaced
  known_digest BLOB,
  resolution INTEGER NOT NULL,     -- 0 open, 1 accepted, 2 dropped
  resolved_at INTEGER,
  resolved_number INTEGER
) STRICT;
CREATE INDEX quarantine_digest ON quarantine (source_id, digest);
CREATE INDEX quarantine_key ON quarantine (source_id, key) WHERE key IS NOT NULL;
CREATE INDEX quarantine_open ON quarantine (id) WHERE resolution = 0;

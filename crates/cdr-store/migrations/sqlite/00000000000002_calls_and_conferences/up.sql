-- The records. Calls and conferences are numbered by one counter, in the order of commits.
-- Nothing changes in a row but replaced_by, which is written once.

CREATE TABLE cdrs (
  number INTEGER PRIMARY KEY NOT NULL,
  id INTEGER NOT NULL,             -- the number of the first version
  replaced_by INTEGER,
  source_id INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  service_id INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  connected_at INTEGER,
  ended_at INTEGER,
  billed_at INTEGER NOT NULL,
  assumed INTEGER NOT NULL,        -- bits
  success INTEGER NOT NULL,
  last_attempt INTEGER NOT NULL,
  direction INTEGER NOT NULL,      -- 0 unknown, 1 out, 2 in, 3 forwarded
  talk_us INTEGER,
  billed_us INTEGER,
  release_cause INTEGER,
  release_code INTEGER,
  price INTEGER,                   -- 10^-8, rounded down: to compare by
  price_text TEXT,                 -- the exact amount: to print and to add up
  calling TEXT,
  called TEXT,
  call_id TEXT,
  details TEXT NOT NULL            -- JSON
) STRICT;
-- Each ends in the number by itself, which breaks ties.
CREATE INDEX cdrs_start ON cdrs (started_at);
CREATE INDEX cdrs_account ON cdrs (account_id, started_at);
CREATE INDEX cdrs_end ON cdrs (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE conferences (
  number INTEGER PRIMARY KEY NOT NULL,
  id INTEGER NOT NULL,
  replaced_by INTEGER,
  source_id INTEGER NOT NULL,
  uuid BLOB,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  kind TEXT,
  cluster TEXT,
  owner TEXT,
  room TEXT,
  participants INTEGER,
  service_class TEXT,
  user_data_a TEXT,
  user_data_b TEXT,
  user_data_c TEXT,
  max_resources TEXT
) STRICT;
CREATE INDEX conferences_start ON conferences (started_at);
CREATE INDEX conferences_end ON conferences (ended_at) WHERE ended_at IS NOT NULL;

-- The version of each part of the calls: of the calls of one hour, and of those of an account on one day. What an export has
-- encoded of a part can be used again for as long as the part has the same version.
-- The versions and the counts of existing calls are noted after this migration, in the same transaction, which reads every call.

CREATE TABLE part_versions (
  account_id INTEGER NOT NULL,     -- -9223372036854775808 for all accounts
  part INTEGER NOT NULL,           -- the hour of UTC since 1970 that an instant of a call lies in; of an account, the day
  touched_by INTEGER NOT NULL,     -- the record number of the last change
  mark INTEGER NOT NULL,           -- a random number of the last change
  earliest INTEGER NOT NULL,       -- the starts of the first and the last call that may be in the part
  latest INTEGER NOT NULL,
  PRIMARY KEY (account_id, part)
) STRICT, WITHOUT ROWID;

-- How many calls of an account have their instants in an hour: the current versions only. Counts and page jumps follow from it.
CREATE TABLE hourly_counts (
  account_id INTEGER NOT NULL,     -- -9223372036854775808 for all accounts
  hour INTEGER NOT NULL,           -- of UTC since 1970
  customer_id INTEGER NOT NULL,    -- -9223372036854775808 for all accounts
  kind INTEGER NOT NULL,           -- these three as in the calls
  service_id INTEGER NOT NULL,
  last_attempt INTEGER NOT NULL CHECK (last_attempt IN (0, 1)),
  starts INTEGER NOT NULL,         -- the calls that started, were connected, ended and were billed in the hour
  connects INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  bills INTEGER NOT NULL,
  PRIMARY KEY (account_id, hour, customer_id, kind, service_id, last_attempt)
) STRICT, WITHOUT ROWID;

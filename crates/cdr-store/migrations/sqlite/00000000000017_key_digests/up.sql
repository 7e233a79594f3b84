-- Keys are found by 16 bytes of a digest in place of their text, and lie in the order of their numbers: an index of short
-- entries grows at its many places, and the table of long ones only at its end.
-- Every key is copied once, in this transaction. The room of the old table is used for new records, or given back.

CREATE TABLE keys_by_digest (
  number INTEGER PRIMARY KEY NOT NULL,
  key_digest BLOB NOT NULL,        -- the first 16 bytes of SHA-256 of the source's number, 8 bytes, and the key
  source_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  first_number INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  sheet INTEGER NOT NULL,          -- 0 calls, 1 conferences
  digest BLOB NOT NULL
) STRICT;
INSERT INTO keys_by_digest (number, key_digest, source_id, key, first_number, account_id, started_at, sheet, digest)
SELECT number, tollbook_key_digest(source_id, key), source_id, key, first_number, account_id, started_at, sheet, digest
FROM intake_keys INDEXED BY intake_keys_number ORDER BY number;
DROP TABLE intake_keys;
ALTER TABLE keys_by_digest RENAME TO intake_keys;
CREATE UNIQUE INDEX intake_keys_digest ON intake_keys (key_digest);

CREATE TABLE keys_by_text (
  source_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  first_number INTEGER NOT NULL,
  account_id INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  sheet INTEGER NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;
INSERT INTO keys_by_text (source_id, key, number, first_number, account_id, started_at, sheet, digest)
SELECT source_id, key, number, first_number, account_id, started_at, sheet, digest FROM intake_keys;
DROP TABLE intake_keys;
ALTER TABLE keys_by_text RENAME TO intake_keys;
CREATE UNIQUE INDEX intake_keys_number ON intake_keys (number);
